"""Where the labels of a graph's ways stand: on their way, over no node, no other label, and as few ways as can be."""

import unicodedata
from collections.abc import Sequence

LINE = 13  # from one line of a label to the next, in pixels
WIDE, NARROW = 11.0, 6.2  # a sign of the labels' type
_AIR = 3
_ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82)  # where a label would rather stand

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


def width(text: str) -> float:
    return sum(WIDE if unicodedata.east_asian_width(sign) in "WF" else NARROW for sign in text)


def cut(text: str, most: float) -> str:
    """``text`` no wider than ``most`` pixels; what is left out shows as an ellipsis."""
    if width(text) <= most:
        return text
    kept = text
    while kept and width(kept) + WIDE > most:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def rectangle(middle: Point, lines: Sequence[str]) -> Rectangle:
    """What ``lines`` take around their middle."""
    across, down = max(map(width, lines), default=0) / 2 + _AIR, len(lines) * LINE / 2 + 1
    return middle[0] - across, middle[1] - down, middle[0] + across, middle[1] + down


def stands(
    curves: Sequence[Sequence[Point]], labels: Sequence[Sequence[str]], taken: Sequence[Rectangle], bend: int
) -> list[Point]:
    """The middle of each curve's label, in their order: on its first bend (``bend`` points), else further along.

    ``taken``: where nodes and other labels are.
    """
    held = list(taken)
    found = []
    for number, (curve, lines) in enumerate(zip(curves, labels, strict=True)):
        others = [point for other, points in enumerate(curves) if other != number for point in points]
        points = [*_along(curve[:bend]), *_along(curve)]
        costs = [_cost(rectangle(point, lines), held, others) for point in points]
        point = points[costs.index(min(costs))]
        held.append(rectangle(point, lines))
        found.append(point)
    return found


def _along(curve: Sequence[Point]) -> list[Point]:
    return [curve[round(share * (len(curve) - 1))] for share in _ALONG]


def _cost(place: Rectangle, held: Sequence[Rectangle], others: Sequence[Point]) -> float:
    """Covered pixels of nodes and labels weigh most, then ways that would run beneath."""
    crossed = sum(place[0] <= x <= place[2] and place[1] <= y <= place[3] for x, y in others)
    return 10 * sum(_shared(place, other) for other in held) + 100 * crossed


def _shared(one: Rectangle, other: Rectangle) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across * down if across > 0 and down > 0 else 0
