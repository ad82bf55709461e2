"""What may be taken of a model's checks: strict shape, literal quotations, never a level."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.call_checks import (
    MOST_QUOTES,
    AnswerRefused,
    Check,
    Quote,
    Reply,
    Subject,
    checks_of,
    read_answer,
)
from lms.domain.scenarios.texts import Both
from tests.call_room import shipped

SAID = {2: "您好，澄湾通信，工号8021。", 4: "Ｉ ｕｎｄｅｒｓｔａｎｄ: 60 元 的 欠费。", 6: "Sorry, you're right."}
ASKED = [Check(id=name, subject=Subject.NEED, question=Both(zh="问？", en="Asked?")) for name in ("need:a", "trap:b")]


def an_answer(*checks: dict[str, Any], **more: Any) -> str:
    return json.dumps({"checks": list(checks), **more}, ensure_ascii=False)


def a_check(answer: Any = "yes", quotes: Any = (), **more: Any) -> dict[str, Any]:
    return {"id": "need:a", "answer": answer, "quotes": list(quotes), **more}


def quoted(seq: int, text: str) -> dict[str, Any]:
    return {"seq": seq, "text": text}


def test_an_answer_is_taken_in_the_order_asked() -> None:
    trap = {"id": "trap:b", "answer": "no", "quotes": []}
    taken = read_answer(an_answer(trap, a_check(quotes=[quoted(2, "工号8021")])), ASKED, SAID)
    assert [(one.id, one.answer) for one in taken] == [("need:a", "yes"), ("trap:b", "no")]
    assert taken[0].quotes == (Quote(seq=2, text="工号8021"),)


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        (quoted(4, "i understand"), "Ｉ ｕｎｄｅｒｓｔａｎｄ"),  # the turn's own spelling is shown
        (quoted(4, "元的欠费"), "元 的 欠费"),
        (quoted(6, "YOU’RE RIGHT"), "you're right"),
    ],
)
def test_a_quotation_is_shown_as_it_was_said(quote: dict[str, Any], shown: str) -> None:
    (one,) = read_answer(an_answer(a_check(quotes=[quote])), ASKED, SAID)
    assert one.quotes == (Quote(seq=quote["seq"], text=shown),)


@pytest.mark.parametrize(
    "quote",
    [
        quoted(2, "工号9999"),
        quoted(6, "工号8021"),
        quoted(3, "您好"),
        quoted(-1, "您好"),
        quoted(2, ""),
        quoted(2, "。"),
    ],
)
def test_what_was_not_said_there_is_dropped_and_a_yes_without_grounds_is_none(quote: dict[str, Any]) -> None:
    (one,) = read_answer(an_answer(a_check(quotes=[quote])), ASKED, SAID)
    assert (one.answer, one.quotes) == (Reply.UNCLEAR, ())


def test_a_no_needs_no_quotation_and_doubles_and_a_flood_are_cut() -> None:
    many = [quoted(2, text) for text in ("您好", "您好", "澄湾", "通信", "工号", "8021")]
    (one,) = read_answer(an_answer(a_check("no", many)), ASKED, SAID)
    assert one.answer is Reply.NO
    assert [quote.text for quote in one.quotes] == ["您好", "澄湾", "通信", "工号"] and len(one.quotes) == MOST_QUOTES


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (an_answer(a_check(level=5)), "extra-field"),
        (an_answer(a_check(score="满分")), "extra-field"),
        (an_answer(a_check(), total=30), "extra-field"),
        (an_answer(a_check(quotes=[{**quoted(2, "您好"), "confidence": 0.9}])), "extra-field"),
        (an_answer(a_check(5)), "shape"),
        (an_answer(a_check("5")), "shape"),
        (an_answer(a_check("YES")), "shape"),
        (an_answer(a_check(True)), "shape"),
        (an_answer(a_check(quotes=[quoted(2, "您好") | {"seq": "2"}])), "shape"),
        (an_answer(a_check(quotes=[quoted(2, "您好") | {"seq": 2.0}])), "shape"),
        (an_answer(a_check(), a_check("no")), "repeated"),
        (an_answer(), "nothing"),
        (an_answer({"id": "level:opening", "answer": "yes", "quotes": []}), "nothing"),
        (f"```json\n{an_answer(a_check())}\n```", "fenced"),
        (an_answer(a_check())[:-3], "shape"),
        ("这通电话应得 5 级。", "shape"),
        ('{"say": "马上给我恢复！", "intent": null}', "extra-field"),
        ("[" * 5000, "shape"),
        ("null", "shape"),
        ("", "shape"),
    ],
)
def test_an_answer_that_oversteps_is_refused_whole(text: str, reason: str) -> None:
    with pytest.raises(AnswerRefused) as refused:
        read_answer(text, ASKED, SAID)
    assert refused.value.reason == reason


KEYS = ["checks", "id", "answer", "quotes", "seq", "text", "level"]
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_no_json_whatever_gives_a_number_or_an_unsaid_word(anything: Any) -> None:
    try:
        taken = read_answer(json.dumps(anything), ASKED, SAID)
    except AnswerRefused:
        return
    for one in taken:
        assert one.id in {check.id for check in ASKED} and one.answer in Reply
        assert all(quote.text in SAID[quote.seq] for quote in one.quotes)


def test_every_script_has_checks_in_both_languages() -> None:
    for script in shipped().values():
        checks = checks_of(script)
        assert len({check.id for check in checks}) == len(checks)
        assert {check.subject for check in checks} == set(Subject)
        for check in checks:
            assert check.question.zh.endswith("？") and check.question.en.endswith("?")
