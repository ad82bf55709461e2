"""What tests of calibration need: the shipped benchmark calls in the database, and sheets that agree or do not."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import select

from lms.content.benchmarks import read_benchmarks
from lms.content.scenarios import read_scenarios
from lms.domain.benchmarks import BenchmarkCall
from lms.domain.values import Language
from lms.extensions import db
from lms.models.roleplays import Benchmark
from lms.services import calibration
from lms.services.benchmark_files import load_benchmarks
from lms.services.load_report import LoadReport
from lms.services.writing import writing
from tests.call_room import SHIPPED
from tests.conftest import MONDAY


@lru_cache
def shipped_benchmarks() -> tuple[BenchmarkCall, ...]:
    found = read_benchmarks(SHIPPED / "benchmarks", read_scenarios(SHIPPED).scenarios)
    return tuple(found.benchmarks.values())


def load_shipped(*benchmarks: BenchmarkCall, now: datetime = MONDAY) -> LoadReport:
    """All of them where none is named; the scripts must be there already."""
    report = LoadReport()
    with writing(None, now) as deed:
        load_benchmarks(deed, benchmarks or shipped_benchmarks(), report)
    return report


def in_use(series: int = 1) -> list[Benchmark]:
    """What a round of the gate asks for: of two series, the first, unless one has been seen."""
    query = select(Benchmark).where(
        Benchmark.retired.is_(False), Benchmark.hidden.is_(False), Benchmark.series == series
    )
    return list(db.session.execute(query.order_by(Benchmark.code)).scalars())


def levels_sent(benchmark: Benchmark, **others: int) -> dict[str, str]:
    """A form's fields: the agreed levels, but ``others``."""
    return {f"level-{name}": str(level) for name, level in {**benchmark.levels, **others}.items()}


def mark_all(examiner_id: int, *, failing: bool = False) -> None:
    """One whole round: exact, or with one level much too high."""
    asked = [call.id for call in calibration.calibration(examiner_id, Language.ZH).calls]
    for number, id_ in enumerate(asked):
        benchmark = db.session.get_one(Benchmark, id_)
        sent = levels_sent(benchmark)
        if failing and number == 0:
            worst = min(benchmark.levels, key=lambda name: benchmark.levels[name])
            sent[f"level-{worst}"] = str(benchmark.levels[worst] - 2 if benchmark.levels[worst] > 3 else 5)
        calibration.submit(examiner_id, benchmark.id, sent, MONDAY)
