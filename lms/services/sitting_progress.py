"""How far the candidates of a drill's sitting are, for the live view: tasks, the last action, how quick the desk is."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import bindparam, case, func, select

from lms.domain.drills.plans import DrillPlan
from lms.extensions import db
from lms.models.drills import DrillSet, Run, RunAction
from lms.models.exams import Attempt, Sitting
from lms.services import run_journal
from lms.services.sitting_papers import plan_of


@dataclass(frozen=True, slots=True)
class Progress:
    """One attempt: ``ended`` of ``tasks`` done, ``running``: the task that is open; ``lag_ms``: the desk's median."""

    tasks: int
    ended: int
    running: int | None
    last_action_at: datetime | None
    lag_ms: int | None


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


def is_drill_sitting(sitting: Sitting) -> bool:
    return isinstance(plan_of(sitting.blueprint_version_id), DrillPlan)


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
