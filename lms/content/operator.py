"""The operator's files of `scenarios/operator/`: each checked by itself, then against each other."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from lms.content import operator_rules
from lms.content.problems import Problem, SourceFile, in_order, of_fault
from lms.content.validation import validated
from lms.content.yaml_lines import LARGEST, YamlRefused, read_yaml
from lms.domain.crm.catalogue import Catalogue, Products
from lms.domain.crm.circumstances import Deck
from lms.domain.crm.places import PeopleAndPlaces
from lms.domain.crm.texts import Knowledge, Notices, RecordTexts, Solutions
from lms.domain.values import Texts, Value

OPERATOR = Path("scenarios", "operator")

FILES: dict[str, type[Value]] = {
    "products": Products,
    "people_and_places": PeopleAndPlaces,
    "knowledge": Knowledge,
    "solutions": Solutions,
    "notices": Notices,
    "record_texts": RecordTexts,
    "circumstances": Deck,
}
_ADAPTERS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in FILES.items()}
_ADAPTERS["desktop"] = TypeAdapter(dict[str, dict[str, Texts]])  # read by `lms.content.desktop`, checked here


@dataclass(frozen=True, slots=True)
class OperatorFiles:
    """The catalogue, or None where one of its files cannot be used, and what is wrong."""

    catalogue: Catalogue | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_error)

    def counts(self) -> dict[str, int]:
        """How much of everything there is; nothing where a file cannot be used."""
        if (known := self.catalogue) is None:
            return {}
        return {
            "articles": len(known.articles),
            "solutions": len(known.solutions),
            "notices": len(known.notices),
            "circumstances": len(known.circumstances),
        }


def holds_operator(path: Path) -> bool:
    """Whether ``path`` is a folder of the operator's files, or one of them."""
    if path.is_dir():
        return path.name == OPERATOR.name or (path / "products.yaml").is_file()
    return path.stem in _ADAPTERS and (path.parent.name == OPERATOR.name or (path.parent / "products.yaml").is_file())


def read_catalogue(folder: Path) -> tuple[Catalogue | None, tuple[Problem, ...]]:
    """The catalogue of a folder, and what is wrong with its files; None where there is an error."""
    files = read_operator(folder)
    return files.catalogue, files.problems


def read_operator(path: Path) -> OperatorFiles:
    """The files of a folder; of a single file, its folder's catalogue and its own problems.

    Never raises on what a file holds; a file that is not there is a problem like any other.
    """
    if path.is_dir():
        return _read(path)
    files = _read(path.parent)
    return OperatorFiles(files.catalogue, tuple(one for one in files.problems if one.file == path.as_posix()))


def _read(folder: Path) -> OperatorFiles:
    problems: list[Problem] = []
    parts: dict[str, Any] = {}
    sources: dict[str, SourceFile] = {}
    for name, adapter in _ADAPTERS.items():
        source = _opened(folder / f"{name}.yaml", problems)
        if source is None:
            continue
        checked = validated(adapter, source.document.data, source, ())
        problems += checked.problems
        problems += operator_rules.untranslated(source)
        sources[name], parts[name] = source, checked.value
    if any(problem.is_error for problem in problems):
        return OperatorFiles(None, in_order(problems))
    catalogue = Catalogue(
        products=parts["products"],
        people=parts["people_and_places"],
        articles=parts["knowledge"].articles,
        solutions=parts["solutions"].solutions,
        notices=parts["notices"].notices,
        note_texts=parts["notices"].contact_notes,
        texts=parts["record_texts"],
        circumstances=parts["circumstances"].circumstances,
    )
    problems += operator_rules.across(catalogue, sources)
    sound = not any(problem.is_error for problem in problems)
    return OperatorFiles(catalogue if sound else None, in_order(problems))


def _opened(path: Path, problems: list[Problem]) -> SourceFile | None:
    try:
        with path.open("rb") as file:
            return SourceFile(path, read_yaml(file.read(LARGEST + 1)))
    except YamlRefused as refused:
        problems += [of_fault(path, fault) for fault in refused.faults]
    except OSError as error:
        problems.append(Problem(path.as_posix(), 1, "", error.strerror or "cannot be read", "put the file there"))
    return None
