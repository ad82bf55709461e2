"""Figures of many runs, worked out by hand."""

from fractions import Fraction

import pytest

from lms.domain.drills.run_figures import Sample, Verdict, by_field, by_skill, by_template, figures, percentile


def runs(right: int, of: int, template: str = "contract-end", skill: str = "contracts") -> list[Sample]:
    return [Sample(template, skill, number < right, 1000 * (number + 1)) for number in range(of)]


def test_times_and_shares() -> None:
    found = figures("x", runs(3, 4))
    assert (found.n, found.right, found.share) == (4, 3, 75)
    assert (found.median_ms, found.p90_ms) == (2500, 4000)


def test_a_percentile_is_the_nearest_rank() -> None:
    assert percentile(list(range(1, 11)), 90) == 9
    assert percentile(list(range(1, 12)), 90) == 10  # 9.9 of eleven: the tenth
    assert percentile([7], 90) == 7
    assert percentile([], 90) is None


def test_runs_without_a_time_have_no_part_in_times() -> None:
    found = figures("x", [Sample("x", "s", False, None), Sample("x", "s", True, 9000)])
    assert (found.median_ms, found.share) == (9000, 50)
    assert figures("x", []).share is None


@pytest.mark.parametrize(
    ("right", "of", "verdict"),
    [
        (0, 9, Verdict.FEW),
        (2, 10, Verdict.HARD),
        (3, 10, Verdict.FINE),  # 30 % is not below 30 %
        (19, 20, Verdict.FINE),  # 95 % is not above 95 %
        (20, 20, Verdict.EASY),
    ],
)
def test_too_hard_and_too_easy_need_ten_runs(right: int, of: int, verdict: Verdict) -> None:
    assert figures("x", runs(right, of)).verdict is verdict


def test_what_needs_a_look_comes_first() -> None:
    samples = [*runs(1, 2, "few"), *runs(10, 10, "easy"), *runs(5, 10, "fine"), *runs(0, 10, "hard")]
    assert [one.name for one in by_template(samples)] == ["hard", "easy", "fine", "few"]
    assert [(one.name, one.n) for one in by_skill(samples)] == [("contracts", 32)]


def test_errors_by_field_count_each_error_and_each_run() -> None:
    samples = [
        Sample("x", "s", False, 1, (("wrong", "contract.end"), ("missing", "article"))),
        Sample("x", "s", False, 1, (("stale", "contract.end"),)),
        Sample("x", "s", False, 1, (("evidence-wrong", "evidence"), ("evidence-wrong", "evidence"))),
        Sample("x", "s", True, 1),
    ]
    first, second, third = by_field(samples)
    assert (first.field, first.errors, first.runs, first.kinds) == ("contract.end", 2, 2, (("stale", 1), ("wrong", 1)))
    assert (second.field, second.errors, second.runs) == ("evidence", 2, 1)
    assert (third.field, third.per_hundred) == ("article", 25)
    assert figures("x", samples).errors == Fraction(5, 4)


def test_a_fields_time_is_the_median_of_those_who_filled_it_in() -> None:
    samples = [
        Sample("x", "s", True, 9000, filled=(("contract.end", 4000), ("article", 8000))),
        Sample("x", "s", False, 9000, (("missing", "article"),), filled=(("contract.end", 7000),)),
        Sample("x", "s", True, 9000, filled=(("contract.end", 5000),)),
    ]
    article, end = by_field(samples)
    assert (article.field, article.runs, article.median_ms) == ("article", 1, 8000)
    assert (end.field, end.runs, end.median_ms, end.kinds) == ("contract.end", 0, 5000, ())
