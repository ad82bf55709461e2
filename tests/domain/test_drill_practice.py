"""Which skills are weak, and what the next practice set is made of: figures worked out by hand from the rule."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.drills.practice import Portion, Standing, Tried, portions, standings, weak_skills

LIMIT = 30_000


def tries(skill: str, *runs: tuple[bool, int | None]) -> list[Tried]:
    """Runs of a skill, the newest first: whether right, and seconds."""
    return [Tried(skill, right, None if seconds is None else 1000 * seconds, LIMIT) for right, seconds in runs]


def only(skill: str, *runs: tuple[bool, int | None]) -> Standing:
    (found,) = standings(tries(skill, *runs))
    return found


def test_only_the_last_five_tries_of_a_skill_count() -> None:
    found = only("contracts", *[(True, 20)] * 5, *[(False, 90)] * 3)
    assert (found.recent, found.right, found.median_ms) == (5, 5, 20_000)
    assert not found.weak


def test_one_try_says_nothing() -> None:
    assert not only("contracts", (False, 90)).weak
    assert only("contracts", (False, 20), (False, 20)).weak


@pytest.mark.parametrize(("right", "weak"), [(5, False), (4, False), (3, True), (0, True)])
def test_fewer_than_four_of_five_right_is_weak(right: int, weak: bool) -> None:
    found = only("contracts", *[(True, 20)] * right, *[(False, 20)] * (5 - right))
    assert (found.weak, found.share) == (weak, Fraction(right, 5))


def test_a_median_over_the_limit_is_weak_though_all_is_right() -> None:
    assert only("contracts", (True, 31), (True, 31), (True, 10)).weak
    assert not only("contracts", (True, 30), (True, 40), (True, 10)).weak  # the median is the limit itself


def test_a_run_without_a_time_counts_as_wrong_or_right_but_not_as_fast() -> None:
    assert only("contracts", (False, None), (True, 40)).median_ms == 40_000
    assert only("contracts", (False, None), (False, None)).median_ms is None


def test_the_weakest_comes_first() -> None:
    tried = [
        *tries("bills", (True, 10), (True, 10)),
        *tries("slow", (True, 50), (True, 50)),
        *tries("half", (True, 10), (False, 10)),
        *tries("none", (False, 10), (False, 10)),
        *tries("once", (False, 10)),
    ]
    assert weak_skills(standings(tried)) == ("none", "half", "slow")


POOL = {"a1": "a", "a2": "a", "b1": "b", "c1": "c", "d1": "d"}


def test_two_of_five_tasks_come_from_the_weakest_skill() -> None:
    assert portions(POOL, 5, "a") == (Portion(("a1", "a2"), 2), Portion(("b1", "c1", "d1"), 3))
    assert portions(POOL, 5, "b") == (Portion(("b1",), 2), Portion(("a1", "a2", "c1", "d1"), 3))
    assert portions(POOL, 5, None) == (Portion(("a1", "a2", "b1", "c1", "d1"), 5),)
    assert portions(POOL, 5, "nobody") == portions(POOL, 5, None)


def test_a_set_of_one_task_trains_the_weakest_skill() -> None:
    assert portions(POOL, 1, "c") == (Portion(("c1",), 1),)


def test_too_few_templates_make_a_shorter_set() -> None:
    assert portions({"a1": "a"}, 5, "a") == (Portion(("a1",), 2),)
    assert portions({"a1": "a", "b1": "b"}, 5, "a") == (Portion(("a1",), 2), Portion(("b1",), 2))


def test_no_template_no_set() -> None:
    with pytest.raises(ValueError, match="no template"):
        portions({}, 5, None)


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=4), st.sampled_from("xyz"), min_size=1, max_size=12),
    st.integers(1, 20),
    st.sampled_from(["x", "y", "z", None]),
)
def test_no_template_ever_comes_more_than_twice(skills: dict[str, str], count: int, weakest: str | None) -> None:
    found = portions(skills, count, weakest)
    assert 1 <= sum(one.tasks for one in found) <= count
    for one in found:
        assert 1 <= one.tasks <= 2 * len(one.templates)
    named = [code for one in found for code in one.templates]
    assert len(named) == len(set(named))
