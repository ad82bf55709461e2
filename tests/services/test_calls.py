"""Calls: turns committed at once and in order, once each; the engine's state is a replay of them; silence; an LLM."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.customers.llm import Llm
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.roleplays import LlmExchange, Turn
from lms.services import call_log, call_past, call_view, calls, llm, scenarios
from lms.services.calls import CallRefused, MessageReused, NotYours
from lms.services.lanes import Lane
from lms.services.llm import LlmChoice
from lms.services.writing import writing
from tests.call_room import Phone, a_trainee, load_scripts, shipped
from tests.conftest import MONDAY
from tests.customers.fake_llm import FakeLlm, Handler, fake_llm, hangs, says, status
from tests.factories import a_person

GOOD_ZH = [turn.say for turn in next(t for t in shipped()["angry-complaint"].tests if t.ends == "resolved").agent]

PATIENCE = 10.0


@pytest.fixture(autouse=True)
def _scripts(app: Flask) -> None:
    load_scripts()


@pytest.fixture()
def server() -> Iterator[FakeLlm]:
    with fake_llm(says("我钱早就交了，你们凭什么把我停了？")) as running:
        llm.choose(a_person(Role.ADMINISTRATOR).id, MONDAY, LlmChoice(True, running.url, "fake-1", running.host))
        yield running


def test_the_customer_speaks_first_and_answers_at_once() -> None:
    phone = Phone()
    assert (phone.call.state, phone.told()) == ("ringing", [])
    phone.answer()
    assert phone.told() == [("customer", "say")]
    phone.say("您好，澄湾通信，工号8021，很高兴为您服务。")
    assert phone.told() == [("customer", "say"), ("agent", "say"), ("customer", "say")]
    assert [turn.seq for turn in phone.turns] == [1, 2, 3]
    assert phone.turns[1].at == MONDAY + timedelta(seconds=7)
    assert phone.turns[0].text in [line.zh for line in shipped()["angry-complaint"].beats[0].say]


def test_a_good_conversation_comes_to_a_good_end_and_replays_to_the_same_state() -> None:
    phone = Phone().answer()
    for sentence in GOOD_ZH:
        if sentence is not None and phone.call.state == "live":
            phone.say(sentence)
    call = phone.call
    assert (call.state, call.end) == ("ended", "resolved")
    assert call_log.replayed(call, phone.turns).digest() == call.engine_sha256
    assert phone.told()[-1] == ("system", "end")
    assert call.ended_at == phone.now


def test_the_same_message_twice_is_one_turn() -> None:
    phone = Phone().answer()
    phone.say("您好，请讲。", message_id="message-a")
    before = len(phone.turns)
    phone.say("您好，请讲。", message_id="message-a")
    assert len(phone.turns) == before
    with pytest.raises(MessageReused):
        phone.say("别的话。", message_id="message-a")
    assert len(phone.turns) == before


@pytest.mark.parametrize(("text", "reason"), [("", "empty"), (" \n ", "empty"), ("好" * 20_000, "too-long")])
def test_words_that_cannot_be_said(text: str, reason: str) -> None:
    phone = Phone().answer()
    with pytest.raises(CallRefused) as refused:
        phone.say(text)
    assert refused.value.reason == reason and len(phone.turns) == 1


def test_nothing_is_said_before_the_answer_nor_after_the_end() -> None:
    phone = Phone()
    with pytest.raises(CallRefused):
        phone.say("您好")
    phone.answer()
    phone.do("hang-up")
    assert (phone.call.state, phone.call.end) == ("ended", "hung-up")
    count = len(phone.turns)
    with pytest.raises(CallRefused):
        phone.say("喂？")
    with pytest.raises(CallRefused):
        phone.do("ticket", type="T1")
    assert len(phone.turns) == count


def test_another_persons_call_is_not_there() -> None:
    phone, stranger = Phone().answer(), a_trainee()
    with pytest.raises(NotYours):
        call_view.view(stranger, phone.id, MONDAY)
    with pytest.raises(NotYours):
        calls.say(stranger, phone.id, "message-x", "您好", MONDAY, lambda: MONDAY)
    with pytest.raises(NotYours):
        calls.answer(stranger, phone.id, MONDAY)
    assert len(phone.turns) == 1


def test_one_call_at_a_time() -> None:
    phone = Phone()
    with pytest.raises(CallRefused) as refused:
        Phone(trainee=phone.person)
    assert refused.value.reason == "going-on" and calls.going_on(phone.person.person_id) == phone.id
    calls.leave(phone.person, phone.id, MONDAY)
    assert phone.call.end == "left"
    assert Phone(trainee=phone.person).call.state == "ringing"


def test_silence_is_asked_after_and_then_left() -> None:
    phone = Phone().answer()
    silence = shipped()["angry-complaint"].silence
    answered = phone.now
    calls.catch_up(phone.id, answered + timedelta(seconds=silence.after_s - 1))
    assert len(phone.turns) == 1
    calls.catch_up(phone.id, answered + timedelta(seconds=silence.after_s))
    assert phone.told()[1:] == [("system", "silence"), ("customer", "say")]
    calls.sweep(answered + timedelta(minutes=10))
    assert (phone.call.state, phone.call.end) == ("ended", "silent")
    spent = [turn.at - answered for turn in phone.turns if turn.kind == "silence"]
    assert spent == [timedelta(seconds=silence.after_s * n) for n in range(1, silence.check_ins + 2)]
    assert call_log.replayed(phone.call, phone.turns).digest() == phone.call.engine_sha256


def test_a_hold_gives_the_customer_more_patience_and_the_clock_stands_in_the_view() -> None:
    phone = Phone().answer()
    phone.do("hold")
    silence = shipped()["angry-complaint"].silence
    assert silence.hold_s > silence.after_s
    view = call_view.view(phone.person, phone.id, phone.now + timedelta(seconds=silence.after_s + 1))
    assert view.on_hold and [turn.kind for turn in view.turns][-1] == "hold"
    phone.do("resume")
    phone.say("让您久等了。")
    assert not call_view.view(phone.person, phone.id, phone.now).on_hold


def test_the_view_tells_nothing_of_the_story() -> None:
    phone = Phone().answer()
    view = call_view.view(phone.person, phone.id, phone.now + timedelta(seconds=4))
    assert view.waiting_ms == 4000
    assert set(view.turns[0].__slots__) == {"seq", "speaker", "kind", "text", "at", "seconds"}
    assert call_view.view(phone.person, phone.id, phone.now, after=1).turns == ()


def test_a_changed_script_touches_no_call_that_has_begun() -> None:
    phone = Phone().answer()
    before = phone.call.script_sha256
    script = shipped()["angry-complaint"]
    changed = script.model_copy(update={"emotion": script.emotion.model_copy(update={"start": 5})})
    with writing(None, MONDAY) as deed:
        row = deed.session.execute(select(scenarios.Row).where(scenarios.Row.code == script.id)).scalar_one()
        scenarios.add_version(deed, row, changed, author_id=None, state="live")
    assert phone.call.script_sha256 == before
    assert call_log.script_of_call(phone.call).emotion.start == script.emotion.start
    assert call_log.script_of_call(Phone().call).emotion.start == 5


def test_many_messages_at_once_are_each_one_turn(app: Flask) -> None:
    phone = Phone().answer()

    def send(number: int) -> None:
        with app.app_context():
            calls.say(phone.person, phone.id, f"message-{number % 4}", f"第{number % 4}句话。", MONDAY, lambda: MONDAY)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spoken = [turn for turn in phone.turns if turn.speaker == "agent"]
    assert sorted(turn.text for turn in spoken) == [f"第{number}句话。" for number in range(4)]
    assert [turn.seq for turn in phone.turns] == list(range(1, len(phone.turns) + 1))


# --- an LLM as the customer -------------------------------------------------------------------------------------------


def test_turns_that_waited_for_one_another_stand_in_the_order_of_their_times() -> None:
    """A request takes its time before it gets the lock: the later commit may have come in earlier."""
    phone = Phone().answer()
    phone.say("您好，澄湾通信，请您慢慢说。", seconds=4)
    earlier = phone.now - timedelta(milliseconds=30)
    calls.say(phone.person, phone.id, "message-waited", "我这就帮您查一下。", earlier, lambda: earlier)
    calls.do(phone.person, phone.id, "deed-waited", "hang-up", {}, earlier)
    moments = [turn.at for turn in phone.turns]
    assert moments == sorted(moments)
    assert phone.call.ended_at == moments[-1]
    assert call_log.replayed(phone.call, phone.turns).digest() == phone.call.engine_sha256
    told = call_past.past(call_view.view(phone.person, phone.id, phone.now), phone.now)
    assert told.median_seconds is not None and told.median_seconds >= 0


def test_without_an_llm_nobody_can_ask_for_one() -> None:
    with pytest.raises(CallRefused) as refused:
        Phone(customer="llm")
    assert refused.value.reason == "no-llm"


def test_the_llm_words_the_customers_lines(server: FakeLlm) -> None:
    phone = Phone(customer="llm").answer()
    phone.say("您好，我是应话人，请您慢慢说，我来帮您查。")
    assert [turn.by for turn in phone.turns] == ["script", "trainee", "llm"]
    assert phone.turns[-1].text == "我钱早就交了，你们凭什么把我停了？"
    assert not phone.call.mixed
    sent = str(server.asked)
    assert "应话人" not in sent and phone.person.number not in sent and phone.call.alias in sent
    kept = db.session.execute(select(LlmExchange)).scalars().all()
    assert {one.seq for one in kept} == {3} and {one.template for one in kept} == {"customer-1"}
    assert call_log.replayed(phone.call, phone.turns).digest() == phone.call.engine_sha256


def test_two_fallbacks_flag_the_call_and_the_script_goes_on_alone(server: FakeLlm) -> None:
    server.behave(status(500))
    phone = Phone(customer="llm").answer()
    for sentence in ("您好，请讲。", "请您说说是怎么回事。", "我明白了，请稍等。"):
        phone.say(sentence)
    assert [turn.by for turn in phone.turns if turn.speaker == "customer"] == ["script"] * 4
    assert phone.call.mixed and phone.call.state == "live"
    asked = len(server.asked)
    phone.say("我现在就为您查。")
    assert len(server.asked) == asked, "the breaker is open"
    assert call_log.replayed(phone.call, phone.turns).digest() == phone.call.engine_sha256


def test_a_wording_that_never_came_is_said_by_the_script(server: FakeLlm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server dies between the agent's turn and the customer's: whoever looks next finds the call going on."""
    phone = Phone(customer="llm").answer()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(calls, "_word", killed)
        phone.say("您好，请讲。")
    assert phone.told()[-1] == ("agent", "say") and phone.call.due is not None
    assert call_view.view(phone.person, phone.id, phone.now + timedelta(seconds=2)).composing
    view = call_view.view(phone.person, phone.id, phone.now + timedelta(seconds=10))
    assert not view.composing and view.turns[-1].speaker == "customer"
    assert call_log.replayed(phone.call, phone.turns).digest() == phone.call.engine_sha256


def test_an_intent_named_by_the_model_counts_only_where_no_rule_heard_any(server: FakeLlm) -> None:
    server.behave(says("", "apologises"), says("你们到底想怎样？"))
    phone = Phone(customer="llm").answer()
    phone.say("呃呃呃。")
    last = phone.turns[-1]
    assert (last.by, last.data["hint"]) == ("llm", "apologises")  # type: ignore[index]
    state = call_log.state_of(phone.call)
    assert state is not None and "apologises" in state.ever
    assert call_log.replayed(phone.call, phone.turns).digest() == phone.call.engine_sha256


def test_a_model_that_hangs_holds_nobody_else_up(server: FakeLlm, monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    monkeypatch.setattr(llm, "Llm", partial(Llm, seconds=1.0))
    server.behave(hangs)
    slow = Phone(customer="llm").answer()
    other = Phone().answer()

    def speak() -> None:
        with app.app_context():
            calls.say(slow.person, slow.id, "message-slow", "您好，请讲。", slow.now, lambda: slow.now)

    thread = threading.Thread(target=speak)
    thread.start()
    while not server.asked:
        thread.join(0.01)
    other.say("您好，请讲。")
    assert thread.is_alive(), "the other call went on while the model was waited for"
    thread.join()
    assert slow.turns[-1].by == "script"


def test_while_a_model_is_waited_for_another_call_has_the_place(
    server: FakeLlm, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    monkeypatch.setattr(llm, "Llm", partial(Llm, seconds=PATIENCE))
    lane, answers = Lane(1), threading.Event()

    def answers_at_last(handler: Handler, body: dict[str, Any]) -> None:
        answers.wait(PATIENCE)
        says("我钱早就交了，你们凭什么把我停了？")(handler, body)

    server.behave(answers_at_last)
    asking, other = Phone(customer="llm").answer(), Phone().answer()

    def speak(phone: Phone) -> None:
        with app.app_context():
            lane.enter()
            try:
                calls.say(phone.person, phone.id, f"message-{phone.id}", "您好，请讲。", phone.now, lambda: phone.now)
            finally:
                lane.leave()

    threads = [threading.Thread(target=speak, args=(phone,), daemon=True) for phone in (asking, other)]
    threads[0].start()
    while not server.asked:
        threads[0].join(0.01)
    threads[1].start()
    threads[1].join(PATIENCE / 2)
    assert not threads[1].is_alive(), "the other call waits for the model"
    assert threads[0].is_alive()
    answers.set()
    threads[0].join(PATIENCE)
    assert [phone.turns[-1].by for phone in (asking, other)] == ["llm", "script"]


def test_every_shipped_script_can_be_called_in_both_languages() -> None:
    for name in shipped():
        for language in Language:
            phone = Phone(name, language=language).answer()
            phone.do("hang-up")
            assert phone.call.state == "ended"
    first = db.session.execute(select(Turn.speaker, Turn.kind).where(Turn.seq == 1)).all()
    assert [tuple(row) for row in first] == [("customer", "say")] * 2 * len(shipped())


def test_a_ringing_call_can_be_looked_at() -> None:
    phone = Phone()
    seen = call_view.view(phone.person, phone.id, phone.now)
    assert (seen.state, seen.turns, seen.waiting_ms, seen.silence_ms) == ("ringing", (), None, None)


def test_a_hold_is_over_when_the_agent_comes_back() -> None:
    phone = Phone().answer()
    phone.do("hold")
    assert call_view.view(phone.person, phone.id, phone.now).on_hold
    phone.do("resume")
    assert not call_view.view(phone.person, phone.id, phone.now).on_hold


def test_after_a_hold_the_customers_patience_is_the_ordinary_one_again() -> None:
    """The script allows 20 s of silence, and 60 on hold."""
    phone = Phone().answer()
    phone.do("hold", 2)
    assert call_view.view(phone.person, phone.id, phone.now).silence_ms == 60_000
    phone.do("resume", 30)
    assert call_view.view(phone.person, phone.id, phone.now).silence_ms == 20_000
    calls.catch_up(phone.id, phone.later(19))
    assert phone.told()[-1] == ("agent", "resume")
    calls.catch_up(phone.id, phone.later(1))
    assert phone.told()[-2:] == [("system", "silence"), ("customer", "say")]
    assert call_log.replayed(phone.call, phone.turns).digest() == phone.call.engine_sha256


def test_afterwards_it_is_told_what_every_call_needs_and_nobody_heard() -> None:
    def unheard(*sentences: str) -> list[str]:
        phone = Phone().answer()
        for sentence in sentences:
            phone.say(sentence)
        phone.do("hang-up")
        return list(call_past.past(call_view.view(phone.person, phone.id, phone.now), phone.now).unheard)

    rude = unheard("哦", "你自己看账单")
    assert {"greeting.brand", "greeting.salutation", "verification.asked", "empathy.specific"} <= set(rude)
    assert not {"wording.absolute-promise", "response.late", "question.closed"} & set(rude)
    polite = unheard("您好，澄湾通信，很高兴为您服务。")
    assert "greeting.brand" not in polite and "greeting.surname" in polite
    assert unheard() == []


def test_a_reply_is_timed_without_the_hold_and_holding_words_are_counted_apart() -> None:
    phone = Phone().answer()
    phone.do("hold", 3)
    phone.do("resume", 40)
    phone.say("您好，澄湾通信，工号1234，很高兴为您服务。", 5)
    phone.say("请稍等。", 4)
    phone.say("孩子发烧还联系不上，换作是我也会着急。", 6)
    phone.do("hang-up")
    told = call_past.past(call_view.view(phone.person, phone.id, phone.now), phone.now)
    # 3 s before the hold and 5 s after it; 6 s; and the words that only asked for patience.
    assert (told.answers, told.in_time, told.median_seconds, told.holding) == (2, 2, 7.0, 1)
    assert not [one for one in told.faults if one.found.rule in ("response.late", "hold.too-long")]


def test_afterwards_a_critical_failure_stands_at_the_words_that_were_one() -> None:
    load_scripts()
    phone = Phone().answer()
    phone.say("周女士您好，这里是澄湾通信，请问您遇到什么问题？")
    phone.say("你烦不烦啊，有病吧。")
    abused = phone.turns[-2]
    phone.say("对不起，我马上为您查。")
    phone.do("hang-up")
    view = call_view.view(phone.person, phone.id, phone.now)
    found = call_past.past(view, phone.now).critical
    assert abused.text.startswith("你烦不烦")
    assert [(one.text, one.seq) for one in found] == [("辱骂、讽刺客户", abused.seq)]
