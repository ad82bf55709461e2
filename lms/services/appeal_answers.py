"""An appeal on the desk of the examiner who took it, whatever it is about, and how it is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from lms.domain.proposals import LONGEST_REASON
from lms.models.marking import Appeal
from lms.services.appeals import AppealRefused, is_waiting, kind_of_attempt, load_appeal
from lms.services.writing import Deed, writing


@dataclass(frozen=True, slots=True)
class AppealTaken:
    """What every contest has; of the candidate nothing but the number. ``kind``: exam, lookup, workflow, roleplay."""

    id: int
    kind: str
    attempt_id: int
    candidate_number: str
    sitting: str
    language: str
    position: int | None
    reason: str
    raised_at: datetime
    due_at: datetime
    state: str
    answer: str
    waiting: bool  # for the second person

    @property
    def decidable(self) -> bool:
        return self.state == "open" and not self.waiting

    def concerns(self, position: int) -> bool:
        """Whether the question, task or call there is contested; the whole result: every one is."""
        return self.position is None or self.position == position


def taken(examiner_id: int, appeal_id: int) -> AppealTaken:
    """Raises NoSuchAppeal where it is not on this examiner's desk."""
    appeal, attempt, title = load_appeal(examiner_id, appeal_id, own=True)
    return AppealTaken(
        id=appeal.id,
        kind=kind_of_attempt(attempt),
        attempt_id=attempt.id,
        candidate_number=attempt.candidate_number,
        sitting=title,
        language=attempt.language,
        position=appeal.position,
        reason=appeal.reason,
        raised_at=appeal.raised_at,
        due_at=appeal.due_at,
        state=appeal.state,
        answer=appeal.answer,
        waiting=is_waiting(appeal.id),
    )


def conclude(
    appeal: AppealTaken,
    examiner_id: int,
    *,
    verdict: str,
    answer: str,
    now: datetime,
    propose: Callable[[Deed, str], int] | None = None,
) -> int | None:
    """Answer the appeal, ``upheld`` or ``rejected``. With ``propose`` it stays open until a second person has decided
    on the proposal that this makes, whose id is returned. Raises AppealRefused, ProposalRefused.
    """
    said = _checked(answer)
    if appeal.waiting:
        raise AppealRefused("waiting")
    with writing(examiner_id, now) as deed:
        _write_answer(deed, appeal.id, said, "open" if propose else verdict)
        return propose(deed, said) if propose else None


def _checked(answer: str) -> str:
    said = answer.strip()
    if not said or len(said) > LONGEST_REASON:
        raise AppealRefused("long-reason" if said else "no-answer")
    return said


def _write_answer(deed: Deed, appeal_id: int, answer: str, state: str) -> None:
    moved: Any = deed.session.execute(
        update(Appeal)
        .where(Appeal.id == appeal_id, Appeal.state == "open", Appeal.examiner_id == deed.actor_id)
        .values(state=state, answer=answer, decided_at=None if state == "open" else deed.now)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount == 0:
        raise AppealRefused("decided")
    deed.note("appeal.answered", f"appeal:{appeal_id}", state=state, answer=answer)


def after_decision(deed: Deed, appeal_id: int, *, confirmed: bool) -> None:
    """The second person has decided on the new marks: the appeal is upheld, or goes back to its examiner."""
    if confirmed:
        deed.session.execute(
            update(Appeal)
            .where(Appeal.id == appeal_id, Appeal.state == "open")
            .values(state="upheld", decided_at=deed.now)
            .execution_options(synchronize_session=False)
        )
    deed.note("appeal.upheld" if confirmed else "appeal.returned", f"appeal:{appeal_id}")
