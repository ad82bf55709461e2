"""Finding questions: the list with its filters, and what lies near to a question that is being written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import defer

from lms.domain import bank
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import Question, QuestionVersion, Topic

PAGE_SIZE = 50
LONGEST_SEARCH = 100

# From this likeness (0…100) on an author is told; measured over stem and options together.
ALIKE = 82.0
MOST_ALIKE = 5
# A text much shorter or longer cannot reach ALIKE, so it is not read.
_SHORTEST, _LONGEST = 0.6, 1.7
SHORTEST_TO_COMPARE = 12


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty means all. ``state`` live is what papers may draw."""

    text: str = ""
    section: str = ""
    kind: str = ""
    topic: str = ""
    difficulty: int | None = None
    state: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list; ``live`` says that some version may be drawn, whatever the newest one's state."""

    id: int
    code: str
    stem: str
    section: str
    topic: str
    kind: str
    difficulty: int
    languages: tuple[str, ...]
    state: str
    live: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    rows: Sequence[Row]
    total: int
    page: int
    pages: int


def search(filters: Filters, page: int, language: Language) -> Found:
    """One page of the bank, what changed last first; stems in ``language`` where there is such a text.

    A page beyond the last is the first. Counted and cut in one statement, for a search reads the whole table.
    """
    page = min(max(1, page), 2**31 // PAGE_SIZE)  # a number that a statement can hold
    cut = (
        _narrowed(select(Question.id, func.count().over()), filters)
        .order_by(Question.updated_at.desc(), Question.code)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    found = db.session.execute(cut).all()
    if not found:
        return search(filters, 1, language) if page > 1 else Found((), 0, 1, 1)
    total = found[0][1]
    wanted = (
        select(Question, QuestionVersion.face)
        .join(QuestionVersion, QuestionVersion.id == Question.newest_id)
        .options(defer(Question.search))
        .where(Question.id.in_([row[0] for row in found]))
        .order_by(Question.updated_at.desc(), Question.code)
    )
    rows = [_row(question, face, language) for question, face in db.session.execute(wanted)]
    return Found(rows, total, page, -(-total // PAGE_SIZE))


def _narrowed(query: Any, filters: Filters) -> Any:
    columns = {"section": Question.section, "kind": Question.kind, "topic": Question.topic}
    for name, column in columns.items():
        if wanted := getattr(filters, name):
            query = query.where(column == wanted)
    if filters.difficulty:
        query = query.where(Question.difficulty == filters.difficulty)
    if filters.state == "live":
        query = query.where(Question.live_id.is_not(None))
    elif filters.state:
        query = query.where(Question.state == filters.state)
    if filters.language:
        query = query.where(Question.languages.contains(filters.language, autoescape=True))
    for term in bank.fold(filters.text[:LONGEST_SEARCH]).split():
        query = query.where(Question.search.contains(term, autoescape=True))
    return query


def stems(codes: Collection[str], language: Language) -> dict[str, str]:
    """Code → the stem's beginning in ``language``, else in the other one."""
    rows = db.session.execute(
        select(Question.code, Question.title, QuestionVersion.face)
        .join(QuestionVersion, QuestionVersion.id == Question.newest_id)
        .where(Question.code.in_(codes))
    )
    said = {code: (title, face["stem"].get(language.value)) for code, title, face in rows}
    return {code: bank.plain_line(stem) if stem else title for code, (title, stem) in said.items()}


def _row(question: Question, face: Mapping[str, Any], language: Language) -> Row:
    stem = face["stem"].get(language.value)
    return Row(
        question.id,
        question.code,
        bank.plain_line(stem) if stem else question.title,
        question.section,
        question.topic,
        question.kind,
        question.difficulty,
        tuple(question.languages.split()),
        question.state,
        question.live_id is not None,
        question.updated_at,
    )


@dataclass(frozen=True, slots=True)
class TopicTitle:
    code: str
    section: str
    title: Mapping[str, str]

    def in_(self, language: Language) -> str:
        return self.title.get(language.value) or next(iter(self.title.values()), self.code)


def topics() -> list[TopicTitle]:
    rows = db.session.execute(select(Topic).order_by(Topic.section, Topic.code)).scalars()
    return [TopicTitle(row.code, row.section, row.title) for row in rows]


@dataclass(frozen=True, slots=True)
class Alike:
    """A question near to the one that is being written; ``numbers_only``: nothing but numbers differs."""

    id: int
    code: str
    title: str
    likeness: int
    numbers_only: bool


def alike(
    stems: Mapping[Language, str], options: Mapping[Language, Sequence[str]], but_id: int | None = None
) -> list[Alike]:
    """The questions nearest to these texts, in the first language in which there are some.

    Stem and options are compared together; while no option is typed yet, stems alone.
    """
    for language, stem in stems.items():
        listed = bank.options_line(options.get(language, ()))
        typed = " ".join(filter(None, [bank.fold(stem), listed]))
        if len(typed) < SHORTEST_TO_COMPARE:
            continue
        if found := _alike_in(language, typed, but_id, options=bool(listed)):
            return found
    return []


def _alike_in(language: Language, typed: str, but_id: int | None, *, options: bool) -> list[Alike]:
    level = bank.levelled(typed)
    probes = bank.probes(level, language)
    if not probes:
        return []
    rows = db.session.execute(
        select(Question.id, Question.code, Question.title, Question.search).where(
            Question.state != "retired",
            Question.id != (but_id or 0),
            or_(*(Question.search.contains(probe, autoescape=True) for probe in probes)),
        )
    ).all()
    texts = [bank.in_language(row.search, language, options=options) for row in rows]
    levels = {
        place: bank.levelled(text)
        for place, text in enumerate(texts)
        if _SHORTEST * len(typed) <= len(text) <= _LONGEST * len(typed)
    }
    from rapidfuzz import fuzz, process  # 2 MiB that only authors need

    nearest = process.extract(level, levels, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST_ALIKE)
    return [
        Alike(
            rows[place].id,
            rows[place].code,
            rows[place].title,
            int(likeness),
            numbers_only=text == level and texts[place] != typed,
        )
        for text, likeness, place in nearest
    ]
