"""An invigilator's deeds: what they move, whom they leave alone, and what they leave behind."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from lms.domain.invigilation import Condition
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.audit import AuditEntry, Proposal
from lms.models.exams import Attempt, AttemptEvent, Invigilator, PaperQuestion, Save
from lms.models.marking import MarkingTask, Marksheet, Result
from lms.models.people import Person
from lms.services import attempt_log, attempts, hand_in, invigilation, live_view
from lms.services.invigilation import DeedRefused, NoSuchAttempt, Order
from lms.services.sittings import NoSuchSitting
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.exam_factories import Exam, an_exam, save_answers, signed_in
from tests.factories import a_person

LIMIT = timedelta(minutes=60)


class Room:
    """An exam with two who are in, and the invigilator."""

    def __init__(self, **plan: Any) -> None:
        self.exam: Exam = an_exam(**plan)
        self.invigilator = watch(self.exam, a_person(Role.EXAMINER, name="监考"))
        self.one, self.two = self.start("甲"), self.start("乙")

    def start(self, name: str) -> Attempt:
        person = self.exam.a_candidate(name)
        attempt_id = attempts.start(signed_in(person), self.exam.sitting.id, Language.ZH, MONDAY)
        return db.session.get_one(Attempt, attempt_id)

    def order(
        self, attempt: Attempt | None, after: timedelta = timedelta(minutes=10), *, reason: str = "火警",
        seen: int | None = None, by: Person | None = None,
    ) -> Order:  # fmt: skip
        """By default the invigilator has seen all that there is."""
        newest = db.session.execute(select(AttemptEvent.id).order_by(AttemptEvent.id.desc())).scalars().first() or 0
        return Order(
            actor_id=(by or self.invigilator).id, now=MONDAY + after, sitting_id=self.exam.sitting.id, reason=reason,
            seen=newest if seen is None else seen, attempt_id=attempt.id if attempt else None,
        )  # fmt: skip

    def tiles(self, after: timedelta = timedelta(seconds=5)) -> dict[str, live_view.Tile]:
        board = live_view.board(self.invigilator.id, self.exam.sitting.id, MONDAY + after)
        return {tile.name: tile for tile in board.tiles}


def watch(exam: Exam, person: Person) -> Person:
    with writing(None, MONDAY) as deed:
        deed.session.add(Invigilator(sitting_id=exam.sitting.id, person_id=person.id))
    return person


def fresh(attempt: Attempt) -> Attempt:
    db.session.rollback()
    return db.session.get_one(Attempt, attempt.id, populate_existing=True)


def audited(action: str) -> list[dict[str, Any]]:
    return list(db.session.execute(select(AuditEntry.details).where(AuditEntry.action == action)).scalars())


def kinds(attempt: Attempt) -> list[str]:
    rows = select(AttemptEvent.kind).where(AttemptEvent.attempt_id == attempt.id).order_by(AttemptEvent.id)
    return list(db.session.execute(rows).scalars())


@pytest.fixture
def room(app: Flask) -> Room:
    return Room()


def test_an_extension_moves_one_deadline_and_says_why(room: Room) -> None:
    assert invigilation.extend(room.order(room.one), 5) == 1
    assert fresh(room.one).deadline == MONDAY + timedelta(minutes=65)
    assert fresh(room.two).deadline == MONDAY + LIMIT
    assert kinds(room.one) == ["extended"]
    assert audited("attempt.extended")[0]["reason"] == "火警"


def test_everybody_who_is_in_is_extended(room: Room) -> None:
    done = room.exam.sit(name_free(room))
    assert invigilation.extend(room.order(None), 10) == 2
    assert [fresh(a).deadline for a in (room.one, room.two)] == [MONDAY + timedelta(minutes=70)] * 2
    assert fresh(done).deadline == MONDAY + LIMIT


def name_free(room: Room) -> Person:
    return room.exam.a_candidate("丙")


@pytest.mark.parametrize("minutes", [0, -5, 241])
def test_an_extension_has_bounds(room: Room, minutes: int) -> None:
    with pytest.raises(DeedRefused, match="minutes"):
        invigilation.extend(room.order(room.one), minutes)
    assert fresh(room.one).deadline == MONDAY + LIMIT


@pytest.mark.parametrize("reason", ["", "   ", "长" * 301])
def test_no_deed_without_a_reason(room: Room, reason: str) -> None:
    with pytest.raises(DeedRefused, match="reason"):
        room.order(room.one, reason=reason)


def test_a_pause_is_given_back(room: Room) -> None:
    invigilation.pause(room.order(room.one, timedelta(minutes=10)))
    assert hand_in.sweep(MONDAY + timedelta(hours=3)) == 1  # the other one: a pause is not swept
    invigilation.resume(room.order(room.one, timedelta(minutes=100)))
    attempt = fresh(room.one)
    assert (attempt.deadline, attempt.paused_at) == (MONDAY + LIMIT + timedelta(minutes=90), None)
    assert audited("attempt.resumed")[0]["seconds"] == 90 * 60


def test_pausing_twice_is_refused_and_gives_nothing_back_twice(room: Room) -> None:
    invigilation.pause(room.order(room.one))
    with pytest.raises(DeedRefused, match="already-paused"):
        invigilation.pause(room.order(room.one, timedelta(minutes=20)))
    invigilation.resume(room.order(room.one, timedelta(minutes=20)))
    with pytest.raises(DeedRefused, match="not-paused"):
        invigilation.resume(room.order(room.one, timedelta(minutes=30)))
    assert fresh(room.one).deadline == MONDAY + timedelta(minutes=70)


def test_pausing_everybody_leaves_those_who_are_paused(room: Room) -> None:
    invigilation.pause(room.order(room.one, timedelta(minutes=5)))
    assert invigilation.pause(room.order(None, timedelta(minutes=10))) == 1
    assert fresh(room.one).paused_at == MONDAY + timedelta(minutes=5)


def test_unlocking_lets_another_device_in_once(room: Room) -> None:
    person = db.session.get_one(Person, room.one.person_id)
    with writing(None, MONDAY) as deed:
        room.exam.sitting.takeover = "unlock"
        deed.session.add(room.exam.sitting)
    other = signed_in(person)
    with pytest.raises(attempts.HeldElsewhere):
        attempts.hold(other, room.one.id, take_over=True, now=MONDAY)
    attempts.ask_for_unlock(other, room.one.id, MONDAY)
    assert room.tiles()["甲"].condition is Condition.UNLOCK
    invigilation.unlock(room.order(room.one))
    assert room.tiles()["甲"].condition is not Condition.UNLOCK
    attempts.hold(other, room.one.id, take_over=True, now=MONDAY)
    assert not fresh(room.one).takeover_allowed
    assert room.tiles()["甲"].signals == {"takeover": 1}


def test_a_forced_hand_in_counts_what_was_saved(room: Room) -> None:
    save_answers(room.one.id, {1: "A"}, MONDAY)
    invigilation.force_hand_in(room.order(room.one))
    attempt = fresh(room.one)
    assert (attempt.submitted_by, attempt.submitted_at) == ("invigilator", MONDAY + timedelta(minutes=10))
    assert kinds(room.one) == ["forced"]
    assert audited("attempt.handed-in")[0]["reason"] == "火警"
    with pytest.raises(DeedRefused, match="not-open"):
        invigilation.force_hand_in(room.order(room.one))


def test_voiding_takes_a_second_person(room: Room) -> None:
    invigilation.propose_void(room.order(room.one, reason="替考"))
    assert fresh(room.one).state == "open"
    proposal = db.session.execute(select(Proposal)).scalar_one()
    assert (proposal.deed, proposal.subject, proposal.state) == ("void-attempt", f"attempt:{room.one.id}", "open")


def test_an_extension_after_the_deadline_opens_the_attempt_again(room: Room) -> None:
    save_answers(room.one.id, {1: "A", 9: "我先安抚客户。"}, MONDAY)
    late(room.one, position=10)
    hand_in.sweep(MONDAY + timedelta(minutes=70))
    assert fresh(room.one).state == "marking"
    assert invigilation.extend(room.order(room.one, timedelta(minutes=75)), 5) == 1
    attempt = fresh(room.one)
    assert (attempt.state, attempt.submitted_by, attempt.submitted_at, attempt.due_at) == ("open", None, None, None)
    assert attempt.deadline == MONDAY + timedelta(minutes=80)  # from now, not from the old deadline
    assert count(MarkingTask) == 0
    assert set(attempts.answers_that_count(room.one.id)) == {1, 9, 10}
    hand_in.sweep(MONDAY + timedelta(minutes=81))
    assert fresh(room.one).state == "marking"
    assert count(MarkingTask) == 2


def count(table: Any) -> int:
    return len(db.session.execute(select(table).where(table.attempt_id.is_not(None))).scalars().all())


def late(attempt: Attempt, position: int) -> None:
    with writing(None, MONDAY) as deed:
        row = Save(
            attempt_id=attempt.id, position=position, epoch=1, seq=99, op_id=f"late-{position:05d}",
            value='{"a":"我先核实情况。","f":false}', saved_at=MONDAY + timedelta(minutes=62), standing="late",
        )  # fmt: skip
        deed.session.add(row)


def test_what_only_a_machine_has_marked_opens_again(app: Flask) -> None:
    room = Room(written_count=0)
    hand_in.sweep(MONDAY + timedelta(minutes=70))
    assert fresh(room.one).state == "marked"
    invigilation.extend(room.order(room.one, timedelta(minutes=75)), 5)
    assert fresh(room.one).state == "open"
    hand_in.sweep(MONDAY + timedelta(minutes=90))
    assert fresh(room.one).state == "marked"
    assert count(Result) == 2


def test_what_a_person_has_marked_stays_closed(room: Room) -> None:
    save_answers(room.one.id, {9: "我先安抚客户。"}, MONDAY)
    hand_in.sweep(MONDAY + timedelta(minutes=70))
    with writing(None, MONDAY) as deed:
        task = deed.session.execute(select(MarkingTask)).scalar_one()
        key = deed.session.execute(select(PaperQuestion.key_id).where(PaperQuestion.position == 9)).scalars().first()
        deed.session.add(
            Marksheet(task_id=task.id, marker_id=room.exam.trainer.id, key_id=key, marks={}, saved_at=MONDAY,
                      submitted_at=MONDAY)
        )  # fmt: skip
    with pytest.raises(DeedRefused, match="already-marked"):
        invigilation.extend(room.order(room.one, timedelta(minutes=75)), 5)
    assert fresh(room.one).state == "marking"


def test_who_handed_in_themselves_is_not_opened_again(room: Room) -> None:
    hand_in.hand_in(room.one.id, by="candidate", actor_id=room.one.person_id, now=MONDAY)
    with pytest.raises(DeedRefused, match="not-open"):
        invigilation.extend(room.order(room.one), 5)


def test_nobody_gets_two_open_attempts_by_an_extension(room: Room) -> None:
    hand_in.sweep(MONDAY + timedelta(minutes=70))
    person = db.session.get_one(Person, room.one.person_id)
    attempts.start(signed_in(person), room.exam.sitting.id, Language.ZH, MONDAY + timedelta(minutes=71))
    with pytest.raises(DeedRefused, match="open-elsewhere"):
        invigilation.extend(room.order(room.one, timedelta(minutes=75)), 5)
    assert fresh(room.one).state == "marking" or fresh(room.one).state == "marked"


def test_late_work_counts_when_a_person_says_so(room: Room) -> None:
    late(room.one, position=9)
    hand_in.sweep(MONDAY + timedelta(minutes=70))
    assert fresh(room.one).state == "marked"  # nothing was written in time
    assert live_view.late_attempts(room.exam.sitting.id) == [(room.one.id, "甲", 1)]
    assert invigilation.decide_late(room.order(room.one, timedelta(minutes=75)), count=True) == 1
    assert (fresh(room.one).state, count(MarkingTask)) == ("marking", 1)
    assert fresh(room.one).submitted_at == MONDAY + LIMIT
    assert audited("attempt.late-counted")[0]["saves"] == 1
    assert live_view.late_attempts(room.exam.sitting.id) == []


def test_late_work_is_left_when_a_person_says_so(room: Room) -> None:
    late(room.one, position=9)
    hand_in.sweep(MONDAY + timedelta(minutes=70))
    invigilation.decide_late(room.order(room.one, timedelta(minutes=75)), count=False)
    assert attempts.answers_that_count(room.one.id) == {}
    assert live_view.late_attempts(room.exam.sitting.id) == []


def test_only_the_sitting_s_own_invigilators_act(room: Room) -> None:
    stranger = a_person(Role.EXAMINER)
    with pytest.raises(NoSuchSitting):
        invigilation.extend(room.order(room.one, by=stranger), 5)
    with pytest.raises(NoSuchSitting):
        live_view.board(stranger.id, room.exam.sitting.id, MONDAY)
    with pytest.raises(NoSuchSitting):
        attempt_log.attempt_log(stranger.id, room.exam.sitting.id, room.one.id)


def test_an_attempt_of_another_sitting_is_not_there(room: Room) -> None:
    order = Order(room.invigilator.id, MONDAY, room.exam.sitting.id, "火警", 0, attempt_id=room.two.id + 1000)
    with pytest.raises(NoSuchAttempt):
        invigilation.extend(order, 5)


def test_of_two_invigilators_on_each_other_s_heels_one_acts(room: Room) -> None:
    second = watch(room.exam, a_person(Role.TRAINER))
    first, other = room.order(room.one), room.order(room.one, by=second)
    invigilation.extend(first, 5)
    with pytest.raises(DeedRefused, match="overtaken"):
        invigilation.extend(other, 5)
    assert fresh(room.one).deadline == MONDAY + timedelta(minutes=65)


def test_of_many_at_the_same_moment_one_acts(app: Flask, room: Room) -> None:
    order = room.order(room.one)
    done = at_once(app, [lambda: invigilation.extend(order, 5)] * 6)
    assert sorted(done, key=str) == [1, *["overtaken"] * 5]
    assert fresh(room.one).deadline == MONDAY + timedelta(minutes=65)
    assert kinds(room.one) == ["extended"]


def test_a_hand_in_and_an_extension_at_the_same_moment_leave_one_story(app: Flask, room: Room) -> None:
    order = room.order(room.one)
    person_id, attempt_id = room.one.person_id, room.one.id
    at_once(app, [
        lambda: invigilation.extend(order, 5),
        lambda: hand_in.hand_in(attempt_id, by="candidate", actor_id=person_id, now=order.now),
    ])  # fmt: skip
    attempt = fresh(room.one)
    assert attempt.submitted_by == "candidate" and attempt.submitted_at == order.now


def at_once(app: Flask, deeds: list[Callable[[], Any]]) -> list[Any]:
    """What each deed came to, all begun behind one barrier, each with a session of its own."""
    db.session.rollback()
    barrier, results = threading.Barrier(len(deeds)), []

    def run(deed: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                results.append(deed())
            except DeedRefused as refused:
                results.append(refused.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_the_board_shows_who_needs_somebody_first(room: Room) -> None:
    room.exam.a_candidate("丁")
    with writing(None, MONDAY) as deed:
        row = deed.session.get_one(Attempt, room.two.id)
        row.last_seen_at = MONDAY + timedelta(minutes=20)
        deed.session.add(AttemptEvent(attempt_id=row.id, kind="left", at=MONDAY, details={}))
    save_answers(room.two.id, {1: "A", 2: None, 9: "", 10: "好"}, MONDAY)
    board = live_view.board(room.invigilator.id, room.exam.sitting.id, MONDAY + timedelta(minutes=20))
    assert [(tile.name, tile.condition) for tile in board.tiles] == [
        ("甲", Condition.DISCONNECTED), ("乙", Condition.WORKING), ("丁", Condition.NOT_STARTED),
    ]  # fmt: skip
    second = board.tiles[1]
    assert (second.answered, second.questions, second.signals) == (2, 10, {"left": 1})
    assert second.left == timedelta(minutes=40)


def test_a_cleared_answer_no_longer_counts_as_answered(room: Room) -> None:
    save_answers(room.one.id, {1: "A", 2: "B"}, MONDAY)
    with writing(None, MONDAY) as deed:
        cleared = Save(attempt_id=room.one.id, position=1, epoch=1, seq=50, op_id="cleared-1",
                       value='{"a":null,"f":false}', saved_at=MONDAY)  # fmt: skip
        deed.session.add(cleared)
    assert room.tiles()["甲"].answered == 1


def statements_of(look: Callable[[], Any]) -> int:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "COMMIT")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        look()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_the_board_costs_the_same_for_many_as_for_few(room: Room) -> None:
    invigilator, sitting = room.invigilator.id, room.exam.sitting.id

    def look() -> None:
        db.session.rollback()
        live_view.board(invigilator, sitting, MONDAY)

    few = statements_of(look)
    for number in range(12):
        room.start(f"考生{number}")
    assert statements_of(look) == few <= 4


def test_the_log_tells_it_in_order(room: Room) -> None:
    save_answers(room.one.id, {1: "A", 2: "B"}, MONDAY + timedelta(minutes=1))
    invigilation.pause(room.order(room.one, timedelta(minutes=10)))
    invigilation.resume(room.order(room.one, timedelta(minutes=12)))
    late(room.one, position=3)
    hand_in.sweep(MONDAY + timedelta(hours=2))
    log = attempt_log.attempt_log(room.invigilator.id, room.exam.sitting.id, room.one.id)
    assert [line.kind for line in log.events] == ["started", "saves", "paused", "resumed", "handed-in", "saves"]
    assert log.events[2].actor == "监考" and log.events[2].details["reason"] == "火警"
    assert [(save.position, save.blank) for save in log.late] == [(3, False)]


def test_datetimes_in_events_are_plain_text(room: Room) -> None:
    invigilation.extend(room.order(room.one), 5)
    details = db.session.execute(select(AttemptEvent.details)).scalar_one()
    assert datetime.fromisoformat(details["after"]) == MONDAY + timedelta(minutes=65)
