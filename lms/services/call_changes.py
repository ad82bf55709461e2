"""Raising the levels of calls after release, once two persons agree; an appeal never lowers a result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lms.domain.call_marks import Given, Judged, raised
from lms.domain.proposals import DeedKind
from lms.domain.results import Outcome
from lms.domain.roleplay_plans import RolePlayPlan
from lms.domain.scenarios.texts import Both
from lms.models.exams import Attempt
from lms.models.roleplays import Call
from lms.services import call_log
from lms.services.call_results import calls_of, plan_for
from lms.services.proposals import ProposalRefused, add_proposal
from lms.services.results import revise
from lms.services.writing import Deed

Anew = Mapping[int, Given]  # a call's position → what was given for it anew


def propose_levels(deed: Deed, attempt_id: int, anew: Anew, reason: str, *, appeal_id: int) -> int:
    """Ask a second person to let the better levels count; the proposal's id. Raises ProposalRefused."""
    calls = {str(at): {"levels": dict(one.levels), "critical": sorted(one.critical)} for at, one in anew.items()}
    payload = {"calls": calls, "appeal": appeal_id}
    return add_proposal(deed, DeedKind.CHANGE_MARK, f"attempt:{attempt_id}", payload, reason)


def anew_in(payload: Mapping[str, Any]) -> Anew | None:
    """What a proposal says was given anew; None where it is not about calls."""
    if "calls" not in payload:
        return None
    return {int(at): Given(dict(one["levels"]), frozenset(one["critical"])) for at, one in payload["calls"].items()}


@dataclass(frozen=True, slots=True)
class CallChange:
    """What a change makes of one call: ``levels`` (criterion, before, after) of those raised, ``struck`` failures."""

    call: Call
    before: Judged
    after: Judged

    @property
    def levels(self) -> Sequence[tuple[str, Fraction, Fraction]]:
        old = self.before.levels
        return [(name, old[name], level) for name, level in self.after.levels.items() if level != old[name]]

    @property
    def struck(self) -> Sequence[str]:
        return [failure for failure in self.before.critical if failure not in self.after.critical]


def _changes(attempt: Attempt, anew: Anew) -> list[CallChange]:
    rules = _plan(attempt).passing
    counted = {call.position: (call, Judged.load(call.result)) for call in calls_of(attempt.id) if call.result}
    if not anew.keys() <= counted.keys():
        raise ProposalRefused("not-now")
    return [
        CallChange(call, before, raised(before, anew[at], rules))
        for at, (call, before) in counted.items()
        if at in anew
    ]


def _plan(attempt: Attempt) -> RolePlayPlan:
    plan = plan_for(attempt)
    if plan is None:
        raise ProposalRefused("not-now")
    return plan


def apply_levels(deed: Deed, attempt: Attempt, anew: Anew, reason: str) -> None:
    """Let the better levels count and revise the result. Raises ProposalRefused where a call has none."""
    found = _changes(attempt, anew)
    for one in found:
        one.call.result, one.call.points = one.after.dump(), one.after.points
    levels = {
        one.call.position: {name: [str(before), str(after)] for name, before, after in one.levels} for one in found
    }
    struck = {one.call.position: list(one.struck) for one in found}
    deed.note("mark.changed", f"attempt:{attempt.id}", reason=reason, changes=levels, struck=struck)
    deed.session.flush()
    revise(deed, attempt, "appeal")


@dataclass(frozen=True, slots=True)
class CallPreview:
    """A :class:`CallChange` with the script's words for criteria and failures."""

    position: int
    title: Both
    before: Judged
    after: Judged
    levels: Sequence[tuple[Both, Fraction, Fraction]]
    struck: Sequence[Both]


def preview_calls(attempt: Attempt, anew: Anew) -> list[CallPreview]:
    """Raises ProposalRefused as :func:`apply_levels`."""
    return [_preview(one) for one in _changes(attempt, anew)]


def _preview(change: CallChange) -> CallPreview:
    script = call_log.script_of_call(change.call)
    titles = {criterion.id: criterion.title for criterion in script.rubric.own}
    failures = {failure.id: failure.text for failure in script.critical}
    levels = [(titles[name], before, after) for name, before, after in change.levels]
    struck = [failures[name] for name in change.struck]
    return CallPreview(change.call.position, script.title, change.before, change.after, levels, struck)


def preview_outcome(attempt: Attempt, anew: Anew) -> Outcome:
    """Total and pass as they would be."""
    changed = {one.call.id: one.after for one in _changes(attempt, anew)}
    counted = {call.id: Judged.load(call.result) for call in calls_of(attempt.id) if call.result}
    return _plan(attempt).outcome(list({**counted, **changed}.values()))
