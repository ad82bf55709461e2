"""Points per criterion, double marking and the third marker."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.attempts import FOLLOWS, AttemptState
from lms.domain.blueprints import Blueprint
from lms.domain.double_marking import agreed, chosen, near_a_line
from lms.domain.marking import MarksRejected, read_marks, share_of
from lms.domain.questions import Criterion
from lms.domain.results import Earned, outcome

GUIDE = tuple(
    Criterion.model_validate({"id": id_, "name": {"zh": id_}, "points": points, "look_for": {"zh": "看"}})
    for id_, points in (("empathy", 3), ("feasible", 4), ("compliant", 3))
)


def test_every_criterion_needs_whole_points_within_the_guide() -> None:
    sent = {"empathy": "3", "feasible": 0, "compliant": "2", "invented": "9"}
    assert read_marks(sent, GUIDE, whole=True) == {"empathy": 3, "feasible": 0, "compliant": 2}


@pytest.mark.parametrize("bad", ["4", "-1", "2.5", "１", "x", 2.0, True, [], "9999"])
def test_points_outside_the_guide_are_refused_by_name(bad: object) -> None:
    with pytest.raises(MarksRejected) as refused:
        read_marks({"empathy": bad, "feasible": 1, "compliant": 1}, GUIDE, whole=True)
    assert refused.value.problems == {"empathy": "out-of-range"}


def test_a_draft_may_lack_criteria_but_a_submitted_sheet_may_not() -> None:
    assert read_marks({"empathy": "1", "feasible": ""}, GUIDE, whole=False) == {"empathy": 1}
    with pytest.raises(MarksRejected) as refused:
        read_marks({"empathy": "1"}, GUIDE, whole=True)
    assert refused.value.problems == {"feasible": "missing", "compliant": "missing"}


@given(st.integers(0, 3), st.integers(0, 4), st.integers(0, 3), st.sampled_from(["empathy", "feasible", "compliant"]))
def test_raising_a_criterion_never_lowers_the_share(a: int, b: int, c: int, raised: str) -> None:
    marks = {"empathy": a, "feasible": b, "compliant": c}
    most = {criterion.id: criterion.points for criterion in GUIDE}
    higher = {**marks, raised: min(marks[raised] + 1, most[raised])}
    low, high = share_of(sum(marks.values()), GUIDE), share_of(sum(higher.values()), GUIDE)
    assert 0 <= low <= high <= 1


def test_two_markers_within_tolerance_come_to_their_exact_mean() -> None:
    assert agreed([7, 8], tolerance=2) == Fraction(15, 2)
    assert agreed([7, 9], tolerance=2) == 8
    assert agreed([6], tolerance=0) == 6


def test_two_too_far_apart_call_a_third_whose_closest_pair_counts() -> None:
    assert agreed([3, 8], tolerance=2) is None
    assert agreed([3, 8, 7], tolerance=2) == Fraction(15, 2)
    assert agreed([3, 8, 4], tolerance=2) == Fraction(7, 2)


def test_equally_close_pairs_are_decided_for_the_candidate() -> None:
    assert agreed([2, 8, 5], tolerance=2) == Fraction(13, 2)


@given(st.lists(st.integers(0, 10), min_size=3, max_size=3), st.integers(0, 2))
def test_a_higher_mark_of_any_marker_within_agreement_stays_within_the_marks_given(marks: list[int], tol: int) -> None:
    result = agreed(marks, tol)
    assert result is not None
    assert min(marks) <= result <= max(marks)


def test_the_share_marked_twice_is_a_function_of_the_seed_and_about_as_asked() -> None:
    fifth = Fraction(1, 5)
    picks = [chosen(seed, 33, fifth) for seed in range(5000)]
    assert picks == [chosen(seed, 33, fifth) for seed in range(5000)]
    assert 0.18 < sum(picks) / 5000 < 0.22
    assert not any(chosen(seed, 1, Fraction(0)) for seed in range(200))
    assert all(chosen(seed, 1, Fraction(1)) for seed in range(200))


BLUEPRINT = Blueprint.model_validate(
    {
        "code": "b", "title": {"zh": "卷"}, "minutes": 90, "pass_total": 80,
        "marking": {"near_pass": 5},
        "sections": [
            {"section": "business", "weight": 70, "pass_points": 35,
             "picks": [{"kind": "single", "count": 7, "points": 10}]},
            {"section": "case", "weight": 30, "pass_points": 20,
             "picks": [{"kind": "written", "count": 3, "points": 10}]},
        ],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("business", "case", "near"),
    [(70, 15, True), (55, 30, True), (70, 9, True), (65, 30, False), (40, 10, False), (40, 16, True), (50, 25, True)],
)
def test_totals_and_written_sections_near_a_line_call_a_second_marker(business: int, case: int, near: bool) -> None:
    computed = outcome(
        BLUEPRINT, [Earned("business", 70, Fraction(business, 70)), Earned("case", 30, Fraction(case, 30))]
    )
    assert near_a_line(BLUEPRINT, computed, {"case"}) is near


def test_states_never_run_backwards() -> None:
    order = list(AttemptState)
    for before, following in FOLLOWS.items():
        assert all(order.index(after) > order.index(before) for after in following)
