"""The geometry of a script's graph, in pixels: see templates/scenarios/graph.html."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lms.domain.scenarios.graph import Edge, Graph, Node, Point, Reason

NODE = (188, 74)  # width and height
COLUMN = 214
LAYER = 158
TOP = 44  # room for the ways in from anywhere
ASIDE = 34  # edges arrive beside the middle: the ways in from anywhere are named to the left
DIP = 46  # how far an edge within a layer swings below it


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
    ways = [_way(edge) for edge in graph.edges]
    height = _y(graph.layers - 1) + NODE[1] + 12
    return Drawing(round(graph.across * COLUMN), height, boxes, ways)


def _x(across: float) -> int:
    return round(across * COLUMN)


def _y(layer: int) -> int:
    return TOP + layer * LAYER


def _way(edge: Edge) -> Way:
    first, last = edge.points[0], edge.points[-1]
    if first[1] == last[1]:
        return _sideways(edge, first, last)
    down = last[1] > first[1]
    stations = [*_stations(edge.points, down)]
    path = f"M {stations[0][0]} {stations[0][1]}"
    for number, (one, other) in enumerate(pairwise(stations)):
        middle = (one[1] + other[1]) // 2
        bend = number % 2 == 0  # between layers the way bends, past a layer it goes straight
        path += f" C {one[0]} {middle} {other[0]} {middle} {other[0]} {other[1]}" if bend else f" V {other[1]}"
    (x, y), (next_x, next_y) = stations[0], stations[1]
    return Way(path, round(x + (next_x - x) * 0.3), round(y + (next_y - y) * 0.3), edge.reasons, not down)


def _stations(points: Sequence[Point], down: bool) -> Sequence[tuple[int, int]]:
    """Where the way leaves, passes each layer (in and out), and arrives; upward ways keep to the right."""
    shift = 0 if down else 2 * ASIDE
    leaving, arriving = (NODE[1], 0) if down else (0, NODE[1])
    stations = [(_x(points[0][0]) + shift, _y(points[0][1]) + leaving)]
    for across, layer in points[1:-1]:
        stations += [(_x(across), _y(layer) + arriving), (_x(across), _y(layer) + leaving)]
    return [*stations, (_x(points[-1][0]) + (ASIDE if down else shift), _y(points[-1][1]) + arriving)]


def _sideways(edge: Edge, first: Point, last: Point) -> Way:
    """Below the layer from one node to the other, or back to itself."""
    start, goal, foot = _x(first[0]), _x(last[0]) + (ASIDE if first == last else 0), _y(first[1]) + NODE[1]
    path = f"M {start} {foot} C {start} {foot + DIP} {goal} {foot + DIP} {goal} {foot}"
    return Way(path, (start + goal) // 2, foot + DIP * 3 // 4 + 10, edge.reasons, True)
