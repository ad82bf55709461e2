"""The geometry of a script's graph, in pixels: see templates/scenarios/graph.html."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lms.domain.scenarios.graph import Edge, Graph, Node, Point, Reason
from lms.web.graph_labels import LINE, Rectangle, rectangle, stands, width

NODE = (188, 88)  # width and height
COLUMN = 214
LAYER = 196
TOP = 58  # room for the ways in from anywhere
ENTRY = 46  # how far above its node a way in from anywhere begins
ENTRY_AT = 14  # from a node's left edge
BESIDE = 8  # from the way in to its label
ASIDE = 62  # edges arrive beside the middle where the ways in from anywhere are named to the left
PORT = 50  # between two edges that leave the same node
BACK = 34  # beside the middle, where edges from below arrive
DIP = 50  # how far an edge within a layer swings below it
LABEL = NODE[0] // 2 + ASIDE - ENTRY_AT - BESIDE - 8  # the widest label
STEPS = 24  # points of a bend that are looked at

Station = tuple[int, int]
Said = Callable[[Sequence[Reason]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Box:
    """``lines`` name its ways in from anywhere, the first of them at ``label`` down."""

    node: Node
    left: int
    top: int
    lines: Sequence[str]

    @property
    def label(self) -> int:
        return self.top - 12 - (len(self.lines) - 1) * LINE

    def taken(self) -> Iterator[Rectangle]:
        yield self.left, self.top, self.left + NODE[0], self.top + NODE[1]
        if self.lines:
            start = self.left + ENTRY_AT
            yield start - 8, self.top - ENTRY, start + BESIDE + max(map(width, self.lines)), self.top


@dataclass(frozen=True, slots=True)
class Way:
    """``path`` as SVG draws it; its label's lines stand around ``x``, the first at ``y``."""

    path: str
    x: int
    y: int
    lines: Sequence[str]
    reasons: Sequence[Reason]
    backward: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    boxes: Sequence[Box]
    ways: Sequence[Way]


def drawn(graph: Graph, said: Said) -> Drawing:
    """``said``: the lines of a label, none wider than ``LABEL``."""
    boxes = [
        Box(node, _x(node.across) - NODE[0] // 2, _y(node.layer), said(node.entries) if node.entries else ())
        for node in graph.nodes
    ]
    aside = {node.id: ASIDE if node.entries else 0 for node in graph.nodes}
    edges = list(_ports(graph.edges))
    curves = [_curve(edge, port, aside) for edge, port in edges]
    labels = [said(edge.reasons) for edge, _port in edges]
    taken = [one for box in boxes for one in box.taken()]
    middles = stands([curve.points() for curve in curves], labels, taken, STEPS)
    ways = [
        _way(edge, curve, lines, middle)
        for (edge, _port), curve, lines, middle in zip(edges, curves, labels, middles, strict=True)
    ]
    height = _y(graph.layers - 1) + NODE[1] + 12
    return Drawing(round(graph.across * COLUMN), height, boxes, ways)


def _x(across: float) -> int:
    return round(across * COLUMN)


def _y(layer: int) -> int:
    return TOP + layer * LAYER


def _ports(edges: Sequence[Edge]) -> Iterator[tuple[Edge, int]]:
    """Each edge, and how far from its node's middle it leaves: those that leave one node, in their order."""
    leaving: dict[str, list[Edge]] = {}
    for edge in sorted(edges, key=lambda edge: edge.points[1][0]):
        leaving.setdefault(edge.start, []).append(edge)
    for group in leaving.values():
        for number, edge in enumerate(group):
            yield edge, round((number - (len(group) - 1) / 2) * PORT)


@dataclass(frozen=True, slots=True)
class _Curve:
    """Bends from station to station; past a layer, between every second and third, it goes straight."""

    stations: Sequence[Station]
    dip: int = 0  # how far it swings below its ends, which then are level

    def path(self) -> str:
        drawn = f"M {self.stations[0][0]} {self.stations[0][1]}"
        for one, other, bends in self._parts():
            drawn += f" C {_places(*self._controls(one, other), other)}" if bends else f" V {other[1]}"
        return drawn

    def points(self) -> list[tuple[float, float]]:
        """Points along the curve, close together."""
        found = []
        for one, other, bends in self._parts():
            first, second = self._controls(one, other) if bends else (one, other)
            for step in range(STEPS):
                found.append(_cubic(one, first, second, other, step / STEPS))
        return found

    def _parts(self) -> Iterator[tuple[Station, Station, bool]]:
        for number, (one, other) in enumerate(pairwise(self.stations)):
            yield one, other, number % 2 == 0

    def _controls(self, one: Station, other: Station) -> tuple[Station, Station]:
        down = one[1] + self.dip if self.dip else (one[1] + other[1]) // 2
        return (one[0], down), (other[0], down)


def _places(*stations: Station) -> str:
    return " ".join(f"{x} {y}" for x, y in stations)


def _cubic(start: Station, first: Station, second: Station, end: Station, share: float) -> tuple[float, float]:
    """The point of a Bézier curve at ``share`` of its parameter."""
    rest = 1 - share
    weights = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
    four = (start, first, second, end)
    return sum(w * at[0] for w, at in zip(weights, four, strict=True)), sum(
        w * at[1] for w, at in zip(weights, four, strict=True)
    )


def _way(edge: Edge, curve: _Curve, lines: Sequence[str], middle: tuple[float, float]) -> Way:
    top = rectangle(middle, lines)[1]
    backward = edge.points[-1][1] <= edge.points[0][1]
    return Way(curve.path(), round(middle[0]), round(top + LINE - 2), lines, edge.reasons, backward)


def _curve(edge: Edge, port: int, aside: Mapping[str, int]) -> _Curve:
    first, last = edge.points[0], edge.points[-1]
    if first[1] == last[1]:
        return _sideways(first, last, port)
    down = last[1] > first[1]
    return _Curve(list(_stations(edge.points, port, aside[edge.goal] if down else -BACK, down)))


def _stations(points: Sequence[Point], port: int, aside: int, down: bool) -> Iterator[Station]:
    """Where the way leaves, passes each layer (in and out), and arrives."""
    leaving, arriving = (NODE[1], 0) if down else (0, NODE[1])
    yield _x(points[0][0]) + (port if down else 2 * BACK), _y(points[0][1]) + leaving
    for across, layer in points[1:-1]:
        yield _x(across), _y(layer) + arriving
        yield _x(across), _y(layer) + leaving
    yield _x(points[-1][0]) + aside, _y(points[-1][1]) + arriving


def _sideways(first: Point, last: Point, port: int) -> _Curve:
    """Below the layer from one node to the other, or back to itself."""
    foot = _y(first[1]) + NODE[1]
    start = _x(first[0]) + port
    goal = start + BACK if first == last else _x(last[0]) + (2 * BACK if start > _x(last[0]) else -2 * BACK)
    return _Curve([(start, foot), (goal, foot)], DIP)
