"""How alike examiners mark 评分一致性: each against the agreed levels, and how high or low beside the others."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select

from lms.domain.agreement import Agreement, Pair, agreement
from lms.domain.calibration import Standing
from lms.domain.call_marks import Round
from lms.domain.hidden_benchmarks import TOLD_FROM, drifts
from lms.domain.people import Role
from lms.domain.severity import Mark, severities
from lms.domain.values import Language
from lms.extensions import db
from lms.models.roleplays import Benchmark, BenchmarkSheet, Call, CallSheet, CallTask
from lms.services.calibration import calibration
from lms.services.people_list import holders
from lms.services.scenarios import script_of


@dataclass(frozen=True, slots=True)
class CriterionLine:
    title: str
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class HiddenLine:
    """Hidden benchmarks: ``calls`` that are in, ``unseen`` that can still come up. ``drifts`` is a warning to people;
    nobody's rights change by it."""

    calls: int
    unseen: int
    overall: Agreement
    criteria: Sequence[CriterionLine]
    drifts: bool


@dataclass(frozen=True, slots=True)
class ExaminerLine:
    """``overall`` and ``criteria`` of the gate. ``hidden`` None: it is the reader's own line, and still blind.
    ``severity``: in levels, above 0 marks higher than the others; None where it cannot be told."""

    id: int
    name: str
    standing: Standing
    rounds: int
    judged_at: datetime | None
    overall: Agreement
    criteria: Sequence[CriterionLine]
    hidden: HiddenLine | None
    severity: Fraction | None


@dataclass(frozen=True, slots=True)
class Report:
    """``benchmarks`` in use; severity rests on ``marks`` levels, and is told where the examiners are ``connected``."""

    examiners: Sequence[ExaminerLine]
    benchmarks: int
    marks: int
    connected: bool


def report(language: Language, reader_id: int | None = None) -> Report:
    """All active examiners. Only the first time that somebody marked a benchmark counts: later they know the answer.

    A reader who is an examiner too is not told of their own hidden benchmarks before enough are in.
    """
    titles = _titles(language)
    gate, hidden = _by_examiner(_first_sheets(gate=True)), _by_examiner(_first_sheets(gate=False))
    marks = [*_benchmark_marks(), *_live_marks()]
    found = severities(marks)
    in_use = list(db.session.execute(select(Benchmark.hidden).where(Benchmark.retired.is_(False))).scalars())
    people = holders(Role.EXAMINER)
    blind = {reader_id} if reader_id is not None and len(hidden[reader_id]) < TOLD_FROM else set()
    lines = {id_: _hidden(hidden[id_], titles, sum(in_use)) for id_, _name in people if id_ not in blind}
    examiners = [
        _line(id_, name, gate[id_], lines.get(id_), titles, found.of.get(str(id_)) if found else None, language)
        for id_, name in people
    ]
    return Report(examiners, len(in_use), len(marks), found is not None)


Calls = list[dict[str, Pair]]  # of one examiner, the newest last: criterion → (agreed, given)


def _line(
    examiner_id: int,
    name: str,
    gate: Calls,
    hidden: HiddenLine | None,
    titles: dict[str, str],
    severity: Fraction | None,
    language: Language,
) -> ExaminerLine:
    own = calibration(examiner_id, language)
    begun = own.round if own.standing is Standing.PASSED or any(call.marked for call in own.calls) else own.round - 1
    return ExaminerLine(
        examiner_id, name, own.standing, begun, own.judged_at, _overall(gate), _criteria(gate, titles), hidden, severity
    )


def _hidden(calls: Calls, titles: dict[str, str], in_use: int) -> HiddenLine:
    pairs = [list(call.values()) for call in calls]
    return HiddenLine(len(calls), max(0, in_use - len(calls)), _overall(calls), _criteria(calls, titles), drifts(pairs))


def _overall(calls: Calls) -> Agreement:
    return agreement([pair for call in calls for pair in call.values()])


def _criteria(calls: Calls, titles: dict[str, str]) -> list[CriterionLine]:
    of = {name: [call[name] for call in calls if name in call] for name in titles}
    return [CriterionLine(titles[name], agreement(pairs)) for name, pairs in of.items() if pairs]


def _first_sheets(gate: bool | None = None) -> list[BenchmarkSheet]:
    """By when they came in; ``gate`` None: all."""
    rows = db.session.execute(select(BenchmarkSheet).order_by(BenchmarkSheet.round.desc())).scalars()
    first = {(row.examiner_id, row.benchmark_id): row for row in rows}.values()
    return sorted((row for row in first if gate in (None, row.gate)), key=lambda row: (row.submitted_at, row.id))


def _by_examiner(sheets: Sequence[BenchmarkSheet]) -> defaultdict[int, Calls]:
    agreed = {row.id: row.levels for row in db.session.execute(select(Benchmark)).scalars()}
    found: defaultdict[int, Calls] = defaultdict(list)
    for sheet in sheets:
        levels = agreed[sheet.benchmark_id]
        found[sheet.examiner_id].append({name: (level, sheet.levels[name]) for name, level in levels.items()})
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
    """Of calls that trainees made: those marked twice tie examiners together. A copy's levels are a benchmark's, and
    whoever answers an appeal knows that the levels are contested."""
    rows = db.session.execute(
        select(CallSheet.marker_id, CallTask.call_id, CallSheet.levels)
        .join(CallTask, CallTask.id == CallSheet.task_id)
        .join(Call, Call.id == CallTask.call_id)
        .where(CallSheet.submitted_at.is_not(None), CallTask.state == "done", Call.person_id.is_not(None))
        .where(CallTask.round < Round.APPEAL)
    )
    return [
        (str(marker_id), f"call:{call_id}:{criterion}", level)
        for marker_id, call_id, levels in rows
        for criterion, level in levels.items()
    ]
