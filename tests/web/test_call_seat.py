"""The examiner's seat by real requests: taken from the lobby, played, handed over, and shut to everybody else."""

import json
import re
from typing import Any

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.extensions import limiter
from lms.models.people import Person
from tests.browser_like import Visitor
from tests.call_room import load_scripts
from tests.factories import a_person
from tests.web.test_calls import begin, say, setup_of, words

MESSAGE = "message-0001"


@pytest.fixture(autouse=True)
def _scripts(app: Flask) -> None:
    limiter.reset()
    load_scripts()


@pytest.fixture
def somebody() -> Person:
    return a_person(Role.NEW_HIRE, name="应话人甲")


@pytest.fixture
def trainee(app: Flask, somebody: Person) -> Visitor:
    return Visitor(app).sign_in(somebody)


@pytest.fixture
def examiner(app: Flask) -> Visitor:
    return Visitor(app).sign_in(a_person(Role.EXAMINER, name="扮客户的人"))


def seated(trainee: Visitor, examiner: Visitor) -> str:
    """A live call whose customer the examiner plays; its path."""
    path = begin(trainee, customer="examiner")
    assert examiner.post(f"{path}/take").headers["Location"] == f"{path}/seat"
    assert trainee.post(f"{path}/answer", json={}).status_code == 200
    return path


def seat(examiner: Visitor, path: str, deed: str, **body: Any) -> Any:
    return examiner.post(f"{path}/seat/{deed}", json=body)


def test_a_call_is_taken_from_the_lobby(trainee: Visitor, examiner: Visitor) -> None:
    assert "现在没有来电等待考官" in words(examiner.get("/calls"))
    path = begin(trainee, customer="examiner")
    assert "等待考官" in json.dumps(setup_of(trainee.get(path))["words"], ensure_ascii=False)
    lobby = words(examiner.get("/calls"))
    assert "客户情绪激动投诉" in lobby and "接入扮演" in lobby
    assert "等待考官的来电" not in words(trainee.get("/calls")), "the lobby is the examiners'"
    assert examiner.post(f"{path}/take").headers["Location"] == f"{path}/seat"
    assert examiner.post(f"{path}/take").headers["Location"] == f"{path}/seat", "a double press is one"
    assert setup_of(examiner.get(f"{path}/seat"))["state"]["state"] == "ringing"
    assert "回到考官席" in words(examiner.get("/calls"))


def test_of_two_examiners_the_first_plays(app: Flask, trainee: Visitor, examiner: Visitor) -> None:
    path = seated(trainee, examiner)
    other = Visitor(app).sign_in(a_person(Role.EXAMINER, name="晚了一步"))
    assert other.post(f"{path}/take").headers["Location"] == "/calls"
    assert "已由别的考官接入" in words(other.get("/calls"))
    for page in ("/seat", "/seat.json", "/seat/stream"):
        assert other.get(path + page).status_code == 404
    assert seat(other, path, "speak", message=MESSAGE, text="喂").status_code == 404
    assert seat(other, path, "hand", to="script").status_code == 404
    assert seat(other, path, "hang-up").status_code == 404
    assert seat(other, path, "note", text="x").status_code == 404


def test_the_trainee_never_enters_the_seat(trainee: Visitor, examiner: Visitor) -> None:
    path = seated(trainee, examiner)
    for page in ("/seat", "/seat.json", "/seat/stream"):
        assert trainee.get(path + page).status_code == 403
    assert seat(trainee, path, "speak", message=MESSAGE, text="喂").status_code == 403
    assert trainee.post(f"{path}/take").status_code == 403


def test_nobody_plays_their_own_customer_or_one_whom_they_lead(app: Flask, examiner: Visitor) -> None:
    own = begin(examiner, customer="examiner")
    assert examiner.post(f"{own}/take").status_code == 404
    leader = a_person(Role.EXAMINER, name="主管")
    led = Visitor(app).sign_in(a_person(Role.NEW_HIRE, name="下属", leader=leader))
    path = begin(led, customer="examiner")
    assert Visitor(app).sign_in(leader).post(f"{path}/take").status_code == 404


def test_the_seat_shows_the_story_but_not_the_trainee(trainee: Visitor, examiner: Visitor, somebody: Person) -> None:
    path = seated(trainee, examiner)
    page = examiner.get(f"{path}/seat")
    state = setup_of(page)["state"]
    assert (state["emotion"], state["emotion_good"], state["hand"]) == (9, 3, "examiner")
    assert [beat["here"] for beat in state["beats"]].count(True) == 1
    assert state["lines"][0]["due"] is True
    locked = {fact["text"]: fact["locked"] for fact in state["facts"]}
    assert locked["孩子在学校发烧，她一上午打不通老师的电话。"] is True
    told = page.text + examiner.get(f"{path}/seat.json").text
    assert somebody.name not in told and somebody.number not in told


def test_a_fact_is_told_when_its_line_was_said_not_when_it_is_due(trainee: Visitor, examiner: Visitor) -> None:
    path = seated(trainee, examiner)

    def child() -> dict[str, Any]:
        facts = examiner.get(f"{path}/seat.json").get_json()["facts"]
        return next(fact for fact in facts if "发烧" in fact["text"])

    say(trainee, path, "真的很抱歉，给您添麻烦了。您是遇到什么急事了吗？")
    assert (child()["locked"], child()["told"]) == (False, False)
    lines = examiner.get(f"{path}/seat.json").get_json()["lines"]
    line = next(one for one in lines if "发烧" in one["text"])
    said = seat(examiner, path, "speak", message="message-0002", line=line["id"]).get_json()
    again = seat(examiner, path, "speak", message="message-0002", line=line["id"])
    assert (again.status_code, again.get_json()["count"]) == (200, said["count"]), "once, though it is due no more"
    assert child()["told"] is True


def test_words_reach_the_other_seat(trainee: Visitor, examiner: Visitor) -> None:
    path = seated(trainee, examiner)
    evil = "<script>alert(1)</script>"
    assert seat(examiner, path, "speak", message=MESSAGE, text=evil).status_code == 200
    assert seat(examiner, path, "speak", message=MESSAGE, text=evil).status_code == 200
    heard = [turn for turn in trainee.get(f"{path}/turns").get_json()["turns"] if turn["speaker"] == "customer"]
    assert [turn["text"] for turn in heard] == [evil], "once"
    assert evil not in trainee.get(path).text and evil not in examiner.get(f"{path}/seat").text
    say(trainee, path, "您好，请您慢慢说。", "message-0002")
    spoken = examiner.get(f"{path}/seat.json?after=2").get_json()["turns"]
    assert [turn["text"] for turn in spoken] == ["您好，请您慢慢说。"]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"message": MESSAGE}, {"text": "喂"}, {"message": MESSAGE, "text": ""}, {"message": MESSAGE, "text": 5},
        {"message": MESSAGE, "line": 5}, {"message": MESSAGE, "line": "no-such-line"},
        {"message": MESSAGE, "text": "长" * 20_000}, {"message": "短", "text": "喂"},
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_422(trainee: Visitor, examiner: Visitor, body: dict[str, Any]) -> None:
    path = seated(trainee, examiner)
    count = examiner.get(f"{path}/seat.json").get_json()["count"]
    reply = examiner.post(f"{path}/seat/speak", json=body)
    assert reply.status_code == 422 and reply.get_json()["error"]
    assert examiner.get(f"{path}/seat.json").get_json()["count"] == count


def test_from_hand_to_hand(trainee: Visitor, examiner: Visitor) -> None:
    path = seated(trainee, examiner)
    given = seat(examiner, path, "hand", to="script", after=1).get_json()
    assert given["hand"] == "script" and given["turns"][-1]["by"] == "script"
    refused = seat(examiner, path, "speak", message=MESSAGE, text="等等")
    assert (refused.status_code, refused.get_json()["reason"]) == (409, "not-in-hand")
    assert seat(examiner, path, "hand", to="examiner").get_json()["hand"] == "examiner"
    assert seat(examiner, path, "hand", to="nobody").status_code == 422


def test_notes_are_the_examiners_own(trainee: Visitor, examiner: Visitor) -> None:
    path = seated(trainee, examiner)
    assert seat(examiner, path, "note", text="开场没有报工号").get_json()["notes"] == [
        {"seq": 1, "text": "开场没有报工号"}
    ]
    assert seat(examiner, path, "note", text="").status_code == 422
    assert seat(examiner, path, "note", text="长" * 1001).status_code == 422
    assert "开场没有报工号" not in trainee.get(path).text + trainee.get(f"{path}/turns").text


def test_hanging_up_before_and_after_the_answer(trainee: Visitor, examiner: Visitor) -> None:
    path = begin(trainee, customer="examiner")
    examiner.post(f"{path}/take")
    assert seat(examiner, path, "hang-up").get_json() == {"left": True}
    assert examiner.get(f"{path}/seat").status_code == 404
    examiner.post(f"{path}/take")
    trainee.post(f"{path}/answer", json={})
    assert seat(examiner, path, "hang-up").get_json()["state"] == "ended"
    assert examiner.get(f"{path}/seat").status_code == 200, "it can still be read"
    late = seat(examiner, path, "speak", message=MESSAGE, text="喂")
    assert (late.status_code, late.get_json()["reason"]) == (409, "not-live")
    assert re.search("客户愤而挂断", words(trainee.get(path)))
