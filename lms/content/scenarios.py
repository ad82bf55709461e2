"""Scenarios as files: one YAML file each, directly in scenarios/, and what they share in scenarios/shared/."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import TypeAdapter

from lms.content.bank_rules import cut_texts
from lms.content.opening import opened
from lms.content.operator import OPERATOR, read_catalogue
from lms.content.problems import Problem, SourceFile, in_order
from lms.content.validation import validated
from lms.domain.conversation import failed_tests
from lms.domain.crm.catalogue import Catalogue
from lms.domain.scenarios import Flaw, Scenario, SharedParts, complete, flaws, shared_flaws, unlawful
from lms.domain.wording import Worded

FOLDER = "scenarios"
SHARED = Path("shared") / "common.yaml"
# A file on its own, outside its folder, is checked against the shared parts that come with the program.
_SHIPPED = Path(__file__).resolve().parents[2] / FOLDER

_scenario_adapter = TypeAdapter(Scenario)
_shared_adapter = TypeAdapter(SharedParts)
# Keys at the top of a scenario that no other content file has; two of them tell one that lies elsewhere.
_TOP_KEYS = re.compile(rb"^(beats|anywhere|answers|needs|traps|critical|ends|silence|emotion|facts):", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FiledScenario:
    """A sound scenario, complete with its shared parts, and where it stands."""

    scenario: Scenario
    source: SourceFile


@dataclass(frozen=True, slots=True)
class ScenarioFiles:
    """Sound scenarios by id, and the problems of all files that were read."""

    scenarios: dict[str, FiledScenario]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_error)


def holds_scenarios(path: Path) -> bool:
    """Whether ``path`` is a scenario file, the shared parts, or a folder of scenarios."""
    if path.is_dir():
        return path.name == FOLDER or (path / SHARED).is_file()
    if path.parent.name == FOLDER or path.parts[-2:] == SHARED.parts:
        return True
    try:
        with path.open("rb") as file:
            return len(set(_TOP_KEYS.findall(file.read()))) > 1
    except OSError:
        return False


def files_in(folder: Path) -> list[Path]:
    """Scenario files directly in ``folder``; hidden files (an editor's) are left alone."""
    return sorted(
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.suffix in (".yaml", ".yml") and not path.name.startswith(".")
    )


def read_scenarios(paths: Path | Sequence[Path]) -> ScenarioFiles:
    """The scenarios in files and folders, each with the shared parts beside it. Never raises on what a file holds."""
    reader = _Reader()
    for path in [paths] if isinstance(paths, Path) else paths:
        if path.parts[-2:] == SHARED.parts:
            reader.shared_at(path)
        elif path.is_dir():
            reader.shared_of(path)
            for file in files_in(path):
                reader.read(file)
        else:
            reader.read(path)
    return ScenarioFiles(reader.scenarios, in_order(reader.problems))


def check_document(source: SourceFile) -> list[Problem]:
    """The problems of one document, a scenario or the shared parts: an author's draft need not be a file."""
    return list(read_document(source).problems)


def read_document(source: SourceFile) -> ScenarioFiles:
    """One document: its scenario, complete with the shared parts, where it is sound, and its problems."""
    reader = _Reader()
    if source.path.parts[-2:] == SHARED.parts:
        reader.check_shared(source)
    else:
        reader.check(source)
    return ScenarioFiles(reader.scenarios, tuple(reader.problems))


def shipped_parts() -> SharedParts:
    """What the scenarios that come with the program share; a scenario on its own is read with it."""
    parts = _Reader().shared_at(_SHIPPED / SHARED)
    assert parts is not None  # checked before every release
    return parts


class _Reader:
    """Collects scenarios and problems from file to file; shared parts are read once."""

    def __init__(self) -> None:
        self.scenarios: dict[str, FiledScenario] = {}
        self.problems: list[Problem] = []
        self._shared: dict[Path, SharedParts | None] = {}

    def shared_of(self, folder: Path) -> SharedParts | None:
        return self.shared_at(folder / SHARED if (folder / SHARED).is_file() else _SHIPPED / SHARED)

    def shared_at(self, path: Path) -> SharedParts | None:
        """The shared parts at ``path``; None where they are unsound."""
        if path not in self._shared:
            self._shared[path] = self._read_shared(path)
        return self._shared[path]

    def _read_shared(self, path: Path) -> SharedParts | None:
        source = self._opened(path)
        return self.check_shared(source) if source else None

    def check_shared(self, source: SourceFile) -> SharedParts | None:
        parts = validated(_shared_adapter, source.document.data, source, ())
        found = [*parts.problems, *_as_problems(shared_flaws(parts.value) if parts.value else (), source)]
        self.problems += found
        return None if found else parts.value

    def read(self, path: Path) -> None:
        if source := self._opened(path):
            self.check(source)

    def check(self, source: SourceFile) -> None:
        checked = validated(_scenario_adapter, source.document.data, source, ())
        self.problems += checked.problems
        shared = self.shared_of(source.path.parent)
        if checked.value is not None and shared is not None:
            self._judge(checked.value, shared, source)

    def _judge(self, scenario: Scenario, shared: SharedParts, source: SourceFile) -> None:
        problems = [*self._misnamed(scenario, source), *_as_problems(flaws(scenario, shared), source)]
        problems += _as_problems(_record_flaws(scenario), source)
        if not problems:
            whole = complete(scenario, shared)
            problems = [*_as_problems(failed_tests(whole), source)]
            if not problems:
                self.scenarios[scenario.id] = FiledScenario(whole, source)
        self.problems += problems

    def _misnamed(self, scenario: Scenario, source: SourceFile) -> Iterator[Problem]:
        if source.path.stem != scenario.id:
            mend = Worded("rename it to %(file)s", file=f"{scenario.id}.yaml")
            yield source.error(("id",), Worded("the file name is not the scenario's id"), mend)
        if scenario.id in self.scenarios:
            other = self.scenarios[scenario.id].source.name
            what = Worded("%(file)s has this id already", file=other)
            yield source.error(("id",), what, Worded("give each scenario its own id"))

    def _opened(self, path: Path) -> SourceFile | None:
        source, problems = opened(path)
        self.problems += problems
        if source is not None:
            self.problems += cut_texts(source)
        return source


def _record_flaws(scenario: Scenario) -> Iterable[Flaw]:
    catalogue = _catalogue()
    return unlawful(scenario.record, catalogue) if scenario.record and catalogue else ()


@lru_cache(maxsize=1)
def _catalogue() -> Catalogue | None:
    """What the operator sells, with which records are compared; None where its files have errors of their own."""
    return read_catalogue(_SHIPPED.parent / OPERATOR)[0]


def _as_problems(found: Iterable[Flaw], source: SourceFile) -> Iterator[Problem]:
    for flaw in found:
        yield source.error(flaw.place, flaw.what, flaw.mend)
