"""Marking calls: anonymous, under a lease, once for good; two and three examiners; result, release, one's own page."""

from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask

from lms.domain.call_marks import PassRules
from lms.domain.call_sheets import SheetRejected
from lms.domain.people import Role
from lms.domain.results import Feedback
from lms.domain.values import Language
from lms.extensions import db
from lms.models.people import Person
from lms.models.roleplays import Call, CallTask
from lms.services import call_feedback, call_marking, call_marking_queue, calls, own_results, release, voiding
from lms.services.call_marking import DraftConflict, NotForYou, TakenByAnother
from lms.services.call_marking_queue import LEASE
from lms.services.results import newest_results
from lms.services.writing import writing
from tests.call_sitting import MINUTE, a_call_sitting, a_sheet, an_examiner, held, mark_next, the_attempt, the_call
from tests.conftest import MONDAY
from tests.factories import a_person

NOW = MONDAY + 10 * MINUTE


def the_queue(examiner: Person) -> list[str]:
    queue = call_marking_queue.queue(examiner.id, Language.ZH, NOW, MONDAY)
    return [row.call_number for row in queue.waiting]


def call_of(task_id: int) -> Call:
    return the_call(db.session.get_one(CallTask, task_id, populate_existing=True).call_id)


def test_all_marked_gives_the_result(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting()
    attempt_id = held(sitting, person)
    examiner = an_examiner()
    assert len(the_queue(examiner)) == 2
    assert mark_next(examiner, level=5) and the_attempt(attempt_id).state == "marking"
    assert mark_next(examiner, level=4) and mark_next(examiner) is None
    result = newest_results([attempt_id])[attempt_id]
    assert the_attempt(attempt_id).state == "marked"
    assert (result.total, result.passed, result.sections["roleplay"]["score"]) == (90, True, "90/1")
    assert sorted(call.points for call in db.session.query(Call)) == [80, 100]


def test_one_failed_call_fails_the_attempt_whatever_its_points(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting()
    attempt_id = held(sitting, person)
    examiner, another = an_examiner("甲"), an_examiner("乙")
    mark_next(examiner, level=5)
    mark_next(examiner, level=5, level__compliance="3")
    assert the_attempt(attempt_id).state == "marking"  # one level more would have passed it: a second one marks
    mark_next(another, level=5, level__compliance="3")
    result = newest_results([attempt_id])[attempt_id]
    assert (round(float(result.total), 2), result.passed) == (96.67, False)


def test_two_who_are_apart_call_a_third_who_is_another_person(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting(
        plan={"double_share": Fraction(1), "count": 1, "passing": PassRules()}
    )
    who = held_one(sitting, person)
    one, two, three = an_examiner("甲"), an_examiner("乙"), an_examiner("丙")
    mark_next(one, level=4)
    assert mark_next(one) is None  # nobody marks one call twice
    mark_next(two, level=4, level__opening="2")
    assert mark_next(two) is None and the_attempt(who).state == "marking"
    mark_next(three, level=4, level__opening="3")
    result = newest_results([who])[who]
    assert result.total == Fraction(235, 3)  # 23.5 of 30; opening 2 3 4: the higher of two pairs as close
    assert result.passed is False  # 23.5 of 30


def tasks_of(attempt_id: int) -> list[tuple[int, str]]:
    rows = db.session.query(CallTask).join(Call).filter(Call.attempt_id == attempt_id).order_by(CallTask.round)
    return [(task.round, task.state) for task in rows.populate_existing()]


def test_a_call_near_the_line_waits_for_a_second_examiner(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting(plan={"count": 1, "passing": PassRules()})
    attempt_id = held_one(sitting, person)
    one, two = an_examiner("甲"), an_examiner("乙")
    mark_next(one, level=4, level__opening="5")  # 25, the line is 24
    assert tasks_of(attempt_id) == [(1, "done"), (2, "open")] and the_attempt(attempt_id).state == "marking"
    assert mark_next(one) is None
    mark_next(two, level=4)
    assert tasks_of(attempt_id) == [(1, "done"), (2, "done")]
    assert newest_results([attempt_id])[attempt_id].total == Fraction(245, 3)  # 24.5 of 30


def test_a_call_marked_twice_from_the_start_is_marked_twice(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting(
        plan={"double_share": Fraction(1), "count": 1, "passing": PassRules()}
    )
    attempt_id = held_one(sitting, person)
    mark_next(an_examiner("甲"), level=4)
    mark_next(an_examiner("乙"), level=4)
    assert tasks_of(attempt_id) == [(1, "done"), (2, "done")] and the_attempt(attempt_id).state == "marked"


def test_nobody_is_asked_for_a_second_sheet_of_a_void_attempt(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting(plan={"passing": PassRules()})
    attempt_id = held(sitting, person)
    one = an_examiner("甲")
    mark_next(one, level=4)
    assert sorted(tasks_of(attempt_id)) == [(1, "done"), (1, "open"), (2, "open")]
    with writing(None, NOW) as deed:
        voiding.void(deed, attempt_id, "停电")
    assert sorted(tasks_of(attempt_id)) == [(1, "done"), (1, "withdrawn"), (2, "withdrawn")]
    assert the_queue(an_examiner("乙")) == [] and mark_next(an_examiner("丙")) is None


def held_one(sitting, person) -> int:  # type: ignore[no-untyped-def]
    from lms.services import hand_in
    from tests.call_sitting import hold_call, started

    who, attempt_id = started(sitting, person)
    hold_call(who, attempt_id, MONDAY)
    hand_in.hand_in_own(who, attempt_id, MONDAY + 5 * MINUTE)
    return attempt_id


def test_a_critical_failure_needs_a_second_persons_word(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting(plan={"count": 1})
    attempt_id = held_one(sitting, person)
    one, two = an_examiner("甲"), an_examiner("乙")
    task_id = call_marking_queue.take_next(one.id, None, NOW)
    assert task_id is not None
    failure = call_marking.desk(one.id, task_id).script.critical[0].id
    seen = {f"critical__{failure}": "1", f"turns__{failure}": "2"}
    call_marking.submit(one.id, task_id, a_sheet(call_of(task_id), 4, **seen), 1, NOW)
    assert the_attempt(attempt_id).state == "marking"
    mark_next(two, level=4, **seen)
    result = newest_results([attempt_id])[attempt_id]
    assert (result.total, result.passed) == (80, False)
    assert call_of(task_id).result == {
        "levels": dict.fromkeys(the_criteria(call_of(task_id)), "4/1"), "critical": [failure], "passed": False
    }  # fmt: skip


def the_criteria(call: Call) -> list[str]:
    return [name.removeprefix("level-") for name in a_sheet(call) if name.startswith("level-")]


def test_nobody_marks_whom_they_train_lead_or_are_nor_a_call_that_they_played(app: Flask) -> None:
    sitting, (person,), trainer = a_call_sitting()
    held(sitting, person)
    leader, stranger, player = (a_person(Role.EXAMINER) for _ in range(3))
    call = db.session.query(Call).order_by(Call.id).first()
    assert call is not None
    with writing(None, NOW) as deed:
        deed.session.get_one(Person, person.id).leader_id = leader.id
        deed.session.get_one(Call, call.id).examiner_id = player.id
    assert the_queue(leader) == the_queue(trainer) == the_queue(person) == []
    assert len(the_queue(stranger)) == 2
    assert len(the_queue(player)) == 1 and call.call_number not in the_queue(player)
    assert call_marking_queue.take_next(player.id, call.call_number, NOW) is None
    assert call_marking_queue.take_next(leader.id, None, NOW) is None


def test_the_desk_shows_facts_but_neither_who_nor_what_others_think(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting(plan={"double_share": Fraction(1), "count": 1})
    held_one(sitting, person)
    one, two = an_examiner("甲"), an_examiner("乙")
    mark_next(one, level=4)
    task_id = call_marking_queue.take_next(two.id, None, NOW)
    assert task_id is not None
    desk = call_marking.desk(two.id, task_id)
    assert desk.others == [] and desk.proposals is None
    assert [turn.seq for turn in desk.turns] == list(range(1, len(desk.turns) + 1))
    assert person.name not in str(desk) and person.number not in str(desk)
    assert desk.turns[1].waited == 4.0
    call_marking.submit(two.id, task_id, a_sheet(call_of(task_id), 5), 1, NOW)
    after = call_marking.desk(two.id, task_id)
    assert [set(other.sheet.levels.values()) for other in after.others] == [{4}] and after.proposals is not None


def test_the_trainees_own_name_in_the_transcript_is_hidden(app: Flask) -> None:
    from lms.services import hand_in
    from tests.call_sitting import hold_call, started

    sitting, (person,), _trainer = a_call_sitting(plan={"count": 1})
    who, attempt_id = started(sitting, person)
    hold_call(who, attempt_id, MONDAY, f"您好，我是{person.name}，工号{person.number}。")
    hand_in.hand_in_own(who, attempt_id, MONDAY + 5 * MINUTE)
    examiner = an_examiner()
    task_id = call_marking_queue.take_next(examiner.id, None, NOW)
    assert task_id is not None
    desk = call_marking.desk(examiner.id, task_id)
    assert desk.turns[1].text == f"您好，我是{desk.alias}，工号{desk.alias}。"


def test_drafts_leases_and_two_windows(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting(plan={"count": 1})
    held_one(sitting, person)
    one, two = an_examiner("甲"), an_examiner("乙")
    task_id = call_marking_queue.take_next(one.id, None, NOW)
    assert task_id is not None and call_marking_queue.take_next(two.id, None, NOW) is None
    sheet = a_sheet(call_of(task_id))
    draft = call_marking.save_draft(one.id, task_id, {"level-emotion": "1"}, 1, NOW)
    assert draft.version == 2
    with pytest.raises(DraftConflict):
        call_marking.save_draft(one.id, task_id, {}, 1, NOW)
    with pytest.raises(SheetRejected):
        call_marking.submit(one.id, task_id, {"level-emotion": "1"}, 2, NOW)
    with pytest.raises(NotForYou):
        call_marking.desk(two.id, task_id)
    later = NOW + LEASE + timedelta(seconds=1)
    assert call_marking_queue.take_next(two.id, None, later) == task_id
    with pytest.raises(TakenByAnother):
        call_marking.submit(one.id, task_id, sheet, 2, later)
    call_marking.give_back(two.id, task_id, later)
    assert call_marking_queue.take_next(one.id, None, later) == task_id
    assert call_marking.desk(one.id, task_id).draft.version == 2
    call_marking.submit(one.id, task_id, sheet, 2, later)
    call_marking.submit(one.id, task_id, sheet, 2, later)  # a second press changes nothing
    assert call_of(task_id).points == 80


def test_before_release_nothing_is_told_and_after_it_the_anchors(app: Flask) -> None:
    sitting, (person,), trainer = a_call_sitting(plan={"count": 1}, feedback=Feedback(comments=True))
    attempt_id = held_one(sitting, person)
    mark_next(an_examiner(), level=3, level__compliance="2", comment__compliance="没有核验就说了账户信息")
    call = db.session.query(Call).one()
    before = own_results.own_result(person.id, attempt_id, Language.ZH, NOW)
    assert before.released is None and before.roleplay
    with pytest.raises(call_feedback.NotYet):
        call_feedback.film(person.id, call.id)
    release.release(trainer.id, sitting.id, None, NOW)
    seen = own_results.own_result(person.id, attempt_id, Language.ZH, NOW).released
    assert seen is not None and not seen.passed
    (shown,) = seen.calls
    compliance = next(one for one in shown.criteria if one.line == 4)
    script = call_marking.call_log.script_of_call(call)
    anchors = next(one for one in script.rubric.own if one.id == "compliance").anchors
    assert (compliance.level, compliance.reached, compliance.higher) == (2, anchors.two, anchors.three)
    assert compliance.pins == [2] and compliance.comments == ["没有核验就说了账户信息"]
    film = call_feedback.film(person.id, call.id)
    assert len(film.pins[2]) == 6 and film.attempt_id == attempt_id
    with pytest.raises(calls.NotYours):
        call_feedback.film(trainer.id, call.id)
