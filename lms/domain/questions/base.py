"""What every kind of question has: code, section, stem, key, and how one answer becomes a share of the points."""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, model_validator

from lms.domain.values import Language, Texts, Value

# What a browser sends and a table keeps: text, a list of texts, or nothing.
Answer = str | list[str] | None


class AnswerRejected(ValueError):
    """The answer is not of the shape that this question takes (a forged or broken request)."""


class Section(StrEnum):
    BUSINESS = "business"
    COMPLIANCE = "compliance"
    CASE = "case"


class Kind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMERIC = "numeric"
    ORDERING = "ordering"
    WRITTEN = "written"


class MultipleRule(StrEnum):
    """How a partly right multiple choice counts. C correct options, h hits, w wrong picks, N options."""

    HALF = "half"  # exact set 1, correct subset 1/2, any wrong 0 (the house rule)
    EXACT = "exact"  # exact set 1, else 0
    NET = "net"  # max(0, (h − w) / C)
    EACH = "each"  # 1 − (w + C − h) / N, blank 0
    COVERAGE = "coverage"  # (h / C) · (h / (h + w))


Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$", max_length=40)]
Topic = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
OptionId = Annotated[str, StringConstraints(pattern=r"^[A-H]$")]


class Option(Value):
    """One choice; ``why`` says why it is right, or which real mistake leads to it."""

    id: OptionId
    text: Texts
    why: Texts


class QuestionBase(Value):
    """The part that all kinds share. ``rule`` names the rulebook section and clause that proves the key."""

    kind: Kind
    code: Code
    section: Section
    topic: Topic
    difficulty: int = Field(ge=1, le=3)
    rule: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    enemies: tuple[Code, ...] = ()
    stem: Texts
    rationale: Texts

    # Fields that would tell a candidate the answer; they live in a table of their own (contract 4).
    SECRET: ClassVar[frozenset[str]] = frozenset({"rationale", "key"})
    OBJECTIVE: ClassVar[bool] = True

    @property
    def texts(self) -> Sequence[Texts]:
        """Every text that a candidate or a marker reads."""
        return [self.stem, self.rationale]

    @property
    def languages(self) -> frozenset[Language]:
        """The languages in which the whole question exists."""
        return frozenset.intersection(*(text.languages for text in self.texts))

    @model_validator(mode="after")
    def _whole_in_some_language(self) -> "QuestionBase":
        if not self.languages:
            raise ValueError("no language has all of the question's texts")
        missing = {language for text in self.texts for language in text.languages} - self.languages
        if missing:
            names = ", ".join(sorted(missing))
            raise ValueError(f"some texts are missing in: {names} (translate all of them or none)")
        if self.code in self.enemies:
            raise ValueError("a question cannot be its own enemy")
        return self

    @property
    def presented(self) -> tuple[str, ...]:
        """Ids whose order on the paper may be shuffled; empty where the kind has none."""
        return ()

    @classmethod
    def read(cls, raw: object, presented: Sequence[str]) -> Answer:
        """``raw`` from a browser as an answer in the ids or letters of ``presented``; else :class:`AnswerRejected`.

        Needs no key: it is asked at every save, for what was asked is frozen on the paper.
        """
        raise NotImplementedError

    def is_blank(self, answer: Answer) -> bool:
        return answer is None or len(answer) == 0

    def share(self, answer: Answer, rule: MultipleRule) -> Fraction:
        """The part of the points, 0…1, that ``answer`` earns; only for objective kinds."""
        raise NotImplementedError


def taken_back(raw: object) -> bool:
    """Whether a browser says that nothing is answered any more; another empty value (0, {}) is a broken request."""
    return raw is None or raw in ("", [])


def text_of(raw: object, longest: int) -> str:
    if not isinstance(raw, str):
        raise AnswerRejected("an answer in words is expected")
    if len(raw) > longest:
        raise AnswerRejected(f"the answer is longer than {longest} characters")
    # Half a surrogate pair (a forged request) is no text that a database could keep.
    return raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def ids_of(raw: object, allowed: Sequence[str]) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
        raise AnswerRejected("a list of options is expected")
    if len(set(raw)) != len(raw) or not set(raw) <= set(allowed):
        raise AnswerRejected("the answer names an option that this question does not have, or one twice")
    return list(raw)


def unique_ids(options: Sequence[Option]) -> None:
    """Raise ValueError where two options share an id or a text."""
    ids = [option.id for option in options]
    if len(set(ids)) != len(ids):
        raise ValueError("two options have the same id")
    for language in Language:
        texts = [getattr(option.text, language.value) for option in options if getattr(option.text, language.value)]
        if len(set(texts)) != len(texts):
            raise ValueError(f"two options have the same text in {language.value}")
