"""The operator's files of `scenarios/operator/`, read, checked one by one and against each other."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from lms.content.problems import Problem, SourceFile, in_order, of_fault
from lms.content.validation import validated
from lms.content.yaml_lines import LARGEST, YamlRefused, read_yaml
from lms.domain.crm.catalogue import Catalogue, Products
from lms.domain.crm.circumstances import Deck
from lms.domain.crm.places import PeopleAndPlaces
from lms.domain.crm.texts import Knowledge, Notices, RecordTexts, Solutions
from lms.domain.values import Value

T = TypeVar("T", bound=Value)

FILES: dict[str, type[Value]] = {
    "products": Products,
    "people_and_places": PeopleAndPlaces,
    "knowledge": Knowledge,
    "solutions": Solutions,
    "notices": Notices,
    "record_texts": RecordTexts,
    "circumstances": Deck,
}


def read_catalogue(folder: Path) -> tuple[Catalogue | None, tuple[Problem, ...]]:
    """The catalogue, and what is wrong; None where a file cannot be used. Never raises on what a file holds."""
    problems: list[Problem] = []
    parts: dict[str, Any] = {}
    sources: dict[str, SourceFile] = {}
    for name, kind in FILES.items():
        source = _opened(folder / f"{name}.yaml", problems)
        if source is None:
            continue
        sources[name] = source
        checked = validated(TypeAdapter(kind), source.document.data, source, ())
        problems += checked.problems
        parts[name] = checked.value
    if any(problem.is_error for problem in problems):
        return None, in_order(problems)
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
    return catalogue, in_order(problems)


def _opened(path: Path, problems: list[Problem]) -> SourceFile | None:
    try:
        with path.open("rb") as file:
            return SourceFile(path, read_yaml(file.read(LARGEST + 1)))
    except YamlRefused as refused:
        problems += [of_fault(path, fault) for fault in refused.faults]
    except OSError as error:
        problems.append(Problem(path.as_posix(), 1, "", error.strerror or "cannot be read", "put the file there"))
    return None
