"""A computed number 计算, right within a tolerance."""

import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import StringConstraints, model_validator

from lms.domain.questions.base import Answer, Kind, MultipleRule, QuestionBase, text_of
from lms.domain.values import Texts

DecimalText = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$")]


class Numeric(QuestionBase):
    """``key`` ± ``tolerance``, both decimal texts; ``unit`` is shown behind the field and may be typed too."""

    kind: Literal[Kind.NUMERIC] = Kind.NUMERIC
    key: DecimalText
    tolerance: DecimalText = "0"
    unit: Texts

    SECRET = frozenset({"rationale", "key", "tolerance"})

    @model_validator(mode="after")
    def _tolerance_is_not_negative(self) -> "Numeric":
        if Fraction(self.tolerance) < 0:
            raise ValueError("the tolerance must not be negative")
        return self

    @property
    def texts(self) -> Sequence[Texts]:
        return [*super().texts, self.unit]

    @classmethod
    def read(cls, raw: object, presented: Sequence[str]) -> Answer:
        return text_of(raw, 40) or None if raw is not None else None

    def share(self, answer: Answer, rule: MultipleRule) -> Fraction:
        number = number_in(answer, [unit for unit in (self.unit.zh, self.unit.en) if unit])
        return Fraction(number is not None and abs(number - Fraction(self.key)) <= Fraction(self.tolerance))


def number_in(answer: Answer, units: Sequence[str]) -> Fraction | None:
    """The number that was typed, full-width digits, thousands commas and a unit forgiven; None if there is none."""
    if not isinstance(answer, str):
        return None
    text = unicodedata.normalize("NFKC", answer).strip().casefold()
    for unit in units:
        text = text.removesuffix(unicodedata.normalize("NFKC", unit).casefold()).strip()
    text = text.removeprefix("¥").replace(",", "").replace(" ", "").replace("−", "-")
    try:
        return Fraction(text) if "/" not in text and "e" not in text and "_" not in text else None
    except (ValueError, ZeroDivisionError):
        return None
