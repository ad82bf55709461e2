"""The score of a run beside what made it: worked out anew where an error was struck out, and put into results."""

from fractions import Fraction

from sqlalchemy import select

from lms.domain.drills.journal import Action
from lms.domain.drills.outcome import RunShare
from lms.domain.drills.plans import DrillPlan
from lms.domain.drills.scoring import Score, as_document, score
from lms.domain.drills.tasks import Task
from lms.domain.values import parse_exact
from lms.extensions import db
from lms.models.drills import DrillSet, Run, WaivedError
from lms.services import run_journal
from lms.services.writing import Deed


def task_of(run: Run) -> Task:
    return run_journal.read_task(run.task)


def plan_of_set(drill_set: DrillSet) -> DrillPlan:
    return DrillPlan.model_validate(drill_set.plan)


def journal_of(run_id: int) -> list[Action]:
    """The run's actions in their order."""
    return run_journal.actions_of(db.session.connection(), run_id)


def waived_of(run_id: int) -> dict[str, str]:
    """Key of an error that two people struck out → why."""
    rows = db.session.execute(select(WaivedError.error, WaivedError.reason).where(WaivedError.run_id == run_id))
    return {row[0]: row[1] for row in rows}


def score_of(run: Run, waived: frozenset[str]) -> Score:
    """What the run is worth by its task and journal, without the errors in ``waived``."""
    drill_set = run.drill_set
    return score(task_of(run), journal_of(run.id), plan_of_set(drill_set), drill_set.factor, run.paused_seconds, waived)


def store_score(deed: Deed, run: Run) -> Score:
    """Work the score out anew and keep it with the run."""
    deed.session.flush()
    found = score_of(run, frozenset(waived_of(run.id)))
    run.score = as_document(found)
    run.points, run.counted, run.milliseconds = found.points, found.counted, found.milliseconds
    run.errors, run.critical = len(found.errors), bool(found.critical)
    return found


def share_in(document: dict[str, object] | None, *, counted: bool, critical: bool) -> RunShare:
    """What a run brings into the result of its attempt, from its kept score; one never begun brings nothing."""
    kept = document or {}
    accuracy, efficiency = (parse_exact(str(kept.get(name, "0/1"))) for name in ("accuracy", "efficiency"))
    return RunShare(counted, accuracy, efficiency, critical)


def share_of_score(found: Score) -> RunShare:
    return RunShare(found.counted, Fraction(found.accuracy), Fraction(found.efficiency), bool(found.critical))


def share_of(run: Run) -> RunShare:
    return share_in(run.score, counted=bool(run.counted), critical=bool(run.critical))
