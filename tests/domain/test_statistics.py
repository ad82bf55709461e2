"""Item and test statistics against sums by hand, published examples and the textbook formulas."""

import statistics as textbook
import time
from collections.abc import Sequence
from fractions import Fraction
from math import sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.domain.statistics import (
    ExamStatistics,
    Flag,
    ItemStatistics,
    Marks,
    Picks,
    Thresholds,
    exam_statistics,
    histogram,
    item_statistics,
    option_uses,
    wilson,
)
from lms.domain.statistics.flags import clearly_negative
from lms.domain.statistics.options import rivals_key

Cell = int | float | str | Fraction | None


def marks_of(rows: Sequence[Sequence[Cell]], maxima: Sequence[Cell] | None = None) -> Marks:
    """Items Q0, Q1, …; without ``maxima`` every item is out of 1."""
    exact = tuple(tuple(None if cell is None else Fraction(cell) for cell in row) for row in rows)
    width = len(rows[0])
    limits = tuple(Fraction(cell or 0) for cell in maxima) if maxima else (Fraction(1),) * width
    return Marks(tuple(f"Q{index}" for index in range(width)), limits, exact)


def items_of(
    rows: Sequence[Sequence[Cell]], maxima: Sequence[Cell] | None = None
) -> tuple[ItemStatistics, ...]:
    return item_statistics(marks_of(rows, maxima))


def exam_of(rows: Sequence[Sequence[Cell]], maxima: Sequence[Cell] | None = None) -> ExamStatistics:
    return exam_statistics(marks_of(rows, maxima))


# --- by hand ---

# Two items out of 2 and 4, three candidates; T = 1, 3, 5.
#   Q0: x = 0 1 2, mean 1, var 1; o = 1 2 3; cov(x, o) = 1, var(o) = 1
#   Q1: x = 1 2 3, mean 2, var 1; cov(x, T) = 2 for both
LADDER = [[0, 1], [1, 2], [2, 3]]


def test_a_ladder_reckoned_by_hand() -> None:
    first, second = items_of(LADDER, [2, 4])
    assert (first.n, first.facility, first.sd) == (3, 50, 1)
    assert (second.n, second.facility, second.sd) == (3, 50, 1)
    assert first.discrimination_index == second.discrimination_index == 100
    assert first.discriminative_efficiency == second.discriminative_efficiency == 100
    assert first.intended_weight == pytest.approx(100 / 3)
    assert second.intended_weight == pytest.approx(200 / 3)
    assert first.effective_weight == second.effective_weight == 50


def test_the_test_of_that_ladder() -> None:
    exam = exam_of(LADDER, [2, 4])
    # var(T) = 4, Σvar(x) = 2: alpha = 2·(1 − 2/4) = 1; nothing is left to error.
    assert (exam.n, exam.mean, exam.sd, exam.skewness, exam.kurtosis) == (3, 3, 2, 0, None)
    assert (exam.cic, exam.error_ratio, exam.standard_error) == (100, 0, 0)


def test_items_that_contradict_each_other_give_a_negative_consistency_which_is_not_clamped() -> None:
    # x = 0 0 1 1 and 1 1 0 0 and 0 1 0 1: T = 1 2 1 2, var(T) = 1/3, Σvar(x) = 1; alpha = 3/2·(1 − 3) = −3.
    exam = exam_of([[0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1]])
    assert exam.cic == -300
    assert exam.error_ratio == 200
    assert exam.standard_error == pytest.approx(2 * sqrt(1 / 3))


def test_an_item_against_the_rest_has_no_effective_weight() -> None:
    # T = 4 5 6 7, o = 3 5 6 8 …: the first item falls while the total rises.
    against, along = items_of([[3, 1], [2, 3], [1, 5], [0, 7]], [3, 7])
    assert against.discrimination_index == along.discrimination_index == -100
    assert against.effective_weight is None
    assert along.effective_weight == 100


def test_efficiency_compares_with_the_best_that_these_marks_could_do() -> None:
    # x = 0 1 0 1, o = 0 1 2 3: cov = 1/3; sorted x = 0 0 1 1: cov_max = 2/3.
    item = items_of([[0, 0], [1, 1], [0, 2], [1, 3]], [1, 3])[0]
    assert item.discriminative_efficiency == 50
    # var(x) = 1/3, var(o) = 5/3
    assert item.discrimination_index == pytest.approx(100 / sqrt(5))


# --- published ---


def test_wuenschs_kr20_example() -> None:
    """Ten students, ten items (core.ecu.edu/wuenschk/StatHelp/KR20.txt): Σpq 2.18, variance 5.84 (over n)."""
    grid = """1111110110 1011011101 1111011001 0010001000 0000010010
              1110111111 1101110111 1111111101 0101111101 1101101110"""
    rows = [[int(digit) for digit in line] for line in grid.split()]
    facilities = [item.facility for item in items_of(rows)]
    assert facilities == [70, 70, 60, 70, 60, 80, 70, 70, 50, 60]
    exam = exam_of(rows)
    assert exam.sd is not None and exam.sd**2 * 9 / 10 == pytest.approx(5.84)
    assert exam.cic == pytest.approx(100 * 10 / 9 * (1 - 2.18 / 5.84))


def test_excels_examples_of_skew_and_kurt() -> None:
    """Microsoft's help pages: SKEW(3,4,5,2,3,4,5,6,4,7) = 0.359543071 and KURT = −0.151799637."""
    exam = exam_of([[mark] for mark in (3, 4, 5, 2, 3, 4, 5, 6, 4, 7)], [10])
    assert exam.skewness == pytest.approx(0.359543071, abs=1e-9)
    assert exam.kurtosis == pytest.approx(-0.151799637, abs=1e-9)


def test_the_fewest_values_that_have_a_shape() -> None:
    # 0 0 3: d = −1 −1 2, s² = 3; skewness 3/2·(−1 − 1 + 8)/3^1.5 = √3. Evenly spaced 0 1 2 3: kurtosis −6/5.
    three, four = exam_of([[0], [0], [3]], [3]), exam_of([[0], [1], [2], [3]], [3])
    assert three.skewness == pytest.approx(sqrt(3))
    assert three.kurtosis is None
    assert four.skewness == 0
    assert four.kurtosis == pytest.approx(-1.2)
    assert exam_of([[0], [3]], [3]).skewness is None


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(81, 263, 25.53, 36.62), (15, 148, 6.24, 16.05), (0, 20, 0.0, 16.11), (1, 29, 0.61, 17.18)],
)
def test_newcombes_wilson_intervals(right: int, n: int, low: float, high: float) -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, score method without correction."""
    assert wilson(100 * right / n, n) == pytest.approx((low, high), abs=0.005)


# --- nothing to say ---


def test_one_candidate_has_a_facility_and_a_mean_and_nothing_else() -> None:
    item = items_of([[1, 0]])[0]
    assert (item.facility, item.sd, item.discrimination_index, item.discriminative_efficiency) == (
        100,
        None,
        None,
        None,
    )
    assert (item.intended_weight, item.effective_weight) == (50, None)
    exam = exam_of([[1, 0]])
    assert (exam.n, exam.mean) == (1, 1)
    assert {exam.sd, exam.skewness, exam.kurtosis, exam.cic, exam.error_ratio, exam.standard_error} == {None}


def test_nobody_at_all() -> None:
    marks = Marks(("Q0",), (Fraction(1),), ())
    assert exam_statistics(marks) == ExamStatistics(0, None, None, None, None, None, None, None)
    item = item_statistics(marks)[0]
    assert (item.n, item.facility, item.facility_interval, item.intended_weight) == (0, None, None, None)
    assert item.flags == (Flag.FEW_CANDIDATES,)


def test_totals_that_do_not_vary_have_no_consistency_nor_shape() -> None:
    exam = exam_of([[0, 1], [1, 0], [0, 1], [1, 0]])
    assert exam.sd == 0
    assert {exam.cic, exam.error_ratio, exam.standard_error, exam.skewness, exam.kurtosis} == {None}
    assert [item.effective_weight for item in items_of([[0, 1], [1, 0], [0, 1], [1, 0]])] == [None, None]


def test_a_test_of_one_item_has_no_consistency_and_its_item_no_index() -> None:
    assert exam_of([[0], [1], [1]]).cic is None
    assert items_of([[0], [1], [1]])[0].discrimination_index is None


def test_a_constant_item_has_no_index_and_weighs_nothing() -> None:
    constant, _ = items_of([[1, 0], [1, 1], [1, 1]])
    assert (constant.sd, constant.discrimination_index, constant.discriminative_efficiency) == (0, None, None)
    assert constant.effective_weight == 0


# --- randomly drawn papers ---


def test_an_item_that_was_not_drawn_is_missing_and_not_zero() -> None:
    item = items_of([[1, 1, None], [1, None, 0], [None, 0, 1]])[0]
    assert (item.n, item.facility) == (2, 100)


def test_the_rest_leaves_out_the_item_on_drawn_papers_too() -> None:
    # Those who had Q0: x = 0 0 1 1 and o = 1 0 1 0, unrelated. With o = T the index would be 71.
    item = items_of([[0, 1, None], [0, None, 0], [1, 1, None], [1, None, 0]])[0]
    assert item.discrimination_index == 0


def test_different_items_have_no_common_consistency_but_a_mean() -> None:
    exam = exam_of([[1, 1, None], [1, None, 0], [None, 0, 1]])
    assert exam.n == 3
    assert exam.mean == pytest.approx(4 / 3)
    assert {exam.cic, exam.error_ratio, exam.standard_error} == {None}


def test_an_item_that_nobody_was_given_changes_nothing_for_the_others() -> None:
    rows = [[0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 1, 1]]
    with_unused = [[*row, None] for row in rows]
    assert exam_of(with_unused) == exam_of(rows)
    assert items_of(with_unused)[:3] == items_of(rows)


def test_somebody_who_was_given_nothing_did_not_sit_the_test() -> None:
    rows: list[list[Cell]] = [[0, 0], [0, 1], [1, 1]]
    assert exam_of([*rows, [None, None]]) == exam_of(rows)


# --- against the textbook ---


def oracle(
    rows: Sequence[Sequence[float | None]], item: int
) -> tuple[float, float, float | None, float | None]:
    """facility, sd, DI, DE of an item out of 5, by the definitions, in floats."""
    had = [row for row in rows if row[item] is not None]
    x = [float(row[item] or 0) for row in had]
    o = [sum(cell for index, cell in enumerate(row) if cell is not None and index != item) for row in had]
    if textbook.pvariance(x) == 0 or textbook.pvariance(o) == 0:
        return 100 * textbook.fmean(x) / 5, textbook.stdev(x), None, None
    best = textbook.covariance(sorted(x), sorted(o))
    return (
        100 * textbook.fmean(x) / 5,
        textbook.stdev(x),
        100 * textbook.correlation(x, o),
        100 * textbook.covariance(x, o) / best,
    )


half_marks = st.integers(0, 10).map(lambda half: Fraction(half, 2))


@st.composite
def tables(draw: st.DrawFn, missing: bool = False) -> list[list[Fraction | None]]:
    """2–12 candidates on 2–5 items out of 5, in half marks."""
    width = draw(st.integers(2, 5))
    cell = st.none() | half_marks if missing else half_marks
    return draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=2, max_size=12))


def fives(rows: Sequence[Sequence[Cell]]) -> list[int]:
    return [5] * len(rows[0])


@given(tables(missing=True))
def test_items_follow_the_definitions(rows: list[list[Fraction | None]]) -> None:
    floats = [[None if cell is None else float(cell) for cell in row] for row in rows]
    for index, item in enumerate(items_of(rows, fives(rows))):
        if item.n < 2:
            continue
        found = (item.facility, item.sd, item.discrimination_index, item.discriminative_efficiency)
        assert found == pytest.approx(oracle(floats, index), abs=1e-6)


@given(tables())
def test_weights_follow_the_definition(rows: list[list[Fraction | None]]) -> None:
    totals = [float(sum(cell or 0 for cell in row)) for row in rows]
    columns = [[float(cell or 0) for cell in column] for column in zip(*rows, strict=True)]
    covariances = [textbook.covariance(column, totals) for column in columns]
    whole = sum(sqrt(covariance) for covariance in covariances if covariance > 1e-9)
    for item, covariance in zip(items_of(rows, fives(rows)), covariances, strict=True):
        assert item.intended_weight == pytest.approx(100 / len(columns))
        if covariance < -1e-9 or not whole:
            assert item.effective_weight is None
        elif covariance > 1e-9:
            assert item.effective_weight == pytest.approx(100 * sqrt(covariance) / whole)


@given(tables())
def test_the_whole_follows_the_definitions(rows: list[list[Fraction | None]]) -> None:
    exam = exam_of(rows, fives(rows))
    n, k = len(rows), len(rows[0])
    totals = [sum((cell or Fraction(0) for cell in row), Fraction(0)) for row in rows]
    spread = textbook.variance(totals)
    assert exam.mean == pytest.approx(float(textbook.mean(totals)))
    assert exam.sd == pytest.approx(sqrt(spread))
    if spread == 0:
        assert exam.cic is None
        return
    parts = sum(
        textbook.variance([cell or Fraction(0) for cell in column]) for column in zip(*rows, strict=True)
    )
    alpha = Fraction(k, k - 1) * (1 - parts / spread)
    assert exam.cic == pytest.approx(float(100 * alpha))
    assert exam.error_ratio == pytest.approx(100 * sqrt(1 - alpha))
    assert exam.standard_error == pytest.approx(sqrt(1 - alpha) * sqrt(spread))
    away = [total - textbook.mean(totals) for total in totals]
    m2, m3, m4 = (sum((d**power for d in away), Fraction(0)) / n for power in (2, 3, 4))
    if n > 2:
        k3 = n**2 * m3 / ((n - 1) * (n - 2))
        assert exam.skewness == pytest.approx(float(k3) / float(spread) ** 1.5)
    if n > 3:
        k4 = n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
        assert exam.kurtosis == pytest.approx(float(k4 / spread**2))


# --- what must not matter ---


@given(tables(missing=True), st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(rows: list[list[Fraction | None]], chance: Random) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert items_of(shuffled, fives(rows)) == items_of(rows, fives(rows))
    assert exam_of(shuffled, fives(rows)) == exam_of(rows, fives(rows))


@given(tables(missing=True))
def test_the_order_of_items_does_not_matter(rows: list[list[Fraction | None]]) -> None:
    marks = marks_of(rows, fives(rows))
    turned = Marks(marks.codes[::-1], marks.maxima[::-1], tuple(row[::-1] for row in marks.rows))
    assert item_statistics(turned)[::-1] == item_statistics(marks)
    assert exam_statistics(turned) == exam_statistics(marks)


@given(tables(missing=True), st.fractions(Fraction(1, 7), 9))
def test_an_item_marked_out_of_more_keeps_its_facility_and_index(
    rows: list[list[Fraction | None]], factor: Fraction
) -> None:
    scaled = [[None if row[0] is None else row[0] * factor, *row[1:]] for row in rows]
    before = items_of(rows, fives(rows))[0]
    after = items_of(scaled, [5 * factor, *fives(rows)[1:]])[0]
    assert after.facility == before.facility
    assert after.discrimination_index == before.discrimination_index
    assert after.discriminative_efficiency == before.discriminative_efficiency


@given(tables(missing=True))
def test_figures_stay_within_their_bounds(rows: list[list[Fraction | None]]) -> None:
    marks = marks_of(rows, fives(rows))
    for item in item_statistics(marks):
        assert item.facility is None or 0 <= item.facility <= 100
        assert item.discrimination_index is None or -100 <= item.discrimination_index <= 100
        assert item.discriminative_efficiency is None or item.discriminative_efficiency <= 100
        if item.facility is not None and item.facility_interval is not None:
            low, high = item.facility_interval
            assert 0 <= low <= item.facility + 1e-9 and item.facility - 1e-9 <= high <= 100
    cic = exam_statistics(marks).cic
    assert cic is None or cic <= 100


@given(tables(missing=True))
def test_effective_weights_sum_to_the_whole(rows: list[list[Fraction | None]]) -> None:
    weights = [
        item.effective_weight for item in items_of(rows, fives(rows)) if item.effective_weight is not None
    ]
    assert not weights or sum(weights) == pytest.approx(100)


@given(st.integers(2, 9))
def test_a_perfect_guttman_scale_discriminates_as_well_as_it_could(k: int) -> None:
    rows = [[int(able > hard) for hard in range(k)] for able in range(k + 1)]
    assert {item.discriminative_efficiency for item in items_of(rows)} == {100}
    assert all((item.discrimination_index or 0) > 0 for item in items_of(rows))


def test_marks_far_from_zero_lose_no_digits() -> None:
    base = 10**12
    near = items_of([[base, base], [base + 1, base + 1], [base + 2, base + 3]], [base * 2] * 2)[0]
    plain = items_of([[0, 0], [1, 1], [2, 3]], [3, 3])[0]
    assert (near.sd, near.discrimination_index) == (plain.sd, plain.discrimination_index)


def test_ten_thousand_candidates_are_quick() -> None:
    cells = [Fraction(half, 2) for half in range(11)]
    rows = tuple(
        tuple(cells[(row * 7 + item * row // 3) % 11] for item in range(34)) for row in range(10_000)
    )
    started = time.process_time()
    marks = Marks(tuple(f"Q{item}" for item in range(34)), (Fraction(5),) * 34, rows)
    item_statistics(marks)
    exam_statistics(marks)
    assert time.process_time() - started < 2


# --- refusals ---


@pytest.mark.parametrize(
    ("codes", "maxima", "rows", "words"),
    [
        (("A", "A"), (1, 1), (), "of its own"),
        (("A",), (1, 1), (), "of its own"),
        (("A",), (0,), (), "maximum of A"),
        (("A",), (1,), ((1, 1),), "2 cells"),
        (("A",), (1,), ((Fraction(3, 2),),), "outside"),
        (("A",), (1,), ((Fraction(-1, 2),),), "outside"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(
    codes: tuple[str, ...], maxima: tuple[int, ...], rows: tuple[tuple[Fraction, ...], ...], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Marks(codes, tuple(Fraction(maximum) for maximum in maxima), rows)


# --- flags ---


def flags_with(n: int, first: Sequence[int], others: Sequence[int]) -> tuple[Flag, ...]:
    """The flags of the first item after the pattern of candidates was repeated until there are ``n``."""
    pattern = list(zip(first, others, strict=True))
    rows = [pattern[index % len(pattern)] for index in range(n)]
    return items_of(rows, [1, 4])[0].flags


def test_an_item_that_does_its_work_has_no_flag() -> None:
    assert flags_with(40, [0, 0, 1, 1], [0, 1, 2, 4]) == ()


def test_an_item_that_the_weak_get_right_likely_has_a_wrong_key() -> None:
    assert flags_with(40, [1, 1, 0, 0], [0, 1, 2, 4]) == (
        Flag.LIKELY_WRONG_KEY,
        Flag.WEAK_DISCRIMINATION,
        Flag.LOW_EFFICIENCY,
    )


def test_few_candidates_silence_a_weak_index_but_not_a_clearly_negative_one() -> None:
    assert flags_with(20, [0, 1, 1, 0], [0, 1, 2, 4]) == (Flag.FEW_CANDIDATES,)
    assert flags_with(20, [1, 1, 0, 0], [0, 1, 2, 4]) == (Flag.LIKELY_WRONG_KEY, Flag.FEW_CANDIDATES)
    assert flags_with(3, [1, 1, 0], [0, 1, 2]) == (Flag.FEW_CANDIDATES,)


@pytest.mark.parametrize(
    ("n", "chance", "clear"), [(4, -92, -94), (5, -82, -83), (10, -55, -56), (20, -37, -38)]
)
def test_how_negative_is_clearly_negative_depends_on_how_many(n: int, chance: int, clear: int) -> None:
    """tanh(1.645/√(n − 3)) is 0.928, 0.822, 0.552 and 0.379."""
    assert not clearly_negative(chance, n, Thresholds())
    assert clearly_negative(clear, n, Thresholds())


def test_easy_and_hard_are_spoken_of_only_among_enough_candidates() -> None:
    assert flags_with(40, [1, 1, 1, 1], [0, 1, 2, 4]) == (Flag.TOO_EASY,)
    assert flags_with(40, [0, 0, 0, 0], [0, 1, 2, 4]) == (Flag.TOO_HARD,)
    for mark in (0, 1):
        for n in (1, 4, 29):
            assert flags_with(n, [mark] * 4, [0, 1, 2, 4]) == (Flag.FEW_CANDIDATES,), (mark, n)


def test_the_borders_themselves_are_not_flagged() -> None:
    rows = [[int(index >= 2), index % 5] for index in range(40)]  # facility 95
    assert Flag.TOO_EASY not in items_of(rows, [1, 4])[0].flags
    rows = [[int(index < 12), index % 5] for index in range(40)]  # facility 30
    assert Flag.TOO_HARD not in items_of(rows, [1, 4])[0].flags


def test_thresholds_are_the_callers() -> None:
    marks = marks_of([[0, 0], [1, 1], [1, 2], [1, 4]], [1, 4])
    strict = Thresholds(too_easy_above=70, enough_candidates=4)
    assert item_statistics(marks, thresholds=strict)[0].flags == (Flag.TOO_EASY,)


# --- options ---


def picks(letters: str, key: str = "A") -> Picks:
    """One letter a candidate; a dot is a blank."""
    chosen = tuple(frozenset(letter) - {"."} for letter in letters)
    return Picks(("A", "B", "C"), frozenset(key), chosen)


# Six candidates whose other items came to 0, 1, 2, 3, 4, 5; the two strongest had A right.
SIX = [[0, 0], [0, 1], [0, 2], [0, 3], [1, 4], [1, 5]]


def test_the_table_of_options() -> None:
    a, b, c, blank = option_uses(marks_of(SIX, [1, 5]), "Q0", picks("BB.BAA"))
    assert (a.option, a.is_key, a.count, a.mean_rest) == ("A", True, 2, 4.5)
    assert (a.bottom, a.middle, a.top) == (0, 0, 100)
    assert a.share == pytest.approx(100 / 3)
    assert (b.is_key, b.count) == (False, 3)
    assert b.mean_rest == pytest.approx(4 / 3)
    assert (b.share, b.bottom, b.middle, b.top) == (50, 100, 50, 0)
    assert (c.count, c.share, c.mean_rest, c.top) == (0, 0, None, 0)
    assert (blank.option, blank.is_key, blank.count, blank.mean_rest, blank.middle) == (None, False, 1, 2, 50)


def test_equal_scores_share_the_thirds_whatever_their_order() -> None:
    rows = [[1, 2], [0, 2], [0, 2]]
    for letters in ("ABB", "BAB", "BBA"):
        a = option_uses(marks_of(rows, [1, 2]), "Q0", picks(letters))[0]
        assert a.bottom == a.middle == a.top == pytest.approx(100 / 3)


def test_several_picks_of_one_candidate_count_for_each_option() -> None:
    both = Picks(("A", "B", "C"), frozenset("AB"), (frozenset("AB"), frozenset("AC")))
    uses = option_uses(marks_of([[1, 1], [0, 0]]), "Q0", both)
    assert [use.share for use in uses] == [100, 50, 50, 0]


def test_candidates_without_the_item_are_not_in_its_table() -> None:
    rows: list[list[Cell]] = [[None, 0], [1, 1], [0, 0]]
    assert [use.count for use in option_uses(marks_of(rows), "Q0", picks("CAB"))] == [1, 1, 0, 0]


def test_a_distractor_that_the_strong_prefer_casts_doubt_on_the_key() -> None:
    rows = [[int(index % 10 in (1, 8)), index % 10] for index in range(40)]
    marks = marks_of(rows, [1, 9])
    letters = "".join("A" if row[0] else "B" if row[1] > 5 else "C" for row in rows)
    assert Flag.LIKELY_WRONG_KEY not in item_statistics(marks)[0].flags
    assert Flag.LIKELY_WRONG_KEY in item_statistics(marks, {"Q0": picks(letters)})[0].flags


@pytest.mark.parametrize(("chosen", "doubtful"), [("AB", False), ("AC", True), ("ABC", False)])
def test_every_option_of_a_key_must_hold_its_own_among_the_strong(chosen: str, doubtful: bool) -> None:
    several = Picks(("A", "B", "C"), frozenset("AB"), (frozenset(),) * 4 + (frozenset(chosen),) * 2)
    assert rivals_key(option_uses(marks_of(SIX, [1, 5]), "Q0", several)) is doubtful


@given(st.lists(st.tuples(st.sampled_from("ABC."), st.integers(0, 4)), min_size=1, max_size=20))
def test_the_options_and_the_blanks_are_all_there_is(answers: list[tuple[str, int]]) -> None:
    marks = marks_of([[int(letter == "A"), rest] for letter, rest in answers], [1, 4])
    uses = option_uses(marks, "Q0", picks("".join(letter for letter, _ in answers)))
    assert sum(use.count for use in uses) == len(answers)
    for part in ("share", "bottom", "middle", "top"):
        assert sum(getattr(use, part) for use in uses) == pytest.approx(100)
    for use in uses:
        assert (use.bottom + use.middle + use.top) / 3 == pytest.approx(use.share)


def test_unknown_options_are_refused() -> None:
    with pytest.raises(ValueError, match="key"):
        picks("AAA", key="Z")
    with pytest.raises(ValueError, match="somebody"):
        picks("AZA")
    with pytest.raises(ValueError):
        option_uses(marks_of(SIX, [1, 5]), "Q0", picks("A"))


# --- charts ---


def test_a_histogram_counts_exactly_at_its_borders() -> None:
    values = [Fraction(value) for value in ("0", "9.99", "10", "59.999", "60", "100")]
    bins = histogram(values, Fraction(100))
    assert [found.count for found in bins] == [2, 1, 0, 0, 0, 1, 1, 0, 0, 1]
    assert (bins[6].low, bins[6].high) == (Fraction(60), Fraction(70))


@given(st.lists(half_marks), st.integers(1, 12))
@settings(max_examples=50)
def test_every_value_falls_into_one_bin(values: list[Fraction], bins: int) -> None:
    found = histogram(values, Fraction(5), bins)
    assert sum(part.count for part in found) == len(values)
    assert (found[0].low, found[-1].high, len(found)) == (Fraction(0), Fraction(5), bins)


@pytest.mark.parametrize(("value", "highest", "bins"), [(6, 5, 2), (-1, 5, 2), (0, 0, 2), (0, 5, 0)])
def test_a_histogram_without_range_is_refused(value: int, highest: int, bins: int) -> None:
    with pytest.raises(ValueError):
        histogram([Fraction(value)], Fraction(highest), bins)
