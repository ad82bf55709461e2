"""Agreement of examiners 评分一致性: with the agreed levels of benchmark calls, or with each other.

Levels are whole numbers from 1 to ``HIGHEST``. A figure that does not exist is None and says why: on equal marks
kappa has no meaning, and a reader must not take a hole for perfect agreement.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from lms.domain.call_marks import HIGHEST

Pair = tuple[int, int]  # two levels of one criterion of one call

GATE_EXACT = Fraction(7, 10)  # the least share of exact levels with which an examiner may mark live
GATE_APART = 1  # and no level may be further away than this


class Weights(StrEnum):
    """How much a disagreement of d levels counts: any the same, by d, or by d²."""

    NONE = "none"
    LINEAR = "linear"
    QUADRATIC = "quadratic"

    def of(self, one: int, other: int) -> int:
        """Not divided by its greatest value: that cancels in kappa."""
        apart = abs(one - other)
        return {Weights.NONE: int(apart > 0), Weights.LINEAR: apart, Weights.QUADRATIC: apart**2}[self]


class WhyNot(StrEnum):
    """Why kappa cannot be computed."""

    FEW = "few"  # fewer than two pairs
    ALL_EQUAL = "all-equal"  # every level of both is the same one: nothing could have been disagreed about


@dataclass(frozen=True, slots=True)
class Kappa:
    """``value`` at most 1, 0 is what chance gives, below 0 is worse than chance; None says ``why_not``."""

    value: Fraction | None
    why_not: WhyNot | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """``n`` pairs; ``exact`` and ``within_one`` are shares 0…1, None where there is no pair."""

    n: int
    exact: Fraction | None
    within_one: Fraction | None
    kappa: Kappa


def agreement(pairs: Sequence[Pair]) -> Agreement:
    """All three figures belong together: 80 % exact levels may go with a kappa below 0 where marks are one-sided."""
    return Agreement(len(pairs), share_within(pairs, 0), share_within(pairs, 1), weighted_kappa(pairs))


def share_within(pairs: Sequence[Pair], apart: int) -> Fraction | None:
    """The share of pairs that are at most ``apart`` levels from each other; None without a pair."""
    near = sum(abs(one - other) <= apart for one, other in pairs)
    return Fraction(near, len(pairs)) if pairs else None


def weighted_kappa(pairs: Sequence[Pair], weights: Weights = Weights.QUADRATIC) -> Kappa:
    """Cohen's weighted kappa 1 − ΣwO/ΣwE, exact; E is what the two would give by chance, each with their own habits.

    Raises ValueError on a level outside 1…``HIGHEST``.
    """
    if any(not 1 <= level <= HIGHEST for pair in pairs for level in pair):
        raise ValueError(f"levels run from 1 to {HIGHEST}")
    n = len(pairs)
    if n < 2:
        return Kappa(None, WhyNot.FEW)
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(
        weights.of(one, other) * times * other_times
        for one, times in ones.items()
        for other, other_times in others.items()
    )
    if not by_chance:
        return Kappa(None, WhyNot.ALL_EQUAL)
    seen = sum(weights.of(one, other) for one, other in pairs)
    return Kappa(1 - Fraction(n * seen, by_chance))


def passes_gate(pairs: Sequence[Pair]) -> bool:
    """Whether an examiner who gave these levels to benchmark calls may mark live: 70 % exact, all within one level."""
    exact, near = share_within(pairs, 0), share_within(pairs, GATE_APART)
    return exact is not None and exact >= GATE_EXACT and near == 1
