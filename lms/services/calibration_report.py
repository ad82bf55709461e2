"""How alike examiners mark 评分一致性: each against the agreed levels, and how high or low beside the others."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select

from lms.domain.agreement import Agreement, Pair, agreement
from lms.domain.calibration import Standing
from lms.domain.people import Role
from lms.domain.severity import Mark, severities
from lms.domain.values import Language
from lms.extensions import db
from lms.models.roleplays import Benchmark, BenchmarkSheet, CallSheet, CallTask
from lms.services.calibration import calibration
from lms.services.people_list import holders
from lms.services.scenarios import script_of


@dataclass(frozen=True, slots=True)
class CriterionLine:
    title: str
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class ExaminerLine:
    """``severity``: in levels, above 0 marks higher than the others; None where it cannot be told."""

    id: int
    name: str
    standing: Standing
    rounds: int
    judged_at: datetime | None
    overall: Agreement
    criteria: Sequence[CriterionLine]
    severity: Fraction | None


@dataclass(frozen=True, slots=True)
class Report:
    """``benchmarks`` in use; severity rests on ``marks`` levels, and is told where the examiners are ``connected``."""

    examiners: Sequence[ExaminerLine]
    benchmarks: int
    marks: int
    connected: bool


def report(language: Language) -> Report:
    """All active examiners. Only the first time that somebody marked a benchmark counts: later they know the answer."""
    titles, pairs = _titles(language), _pairs()
    marks = [*_benchmark_marks(), *_live_marks()]
    found = severities(marks)
    examiners = [
        _line(id_, name, pairs[id_], titles, found.of.get(str(id_)) if found else None, language)
        for id_, name in holders(Role.EXAMINER)
    ]
    in_use = db.session.execute(select(Benchmark.id).where(Benchmark.retired.is_(False))).all()
    return Report(examiners, len(in_use), len(marks), found is not None)


def _line(
    examiner_id: int,
    name: str,
    pairs: dict[str, list[Pair]],
    titles: dict[str, str],
    severity: Fraction | None,
    language: Language,
) -> ExaminerLine:
    own = calibration(examiner_id, language)
    begun = own.round if own.standing is Standing.PASSED or any(call.marked for call in own.calls) else own.round - 1
    return ExaminerLine(
        examiner_id,
        name,
        own.standing,
        begun,
        own.judged_at,
        agreement([pair for listed in pairs.values() for pair in listed]),
        [CriterionLine(titles[name], agreement(pairs[name])) for name in titles if name in pairs],
        severity,
    )


def _first_sheets() -> list[BenchmarkSheet]:
    rows = db.session.execute(select(BenchmarkSheet).order_by(BenchmarkSheet.round.desc())).scalars()
    return list({(row.examiner_id, row.benchmark_id): row for row in rows}.values())


def _pairs() -> defaultdict[int, dict[str, list[Pair]]]:
    """Examiner → criterion → (agreed, given)."""
    agreed = {row.id: row.levels for row in db.session.execute(select(Benchmark)).scalars()}
    found: defaultdict[int, dict[str, list[Pair]]] = defaultdict(dict)
    for sheet in _first_sheets():
        for criterion, level in agreed[sheet.benchmark_id].items():
            found[sheet.examiner_id].setdefault(criterion, []).append((level, sheet.levels[criterion]))
    return found


def _titles(language: Language) -> dict[str, str]:
    """Criterion → its title; scenarios may call one criterion by several."""
    found: dict[str, dict[str, None]] = {}
    for version_id in db.session.execute(select(Benchmark.scenario_version_id).distinct()).scalars():
        for criterion in script_of(version_id).rubric.own:
            found.setdefault(criterion.id, {})[criterion.title.in_(language)] = None
    return {name: " / ".join(titles) for name, titles in found.items()}


def _benchmark_marks() -> list[Mark]:
    return [
        (str(sheet.examiner_id), f"benchmark:{sheet.benchmark_id}:{criterion}", level)
        for sheet in _first_sheets()
        for criterion, level in sheet.levels.items()
    ]


def _live_marks() -> list[Mark]:
    """Of calls that trainees made: those marked twice tie examiners together."""
    rows = db.session.execute(
        select(CallSheet.marker_id, CallTask.call_id, CallSheet.levels)
        .join(CallTask, CallTask.id == CallSheet.task_id)
        .where(CallSheet.submitted_at.is_not(None), CallTask.state == "done")
    )
    return [
        (str(marker_id), f"call:{call_id}:{criterion}", level)
        for marker_id, call_id, levels in rows
        for criterion, level in levels.items()
    ]
