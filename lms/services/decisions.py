"""What a confirmed proposal does, and how one is decided: once, by another than who made it."""

from typing import Any

from sqlalchemy import update

from lms.domain.proposals import DeedKind
from lms.models.audit import Proposal
from lms.services import appeal_answers, change_marks, regrade, voiding
from lms.services.proposals import NoSuchProposal, ProposalRefused, ProposalView, checked_reason, proposal
from lms.services.sign_in import SignedIn
from lms.services.writing import Deed, writing

__all__ = ["confirm", "refuse"]


def confirm(person: SignedIn, proposal_id: int, now: Any) -> ProposalView:
    """Do what was proposed. Raises NoSuchProposal, ProposalRefused (own, decided, not-now)."""
    return _decide(person, proposal_id, "confirmed", None, now)


def refuse(person: SignedIn, proposal_id: int, reason: str, now: Any) -> ProposalView:
    """Nothing is done, and what waited for it goes on; whoever proposed it reads why.

    Raises NoSuchProposal, ProposalRefused (own, decided, no-reason, long-reason).
    """
    return _decide(person, proposal_id, "refused", reason, now)


def _decide(person: SignedIn, proposal_id: int, verdict: str, reason: str | None, now: Any) -> ProposalView:
    found = proposal(person, proposal_id)
    if found.proposed_by == person.person_id:
        raise ProposalRefused("own")
    if found.state != "open":
        raise ProposalRefused("decided")
    if not found.may_decide:
        raise NoSuchProposal
    refusal = "" if reason is None else checked_reason(reason)
    with writing(person.person_id, now) as deed:
        decided: Any = deed.session.execute(
            update(Proposal)
            .where(Proposal.id == proposal_id, Proposal.state == "open", Proposal.proposed_by != person.person_id)
            .values(state=verdict, refusal=refusal, decided_by=person.person_id, decided_at=now)
            .execution_options(synchronize_session=False)
        )
        if decided.rowcount == 0:
            raise ProposalRefused("decided")
        said = {"reason": refusal} if refusal else {}
        deed.note(f"proposal.{verdict}", found.subject, proposal=found.id, deed=found.deed.value, **said)
        if verdict == "confirmed":
            _carry_out(deed, found)
        if "appeal" in found.payload:
            appeal_answers.after_decision(deed, found.payload["appeal"], confirmed=verdict == "confirmed")
    return found


def _carry_out(deed: Deed, found: ProposalView) -> None:
    attempt_id = found.attempt_id
    match found.deed, attempt_id:
        case DeedKind.REGRADE, _:
            regrade.apply_correction(deed, found.payload, found.reason, found.proposed_by)
        case DeedKind.VOID_ATTEMPT, int():
            voiding.void(deed, attempt_id, found.reason)
        case DeedKind.CHANGE_MARK, int():
            change_marks.apply_change(deed, attempt_id, found.payload, found.reason)
        case _:
            raise ProposalRefused("not-now")
