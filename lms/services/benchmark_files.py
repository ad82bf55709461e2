"""Benchmark calls between files and database: a changed file is a new benchmark, what was marked stays as it was."""

from collections.abc import Collection

from sqlalchemy import select

from lms.domain.benchmarks import BenchmarkCall
from lms.models.roleplays import Benchmark
from lms.services.load_report import Conflict, LoadReport
from lms.services.scenarios import live_versions, script_of
from lms.services.writing import Deed


def load_benchmarks(deed: Deed, benchmarks: Collection[BenchmarkCall], report: LoadReport) -> None:
    """Bring sound benchmarks into the database; those whose file changed or is gone are retired, never altered.

    Where the live script has other criteria (it was edited here), the benchmark is left out and named as a conflict.
    """
    if not benchmarks:
        return
    rows = {row.code: row for row in deed.session.execute(select(Benchmark)).scalars()}
    wanted = {_code(one): one for one in benchmarks}
    for code, row in rows.items():
        row.retired = row.retired or code not in wanted
    live = live_versions()
    for code, benchmark in wanted.items():
        stored = rows.get(code)
        if stored is not None and not stored.retired:
            report.unchanged += 1
        elif not _fits(benchmark, live):
            report.conflicts.append(Conflict(f"benchmark:{benchmark.id}", both=False))
        elif stored is not None:
            stored.retired, stored.created_at = False, deed.now
            report.updated.append(f"benchmark:{benchmark.id}")
        else:
            deed.session.add(_row(deed, code, benchmark, live[benchmark.scenario]))
            known = any(other.split("@")[0] == benchmark.id for other in rows)
            (report.updated if known else report.added).append(f"benchmark:{benchmark.id}")
    deed.session.flush()


def _code(benchmark: BenchmarkCall) -> str:
    return f"{benchmark.id}@{benchmark.sha256[:12]}"


def _fits(benchmark: BenchmarkCall, live: dict[str, int]) -> bool:
    version_id = live.get(benchmark.scenario)
    return version_id is not None and {one.id for one in script_of(version_id).rubric.own} == set(benchmark.marks)


def _row(deed: Deed, code: str, benchmark: BenchmarkCall, version_id: int) -> Benchmark:
    return Benchmark(
        code=code,
        scenario_version_id=version_id,
        language=benchmark.language.value,
        transcript=benchmark.model_dump(mode="json", include={"turns", "looks", "end"}),
        levels={name: mark.level for name, mark in benchmark.marks.items()},
        reasons={name: mark.model_dump(mode="json", exclude={"level"}) for name, mark in benchmark.marks.items()},
        critical={name: list(turns) for name, turns in benchmark.critical.items()},
        hidden=benchmark.hidden,
        series=benchmark.series,
        created_at=deed.now,
    )
