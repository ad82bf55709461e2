"""Differences: by characters in Chinese, by words in English, and never a letter lost."""

from hypothesis import given
from hypothesis import strategies as st

from lms.domain.bank_differences import differences, pieces, whole
from lms.domain.values import Language
from tests.domain.test_bank import questions

texts = st.text("甲乙丙丁 abc12.\n", max_size=40)


def shown(old: str, new: str, language: Language) -> str:
    marks = {"same": "{}", "out": "[-{}-]", "in": "[+{}+]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces(old, new, language))


def test_chinese_is_compared_by_characters_and_numbers_stay_whole() -> None:
    assert shown("退还36元给客户", "退还48元给顾客", Language.ZH) == "退还[-36-][+48+]元给[+顾+]客[-户-]"


def test_english_is_compared_by_words() -> None:
    assert shown("Refund 36 yuan now", "Refund 48 yuan now", Language.EN) == "Refund [-36-][+48+] yuan now"


@given(texts, texts, st.sampled_from(list(Language)))
def test_the_pieces_hold_both_texts_whole(old: str, new: str, language: Language) -> None:
    found = pieces(old, new, language)
    assert "".join(piece.text for piece in found if piece.kind != "in") == old
    assert "".join(piece.text for piece in found if piece.kind != "out") == new


@given(questions(), questions())
def test_nothing_changed_is_no_difference_and_everything_else_is_one(one: object, other: object) -> None:
    assert differences(one, one) == []  # type: ignore[arg-type]
    assert bool(differences(one, other)) == (one != other)  # type: ignore[arg-type]
    assert whole(one)  # type: ignore[arg-type]
