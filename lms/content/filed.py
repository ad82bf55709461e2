"""What a bank's files hold, each with the file and the line where it stands."""

from dataclasses import dataclass

from lms.content.problems import Problem, SourceFile
from lms.content.yaml_lines import Place
from lms.domain.blueprints import Blueprint
from lms.domain.papers import PoolEntry
from lms.domain.questions import Question, Section, Written
from lms.domain.values import Texts


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
