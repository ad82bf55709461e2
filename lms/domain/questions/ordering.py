"""Steps to be put in order 排序."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from lms.domain.questions.base import (
    Answer,
    AnswerRejected,
    Kind,
    MultipleRule,
    OptionId,
    QuestionBase,
    ids_of,
    taken_back,
)
from lms.domain.values import Language, Texts, Value


class Step(Value):
    id: OptionId
    text: Texts


class Ordering(QuestionBase):
    """All steps in the right order earn the points; the share of adjacent pairs kept does not count."""

    kind: Literal[Kind.ORDERING] = Kind.ORDERING
    steps: tuple[Step, ...] = Field(min_length=3, max_length=8)
    key: tuple[OptionId, ...]

    @model_validator(mode="after")
    def _key_orders_all_steps(self) -> "Ordering":
        if len(set(self.presented)) != len(self.presented):
            raise ValueError("two steps have the same id")
        if sorted(self.key) != sorted(self.presented):
            raise ValueError("the key must name every step once")
        for language in Language:
            texts = [text for step in self.steps if (text := getattr(step.text, language.value))]
            if len(set(texts)) != len(texts):
                raise ValueError(f"two steps have the same text in {language.value}")
        return self

    @property
    def texts(self) -> Sequence[Texts]:
        return [*super().texts, *(step.text for step in self.steps)]

    @property
    def presented(self) -> tuple[str, ...]:
        return tuple(step.id for step in self.steps)

    @classmethod
    def read(cls, raw: object, presented: Sequence[str]) -> Answer:
        if taken_back(raw):
            return None
        order = ids_of(raw, presented)
        if len(order) != len(presented):
            raise AnswerRejected("every step must be placed")
        return order

    def share(self, answer: Answer, rule: MultipleRule) -> Fraction:
        return Fraction(answer == list(self.key))
