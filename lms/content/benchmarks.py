"""Benchmark calls as files: one YAML file each in scenarios/benchmarks/, marked by the rubric of a scenario."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from lms.content.opening import opened
from lms.content.problems import Problem, SourceFile, in_order
from lms.content.scenarios import FiledScenario, files_in, read_scenarios
from lms.content.validation import validated
from lms.domain.benchmarks import BenchmarkCall, benchmark_flaws
from lms.domain.wording import Worded

FOLDER = "benchmarks"
_adapter = TypeAdapter(BenchmarkCall)


@dataclass(frozen=True, slots=True)
class BenchmarkFiles:
    """The sound benchmarks by id, and what is wrong with the others."""

    benchmarks: dict[str, BenchmarkCall]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_error)


def holds_benchmarks(path: Path) -> bool:
    """Whether ``path`` is the folder of benchmarks or a file in it."""
    return FOLDER in (path.name, path.parent.name)


def read_benchmarks(path: Path, scenarios: Mapping[str, FiledScenario] | None = None) -> BenchmarkFiles:
    """The benchmarks of a folder, or of a single file; a folder that is not there has none.

    ``scenarios``: the sound ones beside the folder, if they were read already.
    """
    folder, files = (path.parent, [path]) if path.is_file() else (path, files_in(path))
    known = read_scenarios(folder.parent).scenarios if scenarios is None and files else scenarios or {}
    found: dict[str, BenchmarkCall] = {}
    problems: list[Problem] = []
    for file in files:
        source, faults = opened(file)
        problems += faults
        if source is None:
            continue
        checked = validated(_adapter, source.document.data, source, ())
        wrong = checked.problems or list(_judged(checked.value, known, source))
        problems += wrong
        if checked.value is not None and not wrong:
            found[checked.value.id] = checked.value
    return BenchmarkFiles(found, in_order(problems))


def _judged(
    benchmark: BenchmarkCall | None, scenarios: Mapping[str, FiledScenario], source: SourceFile
) -> Iterator[Problem]:
    if benchmark is None:
        return
    if source.path.stem != benchmark.id:
        mend = Worded("rename it to %(file)s", file=f"{benchmark.id}.yaml")
        yield source.error(("id",), Worded("the file name is not the benchmark's id"), mend)
    if benchmark.scenario not in scenarios:
        what = Worded("there is no scenario of this id without errors of its own")
        mend = Worded("name one of %(names)s", names=", ".join(sorted(scenarios)))
        yield source.error(("scenario",), what, mend)
        return
    for flaw in benchmark_flaws(benchmark, scenarios[benchmark.scenario].scenario):
        yield source.error(flaw.place, flaw.what, flaw.mend)
