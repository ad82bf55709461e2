"""Totals counted into bins of equal width, for charts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Bin:
    """``count`` values with low ≤ value < high; the last bin holds its upper border too."""

    low: Fraction
    high: Fraction
    count: int


def histogram(values: Sequence[Fraction], highest: Fraction, bins: int = 10) -> tuple[Bin, ...]:
    """``bins`` bins over 0…``highest`` (both in marks), exact at the borders.

    Raises ValueError on a value outside that range, or where there is no range or no bin.
    """
    if highest <= 0 or bins < 1:
        raise ValueError("a histogram needs a range above 0 and at least one bin")
    if any(not 0 <= value <= highest for value in values):
        raise ValueError("a value lies outside the range of the histogram")
    counts = Counter(min(int(value * bins / highest), bins - 1) for value in values)
    width = highest / bins
    return tuple(Bin(width * index, width * (index + 1), counts[index]) for index in range(bins))
