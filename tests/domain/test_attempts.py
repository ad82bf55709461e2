"""Attempts: when they end, what counts, and that their states never run backwards."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.attempts import FOLLOWS, GRACE, AttemptState, counts, deadline, remaining

START = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
MOMENTS = st.integers(-7200, 7200).map(lambda seconds: START + timedelta(seconds=seconds))


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("close", "limit", "factor", "end"),
    [
        (600, 90, "1", 90),  # the limit ends it
        (60, 90, "1", 60),  # the close ends it
        (90, 90, "1", 90),
        (600, 90, "3/2", 135),  # extra time lengthens the limit
        (60, 90, "3/2", 105),  # and moves the close by as much: 45 minutes were granted
        (60, 90, "2", 150),
        (600, 90, "4/3", 120),
        (0, 90, "1", 0),
    ],
)
def test_an_attempt_ends_at_the_earlier_of_limit_and_close(close: int, limit: int, factor: str, end: int) -> None:
    assert deadline(START, after(close), limit, Fraction(factor)) == after(end)


@given(st.integers(0, 600), st.integers(1, 600), st.integers(1, 8))
def test_extra_time_is_worth_the_same_whichever_of_the_two_ends_it(close: int, limit: int, quarters: int) -> None:
    plain = deadline(START, after(close), limit)
    factor = 1 + Fraction(quarters, 4)
    assert deadline(START, after(close), limit, factor) - plain == timedelta(minutes=limit) * quarters / 4


def test_what_arrives_within_the_grace_counts_and_a_moment_later_does_not() -> None:
    end = after(90)
    assert GRACE.total_seconds() == 30
    assert counts(end + GRACE, end)
    assert not counts(end + GRACE + timedelta(microseconds=1), end)
    assert counts(START, end)


@given(MOMENTS, MOMENTS, st.none() | MOMENTS)
def test_the_time_left_is_never_negative(end: datetime, now: datetime, paused_at: datetime | None) -> None:
    assert remaining(end, now, paused_at) >= timedelta(0)


def test_the_clock_stands_still_while_paused() -> None:
    left = [remaining(after(90), after(minute), after(30)) for minute in (30, 45, 300)]
    assert left == [timedelta(minutes=60)] * 3
    assert remaining(after(90), after(30), None) == timedelta(minutes=60)
    assert remaining(after(90), after(91), None) == timedelta(0)


ORDER = list(AttemptState)


def test_states_never_run_backwards() -> None:
    assert [state.value for state in ORDER] == ["open", "submitted", "marking", "marked", "released", "void"]
    assert set(FOLLOWS) == set(AttemptState)
    for state, following in FOLLOWS.items():
        assert all(ORDER.index(later) > ORDER.index(state) for later in following), state


def test_every_attempt_can_be_voided_and_a_void_one_stays_void() -> None:
    assert FOLLOWS[AttemptState.VOID] == frozenset()
    assert all(AttemptState.VOID in FOLLOWS[state] for state in ORDER[:-1])


def test_nothing_is_released_before_it_is_marked() -> None:
    before = {state for state, following in FOLLOWS.items() if AttemptState.RELEASED in following}
    assert before == {AttemptState.MARKED}
    assert AttemptState.MARKED not in FOLLOWS[AttemptState.OPEN]
    for state, later in pairwise(ORDER[:5]):
        assert later in FOLLOWS[state], "the whole way is open"
