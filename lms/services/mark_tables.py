"""Marks as the statistics take them: candidates × questions, read in four statements however many there are."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import String, case, func, select, type_coerce
from sqlalchemy.orm import aliased

from lms.domain.attempts import AttemptState
from lms.domain.plans import EXAM
from lms.domain.questions import Kind, Section
from lms.domain.statistics import Marks, OptionUse, Picks, option_uses
from lms.domain.values import parse_exact
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion, Question, QuestionKey, QuestionVersion
from lms.models.exams import Attempt, PaperQuestion, Sitting

# Whose marks count: all in, and not void. What they see of it, released or not, is another matter.
COUNTED = (AttemptState.MARKED.value, AttemptState.RELEASED.value)
CHOICE = (Kind.SINGLE.value, Kind.MULTIPLE.value)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which papers: those of some sittings, of one blueprint in all sittings, or with neither all exams there are.

    Of whoever sat more than once only the first attempt, unless ``every_attempt``: the figures suppose papers that do
    not depend on each other, and who comes back has learned from the first.
    """

    sitting_ids: tuple[int, ...] | None = None
    blueprint_id: int | None = None
    every_attempt: bool = False

    def narrow(self, statement: Any) -> Any:
        """``statement`` (from attempts) kept to the scope and to attempts that count."""
        return self.narrow_sittings(statement.where(Attempt.state.in_(COUNTED)))

    def narrow_sittings(self, statement: Any) -> Any:
        """``statement`` (from attempts) kept to the scope, whatever the attempts' states."""
        if not self.every_attempt:
            statement = statement.where(Attempt.id.in_(self._first_attempts()))
        if self.sitting_ids is not None:
            statement = statement.where(Attempt.sitting_id.in_(self.sitting_ids))
        if self.blueprint_id is not None:
            versions = select(BlueprintVersion.id).where(BlueprintVersion.blueprint_id == self.blueprint_id)
            sittings = select(Sitting.id).where(Sitting.blueprint_version_id.in_(versions))
            statement = statement.where(Attempt.sitting_id.in_(sittings))
        if self.sitting_ids is None and self.blueprint_id is None:
            statement = statement.where(Attempt.sitting_id.in_(exam_sittings()))
        return statement

    def _first_attempts(self) -> Any:
        """The ids of everybody's first attempts that are not void: at each sitting, where sittings are named, else by
        each blueprint. A first one whose marking lasts is waited for; the second does not stand in for it."""
        attempt = aliased(Attempt)
        first = select(func.min(attempt.id)).where(attempt.state != AttemptState.VOID.value)
        if self.sitting_ids is not None:
            return first.where(attempt.sitting_id.in_(self.sitting_ids)).group_by(attempt.sitting_id, attempt.person_id)
        return (
            first.join(Sitting, Sitting.id == attempt.sitting_id)
            .join(BlueprintVersion, BlueprintVersion.id == Sitting.blueprint_version_id)
            .group_by(BlueprintVersion.blueprint_id, attempt.person_id)
        )


def exam_sittings() -> Any:
    """The ids of the sittings that are exams: the tasks of a drill are no items of the bank."""
    return (
        select(Sitting.id)
        .join(BlueprintVersion, BlueprintVersion.id == Sitting.blueprint_version_id)
        .join(Blueprint, Blueprint.id == BlueprintVersion.blueprint_id)
        .where(Blueprint.kind == EXAM)
    )


@dataclass(frozen=True, slots=True)
class Item:
    """A question as lists name it; its code stays through all its versions and languages."""

    id: int
    code: str
    kind: str
    section: str
    topic: str
    title: str


@dataclass(frozen=True, slots=True)
class Candidate:
    attempt_id: int
    number: str
    sitting_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class Given:
    """What one candidate chose on one choice question, and by which version and key it was judged."""

    version_id: int
    key_id: int
    chosen: frozenset[str]


@dataclass(frozen=True)
class MarkTable:
    """``candidates`` are the rows of ``marks``, ``items`` its columns; ``given`` the picks of each choice question.

    A question that is not marked yet stands in the table as one that the candidate did not have. Where blueprints
    give one question different points, its marks are on the largest of them.
    """

    candidates: tuple[Candidate, ...]
    items: tuple[Item, ...]
    marks: Marks
    given: dict[str, dict[int, Given]]  # code → row → picks
    options: dict[int, tuple[str, ...]]  # version → its options, as authored
    keys: dict[int, frozenset[str]]  # key revision → the right options

    @property
    def people(self) -> int:
        """How many people the candidates are: fewer, where one sat more than once."""
        return len({candidate.person_id for candidate in self.candidates})

    def of_sitting(self, sitting_id: int) -> Marks:
        """The marks of one sitting's candidates alone."""
        rows = zip(self.candidates, self.marks.rows, strict=True)
        mine = tuple(row for candidate, row in rows if candidate.sitting_id == sitting_id)
        return Marks(self.marks.codes, self.marks.maxima, mine)

    @cached_property
    def picks(self) -> dict[str, Picks]:
        """By code, where one key decided for everybody: two keys in one table would accuse each other."""
        return {code: picks for code, given in self.given.items() if (picks := self._picks(given))}

    def _picks(self, given: dict[int, Given]) -> Picks | None:
        keys = {self.keys[one.key_id] for one in given.values()}
        if len(keys) != 1:
            return None
        versions = sorted({one.version_id for one in given.values()})
        options = dict.fromkeys(option for version in versions for option in self.options[version])
        nothing = frozenset[str]()
        chosen = tuple(given[row].chosen if row in given else nothing for row in range(len(self.candidates)))
        return Picks(tuple(options), keys.pop(), chosen)

    def options_by_version(self, code: str) -> dict[int, tuple[OptionUse, ...]]:
        """Version → its options' uses among those who had it, judged by its newest key; the newest version first."""
        rows: defaultdict[int, dict[int, Given]] = defaultdict(dict)
        for row, one in self.given.get(code, {}).items():
            rows[one.version_id][row] = one
        return {version: self._uses(code, version, rows[version]) for version in sorted(rows, reverse=True)}

    def _uses(self, code: str, version: int, given: dict[int, Given]) -> tuple[OptionUse, ...]:
        key = self.keys[max(one.key_id for one in given.values())]
        marks = Marks(self.marks.codes, self.marks.maxima, tuple(self.marks.rows[row] for row in given))
        return option_uses(marks, code, Picks(self.options[version], key, tuple(one.chosen for one in given.values())))


@lru_cache(maxsize=4096)
def _chosen(answer: str | None) -> frozenset[str]:
    """The ids in an answer's JSON: one text, a list, or nothing."""
    value = json.loads(answer) if answer else ()
    return frozenset([value] if isinstance(value, str) else value)


# The share is read as text: a few values repeat by the hundred thousand, and each is parsed once. What candidates
# wrote in words is not fetched at all.
_ANSWERS = (
    select(
        PaperQuestion.attempt_id,
        PaperQuestion.question_id,
        PaperQuestion.version_id,
        PaperQuestion.key_id,
        PaperQuestion.points,
        type_coerce(PaperQuestion.share, String),
        case((PaperQuestion.kind.in_(CHOICE), PaperQuestion.answer)),
    )
    .join(Attempt, Attempt.id == PaperQuestion.attempt_id)
    .where(PaperQuestion.share.is_not(None))
    .order_by(PaperQuestion.attempt_id, PaperQuestion.position)
)
_CANDIDATES = select(Attempt.id, Attempt.candidate_number, Attempt.sitting_id, Attempt.person_id).order_by(Attempt.id)


def mark_table(scope: Scope) -> MarkTable:
    """The table of ``scope``; without candidates it has neither rows nor columns.

    What another request marks or makes void between the statements is left out.
    """
    candidates = {row[0]: Candidate(*row) for row in db.session.execute(scope.narrow(_CANDIDATES))}
    items = _items(scope)
    options, keys = _authored(scope)
    column = {item.id: index for index, item in enumerate(items)}
    answers = [row for row in db.session.execute(scope.narrow(_ANSWERS)) if row[0] in candidates and row[1] in column]
    maxima = [0] * len(items)
    for _attempt, question, _version, _key, points, _share, _answer in answers:
        maxima[column[question]] = max(maxima[column[question]], points)
    rows: dict[int, list[Fraction | None]] = {}
    given: defaultdict[str, dict[int, Given]] = defaultdict(dict)
    for attempt, question, version, key, _points, share, answer in answers:
        row = rows.setdefault(attempt, [None] * len(items))
        index = column[question]
        row[index] = _mark(share, maxima[index])
        if key in keys and version in options:
            given[items[index].code][len(rows) - 1] = Given(version, key, _chosen(answer))
    marks = Marks(tuple(item.code for item in items), tuple(map(Fraction, maxima)), tuple(map(tuple, rows.values())))
    return MarkTable(tuple(candidates[attempt] for attempt in rows), items, marks, dict(given), options, keys)


@lru_cache(maxsize=4096)
def _mark(share: str, maximum: int) -> Fraction:
    return parse_exact(share) * maximum


def _items(scope: Scope) -> tuple[Item, ...]:
    """The questions that were marked, in the order of sections, then of codes."""
    used = scope.narrow(
        select(PaperQuestion.question_id)
        .join(Attempt, Attempt.id == PaperQuestion.attempt_id)
        .where(PaperQuestion.share.is_not(None))
    )
    rows = db.session.execute(
        select(Question.id, Question.code, Question.kind, Question.section, Question.topic, Question.title).where(
            Question.id.in_(used)
        )
    )
    order = {section.value: place for place, section in enumerate(Section)}
    return tuple(sorted((Item(*row) for row in rows), key=lambda item: (order[item.section], item.code)))


def _authored(scope: Scope) -> tuple[dict[int, tuple[str, ...]], dict[int, frozenset[str]]]:
    """``(options by version, right options by key)`` of the choice questions that were marked."""
    used = scope.narrow(
        select(PaperQuestion.version_id, PaperQuestion.key_id)
        .join(Attempt, Attempt.id == PaperQuestion.attempt_id)
        .where(PaperQuestion.share.is_not(None), PaperQuestion.kind.in_(CHOICE))
    )
    pairs = used.distinct().subquery()
    rows = db.session.execute(
        select(pairs.c.version_id, QuestionVersion.face, pairs.c.key_id, QuestionKey.body)
        .join(QuestionVersion, QuestionVersion.id == pairs.c.version_id)
        .join(QuestionKey, QuestionKey.id == pairs.c.key_id)
    ).all()
    options = {version: tuple(option["id"] for option in face["options"]) for version, face, _key, _body in rows}
    return options, {key: _key_of(body) for _version, _face, key, body in rows}


def _key_of(body: dict[str, Any]) -> frozenset[str]:
    right: str | Sequence[str] = body["key"]
    return frozenset([right] if isinstance(right, str) else right)
