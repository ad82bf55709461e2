"""Certification drills as attempts: started, held and looked at like an exam's; a set of tasks in a paper's place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from lms.domain.access_rules import Reason
from lms.domain.attempts import AttemptState, remaining
from lms.domain.drills.plans import DrillPlan
from lms.domain.drills.tasks import Task
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import DrillSet, Run
from lms.models.exams import Attempt, Sitting
from lms.services import attempts, drill_forms, run_journal, runs
from lms.services.attempts import NotYours
from lms.services.sign_in import SignedIn
from lms.services.sitting_papers import plan_of
from lms.services.writing import writing


def drill_plan(sitting: Sitting) -> DrillPlan | None:
    """The plan of a drill's sitting; None of an exam's."""
    plan = plan_of(sitting.blueprint_version_id)
    return plan if isinstance(plan, DrillPlan) else None


def start(person: SignedIn, sitting_id: int, language: Language, now: datetime) -> int:
    """The id of the person's open attempt in the drill's sitting: a new one, or the one that is already open.

    As `attempts.start`: whether they may is asked before, and a double start is one start. Raises
    crm_worlds.NotBuilt where the world is not ready yet.
    """
    sitting = db.session.get_one(Sitting, sitting_id)
    plan = drill_plan(sitting)
    if plan is None:
        raise LookupError(f"sitting {sitting_id} is an exam")
    values, factor = attempts.opening(person, sitting, language, now)
    tasks = drill_forms.tasks_of(plan, language, values["seed"])  # dear to make, so before anybody has to wait
    return enter(person, plan, tasks, values, factor, now)


def enter(
    person: SignedIn, plan: DrillPlan, tasks: Sequence[Task], values: dict[str, Any], factor: Fraction, now: datetime
) -> int:
    """The attempt of these columns (`attempts.opening`) with its set of ``tasks``; the one that is open already."""
    try:
        with writing(person.person_id, now) as deed:
            attempt_id: int = deed.session.execute(insert(Attempt).values(values).returning(Attempt.id)).scalar_one()
            runs.add_set(deed, person.person_id, plan, tasks, factor=factor, seed=values["seed"], attempt_id=attempt_id)
            deed.note("attempt.started", f"attempt:{attempt_id}", sitting=values["sitting_id"], drill=plan.code)
    except IntegrityError:
        open_id = attempts.open_attempt(person.person_id)
        if open_id is None:
            raise
        return open_id
    return attempt_id


@dataclass(frozen=True, slots=True)
class DrillAttempt:
    """One's own drill attempt: where it stands, and whether this device may go on. No task, no score.

    ``run_id``: the next task to be done; None when all have ended.
    """

    attempt_id: int
    run_id: int | None
    kind: str
    sitting_title: str
    candidate_number: str
    state: AttemptState
    held_here: bool
    may_take_over: bool
    refusals: list[Reason]
    paused: bool
    left: timedelta
    tasks: int
    done: int
    submitted_at: datetime | None
    submitted_by: str | None
    due_at: datetime | None


_ENDED = (
    select(func.count()).where(Run.set_id == DrillSet.id, Run.state == run_journal.ENDED).correlate(DrillSet)
).scalar_subquery()


def view(person: SignedIn, attempt_id: int, now: datetime) -> DrillAttempt:
    """Raises NotYours, for an exam too."""
    row = db.session.execute(
        select(Attempt, Sitting, DrillSet, _ENDED, attempts.WATCHES)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(DrillSet, DrillSet.attempt_id == Attempt.id)
        .where(Attempt.id == attempt_id, Attempt.person_id == person.person_id)
    ).one_or_none()
    if row is None:
        raise NotYours
    attempt, sitting, drill_set, done, watches = row
    return DrillAttempt(
        attempt_id=attempt.id,
        run_id=runs.next_run(drill_set.id),
        kind=drill_set.kind,
        sitting_title=sitting.title,
        candidate_number=attempt.candidate_number,
        state=AttemptState(attempt.state),
        held_here=attempt.holder_id == person.sign_in_id,
        may_take_over=sitting.takeover == "free" or attempt.takeover_allowed,
        refusals=attempts.refusals_to_continue(sitting, person, now, watches=watches),
        paused=attempt.paused_at is not None,
        left=remaining(attempt.deadline, now, attempt.paused_at),
        tasks=DrillPlan.model_validate(drill_set.plan).tasks,
        done=done,
        submitted_at=attempt.submitted_at,
        submitted_by=attempt.submitted_by,
        due_at=attempt.due_at,
    )


def is_drill(person: SignedIn, attempt_id: int) -> bool:
    """Whether this is a drill attempt of this person."""
    own = select(DrillSet.id).where(DrillSet.attempt_id == attempt_id, DrillSet.person_id == person.person_id)
    return db.session.execute(own).first() is not None
