"""The trainee's calls by real requests: begun, answered, spoken in, ended, and what nobody may do or see."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.domain.people import Role
from lms.extensions import db, limiter
from lms.models.people import TRAINEE, Person
from lms.models.roleplays import Call, Turn
from lms.services.call_log import script_of_call
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.call_room import load_scripts
from tests.call_sitting import a_call_sitting
from tests.conftest import MONDAY
from tests.exam_factories import an_exam, join
from tests.factories import a_person

BEGIN = {"scenario": "angry-complaint", "language": "zh", "customer": "scripted"}
GREETING = "您好，澄湾通信，很高兴为您服务。"


@pytest.fixture(autouse=True)
def _scripts(app: Flask) -> None:
    limiter.reset()
    load_scripts()


@pytest.fixture
def trainee(app: Flask) -> Visitor:
    return Visitor(app).sign_in(a_person(Role.NEW_HIRE, name="应话人"))


def begin(visitor: Visitor, **changes: str) -> str:
    reply = visitor.post("/calls", {**BEGIN, **changes})
    assert reply.status_code == 302, reply.text
    return str(reply.headers["Location"])


def answered(visitor: Visitor, **changes: str) -> str:
    path = begin(visitor, **changes)
    assert visitor.post(f"{path}/answer", json={}).status_code == 200
    return path


def say(visitor: Visitor, path: str, text: object, message: object = "message-0001", **more: Any) -> TestResponse:
    return visitor.post(f"{path}/say", json={"message": message, "text": text, **more})


def do(visitor: Visitor, path: str, deed: str, message: str = "deed-000001", **data: str) -> TestResponse:
    return visitor.post(f"{path}/deed", json={"message": message, "do": deed, "data": data})


def setup_of(reply: TestResponse) -> dict[str, Any]:
    found = re.search(r'id="call-setup">(.*?)</script>', reply.text, re.S)
    assert found
    return dict(json.loads(found.group(1)))


def words(reply: TestResponse) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", " ", reply.text, flags=re.S))


def test_a_call_from_its_choice_to_its_end(trainee: Visitor) -> None:
    home = trainee.get("/calls")
    assert "客户情绪激动投诉" in words(home) and "还没有练习通话" in words(home)
    path = begin(trainee)
    room = trainee.get(path)
    assert "接听" in words(room) and setup_of(room)["state"]["state"] == "ringing"
    first = trainee.post(f"{path}/answer", json={}).get_json()
    assert (first["state"], [turn["speaker"] for turn in first["turns"]]) == ("live", ["customer"])
    assert first["waiting_ms"] == 0 and first["silence_ms"] == 20_000
    reply = say(trainee, path, GREETING, after=first["count"]).get_json()
    assert [turn["speaker"] for turn in reply["turns"]] == ["agent", "customer"]
    assert reply["turns"][0]["text"] == GREETING
    assert "回到通话" in words(trainee.get("/calls"))
    ended = do(trainee, path, "hang-up").get_json()
    assert ended["state"] == "ended"
    after = trainee.get(path)
    assert "通话回看" in words(after) and GREETING in words(after) and "未评估" in words(after)
    assert "坐席提前挂断" in words(trainee.get("/calls"))


def test_the_room_says_nothing_of_the_story(trainee: Visitor) -> None:
    """Contract 4: neither beats nor emotion nor what only the customer knows."""
    path = answered(trainee)
    room = trainee.get(path).text
    told = room + json.dumps(trainee.get(f"{path}/turns").get_json())
    assert "发烧" not in told and "emotion" not in told and "beat" not in told


def test_a_bad_choice_is_said_at_its_field(trainee: Visitor) -> None:
    for changes in ({"scenario": "no-such"}, {"language": "fr"}, {"customer": "llm"}, {"customer": ""}):
        reply = trainee.post("/calls", {**BEGIN, **changes})
        assert reply.status_code == 422
        assert "有 1 处需要修改" in words(reply)


def test_one_call_at_a_time(trainee: Visitor) -> None:
    path = begin(trainee)
    assert begin(trainee, scenario="unclear-charges") == path
    assert "您还有一通未结束的通话" in words(trainee.get(path))


@pytest.mark.parametrize(
    "body",
    [
        {}, {"message": "message-0001"}, {"message": "short", "text": "x"}, {"message": "m" * 41, "text": "x"},
        {"message": "消息消息消息消息", "text": "x"}, {"message": 12345678, "text": "x"},
        {"message": "message-0001", "text": 7}, {"message": "message-0001", "text": ["x"]},
        {"message": "message-0001", "text": ""}, {"message": "message-0001", "text": " \n "},
        {"message": "message-0001", "text": "\x00"}, {"message": "message-0001", "text": "长" * 20_000},
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_422_and_changes_nothing(trainee: Visitor, body: dict[str, Any]) -> None:
    path = answered(trainee)
    before = trainee.get(f"{path}/turns").get_json()["count"]
    reply = trainee.post(f"{path}/say", json=body)
    assert reply.status_code == 422 and reply.get_json()["error"]
    assert trainee.get(f"{path}/turns").get_json()["count"] == before
    assert say(trainee, path, GREETING, "message-0002").status_code == 200, "the call goes on"


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"{", b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_object_is_400(trainee: Visitor, raw: bytes) -> None:
    path = answered(trainee)
    for deed in ("say", "deed"):
        reply = trainee.post(f"{path}/{deed}", data=raw, content_type="application/json")  # type: ignore[arg-type]
        assert reply.status_code == 400


def test_the_same_message_counts_once(trainee: Visitor) -> None:
    path = answered(trainee)
    first = say(trainee, path, GREETING).get_json()
    again = say(trainee, path, GREETING)
    assert (again.status_code, again.get_json()["count"]) == (200, first["count"])
    other = say(trainee, path, "另一句话")
    assert (other.status_code, other.get_json()["reason"]) == (422, "reused")


def test_markup_is_text(trainee: Visitor) -> None:
    path = answered(trainee)
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    assert say(trainee, path, evil).status_code == 200
    room = trainee.get(path)
    assert "<script>alert" not in room.text and "<img" not in room.text
    assert evil in [turn["text"] for turn in setup_of(room)["state"]["turns"]]
    do(trainee, path, "hang-up")
    assert "<img" not in trainee.get(path).text and "&lt;img src=x" in trainee.get(path).text


def test_after_the_end_nothing_more_is_taken(trainee: Visitor) -> None:
    path = answered(trainee)
    count = do(trainee, path, "hang-up").get_json()["count"]
    late = say(trainee, path, GREETING)
    assert (late.status_code, late.get_json()["reason"]) == (409, "not-live")
    assert do(trainee, path, "hold", "deed-000002").status_code == 409
    assert do(trainee, path, "hang-up").status_code == 200, "the same press again"
    assert trainee.get(f"{path}/turns").get_json()["count"] == count


def test_hold_and_resume(trainee: Visitor) -> None:
    path = answered(trainee)
    assert do(trainee, path, "hold").get_json()["on_hold"] is True
    assert do(trainee, path, "resume", "deed-000002").get_json()["on_hold"] is False
    assert do(trainee, path, "dance", "deed-000003").status_code == 422


def test_a_ticket_and_a_transfer_tell_what_and_where(trainee: Visitor) -> None:
    path = answered(trainee)
    made = do(trainee, path, "ticket", type="T1 计费争议", department="计费账务部", summary="误停机", secret="x")
    assert "T1 计费争议 · 计费账务部" in [turn["what"] for turn in made.get_json()["turns"]]
    moved = do(trainee, path, "transfer", "deed-000002", to="班组长").get_json()
    assert moved["state"] == "ended" and "班组长" in [turn["what"] for turn in moved["turns"]]
    assert "班组长" in words(trainee.get(path))


def test_a_deed_is_kept_without_what_no_table_takes(trainee: Visitor) -> None:
    path = answered(trainee)
    reply = do(trainee, path, "ticket", summary="a\x00b\ud800c", contact="\udfff")
    assert reply.status_code == 200, reply.text
    summary = db.session.query(Turn.data).filter_by(kind="ticket").scalar()
    assert summary == {"summary": "abc"}


def test_anothers_call_does_not_exist(app: Flask, trainee: Visitor) -> None:
    path = answered(trainee)
    other = Visitor(app).sign_in(a_person(Role.NEW_HIRE, name="别人"))
    for page in ("", "/turns", "/stream"):
        assert other.get(path + page).status_code == 404
        assert other.get(f"/calls/999999{page}").status_code == 404
    assert other.post(f"{path}/answer", json={}).status_code == 404
    assert other.post(f"{path}/leave").status_code == 404
    assert say(other, path, GREETING).status_code == 404
    assert do(other, path, "hang-up").status_code == 404


def test_a_call_that_was_not_answered_can_be_left(trainee: Visitor) -> None:
    path = begin(trainee)
    assert trainee.post(f"{path}/leave").headers["Location"] == "/calls"
    assert db.session.query(Call.state, Call.end).one() == ("ended", "left")
    live = answered(trainee)
    assert trainee.post(f"{live}/leave").headers["Location"] == live


def test_an_english_call_is_in_english(trainee: Visitor) -> None:
    path = answered(trainee, language="en")
    first = trainee.get(f"{path}/turns").get_json()["turns"][0]["text"]
    assert re.search("[A-Za-z]", first) and not re.search("[\u4e00-\u9fff]", first)


def test_a_certification_call_tells_nothing_before_its_marks(app: Flask, trainee: Visitor) -> None:
    path = answered(trainee)
    say(trainee, path, "我保证绝对不会再停机。")
    do(trainee, path, "hang-up")
    exam = an_exam()
    attempt = exam.sit(exam.a_candidate("someone"))
    with writing(None, MONDAY) as deed:
        deed.session.query(Call).one().attempt_id = attempt.id
    page = words(trainee.get(path))
    assert "由考官按评分量表评分" in page and "绝对化承诺" not in page and "通话回看" not in page


def test_practice_is_shut_while_an_exam_is_open(trainee: Visitor) -> None:
    """What a good end needs is told after practice: nobody reads it in a certification call of the same scenario."""
    over = answered(trainee)
    do(trainee, over, "hang-up")
    live = answered(trainee)
    assert "正确路径" in words(trainee.get(over))
    exam = an_exam()
    person = db.session.query(Person).filter_by(name="应话人").one()
    join(exam.cohort, person, TRAINEE)
    attempt = trainee.post(f"/exams/{exam.sitting.id}/start", {"language": "zh"}).headers["Location"]
    for path in (over, live):
        assert trainee.get(path).headers.get("Location") == attempt
        told = trainee.get(f"{path}/turns", headers={"Accept": "application/json"})
        assert told.status_code == 403 and "客户" not in told.text
    assert trainee.post(f"{attempt}/hand-in").status_code == 302
    assert "正确路径" in words(trainee.get(over))


def test_what_the_trainee_is_to_find_out_is_not_told_beforehand(app: Flask, trainee: Visitor) -> None:
    """The level is theirs to judge; a scenario's title names the cause, so in certification it comes afterwards."""
    assert not re.search(r"定级 \d|\d 级", words(trainee.get("/calls")))
    sitting, [person], _trainer = a_call_sitting()
    candidate = Visitor(app).sign_in(person)
    attempt = candidate.post(f"/exams/{sitting.id}/start", {"language": "zh"}).headers["Location"]
    path = candidate.post(f"{attempt}/next-call").headers["Location"]
    script = script_of_call(db.session.query(Call).filter(Call.attempt_id.is_not(None)).one())
    room = candidate.get(path)
    assert script.brief.zh in room.text and script.title.zh not in room.text
