"""What a plan for a sitting must say, and what may still change."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.sittings import BadSitting, SittingPlan, Stage, check_change, check_code, reads_keys, stage
from tests.conftest import MONDAY

PLAN = SittingPlan(
    title="三月考试", blueprint_version_id=1, cohort_id=1, opens_at=MONDAY, closes_at=MONDAY + timedelta(hours=2),
    minutes=90,
)  # fmt: skip


def problems(**changes: object) -> dict[str, str]:
    try:
        replace(PLAN, **changes).check(MONDAY)
    except BadSitting as bad:
        return bad.problems
    return {}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"title": "  "}, {"title": "missing"}),
        ({"title": "长" * 121}, {"title": "too-long"}),
        ({"closes_at": MONDAY}, {"closes_at": "before-opening"}),
        ({"opens_at": MONDAY - timedelta(hours=3), "closes_at": MONDAY}, {"closes_at": "already-past"}),
        ({"minutes": 0}, {"minutes": "out-of-range"}),
        ({"minutes": 601}, {"minutes": "out-of-range"}),
        ({"attempts_allowed": 0}, {"attempts_allowed": "out-of-range"}),
        ({"navigation": "back"}, {"navigation": "unknown"}),
        ({"takeover": "x", "minutes": -1}, {"takeover": "unknown", "minutes": "out-of-range"}),
    ],
)
def test_every_field_that_cannot_be_is_named(changes: dict[str, object], expected: dict[str, str]) -> None:
    assert problems(**changes) == expected


@pytest.mark.parametrize("code", ["", "abc", "x" * 41])
def test_a_code_is_neither_guessed_nor_endless(code: str) -> None:
    with pytest.raises(BadSitting):
        check_code(code)


def test_after_the_first_start_title_close_and_invigilators_may_change() -> None:
    later = replace(PLAN, title="改名", closes_at=PLAN.closes_at + timedelta(hours=1), invigilator_ids=frozenset({3}))
    check_change(PLAN, later, started=True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"blueprint_version_id": 2}, {"blueprint_version_id": "started"}),
        ({"minutes": 60, "navigation": "forward"}, {"minutes": "started", "navigation": "started"}),
        ({"closes_at": PLAN.closes_at - timedelta(minutes=1)}, {"closes_at": "only-later"}),
    ],
)
def test_after_the_first_start_nothing_changes_under_a_candidate(
    changes: dict[str, object], expected: dict[str, str]
) -> None:
    check_change(PLAN, replace(PLAN, **changes), started=False)
    with pytest.raises(BadSitting) as bad:
        check_change(PLAN, replace(PLAN, **changes), started=True)
    assert bad.value.problems == expected


@given(st.integers(-300, 300), st.booleans())
def test_a_sitting_is_in_exactly_one_stage(minutes: int, cancelled: bool) -> None:
    now = MONDAY + timedelta(minutes=minutes)
    found = stage(PLAN.opens_at, PLAN.closes_at, now, cancelled=cancelled)
    if cancelled:
        assert found is Stage.CANCELLED
    else:
        assert (found is Stage.RUNNING) == (PLAN.opens_at <= now < PLAN.closes_at)


def test_whoever_reads_keys_is_known_by_role_or_by_the_room() -> None:
    assert not reads_keys({"new_hire", "team_leader"}, invigilates=False)
    assert reads_keys({"new_hire", "trainer"}, invigilates=False)
    assert reads_keys({"examiner"}, invigilates=False)
    assert reads_keys({"new_hire"}, invigilates=True)
