"""Putting a mark right after release, once two persons agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lms.domain.attempts import AttemptState
from lms.domain.proposals import DeedKind
from lms.domain.results import Earned, outcome
from lms.domain.values import exact, parse_exact
from lms.extensions import db
from lms.models.exams import Attempt
from lms.services import drill_changes
from lms.services.marking import OnPaper, blueprint_for, questions_of, set_shares
from lms.services.proposals import ProposalRefused, add_proposal
from lms.services.results import recompute, revise
from lms.services.writing import Deed


def propose_change(
    deed: Deed, attempt_id: int, shares: Mapping[int, Fraction], reason: str, *, appeal_id: int | None = None
) -> int:
    """Ask for new ``shares`` (position → part of the points); the proposal's id. Raises ProposalRefused."""
    payload: dict[str, Any] = {"shares": {str(position): exact(share) for position, share in shares.items()}}
    if appeal_id is not None:
        payload["appeal"] = appeal_id
    return add_proposal(deed, DeedKind.CHANGE_MARK, f"attempt:{attempt_id}", payload, reason)


def shares_in(payload: Mapping[str, Any]) -> dict[int, Fraction]:
    return {int(position): parse_exact(share) for position, share in payload["shares"].items()}


def apply_change(deed: Deed, attempt_id: int, payload: Mapping[str, Any], reason: str) -> None:
    """Raises ProposalRefused where the result is no longer one that counts."""
    attempt = deed.session.get_one(Attempt, attempt_id, populate_existing=True, with_for_update=True)
    if attempt.state != AttemptState.RELEASED:
        raise ProposalRefused("not-now")
    strikes = drill_changes.strikes_in(payload)
    if strikes is not None:
        drill_changes.apply_strikes(deed, attempt, strikes, reason)
        return
    before = {one.position: one.share for one in questions_of(attempt_id)}
    shares = shares_in(payload)
    set_shares(deed, attempt_id, shares)
    deed.note(
        "mark.changed",
        f"attempt:{attempt_id}",
        reason=reason,
        changes={position: [str(before[position]), str(share)] for position, share in shares.items()},
    )
    revise(deed, attempt, "appeal" if "appeal" in payload else "change")


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What a change would do: per question or, of a ``drill``, per task (position, points before, after), and the
    totals."""

    drill: bool
    questions: tuple[tuple[int, Fraction, Fraction], ...]
    total_before: Fraction
    total_after: Fraction
    passed_before: bool
    passed_after: bool


def preview(attempt_id: int, payload: Mapping[str, Any]) -> ChangePreview:
    attempt = db.session.get_one(Attempt, attempt_id)
    if (strikes := drill_changes.strikes_in(payload)) is not None:
        return _drill_preview(attempt, strikes)
    questions = questions_of(attempt_id)
    shares = shares_in(payload)
    before = outcome(blueprint_for(attempt), [one.earned for one in questions])
    after = outcome(blueprint_for(attempt), [_with(one, shares) for one in questions])
    rows = tuple(
        (one.position, one.earned.share * one.points, shares[one.position] * one.points)
        for one in questions
        if one.position in shares
    )
    return ChangePreview(False, rows, before.total, after.total, before.passed, after.passed)


def _drill_preview(attempt: Attempt, strikes: drill_changes.Strikes) -> ChangePreview:
    before = recompute(attempt)
    total, passed = drill_changes.preview_outcome(attempt.id, strikes)
    rows = tuple(drill_changes.preview_rows(attempt.id, strikes))
    return ChangePreview(True, rows, before.total, total, before.passed, passed)


def _with(question: OnPaper, shares: Mapping[int, Fraction]) -> Earned:
    share = shares.get(question.position, question.earned.share)
    return Earned(question.section, question.points, share, question.topic)
