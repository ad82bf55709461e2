"""Every kind of question reads and marks its own answers."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.domain import bank
from lms.domain.frozen_paper import FrozenQuestion, freeze_question
from lms.domain.questions import LONGEST_ANSWER, Answer, AnswerRejected, Kind, MultipleRule, QuestionBase
from lms.domain.questions.base import text_of
from lms.domain.values import Language
from tests.domain.invented_questions import both, multiple, numeric, ordering, single, written

RULES = st.sampled_from(list(MultipleRule))
LETTERS = "ABCDEFGH"


@st.composite
def multiples(draw: Any) -> QuestionBase:
    ids = LETTERS[: draw(st.integers(4, 8))]
    key = draw(st.sets(st.sampled_from(ids), min_size=2, max_size=len(ids) - 1))
    return multiple(ids=ids, key="".join(sorted(key)))


@st.composite
def singles(draw: Any) -> QuestionBase:
    ids = LETTERS[: draw(st.integers(3, 6))]
    return single(ids=ids, key=draw(st.sampled_from(ids)))


@st.composite
def orderings(draw: Any) -> QuestionBase:
    return ordering(key="".join(draw(st.permutations(LETTERS[: draw(st.integers(3, 8))]))))


@st.composite
def numerics(draw: Any) -> QuestionBase:
    key = draw(st.decimals(-10000, 10000, places=2, allow_nan=False))
    return numeric(key=f"{key:f}", tolerance=f"{draw(st.decimals(0, 10, places=2)):f}")


OBJECTIVE = st.one_of(singles(), multiples(), orderings(), numerics())


def right_answer(question: Any) -> Answer:
    return (
        sorted(question.key)
        if question.kind is Kind.MULTIPLE
        else (list(question.key) if question.kind is Kind.ORDERING else question.key)
    )


def some_answer(draw: Any, question: QuestionBase) -> Answer:
    if question.kind is Kind.SINGLE:
        return draw(st.sampled_from([None, *question.presented]))
    if question.kind is Kind.MULTIPLE:
        return sorted(draw(st.sets(st.sampled_from(question.presented)))) or None
    if question.kind is Kind.ORDERING:
        return draw(st.none() | st.permutations(question.presented))
    return draw(st.none() | st.text(max_size=40) | st.decimals(-99, 99, places=1).map(str))


# --- properties of all that a program marks ---------------------------------------------------------------------


@given(st.data(), OBJECTIVE, RULES)
def test_a_share_lies_between_none_and_all(data: st.DataObject, question: QuestionBase, rule: MultipleRule) -> None:
    share = question.share(some_answer(data.draw, question), rule)
    assert isinstance(share, Fraction)
    assert 0 <= share <= 1


@given(OBJECTIVE, RULES)
def test_the_right_answer_earns_everything_under_every_rule(question: QuestionBase, rule: MultipleRule) -> None:
    assert question.share(right_answer(question), rule) == 1


@given(OBJECTIVE, RULES)
def test_a_blank_earns_nothing_under_every_rule(question: QuestionBase, rule: MultipleRule) -> None:
    assert question.share(None, rule) == 0
    assert question.is_blank(None)
    assert question.share(question.read("", question.presented), rule) == 0


def on_paper(question: QuestionBase, order: tuple[str, ...]) -> FrozenQuestion:
    return freeze_question(1, 2, order, 7, bank.split(question)[0], Language.ZH)  # type: ignore[arg-type]


def in_letters(answer: Answer, frozen: FrozenQuestion) -> Answer:
    """What a candidate sends who means ``answer``: the letters under which the ids stand on this paper."""
    letters = dict(zip(frozen.order, frozen.letters, strict=True))
    if not frozen.order or answer is None:
        return answer
    return letters[answer] if isinstance(answer, str) else [letters[one] for one in answer]


@given(st.data(), OBJECTIVE, RULES)
def test_shuffling_never_changes_a_mark(data: st.DataObject, question: QuestionBase, rule: MultipleRule) -> None:
    answer = some_answer(data.draw, question)
    frozen = on_paper(question, tuple(data.draw(st.permutations(question.presented))))
    sent = in_letters(answer, frozen)
    received = frozen.in_ids(frozen.read(sent))
    assert question.share(received, rule) == question.share(answer, rule)


def test_the_letters_of_a_paper_are_not_the_ids_of_the_bank() -> None:
    question = single(key="B")
    frozen = on_paper(question, ("D", "B", "A", "C"))
    assert frozen.lettered[1] == ("B", "option B（中）")
    assert frozen.lettered[0] == ("A", "option D（中）")
    assert question.share(frozen.in_ids(frozen.read("B")), MultipleRule.HALF) == 1
    assert question.share(frozen.in_ids(frozen.read("A")), MultipleRule.HALF) == 0


def test_steps_keep_the_order_in_which_they_were_put() -> None:
    question = ordering(key="CABD")
    frozen = on_paper(question, ("D", "C", "B", "A"))
    assert frozen.in_ids(frozen.read(["B", "D", "C", "A"])) == ["C", "A", "B", "D"]
    assert question.share(["C", "A", "B", "D"], MultipleRule.HALF) == 1


def test_any_step_out_of_place_earns_nothing() -> None:
    assert ordering(key="CABD").share(["C", "A", "D", "B"], MultipleRule.HALF) == 0


# --- the rules of multiple choice, against their formulas ------------------------------------------


def expected(rule: MultipleRule, key: set[str], picked: set[str], count: int) -> float:
    """The same from the sets themselves, in another arithmetic than the product's."""
    h, w, c, n = len(picked & key), len(picked - key), len(key), count
    if not picked:
        return 0.0
    if rule is MultipleRule.HALF:
        return 1.0 if picked == key else 0.5 if picked < key else 0.0
    if rule is MultipleRule.EXACT:
        return 1.0 if picked == key else 0.0
    if rule is MultipleRule.NET:
        return max(0.0, (h - w) / c)
    if rule is MultipleRule.EACH:
        return 1 - (w + c - h) / n
    return (h / c) * (h / (h + w))


@given(st.data(), multiples(), RULES)
def test_a_multiple_choice_counts_as_its_rule_says(data: st.DataObject, question: Any, rule: MultipleRule) -> None:
    picked = data.draw(st.sets(st.sampled_from(question.presented)))
    share = question.share(sorted(picked) or None, rule)
    assert float(share) == pytest.approx(expected(rule, set(question.key), picked, len(question.presented)), abs=1e-12)


@pytest.mark.parametrize(
    ("rule", "picked", "share"),
    [
        (MultipleRule.HALF, "AB", "1/2"),
        (MultipleRule.HALF, "ABD", "0"),
        (MultipleRule.HALF, "ABC", "1"),
        (MultipleRule.EXACT, "AB", "0"),
        (MultipleRule.NET, "ABD", "1/3"),
        (MultipleRule.NET, "DE", "0"),
        (MultipleRule.EACH, "", "0"),  # 3 of 5: the bare formula would give 2/5
        (MultipleRule.EACH, "AB", "4/5"),
        (MultipleRule.EACH, "DE", "0"),
        (MultipleRule.COVERAGE, "ABD", "4/9"),
        (MultipleRule.COVERAGE, "D", "0"),
    ],
)
def test_three_of_five(rule: MultipleRule, picked: str, share: str) -> None:
    assert multiple(key="ABC", ids="ABCDE").share(list(picked) or None, rule) == Fraction(share)


# --- numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["1234.5", " 1234.5 ", "1,234.5", "１２３４．５", "1，234.5", "1234.5元", "1234.5 yuan", "1234.50 YUAN", "¥1,234.5",
     "￥1234.5", "+1234.5", "1 234.5", "01234.5"],
)  # fmt: skip
def test_a_number_is_read_as_people_write_it(typed: str) -> None:
    assert numeric(key="1234.5").share(typed, MultipleRule.HALF) == 1


@pytest.mark.parametrize(
    "typed",
    ["", " ", "元", "1/2", "1e5", "1E5", "５ｅ０", "inf", "-inf", "Infinity", "nan", "NaN", "5五", "5..0", "--5",
     "5-", "0x5", "1_0", "5;5", "½", "5元元元x", "\x00", "٥%"],
)  # fmt: skip
def test_what_is_no_plain_number_earns_nothing_and_breaks_nothing(typed: str) -> None:
    for key in ("0.5", "100000", "5", "10", "0"):
        assert numeric(key=key).share(typed, MultipleRule.HALF) == 0


def test_the_edges_of_the_tolerance_are_inside() -> None:
    question = numeric(key="5.0", tolerance="0.05")
    shares = {typed: question.share(typed, MultipleRule.HALF) for typed in ("4.95", "5.05", "4.949", "5.0500001")}
    assert shares == {"4.95": 1, "5.05": 1, "4.949": 0, "5.0500001": 0}


def test_decimals_are_compared_exactly() -> None:
    question = numeric(key="0.3", tolerance="0")
    assert question.share("0.30", MultipleRule.HALF) == 1
    assert question.share("0.30000000000000004", MultipleRule.HALF) == 0


def test_a_minus_counts_however_it_is_typed() -> None:
    for typed in ("-5", "－5", "−5"):
        assert numeric(key="-5").share(typed, MultipleRule.HALF) == 1
    assert numeric(key="-5").share("5", MultipleRule.HALF) == 0


@given(st.text(max_size=40))
def test_no_text_breaks_the_marking_of_a_number(typed: str) -> None:
    assert numeric().share(typed, MultipleRule.HALF) in (0, 1)


# --- what a browser sends -----------------------------------------------------------------------------------------

ABCD = ("A", "B", "C", "D")
FORGED: list[Any] = [0, 1, False, True, 1.5, {}, {"A": "B"}, ["Z"], [["A"]], [None], "Z", "a", "AB", ["A", "A"], [1]]


@pytest.mark.parametrize("raw", FORGED, ids=repr)
@pytest.mark.parametrize("question", [single(), multiple(ids="ABCD", key="AB"), ordering()], ids=lambda q: q.kind.value)
def test_a_forged_choice_is_rejected(question: QuestionBase, raw: Any) -> None:
    with pytest.raises(AnswerRejected):
        type(question).read(raw, ABCD)


@pytest.mark.parametrize("raw", [0, 1, False, True, 1.5, {}, [], ["5"], "5" * 41], ids=repr)
def test_a_forged_number_is_rejected(raw: Any) -> None:
    with pytest.raises(AnswerRejected):
        type(numeric()).read(raw, ())


@pytest.mark.parametrize(
    "raw", [0, False, {}, [], ["text"], "长" * (LONGEST_ANSWER + 1)], ids=lambda raw: repr(raw)[:12]
)
def test_a_forged_text_is_rejected(raw: Any) -> None:
    with pytest.raises(AnswerRejected):
        type(written()).read(raw, ())


@pytest.mark.parametrize("kind", [Kind.SINGLE, Kind.MULTIPLE, Kind.ORDERING, Kind.NUMERIC, Kind.WRITTEN])
def test_an_answer_can_be_taken_back(kind: Kind) -> None:
    make: dict[Kind, Callable[[], QuestionBase]] = {
        Kind.SINGLE: single, Kind.MULTIPLE: multiple, Kind.ORDERING: ordering, Kind.NUMERIC: numeric,
        Kind.WRITTEN: written,
    }  # fmt: skip
    question = make[kind]()
    assert question.read(None, question.presented) is None
    assert question.read("", question.presented) is None
    if kind in (Kind.MULTIPLE, Kind.ORDERING):
        assert question.read([], question.presented) is None


def test_an_order_must_place_every_step() -> None:
    with pytest.raises(AnswerRejected):
        type(ordering()).read(["A", "B", "C"], ABCD)


def test_the_letters_of_a_multiple_choice_are_kept_sorted() -> None:
    assert type(multiple()).read(["C", "A"], ABCD) == ["A", "C"]


def test_a_text_of_the_greatest_length_is_kept_whole() -> None:
    text = "长" * LONGEST_ANSWER
    assert type(written()).read(text, ()) == text


def test_half_a_surrogate_pair_becomes_a_sign_that_a_table_can_keep() -> None:
    assert text_of("a\ud800b", 10).encode() == "a�b".encode()
    assert text_of("😀", 10) == "😀"


def test_white_space_alone_is_no_written_answer() -> None:
    assert written().is_blank(" \n\t　")
    assert not written().is_blank("。")


# --- what a question may be ---------------------------------------------------------------------------------------


def test_a_written_question_is_worth_its_guide() -> None:
    assert written().points == 10


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: single(key="E"), "not one of the options"),
        (lambda: single(ids="AAB", key="A"), "same id"),
        (lambda: single(ids="AB", key="A"), "at least 3"),
        (lambda: multiple(ids="ABCD", key="ABCD"), "not all of them"),
        (lambda: multiple(ids="ABCD", key="AA"), "two or more different"),
        (lambda: multiple(ids="ABCD", key="A"), "at least 2"),
        (lambda: multiple(ids="ABCD", key="AE"), "not all of them"),
        (lambda: numeric(tolerance="-1"), "negative"),
        (lambda: numeric(key="1e5"), "pattern"),
        (lambda: numeric(key="５"), "pattern"),
        (lambda: ordering(steps=[{"id": i, "text": both(i)} for i in "ABC"]), "every step once"),
        (lambda: single(enemies=["Q-1"]), "its own enemy"),
        (lambda: single(rationale={"zh": "只有中文"}), "translate all of them or none"),
        (lambda: single(stem={}), "zh, en or both"),
        (lambda: single(stem={"zh": "长" * 8001, "en": "x"}), "at most 8000"),
        (lambda: single(surprise=1), "Extra inputs"),
    ],
)
def test_a_question_that_cannot_be_is_refused(make: Callable[[], QuestionBase], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        make()


def test_two_steps_or_options_may_not_read_the_same() -> None:
    same = [{"id": i, "text": both("the same"), "why": both("why")} for i in "ABC"]
    with pytest.raises(ValidationError, match="same text"):
        single(options=same, key="A")
    with pytest.raises(ValidationError, match="same text"):
        ordering(steps=[{"id": i, "text": both("the same")} for i in "ABCD"])
