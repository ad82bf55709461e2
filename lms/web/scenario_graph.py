"""The geometry of a script's graph, in pixels: see templates/scenarios/graph.html."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lms.domain.scenarios.graph import Edge, Graph, Node, Point, Reason

NODE = (188, 78)  # width and height
COLUMN = 214
LAYER = 166
TOP = 44  # room for the ways in from anywhere
ASIDE = 34  # edges arrive beside the middle where the ways in from anywhere are named to the left
PORT = 50  # between two edges that leave the same node
DIP = 50  # how far an edge within a layer swings below it
# A label stands on its way's first bend, at a quarter or at the half, so that neighbours' labels do not meet.
LABELS = ((0.2, 0.29), (0.5, 0.5))

Station = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    node: Node
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Way:
    """``path`` as SVG draws it; the label's middle stands at ``x``, ``y``."""

    path: str
    x: int
    y: int
    reasons: Sequence[Reason]
    backward: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    boxes: Sequence[Box]
    ways: Sequence[Way]


def drawn(graph: Graph) -> Drawing:
    boxes = [Box(node, _x(node.across) - NODE[0] // 2, _y(node.layer)) for node in graph.nodes]
    aside = {node.id: ASIDE if node.entries else 0 for node in graph.nodes}
    ways = [_way(edge, number, port, aside) for edge, number, port in _ports(graph.edges)]
    height = _y(graph.layers - 1) + NODE[1] + 12
    return Drawing(round(graph.across * COLUMN), height, boxes, ways)


def _x(across: float) -> int:
    return round(across * COLUMN)


def _y(layer: int) -> int:
    return TOP + layer * LAYER


def _ports(edges: Sequence[Edge]) -> Sequence[tuple[Edge, int, int]]:
    """Each edge, which it is of those that leave its node, and how far from the middle it leaves: in their order."""
    leaving: dict[str, list[Edge]] = {}
    for edge in sorted(edges, key=lambda edge: edge.points[1][0]):
        leaving.setdefault(edge.start, []).append(edge)
    return [
        (edge, number, round((number - (len(group) - 1) / 2) * PORT))
        for group in leaving.values()
        for number, edge in enumerate(group)
    ]


def _way(edge: Edge, number: int, port: int, aside: Mapping[str, int]) -> Way:
    first, last = edge.points[0], edge.points[-1]
    if first[1] == last[1]:
        return _sideways(edge, first, last, port)
    down = last[1] > first[1]
    stations = [*_stations(edge.points, port, aside[edge.goal] if down else -ASIDE, down)]
    path = f"M {stations[0][0]} {stations[0][1]}"
    for bend, (one, other) in enumerate(pairwise(stations)):
        middle = (one[1] + other[1]) // 2  # between layers the way bends, past a layer it goes straight
        path += f" C {one[0]} {middle} {other[0]} {middle} {other[0]} {other[1]}" if bend % 2 == 0 else f" V {other[1]}"
    (x, y), (next_x, next_y) = stations[0], stations[1]
    across, along = LABELS[number % len(LABELS)]
    return Way(path, round(x + (next_x - x) * across), round(y + (next_y - y) * along), edge.reasons, not down)


def _stations(points: Sequence[Point], port: int, aside: int, down: bool) -> Sequence[Station]:
    """Where the way leaves, passes each layer (in and out), and arrives."""
    leaving, arriving = (NODE[1], 0) if down else (0, NODE[1])
    stations = [(_x(points[0][0]) + (port if down else 2 * ASIDE), _y(points[0][1]) + leaving)]
    for across, layer in points[1:-1]:
        stations += [(_x(across), _y(layer) + arriving), (_x(across), _y(layer) + leaving)]
    return [*stations, (_x(points[-1][0]) + aside, _y(points[-1][1]) + arriving)]


def _sideways(edge: Edge, first: Point, last: Point, port: int) -> Way:
    """Below the layer from one node to the other, or back to itself."""
    foot = _y(first[1]) + NODE[1]
    start = _x(first[0]) + port
    goal = start + ASIDE if first == last else _x(last[0]) + (2 * ASIDE if start > _x(last[0]) else -2 * ASIDE)
    path = f"M {start} {foot} C {start} {foot + DIP} {goal} {foot + DIP} {goal} {foot}"
    return Way(path, (start + goal) // 2, foot + DIP * 3 // 4 + 4, edge.reasons, True)
