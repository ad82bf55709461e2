"""A practice call sent to an examiner, and a hidden benchmark beside it, by real requests."""

import re

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.extensions import db
from lms.models.people import Person
from lms.models.roleplays import BenchmarkCopy, CallTask
from tests.benchmark_calls import load_shipped, mark_all
from tests.browser_like import Visitor
from tests.call_room import Phone, load_scripts, signed_in
from tests.call_sitting import MINUTE, a_call_sitting, a_sheet, an_examiner, held, the_call
from tests.conftest import MONDAY
from tests.factories import a_person
from tests.services.test_hidden_benchmarks import until_one_waits

pytestmark = pytest.mark.usefixtures("_at_monday")


@pytest.fixture()
def _at_monday(app: Flask) -> None:
    app.extensions["clock"].moment = MONDAY + 10 * MINUTE


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def practised(app: Flask) -> tuple[Visitor, int, Person]:
    load_scripts()
    trainee = a_person(Role.NEW_HIRE, name="练习的人")
    phone = Phone(trainee=signed_in(trainee)).answer()
    phone.say("您好，澄湾通信，很高兴为您服务。")
    phone.do("hang-up")
    return Visitor(app).sign_in(trainee), phone.id, trainee


def test_from_the_trainee_to_the_examiner_and_back(app: Flask, practised: tuple[Visitor, int, Person]) -> None:
    trainee, call_id, person = practised
    after = trainee.get(f"/calls/{call_id}").text
    assert "请考官点评" in text_of(after) and f'action="/calls/{call_id}/opinion"' in after
    sent = trainee.post(f"/calls/{call_id}/opinion")
    assert sent.location == f"/calls/{call_id}#opinion"
    waiting = text_of(trainee.get(f"/calls/{call_id}").text)
    assert "等待考官" in waiting and "请考官点评" not in waiting
    assert "等待考官点评" in text_of(trainee.get("/calls").text)

    examiner = Visitor(app).sign_in(an_examiner())
    queue = examiner.get("/call-marking").text
    number = the_call(call_id).call_number
    assert number in queue and "练习" in text_of(queue) and person.name not in queue
    desk = examiner.post("/call-marking/next", {"number": number}).headers["Location"]
    page = examiner.get(desk).text
    assert "不计入认证" in text_of(page) and person.name not in page and person.number not in page
    sheet = a_sheet(the_call(call_id), 3, comment__emotion="先接住她的情绪 <b>再</b> 办事")
    assert examiner.post(f"{desk}/submit", {**sheet, "version": "1"}).status_code == 302

    told = trainee.get(f"/calls/{call_id}").text
    assert "已点评" in text_of(told) and "18 / 30" in text_of(told)
    assert "先接住她的情绪 &lt;b&gt;再&lt;/b&gt; 办事" in told and 'href="#turn-2"' in told
    assert the_call(call_id).result is None
    assert "考官已点评" in text_of(trainee.get("/calls").text)
    assert "考官引用" in text_of(trainee.get(f"/calls/{call_id}/replay").text)
    assert trainee.post(f"/calls/{call_id}/opinion").status_code == 302
    assert db.session.query(CallTask).count() == 1


def test_a_foreign_call_is_not_there_and_a_fourth_is_refused(
    app: Flask, practised: tuple[Visitor, int, Person]
) -> None:
    trainee, call_id, person = practised
    stranger = Visitor(app).sign_in(a_person(Role.NEW_HIRE))
    assert stranger.post(f"/calls/{call_id}/opinion").status_code == 404
    assert trainee.post("/calls/999999/opinion").status_code == 404
    more = [call_id]
    for _ in range(3):
        phone = Phone(trainee=signed_in(person)).answer()
        phone.say("您好。")
        phone.do("hang-up")
        more.append(phone.id)
    for one in more[:3]:
        trainee.post(f"/calls/{one}/opinion")
    refused = trainee.post(f"/calls/{more[3]}/opinion")
    assert refused.status_code == 302
    assert "您已有 3 通在等考官点评" in text_of(trainee.get(f"/calls/{more[3]}").text)
    assert db.session.query(CallTask).count() == 3


def test_a_call_that_goes_on_or_in_which_nothing_was_said_cannot_be_sent(app: Flask) -> None:
    load_scripts()
    person = a_person(Role.NEW_HIRE)
    phone = Phone(trainee=signed_in(person)).answer()
    visitor = Visitor(app).sign_in(person)
    assert visitor.post(f"/calls/{phone.id}/opinion").status_code == 302
    phone.do("hang-up")
    assert visitor.post(f"/calls/{phone.id}/opinion").status_code == 302
    page = visitor.get(f"/calls/{phone.id}").text
    assert "没有可以点评的内容" in page and f'action="/calls/{phone.id}/opinion"' not in page
    assert db.session.query(CallTask).count() == 0


def test_a_hidden_benchmark_is_one_examiners_alone(app: Flask) -> None:
    sitting, people, _trainer = a_call_sitting(candidates=9)
    load_shipped()
    for person in people:
        held(sitting, person)
    one, other = an_examiner("甲"), an_examiner("乙")
    mark_all(one.id)
    mark_all(other.id)
    until_one_waits(one)
    copy = db.session.query(BenchmarkCopy).one()
    number = the_call(copy.call_id).call_number
    first, second = Visitor(app).sign_in(one), Visitor(app).sign_in(other)
    queue = first.get("/call-marking").text
    assert number in queue and number not in second.get("/call-marking").text
    rows = [row for row in re.findall(r"<tr>.*?</tr>", queue, re.S) if "<form" in row]
    shapes = {shape_of(row) for row in rows}
    assert len(rows) > 1 and len(shapes) == 1  # nothing in its row tells it from the others
    desk = first.post("/call-marking/next").headers["Location"]
    page = first.get(desk)
    assert page.status_code == 200 and number in page.text
    assert second.get(desk).status_code == 404
    for address in ("draft", "lease"):
        assert second.post(f"{desk}/{address}", {"version": "1"}).status_code == 404
    assert second.post(f"{desk}/submit", {"version": "1", **a_sheet(the_call(copy.call_id))}).status_code == 404
    for visitor in (first, second, Visitor(app).sign_in(people[0])):
        assert visitor.get(f"/calls/{copy.call_id}").status_code == 404
        assert visitor.get(f"/calls/{copy.call_id}/replay").status_code == 404
        assert visitor.post(f"/calls/{copy.call_id}/opinion").status_code == 404
    first.post(f"{desk}/submit", {"version": "1", **a_sheet(the_call(copy.call_id))})
    done = first.get(desk).text
    assert "标杆" not in done and "校准" not in text_of(done) and "系统听到的要点" in done
    assert number in first.get("/call-marking").text  # among what was marked lately
    assert "标杆通话：" not in text_of(first.get("/calibration").text)  # blind until three are in
    report = text_of(Visitor(app).sign_in(a_person(Role.ADMINISTRATOR)).get("/calibration/report").text)
    assert "日常评分中的隐藏标杆" in report and "不足 3 通" in report


def shape_of(row: str) -> str:
    """A row without its words: tags and attributes alone."""
    return re.sub(r">[^<]*<", "><", re.sub(r'aria-label="[^"]*"|value="[^"]*"', "", row))
