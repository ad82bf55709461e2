"""Striking errors out of a drill's runs, once two persons agree; an appeal never lowers a result."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from lms.domain.proposals import DeedKind
from lms.domain.results import Outcome
from lms.models.drills import Run, WaivedError
from lms.models.exams import Attempt
from lms.services.drill_results import outcome_of, runs_of
from lms.services.proposals import ProposalRefused, add_proposal
from lms.services.results import revise
from lms.services.run_scores import score_of, store_score, waived_of
from lms.services.writing import Deed

Strikes = dict[int, dict[str, str]]  # run id → key of an error → why it is struck


def propose_strikes(deed: Deed, attempt_id: int, strikes: Strikes, reason: str, *, appeal_id: int) -> int:
    """Ask a second person to strike these errors; the proposal's id. Raises ProposalRefused."""
    payload = {"strikes": {str(run_id): keys for run_id, keys in strikes.items()}, "appeal": appeal_id}
    return add_proposal(deed, DeedKind.CHANGE_MARK, f"attempt:{attempt_id}", payload, reason)


def strikes_in(payload: Mapping[str, Any]) -> Strikes | None:
    """What a proposal wants struck; None where it is about an exam."""
    if "strikes" not in payload:
        return None
    return {int(run_id): dict(keys) for run_id, keys in payload["strikes"].items()}


def apply_strikes(deed: Deed, attempt: Attempt, strikes: Strikes, reason: str) -> None:
    """Write the errors off, score their runs anew and revise the result.

    Raises ProposalRefused where an error is no longer in the ledger, or where the new score would be a lower one.
    """
    changes: dict[int, list[str]] = {}
    for run in runs_of(attempt.id, lock=True):
        if run.id not in strikes:
            continue
        before = run.points or Fraction(0)
        _strike(deed, run, strikes[run.id])
        after = store_score(deed, run).points
        if after < before:
            raise ProposalRefused("not-now")
        changes[run.position] = [str(before), str(after)]
    struck = {run_id: sorted(keys) for run_id, keys in strikes.items()}
    deed.note("mark.changed", f"attempt:{attempt.id}", reason=reason, changes=changes, struck=struck)
    deed.session.flush()
    revise(deed, attempt, "appeal")


def _strike(deed: Deed, run: Run, keys: Mapping[str, str]) -> None:
    whole = score_of(run, frozenset())
    known = {one.key for one in whole.errors} | {one.key for one in whole.critical}
    if not keys.keys() <= known:
        raise ProposalRefused("not-now")
    present = waived_of(run.id)
    for key, reason in keys.items():
        if key not in present:
            deed.session.add(WaivedError(run_id=run.id, error=key, reason=reason, by=deed.actor_id, at=deed.now))


def preview_rows(attempt_id: int, strikes: Strikes) -> list[tuple[int, Fraction, Fraction]]:
    """(task, points before, points after) of the runs that would change."""
    rows = []
    for run in runs_of(attempt_id):
        if run.id in strikes:
            waived = frozenset(waived_of(run.id)) | frozenset(strikes[run.id])
            rows.append((run.position, run.points or Fraction(0), score_of(run, waived).points))
    return rows


def preview_outcome(attempt_id: int, strikes: Strikes) -> Outcome:
    """Total and pass as they would be."""
    return outcome_of(attempt_id, {run_id: frozenset(keys) for run_id, keys in strikes.items()})
