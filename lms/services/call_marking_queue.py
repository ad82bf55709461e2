"""The examiner's queue of calls: what waits, most urgent first, and what one has done; nobody has a name here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from lms.domain.attempts import AttemptState
from lms.domain.values import Language
from lms.extensions import db
from lms.models.exams import Attempt
from lms.models.roleplays import Call, CallSheet, CallTask
from lms.services.calibration import may_mark_calls
from lms.services.call_log import title_of
from lms.services.hidden_benchmarks import place, placed_for
from lms.services.marking_access import may_examine
from lms.services.writing import Deed, writing

LEASE = timedelta(minutes=20)
RECENT = 20
ON_A_PAGE = 50
TRIES = 3
_BY_URGENCY = (CallTask.due_at.is_(None), CallTask.due_at)  # practice, which is never due, comes last


@dataclass(frozen=True, slots=True)
class Waiting:
    """One call that one may mark: ``mine`` begun by oneself, ``held`` by another examiner at the moment.

    ``practice`` has no due date and comes after certification.
    """

    call_number: str
    practice: bool
    title: str
    language: str
    turns: int
    due_at: datetime | None
    overdue: bool
    mine: bool
    held: bool


@dataclass(frozen=True, slots=True)
class Done:
    """A sheet of one's own that was submitted; ``total`` of all levels summed."""

    task_id: int
    call_number: str
    title: str
    submitted_at: datetime
    total: int


@dataclass(frozen=True, slots=True)
class Queue:
    """All that is ``waiting``, of which a ``page`` is shown."""

    waiting: Sequence[Waiting]
    recent: Sequence[Done]
    done_today: int
    calibrated: bool
    page: int

    @property
    def shown(self) -> Sequence[Waiting]:
        return self.waiting[(self.page - 1) * ON_A_PAGE : self.page * ON_A_PAGE]

    @property
    def pages(self) -> int:
        return _pages(self.waiting)

    @property
    def free(self) -> int:
        return sum(not one.held for one in self.waiting)

    @property
    def overdue(self) -> int:
        return sum(one.overdue for one in self.waiting)


def is_practice(attempt_id: int | None, person_id: int | None) -> bool:
    """Whether a trainee sent this call of their own accord; a benchmark's copy passes for certification."""
    return attempt_id is None and person_id is not None


def may_mark_call(examiner_id: int) -> ColumnElement[bool]:
    """A condition on ``CallTask`` joined with ``Call``, and ``Attempt`` where it has one: it is open, and the
    examiner may mark it.

    Nobody marks a person whom they train, lead or are, a call whose customer they played, nor one call twice.
    """
    other = aliased(CallTask)
    another_round = exists(
        select(1).where(
            other.call_id == CallTask.call_id, other.id != CallTask.id, other.lease_holder_id == examiner_id
        )
    )
    of_somebody = and_(
        or_(Call.attempt_id.is_(None), Attempt.state == AttemptState.MARKING.value), may_examine(examiner_id)
    )
    return and_(
        CallTask.state == "open",
        or_(of_somebody, placed_for(examiner_id)),
        or_(Call.examiner_id.is_(None), Call.examiner_id != examiner_id),
        ~another_round,
    )


def _pages(waiting: Sequence[Waiting]) -> int:
    return max(1, -(-len(waiting) // ON_A_PAGE))


def queue(examiner_id: int, language: Language, now: datetime, day_begins: datetime, page: int = 1) -> Queue:
    """What the examiner may mark; a call that two persons mark stands here once. ``day_begins``: since when is
    "today". A page that is not there is the nearest."""
    by_call: dict[int, list[Row]] = {}
    for row in _rows(examiner_id):
        by_call.setdefault(row.call_id, []).append(row)
    waiting = [_waiting(rows, examiner_id, language, now) for rows in by_call.values()]
    waiting.sort(key=lambda one: not one.mine)
    today = db.session.execute(
        select(func.count()).where(CallSheet.marker_id == examiner_id, CallSheet.submitted_at >= day_begins)
    ).scalar_one()
    shown = min(max(1, page), _pages(waiting))
    return Queue(waiting, _recent(examiner_id, language), today, may_mark_calls(examiner_id), shown)


class Row(NamedTuple):
    """A task with what its list shows of the call: neither script nor engine is loaded for hundreds of them."""

    lease_holder_id: int | None
    lease_until: datetime | None
    due_at: datetime | None
    call_id: int
    call_number: str
    attempt_id: int | None
    person_id: int | None
    script_sha256: str
    language: str
    turns_count: int


def _rows(examiner_id: int) -> list[Row]:
    of_call = (Call.id, Call.call_number, Call.attempt_id, Call.person_id, Call.script_sha256, Call.language)
    found = db.session.execute(
        select(CallTask.lease_holder_id, CallTask.lease_until, CallTask.due_at, *of_call, Call.turns_count)
        .join(Call, Call.id == CallTask.call_id)
        .outerjoin(Attempt, Attempt.id == Call.attempt_id)
        .where(may_mark_call(examiner_id))
        .order_by(*_BY_URGENCY, Call.id, CallTask.round)
    )
    return [Row._make(row) for row in found]


def _waiting(rows: Sequence[Row], examiner_id: int, language: Language, now: datetime) -> Waiting:
    first = rows[0]
    return Waiting(
        first.call_number, is_practice(first.attempt_id, first.person_id),
        title_of(first.script_sha256).in_(language), first.language, first.turns_count, first.due_at,
        overdue=first.due_at is not None and first.due_at < now,
        mine=any(row.lease_holder_id == examiner_id for row in rows),
        held=all(
            row.lease_holder_id not in (None, examiner_id) and row.lease_until is not None and row.lease_until >= now
            for row in rows
        ),
    )  # fmt: skip


def _recent(examiner_id: int, language: Language) -> list[Done]:
    rows = db.session.execute(
        select(CallTask.id, Call.call_number, Call.script_sha256, CallSheet.submitted_at, CallSheet.levels)
        .select_from(CallSheet)
        .join(CallTask, CallTask.id == CallSheet.task_id)
        .join(Call, Call.id == CallTask.call_id)
        .where(CallSheet.marker_id == examiner_id, CallSheet.submitted_at.is_not(None))
        .order_by(CallSheet.submitted_at.desc(), CallSheet.id.desc())
        .limit(RECENT)
    )
    return [
        Done(task_id, number, title_of(script).in_(language), at, sum(levels.values()))
        for task_id, number, script, at, levels in rows
        if at is not None
    ]


def take_next(examiner_id: int, call_number: str | None, now: datetime) -> int | None:
    """Lease the most urgent call, or the one of that number; None where there is nothing to take.

    What the examiner has begun comes first. Of two examiners who ask at once each gets another task.
    """
    for _ in range(TRIES):
        try:
            with writing(examiner_id, now) as deed:
                return _take(deed, examiner_id, call_number)
        except IntegrityError:  # the same examiner took another round of the call in the same moment
            continue
    return None


def _take(deed: Deed, examiner_id: int, call_number: str | None) -> int | None:
    calibrated = may_mark_calls(examiner_id)
    mine = CallTask.lease_holder_id == examiner_id
    # Who is not calibrated may end what was begun before there were benchmark calls.
    free = or_(mine, _free(deed.now)) if calibrated else mine
    query = (
        select(CallTask.id)
        .join(Call, Call.id == CallTask.call_id)
        .outerjoin(Attempt, Attempt.id == Call.attempt_id)
        .where(may_mark_call(examiner_id), free)
        .order_by(case((mine, 0), else_=1), *_BY_URGENCY, CallTask.round, CallTask.id)
        .limit(RECENT)
    )
    if call_number is not None:
        query = query.where(Call.call_number == call_number)
    for task_id in deed.session.execute(query).scalars().all():
        taken: Any = deed.session.execute(
            update(CallTask)
            .where(CallTask.id == task_id, CallTask.state == "open", free)
            .values(lease_holder_id=examiner_id, lease_until=deed.now + LEASE)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount:
            if begin_sheet(deed, task_id, examiner_id):
                _place_benchmark(deed, examiner_id)
            return int(task_id)
    return None


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(CallTask.lease_holder_id.is_(None), CallTask.lease_until < now)


def _place_benchmark(deed: Deed, examiner_id: int) -> None:
    """Where a hidden one is due it waits beside the most urgent certification call, and is there when the examiner
    looks at the queue again; where no such call waits it would stand out, and comes later."""
    beside = deed.session.execute(
        select(Call, CallTask.due_at)
        .select_from(CallTask)
        .join(Call, Call.id == CallTask.call_id)
        .join(Attempt, Attempt.id == Call.attempt_id)
        .where(may_mark_call(examiner_id), _free(deed.now))
        .order_by(*_BY_URGENCY, CallTask.id)
        .limit(1)
    ).first()
    if beside is not None:
        place(deed, examiner_id, *beside)


def begin_sheet(deed: Deed, task_id: int, examiner_id: int) -> bool:
    """An empty draft, unless the examiner has begun before: it shows later that the call was once theirs."""
    begun = select(CallSheet.id).where(CallSheet.task_id == task_id, CallSheet.marker_id == examiner_id)
    if deed.session.execute(begun).first() is not None:
        return False
    deed.session.add(
        CallSheet(
            task_id=task_id, marker_id=examiner_id, levels={}, pins={}, comments={}, critical={}, overall=None,
            saved_at=deed.now,
        )
    )  # fmt: skip
    deed.session.flush()
    return True
