"""Single and multiple choice 单选, 多选."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from lms.domain.questions.base import (
    Answer,
    AnswerRejected,
    Kind,
    MultipleRule,
    Option,
    OptionId,
    QuestionBase,
    ids_of,
    taken_back,
    unique_ids,
)
from lms.domain.values import Texts


class Single(QuestionBase):
    """One option is right."""

    kind: Literal[Kind.SINGLE] = Kind.SINGLE
    options: tuple[Option, ...] = Field(min_length=3, max_length=6)
    key: OptionId

    @model_validator(mode="after")
    def _key_is_an_option(self) -> "Single":
        unique_ids(self.options)
        if self.key not in self.presented:
            raise ValueError(f"the key {self.key} is not one of the options")
        return self

    @property
    def texts(self) -> Sequence[Texts]:
        return [*super().texts, *(text for option in self.options for text in (option.text, option.why))]

    @property
    def presented(self) -> tuple[str, ...]:
        return tuple(option.id for option in self.options)

    @classmethod
    def read(cls, raw: object, presented: Sequence[str]) -> Answer:
        if raw is None or raw == "":
            return None
        if raw not in presented:
            raise AnswerRejected("the answer is not one of the options")
        return str(raw)

    def share(self, answer: Answer, rule: MultipleRule) -> Fraction:
        return Fraction(answer == self.key)


class Multiple(QuestionBase):
    """Two or more options are right; the stem says how many (选2项)."""

    kind: Literal[Kind.MULTIPLE] = Kind.MULTIPLE
    options: tuple[Option, ...] = Field(min_length=4, max_length=8)
    key: tuple[OptionId, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _key_is_a_proper_subset(self) -> "Multiple":
        unique_ids(self.options)
        if len(set(self.key)) != len(self.key) or not set(self.key) < set(self.presented):
            raise ValueError("the key must name two or more different options, and not all of them")
        return self

    @property
    def texts(self) -> Sequence[Texts]:
        return [*super().texts, *(text for option in self.options for text in (option.text, option.why))]

    @property
    def presented(self) -> tuple[str, ...]:
        return tuple(option.id for option in self.options)

    @classmethod
    def read(cls, raw: object, presented: Sequence[str]) -> Answer:
        return None if taken_back(raw) else sorted(ids_of(raw, presented))

    def share(self, answer: Answer, rule: MultipleRule) -> Fraction:
        picked, correct = set(answer or ()), set(self.key)
        hits, wrong = len(picked & correct), len(picked - correct)
        return multiple_share(rule, hits=hits, wrong=wrong, correct=len(correct), options=len(self.options))


def multiple_share(rule: MultipleRule, *, hits: int, wrong: int, correct: int, options: int) -> Fraction:
    """The part 0…1 that a pick of ``hits`` right and ``wrong`` wrong options earns; nothing picked earns 0."""
    if hits + wrong == 0:
        return Fraction(0)
    if rule is MultipleRule.NET:
        return max(Fraction(0), Fraction(hits - wrong, correct))
    if rule is MultipleRule.EACH:
        return 1 - Fraction(wrong + correct - hits, options)
    if rule is MultipleRule.COVERAGE:
        return Fraction(hits, correct) * Fraction(hits, hits + wrong)
    if wrong:
        return Fraction(0)
    if hits == correct:
        return Fraction(1)
    return Fraction(1, 2) if rule is MultipleRule.HALF else Fraction(0)
