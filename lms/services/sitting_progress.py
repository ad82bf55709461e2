"""How far the candidates of a drill's or a role-play's sitting are, for the live view: tasks or calls, the last action,
how quick the desk is."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import bindparam, case, func, select

from lms.domain.drills.plans import DrillPlan
from lms.domain.roleplay_plans import RolePlayPlan
from lms.extensions import db
from lms.models.drills import DrillSet, Run, RunAction
from lms.models.exams import Attempt, Sitting
from lms.models.roleplays import Call
from lms.services import call_results, run_journal
from lms.services.sitting_papers import plan_of


@dataclass(frozen=True, slots=True)
class Progress:
    """One attempt: ``ended`` of ``tasks`` done, ``running``: the task that is open; ``lag_ms``: the desk's median.

    ``awaits_since``: no examiner has taken the call that waits for one; ``patience``: how long that may last.
    """

    tasks: int
    ended: int
    running: int | None
    last_action_at: datetime | None
    lag_ms: int | None
    awaits_since: datetime | None = None
    patience: timedelta = timedelta(0)


_RUNS = (
    select(
        DrillSet.attempt_id,
        func.count(Run.id).label("tasks"),
        func.count(case((Run.state == run_journal.ENDED, 1))).label("ended"),
        func.max(case((Run.state == run_journal.OPEN, Run.position))).label("running"),
    )
    .join(Attempt, Attempt.id == DrillSet.attempt_id)
    .join(Run, Run.set_id == DrillSet.id)
    .where(Attempt.sitting_id == bindparam("sitting"))
    .group_by(DrillSet.attempt_id)
)
_ACTIONS = (
    select(DrillSet.attempt_id, RunAction.at, RunAction.lag_ms)
    .join(Attempt, Attempt.id == DrillSet.attempt_id)
    .join(Run, Run.set_id == DrillSet.id)
    .join(RunAction, RunAction.run_id == Run.id)
    .where(Attempt.sitting_id == bindparam("sitting"))
)


_CALLS = (
    select(
        Attempt.id,
        func.count(case((Call.state == "ended", 1))),
        func.max(case((Call.state != "ended", Call.position))),
        func.max(Call.last_turn_at),
        func.max(case((Call.state == call_results.WAITING, call_results.waits_from))),
    )
    .outerjoin(Call, Call.attempt_id == Attempt.id)
    .where(Attempt.sitting_id == bindparam("sitting"))
    .group_by(Attempt.id)
)


def is_drill_sitting(sitting: Sitting) -> bool:
    return isinstance(plan_of(sitting.blueprint_version_id), DrillPlan)


def progress_of(sitting: Sitting) -> dict[int, Progress] | None:
    """Attempt id → how many of its tasks or calls are done; None of an exam, whose progress is its answers."""
    plan = plan_of(sitting.blueprint_version_id)
    if isinstance(plan, RolePlayPlan):
        rows = db.session.execute(_CALLS, {"sitting": sitting.id})
        patience = timedelta(minutes=plan.wait_minutes)
        return {
            attempt_id: Progress(plan.count, done, running, last, None, since, patience)
            for attempt_id, done, running, last, since in rows
        }
    return progress_in(sitting.id) if isinstance(plan, DrillPlan) else None


def progress_in(sitting_id: int) -> dict[int, Progress]:
    """Attempt id → its progress: two statements, however many candidates."""
    acts: dict[int | None, list[tuple[datetime, int | None]]] = defaultdict(list)
    for attempt_id, at, lag in db.session.execute(_ACTIONS, {"sitting": sitting_id}):
        acts[attempt_id].append((at, lag))
    return {
        attempt_id: Progress(
            tasks, ended, running, max((at for at, _lag in acts[attempt_id]), default=None),
            _median([lag for _at, lag in acts[attempt_id] if lag is not None]),
        )
        for attempt_id, tasks, ended, running in db.session.execute(_RUNS, {"sitting": sitting_id})
    }  # fmt: skip


def _median(lags: list[int]) -> int | None:
    return int(median(lags)) if lags else None
