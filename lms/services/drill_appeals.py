"""An appeal against a drill: its ledger looked at anew, errors struck with a reason, then answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.domain.drills.plans import DrillPlan
from lms.domain.values import Language
from lms.models.marking import Appeal
from lms.services.appeals import AppealRefused, NoSuchAppeal, checked_answer, is_waiting, load_appeal, write_answer
from lms.services.drill_changes import Strikes, propose_strikes
from lms.services.drill_results import is_drill, runs_of, set_of
from lms.services.run_ledgers import RunLedger, ledger_of
from lms.services.run_scores import plan_of_set
from lms.services.writing import writing

LONGEST_STRIKE = 500


@dataclass(frozen=True, slots=True)
class DrillContest:
    """A drill's appeal on the examiner's desk; of the candidate nothing but the number."""

    id: int
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
    waiting: bool
    plan: DrillPlan
    runs: Sequence[RunLedger]

    @property
    def decidable(self) -> bool:
        return self.state == "open" and not self.waiting


def is_drill_appeal(examiner_id: int, appeal_id: int) -> bool:
    """Whether an appeal that the examiner has taken is about a drill. Raises NoSuchAppeal."""
    _appeal, attempt, _title = load_appeal(examiner_id, appeal_id, own=True)
    return is_drill(attempt.id)


def contest(examiner_id: int, appeal_id: int, language: Language) -> DrillContest:
    """An appeal that the examiner has taken: one task, or all that were begun. Raises NoSuchAppeal."""
    appeal, attempt, title = load_appeal(examiner_id, appeal_id, own=True)
    drill_set = set_of(attempt.id)
    if drill_set is None:
        raise NoSuchAppeal
    return DrillContest(
        id=appeal.id,
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
        plan=plan_of_set(drill_set),
        runs=[ledger_of(run, language) for run in runs_of(attempt.id) if _concerns(appeal, run.position)],
    )


def _concerns(appeal: Appeal, position: int) -> bool:
    return appeal.position is None or appeal.position == position


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
    said = checked_answer(answer)
    if contested.waiting:
        raise AppealRefused("waiting")
    chosen = _checked(contested, strikes) if uphold else {}
    with writing(examiner_id, now) as deed:
        if chosen:
            write_answer(deed, appeal_id, said, "open")
            return propose_strikes(deed, contested.attempt_id, chosen, said, appeal_id=appeal_id)
        write_answer(deed, appeal_id, said, "rejected")
    return None


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
