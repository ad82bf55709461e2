"""The desktop beside a call by real requests: what the page gets, what a look answers, who gets nothing."""

import json
import re
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.domain.people import Role
from lms.extensions import limiter
from lms.models.roleplays import Call, CallScript
from lms.services import call_attempts, call_desk, call_log, call_marking_queue, calls, hand_in
from lms.services.run_ops import read_op
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.call_room import load_scripts
from tests.call_sitting import MINUTE, a_call_sitting, an_examiner, hold_call, started, the_call
from tests.conftest import MONDAY
from tests.factories import a_person

BEGIN = {"scenario": "unclear-charges", "language": "zh", "customer": "scripted"}
NUMBER = "12900010048"
_ops = count(1)


@pytest.fixture(autouse=True)
def _scripts(app: Flask) -> None:
    limiter.reset()
    load_scripts()


@pytest.fixture
def trainee(app: Flask) -> Visitor:
    return Visitor(app).sign_in(a_person(Role.NEW_HIRE, name="应话人"))


def begun(visitor: Visitor, **changes: str) -> str:
    return str(visitor.post("/calls", {**BEGIN, **changes}).headers["Location"])


def answered(visitor: Visitor, **changes: str) -> str:
    path = begun(visitor, **changes)
    assert visitor.post(f"{path}/answer", json={}).status_code == 200
    return path


def look(visitor: Visitor, path: str, kind: str, op: str = "", **data: Any) -> TestResponse:
    body = {"op": op or f"op-{next(_ops):08d}", "kind": kind, "data": data}
    return visitor.post(f"{path}/desk", json=body)


def opened(visitor: Visitor, path: str, query: str = NUMBER) -> dict[str, Any]:
    hits = look(visitor, path, "search", q=query).get_json()["shown"]["hits"]
    return dict(look(visitor, path, "open", customer=hits[0]["customer"]).get_json()["shown"])


def desk_of(room: TestResponse) -> dict[str, Any] | None:
    found = re.search(r'id="call-setup">(.*?)</script>', room.text, re.S)
    assert found
    desk = json.loads(found.group(1))["desk"]
    return dict(desk) if desk else None


def test_the_page_has_the_desk_and_nothing_of_the_record(trainee: Visitor) -> None:
    path = begun(trainee)
    desk = desk_of(trainee.get(path))
    assert desk is not None and desk["shown"]["card"] is None and desk["shown"]["level"] == 0
    room = trainee.get(path).text
    for secret in ("tells", "persona", "known_by", "发送失败", "CF20251128", "8294075613", "crm_only"):
        assert secret not in room, secret
    assert look(trainee, path, "search", q=NUMBER).status_code == 409, "nobody has answered yet"


def test_search_open_panels_unmask_and_a_reload(trainee: Visitor) -> None:
    path = answered(trainee)
    card = opened(trainee, path)["card"]
    assert card["title"] == "陈* · 正常" and NUMBER not in json.dumps(card)
    panel = look(trainee, path, "panel", panel="services").get_json()["shown"]["panel"]
    assert "发送失败 2025-12-27" in json.dumps(panel, ensure_ascii=False)
    unmasked = look(trainee, path, "unmask", field="number").get_json()["shown"]
    assert NUMBER in json.dumps(unmasked)
    look(trainee, path, "verify", level=2, proofs=["own-number", "code"])
    desk = desk_of(trainee.get(path))
    assert desk is not None
    shown = desk["shown"]
    assert (shown["level"], shown["panel"]["name"]) == (2, "services") and NUMBER in json.dumps(shown["card"])


def test_the_knowledge_base_is_at_hand_as_safe_text(trainee: Visitor) -> None:
    path = answered(trainee)
    articles = look(trainee, path, "knowledge", q="退费").get_json()["shown"]["articles"]
    article = look(trainee, path, "article", article=articles[0]["article"]).get_json()["shown"]["article"]
    assert article["html"].startswith("<") and "body" not in article
    notices = desk_of(trainee.get(path))["shown"]["notices"]  # type: ignore[index]
    assert any(notice["past"] for notice in notices) and not all(notice["past"] for notice in notices)


def test_the_desk_is_in_the_language_of_the_call(trainee: Visitor) -> None:
    path = answered(trainee, language="en")
    assert opened(trainee, path, "Chen Li 0048")["card"]["title"] == "Chen * · Active"


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("begin", {}, "kind"),
        ("submit", {}, "kind"),
        ("answer", {"field": "article", "value": "x"}, "kind"),
        ("shout", {}, "kind"),
        ("search", {"q": ""}, "q"),
        ("search", {"q": "12"}, "q"),
        ("search", {"q": "x" * 500}, "q"),
        ("search", {"q": 7}, "q"),
        ("open", {"customer": "1"}, "customer"),
        ("open", {"customer": 10**6}, "customer"),
        ("open", {"customer": -1}, "customer"),
        ("panel", {"panel": "persona"}, "panel"),
        ("article", {"article": "../../etc/passwd"}, "article"),
        ("verify", {"level": 9, "proofs": []}, "level"),
        ("knowledge", {"q": "\x00"}, "q"),
    ],
)
def test_what_is_no_look_is_told_so(trainee: Visitor, kind: str, data: dict[str, Any], field: str) -> None:
    path = answered(trainee)
    reply = look(trainee, path, kind, **data)
    assert (reply.status_code, reply.get_json()["field"]) == (422, field)
    assert reply.get_json()["error"]


def test_a_panel_or_an_unmasking_without_a_record_is_refused(trainee: Visitor) -> None:
    path = answered(trainee)
    panel = look(trainee, path, "panel", panel="bills")
    assert (panel.status_code, panel.get_json()["reason"]) == (409, "no-record-open")
    assert look(trainee, path, "unmask", field="number").status_code == 422
    for body in ("[]", "7", "{", '{"op": "short"}'):
        assert trainee.post(f"{path}/desk", data=body, content_type="application/json").status_code in (400, 422)


def test_the_same_look_again_is_the_same_and_another_under_its_name_is_refused(trainee: Visitor) -> None:
    path = answered(trainee)
    opened(trainee, path)
    first = look(trainee, path, "panel", "op-the-same", panel="plan").get_json()
    look(trainee, path, "panel", panel="bills")
    assert look(trainee, path, "panel", "op-the-same", panel="plan").get_json() == first
    assert look(trainee, path, "panel", "op-the-same", panel="notes").status_code == 422


def test_anothers_desk_does_not_exist(app: Flask, trainee: Visitor) -> None:
    path = answered(trainee)
    other = Visitor(app).sign_in(a_person(Role.NEW_HIRE, name="别人"))
    for address in (path, "/calls/999999"):
        assert look(other, address, "search", q=NUMBER).status_code == 404
        assert look(other, address, "open", customer=1).status_code == 404


def test_after_the_call_nothing_more_is_looked_up(trainee: Visitor) -> None:
    path = answered(trainee)
    opened(trainee, path)
    trainee.post(f"{path}/deed", json={"message": "deed-000001", "do": "hang-up"})
    for kind, data in (("search", {"q": NUMBER}), ("panel", {"panel": "bills"})):
        late = look(trainee, path, kind, **data)
        assert (late.status_code, late.get_json()["reason"]) == (409, "not-live")
    page = trainee.get(path)
    assert "通话回看" in page.text and NUMBER not in page.text
    assert "坐席查看的系统资料（1 项）" in page.text and "陈* 129****0048" in page.text


def test_a_call_without_a_record_still_opens_with_its_list_of_facts(trainee: Visitor) -> None:
    path = answered(trainee)
    with writing(None, MONDAY) as deed:
        call = deed.session.query(Call).one()
        old = json.loads(deed.session.get_one(CallScript, call.script_sha256).body)
        del old["record"]
        deed.session.add(CallScript(sha256="0" * 64, body=json.dumps(old, ensure_ascii=False)))
        deed.session.flush()
        call.script_sha256 = "0" * 64
    room = trainee.get(path)
    assert desk_of(room) is None
    assert "续费提醒短信发送失败" in room.text and 'id="search"' not in room.text and 'id="ticket"' in room.text
    assert look(trainee, path, "search", q=NUMBER).status_code == 409


def test_whoever_marks_sees_what_was_opened_and_when(app: Flask) -> None:
    sitting, (candidate,), _trainer = a_call_sitting()
    who, attempt_id = started(sitting, candidate)
    call_id = call_attempts.next_call(who, attempt_id, MONDAY)
    calls.answer(who, call_id, MONDAY)
    record = call_log.script_of_call(the_call(call_id)).record
    assert record is not None
    steps: list[tuple[str, dict[str, Any]]] = [
        ("open", {"customer": subject(call_id)}), ("panel", {"panel": "bills"}), ("unmask", {"field": "number"}),
        ("open", {"customer": 0}), ("verify", {"level": 2, "proofs": []}),
    ]  # fmt: skip
    for number, (kind, data) in enumerate(steps, start=1):
        op = read_op({"op": f"look-{number:06d}", "kind": kind, "data": data})
        call_desk.act(who, call_id, op, MONDAY + timedelta(seconds=number))
    calls.do(who, call_id, "deed-000001", "hang-up", {}, MONDAY + timedelta(seconds=9))
    hold_call(who, attempt_id, MONDAY + 2 * MINUTE)
    hand_in.hand_in_own(who, attempt_id, MONDAY + 5 * MINUTE)
    examiner = an_examiner()
    numbers = [the_call(call_id).call_number]
    task_id = call_marking_queue.take_next(examiner.id, numbers[0], MONDAY + 6 * MINUTE)
    page = Visitor(app).sign_in(examiner).get(f"/call-marking/tasks/{task_id}").text
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    last = record.line.number[-4:]
    assert "坐席查看的系统资料（5 项）" in text
    assert re.search(rf"00:01 打开客户记录 .\* 129\*\*\*\*{last} 00:02 查看资料页 账单 00:03 显示完整内容 号码", text)
    assert re.search(r"00:04 打开客户记录 \S+ \S+ 不是来电所涉的客户 00:05 核验记为 V2", text)
    assert record.line.number not in text.split("坐席查看的系统资料")[1].split("情绪")[0]


def subject(call_id: int) -> int:
    crm = call_desk.crm_of(the_call(call_id))
    assert crm is not None
    return crm.world.subject
