"""Calls marked anew on appeal: tasks of their own round, held by the examiner who took the appeal and by nobody else.

They are marked on the same desk as all calls; the queue has none of them, for the attempt is released.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update

from lms.domain.call_marks import Round
from lms.extensions import db
from lms.models.marking import Appeal
from lms.models.roleplays import Call, CallSheet, CallTask
from lms.services.call_marking_queue import begin_sheet
from lms.services.call_results import calls_of
from lms.services.writing import Deed


def begin(deed: Deed, attempt_id: int, position: int | None, due_at: datetime) -> None:
    """Put the contested calls, one or all that were marked, on the desk of the deed's actor."""
    assert deed.actor_id is not None
    for call in calls_of(attempt_id):
        if call.result and position in (None, call.position):
            task = _task(deed, call.id, deed.actor_id, due_at)
            begin_sheet(deed, task.id, deed.actor_id)


def _task(deed: Deed, call_id: int, examiner_id: int, due_at: datetime) -> CallTask:
    """A new one; who left the appeal to others once and takes it again goes on with the old one."""
    held = select(CallTask).where(CallTask.call_id == call_id, CallTask.lease_holder_id == examiner_id)
    task = deed.session.execute(held).scalar_one_or_none()
    if task is None:
        last = select(func.max(CallTask.round)).where(CallTask.call_id == call_id)
        rounds = deed.session.execute(last).scalar_one()
        task = CallTask(
            call_id=call_id, round=max(int(Round.APPEAL), rounds + 1), lease_holder_id=examiner_id,
            created_at=deed.now,
        )  # fmt: skip
        deed.session.add(task)
    task.state, task.due_at = "open", due_at
    deed.session.flush()
    return task


def leave(deed: Deed, attempt_id: int) -> None:
    """The appeal goes to another examiner: what was drafted stays with who drafted it, and cannot be submitted."""
    of_attempt = select(Call.id).where(Call.attempt_id == attempt_id)
    deed.session.execute(
        update(CallTask)
        .where(CallTask.call_id.in_(of_attempt), CallTask.round >= Round.APPEAL, CallTask.state == "open")
        .values(state="withdrawn", lease_until=None)
        .execution_options(synchronize_session=False)
    )


def tasks_of(examiner_id: int, attempt_id: int) -> Sequence[tuple[Call, int]]:
    """(call, task) that the examiner marks, or has marked, anew; none any more where the attempt is void."""
    rows = db.session.execute(
        select(Call, CallTask.id)
        .join(CallTask, CallTask.call_id == Call.id)
        .where(_anew(examiner_id, attempt_id), CallTask.state != "withdrawn")
        .order_by(Call.position)
        .execution_options(populate_existing=True)
    )
    return [(call, task_id) for call, task_id in rows]


def given_by(examiner_id: int, attempt_id: int) -> bool:
    """Whether the examiner has submitted a sheet of an appeal for one of the attempt's calls."""
    sheets = (
        select(CallSheet.id)
        .join(CallTask, CallTask.id == CallSheet.task_id)
        .join(Call, Call.id == CallTask.call_id)
        .where(_anew(examiner_id, attempt_id), CallSheet.submitted_at.is_not(None))
    )
    return db.session.execute(sheets.limit(1)).first() is not None


def _anew(examiner_id: int, attempt_id: int) -> ColumnElement[bool]:
    return and_(Call.attempt_id == attempt_id, CallTask.round >= Round.APPEAL, CallTask.lease_holder_id == examiner_id)


def appeal_of(examiner_id: int, task_id: int) -> int | None:
    """The appeal for which the examiner marks this task; None of every other task."""
    found = (
        select(Appeal.id)
        .join(Call, Call.attempt_id == Appeal.attempt_id)
        .join(CallTask, CallTask.call_id == Call.id)
        .where(
            CallTask.id == task_id,
            CallTask.round >= Round.APPEAL,
            CallTask.lease_holder_id == examiner_id,
            Appeal.examiner_id == examiner_id,
        )
    )
    return db.session.execute(found.limit(1)).scalar_one_or_none()
