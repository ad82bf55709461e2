"""What a bank's files hold, each with the file and the line where it stands."""

import re
from dataclasses import dataclass
from pathlib import Path

from lms.content.problems import Problem, SourceFile
from lms.content.yaml_lines import Place
from lms.domain.blueprints import Blueprint
from lms.domain.papers import PoolEntry
from lms.domain.questions import Question, Section, Written
from lms.domain.values import Texts

_FURTHER = re.compile(r"\.(?:[2-9]|[1-9][0-9]+)$")


def topic_file_name(section: str, topic: str, number: int = 1) -> str:
    """``business-billing.yaml``; what one file cannot hold goes on in ``business-billing.2.yaml`` and so on.

    No topic's code holds a dot, so no further file can be taken for another topic's.
    """
    return f"{section}-{topic}.yaml" if number == 1 else f"{section}-{topic}.{number}.yaml"


def names_topic(path: Path, section: str, topic: str) -> bool:
    """Whether the file's name is one of those of this topic."""
    return path.stem.removesuffix(_further(path)) == f"{section}-{topic}"


def is_further(path: Path) -> bool:
    return _further(path) != ""


def _further(path: Path) -> str:
    found = _FURTHER.search(path.stem)
    return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class FiledTopic:
    section: Section
    topic: str
    title: Texts
    source: SourceFile


@dataclass(frozen=True, slots=True)
class FiledQuestion:
    """A question and where it stands; ``place`` is its place in the file's data."""

    question: Question
    source: SourceFile
    place: Place

    @property
    def code(self) -> str:
        return self.question.code

    @property
    def file(self) -> str:
        return self.source.name

    @property
    def line(self) -> int:
        return self.source.document.line_of(self.place)

    def error(self, what: str, mend: str, *below: str | int) -> Problem:
        """A problem at ``below`` this question: ``error("…", "…", "stem", "zh")``."""
        return self.source.error((*self.place, *below), what, mend)

    def warning(self, what: str, mend: str, *below: str | int) -> Problem:
        return self.source.warning((*self.place, *below), what, mend)


@dataclass(frozen=True, slots=True)
class FiledBlueprint:
    blueprint: Blueprint
    source: SourceFile


def pool_entry(question: Question) -> PoolEntry:
    """What the draw of a paper needs to know of ``question``."""
    return PoolEntry(
        code=question.code,
        section=question.section,
        topic=question.topic,
        kind=question.kind,
        difficulty=question.difficulty,
        languages=question.languages,
        enemies=frozenset(question.enemies),
        presented=question.presented,
        points=question.points if isinstance(question, Written) else None,
    )
