"""Drills in figures for trainers 演练分析: templates, skills and fields over all runs, and the runs behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import defer

from lms.content.tables import Cell, csv_of
from lms.domain.attempts import AttemptState
from lms.domain.drills.plans import DrillKind, DrillPlan
from lms.domain.drills.run_figures import FieldErrors, Figures, Sample, by_field, by_skill, by_template, figures
from lms.domain.people import Role
from lms.extensions import db
from lms.models.drills import DrillSet, Run
from lms.models.exams import Attempt, Sitting
from lms.models.people import TRAINEE, Cohort, CohortMember, Person, PersonRole
from lms.services.drill_progress import limit_ms, was_right
from lms.services.replay_access import trains
from lms.services.run_journal import ENDED

MOST_RUNS = 20_000  # the newest; more would make the page wait
PER_PAGE = 50
COUNTED = (
    AttemptState.SUBMITTED.value, AttemptState.MARKING.value, AttemptState.MARKED.value, AttemptState.RELEASED.value,
)  # fmt: skip

Mode = Literal["practice", "certification"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which runs: practice and certification are never put together, for their clocks and their stakes differ."""

    mode: Mode = "practice"
    kind: DrillKind = DrillKind.LOOKUP
    cohort_id: int | None = None
    template: str | None = None

    def narrow(self, statement: Select[Any]) -> Select[Any]:
        """The condition on a statement that selects from runs, sets and (outer) attempts."""
        statement = statement.where(
            Run.state == ENDED, Run.begun_at.is_not(None), DrillSet.kind == self.kind.value, self._of_mode()
        )
        if self.cohort_id is not None:
            statement = statement.where(self._of_cohort(self.cohort_id))
        return statement.where(Run.template == self.template) if self.template else statement

    def _of_mode(self) -> ColumnElement[bool]:
        if self.mode == "certification":
            return Attempt.state.in_(COUNTED)
        new_hire = select(PersonRole.person_id).where(PersonRole.role == Role.NEW_HIRE.value)
        return and_(DrillSet.attempt_id.is_(None), Run.person_id.in_(new_hire))  # staff who try a drill do not count

    def _of_cohort(self, cohort_id: int) -> ColumnElement[bool]:
        if self.mode == "certification":
            return exists(select(1).where(Sitting.id == Attempt.sitting_id, Sitting.cohort_id == cohort_id))
        return exists(
            select(1).where(
                CohortMember.cohort_id == cohort_id,
                CohortMember.person_id == Run.person_id,
                CohortMember.part == TRAINEE,
            )
        )


@dataclass(frozen=True, slots=True)
class Report:
    """``cut``: there are more runs than were looked at; ``limit_ms``: the newest run's, at full pace."""

    whole: Figures
    templates: Sequence[Figures]
    skills: Sequence[Figures]
    fields: Sequence[FieldErrors]
    limit_ms: int | None
    cut: bool


def report(scope: Scope) -> Report:
    samples, limit, cut = _samples(scope)
    return Report(
        whole=figures("", samples),
        templates=by_template(samples),
        skills=by_skill(samples),
        fields=by_field(samples),
        limit_ms=limit,
        cut=cut,
    )


def _from(statement: Select[Any]) -> Select[Any]:
    return statement.join(DrillSet, DrillSet.id == Run.set_id).outerjoin(Attempt, Attempt.id == DrillSet.attempt_id)


def _samples(scope: Scope) -> tuple[list[Sample], int | None, bool]:
    columns: Any = select(
        Run.template, Run.skill, Run.counted, Run.points, Run.critical, Run.milliseconds, Run.score, Run.set_id
    ).select_from(Run)  # fmt: skip
    rows = db.session.execute(
        scope.narrow(_from(columns)).order_by(Run.ended_at.desc(), Run.id.desc()).limit(MOST_RUNS + 1)
    ).all()
    plans = _plans(scope.narrow(_from(select(Run.set_id).select_from(Run)))) if rows else {}
    samples = [_sample(row, plans[row.set_id]) for row in rows[:MOST_RUNS]]
    limit = limit_ms(plans[rows[0].set_id]) if rows else None
    return samples, limit, len(rows) > MOST_RUNS


def _plans(set_ids: Any) -> dict[int, DrillPlan]:
    """The plans of sets; most are the same, and each is read once."""
    read: dict[str, DrillPlan] = {}
    found: dict[int, DrillPlan] = {}
    for set_id, body in db.session.execute(select(DrillSet.id, DrillSet.plan).where(DrillSet.id.in_(set_ids))):
        key = repr(body)
        if key not in read:
            read[key] = DrillPlan.model_validate(body)
        found[set_id] = read[key]
    return found


def _sample(row: Any, plan: DrillPlan) -> Sample:
    score = row.score or {}
    return Sample(
        template=row.template,
        skill=row.skill,
        right=was_right(plan, counted=bool(row.counted), points=row.points, critical=bool(row.critical)),
        milliseconds=row.milliseconds,
        errors=tuple((one["kind"], one["field"]) for one in score.get("errors", ())),
        filled=tuple(score.get("filled", {}).items()),
        critical=tuple(one["kind"] for one in score.get("critical", ())),
    )


def cohorts() -> list[tuple[int, str]]:
    """(id, name), the newest first."""
    rows = db.session.execute(select(Cohort.id, Cohort.name).order_by(Cohort.id.desc()))
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run behind a number. ``name`` and ``open`` only where the reader trains the person."""

    id: int
    template: str
    name: str | None
    ended_at: datetime
    milliseconds: int | None
    right: bool
    errors: int
    critical: bool
    fields: Sequence[str]


def runs_behind(trainer_id: int, scope: Scope, field: str | None, page: int) -> tuple[list[RunLine], int]:
    """The runs of a scope, the newest first, and how many pages of them; ``field``: only those wrong there."""
    newest = (Run.ended_at.desc(), Run.id.desc())
    if field is None:
        total = db.session.execute(scope.narrow(_from(select(func.count()).select_from(Run)))).scalar_one()
        chosen: Any = scope.narrow(_from(select(Run.id).select_from(Run))).order_by(*newest)
        ids = list(db.session.execute(chosen.limit(PER_PAGE).offset((page - 1) * PER_PAGE)).scalars())
    else:
        scores: Any = select(Run.id, Run.score).select_from(Run)
        rows = db.session.execute(scope.narrow(_from(scores)).order_by(*newest).limit(MOST_RUNS))
        fitting = [run_id for run_id, score in rows if field in _fields(score)]
        total, ids = len(fitting), fitting[(page - 1) * PER_PAGE : page * PER_PAGE]
    return _lines(trainer_id, ids), -(-total // PER_PAGE)


def _lines(trainer_id: int, run_ids: Sequence[int]) -> list[RunLine]:
    """The runs in the order of their ids."""
    columns: Any = select(Run, Person.name, trains(trainer_id)).select_from(Run)
    rows = db.session.execute(
        _from(columns.options(defer(Run.task)))
        .join(Person, Person.id == Run.person_id)
        .where(Run.id.in_(run_ids))
        .execution_options(populate_existing=True)
    ).all()
    plans = _plans([run.set_id for run, _name, _mine in rows])
    lines = {run.id: _line(run, name, mine, plans[run.set_id]) for run, name, mine in rows}
    return [lines[run_id] for run_id in run_ids]


def _fields(score: dict[str, Any] | None) -> list[str]:
    """The fields at which a kept score has errors."""
    return [one["field"] for one in (score or {}).get("errors", ())]


def _line(run: Run, name: str, mine: bool, plan: DrillPlan) -> RunLine:
    assert run.ended_at is not None  # held by its state
    return RunLine(
        id=run.id,
        template=run.template,
        name=name if mine else None,
        ended_at=run.ended_at,
        milliseconds=run.milliseconds,
        right=was_right(plan, counted=bool(run.counted), points=run.points, critical=bool(run.critical)),
        errors=run.errors or 0,
        critical=bool(run.critical),
        fields=list(dict.fromkeys(_fields(run.score))),
    )


def csv_file(found: Report, what: Literal["templates", "fields"]) -> bytes:
    """The figures for a spreadsheet, safe against formulas."""
    return csv_of(template_rows(found) if what == "templates" else field_rows(found))


def template_rows(found: Report) -> list[list[Cell]]:
    """A row a template; times in seconds."""
    heading: list[Cell] = ["template", "n", "right", "right_percent", "median_s", "p90_s", "errors_per_run", "critical"]
    return [heading, *(_figure_row(one) for one in found.templates)]


def _figure_row(one: Figures) -> list[Cell]:
    times: list[Cell] = [None if ms is None else ms / 1000 for ms in (one.median_ms, one.p90_ms)]
    share = None if one.share is None else round(float(one.share), 1)
    return [one.name, one.n, one.right, share, *times, round(float(one.errors), 2), one.critical]


def field_rows(found: Report) -> list[list[Cell]]:
    """A row a field and kind of error, one for a field without any; times in seconds."""
    heading: list[Cell] = ["field", "kind", "errors", "runs_with_errors_at_field", "runs_of_hundred", "median_filled_s"]
    rows: list[list[Cell]] = [
        [
            one.field, kind, count, one.runs, round(float(one.per_hundred), 1),
            None if one.median_ms is None else one.median_ms / 1000,
        ]
        for one in found.fields
        for kind, count in one.kinds or (("", 0),)
    ]  # fmt: skip
    return [heading, *rows]
