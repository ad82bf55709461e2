"""Which parts of the index a query reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.crm.search import LONGEST_QUERY, QueryRefused, Refusal, read_query
from lms.domain.crm.terms import TermKind, ends, folded, from_end


def looked_up(query: str) -> list[list[tuple[str, str]]]:
    return [[(one.kind.value, one.low) for one in word.ranges] for word in read_query(query)]


def test_digits_are_looked_up_as_number_end_account_and_ticket() -> None:
    assert looked_up("0017") == [[("n", "0017"), ("e", "7100"), ("c", "0017"), ("t", "t0017")]]


@pytest.mark.parametrize(
    "typed", ["12900010017", "129 0001 0017", "１２９０００１００１７", "129-0001-0017", " 12900010017\t"]
)
def test_however_a_number_is_typed_it_is_the_same_number(typed: str) -> None:
    assert looked_up(typed)[0][0] == ("n", "12900010017")
    assert len(looked_up(typed)) == 1


def test_chinese_is_a_name_or_an_address() -> None:
    assert looked_up("张伟") == [[("s", "张伟"), ("a", "张伟")]]
    assert looked_up("海棠苑3栋") == [[("s", "海棠苑3栋"), ("a", "海棠苑3栋")]]


def test_latin_letters_are_initials_or_pinyin_and_words_of_them_are_one() -> None:
    assert looked_up("ZW")[0][0] == ("i", "zw")
    assert looked_up("Zhang Wei")[0][0] == ("i", "zhangwei")


def test_tickets() -> None:
    assert looked_up("T2603140012")[0][0] == ("t", "t2603140012")


def test_several_words_stay_apart_and_a_short_one_only_filters() -> None:
    assert looked_up("张伟 17") == [[("s", "张伟"), ("a", "张伟")], []]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", Refusal.EMPTY),
        ("  ——，。 ", Refusal.EMPTY),
        ("017", Refusal.SHORT),
        ("z", Refusal.SHORT),
        ("9" * 10_000, Refusal.LONG),
    ],
)
def test_what_is_not_looked_up(query: str, reason: Refusal) -> None:
    with pytest.raises(QueryRefused) as refused:
        read_query(query)
    assert refused.value.reason is reason


@given(st.text(max_size=LONGEST_QUERY))
def test_any_text_is_looked_up_or_refused(query: str) -> None:
    try:
        words = read_query(query)
    except QueryRefused:
        return
    for word in words:
        for one in word.ranges:
            assert one.low < one.high
            assert one.low == folded(one.low)


def test_a_range_holds_the_term_and_all_that_begin_with_it() -> None:
    (word,) = read_query("张伟")
    name = word.ranges[0]
    assert name.kind is TermKind.NAME
    assert all(name.low <= term < name.high for term in ("张伟", "张伟民", "张伟𠀀"))
    assert not any(name.low <= term < name.high for term in ("张", "张薇", "章伟"))


def test_ends_of_a_text_never_start_within_a_number_or_a_word() -> None:
    assert list(ends("海棠苑12栋")) == ["海棠苑12栋", "棠苑12栋", "苑12栋", "12栋"]
    assert list(ends("Unit 3, Haitang Court")) == ["unit3haitangcourt", "3haitangcourt", "haitangcourt", "court"]


@given(st.text(alphabet="0123456789", min_size=4, max_size=11))
def test_the_last_digits_are_a_prefix_from_the_end(number: str) -> None:
    assert from_end(number).startswith(from_end(number[-4:]))
