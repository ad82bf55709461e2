"""How far totals of randomly drawn papers can be trusted."""

import random
from fractions import Fraction
from statistics import mean, variance

import pytest

from lms.domain.statistics import Marks, dependability


def marks_of(rows: list[list[int | None]], maxima: list[int]) -> Marks:
    cells = tuple(tuple(None if mark is None else Fraction(mark) for mark in row) for row in rows)
    return Marks(tuple(f"Q{n}" for n in range(len(maxima))), tuple(map(Fraction, maxima)), cells)


def test_on_right_and_wrong_items_it_is_kuder_richardson_21() -> None:
    rows = [[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]]
    totals, k = [sum(row) for row in rows], 4
    error = mean(total * (k - total) / (k - 1) for total in totals)
    found = dependability(marks_of(rows, [1] * k))
    assert found is not None
    assert found.standard_error == pytest.approx(error**0.5)
    assert found.coefficient == pytest.approx(100 * (1 - error / variance(totals)))


def test_items_of_another_maximum_are_a_stratum_of_their_own() -> None:
    rows = [[1, 0, 10, 6], [1, 1, 8, 8], [0, 0, 2, 4]]
    error = mean(2 * variance(row[:2]) + 2 * variance(row[2:]) for row in rows)
    found = dependability(marks_of(rows, [1, 1, 10, 10]))
    assert found is not None
    assert found.standard_error == pytest.approx(error**0.5)
    assert found.coefficient == pytest.approx(100 * (1 - error / variance([sum(row) for row in rows])))


@pytest.mark.parametrize(
    ("rows", "maxima"),
    [
        ([], [1, 1]),
        ([[1, 0]], [1, 1]),
        ([[1, 0], [0, 1]], [1, 1]),  # totals do not vary
        ([[1, 0, 5], [1, 1, 9]], [1, 1, 10]),  # a single item of ten points
        ([[None, None], [1, 0]], [1, 1]),
    ],
)
def test_it_does_not_exist_where_nothing_tells_the_error(rows: list[list[int | None]], maxima: list[int]) -> None:
    assert dependability(marks_of(rows, maxima)) is None


def test_it_finds_the_error_and_reliability_of_papers_drawn_at_random() -> None:
    """400 people of known ability, 40 items each of 200 that are equally hard: what they were to score is known."""
    dice = random.Random(11)
    abilities = [dice.uniform(0.4, 0.95) for _person in range(400)]
    rows: list[list[int | None]] = []
    for ability in abilities:
        drawn = set(dice.sample(range(200), 40))
        rows.append([int(dice.random() < ability) if item in drawn else None for item in range(200)])
    found = dependability(marks_of(rows, [1] * 200))
    assert found is not None
    errors = [sum(mark for mark in row if mark is not None) - 40 * p for row, p in zip(rows, abilities, strict=True)]
    true = variance([40 * ability for ability in abilities])
    assert found.standard_error == pytest.approx(mean(error**2 for error in errors) ** 0.5, rel=0.1)
    assert found.coefficient == pytest.approx(100 * true / (true + mean(e**2 for e in errors)), abs=3)
