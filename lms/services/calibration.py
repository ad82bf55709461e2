"""An examiner's calibration 校准: benchmark calls marked blind, compared with the agreed levels once all are in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.domain.agreement import Agreement, agreement
from lms.domain.benchmarks import BenchmarkTurn
from lms.domain.calibration import Benchmarked, Gate, Marked, Standing, gate, pairs_of
from lms.domain.call_sheets import SheetRejected, read_sheet
from lms.domain.scenarios import Scenario
from lms.domain.values import Language
from lms.extensions import db
from lms.models.roleplays import Benchmark, BenchmarkSheet
from lms.services.scenarios import script_of
from lms.services.writing import writing


class NotInGate(LookupError):
    """No such benchmark call, or it is not to be marked, or not to be compared, by this examiner now."""


@dataclass(frozen=True, slots=True)
class GateCall:
    """``agreement`` only once the whole round is in."""

    id: int
    title: str
    language: Language
    marked: bool
    agreement: Agreement | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """``calls`` of the round to be marked; ``judged``: those of the last whole one, with ``overall`` agreement."""

    standing: Standing
    round: int
    calls: Sequence[GateCall]
    judged: Sequence[GateCall]
    judged_at: datetime | None
    overall: Agreement | None

    @property
    def next_id(self) -> int | None:
        """The call to be marked next."""
        return next((call.id for call in self.calls if not call.marked), None)


@dataclass(frozen=True, slots=True)
class GateDesk:
    """What is shown while marking: no agreed level, no reason (contract 7)."""

    id: int
    round: int
    place: int
    count: int
    script: Scenario
    language: Language
    turns: Sequence[BenchmarkTurn]


@dataclass(frozen=True, slots=True)
class Compared:
    """One criterion; ``turns`` are where the agreed level can be seen."""

    criterion: str
    agreed: int
    given: int
    reason: str
    turns: Sequence[int]


@dataclass(frozen=True, slots=True)
class Comparison:
    id: int
    script: Scenario
    language: Language
    turns: Sequence[BenchmarkTurn]
    criteria: Sequence[Compared]
    critical_agreed: Mapping[str, Sequence[int]]
    critical_given: Sequence[str]
    agreement: Agreement


def may_mark_calls(examiner_id: int) -> bool:
    """The gate before marking live; open to all where there is no benchmark call."""
    return _gate(examiner_id).standing in (Standing.PASSED, Standing.UNASKED)


def calibration(examiner_id: int, language: Language) -> Calibration:
    """Where the examiner stands, with titles in ``language``."""
    found = _gate(examiner_id)
    rows = _rows([*found.needed, *(sheet.benchmark_id for sheet in found.judged)])
    pairs = {sheet.benchmark_id: pairs_of(rows[sheet.benchmark_id].levels, sheet.levels) for sheet in found.judged}
    return Calibration(
        found.standing,
        found.round,
        [_call(rows[id_], language, id_ in found.done, None) for id_ in found.needed],
        [_call(rows[id_], language, True, agreement(pairs[id_])) for id_ in sorted(pairs)],
        found.judged_at,
        agreement([pair for own in pairs.values() for pair in own]) if pairs else None,
    )


def _call(row: Benchmark, language: Language, marked: bool, found: Agreement | None) -> GateCall:
    title = script_of(row.scenario_version_id).title.in_(language)
    return GateCall(row.id, title, Language(row.language), marked, found)


def desk(examiner_id: int, benchmark_id: int) -> GateDesk:
    """Raises :class:`NotInGate`, also where it is marked already."""
    found = _gate(examiner_id)
    if not _to_mark(found, benchmark_id):
        raise NotInGate
    row = db.session.get_one(Benchmark, benchmark_id)
    place = list(found.needed).index(benchmark_id) + 1
    return GateDesk(
        row.id, found.round, place, len(found.needed), script_of(row.scenario_version_id), Language(row.language),
        _turns(row),
    )  # fmt: skip


def _to_mark(found: Gate, benchmark_id: int) -> bool:
    return found.standing is not Standing.PASSED and benchmark_id in set(found.needed) - found.done


def submit(examiner_id: int, benchmark_id: int, sent: Mapping[str, str], now: datetime) -> Standing:
    """Keep what the examiner gave (``level-<criterion>``, ``critical-<failure>``): once for each round, for good.

    Raises :class:`NotInGate` or :class:`~lms.domain.call_sheets.SheetRejected`.
    """
    with writing(examiner_id, now) as deed:
        found = _gate(examiner_id)
        if not _to_mark(found, benchmark_id):
            raise NotInGate
        script = script_of(deed.session.get_one(Benchmark, benchmark_id).scenario_version_id)
        levels, critical = _read(sent, script)
        deed.session.add(
            BenchmarkSheet(
                benchmark_id=benchmark_id, examiner_id=examiner_id, round=found.round, levels=levels,
                critical=critical, submitted_at=now,
            )
        )  # fmt: skip
        deed.session.flush()
        after = _gate(examiner_id).standing
        if after in (Standing.PASSED, Standing.FAILED):
            deed.note(f"calibration.{after.value}", f"person:{examiner_id}", round=found.round)
    return after


def _read(sent: Mapping[str, str], script: Scenario) -> tuple[dict[str, int], dict[str, list[int]]]:
    criteria = [criterion.id for criterion in script.rubric.own]
    failures = [failure.id for failure in script.critical]
    asked = {f"level-{name}" for name in criteria} | {f"critical-{name}" for name in failures}
    only_asked = {name: text for name, text in sent.items() if name in asked}
    sheet = read_sheet(only_asked, criteria=criteria, failures=failures, turns=(), whole=False)
    if missing := {f"level-{name}": "missing" for name in criteria if name not in sheet.levels}:
        raise SheetRejected(missing)
    return sheet.levels, sheet.critical


def comparison(examiner_id: int, benchmark_id: int, language: Language) -> Comparison:
    """The examiner's levels of the last whole round beside the agreed ones. Raises :class:`NotInGate`."""
    sheet = next((one for one in _gate(examiner_id).judged if one.benchmark_id == benchmark_id), None)
    if sheet is None:
        raise NotInGate
    row = db.session.get_one(Benchmark, benchmark_id)
    given = db.session.execute(
        select(BenchmarkSheet.critical).where(
            BenchmarkSheet.benchmark_id == row.id,
            BenchmarkSheet.examiner_id == examiner_id,
            BenchmarkSheet.round == sheet.round,
        )
    ).scalar_one()
    script = script_of(row.scenario_version_id)
    criteria = [
        Compared(one.id, row.levels[one.id], sheet.levels[one.id], why["reason"][language.value], why["turns"])
        for one in script.rubric.own
        for why in [row.reasons[one.id]]
    ]
    return Comparison(
        row.id, script, Language(row.language), _turns(row), criteria, row.critical, sorted(given),
        agreement(pairs_of(row.levels, sheet.levels)),
    )  # fmt: skip


def _gate(examiner_id: int) -> Gate:
    shown = Benchmark.hidden.is_(False)
    rows = db.session.execute(
        select(Benchmark.id, Benchmark.created_at, Benchmark.retired, Benchmark.levels, Benchmark.series)
        .where(shown)
        .order_by(Benchmark.code)
    )
    sheets = db.session.execute(
        select(BenchmarkSheet.benchmark_id, BenchmarkSheet.round, BenchmarkSheet.levels, BenchmarkSheet.submitted_at)
        .join(Benchmark, Benchmark.id == BenchmarkSheet.benchmark_id)
        .where(BenchmarkSheet.examiner_id == examiner_id, BenchmarkSheet.gate, shown)
    )
    return gate([Benchmarked(*row) for row in rows], [Marked(*row) for row in sheets])


def _rows(ids: Sequence[int]) -> dict[int, Any]:
    found = db.session.execute(select(Benchmark).where(Benchmark.id.in_(ids))).scalars()
    return {row.id: row for row in found}


def _turns(row: Benchmark) -> list[BenchmarkTurn]:
    return [BenchmarkTurn.model_validate(turn) for turn in row.transcript["turns"]]
