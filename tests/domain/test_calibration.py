"""Rounds of benchmark calls: when a round is whole, when it is passed, what changing the set does to it."""

from datetime import timedelta

from lms.domain.calibration import Benchmarked, Gate, Marked, Standing, gate
from tests.conftest import MONDAY

CRITERIA = ("opening", "emotion", "level", "resolution", "compliance")
AGREED = dict.fromkeys(CRITERIA, 3)


def benchmark(id_: int, *, since: int = 0, retired: bool = False, series: int = 1) -> Benchmarked:
    return Benchmarked(id_, MONDAY + timedelta(minutes=since), retired, AGREED, series)


def marked(id_: int, round_: int = 1, *, at: int = 10, **levels: int) -> Marked:
    return Marked(id_, round_, {**AGREED, **levels}, MONDAY + timedelta(minutes=at))


TWO = [benchmark(1), benchmark(2)]


def standing(found: Gate) -> tuple[Standing, int, list[int]]:
    """Where one stands, the round, and what is still to be marked in it."""
    return found.standing, found.round, [id_ for id_ in found.needed if id_ not in found.done]


def test_without_benchmarks_nobody_is_asked() -> None:
    assert standing(gate([], [])) == (Standing.UNASKED, 1, [])
    assert standing(gate([benchmark(1, retired=True)], [])) == (Standing.UNASKED, 1, [])


def test_a_round_is_judged_only_once_it_is_whole() -> None:
    assert standing(gate(TWO, [])) == (Standing.UNFINISHED, 1, [1, 2])
    half = gate(TWO, [marked(1)])
    assert (standing(half), half.judged) == ((Standing.UNFINISHED, 1, [2]), [])


def test_all_exact_is_passed_on_the_day_of_the_last_call() -> None:
    whole = gate(TWO, [marked(1, at=10), marked(2, at=30)])
    assert standing(whole) == (Standing.PASSED, 1, [])
    assert whole.judged_at == MONDAY + timedelta(minutes=30)


def test_seven_of_ten_exact_is_enough_and_six_are_not() -> None:
    seven = [marked(1, opening=4, emotion=2), marked(2, level=4)]
    assert gate(TWO, seven).standing is Standing.PASSED
    six = [marked(1, opening=4, emotion=2), marked(2, level=4, emotion=4)]
    assert standing(gate(TWO, six)) == (Standing.FAILED, 2, [1, 2])


def test_a_single_level_two_away_fails() -> None:
    assert gate(TWO, [marked(1, opening=5), marked(2)]).standing is Standing.FAILED


def test_a_failed_round_is_tried_again_and_its_marks_stay_to_be_seen_meanwhile() -> None:
    failed = [marked(1, opening=1), marked(2)]
    again = gate(TWO, [*failed, marked(2, 2, at=60)])
    assert standing(again) == (Standing.UNFINISHED, 2, [1])
    assert list(again.judged) == failed
    passed = gate(TWO, [*failed, marked(2, 2, at=60), marked(1, 2, at=70)])
    assert standing(passed) == (Standing.PASSED, 2, [])


def test_a_passed_gate_stays_passed_when_the_set_changes() -> None:
    passed = [marked(1), marked(2)]
    assert gate([*TWO, benchmark(3, since=99)], passed).standing is Standing.PASSED
    assert gate([benchmark(1, retired=True), benchmark(2)], passed).standing is Standing.PASSED
    assert gate([benchmark(1, retired=True), benchmark(2, retired=True)], passed).standing is Standing.PASSED


def test_a_begun_round_keeps_its_calls_but_those_withdrawn() -> None:
    assert standing(gate([*TWO, benchmark(3, since=99)], [marked(1)])) == (Standing.UNFINISHED, 1, [2])
    assert standing(gate([benchmark(1), benchmark(2, retired=True)], [marked(1)])) == (Standing.PASSED, 1, [])


def test_a_failed_round_is_followed_by_the_set_as_it_is_now() -> None:
    new = [benchmark(1, retired=True), benchmark(2), benchmark(3, since=99)]
    assert standing(gate(new, [marked(1, opening=5), marked(2)])) == (Standing.FAILED, 2, [2, 3])


SERIES = [benchmark(1), benchmark(2), benchmark(3, series=2), benchmark(4, series=2)]


def test_a_retry_asks_for_the_series_that_was_seen_least() -> None:
    assert standing(gate(SERIES, [])) == (Standing.UNFINISHED, 1, [1, 2])
    first = [marked(1, opening=5), marked(2)]
    assert standing(gate(SERIES, first)) == (Standing.FAILED, 2, [3, 4])
    begun = [*first, marked(4, 2, at=60)]
    assert standing(gate(SERIES, begun)) == (Standing.UNFINISHED, 2, [3])
    second = [*begun, marked(3, 2, at=70, level=1)]
    assert standing(gate(SERIES, second)) == (Standing.FAILED, 3, [1, 2])  # both seen once: the first again
    third = [*second, marked(1, 3, at=80, opening=5), marked(2, 3, at=90)]
    assert standing(gate(SERIES, third)) == (Standing.FAILED, 4, [3, 4])


def test_a_series_that_is_withdrawn_is_not_asked_for() -> None:
    left = [benchmark(1), benchmark(2), benchmark(3, series=2, retired=True), benchmark(4, series=2, retired=True)]
    assert standing(gate(left, [marked(1, opening=5), marked(2)])) == (Standing.FAILED, 2, [1, 2])
