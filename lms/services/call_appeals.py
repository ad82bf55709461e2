"""An appeal against role-plays: the contested calls marked anew on the desk of all calls, then answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lms.domain.call_marks import Judged, PassRules, raised
from lms.extensions import db
from lms.models.exams import Attempt
from lms.services import call_remarking
from lms.services.appeal_answers import AppealTaken, conclude, taken
from lms.services.appeals import AppealRefused, NoSuchAppeal
from lms.services.call_changes import propose_levels
from lms.services.call_marking import CallDesk, desk
from lms.services.call_results import plan_for
from lms.services.writing import Deed


@dataclass(frozen=True, slots=True)
class ContestedCall:
    """``desk``: one's own sheet, and others' once it is in; ``upheld``: what the call would come to, None where
    nothing would be raised, or as long as one's own sheet is not in."""

    position: int
    desk: CallDesk
    counted: Judged
    upheld: Judged | None

    @property
    def marked(self) -> bool:
        return self.desk.submitted_at is not None


@dataclass(frozen=True, slots=True)
class CallContest:
    """An appeal against role-plays on the examiner's desk."""

    appeal: AppealTaken
    calls: Sequence[ContestedCall]

    @property
    def marked(self) -> bool:
        """Whether any was marked anew: then the appeal can no longer be left to another."""
        return any(one.marked for one in self.calls)

    @property
    def ready(self) -> bool:
        """Every contested call was marked anew: the appeal can be decided."""
        return all(one.marked for one in self.calls)

    @property
    def raised(self) -> Sequence[ContestedCall]:
        return [one for one in self.calls if one.upheld is not None]


def contest(examiner_id: int, appeal_id: int) -> CallContest:
    """An appeal that the examiner has taken: one call, or all that were marked. Raises NoSuchAppeal."""
    appeal = taken(examiner_id, appeal_id)
    plan = plan_for(db.session.get_one(Attempt, appeal.attempt_id))
    if plan is None:
        raise NoSuchAppeal
    calls = [
        _contested(call.position, Judged.load(call.result), desk(examiner_id, task_id), plan.passing)
        for call, task_id in call_remarking.tasks_of(examiner_id, appeal.attempt_id)
        if call.result
    ]
    return CallContest(appeal, calls)


def _contested(position: int, counted: Judged, own: CallDesk, rules: PassRules) -> ContestedCall:
    better = raised(counted, own.draft.sheet.given, rules) if own.submitted_at else counted
    return ContestedCall(position, own, counted, better if better != counted else None)


def decide(examiner_id: int, appeal_id: int, *, uphold: bool, answer: str, now: datetime) -> int | None:
    """Answer the appeal; where levels are to be raised or critical failures struck, the id of the proposal that a
    second person must confirm. Raises NoSuchAppeal, AppealRefused, ProposalRefused.
    """
    contested = contest(examiner_id, appeal_id)
    if not contested.ready:
        raise AppealRefused("marks-missing")
    anew = {one.position: one.desk.draft.sheet.given for one in contested.raised} if uphold else {}

    def propose(deed: Deed, said: str) -> int:
        return propose_levels(deed, contested.appeal.attempt_id, anew, said, appeal_id=appeal_id)

    verdict = "upheld" if uphold else "rejected"
    return conclude(contested.appeal, examiner_id, verdict=verdict, answer=answer, now=now,
                    propose=propose if anew else None)  # fmt: skip


def appeal_of_task(examiner_id: int, task_id: int) -> AppealTaken | None:
    """The appeal for which this examiner marks a call anew; None where it is marked in the usual round."""
    appeal_id = call_remarking.appeal_of(examiner_id, task_id)
    return taken(examiner_id, appeal_id) if appeal_id is not None else None
