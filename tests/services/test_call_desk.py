"""The desktop beside a call: searching, opening, unmasking while it goes on; what is kept, and what it leaves alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.domain.scenarios import Scenario
from lms.domain.values import Language
from lms.extensions import db
from lms.models.roleplays import Call, CallScript, Turn
from lms.services import call_attempts, call_desk, call_log, calls, hand_in
from lms.services.call_log import MessageReused, replayed, state_of
from lms.services.calls import CallRefused, NotYours
from lms.services.run_desk import Shown
from lms.services.run_ops import BadAction, read_op
from lms.services.writing import writing
from tests.call_room import Phone, a_trainee, load_scripts
from tests.call_sitting import MINUTE, a_call_sitting, started
from tests.conftest import MONDAY

CHEN_LI = "12900010048"


@pytest.fixture(autouse=True)
def _scripts(app: Flask) -> Iterator[None]:
    load_scripts()
    yield


class Desk:
    """A trainee at the desk of a call."""

    def __init__(self, scenario: str = "unclear-charges", language: Language = Language.ZH) -> None:
        self.phone = Phone(scenario, language=language).answer()
        self.count = 0

    def do(self, kind: str, op: str = "", **data: Any) -> Shown:
        self.count += 1
        raw = {"op": op or f"look-{self.count:06d}", "kind": kind, "data": data}
        return call_desk.act(self.phone.person, self.phone.id, read_op(raw), self.phone.later(1))

    def open(self, query: str) -> Shown:
        hits = self.do("search", q=query)["hits"]
        return self.do("open", customer=hits[0]["customer"])

    def looks(self) -> list[Turn]:
        wanted = select(Turn).where(Turn.call_id == self.phone.id, Turn.seq < 0).order_by(Turn.seq.desc())
        return list(db.session.execute(wanted).scalars())


def texts(shown: Any) -> list[str]:
    """Every text in a reply."""
    if isinstance(shown, dict):
        return [text for value in shown.values() for text in texts(value)]
    if isinstance(shown, list | tuple):
        return [text for value in shown for text in texts(value)]
    return [shown] if isinstance(shown, str) else []


def test_the_caller_is_found_among_namesakes() -> None:
    desk = Desk()
    found = desk.do("search", q="陈立")
    assert [hit["name"] for hit in found["hits"]] == ["陈*"] * 3
    assert sum(hit["number"] == "129****0048" for hit in found["hits"]) == 1
    sounding = desk.do("search", q="chenli")["hits"]
    assert len(sounding) == 5
    by_end = desk.do("search", q="0048")["hits"]
    assert sorted(hit["number"] for hit in by_end)[:2] == ["129****0048", "129****0048"]
    (exact,) = desk.do("search", q=CHEN_LI)["hits"]
    assert (exact["address"], exact["account"]) == ("南埠苑****", "8294075613")


def test_the_record_is_masked_until_it_is_unmasked_on_purpose() -> None:
    desk = Desk()
    card = desk.open(CHEN_LI)
    assert CHEN_LI not in texts(card) and "陈立" not in texts(card)
    shown = desk.do("unmask", field="number")
    assert CHEN_LI in texts(shown) and "陈立" not in texts(shown)
    assert "陈立" in texts(desk.do("unmask", field="name"))
    with pytest.raises(BadAction, match="field"):
        desk.do("unmask", field="id_number")


def test_bills_and_services_tell_the_three_charges() -> None:
    desk = Desk()
    desk.open(CHEN_LI)
    bills = texts(desk.do("panel", panel="bills"))
    # M69 and BayVideo: 69.00 + 18.00 in January and February, 69.00 in December, which was in the trial.
    assert bills.count("87.00") == 2 and bills.count("18.00") == 2 and "2025-12" in " ".join(bills)
    services = texts(desk.do("panel", panel="services"))
    assert "发送失败 2025-12-27" in services and "2026-03 2026-02 2026-01" in services


def test_the_desk_speaks_the_language_of_the_call() -> None:
    desk = Desk(language=Language.EN)
    desk.open("Chen Li 0048")
    assert "failed 2025-12-27" in texts(desk.do("panel", panel="services"))


def test_articles_are_found_and_read() -> None:
    desk = Desk()
    found = desk.do("knowledge", q="退费")["articles"]
    assert desk.do("article", article=found[0]["article"])["article"]["body"]
    with pytest.raises(BadAction, match="article"):
        desk.do("article", article="NO-SUCH")


def test_looks_stand_beside_the_conversation_and_move_none_of_its_clocks() -> None:
    desk = Desk()
    before = desk.phone.call
    told, count, last, state = desk.phone.told(), before.turns_count, before.last_turn_at, before.engine_sha256
    desk.open(CHEN_LI)
    desk.do("verify", level=2, proofs=["own-number", "code"])
    desk.do("panel", panel="bills")
    call = desk.phone.call
    assert (call.turns_count, call.last_turn_at, call.engine_sha256) == (count, last, state)
    assert [(turn.speaker, turn.kind) for turn in call_log.turns_of(call.id)] == told
    assert [turn.seq for turn in desk.looks()] == [-1, -2, -3]
    desk.phone.say("您好，澄湾通信，工号6021。")
    again = desk.phone.call
    here = state_of(again)
    assert here is not None and replayed(again, call_log.turns_of(again.id)).digest() == here.digest()


def test_the_same_look_is_kept_once_and_another_under_its_name_is_refused() -> None:
    desk = Desk()
    hits = desk.do("search", q="陈立")["hits"]
    first = desk.do("open", op="one-and-the-same", customer=hits[0]["customer"])
    desk.do("open", customer=hits[1]["customer"])
    assert desk.do("open", op="one-and-the-same", customer=hits[0]["customer"]) == first
    assert len(desk.looks()) == 2
    with pytest.raises(MessageReused):
        desk.do("open", op="one-and-the-same", customer=hits[1]["customer"])


def test_a_page_loaded_anew_stands_where_the_looks_have_left_it() -> None:
    desk = Desk()
    assert call_desk.screen(desk.phone.person, desk.phone.id)["card"] is None  # type: ignore[index]
    desk.open(CHEN_LI)
    desk.do("verify", level=1, proofs=["own-number", "name"])
    desk.do("panel", panel="plan")
    desk.do("unmask", field="number")
    screen = call_desk.screen(desk.phone.person, desk.phone.id)
    assert screen is not None
    assert (screen["level"], screen["panel"]["name"], CHEN_LI in texts(screen["card"])) == (1, "plan", True)


def test_nobody_looks_before_the_answer_or_after_the_end() -> None:
    phone = Phone("unclear-charges")
    op = read_op({"op": "look-early", "kind": "search", "data": {"q": CHEN_LI}})
    with pytest.raises(CallRefused, match="not-live"):
        call_desk.act(phone.person, phone.id, op, phone.later(1))
    desk = Desk("unclear-charges")
    desk.open(CHEN_LI)
    desk.phone.do("hang-up")
    for kind, data in (("search", {"q": CHEN_LI}), ("panel", {"panel": "bills"})):
        with pytest.raises(CallRefused, match="not-live"):
            desk.do(kind, **data)
    assert call_desk.screen(desk.phone.person, desk.phone.id)["card"] is None  # type: ignore[index]


def test_another_persons_desk_does_not_exist() -> None:
    desk = Desk()
    stranger = a_trainee("路过的人")
    op = read_op({"op": "look-foreign", "kind": "search", "data": {"q": CHEN_LI}})
    with pytest.raises(NotYours):
        call_desk.act(stranger, desk.phone.id, op, desk.phone.now)
    with pytest.raises(NotYours):
        call_desk.screen(stranger, desk.phone.id)


@pytest.mark.parametrize("kind", ["begin", "submit", "pin", "unpin", "answer"])
def test_what_only_a_drill_does_is_no_look(kind: str) -> None:
    data = {"ref": "plan", "field": "article", "value": "x"}
    with pytest.raises(BadAction, match="kind"):
        Desk().do(kind, **data)


def test_a_panel_needs_an_open_record_and_a_customer_who_is_there() -> None:
    desk = Desk()
    with pytest.raises(CallRefused, match="no-record-open"):
        desk.do("panel", panel="bills")
    with pytest.raises(BadAction, match="customer"):
        desk.do("open", customer=10**6)
    assert desk.looks() == []


def test_who_sits_an_exam_has_no_practice_desk() -> None:
    desk = Desk()
    desk.phone.person = replace(desk.phone.person, open_attempt_id=999)
    for kind, data in (("search", {"q": CHEN_LI}), ("open", {"customer": 1})):
        with pytest.raises(CallRefused, match="in-exam"):
            desk.do(kind, **data)


def test_a_certification_call_has_its_desk_until_it_is_handed_in() -> None:
    sitting, (person,), _trainer = a_call_sitting()
    who, attempt_id = started(sitting, person)
    call_id = call_attempts.next_call(who, attempt_id, MONDAY)
    calls.answer(who, call_id, MONDAY)
    number = call_log.script_of_call(db.session.get_one(Call, call_id)).record.line.number  # type: ignore[union-attr]
    op = read_op({"op": "look-certified", "kind": "search", "data": {"q": number}})
    (hit,) = call_desk.act(who, call_id, op, MONDAY + MINUTE)["hits"]
    assert hit["number"].endswith(number[-4:])
    hand_in.hand_in_own(who, attempt_id, MONDAY + 2 * MINUTE)
    with pytest.raises(CallRefused, match="over|not-live"):
        call_desk.act(who, call_id, op, MONDAY + 3 * MINUTE)


def test_so_many_looks_and_no_more() -> None:
    desk = Desk()
    desk.open(CHEN_LI)
    with writing(None, desk.phone.now) as deed:
        for seq in range(2, call_desk.MOST_LOOKS + 1):
            deed.session.add(Turn(
                call_id=desk.phone.id, seq=-seq, message_id=f"filler-{seq}", speaker="agent", kind="look",
                by="trainee", text="", data={"do": "panel", "panel": "plan"}, at=desk.phone.now,
            ))  # fmt: skip
    with pytest.raises(CallRefused, match="too-many"):
        desk.do("panel", panel="bills")


def test_a_changed_record_does_not_touch_a_call_that_has_begun_and_an_old_call_has_none() -> None:
    desk = Desk()
    desk.open(CHEN_LI)
    call = desk.phone.call
    script = call_log.script_of_call(call)
    assert script.record is not None
    with writing(None, desk.phone.now) as deed:
        old = script.model_copy(update={"record": None})
        text = old.model_dump_json(by_alias=True, exclude={"record"})
        deed.session.add(CallScript(sha256=old.sha256, body=text))
        deed.session.flush()
        deed.session.execute(update(Call).where(Call.id == call.id).values(script_sha256=old.sha256))
    db.session.expire_all()
    assert call_log.script_of_call(desk.phone.call) == Scenario.model_validate(old.model_dump(by_alias=True))
    assert call_desk.screen(desk.phone.person, desk.phone.id) is None
    with pytest.raises(CallRefused, match="not-live"):
        desk.do("search", q=CHEN_LI)


def test_looks_are_told_to_those_who_mark(app: Flask) -> None:
    desk = Desk("privacy-pressure")
    desk.open("12900010056")
    desk.do("verify", level=0, proofs=["name", "id-last4"])
    desk.do("panel", panel="notes")
    desk.do("unmask", field="number")
    seen = call_desk.looked_at(desk.phone.call.call_number)
    assert [(one.kind, one.what) for one in seen] == [
        ("open", "许* 129****0056"), ("verify", "V0"), ("panel", "记录"), ("unmask", "号码"),
    ]  # fmt: skip
    assert seen[0].own and [round(one.at) for one in seen] == [2, 3, 4, 5]
    rows = db.session.execute(select(func.count()).where(Turn.call_id == desk.phone.id, Turn.seq > 0)).scalar_one()
    assert rows == len(desk.phone.told()) - 4
    assert desk.phone.now - desk.phone.call.answered_at == timedelta(seconds=5)  # type: ignore[operator]
