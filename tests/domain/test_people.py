"""Who may be what: employee numbers, names, passwords."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.people import STAFF, BadName, BadNumber, Role, clean_name, fold_number, password_problem


@pytest.mark.parametrize("raw", ["n100", "N100", " n100 ", "Ｎ１００", "ｎ100\n", "　n100　"])
def test_one_number_has_one_spelling(raw: str) -> None:
    assert fold_number(raw) == "n100"


REFUSED = ["", " ", "a", "-a1", ".a1", "a b", "a\x00b", "a\nb", "工号一", "a/b", "a'b", "a%b", "=a1", "a\u200bb",
           "x" * 33, "a1\u202e", "ａ\ud800"]  # fmt: skip


@pytest.mark.parametrize("raw", REFUSED, ids=ascii)
def test_what_is_no_number_is_refused(raw: str) -> None:
    with pytest.raises(BadNumber):
        fold_number(raw)


def test_the_longest_and_the_shortest_number() -> None:
    assert fold_number("x" * 32) == "x" * 32
    assert fold_number("a1") == "a1"
    assert fold_number("a.b_c-1") == "a.b_c-1"


@given(st.text(max_size=40))
def test_a_folded_number_is_plain_and_folds_to_itself(raw: str) -> None:
    try:
        number = fold_number(raw)
    except BadNumber:
        return
    assert number.isascii()
    assert number == number.strip().lower()
    assert fold_number(number) == number
    assert fold_number(unicodedata.normalize("NFKC", raw).upper()) == number


def test_a_name_is_stored_as_people_write_it() -> None:
    assert clean_name("  张　晓 \n 明 ") == "张 晓 明"
    assert clean_name("Ａｎｎ　Ｌｅｅ") == "Ann Lee"
    assert clean_name("欧阳·娜娜") == "欧阳·娜娜"


@pytest.mark.parametrize(
    "raw", ["", "  ", "长" * 81, "a\x00b", "a\u202eb", "a\u200bb", "\ud800a", "\x1b[31m"], ids=ascii
)
def test_a_name_that_nobody_can_read_is_refused(raw: str) -> None:
    with pytest.raises(BadName):
        clean_name(raw)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("123456789", "short"),
        ("1234567890", None),
        ("x" * 201, "long"),
        ("abc" + "x" * 197, None),
        ("aaaaaaaaaa", "plain"),
        ("abcabcabcabc", "plain"),
        ("abcdabcdabcd", None),
        ("my-N100-secret", "plain"),
        ("张晓的密码就是这个呀", "plain"),
        ("correct horse battery", None),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(password: str, problem: str | None) -> None:
    assert password_problem(password, "n100", "张晓") == problem


def test_a_name_of_one_character_does_not_forbid_it_in_a_password() -> None:
    assert password_problem("correct 李 battery", "n100", "李") is None


def test_a_new_hire_is_no_staff() -> None:
    assert frozenset(Role) - STAFF == {Role.NEW_HIRE}
    assert len(Role) == 5
