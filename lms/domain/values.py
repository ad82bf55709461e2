"""Values that every room of the domain shares: languages, bilingual texts, exact numbers."""

from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


class Value(BaseModel):
    """A frozen value that refuses unknown keys, so that a typing slip in a file is an error, not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, defer_build=True)


# One record's text in one language; long enough for a case with a table, short enough to refuse a pasted book.
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)]


class Texts(Value):
    """One text in one or more languages; at least one must be there."""

    zh: Prose | None = None
    en: Prose | None = None

    @model_validator(mode="after")
    def _some_language(self) -> "Texts":
        if self.zh is None and self.en is None:
            raise ValueError("give the text in zh, en or both")
        return self

    @property
    def languages(self) -> frozenset[Language]:
        return frozenset(language for language in Language if getattr(self, language.value) is not None)

    def in_(self, language: Language) -> str:
        """The text in ``language``, else in the other one (a staff page never shows a hole)."""
        return getattr(self, language.value) or self.zh or self.en or ""


def exact(number: Fraction) -> str:
    """``Fraction(1, 3)`` → ``"1/3"``: how tables hold marks (contract 6: never binary floats)."""
    return f"{number.numerator}/{number.denominator}"


@lru_cache(maxsize=1024)  # most marks are one of a few; reading a fraction is slow
def parse_exact(text: str) -> Fraction:
    """The inverse of :func:`exact`; raises ValueError on anything that is not a fraction."""
    try:
        return Fraction(text)
    except ZeroDivisionError as error:
        raise ValueError(f"{text} divides by zero") from error


def shown(number: Fraction, places: int = 2) -> str:
    """A mark as people read it, rounded down towards zero so that 59.995 is never shown as 60.00 (contract 6).

    Trailing zeros after the point are dropped: ``40``, ``35.5``, ``59.99``.
    """
    scale = 10**places
    units = abs(number.numerator) * scale // number.denominator
    whole, rest = divmod(units, scale)
    decimals = f"{rest:0{places}d}".rstrip("0") if places else ""
    sign = "-" if number < 0 and units else ""
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"
