"""An appeal against a drill: its ledger looked at anew, errors struck with a reason, then answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.domain.drills.plans import DrillPlan
from lms.domain.values import Language
from lms.services import appeal_answers
from lms.services.appeal_answers import AppealTaken, conclude, taken
from lms.services.appeals import AppealRefused, NoSuchAppeal
from lms.services.drill_changes import Strikes, propose_strikes, strikes_in
from lms.services.drill_results import runs_of, set_of
from lms.services.run_ledgers import RunLedger, ledger_of
from lms.services.run_scores import plan_of_set
from lms.services.writing import Deed

LONGEST_STRIKE = 500


@dataclass(frozen=True, slots=True)
class DrillContest:
    """An appeal against a drill on the examiner's desk."""

    appeal: AppealTaken
    plan: DrillPlan
    runs: Sequence[RunLedger]


def contest(examiner_id: int, appeal_id: int, language: Language) -> DrillContest:
    """An appeal that the examiner has taken: one task, or all that were begun. Raises NoSuchAppeal."""
    appeal = taken(examiner_id, appeal_id)
    drill_set = set_of(appeal.attempt_id)
    if drill_set is None:
        raise NoSuchAppeal
    runs = [ledger_of(run, language) for run in runs_of(appeal.attempt_id) if appeal.concerns(run.position)]
    return DrillContest(appeal, plan_of_set(drill_set), runs)


def decide(
    examiner_id: int,
    appeal_id: int,
    *,
    uphold: bool,
    strikes: Mapping[int, Mapping[str, str]],
    answer: str,
    now: datetime,
) -> int | None:
    """Answer the appeal; upheld, the id of the proposal to strike these errors (run id → key → reason).

    Raises NoSuchAppeal, AppealRefused, ProposalRefused.
    """
    contested = contest(examiner_id, appeal_id, Language.ZH)
    if not contested.appeal.decidable:
        raise AppealRefused("waiting" if contested.appeal.waiting else "decided")
    chosen = _checked(contested, strikes) if uphold else {}

    def propose(deed: Deed, said: str) -> int:
        return propose_strikes(deed, contested.appeal.attempt_id, chosen, said, appeal_id=appeal_id)

    return conclude(contested.appeal, examiner_id, verdict="rejected", answer=answer, now=now,
                    propose=propose if chosen else None)  # fmt: skip


def stands(appeal: AppealTaken, uphold: bool, strikes: Mapping[int, Mapping[str, str]], answer: str) -> bool:
    """Whether this very answer, with these errors struck, was given already."""
    struck = strikes_in(appeal.asked.payload) if appeal.asked and uphold else None
    meant = {run_id: {key: why.strip() for key, why in keys.items()} for run_id, keys in strikes.items() if keys}
    return appeal_answers.stands(appeal, uphold, answer) and struck in (None, meant)


def _checked(contested: DrillContest, strikes: Mapping[int, Mapping[str, str]]) -> Strikes:
    """The strikes that are about what is contested, each with its reason. Raises AppealRefused."""
    standing = {run.run_id: {line.key for line in run.standing} for run in contested.runs}
    chosen: Strikes = {}
    for run_id, keys in strikes.items():
        for key, reason in keys.items():
            if key not in standing.get(run_id, set()):
                raise AppealRefused("no-question")
            if not 1 <= len(reason.strip()) <= LONGEST_STRIKE:
                raise AppealRefused("no-strike-reason")
            chosen.setdefault(run_id, {})[key] = reason.strip()
    if not chosen:
        raise AppealRefused("no-strikes")
    return chosen
