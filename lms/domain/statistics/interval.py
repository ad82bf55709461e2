"""How far a share measured on few people may be from the truth."""

from math import sqrt

# Two-sided 95 % of the normal curve.
Z95 = 1.959963984540054


def wilson(percent: float, n: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of a share of ``percent`` among ``n`` ≥ 1 people, in percent, within 0…100.

    Made for right/wrong items. Partial marks vary less than right/wrong marks of the same mean, so for them
    it is rather too wide: the safe side for a warning.
    """
    p, spread = percent / 100, z * z / n
    centre = p + spread / 2
    half = z * sqrt(p * (1 - p) / n + spread / (4 * n))
    low, high = (100 * (centre - half) / (1 + spread), 100 * (centre + half) / (1 + spread))
    return max(0.0, low), min(100.0, high)
