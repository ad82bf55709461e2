"""The examiner's seat: who may take it, what it shows, and how the customer passes from hand to hand."""

from datetime import timedelta

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.people import Person
from lms.services import call_log, call_seat, call_view, calls
from lms.services.call_seat import NotYours
from lms.services.calls import CallRefused
from lms.services.sign_in import SignedIn
from tests.call_room import Phone, load_scripts, shipped, signed_in
from tests.conftest import MONDAY
from tests.factories import a_person


@pytest.fixture(autouse=True)
def _scripts(app: Flask) -> None:
    load_scripts()


def an_examiner() -> SignedIn:
    return signed_in(a_person(Role.EXAMINER, name="扮客户的人"))


def taken(examiner: SignedIn) -> Phone:
    phone = Phone(customer="examiner")
    call_seat.take(examiner.person_id, phone.id, phone.now)
    return phone.answer()


def test_a_call_waits_in_the_lobby_until_somebody_takes_it() -> None:
    examiner, other = an_examiner(), an_examiner()
    phone = Phone(customer="examiner")
    assert phone.call.state == "waiting"
    (waiting,) = call_seat.lobby(examiner.person_id, Language.ZH)
    assert (waiting.id, waiting.title, waiting.practice) == (phone.id, "客户情绪激动投诉：手机突然停机", True)
    assert phone.person.name not in repr(waiting) and phone.person.number not in repr(waiting)
    with pytest.raises(CallRefused):
        calls.answer(phone.person, phone.id, MONDAY)
    call_seat.take(examiner.person_id, phone.id, MONDAY)
    with pytest.raises(NotYours):
        call_seat.take(other.person_id, phone.id, MONDAY)
    assert (phone.call.state, call_seat.lobby(other.person_id, Language.ZH)) == ("ringing", [])
    assert call_seat.seats(examiner.person_id) == [phone.id]


def test_nobody_plays_for_a_person_whom_they_lead_or_are() -> None:
    leader = an_examiner()
    led = a_person(Role.NEW_HIRE, leader=db.session.get_one(Person, leader.person_id))
    both = signed_in(a_person(Role.NEW_HIRE, Role.EXAMINER))
    for trainee, examiner in ((signed_in(led), leader), (both, both)):
        phone = Phone(customer="examiner", trainee=trainee)
        assert call_seat.lobby(examiner.person_id, Language.ZH) == []
        with pytest.raises(NotYours):
            call_seat.take(examiner.person_id, phone.id, MONDAY)
        calls.leave(trainee, phone.id, MONDAY)


def test_the_examiner_speaks_for_the_customer() -> None:
    examiner = an_examiner()
    phone = taken(examiner)
    view = call_seat.view(examiner, phone.id, phone.now)
    due = next(line for line in view.lines if line.due)
    call_seat.speak(examiner, phone.id, "line-one-1", "", phone.later(2), line_id=due.id)
    assert (phone.turns[-1].by, phone.turns[-1].text) == ("examiner", due.text)
    phone.say("您好，请您慢慢说。")
    assert phone.told()[-1] == ("agent", "say"), "the script is silent"
    call_seat.speak(examiner, phone.id, "free-one-1", "我说了多少遍了！", phone.later(2))
    call_seat.speak(examiner, phone.id, "free-one-1", "我说了多少遍了！", phone.later(1))
    assert [turn.text for turn in phone.turns][-1] == "我说了多少遍了！"
    assert [turn.by for turn in phone.turns].count("examiner") == 2
    assert call_log.replayed(phone.call, phone.turns).digest() == phone.call.engine_sha256


def test_the_seat_shows_the_story_and_locks_what_may_not_be_told() -> None:
    examiner = an_examiner()
    phone = taken(examiner)
    script = shipped()["angry-complaint"]
    view = call_seat.view(examiner, phone.id, phone.now)
    assert (view.emotion, view.emotion_good) == (9, 3)
    assert [beat.id for beat in view.beats if beat.here] == [script.beats[0].id]
    locks = {fact.id: fact.locked for fact in view.facts}
    assert (locks["paid"], locks["child"], locks["previous-tenant"]) == (False, True, True)
    phone.say("真的很抱歉，给您添麻烦了。您是遇到什么急事了吗？")
    unlocked = {fact.id: fact.locked for fact in call_seat.view(examiner, phone.id, phone.now).facts}
    assert not unlocked["child"] and unlocked["previous-tenant"]
    told = [line.reveals for beat in script.beats for line in beat.say if line.id in {one.id for one in view.lines}]
    assert not any("child" in reveals for reveals in told)
    assert phone.person.name not in repr(view) and phone.person.number not in repr(view)


def test_a_line_that_may_not_be_said_is_refused() -> None:
    examiner = an_examiner()
    phone = taken(examiner)
    with pytest.raises(CallRefused) as refused:
        call_seat.speak(examiner, phone.id, "line-two-2", "", phone.now, line_id="no-such-line")
    assert refused.value.reason == "unknown"


def test_the_customer_passes_from_hand_to_hand() -> None:
    examiner = an_examiner()
    phone = taken(examiner)
    call_seat.hand_over(examiner, phone.id, "script", phone.later(1))
    assert phone.turns[-1].by == "script", "what was due is said at once"
    phone.say("您好，请您慢慢说。")
    assert phone.turns[-1].by == "script"
    with pytest.raises(CallRefused):
        call_seat.speak(examiner, phone.id, "free-two-2", "等等！", phone.now)
    call_seat.hand_over(examiner, phone.id, "examiner", phone.later(1))
    count = len(phone.turns)
    call_seat.hand_over(examiner, phone.id, "examiner", phone.later(1))
    phone.say("我这就为您查。")
    assert len(phone.turns) == count + 1 and phone.call.due is not None
    call_seat.speak(examiner, phone.id, "free-two-3", "快点！", phone.later(1))
    assert phone.call.due is None
    assert call_log.replayed(phone.call, phone.turns).digest() == phone.call.engine_sha256


def test_silence_is_the_examiners_to_notice() -> None:
    examiner = an_examiner()
    phone = taken(examiner)
    calls.catch_up(phone.id, phone.now + timedelta(minutes=5))
    assert phone.call.state == "live"


def test_notes_are_private() -> None:
    examiner, other = an_examiner(), an_examiner()
    phone = taken(examiner)
    call_seat.note(examiner, phone.id, "开场没有报工号", phone.now)
    assert call_seat.view(examiner, phone.id, phone.now).notes == ((1, "开场没有报工号"),)
    assert "开场没有报工号" not in repr(call_view.view(phone.person, phone.id, phone.now))
    with pytest.raises(NotYours):
        call_seat.note(other, phone.id, "x", phone.now)
    with pytest.raises(NotYours):
        call_seat.view(other, phone.id, MONDAY)


def test_hanging_up_ends_the_call_or_puts_it_back() -> None:
    examiner = an_examiner()
    phone = Phone(customer="examiner")
    call_seat.take(examiner.person_id, phone.id, MONDAY)
    call_seat.hang_up(examiner, phone.id, MONDAY)
    assert (phone.call.state, phone.call.examiner_id) == ("waiting", None)
    call_seat.take(examiner.person_id, phone.id, MONDAY)
    phone.answer()
    call_seat.hang_up(examiner, phone.id, phone.later(5))
    assert (phone.call.state, phone.call.end) == ("ended", "walked-out")


def test_a_customer_without_an_examiner_has_no_seat() -> None:
    examiner = an_examiner()
    phone = Phone()
    with pytest.raises(NotYours):
        call_seat.take(examiner.person_id, phone.id, MONDAY)
