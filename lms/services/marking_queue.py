"""The examiner's queue: what waits, question by question, and what one has done; no candidate has a name here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, distinct, func, or_, select, true, update
from sqlalchemy.exc import IntegrityError

from lms.domain.attempts import AttemptState
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import QuestionVersion
from lms.models.exams import Attempt
from lms.models.marking import MarkingTask, Marksheet
from lms.services.key_shelf import newest_keys
from lms.services.marking_access import holds_no_other_round, may_mark
from lms.services.writing import Deed, writing

LEASE = timedelta(minutes=10)
TITLE = 90
RECENT = 20
TRIES = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """One question whose answers wait: ``free`` to be taken now, ``held`` by others, ``mine`` begun by oneself."""

    version_id: int
    title: str
    free: int
    held: int
    mine: int
    overdue: int
    due_at: datetime | None
    done: int

    @property
    def open(self) -> int:
        return self.free + self.held + self.mine


@dataclass(frozen=True, slots=True)
class Done:
    """A marksheet of one's own that was submitted."""

    task_id: int
    candidate_number: str
    title: str
    submitted_at: datetime
    points: int


@dataclass(frozen=True, slots=True)
class Queue:
    waiting: Sequence[Waiting]
    recent: Sequence[Done]
    done_today: int

    @property
    def free(self) -> int:
        return sum(one.free + one.mine for one in self.waiting)

    @property
    def overdue(self) -> int:
        return sum(one.overdue for one in self.waiting)


def title_of(face: dict[str, Any], language: Language) -> str:
    """The first paragraph of a question's stem as one line."""
    stem = face["stem"].get(language.value) or next(iter(face["stem"].values()))
    line = " ".join(stem.strip().split("\n\n")[0].replace("*", "").replace("#", "").split())
    return line if len(line) <= TITLE else line[: TITLE - 1] + "…"


def markable(examiner_id: int) -> Any:
    """A condition: this open task is one that the examiner may mark."""
    return and_(
        MarkingTask.state == "open",
        Attempt.state == AttemptState.MARKING.value,
        may_mark(examiner_id),
        holds_no_other_round(examiner_id),
    )


def held_by_no_other(examiner_id: int, now: datetime) -> Any:
    """A condition: this task is free to be taken, its lease has run out, or it is the examiner's own."""
    mine = MarkingTask.lease_holder_id == examiner_id
    return or_(MarkingTask.lease_holder_id.is_(None), MarkingTask.lease_until < now, mine)


def queue(examiner_id: int, language: Language, now: datetime, day_begins: datetime) -> Queue:
    """What the examiner may mark, most urgent question first; ``day_begins``: since when "today" counts.

    Counted are answers, not rounds: of one that two are to mark the examiner can take a single round. A question
    stands once on a paper, so its answers are told apart by their attempts.
    """

    def answers(*wanted: Any) -> Any:
        return func.count(distinct(case((and_(true(), *wanted), MarkingTask.attempt_id))))

    mine = MarkingTask.lease_holder_id == examiner_id
    query = (
        select(
            MarkingTask.version_id,
            QuestionVersion.face,
            answers(mine),
            answers(held_by_no_other(examiner_id, now)),
            answers(),
            answers(Attempt.due_at < now),
            func.min(Attempt.due_at),
        )
        .join(Attempt, Attempt.id == MarkingTask.attempt_id)
        .join(QuestionVersion, QuestionVersion.id == MarkingTask.version_id)
        .where(markable(examiner_id))
        .group_by(MarkingTask.version_id, QuestionVersion.id)
    )
    done = _done_by_question(examiner_id)
    waiting = [
        Waiting(
            version_id=version_id,
            title=title_of(face, language),
            free=to_take - own,
            held=total - to_take,
            mine=own,
            overdue=late,
            due_at=due,
            done=done.get(version_id, 0),
        )
        for version_id, face, own, to_take, total, late, due in db.session.execute(query)
    ]
    waiting.sort(key=lambda one: (one.due_at is None, one.due_at, one.version_id))
    recent = _recent(examiner_id, language)
    today = db.session.execute(
        select(func.count()).where(Marksheet.marker_id == examiner_id, Marksheet.submitted_at >= day_begins)
    ).scalar_one()
    return Queue(waiting, recent, today)


def _done_by_question(examiner_id: int) -> dict[int, int]:
    rows = db.session.execute(
        select(MarkingTask.version_id, func.count())
        .join(Marksheet, Marksheet.task_id == MarkingTask.id)
        .where(Marksheet.marker_id == examiner_id, Marksheet.submitted_at.is_not(None))
        .group_by(MarkingTask.version_id)
    )
    return {row[0]: row[1] for row in rows}


def _recent(examiner_id: int, language: Language) -> list[Done]:
    rows = db.session.execute(
        select(MarkingTask.id, Attempt.candidate_number, QuestionVersion.face, Marksheet.submitted_at, Marksheet.marks)
        .select_from(Marksheet)
        .join(MarkingTask, MarkingTask.id == Marksheet.task_id)
        .join(Attempt, Attempt.id == MarkingTask.attempt_id)
        .join(QuestionVersion, QuestionVersion.id == MarkingTask.version_id)
        .where(Marksheet.marker_id == examiner_id, Marksheet.submitted_at.is_not(None))
        .order_by(Marksheet.submitted_at.desc(), Marksheet.id.desc())
        .limit(RECENT)
    )
    return [
        Done(task_id, number, title_of(face, language), at, sum(marks.values()))
        for task_id, number, face, at, marks in rows
        if at is not None
    ]


def take_next(examiner_id: int, version_id: int | None, now: datetime) -> int | None:
    """Lease the most urgent answer, of one question or of all; None where nothing is left to take.

    What the examiner has begun comes first. Of two examiners who ask at once each gets another answer.
    """
    for _ in range(TRIES):
        try:
            with writing(examiner_id, now) as deed:
                return _take(deed, examiner_id, version_id)
        except IntegrityError:  # the same examiner took another round of the answer in the same moment
            continue
    return None


def _take(deed: Deed, examiner_id: int, version_id: int | None) -> int | None:
    mine = MarkingTask.lease_holder_id == examiner_id
    free = held_by_no_other(examiner_id, deed.now)
    query = (
        select(MarkingTask.id, MarkingTask.version_id)
        .join(Attempt, Attempt.id == MarkingTask.attempt_id)
        .where(markable(examiner_id), free)
        .order_by(case((mine, 0), else_=1), Attempt.due_at, MarkingTask.round, MarkingTask.id)
        .limit(RECENT)
    )
    if version_id is not None:
        query = query.where(MarkingTask.version_id == version_id)
    for task_id, of_version in deed.session.execute(query).all():
        taken: Any = deed.session.execute(
            update(MarkingTask)
            .where(MarkingTask.id == task_id, MarkingTask.state == "open", free)
            .values(lease_holder_id=examiner_id, lease_until=deed.now + LEASE)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount:
            _begin_sheet(deed, task_id, of_version, examiner_id)
            return int(task_id)
    return None


def _begin_sheet(deed: Deed, task_id: int, version_id: int, examiner_id: int) -> None:
    """An empty draft, unless the examiner has begun before: it shows later that the answer was once theirs."""
    begun = select(Marksheet.id).where(Marksheet.task_id == task_id, Marksheet.marker_id == examiner_id)
    if deed.session.execute(begun).first() is None:
        key_id = newest_keys([version_id])[version_id]
        deed.session.add(
            Marksheet(task_id=task_id, marker_id=examiner_id, key_id=key_id, marks={}, comment="", saved_at=deed.now)
        )
