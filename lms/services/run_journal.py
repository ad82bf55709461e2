"""The journal of a run: read it, append to it, end it. Rows are only ever added (contract 1).

Everything happens on one connection in one transaction: the run's row is locked, the attempt looked at, the action
appended; with SUBMIT, or when the time is over, the score is computed from the journal and written down with it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from lms.domain.drills.journal import Action, ActionKind
from lms.domain.drills.plans import DrillPlan
from lms.domain.drills.replay import steps
from lms.domain.drills.scoring import as_document, score
from lms.domain.drills.tasks import Task
from lms.models.drills import DrillSet, Run, RunAction, WaivedError
from lms.models.exams import Attempt
from lms.services.run_desk import DeskView, makes_sense
from lms.services.run_ops import BadAction, Op

MOST_ACTIONS = 3000  # of one run; nobody's hands are that fast
READY, OPEN, ENDED = "ready", "open", "ended"
BY_TRAINEE, BY_TIME, BY_INVIGILATOR = "trainee", "time", "invigilator"
CLOSE_OP = "close"  # the server's own: too short for a desk's, so none can take its place


class Refusal(StrEnum):
    """Why an action is not taken. The journal stays as it was."""

    CLOSED_BOOK = "closed-book"  # another attempt of the person is open
    ATTEMPT_OVER = "attempt-over"
    HELD_ELSEWHERE = "held-elsewhere"
    PAUSED = "paused"
    NOT_BEGUN = "not-begun"
    EARLIER_FIRST = "earlier-first"  # a task of the set before this one has not ended
    ENDED = "ended"
    OUT_OF_ORDER = "out-of-order"  # a panel without a record, and the like
    TOO_MANY = "too-many"


class ActionRefused(Exception):
    def __init__(self, reason: Refusal) -> None:
        self.reason = reason
        super().__init__(reason.value)


class OpReused(ValueError):
    """An op id came again with another content."""


@dataclass(frozen=True, slots=True)
class Device:
    """The device at which a person sits, for the attempt that it must hold."""

    person_id: int
    sign_in_id: int
    open_attempt_id: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An action's place in the journal, and how the run stands after it."""

    seq: int
    state: str
    begun_at: datetime | None
    ends_at: datetime | None


_RUN = (
    select(
        Run.id, Run.person_id, Run.set_id, Run.position, Run.state, Run.task, Run.begun_at, Run.ends_at,
        Run.ended_at, Run.paused_seconds, DrillSet.attempt_id, DrillSet.plan, DrillSet.factor,
        Attempt.state.label("attempt_state"), Attempt.paused_at, Attempt.holder_id, Attempt.deadline,
    )
    .join(DrillSet, DrillSet.id == Run.set_id)
    .outerjoin(Attempt, Attempt.id == DrillSet.attempt_id)
    .where(Run.id == bindparam("run"))
)  # fmt: skip
_LOCKED = _RUN.with_for_update(of=Run)
_ACTIONS = (
    select(RunAction.seq, RunAction.op_id, RunAction.at, RunAction.kind, RunAction.data, RunAction.lag_ms)
    .where(RunAction.run_id == bindparam("run"))
    .order_by(RunAction.seq)
)
_APPEND = insert(RunAction.__table__)  # type: ignore[arg-type]
_BEGIN = (
    update(Run)
    .where(Run.id == bindparam("run"), Run.state == READY)
    .values(state=OPEN, begun_at=bindparam("at"), ends_at=bindparam("until"))
    .execution_options(synchronize_session=False)
)
_EARLIER = select(func.count()).where(
    Run.set_id == bindparam("set"), Run.position < bindparam("place"), Run.state != ENDED
)
_OPEN_ELSEWHERE = select(Run.id).where(
    Run.person_id == bindparam("person"), Run.state == OPEN, Run.id != bindparam("run")
)


@lru_cache(maxsize=512)
def read_task(text: str) -> Task:
    return Task.model_validate_json(text)


def actions_of(connection: Connection, run_id: int) -> list[Action]:
    """The journal in its order."""
    return [
        Action(row.seq, row.op_id, row.at, ActionKind(row.kind), json.loads(row.data), row.lag_ms)
        for row in connection.execute(_ACTIONS, {"run": run_id})
    ]


def append(connection: Connection, run_id: int, device: Device, op: Op, now: datetime, desk: DeskView) -> Entry:
    """Take one action. The same op again is the same entry, whatever happened since.

    Raises :class:`ActionRefused`, :class:`BadAction`, :class:`OpReused`. A run whose time is over is not closed here,
    for what is raised undoes the transaction: see `close_over`.
    """
    run = connection.execute(_LOCKED, {"run": run_id}).one()
    if _book_is_closed(run, device):  # to what was answered before, too
        raise ActionRefused(Refusal.CLOSED_BOOK)
    journal = actions_of(connection, run_id)
    if (known := next((one for one in journal if one.op_id == op.op_id), None)) is not None:
        if (known.kind, known.data) != (op.kind, op.data):
            raise OpReused(op.op_id)
        return Entry(known.seq, run.state, run.begun_at, run.ends_at)
    if reason := _refusal(run, device, op, now):
        raise ActionRefused(reason)
    if op.kind is ActionKind.BEGIN:
        return _begin(connection, run, journal, op, now)
    return _act(connection, run, journal, op, now, desk)


def _refusal(run: Any, device: Device, op: Op, now: datetime) -> Refusal | None:
    if reason := _attempt_refusal(run, device, now):
        return reason
    if run.state == ENDED or (run.state == OPEN and now > run.ends_at):
        return Refusal.ENDED
    if run.state == READY and op.kind is not ActionKind.BEGIN:
        return Refusal.NOT_BEGUN
    return None


def _book_is_closed(run: Any, device: Device) -> bool:
    """Whether the person's open attempt is another one than this run's (contract 13)."""
    return device.open_attempt_id not in (None, run.attempt_id)


def _attempt_refusal(run: Any, device: Device, now: datetime) -> Refusal | None:
    if _book_is_closed(run, device):
        return Refusal.CLOSED_BOOK
    if run.attempt_id is None:
        return None
    if run.attempt_state != "open":
        return Refusal.ATTEMPT_OVER
    if run.holder_id != device.sign_in_id:
        return Refusal.HELD_ELSEWHERE
    if run.paused_at is not None:
        return Refusal.PAUSED
    return Refusal.ATTEMPT_OVER if now > run.deadline else None


def refusal_to_enter(connection: Connection, run_id: int, device: Device, now: datetime) -> Refusal | None:
    """What keeps the person from going on at this desk now, the run's own end apart."""
    return _attempt_refusal(connection.execute(_RUN, {"run": run_id}).one(), device, now)


def _begin(connection: Connection, run: Any, journal: Sequence[Action], op: Op, now: datetime) -> Entry:
    """The clock starts, once: a second press on another page finds it running."""
    if run.state == OPEN:
        return Entry(journal[0].seq, OPEN, run.begun_at, run.ends_at)
    if connection.execute(_EARLIER, {"set": run.set_id, "place": run.position}).scalar_one():
        raise ActionRefused(Refusal.EARLIER_FIRST)
    for other in connection.execute(_OPEN_ELSEWHERE, {"person": run.person_id, "run": run.id}).scalars().all():
        close(connection, other, now, by=BY_TRAINEE)  # left for this one
    until = now + timedelta(seconds=float(DrillPlan.model_validate(run.plan).ends * run.factor))
    if run.deadline is not None:  # an attempt's end is the end of its tasks
        until = min(until, run.deadline)
    connection.execute(_BEGIN, {"run": run.id, "at": now, "until": until})
    seq = _write(connection, run.id, journal, op.op_id, op.kind, op.text, op.lag_ms, now)
    return Entry(seq, OPEN, now, until)


def _act(connection: Connection, run: Any, journal: Sequence[Action], op: Op, now: datetime, desk: DeskView) -> Entry:
    if len(journal) >= MOST_ACTIONS:
        raise ActionRefused(Refusal.TOO_MANY)
    action = Action(len(journal) + 1, op.op_id, now, op.kind, op.data, op.lag_ms)
    *_, last = steps(desk.task, [*journal, action])
    if not makes_sense(desk, last.before, op.kind, op.data):
        raise BadAction(next(iter(op.data)))
    if not last.obeyed:
        raise ActionRefused(Refusal.OUT_OF_ORDER)
    seq = _write(connection, run.id, journal, op.op_id, op.kind, op.text, op.lag_ms, now)
    if op.kind is not ActionKind.SUBMIT:
        return Entry(seq, OPEN, run.begun_at, run.ends_at)
    _end(connection, run, [*journal, action], now, BY_TRAINEE)
    return Entry(seq, ENDED, run.begun_at, run.ends_at)


def _write(
    connection: Connection,
    run_id: int,
    journal: Sequence[Action],
    op_id: str,
    kind: ActionKind,
    data: str,
    lag_ms: int | None,
    at: datetime,
) -> int:
    seq = journal[-1].seq + 1 if journal else 1
    row = {"run_id": run_id, "seq": seq, "op_id": op_id, "at": at, "kind": kind.value, "data": data, "lag_ms": lag_ms}
    connection.execute(_APPEND, row)
    return seq


# --- the end ----------------------------------------------------------------------------------------------------------


def is_over(state: str, ends_at: datetime | None, paused_at: datetime | None, now: datetime) -> bool:
    """Whether an open run's time is over; while its attempt is paused its clock stands still."""
    return state == OPEN and paused_at is None and ends_at is not None and now > ends_at


def close_over(connection: Connection, run_id: int, now: datetime) -> bool:
    """Close the run where its time is over; False where it is not, or was ended before."""
    run = connection.execute(_LOCKED, {"run": run_id}).one()
    if not is_over(run.state, run.ends_at, run.paused_at, now):
        return False
    return close(connection, run_id, run.ends_at, by=BY_TIME)


def close(connection: Connection, run_id: int, at: datetime, *, by: str) -> bool:
    """The server's own end of a run, at a moment; False where it had ended. A task not begun earns nothing."""
    run = connection.execute(_LOCKED, {"run": run_id}).one()
    if run.state == ENDED:
        return False
    journal = actions_of(connection, run_id)
    at = max([at, *(one.at for one in journal[-1:])])
    if run.state == OPEN:
        seq = _write(connection, run_id, journal, CLOSE_OP, ActionKind.CLOSE, "{}", None, at)
        journal.append(Action(seq, CLOSE_OP, at, ActionKind.CLOSE))
    _end(connection, run, journal, at, by)
    return True


_WAIVED = select(WaivedError.error).where(WaivedError.run_id == bindparam("run"))
_END_SET = (
    update(DrillSet)
    .where(
        DrillSet.id == bindparam("set"),
        DrillSet.ended_at.is_(None),
        ~select(Run.id).where(Run.set_id == bindparam("set"), Run.state != ENDED).exists(),
    )
    .values(ended_at=bindparam("at"))
    .execution_options(synchronize_session=False)
)


def _end(connection: Connection, run: Any, journal: Sequence[Action], at: datetime, by: str) -> None:
    values = {
        "state": ENDED,
        "ended_at": at,
        "ended_by": by,
        **scored(connection, run.id, read_task(run.task), journal, run),
    }
    connection.execute(update(Run).where(Run.id == run.id).values(values).execution_options(synchronize_session=False))
    connection.execute(_END_SET, {"set": run.set_id, "at": at})


def scored(connection: Connection, run_id: int, task: Task, journal: Sequence[Action], run: Any) -> dict[str, Any]:
    """The columns that follow from task and journal. ``run`` has plan, factor and paused_seconds."""
    plan = DrillPlan.model_validate(run.plan)
    waived = frozenset(connection.execute(_WAIVED, {"run": run_id}).scalars())
    result = score(task, journal, plan, Fraction(run.factor), run.paused_seconds, waived)
    return {
        "score": as_document(result),
        "points": result.points,
        "counted": result.counted,
        "errors": len(result.errors),
        "critical": bool(result.critical),
        "milliseconds": result.milliseconds,
    }
