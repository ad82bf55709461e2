"""The script as a graph: every beat, ending and way of the script is in it, nothing on top of another."""

from itertools import combinations, pairwise

import pytest

from lms.domain.scenarios import Ending, Scenario, ways
from lms.domain.scenarios.differences import line_differences
from lms.domain.scenarios.graph import graph
from tests.call_room import shipped


@pytest.fixture(params=["angry-complaint", "cross-department", "new-product", "privacy-pressure", "unclear-charges"])
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return shipped()[request.param]


def test_it_has_every_beat_and_way_of_the_script(scenario: Scenario) -> None:
    laid_out = graph(scenario)
    names = {node.id for node in laid_out.nodes}
    assert {beat.id for beat in scenario.beats} <= names
    anywhere = {move.go for move in scenario.anywhere}
    edges = {(edge.start, edge.goal) for edge in laid_out.edges}
    wanted = {(start, goal) for start, goals in ways(scenario).items() for goal in goals}
    assert wanted - edges <= {(start, goal) for start, goal in wanted if goal in anywhere}
    assert edges <= wanted
    assert {node.id for node in laid_out.nodes if node.entries} == anywhere | {
        Ending.WALKED_OUT,
        Ending.SILENT,
        *([Ending.FAILED] if any(one.ends for one in scenario.critical) else []),
    }


def test_every_reason_of_the_script_is_told_once(scenario: Scenario) -> None:
    laid_out = graph(scenario)
    moves = sum(len(beat.on) + 1 for beat in scenario.beats)  # and each beat's else
    assert sum(len(edge.reasons) for edge in laid_out.edges) == moves
    told = [reason for node in laid_out.nodes for reason in node.entries if reason.kind == "move"]
    assert sorted(map(repr, (reason.when for reason in told))) == sorted(repr(move.when) for move in scenario.anywhere)


def test_nodes_stand_in_layers_side_by_side(scenario: Scenario) -> None:
    laid_out = graph(scenario)
    start = next(node for node in laid_out.nodes if node.id == scenario.beats[0].id)
    assert start.layer == 0
    assert {node.layer for node in laid_out.nodes if node.is_ending} == {laid_out.layers - 1}
    for one, other in combinations(laid_out.nodes, 2):
        if one.layer == other.layer:
            assert abs(one.across - other.across) >= 1
    assert all(0.5 <= node.across <= laid_out.across - 0.5 for node in laid_out.nodes)


def test_an_edge_goes_from_its_start_to_its_goal_and_through_no_node(scenario: Scenario) -> None:
    laid_out = graph(scenario)
    place = {node.id: (node.across, node.layer) for node in laid_out.nodes}
    for edge in laid_out.edges:
        assert (edge.points[0], edge.points[-1]) == (place[edge.start], place[edge.goal])
        assert all(abs(one[1] - other[1]) == 1 for one, other in pairwise(edge.points)) or len(edge.points) == 2
        for across, layer in edge.points[1:-1]:
            assert all(abs(across - x) > 0.5 for x, y in place.values() if y == layer)


def test_the_same_script_is_drawn_the_same(scenario: Scenario) -> None:
    assert graph(scenario) == graph(Scenario.model_validate(scenario.model_dump(mode="json", by_alias=True)))


def test_differences_by_line() -> None:
    old = "\n".join("abcdefghijklmnop")
    rows = line_differences(old, old.replace("h", "H").replace("p", "p\nq"))
    assert [(row.kind, row.old, row.new, row.text) for row in rows if row.kind in ("in", "out")] == [
        ("out", 8, None, "h"), ("in", None, 8, "H"), ("in", None, 17, "q"),
    ]  # fmt: skip
    assert [row.text for row in rows if row.kind == "gap"] == ["4", "2"]
    assert line_differences(old, old) == []
    assert [(row.kind, row.text) for row in line_differences("a", "")] == [("out", "a")]
