"""What a content file has wrong, said so that its author can mend it: file, line, key, what, mend."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lms.content.yaml_lines import Document, Fault, Place
from lms.domain.values import Language
from lms.domain.wording import Worded, in_language


class Severity(StrEnum):
    ERROR = "error"  # the file cannot be used as it is
    WARNING = "warning"  # it can, and someone should look


@dataclass(frozen=True, slots=True)
class Problem:
    """``key`` is a dotted place in the file and may be empty (the file as a whole).

    Where ``what`` and ``mend`` are `Worded`, they can be said in Chinese too.
    """

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
        return self.told(Language.EN)

    def told(self, language: Language) -> str:
        """``file:line: key: what — mend``; a warning says so before what."""
        warning = "" if self.is_error else in_language(Worded("warning: "), language)
        place = f"{self.key}: " if self.key else ""
        what, mend = in_language(self.what, language), in_language(self.mend, language)
        return f"{self.file}:{self.line}: {place}{warning}{what} — {mend}"


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
