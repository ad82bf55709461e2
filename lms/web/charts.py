"""The geometry of charts, in percent of the width and in pixels of the height: see templates/parts/charts.html."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from lms.domain.statistics import Flag, histogram
from lms.services.statistics import ItemLine

BINS = 20
HIGHEST = Fraction(100)
STEP = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """``count`` people with low ≤ total < high (the last bar: ≤ high); ``height`` is 0…1 of the highest bar."""

    low: int
    high: int
    count: int
    height: float


@dataclass(frozen=True, slots=True)
class Dot:
    """One question: ``x`` its facility and ``y`` its discrimination, both 0…100 % of the plot from the lower left."""

    code: str
    facility: float
    discrimination: float
    x: float
    y: float
    shape: str  # plain | watch | wrong-key


@dataclass(frozen=True, slots=True)
class Scatter:
    """``lines``: the heights (0…100 %) at which the scale has a line, with what it says there."""

    dots: tuple[Dot, ...]
    lines: tuple[tuple[int, float], ...]


def bars(totals: Sequence[Fraction]) -> list[Bar]:
    """Totals on the scale of 100 in twenty bars; none where there are no totals."""
    if not totals:
        return []
    bins = histogram(totals, HIGHEST, BINS)
    most = max(each.count for each in bins)
    return [Bar(int(each.low), int(each.high), each.count, each.count / most) for each in bins]


def scatter(lines: Sequence[ItemLine]) -> Scatter:
    """Facility against discrimination of the questions that have both."""
    known = [
        (line.item.code, line.figures.facility, line.figures.discrimination_index, line.figures.flags)
        for line in lines
        if line.figures.facility is not None and line.figures.discrimination_index is not None
    ]
    heights = [index for _code, _facility, index, _flags in known]
    low = STEP * floor(min([-STEP, *heights]) / STEP)
    high = STEP * ceil(max([3 * STEP, *heights]) / STEP)

    def up(index: float) -> float:
        return 100 * (index - low) / (high - low)

    dots = [Dot(code, facility, index, facility, up(index), _shape(flags)) for code, facility, index, flags in known]
    return Scatter(tuple(dots), tuple((level, up(level)) for level in range(low, high + 1, STEP)))


def _shape(flags: Sequence[Flag]) -> str:
    if Flag.LIKELY_WRONG_KEY in flags:
        return "wrong-key"
    return "plain" if not flags or Flag.FEW_CANDIDATES in flags else "watch"
