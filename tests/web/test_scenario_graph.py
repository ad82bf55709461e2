"""The script's picture: labels can be read, on no node and on no other label, in both languages."""

from itertools import combinations

import pytest
from flask import Flask, g

from lms.domain.scenarios import Scenario
from lms.domain.scenarios.graph import graph
from lms.domain.values import Language
from lms.web import scenario_words
from lms.web.graph_labels import LINE, Rectangle, cut, stands, width
from lms.web.scenario_graph import LABEL, NODE, Drawing, drawn
from tests.call_room import shipped

LARGEST_SHARED = 40  # square pixels: corners that touch


def drawing_of(app: Flask, scenario: Scenario, language: Language) -> Drawing:
    with app.app_context(), app.test_request_context():
        g.language = language.value
        return drawn(graph(scenario), lambda reasons: scenario_words.label(reasons, scenario))


def labels(drawing: Drawing) -> list[Rectangle]:
    found = []
    for way in drawing.ways:
        half = max(map(width, way.lines)) / 2
        found.append((way.x - half, way.y - LINE + 2, way.x + half, way.y + (len(way.lines) - 1) * LINE + 2))
    for box in drawing.boxes:
        if box.lines:
            left = box.left + 22
            right = left + max(map(width, box.lines))
            found.append((left, box.label - LINE + 2, right, box.label + (len(box.lines) - 1) * LINE + 2))
    return found


def shared(one: Rectangle, other: Rectangle) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0) * max(down, 0)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", sorted(shipped()))
def test_no_label_covers_another_or_a_node(app: Flask, name: str, language: Language) -> None:
    drawing = drawing_of(app, shipped()[name], language)
    assert len(drawing.ways) == len(graph(shipped()[name]).edges)
    found = labels(drawing)
    for one, other in combinations(found, 2):
        assert shared(one, other) <= LARGEST_SHARED, (one, other)
    nodes = [(box.left, box.top, box.left + NODE[0], box.top + NODE[1]) for box in drawing.boxes]
    for label in found:
        assert all(shared(label, node) <= LARGEST_SHARED for node in nodes), label
        assert label[0] >= 0 and label[2] <= drawing.width and label[1] >= 0
    lines = [line for one in (*drawing.ways, *drawing.boxes) for line in one.lines]
    assert all(line and width(line) <= LABEL for line in lines)


def test_labels_say_what_is_meant_in_the_page_s_language(app: Flask) -> None:
    scenario = shipped()["angry-complaint"]
    said = {language: drawing_of(app, scenario, language) for language in Language}
    boss = {language: next(one for one in said[language].boxes if one.node.id == "debt") for language in Language}
    assert boss[Language.ZH].lines == ["说出60元旧户欠费或合账"]
    assert boss[Language.EN].lines == ["explains_sixty"]


def test_what_is_too_long_is_cut_with_an_ellipsis() -> None:
    assert cut("说明", 60) == "说明"
    assert cut("说明为什么要核验", 60) == "说明为什…"
    assert width(cut("a" * 100, 60)) <= 60


def test_a_label_leaves_its_place_where_another_stands() -> None:
    curve = [(100.0, float(y)) for y in range(100)]
    [free] = stands([curve], [["label"]], [], len(curve))
    [moved] = stands([curve], [["label"]], [(60.0, 40.0, 140.0, 60.0)], len(curve))
    assert abs(free[1] - 50) <= 1 and abs(moved[1] - 50) > 10
