"""Exact sums over whole numbers; a float appears only in the last division or root."""

from collections.abc import Sequence
from math import sqrt
from operator import mul


def codeviation(xs: Sequence[int], ys: Sequence[int]) -> int:
    """n·Σxy − Σx·Σy, which is n·(n − 1) times the covariance; no digit is lost, however close the values."""
    products: int = sum(map(mul, xs, ys))
    return len(xs) * products - sum(xs) * sum(ys)


def root(numerator: int, denominator: int) -> float:
    """√(numerator/denominator); both may be far larger than a float holds, so they are divided first."""
    return sqrt(numerator / denominator)


def signed_root(signed: int, numerator: int, denominator: int) -> float:
    """:func:`root` with the sign of ``signed``."""
    size = root(numerator, denominator)
    return -size if signed < 0 else size


def deviation(xs: Sequence[int], scale: int) -> float | None:
    """The standard deviation (n − 1) of xs/scale; None for fewer than two."""
    n = len(xs)
    return root(codeviation(xs, xs), n * (n - 1) * scale**2) if n > 1 else None
