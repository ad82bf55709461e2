"""Hidden benchmarks 隐藏标杆: placed among an examiner's live calls where one is due, and what was given taken in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select

from lms.domain.agreement import Agreement, agreement
from lms.domain.calibration import pairs_of
from lms.domain.call_sheets import Sheet
from lms.domain.hidden_benchmarks import TOLD_FROM, is_due, next_benchmark
from lms.extensions import db
from lms.models.roleplays import Benchmark, BenchmarkCopy, BenchmarkSheet, Call, CallSheet, CallTask
from lms.services.benchmark_copies import add_copy
from lms.services.writing import Deed


def placed_for(examiner_id: int) -> ColumnElement[bool]:
    """A condition on ``Call``: it is a copy made for this examiner."""
    return exists(
        select(1).where(BenchmarkCopy.call_id == Call.id, BenchmarkCopy.examiner_id == examiner_id).correlate(Call)
    )


def place(deed: Deed, examiner_id: int, beside: Call, due_at: datetime | None) -> None:
    """Put the next benchmark into the examiner's queue where one is due, just before the call ``beside``."""
    copies = list(
        deed.session.execute(
            select(CallTask.state, func.max(CallSheet.id))
            .select_from(BenchmarkCopy)
            .join(CallTask, CallTask.call_id == BenchmarkCopy.call_id)
            .outerjoin(CallSheet, CallSheet.task_id == CallTask.id)
            .where(BenchmarkCopy.examiner_id == examiner_id)
            .group_by(CallTask.id, CallTask.state)
        )
    )
    if any(state == "open" for state, _sheet in copies):
        return
    last = max((sheet_id or 0 for _state, sheet_id in copies), default=0)
    taken = deed.session.execute(
        select(func.count()).where(CallSheet.marker_id == examiner_id, CallSheet.id > last)
    ).scalar_one()
    seed = f"examiner:{examiner_id}"
    if not is_due(seed, len(copies), taken):
        return
    unseen = _unseen(deed, examiner_id)
    code = next_benchmark(seed, [(row.code, row.language) for row in unseen.values()], beside.language)
    if code is not None:
        add_copy(deed, unseen[code], examiner_id, beside, due_at)


def _unseen(deed: Deed, examiner_id: int) -> dict[str, Benchmark]:
    """Hidden benchmarks in use whose file the examiner never met, neither in the gate nor in an earlier form."""
    met = select(BenchmarkSheet.benchmark_id).where(BenchmarkSheet.examiner_id == examiner_id)
    copied = select(BenchmarkCopy.benchmark_id).where(BenchmarkCopy.examiner_id == examiner_id)
    codes = deed.session.execute(select(Benchmark.code).where(Benchmark.id.in_(met) | Benchmark.id.in_(copied)))
    files = {_file(code) for code in codes.scalars()}
    rows = deed.session.execute(select(Benchmark).where(Benchmark.hidden, Benchmark.retired.is_(False))).scalars()
    return {row.code: row for row in rows if _file(row.code) not in files}


def _file(code: str) -> str:
    return code.split("@")[0]


def take_in(deed: Deed, examiner_id: int, call_id: int, sheet: Sheet) -> None:
    """Within the deed that submits a sheet: a copy's levels go to calibration; of another call nothing happens."""
    copy = deed.session.get(BenchmarkCopy, call_id)
    if copy is not None and copy.examiner_id == examiner_id:
        deed.session.add(
            BenchmarkSheet(
                benchmark_id=copy.benchmark_id, examiner_id=examiner_id, round=1, gate=False, levels=sheet.levels,
                critical=sheet.critical, submitted_at=deed.now,
            )
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hidden:
    """``calls`` that are in, and how they agree with the agreed levels."""

    calls: int
    agreement: Agreement


def agreement_so_far(examiner_id: int) -> Hidden | None:
    """None until enough are in: before that nobody could say which of few calls it was."""
    rows = db.session.execute(
        select(Benchmark.levels, BenchmarkSheet.levels)
        .join(Benchmark, Benchmark.id == BenchmarkSheet.benchmark_id)
        .where(BenchmarkSheet.examiner_id == examiner_id, BenchmarkSheet.gate.is_(False))
    ).all()
    if len(rows) < TOLD_FROM:
        return None
    return Hidden(len(rows), agreement([pair for agreed, given in rows for pair in pairs_of(agreed, given)]))
