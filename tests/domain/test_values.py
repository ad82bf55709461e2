"""Exact numbers and bilingual texts."""

from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.domain.values import Language, Texts, exact, parse_exact, shown


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [
        ("59.995", 2, "59.99"),
        ("59.99999", 2, "59.99"),
        ("60", 2, "60"),
        ("60.10", 2, "60.1"),
        ("35.5", 2, "35.5"),
        ("200/3", 2, "66.66"),
        ("1/1000", 2, "0"),
        ("-1/1000", 2, "0"),
        ("-59.995", 2, "-59.99"),
        ("-1/2", 2, "-0.5"),
        ("100", 2, "100"),
        ("10", 0, "10"),
        ("59.9", 0, "59"),
        ("1/16", 4, "0.0625"),
        ("0.05", 1, "0"),
    ],
)
def test_a_mark_is_shown_rounded_down_and_without_idle_zeros(number: str, places: int, text: str) -> None:
    assert shown(Fraction(number), places) == text


@given(st.fractions(-1000, 1000), st.integers(0, 4))
def test_what_is_shown_is_the_number_cut_off(number: Fraction, places: int) -> None:
    cut = Fraction(shown(number, places))
    assert abs(cut) <= abs(number) < abs(cut) + Fraction(1, 10**places)
    assert cut * number >= 0
    assert cut == Fraction((Decimal(number.numerator) / Decimal(number.denominator)).quantize(
        Decimal(1).scaleb(-places), ROUND_DOWN
    ))  # fmt: skip


@given(st.fractions(0, 100))
def test_nothing_below_the_pass_line_is_ever_shown_as_on_it(number: Fraction) -> None:
    for line in (60, 80):
        assert (Fraction(shown(number)) >= line) == (number >= line)


@given(st.fractions())
def test_exact_numbers_come_back_from_a_table_as_they_went(number: Fraction) -> None:
    assert parse_exact(exact(number)) == number


def test_how_a_table_holds_a_mark() -> None:
    assert (exact(Fraction(1, 3)), exact(Fraction(4)), exact(Fraction(-2, 6))) == ("1/3", "4/1", "-1/3")


@pytest.mark.parametrize("text", ["", "x", "1/0", "nan", "inf", "1/", "/2", "1/2/3", "0.5.1"])
def test_what_is_no_fraction_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_exact(text)


def test_a_text_is_shown_in_the_other_language_rather_than_not_at_all() -> None:
    assert Texts(zh="中").in_(Language.EN) == "中"
    assert Texts(en="E").in_(Language.ZH) == "E"
    both = Texts(zh="中", en="E")
    assert (both.in_(Language.ZH), both.in_(Language.EN), both.languages) == ("中", "E", set(Language))


@pytest.mark.parametrize(
    "body", [{}, {"zh": ""}, {"zh": " \n"}, {"en": "x" * 8001}, {"fr": "x"}, {"zh": 3}, {"zh": ["x"]}]
)
def test_a_text_that_is_none_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Texts.model_validate(body)
