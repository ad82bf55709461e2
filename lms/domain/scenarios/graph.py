"""The script as a graph, laid out in layers: what trainers see of beats, endings and what moves the customer.

The unit across is one node; a point's ``down`` is its layer. What may happen anywhere in a call (a move from
anywhere, anger, silence, a critical failure) is no edge from every beat but an entry of the node it leads to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from lms.domain.scenarios.beats import Ending, Move
from lms.domain.scenarios.conditions import Condition
from lms.domain.scenarios.scenario import Scenario
from lms.domain.scenarios.texts import Both

BEND = 0.3  # how much room an edge takes where it passes a layer
SWEEPS = 6

Point = tuple[float, int]


@dataclass(frozen=True, slots=True)
class Reason:
    """What moves the customer: conditions of a move, ``times`` an else, or what is there in every call."""

    kind: Literal["move", "else", "anger", "silence", "critical"]
    when: tuple[Condition, ...] = ()
    times: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """A beat or an ending; ``entries`` are its ways in from anywhere. ``across`` is the middle."""

    id: str
    is_ending: bool
    text: Both
    layer: int
    across: float
    entries: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """``points`` from the start to the goal, one a layer; two in the same layer where it goes sideways."""

    start: str
    goal: str
    reasons: tuple[Reason, ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    across: float
    layers: int


def graph(scenario: Scenario) -> Graph:
    """The graph of a sound scenario; the same scenario gives the same graph."""
    moves = _moves(scenario)
    entries = _entries(scenario)
    layers = _layers(scenario, moves, entries)
    bends = {way: _bends(way, layers) for way in moves}
    across, widest = _across(layers, moves, bends)
    nodes = tuple(
        Node(name, name not in scenario.beat_by_id, _text(scenario, name), layers[name], across[name],
             entries.get(name, ()))
        for name in layers
    )  # fmt: skip
    edges = tuple(
        Edge(start, goal, reasons, tuple(_points(start, goal, bends[start, goal], layers, across)))
        for (start, goal), reasons in moves.items()
    )
    return Graph(nodes, edges, widest, max(layers.values()) + 1)


def _moves(scenario: Scenario) -> dict[tuple[str, str], tuple[Reason, ...]]:
    """(beat, goal) → what leads from the one to the other, in the order in which it is tried."""
    found: dict[tuple[str, str], tuple[Reason, ...]] = {}
    for beat in scenario.beats:
        ways = [(move.go, Reason("move", move.when)) for move in beat.on]
        ways.append((beat.otherwise.go, Reason("else", times=beat.otherwise.max)))
        for goal, reason in ways:
            found[beat.id, goal] = (*found.get((beat.id, goal), ()), reason)
    return found


def _entries(scenario: Scenario) -> dict[str, tuple[Reason, ...]]:
    found: dict[str, tuple[Reason, ...]] = {}
    ways = [(move.go, Reason("move", move.when)) for move in scenario.anywhere]
    ways += [(Ending.WALKED_OUT.value, Reason("anger")), (Ending.SILENT.value, Reason("silence"))]
    if any(one.ends for one in scenario.critical):
        ways.append((Ending.FAILED.value, Reason("critical")))
    for goal, reason in ways:
        found[goal] = (*found.get(goal, ()), reason)
    return found


def _layers(
    scenario: Scenario, moves: Mapping[tuple[str, str], object], entries: Mapping[str, object]
) -> dict[str, int]:
    """Beats below those before them in the file that lead to them, all endings in the last layer."""
    names = [beat.id for beat in scenario.beats]
    before: dict[str, set[str]] = {name: set() for name in names}
    for start, goal in moves:
        if goal in before:
            before[goal].add(start)
    for move in scenario.anywhere:
        if move.go in before:
            before[move.go] |= set(_visited(move))
    layers = {names[0]: 0}
    for number, name in enumerate(names[1:], 1):
        layers[name] = max((layers[one] + 1 for one in before[name] & set(names[:number])), default=1)
    last = max(layers.values()) + 1
    reached = {goal for _, goal in moves} | entries.keys()
    return layers | {ending.value: last for ending in Ending if ending.value in reached}


def _visited(move: Move) -> Iterator[str]:
    for condition in move.when:
        yield from condition.visited or ()


def _bends(way: tuple[str, str], layers: Mapping[str, int]) -> range:
    """The layers that an edge passes between its ends."""
    high, low = sorted((layers[way[0]], layers[way[1]]))
    return range(high + 1, low)


_Item = str | tuple[str, str, int]  # a node, or an edge where it passes a layer


def _across(
    layers: Mapping[str, int], ways: Mapping[tuple[str, str], object], bends: Mapping[tuple[str, str], range]
) -> tuple[dict[_Item, float], float]:
    """Where each node and each bend stands, and how wide the widest layer is; few crossings by sweeping."""
    rows: list[list[_Item]] = [[] for _ in range(max(layers.values()) + 1)]
    for name, layer in layers.items():
        rows[layer].append(name)
    near: dict[_Item, list[_Item]] = {name: [] for name in layers}
    for (start, goal), passed in bends.items():
        high, low = sorted((start, goal), key=layers.__getitem__)
        chain: list[_Item] = [high, *((start, goal, layer) for layer in passed), low]
        for layer, bend in zip(passed, chain[1:-1], strict=True):
            rows[layer].append(bend)
            near[bend] = []
        for upper, lower in pairwise(chain):
            near[upper].append(lower)
            near[lower].append(upper)
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            placed = _placed(rows)
            wanted = {item: _mean([placed[one] for one in near[item]], placed[item]) for item in row}
            row.sort(key=wanted.__getitem__)
    return _placed(rows), max(map(_width, rows))


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _room(item: _Item) -> float:
    return 1.0 if isinstance(item, str) else BEND


def _width(row: Sequence[_Item]) -> float:
    return sum(map(_room, row))


def _placed(rows: Sequence[Sequence[_Item]]) -> dict[_Item, float]:
    """Each row side by side, in the middle of the widest."""
    widest = max(map(_width, rows))
    placed: dict[_Item, float] = {}
    for row in rows:
        left = (widest - _width(row)) / 2
        for item in row:
            placed[item] = left + _room(item) / 2
            left += _room(item)
    return placed


def _points(
    start: str, goal: str, passed: range, layers: Mapping[str, int], across: Mapping[_Item, float]
) -> Iterator[Point]:
    yield across[start], layers[start]
    for layer in passed if layers[start] < layers[goal] else reversed(passed):
        yield across[start, goal, layer], layer
    yield across[goal], layers[goal]


def _text(scenario: Scenario, name: str) -> Both:
    if beat := scenario.beat_by_id.get(name):
        return beat.acts
    end = scenario.ends.of(Ending(name))
    assert end is not None  # the others are the agent's own deeds, nothing leads to them
    return end.text
