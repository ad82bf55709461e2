"""A person's own practice in figures: what went right, how fast, where the errors are; certification is not in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import defer

from lms.domain.attempts import AttemptState
from lms.domain.drills.plans import DrillKind, DrillPlan
from lms.domain.drills.practice import Standing, Tried, standings
from lms.extensions import db
from lms.models.drills import DrillSet, Run
from lms.models.exams import Attempt
from lms.models.marking import Result
from lms.services.run_journal import ENDED

MOST_RUNS = 500
CURVE = 30
RECENT = 10
RESUMED_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OwnRun:
    """One ended run of practice. ``limit_ms``: the drill's own limit, at full pace; ``factor`` slowed the clock."""

    id: int
    set_id: int
    kind: str
    template: str
    skill: str
    ended_at: datetime
    milliseconds: int | None
    limit_ms: int
    factor: Fraction
    right: bool
    points: Fraction
    errors: int
    critical: bool

    @property
    def in_limit(self) -> bool:
        return self.milliseconds is not None and self.milliseconds <= self.limit_ms


@dataclass(frozen=True, slots=True)
class SkillLine:
    """A skill over all its runs; ``errors`` a run, ``median_ms`` of those that ended, ``best_ms`` of the right ones."""

    skill: str
    runs: int
    right: int
    median_ms: int | None
    errors: Fraction
    best_ms: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """``curve``: the last runs, the oldest first; ``best_points``: of a workflow at full pace."""

    kind: str
    runs: int
    right: int
    curve: Sequence[OwnRun]
    skills: Sequence[SkillLine]
    standings: Sequence[Standing]
    best_points: Fraction | None
    best_ms: int | None


def own_runs(person_id: int) -> list[OwnRun]:
    """What one has practised, the newest first."""
    rows = db.session.execute(
        select(Run, DrillSet.kind, DrillSet.plan, DrillSet.factor)
        .join(DrillSet, DrillSet.id == Run.set_id)
        .where(
            Run.person_id == person_id,
            DrillSet.attempt_id.is_(None),
            Run.state == ENDED,
            Run.begun_at.is_not(None),
        )
        .order_by(Run.ended_at.desc(), Run.id.desc())
        .limit(MOST_RUNS)
        .options(defer(Run.task), defer(Run.score))
        .execution_options(populate_existing=True)
    )
    plans: dict[str, DrillPlan] = {}
    return [_own(run, kind, _plan(body, plans), factor) for run, kind, body, factor in rows]


def _plan(body: dict[str, object], known: dict[str, DrillPlan]) -> DrillPlan:
    key = repr(body)
    if key not in known:
        known[key] = DrillPlan.model_validate(body)
    return known[key]


def _own(run: Run, kind: str, plan: DrillPlan, factor: Fraction) -> OwnRun:
    assert run.ended_at is not None  # held by its state
    return OwnRun(
        id=run.id,
        set_id=run.set_id,
        kind=kind,
        template=run.template,
        skill=run.skill,
        ended_at=run.ended_at,
        milliseconds=run.milliseconds,
        limit_ms=limit_ms(plan),
        factor=factor,
        right=was_right(plan, counted=bool(run.counted), points=run.points, critical=bool(run.critical)),
        points=run.points or Fraction(0),
        errors=run.errors or 0,
        critical=bool(run.critical),
    )


def limit_ms(plan: DrillPlan) -> int:
    """The time within which a task of the plan is to be done, at full pace."""
    if plan.lookup is not None:
        return 1000 * plan.lookup.within
    assert plan.workflow is not None
    return 1000 * plan.workflow.full_until


def was_right(plan: DrillPlan, *, counted: bool, points: Fraction | None, critical: bool) -> bool:
    """A lookup that counted; a workflow that would have passed by itself."""
    if plan.lookup is not None:
        return counted
    return points is not None and points >= plan.pass_total and not critical


def progress(runs: Sequence[OwnRun], kind: DrillKind) -> Progress:
    """The figures of one kind of drill; ``runs`` as from `own_runs`."""
    of_kind = [run for run in runs if run.kind == kind]
    full_pace = [run for run in of_kind if run.factor == 1 and not run.critical]
    return Progress(
        kind=kind.value,
        runs=len(of_kind),
        right=sum(run.right for run in of_kind),
        curve=of_kind[:CURVE][::-1],
        skills=_skills(of_kind),
        standings=standings(tried(runs, kind)),
        best_points=max((run.points for run in full_pace), default=None) if kind is DrillKind.WORKFLOW else None,
        best_ms=_fastest(of_kind),
    )


def tried(runs: Sequence[OwnRun], kind: DrillKind) -> list[Tried]:
    return [Tried(run.skill, run.right, run.milliseconds, run.limit_ms) for run in runs if run.kind == kind]


def _skills(runs: Sequence[OwnRun]) -> list[SkillLine]:
    by_skill: dict[str, list[OwnRun]] = {}
    for run in runs:
        by_skill.setdefault(run.skill, []).append(run)
    return [
        SkillLine(
            skill=skill,
            runs=len(listed),
            right=sum(run.right for run in listed),
            median_ms=_median([run.milliseconds for run in listed if run.milliseconds is not None]),
            errors=Fraction(sum(run.errors for run in listed), len(listed)),
            best_ms=_fastest(listed),
        )
        for skill, listed in sorted(by_skill.items())
    ]


def _fastest(runs: Sequence[OwnRun]) -> int | None:
    """Of the right ones; a slower clock forgives time, so what was over the real limit is no best."""
    times = [run.milliseconds for run in runs if run.right and run.in_limit and run.milliseconds is not None]
    return min(times, default=None)


def _median(times: Sequence[int]) -> int | None:
    return int(median(times)) if times else None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A practice set that was left before its last task."""

    set_id: int
    kind: str
    done: int
    tasks: int


def unfinished(person_id: int, now: datetime) -> Unfinished | None:
    """The newest set of practice that was begun within a day and has not ended."""
    found = db.session.execute(
        select(DrillSet)
        .where(
            DrillSet.person_id == person_id,
            DrillSet.attempt_id.is_(None),
            DrillSet.ended_at.is_(None),
            DrillSet.created_at > now - RESUMED_WITHIN,
        )
        .order_by(DrillSet.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        return None
    return Unfinished(found.id, found.kind, sum(run.state == ENDED for run in found.runs), len(found.runs))


@dataclass(frozen=True, slots=True)
class PathStep:
    """The path's step 系统实操: kinds of drill that are certified, tasks practised within a week, what was left."""

    kinds: Sequence[str]
    certified: frozenset[str]
    recent: int
    unfinished: Unfinished | None


def path_step(person_id: int, now: datetime) -> PathStep:
    newest = (
        select(func.max(Result.revision)).where(Result.attempt_id == Attempt.id).correlate(Attempt).scalar_subquery()
    )
    passed = (
        select(DrillSet.kind)
        .join(Attempt, Attempt.id == DrillSet.attempt_id)
        .join(Result, (Result.attempt_id == Attempt.id) & (Result.revision == newest))
        .where(Attempt.person_id == person_id, Attempt.state == AttemptState.RELEASED.value, Result.passed)
    )
    practised = (
        select(func.count())
        .select_from(Run)
        .join(DrillSet, DrillSet.id == Run.set_id)
        .where(Run.person_id == person_id, DrillSet.attempt_id.is_(None), Run.ended_at > now - timedelta(days=7))
    )
    return PathStep(
        kinds=[kind.value for kind in DrillKind],
        certified=frozenset(db.session.execute(passed).scalars()),
        recent=db.session.execute(practised).scalar_one(),
        unfinished=unfinished(person_id, now),
    )
