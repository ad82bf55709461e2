"""Totals are exact, pass lines decided exactly, and a better answer never costs anything."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.blueprints import Blueprint
from lms.domain.results import Earned, Feedback, by_topic, load_sections, outcome, strengths, to_improve
from lms.domain.values import shown

BLUEPRINT = Blueprint.model_validate(
    {
        "code": "b", "title": {"zh": "卷"}, "minutes": 90, "pass_total": 60,
        "sections": [
            {"section": "business", "weight": 40, "picks": [{"kind": "single", "count": 40, "points": 1}]},
            {"section": "compliance", "weight": 30, "pass_points": 24,
             "picks": [{"kind": "single", "count": 30, "points": 1}]},
            {"section": "case", "weight": 30, "picks": [{"kind": "written", "count": 3, "points": 10}]},
        ],
    }
)  # fmt: skip


def earned(business: Fraction | int, compliance: Fraction | int, case: Fraction | int) -> list[Earned]:
    return [
        Earned("business", 40, Fraction(business) / 40),
        Earned("compliance", 30, Fraction(compliance) / 30),
        Earned("case", 30, Fraction(case) / 30),
    ]


def test_four_of_forty_and_twice_twenty_eight_of_thirty_is_exactly_sixty() -> None:
    result = outcome(BLUEPRINT, earned(4, 28, 28))
    assert result.total == 60
    assert result.passed


def test_a_hair_below_the_line_fails_and_is_never_shown_as_the_line() -> None:
    result = outcome(BLUEPRINT, earned(Fraction("3.995"), 28, 28))
    assert result.total == Fraction("59.995")
    assert not result.passed
    assert shown(result.total) == "59.99"


def test_a_section_below_its_own_line_fails_whatever_the_total() -> None:
    result = outcome(BLUEPRINT, earned(40, 23, 30))
    assert result.total == 93
    assert [section.passed for section in result.sections] == [True, False, True]
    assert not result.passed


def test_sections_survive_their_table() -> None:
    result = outcome(BLUEPRINT, earned(Fraction(1, 3), 28, 28))
    assert load_sections(result.dump_sections()) == result.sections


shares = st.fractions(min_value=0, max_value=1, max_denominator=60)


@given(st.lists(st.tuples(st.sampled_from(["business", "compliance", "case"]), st.integers(1, 20), shares)))
def test_a_mark_lies_between_nothing_and_the_maximum(rows: list[tuple[str, int, Fraction]]) -> None:
    result = outcome(BLUEPRINT, [Earned(*row) for row in rows])
    assert 0 <= result.total <= 100
    assert all(0 <= section.score <= section.weight for section in result.sections)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=10))
def test_all_right_is_full_marks(points: list[int]) -> None:
    questions = [Earned(section, p, Fraction(1)) for section in ("business", "compliance", "case") for p in points]
    result = outcome(BLUEPRINT, questions)
    assert result.total == 100
    assert result.passed


@given(st.lists(shares, min_size=3, max_size=9), st.data())
def test_a_better_answer_never_lowers_the_total(given_shares: list[Fraction], data: st.DataObject) -> None:
    sections = ["business", "compliance", "case"]
    before = [Earned(sections[n % 3], n + 1, share) for n, share in enumerate(given_shares)]
    place = data.draw(st.integers(0, len(before) - 1))
    better = data.draw(st.fractions(min_value=before[place].share, max_value=1, max_denominator=60))
    after = [*before]
    after[place] = Earned(before[place].section, before[place].points, better)
    low, high = outcome(BLUEPRINT, before), outcome(BLUEPRINT, after)
    assert high.total >= low.total
    assert high.passed or not low.passed


def test_topics_to_improve_and_strengths() -> None:
    topics = by_topic(
        [
            Earned("business", 2, Fraction(1), "plans"),
            Earned("business", 2, Fraction(0), "billing"),
            Earned("business", 2, Fraction(1), "billing"),
            Earned("case", 10, Fraction(4, 5), "disputes"),
        ]
    )
    assert [one.topic for one in to_improve(topics)] == ["billing"]
    assert [one.topic for one in strengths(topics)] == ["plans"]


def test_feedback_hides_answers_and_keys_unless_asked() -> None:
    default = Feedback.model_validate({})
    assert (default.total, default.sections, default.topics) == (True, True, True)
    assert not (default.own_answers or default.right_answers or default.comments)
    with pytest.raises(ValueError, match="keys"):
        Feedback.model_validate({"keys": True})
