"""Voiding 作废 an attempt, once two persons agree: everything is kept, the result no longer counts."""

from typing import Any

from sqlalchemy import update

from lms.domain.attempts import FOLLOWS, AttemptState
from lms.models.exams import Attempt, AttemptEvent
from lms.models.marking import MarkingTask
from lms.services import call_results, drill_results
from lms.services.proposals import ProposalRefused
from lms.services.writing import Deed

VOIDABLE = [state.value for state, following in FOLLOWS.items() if AttemptState.VOID in following]


def void(deed: Deed, attempt_id: int, reason: str) -> None:
    """Raises :class:`ProposalRefused` where the attempt is void already."""
    moved: Any = deed.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.state.in_(VOIDABLE))
        .values(state=AttemptState.VOID.value)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount == 0:
        raise ProposalRefused("not-now")
    drill_results.close_set(deed, attempt_id, by="invigilator", finish=deed.now)
    deed.session.execute(
        update(MarkingTask)
        .where(MarkingTask.attempt_id == attempt_id, MarkingTask.state == "open")
        .values(state="withdrawn", lease_until=None)
        .execution_options(synchronize_session=False)
    )
    call_results.withdraw(deed, attempt_id)
    deed.session.add(
        AttemptEvent(
            attempt_id=attempt_id, kind="voided", at=deed.now, actor_id=deed.actor_id, details={"reason": reason}
        )
    )
    deed.note("attempt.voided", f"attempt:{attempt_id}", reason=reason)
