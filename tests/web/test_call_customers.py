"""Certification with an AI or an examiner as customer: said before the call, played as the rules say, told afterwards.

The model is a real server on loopback.
"""

import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.domain.roleplay_plans import Customer
from lms.extensions import db
from lms.models.exams import Sitting
from lms.models.people import Person
from lms.models.roleplays import Call, LlmExchange
from lms.services import call_attempts, call_log, call_marking_queue, calls, hand_in, llm, release
from lms.services.llm import LlmChoice
from lms.services.sign_in import SignedIn
from tests.browser_like import Visitor
from tests.call_room import Phone
from tests.call_sitting import MINUTE, a_call_sitting, an_examiner, mark_next, started, the_call
from tests.conftest import MONDAY, SettableClock
from tests.customers.fake_llm import FakeLlm, fake_llm, says, status
from tests.factories import a_person

SECOND = timedelta(seconds=1)
SAID = "我钱早就交了，你们凭什么把我停了？赶紧给我恢复！"
BESIDE_THE_POINT = "嗯，那个，天气不错啊。"  # no rule hears an intent in it


@pytest.fixture()
def server(app: Flask) -> Iterator[FakeLlm]:
    with fake_llm(says(SAID, "states_cause")) as running:
        administrator = a_person(Role.ADMINISTRATOR)
        llm.choose(administrator.id, MONDAY, LlmChoice(True, running.url, "fake-1", running.host))
        yield running


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def a_sitting_with(customer: Customer, count: int = 1) -> tuple[Sitting, Person, Person]:
    plan = {"customer": customer, "count": count, "scenarios": ("angry-complaint", "unclear-charges")}
    sitting, (person,), trainer = a_call_sitting(plan=plan)
    return sitting, person, trainer


def held(who: SignedIn, attempt_id: int, *sentences: str) -> Call:
    """The next call from ring to hang-up, without waiting."""
    at = MONDAY + len(db.session.query(Call).all()) * 2 * MINUTE
    call_id = call_attempts.next_call(who, attempt_id, at)
    calls.answer(who, call_id, at)
    for number, sentence in enumerate(sentences, start=1):
        moment = at + 5 * number * SECOND
        calls.say(who, call_id, f"said-{call_id}-{number:04}", sentence, moment, lambda now=moment: now + SECOND)
    calls.do(who, call_id, f"hung-{call_id}-up", "hang-up", {}, at + 5 * (len(sentences) + 1) * SECOND)
    return the_call(call_id)


def test_the_model_words_certification_and_its_hints_are_ignored(server: FakeLlm) -> None:
    sitting, person, _trainer = a_sitting_with(Customer.LLM)
    who, attempt_id = started(sitting, person)
    call = held(who, attempt_id, BESIDE_THE_POINT, BESIDE_THE_POINT)
    turns = call_log.turns_of(call.id)
    assert (call.customer, call.mixed) == ("llm", False)
    assert [turn.by for turn in turns if turn.speaker == "customer"] == ["script", "llm", "llm"]
    assert len(server.asked) == 2, "for words alone: nobody is asked what was heard"
    assert all(exchange.purpose == "say" for exchange in db.session.query(LlmExchange))
    assert not any((turn.data or {}).get("hint") for turn in turns)
    state = call_log.state_of(call)
    assert state is not None and "states_cause" not in state.ever
    assert call_log.replayed(call, turns).digest() == call.engine_sha256


def test_the_story_is_the_same_with_and_without_the_model(server: FakeLlm) -> None:
    sentences = ("您好，澄湾通信，很高兴为您服务。", BESIDE_THE_POINT, "孩子发烧还联系不上，换作是我也会着急。")
    sitting, person, _trainer = a_sitting_with(Customer.LLM)
    call = held(*started(sitting, person), *sentences)
    phone = Phone(call_log.script_of_call(call).id, seed=call.seed)
    phone.answer()
    for sentence in sentences:
        phone.say(sentence)
    phone.do("hang-up")
    by_model, by_script = (call_log.state_of(one) for one in (call, phone.call))
    assert by_model is not None and by_script is not None
    clocks = {"elapsed_ms": 0, "need_shown_ms": None, "handed_over_ms": None}
    assert by_model.with_(**clocks) == by_script.with_(**clocks)


def test_it_is_said_before_the_call(app: Flask, server: FakeLlm, clock: SettableClock) -> None:
    sitting, person, _trainer = a_sitting_with(Customer.LLM)
    trainee = Visitor(app).sign_in(db.session.get_one(Person, person.id))
    assert "您的客户可能是 AI（大模型），成绩会注明" in words(trainee.get(f"/exams/{sitting.id}").text)
    started_at = trainee.post(f"/exams/{sitting.id}/start", {"agreed": "y", "language": "zh"})
    assert started_at.status_code == 302
    between = trainee.get(started_at.headers["Location"]).text
    assert "您的客户可能是 AI" in words(between)
    room = trainee.post("/attempts/1/next-call", {})
    assert "您的客户可能是 AI" in words(trainee.get(room.headers["Location"]).text)


@pytest.mark.parametrize(("fails", "told"), [(False, "客户由 AI 扮演"), (True, "客户由 AI 与脚本混合扮演")])
def test_the_released_result_says_who_the_customer_was(app: Flask, server: FakeLlm, fails: bool, told: str) -> None:
    if fails:
        server.behave(status(500))
    sitting, person, trainer = a_sitting_with(Customer.LLM)
    who, attempt_id = started(sitting, person)
    call = held(who, attempt_id, BESIDE_THE_POINT)
    assert call.mixed is fails
    hand_in.hand_in_own(who, attempt_id, MONDAY + 5 * MINUTE)
    examiner = an_examiner()
    task_id = call_marking_queue.take_next(examiner.id, None, MONDAY + 10 * MINUTE)
    desk = words(Visitor(app).sign_in(examiner).get(f"/call-marking/tasks/{task_id}").text)
    assert "客户：大模型（AI）" in desk and ("中途改由脚本扮演" in desk) is fails
    mark_next(examiner, level=5)
    teacher = Visitor(app).sign_in(trainer)
    assert told in words(teacher.get(f"/sittings/{sitting.id}/results").text)
    assert told in teacher.get(f"/sittings/{sitting.id}/results.csv").text
    release.release(trainer.id, sitting.id, None, MONDAY + 20 * MINUTE)
    page = words(Visitor(app).sign_in(db.session.get_one(Person, person.id)).get(f"/results/{attempt_id}").text)
    assert told in page and "本通由 AI 扮演客户" in page and ("中途改由脚本" in page) is fails


def test_a_scripted_certification_says_nothing_of_machines(app: Flask) -> None:
    sitting, person, trainer = a_sitting_with(Customer.LLM)  # none can be asked: the script speaks in its place
    who, attempt_id = started(sitting, person)
    assert held(who, attempt_id, BESIDE_THE_POINT).customer == "scripted"
    hand_in.hand_in_own(who, attempt_id, MONDAY + 5 * MINUTE)
    mark_next(an_examiner(), level=5)
    release.release(trainer.id, sitting.id, None, MONDAY + 20 * MINUTE)
    page = words(Visitor(app).sign_in(db.session.get_one(Person, person.id)).get(f"/results/{attempt_id}").text)
    assert "AI 扮演" not in page and "混合" not in page


def test_what_a_model_never_worded_makes_the_call_mixed(app: Flask, server: FakeLlm) -> None:
    """Whoever asked it is gone (a killed server): the script speaks once the trainee goes on, and that is told."""
    sitting, person, _trainer = a_sitting_with(Customer.LLM)
    who, attempt_id = started(sitting, person)
    call_id = call_attempts.next_call(who, attempt_id, MONDAY)
    calls.answer(who, call_id, MONDAY)
    llm.choose(a_person(Role.ADMINISTRATOR).id, MONDAY, LlmChoice())  # switched off in mid-call
    calls.say(who, call_id, "said-0001", BESIDE_THE_POINT, MONDAY + 4 * SECOND, lambda: MONDAY + 5 * SECOND)
    assert the_call(call_id).due is not None and not the_call(call_id).mixed
    calls.catch_up(call_id, MONDAY + 20 * SECOND)
    assert (the_call(call_id).mixed, call_log.turns_of(call_id)[-1].by) == (True, "script")


def test_the_trainee_is_told_how_long_and_that_the_clock_stands_still(app: Flask, clock: SettableClock) -> None:
    sitting, person, _trainer = a_sitting_with(Customer.EXAMINER)
    trainee = Visitor(app).sign_in(db.session.get_one(Person, person.id))
    assert "等考官接入时停表" in words(trainee.get(f"/exams/{sitting.id}").text)
    trainee.post(f"/exams/{sitting.id}/start", {"agreed": "y", "language": "zh"})
    room = trainee.post("/attempts/1/next-call", {}).headers["Location"]
    page = trainee.get(room).text
    setup = json.loads(re.search(r'id="call-setup">(.*?)</script>', page, re.S)[1])  # type: ignore[index]
    assert setup["state"]["nobody_in_ms"] == 600_000 and setup["state"]["state"] == "waiting"
    assert "等待不计入考试时间" in words(page) and "不接，返回" not in words(page)
    clock.advance(minutes=11)
    assert trainee.get(f"{room}/turns").json["nobody_in_ms"] == 0
    assert trainee.post(f"{room}/leave", {}).headers["Location"].endswith(room)
    assert "认证通话不能放弃" in words(trainee.get(room).text)
