"""Seeded dice of the CRM's world: whole numbers mixed from a seed, a customer and a purpose; the same for ever.

Mixing numbers (the finaliser of splitmix64, Steele, Lea and Flood 2014) takes under a microsecond; a
`random.Random` for each of a million customers would take minutes.
"""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1


def mixed(seed: int, n: int, purpose: int) -> int:
    """64 bits that look random; another ``purpose`` gives other bits for the same ``n``."""
    z = (seed * 0x9E3779B97F4A7C15 + n * 0xD1342543DE82EF95 + purpose * 0xF1357AEA2E62A9C5) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def shuffled(count: int, seed: int, purpose: int) -> list[int]:
    """The numbers below ``count`` in an order of their own."""
    return sorted(range(count), key=lambda number: mixed(seed, number, purpose))


class Dice:
    """Throws for one customer and one purpose, one after another."""

    __slots__ = ("_seed", "_thrown")

    def __init__(self, seed: int, n: int, purpose: int) -> None:
        self._seed = mixed(seed, n, purpose)
        self._thrown = 0

    def below(self, bound: int) -> int:
        self._thrown += 1
        return mixed(self._seed, self._thrown, 0) % bound

    def between(self, low: int, high: int) -> int:
        """Both ends included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]
