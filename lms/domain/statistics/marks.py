"""The table that all statistics start from: which candidate had which item, and what it earned."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm


@dataclass(frozen=True)
class Column:
    """One item over those who had it: two lists of equal length and the maximum, in units of 1/``scale``."""

    code: str
    maximum: int
    marks: list[int]
    totals: list[int]
    scale: int

    @property
    def n(self) -> int:
        return len(self.marks)

    @cached_property
    def rests(self) -> list[int]:
        """o = T − x: each candidate's total without this item, on fixed and randomly drawn papers alike."""
        return [total - mark for total, mark in zip(self.totals, self.marks, strict=True)]


@dataclass(frozen=True)
class Marks:
    """Candidates × items, in marks; None where a candidate's paper did not hold the item (missing, not zero).

    Raises ValueError on a code used twice, a maximum that is not above 0, a row of another length than
    ``codes``, and a mark outside 0…maximum.
    """

    codes: tuple[str, ...]
    maxima: tuple[Fraction, ...]
    rows: tuple[tuple[Fraction | None, ...], ...]

    def __post_init__(self) -> None:
        if len(self.maxima) != len(self.codes) or len(set(self.codes)) != len(self.codes):
            raise ValueError("every item needs a code of its own and one maximum")
        for code, maximum in zip(self.codes, self.maxima, strict=True):
            if maximum <= 0:
                raise ValueError(f"the maximum of {code} is not above 0")
        limits = self._in_units(self.maxima)
        for number, (row, units) in enumerate(zip(self.rows, self.units, strict=True), start=1):
            if len(row) != len(self.codes):
                raise ValueError(f"candidate {number} has {len(row)} cells, not {len(self.codes)}")
            for code, mark, limit in zip(self.codes, units, limits, strict=True):
                if mark is not None and not 0 <= mark <= (limit or 0):
                    raise ValueError(f"candidate {number} has a mark outside 0…maximum on {code}")

    @cached_property
    def scale(self) -> int:
        """The least common denominator: marks · scale are whole numbers, so that every sum below is exact."""
        cells = (mark for row in self.rows for mark in row if mark is not None)
        denominators = {mark.denominator for mark in cells} | {maximum.denominator for maximum in self.maxima}
        return lcm(*denominators)

    def _in_units(self, cells: Sequence[Fraction | None]) -> list[int | None]:
        scale = self.scale
        return [None if cell is None else cell.numerator * (scale // cell.denominator) for cell in cells]

    @cached_property
    def units(self) -> list[list[int | None]]:
        """The rows times ``scale``."""
        return [self._in_units(row) for row in self.rows]

    @cached_property
    def _totals(self) -> list[int | None]:
        """A total a row; None for somebody who was given nothing at all and so sat no test."""
        given = ([mark for mark in row if mark is not None] for row in self.units)
        return [sum(marks) if marks else None for marks in given]

    @cached_property
    def totals_in_units(self) -> list[int]:
        """T of those who sat the test, times ``scale``."""
        return [total for total in self._totals if total is not None]

    @property
    def totals(self) -> tuple[Fraction, ...]:
        """T in marks: the sum over the items that a candidate had; people without any item are left out."""
        return tuple(Fraction(total, self.scale) for total in self.totals_in_units)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """One column an item, in the order of ``codes``."""
        return tuple(self._column(index) for index in range(len(self.codes)))

    def _column(self, index: int) -> Column:
        cells = zip((row[index] for row in self.units), self._totals, strict=True)
        had = [(mark, total) for mark, total in cells if mark is not None and total is not None]
        maximum = self.maxima[index]
        return Column(
            code=self.codes[index],
            maximum=maximum.numerator * (self.scale // maximum.denominator),
            marks=[mark for mark, _ in had],
            totals=[total for _, total in had],
            scale=self.scale,
        )

    @cached_property
    def same_items(self) -> bool:
        """Whether everybody who sat the test had the same items."""
        return all(column.n in (0, len(self.totals_in_units)) for column in self.columns)
