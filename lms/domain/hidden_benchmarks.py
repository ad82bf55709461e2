"""Hidden benchmarks 隐藏标杆: when one comes up among an examiner's live work, and when an examiner drifts.

Everything follows from seeds, so that nobody chooses who is watched when.
"""

import hashlib
from collections.abc import Collection, Sequence
from fractions import Fraction

from lms.domain.agreement import GATE_EXACT, Pair, share_within

LEAST_APART, MOST_APART = 12, 16  # of so many calls that an examiner takes the last is a benchmark: 6 to 8 in a hundred
TOLD_FROM = 3  # hidden benchmarks that must be in before anybody is told a figure: until then it stays blind
WINDOW = 5  # drift is judged on the last so many


def apart(seed: str, placed: int) -> int:
    """How many calls the examiner takes until the next benchmark, itself counted; ``placed``: how many there were."""
    return LEAST_APART + _drawn(f"{seed}:apart:{placed}") % (MOST_APART - LEAST_APART + 1)


def is_due(seed: str, placed: int, taken: int) -> bool:
    """Whether the next call is to be a benchmark; ``taken``: calls that the examiner took since the last one."""
    return taken + 1 >= apart(seed, placed)


def next_benchmark(seed: str, unseen: Collection[tuple[str, str]], language: str) -> str | None:
    """The code to come up, of (code, language) that the examiner never met: in ``language`` where there is one, so
    that it does not stand out among what waits."""
    ranked = sorted(unseen, key=lambda one: (one[1] != language, _drawn(f"{seed}:which:{one[0]}")))
    return ranked[0][0] if ranked else None


def drifts(calls: Sequence[Sequence[Pair]]) -> bool:
    """Whether fewer than 70 % of the levels were exact in the last hidden benchmarks (the newest last).

    False below ``TOLD_FROM``. It is a warning to people and changes nobody's rights.
    """
    recent = [pair for pairs in calls[-WINDOW:] for pair in pairs]
    exact: Fraction | None = share_within(recent, 0)
    return len(calls) >= TOLD_FROM and exact is not None and exact < GATE_EXACT


def _drawn(text: str) -> int:
    return int.from_bytes(hashlib.sha256(f"hidden-benchmark:{text}".encode()).digest()[:8])
