"""Calls inside a sitting: started once, one call after another, paused, over at the deadline, handed in, voided."""

from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.domain.roleplay_plans import RolePlayPlan
from lms.domain.values import Language
from lms.extensions import db
from lms.models.exams import Attempt
from lms.models.roleplays import CallTask
from lms.services import call_attempts, call_evidence, calls, hand_in, invigilation, voiding
from lms.services.attempts import HeldElsewhere, NotYours
from lms.services.blueprint_files import stored_plans
from lms.services.call_results import calls_of
from lms.services.calls import CallRefused
from lms.services.invigilation import Order
from lms.services.results import newest_results
from lms.services.writing import writing
from tests.call_room import Phone
from tests.call_sitting import MINUTE, a_call_sitting, held, hold_call, roleplay_plans, started, the_attempt, the_call
from tests.conftest import MONDAY
from tests.exam_factories import signed_in
from tests.factories import a_person


def test_the_shipped_plan_is_loaded_beside_the_blueprints(app: Flask) -> None:
    roleplay_plans()
    (plan,) = stored_plans()
    assert isinstance(plan, RolePlayPlan) and plan.code == "roleplay-certification"
    assert (plan.count, plan.pass_total, plan.customer) == (2, 80, "scripted")


def test_the_calls_come_one_after_another(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting()
    who, attempt_id = started(sitting, person)
    assert call_attempts.start(who, sitting.id, Language.ZH, MONDAY) == attempt_id
    assert the_attempt(attempt_id).deadline == MONDAY + 40 * MINUTE
    assert calls_of(attempt_id) == []
    first = call_attempts.next_call(who, attempt_id, MONDAY)
    assert call_attempts.next_call(who, attempt_id, MONDAY) == first  # pressed twice
    view = call_attempts.view(who, attempt_id, MONDAY)
    assert (view.call_id, view.done, view.count) == (first, [], 2)
    assert hold_call(who, attempt_id, MONDAY) == first
    second = hold_call(who, attempt_id, MONDAY + 2 * MINUTE)
    assert [call.position for call in calls_of(attempt_id)] == [1, 2] and second != first
    assert the_call(first).script_sha256 != the_call(second).script_sha256
    with pytest.raises(call_attempts.NotNow):
        call_attempts.next_call(who, attempt_id, MONDAY + 4 * MINUTE)


def test_a_practice_call_must_end_first(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting()
    Phone(trainee=signed_in(person))
    with pytest.raises(call_attempts.CallGoingOn):
        started(sitting, person)


def test_handed_in_calls_wait_for_examiners(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting()
    attempt = the_attempt(held(sitting, person))
    assert (attempt.state, attempt.submitted_by) == ("marking", "candidate")
    assert attempt.due_at is not None and attempt.due_at.day == 19  # Monday and three working days
    tasks = db.session.query(CallTask).all()
    assert [(task.round, task.state, task.due_at) for task in tasks] == [(1, "open", attempt.due_at)] * 2
    assert newest_results([attempt.id]) == {}


def test_a_share_of_one_means_that_two_mark_each_call(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting(plan={"double_share": Fraction(1)})
    held(sitting, person)
    assert sorted(task.round for task in db.session.query(CallTask)) == [1, 1, 2, 2]


def test_handing_in_early_ends_the_call_that_is_going_on(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting()
    who, attempt_id = started(sitting, person)
    call_id = call_attempts.next_call(who, attempt_id, MONDAY)
    calls.answer(who, call_id, MONDAY)
    hand_in.hand_in_own(who, attempt_id, MONDAY + MINUTE)
    assert (the_call(call_id).state, the_call(call_id).end) == ("ended", "time")
    assert db.session.query(CallTask).count() == 1
    with pytest.raises(CallRefused):
        calls.say(who, call_id, "too-late-message", "喂？", MONDAY + 2 * MINUTE, lambda: MONDAY)


def test_only_the_device_that_holds_the_calls_hands_them_in(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting()
    who, attempt_id = started(sitting, person)
    with pytest.raises(HeldElsewhere):
        hand_in.hand_in_own(signed_in(person), attempt_id, MONDAY + MINUTE)
    hand_in.hand_in_own(who, attempt_id, MONDAY + MINUTE)
    assert the_attempt(attempt_id).submitted_by == "candidate"


def test_nothing_answered_is_a_result_without_marking(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting()
    who, attempt_id = started(sitting, person)
    call_id = call_attempts.next_call(who, attempt_id, MONDAY)
    hand_in.hand_in_own(who, attempt_id, MONDAY + MINUTE)
    result = newest_results([attempt_id])[attempt_id]
    assert (the_attempt(attempt_id).state, result.total, result.passed) == ("marked", 0, False)
    assert the_call(call_id).end == "left"


def test_the_sweep_hands_in_at_the_deadline_and_after_the_last_call(app: Flask) -> None:
    sitting, (slow, quick), _trainer = a_call_sitting(candidates=2)
    who, late = started(sitting, slow)
    call_id = call_attempts.next_call(who, late, MONDAY)
    calls.answer(who, call_id, MONDAY)
    other, done = started(sitting, quick)
    hold_call(other, done, MONDAY)
    hold_call(other, done, MONDAY + 2 * MINUTE)
    assert hand_in.sweep(MONDAY + 5 * MINUTE) == 1
    assert the_attempt(done).state == "marking" and the_attempt(late).state == "open"
    with pytest.raises(CallRefused) as refused:
        calls.say(who, call_id, "after-the-deadline", "喂？", MONDAY + 41 * MINUTE, lambda: MONDAY)
    assert refused.value.reason == "over"
    hand_in.sweep(MONDAY + 42 * MINUTE)
    assert the_attempt(late).submitted_by == "deadline"
    assert the_call(call_id).ended_at == MONDAY + 40 * MINUTE


def test_while_paused_nothing_is_said_and_nobody_loses_patience(app: Flask) -> None:
    watcher = a_person(Role.EXAMINER, name="监考")
    sitting, (person,), _trainer = a_call_sitting(invigilator_ids=[watcher.id])
    who, attempt_id = started(sitting, person)
    call_id = call_attempts.next_call(who, attempt_id, MONDAY)
    calls.answer(who, call_id, MONDAY)
    at = MONDAY + timedelta(seconds=5)
    invigilation.pause(Order(watcher.id, at, sitting.id, "停电", 10**6, attempt_id))
    with pytest.raises(CallRefused) as refused:
        calls.say(who, call_id, "while-paused", "喂？", at + MINUTE, lambda: at)
    assert refused.value.reason == "paused"
    calls.sweep(at + 10 * MINUTE)
    assert the_call(call_id).turns_count == 1
    later = at + 10 * MINUTE
    invigilation.resume(Order(watcher.id, later, sitting.id, "来电", 10**6, attempt_id))
    calls.catch_up(call_id, later + timedelta(seconds=5))
    assert the_call(call_id).turns_count == 2  # the customer's line, and that it goes on
    calls.say(who, call_id, "after-the-pause", "您好，请讲。", later + timedelta(seconds=6), lambda: later)
    assert the_call(call_id).state == "live"


def test_a_pause_is_no_time_of_response(app: Flask) -> None:
    watcher = a_person(Role.EXAMINER, name="监考")
    sitting, (person,), _trainer = a_call_sitting(invigilator_ids=[watcher.id])
    who, attempt_id = started(sitting, person)
    call_id = call_attempts.next_call(who, attempt_id, MONDAY)
    calls.answer(who, call_id, MONDAY)
    at, later = MONDAY + timedelta(seconds=5), MONDAY + 10 * MINUTE
    invigilation.pause(Order(watcher.id, at, sitting.id, "停电", 10**6, attempt_id))
    invigilation.resume(Order(watcher.id, later, sitting.id, "来电", 10**6, attempt_id))
    calls.say(who, call_id, "after-the-pause", "您好，澄湾通信，请讲。", later + timedelta(seconds=6), lambda: later)
    found, places = call_evidence.found_in(the_call(call_id))
    (late,) = [one for one in found if one.rule == "response.late" and one.figure is not None]
    assert (late.figure, late.verdict, places[late.turn or 0]) == (6.0, "clear", 3)


def test_another_device_cannot_speak(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting()
    who, attempt_id = started(sitting, person)
    call_id = call_attempts.next_call(who, attempt_id, MONDAY)
    elsewhere = signed_in(person)
    with pytest.raises(CallRefused) as refused:
        calls.answer(elsewhere, call_id, MONDAY)
    assert refused.value.reason == "held-elsewhere"
    with pytest.raises(call_attempts.NotNow):
        hold_call(who, attempt_id, MONDAY)
        call_attempts.next_call(elsewhere, attempt_id, MONDAY + 3 * MINUTE)


def test_a_void_attempt_is_marked_by_nobody(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting()
    attempt_id = held(sitting, person)
    with writing(None, MONDAY) as deed:
        voiding.void(deed, attempt_id, "停电")
    assert {task.state for task in db.session.query(CallTask)} == {"withdrawn"}
    assert db.session.get_one(Attempt, attempt_id).state == "void"


def test_another_persons_attempt_is_not_there(app: Flask) -> None:
    sitting, (person, other), _trainer = a_call_sitting(candidates=2)
    _who, attempt_id = started(sitting, person)
    stranger = signed_in(other)
    with pytest.raises(NotYours):
        call_attempts.view(stranger, attempt_id, MONDAY)
    with pytest.raises(NotYours):
        call_attempts.next_call(stranger, attempt_id, MONDAY)
