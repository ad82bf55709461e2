"""What a content file has wrong, said so that its author can mend it: file, line, key, what, mend."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lms.content.yaml_lines import Document, Fault, Place


class Severity(StrEnum):
    ERROR = "error"  # the file cannot be used as it is
    WARNING = "warning"  # it can, and someone should look


@dataclass(frozen=True, slots=True)
class Problem:
    """``key`` is a dotted place in the file and may be empty (the file as a whole)."""

    file: str
    line: int
    key: str
    what: str
    mend: str
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        """``file:line: key: what — mend``; a warning says so before what."""
        said = self.what if self.is_error else f"warning: {self.what}"
        place = f"{self.key}: " if self.key else ""
        return f"{self.file}:{self.line}: {place}{said} — {self.mend}"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read: its path as the author gave it, and its document; problems are made from here."""

    path: Path
    document: Document

    @property
    def name(self) -> str:
        return self.path.as_posix()

    def error(self, place: Place, what: str, mend: str) -> Problem:
        return self._problem(place, what, mend, Severity.ERROR)

    def warning(self, place: Place, what: str, mend: str) -> Problem:
        return self._problem(place, what, mend, Severity.WARNING)

    def _problem(self, place: Place, what: str, mend: str, severity: Severity) -> Problem:
        line, key = self.document.line_of(place), self.document.name_of(place)
        return Problem(self.name, line, key, what, mend, severity)


def of_fault(path: Path, fault: Fault) -> Problem:
    return Problem(path.as_posix(), fault.line, fault.key, fault.what, fault.mend)


def in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    """By file and line, each said once."""
    return tuple(sorted(set(problems), key=lambda one: (one.file, one.line, one.key, one.what)))
