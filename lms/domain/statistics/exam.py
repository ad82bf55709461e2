"""Statistics of a whole test 整卷分析: the spread of its totals and how far they can be trusted."""

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from lms.domain.statistics.marks import Marks
from lms.domain.statistics.sums import codeviation, deviation, signed_root


@dataclass(frozen=True)
class ExamStatistics:
    """``n`` candidates who had at least one item; None is a figure that does not exist.

    ``mean``, ``sd`` and ``standard_error`` are in marks, ``cic`` and ``error_ratio`` in percent. ``cic``
    (Cronbach's alpha) may be below 0, and ``error_ratio`` then is above 100: a sign of items that contradict
    each other, so it is shown as it is. Both exist only where all candidates had the same items, and so does
    ``standard_error``. Where the papers drawn have different maxima, read ``mean`` and ``sd`` with care: the
    totals are not out of the same number.
    """

    n: int
    mean: float | None
    sd: float | None
    skewness: float | None
    kurtosis: float | None
    cic: float | None
    error_ratio: float | None
    standard_error: float | None


def exam_statistics(marks: Marks) -> ExamStatistics:
    totals, scale = marks.totals_in_units, marks.scale
    sd = deviation(totals, scale)
    alpha = internal_consistency(marks)
    error_ratio = None if alpha is None else 100 * sqrt(1 - alpha)
    return ExamStatistics(
        n=len(totals),
        mean=sum(totals) / (len(totals) * scale) if totals else None,
        sd=sd,
        skewness=skewness(totals),
        kurtosis=kurtosis(totals),
        cic=None if alpha is None else float(100 * alpha),
        error_ratio=error_ratio,
        standard_error=None if error_ratio is None or sd is None else error_ratio * sd / 100,
    )


def internal_consistency(marks: Marks) -> Fraction | None:
    """Cronbach's alpha k/(k − 1)·(1 − Σvar(x)/var(T)), exact, at most 1; k counts the items that were given.

    None on fewer than two items or candidates, on totals that do not vary, and where candidates had different
    items: then there is no one set of k items whose consistency this could be.
    """
    given = [column.marks for column in marks.columns if column.n]
    k, whole = len(given), codeviation(marks.totals_in_units, marks.totals_in_units)
    if k < 2 or not whole or not marks.same_items:
        return None
    parts = sum(codeviation(item, item) for item in given)
    return Fraction(k, k - 1) * (1 - Fraction(parts, whole))


def skewness(values: list[int]) -> float | None:
    """k₃/k₂^1.5 by the unbiased cumulants (Excel's SKEW); None on fewer than three values or no spread."""
    n, (m2, m3, _) = len(values), _powers(values)
    if n < 3 or not m2:
        return None
    return signed_root(m3, n**2 * (n - 1) * m3**2, (n - 2) ** 2 * m2**3)


def kurtosis(values: list[int]) -> float | None:
    """k₄/k₂² by the unbiased cumulants (Excel's KURT, 0 for a normal curve); None on fewer than four
    values or no spread.
    """
    n, (m2, _, m4) = len(values), _powers(values)
    if n < 4 or not m2:
        return None
    return (n - 1) * (n * (n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 2) * (n - 3) * m2**2)


def _powers(values: list[int]) -> tuple[int, int, int]:
    """Σd², Σd³, Σd⁴ of the deviations from the mean; d = n·value − Σvalues is whole; n cancels."""
    n, whole = len(values), sum(values)
    deviations = [n * value - whole for value in values]
    return sum(d**2 for d in deviations), sum(d**3 for d in deviations), sum(d**4 for d in deviations)
