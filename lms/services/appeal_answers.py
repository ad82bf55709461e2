"""An appeal on the desk of the examiner who took it, whatever it is about, and how it is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from lms.domain.proposals import LONGEST_REASON, DeedKind
from lms.extensions import db
from lms.models.audit import Proposal
from lms.models.marking import Appeal
from lms.models.people import Person
from lms.services.appeals import AppealRefused, is_waiting, kind_of_attempt, load_appeal
from lms.services.writing import Deed, writing


@dataclass(frozen=True, slots=True)
class Asked:
    """What a second person was asked for last, for the ``times``-th time; ``decider``: by name, once decided,
    with ``refusal``, why it was refused."""

    times: int
    proposal_id: int
    payload: Mapping[str, Any]
    state: str
    refusal: str
    decider: str | None


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
    asked: Asked | None

    @property
    def waiting(self) -> bool:
        """For the second person."""
        return self.asked is not None and self.asked.state == "open"

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
        asked=_asked(appeal),
    )


def _asked(appeal: Appeal) -> Asked | None:
    about = (
        select(Proposal, Person.name)
        .outerjoin(Person, Person.id == Proposal.decided_by)
        .where(Proposal.deed == DeedKind.CHANGE_MARK.value, Proposal.subject == f"attempt:{appeal.attempt_id}")
        .order_by(Proposal.id)
        .execution_options(populate_existing=True)
    )
    made = [row for row in db.session.execute(about) if row[0].payload.get("appeal") == appeal.id]
    if not made:
        return None
    last, decider = made[-1]
    return Asked(len(made), last.id, last.payload, last.state, last.refusal, decider)


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
    with writing(examiner_id, now) as deed:
        _write_answer(deed, appeal.id, said, "open" if propose else verdict)
        if is_waiting(appeal.id):
            raise AppealRefused("waiting")
        return propose(deed, said) if propose else None


def stands(appeal: AppealTaken, uphold: bool, answer: str) -> bool:
    """Whether this very answer was given already: it is final, or waits for the second person."""
    given = uphold if appeal.waiting else appeal.state == ("upheld" if uphold else "rejected")
    return given and appeal.answer == answer.strip()


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
