"""The examiner's queue of calls: what waits, most urgent first, and what one has done; nobody has a name here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from lms.domain.attempts import AttemptState
from lms.domain.values import Language
from lms.extensions import db
from lms.models.exams import Attempt
from lms.models.roleplays import Call, CallSheet, CallTask
from lms.services.calibration import may_mark_calls
from lms.services.call_log import script_of_call
from lms.services.marking_access import may_examine
from lms.services.writing import Deed, writing

LEASE = timedelta(minutes=20)
RECENT = 20
TRIES = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """One call that one may mark: ``mine`` begun by oneself, ``held`` by another examiner at the moment."""

    call_number: str
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
    waiting: Sequence[Waiting]
    recent: Sequence[Done]
    done_today: int
    calibrated: bool

    @property
    def free(self) -> int:
        return sum(not one.held for one in self.waiting)

    @property
    def overdue(self) -> int:
        return sum(one.overdue for one in self.waiting)


def may_mark_call(examiner_id: int) -> ColumnElement[bool]:
    """A condition on ``CallTask`` joined with ``Call`` and ``Attempt``: it is open, and the examiner may mark it.

    Nobody marks a person whom they train, lead or are, a call whose customer they played, nor one call twice.
    """
    other = aliased(CallTask)
    another_round = exists(
        select(1).where(
            other.call_id == CallTask.call_id, other.id != CallTask.id, other.lease_holder_id == examiner_id
        )
    )
    return and_(
        CallTask.state == "open",
        Attempt.state == AttemptState.MARKING.value,
        may_examine(examiner_id),
        or_(Call.examiner_id.is_(None), Call.examiner_id != examiner_id),
        ~another_round,
    )


def queue(examiner_id: int, language: Language, now: datetime, day_begins: datetime) -> Queue:
    """What the examiner may mark; a call that two persons mark stands here once. ``day_begins``: since when is
    "today"."""
    rows = db.session.execute(
        select(CallTask, Call)
        .join(Call, Call.id == CallTask.call_id)
        .join(Attempt, Attempt.id == Call.attempt_id)
        .where(may_mark_call(examiner_id))
        .order_by(CallTask.due_at, Call.id, CallTask.round)
        .execution_options(populate_existing=True)
    ).all()
    by_call: dict[int, list[CallTask]] = {}
    calls: dict[int, Call] = {}
    for task, call in rows:
        by_call.setdefault(call.id, []).append(task)
        calls[call.id] = call
    waiting = [_waiting(calls[call_id], tasks, examiner_id, language, now) for call_id, tasks in by_call.items()]
    waiting.sort(key=lambda one: not one.mine)
    today = db.session.execute(
        select(func.count()).where(CallSheet.marker_id == examiner_id, CallSheet.submitted_at >= day_begins)
    ).scalar_one()
    return Queue(waiting, _recent(examiner_id, language), today, may_mark_calls(examiner_id))


def _waiting(call: Call, tasks: Sequence[CallTask], examiner_id: int, language: Language, now: datetime) -> Waiting:
    due = tasks[0].due_at
    return Waiting(
        call.call_number, script_of_call(call).title.in_(language), call.language, call.turns_count, due,
        overdue=due is not None and due < now,
        mine=any(task.lease_holder_id == examiner_id for task in tasks),
        held=all(
            task.lease_holder_id not in (None, examiner_id) and task.lease_until is not None and task.lease_until >= now
            for task in tasks
        ),
    )  # fmt: skip


def _recent(examiner_id: int, language: Language) -> list[Done]:
    rows = db.session.execute(
        select(CallTask.id, Call, CallSheet.submitted_at, CallSheet.levels)
        .select_from(CallSheet)
        .join(CallTask, CallTask.id == CallSheet.task_id)
        .join(Call, Call.id == CallTask.call_id)
        .where(CallSheet.marker_id == examiner_id, CallSheet.submitted_at.is_not(None))
        .order_by(CallSheet.submitted_at.desc(), CallSheet.id.desc())
        .limit(RECENT)
    )
    return [
        Done(task_id, call.call_number, script_of_call(call).title.in_(language), at, sum(levels.values()))
        for task_id, call, at, levels in rows
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
    mine = CallTask.lease_holder_id == examiner_id
    free = or_(CallTask.lease_holder_id.is_(None), CallTask.lease_until < deed.now, mine)
    if not may_mark_calls(examiner_id):
        free = mine  # who is not calibrated may end what was begun before there were benchmark calls
    query = (
        select(CallTask.id)
        .join(Call, Call.id == CallTask.call_id)
        .join(Attempt, Attempt.id == Call.attempt_id)
        .where(may_mark_call(examiner_id), free)
        .order_by(case((mine, 0), else_=1), CallTask.due_at, CallTask.round, CallTask.id)
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
            _begin_sheet(deed, task_id, examiner_id)
            return int(task_id)
    return None


def _begin_sheet(deed: Deed, task_id: int, examiner_id: int) -> None:
    """An empty draft, unless the examiner has begun before: it shows later that the call was once theirs."""
    begun = select(CallSheet.id).where(CallSheet.task_id == task_id, CallSheet.marker_id == examiner_id)
    if deed.session.execute(begun).first() is None:
        deed.session.add(
            CallSheet(
                task_id=task_id, marker_id=examiner_id, levels={}, pins={}, comments={}, critical={}, overall=None,
                saved_at=deed.now,
            )
        )  # fmt: skip
