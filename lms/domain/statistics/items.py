"""Item statistics 试题分析: how hard an item was, and whether it parts those who know from those who do not.

The definitions are those of Moodle's quiz statistics (docs.moodle.org, "Quiz statistics calculations"), save
that o = T − x holds for randomly drawn items too: with o = T an item would be correlated with itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum

from lms.domain.statistics.flags import Flag, Thresholds, flags_of
from lms.domain.statistics.interval import wilson
from lms.domain.statistics.marks import Column, Marks
from lms.domain.statistics.options import OptionUse, Picks, option_uses
from lms.domain.statistics.sums import codeviation, deviation, root, signed_root


@dataclass(frozen=True)
class ItemStatistics:
    """One item over the ``n`` candidates who had it; None is a figure that does not exist (few, no spread).

    ``sd`` is in marks; all else is in percent. ``facility_interval`` is Wilson's for 95 % (``interval``).
    The two weights are shares of all items that somebody had: on one fixed paper, of the paper; on randomly
    drawn papers, of the pool drawn from. Either way they have the same base and may be compared.
    """

    code: str
    n: int
    facility: float | None
    facility_interval: tuple[float, float] | None
    sd: float | None
    discrimination_index: float | None
    discriminative_efficiency: float | None
    intended_weight: float | None
    effective_weight: float | None
    options: tuple[OptionUse, ...]
    flags: tuple[Flag, ...]


def item_statistics(
    marks: Marks, picks: Mapping[str, Picks] | None = None, thresholds: Thresholds | None = None
) -> tuple[ItemStatistics, ...]:
    """The items in the order of ``marks.codes``; ``picks`` (by code) adds the table of options if known."""
    known = picks or {}
    limits = thresholds or Thresholds()
    pool = sum(column.maximum for column in marks.columns if column.n)
    effective = effective_weights(marks)
    return tuple(
        _item(
            column,
            intended=100 * column.maximum / pool if column.n else None,
            effective=effective[column.code],
            options=option_uses(marks, column.code, known[column.code]) if column.code in known else (),
            thresholds=limits,
        )
        for column in marks.columns
    )


def _item(
    column: Column,
    intended: float | None,
    effective: float | None,
    options: tuple[OptionUse, ...],
    thresholds: Thresholds,
) -> ItemStatistics:
    facility = facility_of(column)
    index, efficiency = discrimination_index(column), discriminative_efficiency(column)
    return ItemStatistics(
        code=column.code,
        n=column.n,
        facility=facility,
        facility_interval=None if facility is None else wilson(facility, column.n),
        sd=deviation(column.marks, column.scale),
        discrimination_index=index,
        discriminative_efficiency=efficiency,
        intended_weight=intended,
        effective_weight=effective,
        options=options,
        flags=flags_of(column.n, facility, index, efficiency, options, thresholds),
    )


def facility_of(column: Column) -> float | None:
    """F = 100·x̄/M, in percent; None if nobody had the item."""
    return 100 * sum(column.marks) / (column.n * column.maximum) if column.n else None


def discrimination_index(column: Column) -> float | None:
    """DI = 100·cov(x, o)/√(var x · var o), −100…100; None where x or o does not vary."""
    spread = codeviation(column.marks, column.marks) * codeviation(column.rests, column.rests)
    together = codeviation(column.marks, column.rests)
    return 100 * signed_root(together, together**2, spread) if spread else None


def discriminative_efficiency(column: Column) -> float | None:
    """DE = 100·cov(x, o)/cov_max, at most 100; None where x or o does not vary.

    cov_max is the covariance of x and o each sorted by itself: the most these marks could have discriminated.
    """
    most = codeviation(sorted(column.marks), sorted(column.rests))
    return 100 * codeviation(column.marks, column.rests) / most if most else None


def effective_weights(marks: Marks) -> dict[str, float | None]:
    """By code: 100·√cov(x, T)/Σ√cov(x, T), in percent; the sum is over items with a covariance ≥ 0.

    None for an item whose covariance is negative or does not exist, and for all where none is positive.
    """
    roots = {column.code: _covariance_root(column) for column in marks.columns}
    whole = fsum(size for size in roots.values() if size is not None)
    return {code: 100 * size / whole if whole and size is not None else None for code, size in roots.items()}


def _covariance_root(column: Column) -> float | None:
    together = codeviation(column.marks, column.totals)
    if column.n < 2 or together < 0:
        return None
    return root(together, column.n * (column.n - 1) * column.scale**2)
