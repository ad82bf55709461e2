"""Putting a mark right after release, once two persons agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lms.domain.attempts import AttemptState
from lms.domain.plans import kind_of
from lms.domain.proposals import DeedKind
from lms.domain.results import Earned, Outcome, outcome
from lms.domain.values import exact, parse_exact
from lms.extensions import db
from lms.models.exams import Attempt
from lms.services import call_changes, drill_changes
from lms.services.marking import OnPaper, blueprint_for, questions_of, set_shares
from lms.services.proposals import ProposalRefused, add_proposal
from lms.services.results import recompute, revise
from lms.services.sitting_papers import plan_of
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
    if (strikes := drill_changes.strikes_in(payload)) is not None:
        drill_changes.apply_strikes(deed, attempt, strikes, reason)
    elif (anew := call_changes.anew_in(payload)) is not None:
        call_changes.apply_levels(deed, attempt, anew, reason)
    else:
        _apply_shares(deed, attempt, payload, reason)


def _apply_shares(deed: Deed, attempt: Attempt, payload: Mapping[str, Any], reason: str) -> None:
    before = {one.position: one.share for one in questions_of(attempt.id)}
    shares = shares_in(payload)
    set_shares(deed, attempt.id, shares)
    deed.note(
        "mark.changed",
        f"attempt:{attempt.id}",
        reason=reason,
        changes={position: [str(before[position]), str(share)] for position, share in shares.items()},
    )
    revise(deed, attempt, "appeal" if "appeal" in payload else "change")


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What a change would do: the totals, and of each question, task or call (position, points before, after);
    ``kind``: exam, lookup, workflow or roleplay. ``calls`` tells a role-play's levels one by one."""

    kind: str
    parts: Sequence[tuple[int, Fraction, Fraction]]
    before: Outcome
    after: Outcome
    calls: Sequence[call_changes.CallPreview] = ()


def preview(attempt_id: int, payload: Mapping[str, Any]) -> ChangePreview:
    """Raises ProposalRefused where the change can no longer be made."""
    attempt = db.session.get_one(Attempt, attempt_id)
    kind, before = kind_of(plan_of(attempt.sitting.blueprint_version_id)), recompute(attempt)
    if (strikes := drill_changes.strikes_in(payload)) is not None:
        rows = drill_changes.preview_rows(attempt_id, strikes)
        return ChangePreview(kind, rows, before, drill_changes.preview_outcome(attempt_id, strikes))
    if (anew := call_changes.anew_in(payload)) is not None:
        calls = call_changes.preview_calls(attempt, anew)
        rows = [(one.position, one.before.points, one.after.points) for one in calls]
        return ChangePreview(kind, rows, before, call_changes.preview_outcome(attempt, anew), calls)
    return _preview_shares(attempt, kind, before, shares_in(payload))


def _preview_shares(attempt: Attempt, kind: str, before: Outcome, shares: Mapping[int, Fraction]) -> ChangePreview:
    questions = questions_of(attempt.id)
    after = outcome(blueprint_for(attempt), [_with(one, shares) for one in questions])
    rows = [
        (one.position, one.earned.share * one.points, shares[one.position] * one.points)
        for one in questions
        if one.position in shares
    ]
    return ChangePreview(kind, rows, before, after)


def _with(question: OnPaper, shares: Mapping[int, Fraction]) -> Earned:
    share = shares.get(question.position, question.earned.share)
    return Earned(question.section, question.points, share, question.topic)
