"""The score of a run, computed anew from its frozen task and its journal, and kept beside them for lists and curves."""

import json
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import insert, select

from lms.domain.drills.journal import Action, ActionKind
from lms.domain.drills.outcome import RunShare
from lms.domain.drills.plans import DrillPlan
from lms.domain.drills.scoring import Score, as_document, score
from lms.domain.drills.tasks import Task
from lms.domain.values import parse_exact
from lms.extensions import db
from lms.models.drills import DrillSet, Run, RunAction, WaivedError
from lms.services.writing import Deed

OPEN, ENDED = "open", "ended"


def task_of(run: Run) -> Task:
    return Task.model_validate_json(run.task)


def plan_of_set(drill_set: DrillSet) -> DrillPlan:
    return DrillPlan.model_validate(drill_set.plan)


def journal_of(run_id: int) -> list[Action]:
    """The run's actions in their order."""
    rows = db.session.execute(select(RunAction).where(RunAction.run_id == run_id).order_by(RunAction.seq)).scalars()
    return [Action(row.seq, row.op_id, row.at, ActionKind(row.kind), json.loads(row.data), row.lag_ms) for row in rows]


def waived_of(run_id: int) -> frozenset[str]:
    """Keys of the errors that two people struck out."""
    return frozenset(db.session.execute(select(WaivedError.error).where(WaivedError.run_id == run_id)).scalars())


def score_of(run: Run, *, waived: frozenset[str] | None = None) -> Score:
    """What the run is worth by its task and journal; ``waived`` in the place of what is struck out already."""
    drill_set = run.drill_set
    struck = waived_of(run.id) if waived is None else waived
    actions = journal_of(run.id)
    return score(task_of(run), actions, plan_of_set(drill_set), drill_set.factor, run.paused_seconds, struck)


def store_score(deed: Deed, run: Run) -> Score:
    """Work the score out and keep it with the run."""
    deed.session.flush()
    found = score_of(run)
    run.score = as_document(found)
    run.points, run.counted, run.milliseconds = found.points, found.counted, found.milliseconds
    run.errors, run.critical = len(found.errors), bool(found.critical)
    return found


def close_run(deed: Deed, run: Run, by: str, at: datetime) -> None:
    """End an open run at ``at`` without a submission, with the server's own action in its journal, and score it.

    ``by``: time or invigilator. The caller has locked the run and seen that it is open.
    """
    last = deed.session.execute(
        select(RunAction.seq).where(RunAction.run_id == run.id).order_by(RunAction.seq.desc()).limit(1)
    ).scalar_one_or_none()
    seq = (last or 0) + 1
    row: dict[str, Any] = {"run_id": run.id, "seq": seq, "op_id": f"close-{run.id}-{seq}", "at": at}
    deed.session.execute(insert(RunAction), [{**row, "kind": ActionKind.CLOSE.value, "data": "{}", "lag_ms": None}])
    run.state, run.ended_at, run.ended_by = ENDED, at, by
    store_score(deed, run)


def share_of(run: Run) -> RunShare:
    """What an ended run brings into the result of its attempt."""
    kept = run.score or {}
    accuracy, efficiency = (parse_exact(kept.get(name, "0/1")) for name in ("accuracy", "efficiency"))
    return RunShare(bool(run.counted), Fraction(accuracy), Fraction(efficiency), bool(run.critical))
