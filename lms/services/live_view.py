"""The live view of a sitting: everybody's standing in four statements, however many candidates there are."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select

from lms.domain.attempts import AttemptState, remaining, stands_since
from lms.domain.invigilation import (
    HANDED_IN,
    SIGNALS,
    UNLOCK_ASKED,
    Condition,
    Intervention,
    asks_for_unlock,
    condition,
    urgency,
)
from lms.domain.plans import kind_of
from lms.extensions import db
from lms.models.exams import Allowance, Attempt, AttemptEvent, Invigilator, PaperQuestion, Save, Sitting
from lms.models.people import TRAINEE, CohortMember, Person
from lms.services.late_work import late_work
from lms.services.sitting_papers import plan_of
from lms.services.sitting_progress import Progress, progress_of
from lms.services.sittings import NoSuchSitting


@dataclass(frozen=True)
class Tile:
    """One candidate as the invigilator sees them. Names, for the room; never the number that markers see.

    ``deed``: the newest intervention's event, so that two invigilators do not act on one another's heels.
    Of a drill ``answered`` are tasks that have ended, ``running`` is the one that is open, ``last_saved_at`` the last
    action, and ``lag_ms`` how long the desk takes to show one (its median): a slow machine is seen here.
    Of a role-play ``awaits_since`` is when its call began to wait for an examiner; ``nobody_comes``: longer than the
    plan allows.
    """

    person_id: int
    name: str
    number: str
    condition: Condition
    attempt_id: int | None = None
    attempt_number: int = 0
    answered: int = 0
    questions: int = 0
    last_saved_at: datetime | None = None
    left: timedelta | None = None
    paused: bool = False
    extra_time: bool = False
    submitted_by: str | None = None
    submitted_at: datetime | None = None
    signals: dict[str, int] = field(default_factory=dict)
    deed: int = 0
    running: int | None = None
    lag_ms: int | None = None
    awaits_since: datetime | None = None
    nobody_comes: bool = False


@dataclass(frozen=True)
class Board:
    """``tiles``: who needs somebody first. ``deed``: the newest intervention of the whole sitting. ``kind`` of what is
    sat: exam, lookup, workflow or roleplay."""

    sitting: Sitting
    kind: str
    tiles: list[Tile]
    deed: int

    def count(self, *conditions: Condition) -> int:
        return sum(tile.condition in conditions for tile in self.tiles)


def watched(person_id: int, sitting_id: int) -> Sitting:
    """The sitting, for one of its invigilators; raises NoSuchSitting for everybody else."""
    sitting = db.session.execute(
        select(Sitting)
        .join(Invigilator, Invigilator.sitting_id == Sitting.id)
        .where(Sitting.id == sitting_id, Invigilator.person_id == person_id)
    ).scalar_one_or_none()
    if sitting is None:
        raise NoSuchSitting
    return sitting


def board(person_id: int, sitting_id: int, now: datetime) -> Board:
    sitting = watched(person_id, sitting_id)
    rows = db.session.execute(_ROSTER, {"sitting": sitting_id, "cohort": sitting.cohort_id}).all()
    events = _events(sitting_id)
    newest = {row.person_id: row for row in rows}  # rows come by the attempt's number: the last one stays
    if (drilled := progress_of(sitting)) is not None:
        tiles = [
            _drill_tile(row, events.get(row.attempt_id, _Events()), drilled.get(row.attempt_id), now)
            for row in newest.values()
        ]
    else:
        progress = {row.attempt_id: row for row in db.session.execute(_PROGRESS, {"sitting": sitting_id})}
        tiles = [
            _tile(row, events.get(row.attempt_id, _Events()), progress.get(row.attempt_id), now)
            for row in newest.values()
        ]
    tiles.sort(key=lambda tile: urgency(tile.condition))  # stable: by name within
    kind = kind_of(plan_of(sitting.blueprint_version_id))
    return Board(sitting, kind, tiles, max((found.deed for found in events.values()), default=0))


_ROSTER = (
    select(
        Person.id.label("person_id"),
        Person.name,
        Person.number,
        Attempt.id.label("attempt_id"),
        Attempt.number.label("attempt_number"),
        Attempt.state,
        Attempt.deadline,
        Attempt.paused_at,
        Attempt.last_saved_at,
        Attempt.last_seen_at,
        Attempt.submitted_by,
        Attempt.submitted_at,
        Attempt.extended_seconds,
        Allowance.factor,
    )
    .outerjoin(Attempt, and_(Attempt.person_id == Person.id, Attempt.sitting_id == bindparam("sitting")))
    .outerjoin(Allowance, and_(Allowance.person_id == Person.id, Allowance.sitting_id == bindparam("sitting")))
    .where(
        or_(
            Attempt.id.is_not(None),
            and_(
                Person.active,
                Person.id.in_(
                    select(CohortMember.person_id).where(
                        CohortMember.cohort_id == bindparam("cohort"), CohortMember.part == TRAINEE
                    )
                ),
            ),
        )
    )
    .order_by(Person.sort_key, Person.id, Attempt.number)
)
# While an attempt is open its answers are its newest saves (contract 1), found at the end of the index of each
# question, so that hundreds of saves of one written answer cost no more than one. Blank is null, "" or [].
_newest = (
    select(Save.value)
    .where(
        Save.attempt_id == PaperQuestion.attempt_id,
        Save.position == PaperQuestion.position,
        Save.standing == "counts",
    )
    .order_by(Save.epoch.desc(), Save.seq.desc(), Save.id.desc())
    .limit(1)
    .correlate(PaperQuestion)
    .scalar_subquery()
)
_by_question = (
    select(
        PaperQuestion.attempt_id,
        PaperQuestion.answer,
        case((Attempt.state == AttemptState.OPEN.value, _newest)).label("value"),
    )
    .join(Attempt, Attempt.id == PaperQuestion.attempt_id)
    .where(Attempt.sitting_id == bindparam("sitting"))
    .subquery()
)
_BLANKS = ("null", '""', "[]")
_PROGRESS = select(
    _by_question.c.attempt_id,
    func.count().label("questions"),
    func.count(_by_question.c.answer).label("handed_in"),
    func.count(
        case((~or_(*(_by_question.c.value.startswith(f'{{"a":{blank}', autoescape=True) for blank in _BLANKS)), 1))
    ).label("answered"),
).group_by(_by_question.c.attempt_id)


@dataclass
class _Events:
    """What happened around one attempt, summed up."""

    signals: dict[str, int] = field(default_factory=dict)
    last_signal_at: datetime | None = None
    newest: dict[str, int] = field(default_factory=dict)  # kind → its newest event

    @property
    def deed(self) -> int:
        return max((self.newest.get(kind, 0) for kind in Intervention), default=0)

    @property
    def unlock_asked(self) -> bool:
        answers = (Intervention.UNLOCKED, "takeover")
        return asks_for_unlock([self.newest.get(UNLOCK_ASKED, 0)], [self.newest.get(kind, 0) for kind in answers])


_EVENTS = (
    select(
        AttemptEvent.attempt_id,
        AttemptEvent.kind,
        func.count().label("times"),
        func.max(AttemptEvent.at).label("last_at"),
        func.max(AttemptEvent.id).label("newest"),
    )
    .join(Attempt, Attempt.id == AttemptEvent.attempt_id)
    .where(Attempt.sitting_id == bindparam("sitting"))
    .group_by(AttemptEvent.attempt_id, AttemptEvent.kind)
)


def _events(sitting_id: int) -> dict[int, _Events]:
    found: dict[int, _Events] = defaultdict(_Events)
    for attempt_id, kind, times, last_at, newest in db.session.execute(_EVENTS, {"sitting": sitting_id}):
        events = found[attempt_id]
        events.newest[kind] = newest
        if kind in SIGNALS:
            events.signals[kind] = times
            events.last_signal_at = max(events.last_signal_at or last_at, last_at)
    return found


def _tile(row: Any, events: _Events, progress: Any, now: datetime) -> Tile:
    if row.attempt_id is None:
        return Tile(row.person_id, row.name, row.number, Condition.NOT_STARTED, extra_time=bool(row.factor))
    is_open = row.state == AttemptState.OPEN
    tile = _standing(row, events, row.last_seen_at, now)
    answered = progress.answered if is_open else progress.handed_in
    return replace(tile, answered=answered, questions=progress.questions, last_saved_at=row.last_saved_at)


def _drill_tile(row: Any, events: _Events, progress: Progress | None, now: datetime) -> Tile:
    if row.attempt_id is None or progress is None:
        return Tile(row.person_id, row.name, row.number, Condition.NOT_STARTED, extra_time=bool(row.factor))
    seen = max((at for at in (row.last_seen_at, progress.last_action_at) if at is not None), default=None)
    return replace(
        _standing(row, events, seen, now, progress.awaits_since),
        answered=progress.ended,
        questions=progress.tasks,
        last_saved_at=progress.last_action_at,
        running=progress.running,
        lag_ms=progress.lag_ms,
        awaits_since=progress.awaits_since,
        nobody_comes=progress.awaits_since is not None and now - progress.awaits_since >= progress.patience,
    )


def _standing(
    row: Any, events: _Events, last_seen_at: datetime | None, now: datetime, awaits_since: datetime | None = None
) -> Tile:
    """What exams and drills have alike."""
    state = AttemptState(row.state)
    is_open = state is AttemptState.OPEN
    return Tile(
        row.person_id,
        row.name,
        row.number,
        condition(
            state,
            now=now,
            paused=row.paused_at is not None,
            last_seen_at=last_seen_at,
            unlock_asked=events.unlock_asked,
            last_signal_at=events.last_signal_at,
            awaits=awaits_since is not None,
        ),
        attempt_id=row.attempt_id,
        attempt_number=row.attempt_number,
        left=remaining(row.deadline, now, stands_since(row.paused_at, awaits_since)) if is_open else None,
        paused=row.paused_at is not None,
        extra_time=row.extended_seconds > 0 or (row.factor or 1) > 1,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        signals={kind: events.signals[kind] for kind in SIGNALS if kind in events.signals},
        deed=events.deed,
    )


def late_attempts(sitting_id: int) -> list[tuple[int, str, int]]:
    """(attempt, name, late answers) where work that came too late awaits a decision."""
    rows = db.session.execute(
        select(Attempt.id, Person.name)
        .join(Person, Person.id == Attempt.person_id)
        .where(Attempt.sitting_id == sitting_id, Attempt.state.in_(list(HANDED_IN)))
        .order_by(Person.sort_key, Attempt.id)
    ).all()
    late = late_work([row.id for row in rows])
    return [(row.id, row.name, late[row.id].waiting) for row in rows if row.id in late and late[row.id].waiting]
