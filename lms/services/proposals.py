"""Proposals: what one person asks for and another decides. What a confirmed one does stands in `decisions`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from lms.domain.proposals import LONGEST_REASON, DeedKind, may_decide, steps_in
from lms.extensions import db
from lms.models.audit import Proposal
from lms.models.exams import Attempt
from lms.models.people import Person
from lms.services.marking_access import has_marked, impartial_examiners, may_mark
from lms.services.sign_in import SignedIn
from lms.services.writing import Deed, writing

DECIDED_SHOWN = 50


class ProposalRefused(ValueError):
    """``problem``: no-reason, long-reason, open-already, own, decided, not-now."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class NoSuchProposal(LookupError):
    """There is none, or it does not concern this person: the caller cannot tell which."""


def propose(actor_id: int, now: datetime, *, deed: str, subject: str, payload: dict[str, Any], reason: str) -> int:
    """Ask a second person for a deed; the proposal's id. Raises :class:`ProposalRefused`."""
    with writing(actor_id, now) as open_deed:
        return add_proposal(open_deed, DeedKind(deed), subject, payload, reason)


def add_proposal(deed: Deed, kind: DeedKind, subject: str, payload: dict[str, Any], reason: str) -> int:
    """:func:`propose` within the caller's deed. One open proposal a deed and subject."""
    given = checked_reason(reason)
    if deed.actor_id is None:
        raise TypeError("the program itself proposes nothing")
    proposal = Proposal(
        deed=kind.value,
        subject=subject,
        payload=payload,
        reason=given,
        proposed_by=deed.actor_id,
        proposed_at=deed.now,
        state="open",
    )
    deed.session.add(proposal)
    try:
        deed.session.flush()
    except IntegrityError as error:
        raise ProposalRefused("open-already") from error
    deed.note("proposal.made", subject, proposal=proposal.id, deed=kind.value, reason=given)
    return proposal.id


def checked_reason(reason: str) -> str:
    """Without the blanks around it. Raises :class:`ProposalRefused` (no-reason, long-reason)."""
    given = reason.strip()
    if not given or len(given) > LONGEST_REASON:
        raise ProposalRefused("long-reason" if given else "no-reason")
    return given


def made_again(person_id: int, deed: str, subject: str, payload: dict[str, Any], reason: str) -> int | None:
    """The open proposal that the person made with the very same words: its button was pressed twice."""
    same = select(Proposal).where(
        Proposal.state == "open",
        Proposal.deed == deed,
        Proposal.subject == subject,
        Proposal.proposed_by == person_id,
        Proposal.reason == reason.strip(),
    )
    found = db.session.execute(same).scalar_one_or_none()
    return found.id if found is not None and found.payload == payload else None


@dataclass(frozen=True, slots=True)
class ProposalView:
    """One proposal as a list shows it; attempts go by their candidate number."""

    id: int
    deed: DeedKind
    subject: str
    candidate_number: str
    payload: dict[str, Any]
    reason: str
    proposed_by: int
    proposer: str
    proposed_at: datetime
    state: str
    refusal: str
    decided_by: int | None
    decider: str | None
    decided_at: datetime | None
    may_decide: bool

    @property
    def attempt_id(self) -> int | None:
        return attempt_of(self.subject)


def attempt_of(subject: str) -> int | None:
    kind, _, number = subject.partition(":")
    return int(number) if kind == "attempt" else None


_proposer, _decider = aliased(Person), aliased(Person)
_VIEW = (
    select(Proposal, _proposer.name, _decider.name)
    .join(_proposer, _proposer.id == Proposal.proposed_by)
    .outerjoin(_decider, _decider.id == Proposal.decided_by)
)


def proposals(person: SignedIn) -> tuple[Sequence[ProposalView], Sequence[ProposalView]]:
    """(open, decided lately) proposals that the person may decide or has made."""
    waiting = db.session.execute(_VIEW.where(Proposal.state == "open").order_by(Proposal.id)).all()
    decided = db.session.execute(
        _VIEW.where(Proposal.state != "open").order_by(Proposal.decided_at.desc()).limit(DECIDED_SHOWN)
    ).all()
    return _views(person, waiting), _views(person, decided)


def to_decide(person: SignedIn) -> int:
    """How many open proposals wait for this person's decision."""
    waiting = db.session.execute(_VIEW.where(Proposal.state == "open")).all()
    return sum(one.may_decide for one in _views(person, waiting))


def proposal(person: SignedIn, proposal_id: int) -> ProposalView:
    """Raises :class:`NoSuchProposal`."""
    found = _views(person, db.session.execute(_VIEW.where(Proposal.id == proposal_id)).all())
    if not found:
        raise NoSuchProposal
    return found[0]


def _views(person: SignedIn, rows: Sequence[Any]) -> list[ProposalView]:
    about = _attempts(person, [found for row in rows if (found := attempt_of(row[0].subject)) is not None])
    stepping_in = _stepping_in(person, [row[0] for row in rows])
    views = []
    for row, proposer, decider in rows:
        kind = DeedKind(row.deed)
        seen = about.get(attempt_of(row.subject), _NO_ATTEMPT)
        own = row.proposed_by == person.person_id
        concerned = may_decide(kind, person.roles)
        if kind is DeedKind.CHANGE_MARK:
            impartial = concerned and seen.may_mark
            concerned = not seen.has_marked and (impartial or row.id in stepping_in)
        concerned = concerned and not seen.candidate
        if not (own or concerned or row.decided_by == person.person_id):
            continue
        views.append(
            ProposalView(
                id=row.id,
                deed=kind,
                subject=row.subject,
                candidate_number=seen.number,
                payload=row.payload,
                reason=row.reason,
                proposed_by=row.proposed_by,
                proposer=proposer,
                proposed_at=row.proposed_at,
                state=row.state,
                refusal=row.refusal,
                decided_by=row.decided_by,
                decider=decider,
                decided_at=row.decided_at,
                may_decide=concerned and not own and row.state == "open",
            )
        )
    return views


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How an attempt stands to the person who looks at a proposal about it."""

    number: str
    candidate: bool
    may_mark: bool
    has_marked: bool


_NO_ATTEMPT = _Attempt("", False, True, False)


def _attempts(person: SignedIn, attempt_ids: Sequence[int]) -> dict[int | None, _Attempt]:
    me = person.person_id
    rows = db.session.execute(
        select(Attempt.id, Attempt.candidate_number, Attempt.person_id == me, may_mark(me), has_marked(me)).where(
            Attempt.id.in_(attempt_ids)
        )
    )
    return {attempt_id: _Attempt(number, *map(bool, seen)) for attempt_id, number, *seen in rows}


def _stepping_in(person: SignedIn, rows: Sequence[Proposal]) -> set[int]:
    """Open changes of marks that fall to the person because no impartial examiner is left but who proposed them:
    otherwise a right mark would wait for ever."""
    marks = {
        row.id: (attempt_id, row.proposed_by)
        for row in rows
        if row.state == "open"
        and row.deed == DeedKind.CHANGE_MARK
        and (attempt_id := attempt_of(row.subject)) is not None
    }
    if not marks or not steps_in(person.roles):
        return set()
    left = impartial_examiners({attempt_id for attempt_id, _by in marks.values()})
    return {proposal_id for proposal_id, (attempt_id, by) in marks.items() if not left.get(attempt_id, set()) - {by}}
