"""Test and item statistics 试题分析 of a sitting, of a blueprint, or of all papers there are."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import case, func, select

from lms.domain.attempts import AttemptState
from lms.domain.blueprints import Blueprint as ExamPlan
from lms.domain.plans import EXAM
from lms.domain.statistics import (
    Dependability,
    ExamStatistics,
    ItemStatistics,
    Marks,
    Thresholds,
    dependability,
    exam_statistics,
    item_statistics,
    wilson,
)
from lms.domain.statistics.exam import internal_consistency
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion
from lms.models.exams import Attempt, Sitting
from lms.models.marking import Result
from lms.models.people import Cohort
from lms.services.mark_tables import COUNTED, Item, MarkTable, Scope, exam_sittings, mark_table
from lms.services.sitting_papers import plan_of
from lms.services.sittings import NoSuchSitting, get_sitting

ENOUGH = Thresholds().enough_candidates
# Handed in, but not all marks are in yet.
WAITING = (AttemptState.SUBMITTED.value, AttemptState.MARKING.value)


@dataclass(frozen=True, slots=True)
class ItemLine:
    item: Item
    figures: ItemStatistics


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The newest result of each attempt that counts, on the scale of 100; ``passed`` of them are a pass."""

    totals: tuple[Fraction, ...] = ()
    passed: int = 0

    @property
    def n(self) -> int:
        return len(self.totals)

    @property
    def mean(self) -> Fraction | None:
        return sum(self.totals, Fraction(0)) / self.n if self.n else None

    @property
    def pass_rate(self) -> float | None:
        """In percent."""
        return 100 * self.passed / self.n if self.n else None

    @property
    def pass_interval(self) -> tuple[float, float] | None:
        return None if self.pass_rate is None else wilson(self.pass_rate, self.n)


@dataclass(frozen=True, slots=True)
class Report:
    """``exam.n`` papers of ``people`` people. ``highest``: the points of a paper, None where papers differ;
    ``waiting``: handed in, not marked to the end."""

    exam: ExamStatistics
    people: int
    dependability: Dependability | None
    highest: Fraction | None
    lines: tuple[ItemLine, ...]
    outcomes: Outcomes
    waiting: int


@dataclass(frozen=True, slots=True)
class SittingLine:
    """One sitting of the overview. ``marked`` and ``waiting``: of all its papers; ``reliability`` in percent."""

    id: int
    title: str
    cohort: str
    opens_at: datetime
    marked: int
    waiting: int
    outcomes: Outcomes
    reliability: float | None


@dataclass(frozen=True, slots=True)
class SittingHead:
    id: int
    title: str
    opens_at: datetime
    pass_total: int


def sitting_head(sitting_id: int) -> SittingHead:
    """Raises NoSuchSitting, for a drill's too: its tasks are no items of the bank."""
    sitting = get_sitting(sitting_id)
    plan = plan_of(sitting.blueprint_version_id)
    if not isinstance(plan, ExamPlan):
        raise NoSuchSitting
    return SittingHead(sitting.id, sitting.title, sitting.opens_at, plan.pass_total)


def blueprints_sat() -> list[tuple[int, str]]:
    """``(id, code)`` of the exams' blueprints that sittings were held by."""
    used = select(BlueprintVersion.blueprint_id).join(Sitting, Sitting.blueprint_version_id == BlueprintVersion.id)
    rows = db.session.execute(
        select(Blueprint.id, Blueprint.code)
        .where(Blueprint.id.in_(used), Blueprint.kind == EXAM)
        .order_by(Blueprint.id)
    )
    return [(row[0], row[1]) for row in rows]


def report(scope: Scope) -> Report:
    table = mark_table(scope)
    results = _outcomes(scope).values()
    return Report(
        exam=exam_statistics(table.marks),
        people=table.people,
        dependability=dependability(table.marks),
        highest=_highest(table.marks),
        lines=item_lines(table),
        outcomes=Outcomes(
            tuple(total for each in results for total in each.totals), sum(each.passed for each in results)
        ),
        waiting=db.session.execute(
            scope.narrow_sittings(select(func.count()).select_from(Attempt).where(Attempt.state.in_(WAITING)))
        ).scalar_one(),
    )


def item_lines(table: MarkTable) -> tuple[ItemLine, ...]:
    """The figures of every question of the table, in its order."""
    figures = item_statistics(table.marks, table.picks)
    return tuple(ItemLine(item, one) for item, one in zip(table.items, figures, strict=True))


def overview(page: int, per_page: int = 20, *, every_attempt: bool = False) -> tuple[list[SittingLine], int]:
    """Sittings that somebody has handed in, the newest first, and how many pages of them there are."""
    marked = func.sum(case((Attempt.state.in_(COUNTED), 1), else_=0))
    waiting = func.sum(case((Attempt.state.in_(WAITING), 1), else_=0))
    rows = db.session.execute(
        select(Sitting.id, Sitting.title, Cohort.name, Sitting.opens_at, marked, waiting)
        .join(Cohort, Cohort.id == Sitting.cohort_id)
        .join(Attempt, Attempt.sitting_id == Sitting.id)
        .where(Attempt.state.in_((*COUNTED, *WAITING)), Sitting.id.in_(exam_sittings()))
        .group_by(Sitting.id, Sitting.title, Cohort.name, Sitting.opens_at)
        .order_by(Sitting.opens_at.desc(), Sitting.id.desc())
    ).all()
    shown = rows[(page - 1) * per_page : page * per_page]
    scope = Scope(tuple(row[0] for row in shown), every_attempt=every_attempt)
    results, table = _outcomes(scope), mark_table(scope)
    lines = [
        SittingLine(
            sitting, title, cohort, opens_at, done, open_, results.get(sitting, Outcomes()),
            reliability(table.of_sitting(sitting)),
        )
        for sitting, title, cohort, opens_at, done, open_ in shown
    ]  # fmt: skip
    return lines, -(-len(rows) // per_page)


def reliability(marks: Marks) -> float | None:
    """In percent: Cronbach's alpha where all had the same items, else the coefficient for papers drawn at random.

    None among too few papers: anything from a perfect 1 to far below 0 comes out of two papers.
    """
    if len(marks.totals_in_units) < ENOUGH:
        return None
    alpha = internal_consistency(marks)
    if alpha is not None:
        return float(100 * alpha)
    found = dependability(marks)
    return found.coefficient if found else None


def _outcomes(scope: Scope) -> dict[int, Outcomes]:
    """By sitting; a later revision of a result stands in the place of the earlier ones."""
    rows = db.session.execute(
        scope.narrow(
            select(Attempt.sitting_id, Attempt.id, Result.total, Result.passed)
            .join(Result, Result.attempt_id == Attempt.id)
            .order_by(Attempt.id, Result.revision)
        )
    )
    newest = {attempt: (sitting, total, passed) for sitting, attempt, total, passed in rows}
    by_sitting: defaultdict[int, list[tuple[Fraction, bool]]] = defaultdict(list)
    for sitting, total, passed in newest.values():
        by_sitting[sitting].append((total, passed))
    return {
        sitting: Outcomes(tuple(total for total, _passed in results), sum(passed for _total, passed in results))
        for sitting, results in by_sitting.items()
    }


def _highest(marks: Marks) -> Fraction | None:
    """The points of a paper, where all papers have as many."""
    papers = {
        sum((limit for mark, limit in zip(row, marks.maxima, strict=True) if mark is not None), Fraction(0))
        for row in marks.rows
    }
    return papers.pop() if len(papers) == 1 else None
