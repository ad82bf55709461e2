"""A drill inside a sitting: started once, held by one device, paused, extended, swept, voided, like an exam."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from fractions import Fraction
from functools import partial

import pytest
from flask import Flask

from lms.domain.access_rules import Reason
from lms.domain.attempts import AttemptState
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.audit import AuditEntry
from lms.models.drills import DrillSet
from lms.models.exams import Attempt
from lms.models.marking import Result
from lms.models.people import Person
from lms.services import attempts, drill_attempts, extra_time, hand_in, invigilation, run_sweep, runs, sittings, voiding
from lms.services.drill_results import set_of
from lms.services.invigilation import DeedRefused, Order
from lms.services.results import newest_results
from lms.services.run_journal import ActionRefused, Refusal
from lms.services.sittings import get_sitting
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.drill_room import a_drill_room, play, play_all, runs_in, started
from tests.exam_factories import signed_in
from tests.factories import a_person

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def the_attempt(attempt_id: int) -> Attempt:
    return db.session.get_one(Attempt, attempt_id, populate_existing=True)


def an_order(watcher: Person, attempt_id: int, at: object, seen: int = 10**6) -> Order:
    sitting_id = the_attempt(attempt_id).sitting_id
    return Order(watcher.id, at, sitting_id, "停电", seen, attempt_id)  # type: ignore[arg-type]


def watched_room(**changes: object) -> tuple[Person, Person, int]:
    watcher = a_person(Role.EXAMINER, name="监考")
    sitting, (person,), _trainer = a_drill_room(invigilator_ids=[watcher.id], **changes)  # type: ignore[arg-type]
    return watcher, person, sitting.id


def test_starting_makes_one_attempt_with_its_tasks(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    again = drill_attempts.start(who, sitting.id, Language.ZH, MONDAY + SECOND)
    assert again == attempt_id
    attempt, drill_set = the_attempt(attempt_id), set_of(attempt_id)
    assert (attempt.state, attempt.holder_id) == ("open", who.sign_in_id)
    assert attempt.deadline == MONDAY + 15 * MINUTE
    assert attempt.candidate_number.startswith("K-")
    assert drill_set is not None
    assert (drill_set.kind, drill_set.factor, len(drill_set.runs)) == ("lookup", 1, 5)
    assert {run.state for run in drill_set.runs} == {"ready"}


def test_the_same_seed_gives_the_same_tasks_and_two_people_have_others(app: Flask) -> None:
    sitting, (one, other), _trainer = a_drill_room(candidates=2)
    _who, first = started(sitting, one)
    _who, second = started(sitting, other)
    assert [run.task_sha256 for run in runs_in(first)] != [run.task_sha256 for run in runs_in(second)]


def test_extra_time_lengthens_every_clock_by_a_quarter(app: Flask) -> None:
    sitting, (person,), trainer = a_drill_room()
    extra_time.allow(
        trainer.id, MONDAY, sitting.id, person.id, factor=Fraction(5, 4), extra_attempts=0, reason="右手受伤"
    )
    who, attempt_id = started(sitting, person)
    assert the_attempt(attempt_id).deadline == MONDAY + timedelta(minutes=18, seconds=45)
    run = runs_in(attempt_id)[0]
    play(who, run, MONDAY + SECOND, seconds=37)  # within 30 · 5/4 = 37.5 s
    assert runs_in(attempt_id)[0].counted is True
    ends = runs_in(attempt_id)[0].ends_at
    assert ends == MONDAY + SECOND + timedelta(seconds=112.5)  # 90 · 5/4


def test_extra_time_granted_during_the_drill_reaches_the_open_task(app: Flask) -> None:
    sitting, (person,), trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    play(who, runs_in(attempt_id)[0], MONDAY, submit=False)
    extra_time.allow(trainer.id, MONDAY, sitting.id, person.id, factor=Fraction(2), extra_attempts=0, reason="设备故障")
    assert runs_in(attempt_id)[0].ends_at == MONDAY + timedelta(seconds=180)
    assert the_attempt(attempt_id).deadline == MONDAY + 30 * MINUTE


def test_the_last_task_hands_the_drill_in(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    ended = play_all(who, attempt_id, MONDAY)
    attempt, result = the_attempt(attempt_id), newest_results([attempt_id])[attempt_id]
    assert (attempt.state, attempt.submitted_by, attempt.submitted_at) == ("marked", "candidate", ended)
    assert (result.total, result.passed, result.cause) == (100, True, "marking")
    assert attempt.due_at is not None and attempt.due_at.day == 19  # Monday and three working days


def test_handing_in_early_closes_the_open_task_and_leaves_the_others_undone(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    first, second, *_rest = runs_in(attempt_id)
    play(who, first, MONDAY)
    play(who, second, MONDAY + MINUTE, submit=False)
    hand_in.hand_in_own(who, attempt_id, MONDAY + 2 * MINUTE)
    hand_in.hand_in_own(who, attempt_id, MONDAY + 3 * MINUTE)  # a second click changes nothing
    assert [run.state for run in runs_in(attempt_id)] == ["ended", "ended", "ready", "ready", "ready"]
    result = newest_results([attempt_id])[attempt_id]
    assert (result.total, result.passed, result.revision) == (20, False, 1)
    with pytest.raises(ActionRefused) as refused:
        play(who, runs_in(attempt_id)[2], MONDAY + 3 * MINUTE)
    assert refused.value.reason is Refusal.ATTEMPT_OVER


def test_only_the_device_that_holds_the_drill_hands_it_in_while_the_clock_runs(app: Flask) -> None:
    watcher, person, sitting_id = watched_room()
    who, attempt_id = started(get_sitting(sitting_id), person)
    with pytest.raises(attempts.HeldElsewhere):
        hand_in.hand_in_own(signed_in(person), attempt_id, MONDAY + SECOND)
    invigilation.pause(an_order(watcher, attempt_id, MONDAY + MINUTE))
    with pytest.raises(attempts.Paused):
        hand_in.hand_in_own(who, attempt_id, MONDAY + 2 * MINUTE)
    assert the_attempt(attempt_id).state == "open"


def test_the_deadline_hands_in_once_and_an_extension_brings_back_what_was_not_begun(app: Flask) -> None:
    watcher, person, sitting_id = watched_room()
    who, attempt_id = started(get_sitting(sitting_id), person)
    play(who, runs_in(attempt_id)[0], MONDAY)
    over = MONDAY + 15 * MINUTE + timedelta(seconds=31)
    assert (hand_in.sweep(over), hand_in.sweep(over)) == (1, 0)
    assert (the_attempt(attempt_id).state, the_attempt(attempt_id).submitted_by) == ("marked", "deadline")
    invigilation.extend(an_order(watcher, attempt_id, over), 10)
    assert the_attempt(attempt_id).state == "open"
    assert newest_results([attempt_id]) == {}
    for place, run in enumerate(runs_in(attempt_id)[1:]):
        play(who, run, over + place * MINUTE)
    assert newest_results([attempt_id])[attempt_id].total == 100


def test_an_extension_has_nothing_to_bring_back_where_all_tasks_were_begun(app: Flask) -> None:
    watcher, person, sitting_id = watched_room()
    who, attempt_id = started(get_sitting(sitting_id), person)
    *done, last = runs_in(attempt_id)
    for place, run in enumerate(done):
        play(who, run, MONDAY + place * MINUTE)
    late = MONDAY + 14 * MINUTE + timedelta(seconds=50)
    play(who, last, late, submit=False)
    over = MONDAY + 15 * MINUTE + timedelta(seconds=31)
    assert hand_in.sweep(over) == 1
    assert runs_in(attempt_id)[-1].ended_at == MONDAY + 15 * MINUTE
    with pytest.raises(DeedRefused, match="nothing-left"):
        invigilation.extend(an_order(watcher, attempt_id, over), 10)


def test_a_pause_stops_the_tasks_clock_and_gives_its_time_back(app: Flask) -> None:
    watcher, person, sitting_id = watched_room()
    who, attempt_id = started(get_sitting(sitting_id), person)
    run_id = runs_in(attempt_id)[0].id
    play(who, runs_in(attempt_id)[0], MONDAY, submit=False)
    invigilation.pause(an_order(watcher, attempt_id, MONDAY + 20 * SECOND))
    submit = runs.read_op({"op": "submit-it", "kind": "submit", "data": {}})
    with pytest.raises(ActionRefused) as refused:
        runs.act(who, run_id, submit, MONDAY + 25 * SECOND)
    assert refused.value.reason is Refusal.PAUSED
    assert run_sweep.sweep(MONDAY + 5 * MINUTE) == 0
    invigilation.resume(an_order(watcher, attempt_id, MONDAY + 10 * MINUTE))
    assert runs_in(attempt_id)[0].ends_at == MONDAY + timedelta(seconds=90 + 580)
    runs.act(who, run_id, submit, MONDAY + 10 * MINUTE + 9 * SECOND)  # 20 s before, 9 s after: 29 s in all
    run = runs_in(attempt_id)[0]
    assert (run.milliseconds, run.counted, run.paused_seconds) == (29_000, True, 580)


def test_a_task_whose_time_is_over_is_closed_and_the_last_one_ends_the_drill(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    *done, last = runs_in(attempt_id)
    for place, run in enumerate(done):
        play(who, run, MONDAY + place * MINUTE)
    play(who, last, MONDAY + 5 * MINUTE, submit=False)
    assert run_sweep.sweep(MONDAY + 6 * MINUTE) == 0
    assert run_sweep.sweep(MONDAY + 7 * MINUTE) == 1
    result = newest_results([attempt_id])[attempt_id]
    assert (the_attempt(attempt_id).state, result.total, result.passed) == ("marked", 80, True)


def test_a_task_ends_with_the_attempt_and_an_extension_gives_it_its_time(app: Flask) -> None:
    watcher, person, sitting_id = watched_room()
    who, attempt_id = started(get_sitting(sitting_id), person)
    late = MONDAY + 14 * MINUTE + 50 * SECOND
    play(who, runs_in(attempt_id)[0], late, submit=False)
    assert runs_in(attempt_id)[0].ends_at == MONDAY + 15 * MINUTE
    invigilation.extend(an_order(watcher, attempt_id, late + 5 * SECOND), 1)
    assert runs_in(attempt_id)[0].ends_at == MONDAY + 16 * MINUTE
    invigilation.extend(an_order(watcher, attempt_id, late + 6 * SECOND), 5)
    assert runs_in(attempt_id)[0].ends_at == late + 90 * SECOND


def test_a_second_device_takes_over_and_the_first_is_refused(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    elsewhere = signed_in(person)
    assert not drill_attempts.view(elsewhere, attempt_id, MONDAY).held_here
    attempts.hold(elsewhere, attempt_id, take_over=True, now=MONDAY)
    with pytest.raises(ActionRefused) as refused:
        play(who, runs_in(attempt_id)[0], MONDAY)
    assert refused.value.reason is Refusal.HELD_ELSEWHERE
    play(elsewhere, runs_in(attempt_id)[0], MONDAY)
    assert runs_in(attempt_id)[0].state == "ended"


def test_an_invigilator_hands_in_by_force(app: Flask) -> None:
    watcher, person, sitting_id = watched_room()
    who, attempt_id = started(get_sitting(sitting_id), person)
    play(who, runs_in(attempt_id)[0], MONDAY, submit=False)
    invigilation.force_hand_in(an_order(watcher, attempt_id, MONDAY + MINUTE))
    run = runs_in(attempt_id)[0]
    assert (run.state, run.ended_by, run.counted) == ("ended", "invigilator", False)
    assert the_attempt(attempt_id).submitted_by == "invigilator"


def test_a_void_attempt_leaves_no_task_open(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    play(who, runs_in(attempt_id)[0], MONDAY, submit=False)
    with writing(None, MONDAY + MINUTE) as deed:
        voiding.void(deed, attempt_id, "停电")
    assert the_attempt(attempt_id).state == AttemptState.VOID
    assert "open" not in {run.state for run in runs_in(attempt_id)}


def test_late_work_is_nothing_that_a_drill_has(app: Flask) -> None:
    watcher, person, sitting_id = watched_room()
    _who, attempt_id = started(get_sitting(sitting_id), person)
    hand_in.sweep(MONDAY + timedelta(hours=1))
    with pytest.raises(DeedRefused, match="already-marked"):
        invigilation.decide_late(an_order(watcher, attempt_id, MONDAY + timedelta(hours=1)), count=True)


def test_the_rules_of_access_are_an_exams(app: Flask) -> None:
    sitting, (person,), trainer = a_drill_room()
    stranger = a_person(name="外人")
    refused = sittings.refusals_to_start(get_sitting(sitting.id), stranger.id, ["new_hire"], MONDAY)
    assert refused == [Reason.NOT_A_MEMBER]
    late = sittings.refusals_to_start(get_sitting(sitting.id), person.id, ["new_hire"], MONDAY + timedelta(days=2))
    assert late == [Reason.CLOSED]
    assert Reason.KNOWS_THE_KEYS in sittings.refusals_to_start(get_sitting(sitting.id), trainer.id, ["trainer"], MONDAY)


def test_a_sitting_that_cannot_hold_its_tasks_is_refused(app: Flask) -> None:
    with pytest.raises(sittings.BadSitting) as bad:
        a_drill_room(minutes=7)  # five tasks of up to 90 s need 7.5 minutes
    assert bad.value.problems == {"minutes": "too-short"}


def at_once(app: Flask, *works: Callable[[], object]) -> list[object]:
    """Each in a thread of its own with a session of its own, all let go in the same moment."""
    gate = threading.Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        with app.app_context():
            gate.wait()
            try:
                return work()
            finally:
                db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_starts_at_once_are_one_attempt_with_one_set(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room()
    who, sitting_id = signed_in(person), sitting.id
    begin = partial(drill_attempts.start, who, sitting_id, Language.ZH, MONDAY)
    assert len(set(at_once(app, *[begin] * 6))) == 1
    assert db.session.query(Attempt).count() == db.session.query(DrillSet).count() == 1


def test_the_last_task_the_sweep_and_an_invigilator_at_once_give_one_result(app: Flask) -> None:
    watcher, person, sitting_id = watched_room()
    who, attempt_id = started(get_sitting(sitting_id), person)
    *done, last = runs_in(attempt_id)
    for place, run in enumerate(done):
        play(who, run, MONDAY + place * MINUTE)
    play(who, last, MONDAY + 5 * MINUTE, submit=False)
    at = MONDAY + 5 * MINUTE + 20 * SECOND
    submit = runs.read_op({"op": "last-submit", "kind": "submit", "data": {}})
    run_id, order = last.id, an_order(watcher, attempt_id, at)

    def quietly(work: Callable[[], object]) -> Callable[[], object]:
        def tried() -> object:
            with suppress(ActionRefused, DeedRefused):
                return work()
            return None

        return tried

    at_once(
        app,
        quietly(lambda: runs.act(who, run_id, submit, at)),
        quietly(lambda: hand_in.hand_in_own(who, attempt_id, at)),
        quietly(lambda: invigilation.force_hand_in(order)),
        quietly(lambda: hand_in.sweep(MONDAY + timedelta(hours=1))),
        quietly(lambda: run_sweep.sweep(MONDAY + timedelta(hours=1))),
    )
    assert the_attempt(attempt_id).state == "marked"
    assert [result.revision for result in db.session.query(Result).all()] == [1]
    assert "open" not in {run.state for run in runs_in(attempt_id)}
    assert db.session.query(AuditEntry).filter_by(action="attempt.handed-in").count() == 1
