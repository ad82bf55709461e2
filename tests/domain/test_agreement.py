"""Agreement against figures measured with scikit-learn 1.9.1, and by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.agreement import Kappa, Pair, Weights, WhyNot, agreement, passes_gate, share_within, weighted_kappa

REFERENCE: list[Pair] = list(
    zip((5, 4, 4, 3, 2, 5, 3, 2, 1, 4, 3, 2), (5, 4, 3, 3, 2, 4, 3, 3, 1, 5, 3, 1), strict=True)
)
pairs_of = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=30)


@pytest.mark.parametrize(
    ("weights", "expected"), [(Weights.NONE, 0.4737), (Weights.LINEAR, 0.7000), (Weights.QUADRATIC, 0.8636)]
)
def test_kappa_is_that_of_the_reference(weights: Weights, expected: float) -> None:
    value = weighted_kappa(REFERENCE, weights).value
    assert value is not None and float(value) == pytest.approx(expected, abs=5e-5)


def test_the_figures_of_the_reference_come_together() -> None:
    found = agreement(REFERENCE)
    assert (found.n, found.exact, found.within_one) == (12, Fraction(7, 12), 1)
    assert found.kappa.value == weighted_kappa(REFERENCE, Weights.QUADRATIC).value


def test_equal_marks_are_perfect_in_share_but_have_no_kappa() -> None:
    found = agreement([(4, 4)] * 6)
    assert (found.exact, found.within_one) == (1, 1)
    assert found.kappa == Kappa(None, WhyNot.ALL_EQUAL)


@pytest.mark.parametrize("few", [[], [(3, 4)]])
def test_fewer_than_two_pairs_have_no_kappa(few: list[Pair]) -> None:
    assert weighted_kappa(few) == Kappa(None, WhyNot.FEW)


def test_nothing_marked_is_no_share_at_all() -> None:
    found = agreement([])
    assert (found.n, found.exact, found.within_one) == (0, None, None)


def test_one_sided_marks_agree_often_and_still_worse_than_by_chance() -> None:
    # 8 of 10 exact; by chance, marks of 9 × 4 and one 3 each would disagree in 2·9/10 = 1.8 of 10, and they do in 2.
    skewed = [(4, 4)] * 8 + [(4, 3), (3, 4)]
    assert share_within(skewed, 0) == Fraction(4, 5)
    assert weighted_kappa(skewed).value == Fraction(-1, 9)  # −.111


def test_one_who_never_changes_their_mark_agrees_no_better_than_chance() -> None:
    assert weighted_kappa([(1, 3), (2, 3), (5, 3)]).value == 0


def test_opposite_marks_are_minus_one() -> None:
    assert weighted_kappa([(1, 5), (5, 1)]).value == -1


def test_a_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="levels run from 1 to 5"):
        weighted_kappa([(0, 1), (3, 3)])


@given(pairs_of, st.sampled_from(Weights))
def test_kappa_does_not_mind_who_is_named_first(pairs: list[Pair], weights: Weights) -> None:
    assert weighted_kappa(pairs, weights) == weighted_kappa([(b, a) for a, b in pairs], weights)


@given(pairs_of)
def test_kappa_is_one_only_where_all_is_exact(pairs: list[Pair]) -> None:
    value = weighted_kappa(pairs).value
    if value is not None:
        assert value <= 1
        assert (value == 1) == (share_within(pairs, 0) == 1)


def test_seventy_percent_exactly_and_all_within_one_pass_the_gate() -> None:
    assert passes_gate([(3, 3)] * 7 + [(3, 4), (3, 2), (5, 4)])


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [(3, 3)] * 6 + [(3, 4)] * 4,  # 60 %
        [(3, 3)] * 69 + [(3, 4)] * 31,  # 69 % is not rounded up
        [(3, 3)] * 9 + [(3, 5)],  # 90 %, but one level is two away
    ],
)
def test_the_gate_stays_shut(pairs: list[Pair]) -> None:
    assert not passes_gate(pairs)
