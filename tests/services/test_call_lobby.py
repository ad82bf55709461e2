"""Certification calls whose customer an examiner plays: who may, how long one waits, and that waiting costs nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.domain.invigilation import Condition
from lms.domain.people import Role
from lms.domain.roleplay_plans import Customer
from lms.domain.values import Language
from lms.extensions import db
from lms.models.audit import AuditEntry
from lms.models.exams import AttemptEvent
from lms.models.people import Person
from lms.models.roleplays import CallTask
from lms.services import (
    call_attempts,
    call_log,
    call_marking_queue,
    call_seat,
    call_view,
    calls,
    hand_in,
    home,
    invigilation,
    live_view,
)
from lms.services.call_seat import NotYours
from lms.services.calls import CallRefused
from lms.services.invigilation import Order
from lms.services.results import newest_results
from lms.services.sign_in import SignedIn
from tests.call_room import Phone
from tests.call_sitting import (
    MINUTE,
    a_call_sitting,
    an_examiner,
    mark_next,
    started,
    the_attempt,
    the_call,
)
from tests.conftest import MONDAY
from tests.exam_factories import signed_in
from tests.factories import a_person

SECOND = timedelta(seconds=1)
DEADLINE = MONDAY + 40 * MINUTE


class Room:
    """One candidate in a sitting whose customers are examiners; their call waits from MONDAY on."""

    def __init__(self, **changes: Any) -> None:
        self.watcher = a_person(Role.EXAMINER, name="监考")
        plan = {"customer": Customer.EXAMINER, "count": 1, **changes.pop("plan", {})}
        self.sitting, (self.person,), self.trainer = a_call_sitting(
            plan=plan, invigilator_ids=[self.watcher.id], **changes
        )
        self.who, self.attempt_id = started(self.sitting, self.person)
        self.call_id = call_attempts.next_call(self.who, self.attempt_id, MONDAY)
        self.examiner = signed_in(an_examiner("扮客户的人"))

    def take(self, at: datetime, examiner: SignedIn | None = None) -> None:
        call_seat.take((examiner or self.examiner).person_id, self.call_id, at)

    def order(self, at: datetime) -> Order:
        return Order(self.watcher.id, at, self.sitting.id, "停电", 10**6, self.attempt_id)

    @property
    def deadline(self) -> datetime:
        return the_attempt(self.attempt_id).deadline

    def left(self, at: datetime) -> timedelta:
        return call_attempts.view(self.who, self.attempt_id, at).left


@pytest.fixture()
def room(app: Flask) -> Room:
    return Room()


def test_it_waits_in_the_lobby_and_the_clock_stands_still(room: Room) -> None:
    assert the_call(room.call_id).state == "waiting"
    assert room.left(MONDAY + 15 * MINUTE) == 40 * MINUTE
    with pytest.raises(CallRefused) as refused:
        calls.answer(room.who, room.call_id, MONDAY + MINUTE)
    assert refused.value.reason == "not-live"
    assert hand_in.sweep(MONDAY + 3 * 60 * MINUTE) == 0, "nobody is handed in for having waited"
    room.take(MONDAY + 3 * 60 * MINUTE + 0.4 * SECOND)
    assert room.deadline == DEADLINE + 3 * 60 * MINUTE + SECOND, "whole seconds, in the candidate's favour"
    assert the_attempt(room.attempt_id).extended_seconds == 3 * 60 * 60 + 1
    assert (the_call(room.call_id).state, room.left(MONDAY + 3 * 60 * MINUTE + SECOND)) == ("ringing", 40 * MINUTE)
    entry = db.session.execute(select(AuditEntry).where(AuditEntry.action == "call.taken")).scalar_one()
    assert entry.details["before"] == DEADLINE.isoformat() and entry.details["waited"] == 10801
    event = db.session.execute(select(AttemptEvent).where(AttemptEvent.kind == "examiner-came")).scalar_one()
    assert event.details == {"seconds": 10801}


def test_from_the_ring_on_the_time_runs(room: Room) -> None:
    room.take(MONDAY + 5 * MINUTE)
    assert room.left(MONDAY + 6 * MINUTE) == 39 * MINUTE
    assert hand_in.sweep(MONDAY + 46 * MINUTE) == 1
    assert newest_results([room.attempt_id])[room.attempt_id].total == 0


def test_nobody_takes_the_seat_of_whom_they_train_lead_or_are(room: Room) -> None:
    trainer = signed_in(room.trainer)
    leader = signed_in(a_person(Role.EXAMINER, name="班组长"))
    db.session.get_one(Person, room.person.id).leader_id = leader.person_id
    db.session.commit()
    for somebody in (trainer, leader, room.who):
        assert call_seat.lobby(somebody.person_id, Language.ZH) == []
        with pytest.raises(NotYours):
            room.take(MONDAY + MINUTE, somebody)
    assert room.deadline == DEADLINE and the_call(room.call_id).state == "waiting"
    (waiting,) = call_seat.lobby(room.examiner.person_id, Language.ZH)
    assert not waiting.practice and room.person.name not in repr(waiting)


def test_of_two_examiners_the_first_and_the_time_is_given_back_once(room: Room) -> None:
    room.take(MONDAY + 5 * MINUTE)
    with pytest.raises(NotYours):
        room.take(MONDAY + 6 * MINUTE, signed_in(an_examiner("乙")))
    assert room.deadline == DEADLINE + 5 * MINUTE


def test_an_examiners_first_screen_counts_who_waits(room: Room) -> None:
    assert home.examiner_figures(room.examiner.person_id, MONDAY).calling == 1
    assert home.examiner_figures(room.trainer.id, MONDAY).calling == 0, "not one's own trainee"
    room.take(MONDAY + MINUTE)
    assert home.examiner_figures(room.examiner.person_id, MONDAY).calling == 0


def test_certification_stands_before_practice_in_the_lobby(room: Room) -> None:
    Phone(customer="examiner")
    assert [one.practice for one in call_seat.lobby(room.examiner.person_id, Language.ZH)] == [False, True]


def test_put_back_it_waits_anew(room: Room) -> None:
    room.take(MONDAY + 5 * MINUTE)
    call_seat.hang_up(room.examiner, room.call_id, MONDAY + 7 * MINUTE)
    assert the_call(room.call_id).state == "waiting" and room.left(MONDAY + 30 * MINUTE) == 38 * MINUTE
    room.take(MONDAY + 17 * MINUTE, signed_in(an_examiner("乙")))
    assert room.deadline == DEADLINE + 15 * MINUTE, "two minutes it rang"


@pytest.mark.parametrize(
    ("pause", "resume", "take"),
    [(4, 9, 6), (4, 6, 9), (2, 3, 12)],  # minutes; the wait began at 0
)
def test_a_pause_and_a_wait_that_overlap_are_given_back_once(room: Room, pause: int, resume: int, take: int) -> None:
    deeds = sorted([
        (pause, lambda at: invigilation.pause(room.order(at))),
        (resume, lambda at: invigilation.resume(room.order(at))),
        (take, room.take),
    ], key=lambda deed: deed[0])  # fmt: skip
    for minutes, deed in deeds:
        deed(MONDAY + minutes * MINUTE)
    assert room.deadline == DEADLINE + max(resume, take) * MINUTE
    assert room.left(MONDAY + max(resume, take) * MINUTE) == 40 * MINUTE


def test_put_back_during_a_pause(room: Room) -> None:
    room.take(MONDAY)
    invigilation.pause(room.order(MONDAY + 2 * MINUTE))
    call_seat.hang_up(room.examiner, room.call_id, MONDAY + 5 * MINUTE)
    invigilation.resume(room.order(MONDAY + 8 * MINUTE))
    room.take(MONDAY + 10 * MINUTE)
    assert room.deadline == DEADLINE + 8 * MINUTE, "from the pause at 2 to the ring at 10"


def test_minutes_granted_while_waiting_are_those_minutes(room: Room) -> None:
    invigilation.extend(room.order(MONDAY + 60 * MINUTE), 5)
    room.take(MONDAY + 90 * MINUTE)
    assert room.left(MONDAY + 90 * MINUTE) == 45 * MINUTE


def test_whoever_waits_is_told_when_nobody_comes_and_loses_nothing(room: Room) -> None:
    before = call_view.view(room.who, room.call_id, MONDAY + 9 * MINUTE)
    assert before.nobody_in == MINUTE
    assert call_view.view(room.who, room.call_id, MONDAY + 12 * MINUTE).nobody_in == timedelta(0)
    with pytest.raises(CallRefused) as refused:
        calls.leave(room.who, room.call_id, MONDAY + 12 * MINUTE)
    assert refused.value.reason == "certification" and the_call(room.call_id).state == "waiting"
    assert call_attempts.next_call(room.who, room.attempt_id, MONDAY + 12 * MINUTE) == room.call_id


def test_the_invigilator_sees_who_waits(app: Flask) -> None:
    room = Room(plan={"wait_minutes": 3})
    (tile,) = live_view.board(room.watcher.id, room.sitting.id, MONDAY + 2 * MINUTE).tiles
    assert (tile.condition, tile.awaits_since, tile.nobody_comes) == (Condition.AWAITING, MONDAY, False)
    assert (tile.left, tile.paused) == (40 * MINUTE, False)
    (tile,) = live_view.board(room.watcher.id, room.sitting.id, MONDAY + 3 * MINUTE).tiles
    assert tile.nobody_comes
    room.take(MONDAY + 4 * MINUTE)
    (tile,) = live_view.board(room.watcher.id, room.sitting.id, MONDAY + 4 * MINUTE).tiles
    assert (tile.awaits_since, tile.nobody_comes, tile.left) == (None, False, 40 * MINUTE)


def test_an_examiner_plays_to_the_marks_of_another(room: Room) -> None:
    """Played, handed to the script and back, hung up by the candidate; whoever played it cannot mark it."""
    room.take(MONDAY + MINUTE)
    at = MONDAY + MINUTE
    calls.answer(room.who, room.call_id, at)
    due = next(line for line in call_seat.view(room.examiner, room.call_id, at).lines if line.due)
    call_seat.speak(room.examiner, room.call_id, "seat-0001", "", at + 2 * SECOND, line_id=due.id)
    calls.say(room.who, room.call_id, "said-0001", "您好，请您慢慢说。", at + 6 * SECOND, lambda: at)
    call_seat.hand_over(room.examiner, room.call_id, "script", at + 8 * SECOND)
    calls.say(room.who, room.call_id, "said-0002", "我来帮您查一下。", at + 12 * SECOND, lambda: at)
    call_seat.hand_over(room.examiner, room.call_id, "examiner", at + 14 * SECOND)
    call_seat.speak(room.examiner, room.call_id, "seat-0002", "那你快点！", at + 16 * SECOND)
    calls.do(room.who, room.call_id, "said-0003", "hang-up", {}, at + 20 * SECOND)
    call = the_call(room.call_id)
    spoken = [turn.by for turn in call_log.turns_of(call.id) if turn.speaker == "customer"]
    assert spoken == ["examiner", "script", "script", "examiner"]
    assert call_log.replayed(call, call_log.turns_of(call.id)).digest() == call.engine_sha256
    assert hand_in.sweep(at + MINUTE) == 1 and the_attempt(room.attempt_id).state == "marking"
    assert call_marking_queue.take_next(room.examiner.person_id, None, at + 2 * MINUTE) is None
    assert mark_next(an_examiner("另一位")) and the_attempt(room.attempt_id).state == "marked"
    assert newest_results([room.attempt_id])[room.attempt_id].total == 80


def test_while_paused_or_over_the_customer_is_silent_too(room: Room) -> None:
    room.take(MONDAY)
    calls.answer(room.who, room.call_id, MONDAY)
    invigilation.pause(room.order(MONDAY + MINUTE))
    for reason, at in (("paused", MONDAY + 2 * MINUTE), ("over", MONDAY + 60 * MINUTE)):
        if reason == "over":
            invigilation.resume(room.order(MONDAY + 2 * MINUTE))
        for deed in (
            lambda at=at: call_seat.speak(room.examiner, room.call_id, "seat-0003", "喂？", at),
            lambda at=at: call_seat.hand_over(room.examiner, room.call_id, "script", at),
            lambda at=at: call_seat.hang_up(room.examiner, room.call_id, at),
        ):
            with pytest.raises(CallRefused) as refused:
                deed()
            assert refused.value.reason == reason
    assert the_call(room.call_id).state == "live"


def test_an_examiner_who_has_gone_is_replaced_by_the_script(room: Room) -> None:
    room.take(MONDAY)
    calls.answer(room.who, room.call_id, MONDAY)
    calls.catch_up(room.call_id, MONDAY + 119 * SECOND)
    assert the_call(room.call_id).hand == "examiner"
    late = MONDAY + 175 * SECOND  # the sweep looks once a minute
    calls.sweep(late)
    call, turns = the_call(room.call_id), call_log.turns_of(room.call_id)
    assert call.hand == "script" and [(turn.kind, turn.by, turn.at) for turn in turns[1:]] == [
        ("hand", "clock", late), ("say", "script", late),
    ], "the candidate is not charged for it"  # fmt: skip
    calls.say(room.who, room.call_id, "said-0004", "您好，请讲。", late + 3 * SECOND, lambda: late)
    assert the_call(room.call_id).state == "live"


def test_a_strangers_look_moves_nothing(room: Room) -> None:
    room.take(MONDAY)
    calls.answer(room.who, room.call_id, MONDAY)
    stranger = signed_in(a_person(Role.NEW_HIRE, Role.EXAMINER, name="路人"))
    for look in (call_view.view, call_seat.view):
        with pytest.raises(NotYours):
            look(stranger, room.call_id, MONDAY + 5 * MINUTE)
    assert the_call(room.call_id).hand == "examiner"


def test_handed_in_or_voided_while_waiting(room: Room) -> None:
    hand_in.hand_in_own(room.who, room.attempt_id, MONDAY + MINUTE)
    assert (the_call(room.call_id).end, db.session.query(CallTask).count()) == ("left", 0)
    assert call_seat.lobby(room.examiner.person_id, Language.ZH) == []
    with pytest.raises(NotYours):
        room.take(MONDAY + 2 * MINUTE)


def test_a_wait_that_began_after_the_time_was_over_holds_nothing(room: Room) -> None:
    """The telephone rang until the deadline; put back afterwards, the attempt still ends."""
    room.take(MONDAY)
    call_seat.hang_up(room.examiner, room.call_id, DEADLINE + 10 * SECOND)
    assert hand_in.sweep(DEADLINE + MINUTE) == 1
