"""How far totals can be trusted where everybody got a paper of their own: items drawn at random for each.

Cronbach's alpha needs the same items for all. Where they were drawn, each candidate's own marks tell how uncertain
their total is: the compound binomial error of Lord, Σ over strata of n·var(x), each stratum being the items of one
maximum (Feldt & Qualls 1996). On right/wrong items of one maximum the coefficient is KR-21.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from lms.domain.statistics.marks import Marks
from lms.domain.statistics.sums import codeviation


@dataclass(frozen=True)
class Dependability:
    """``coefficient`` in percent, at most 100 (may be below 0); ``standard_error`` in marks."""

    coefficient: float
    standard_error: float


def dependability(marks: Marks) -> Dependability | None:
    """None where totals do not vary, or somebody's paper has a single item of some maximum: nothing tells its error."""
    papers = [
        [(mark, maximum) for mark, maximum in zip(row, marks.maxima, strict=True) if mark is not None]
        for row in marks.units
    ]
    errors = [error_variance(paper) for paper in papers if paper]
    totals, n = marks.totals_in_units, len(errors)
    spread = codeviation(totals, totals)
    if not spread or None in errors:
        return None
    error = sum((each for each in errors if each is not None), Fraction(0)) / n
    return Dependability(
        coefficient=float(100 * (1 - error * n * (n - 1) / spread)),
        standard_error=sqrt(error) / marks.scale,
    )


def error_variance(paper: Sequence[tuple[int, Fraction]]) -> Fraction | None:
    """Σ n·var(x) over one paper's strata, from its (mark, maximum) pairs; None where a stratum is a single item."""
    strata: defaultdict[Fraction, list[int]] = defaultdict(list)
    for mark, maximum in paper:
        strata[maximum].append(mark)
    if any(len(stratum) < 2 for stratum in strata.values()):
        return None
    parts = (Fraction(codeviation(stratum, stratum), len(stratum) - 1) for stratum in strata.values())
    return sum(parts, Fraction(0))
