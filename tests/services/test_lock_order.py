"""Who locks several rows takes them in one order: the attempt first, attempts by their ids, a run before its set.

PostgreSQL locks rows: two deeds that take the same rows the other way round wait for each other until it sacrifices
one. Here a deed is caught waiting for what another holds, and the other then takes the rest. On SQLite, where the deeds
come one after the other, the same must come of it.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from fractions import Fraction
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Delete, Engine, Select, Update, event, select, text
from sqlalchemy.dialects import postgresql

from lms.domain.attempts import AttemptState
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import DrillSet, Run
from lms.models.exams import Attempt, Invigilator
from lms.models.roleplays import Call
from lms.services import (
    attempts,
    call_attempts,
    call_log,
    call_marking,
    call_marking_queue,
    call_results,
    calls,
    extra_time,
    hand_in,
    invigilation,
    marking_desk,
    release,
    run_journal,
    voiding,
)
from lms.services.marking_queue import take_next
from lms.services.writing import Deed, writing
from tests import call_sitting
from tests.conftest import MONDAY
from tests.drill_room import a_drill_room, play, runs_in
from tests.drill_room import started as drill_started
from tests.exam_factories import an_exam, an_examiner, signed_in
from tests.exam_room import an_exam_room
from tests.factories import a_person

MINUTE = timedelta(minutes=1)
LATER = MONDAY + timedelta(hours=1)
PATIENCE = 20.0
FULL = {"empathy": 3, "feasible": 4, "compliant": 3}


class Other:
    """A deed in a thread and a session of its own."""

    def __init__(self, app: Flask, deed: Callable[[], Any]) -> None:
        self.result: Any = None
        self._app, self._deed = app, deed
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        with self._app.app_context():
            try:
                self.result = self._deed()
            except Exception as error:
                self.result = error
            finally:
                db.session.remove()

    def start_and_wait(self) -> None:
        """Until it stands before a lock; SQLite keeps it before its first write, whatever that is."""
        self._thread.start()
        if db.engine.dialect.name != "postgresql":
            return
        waiting = text(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' LIMIT 1"
        )
        until = time.monotonic() + PATIENCE
        while self._thread.is_alive() and time.monotonic() < until:
            with db.engine.connect() as watching:
                if watching.execute(waiting).first():
                    return
        raise AssertionError(f"it waited for no lock: {self.result!r}")

    def join(self) -> Any:
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self.result


@contextmanager
def beside(app: Flask, deed: Callable[[], Any], hold: Select[Any]) -> Iterator[tuple[Deed, Other]]:
    """A deed of ours that holds some rows already, while another waits for them."""
    other = Other(app, deed)
    try:
        with writing(None, LATER) as ours:
            ours.session.execute(hold.with_for_update())
            other.start_and_wait()
            yield ours, other
    finally:
        other.join()
        db.session.rollback()


def the_attempt(attempt_id: int) -> Select[Any]:
    return select(Attempt.id).where(Attempt.id == attempt_id)


# --- marks and the attempt --------------------------------------------------------------------------------------------


def test_an_attempt_is_voided_while_its_answer_is_submitted(app: Flask) -> None:
    attempt_id, examiner_id = an_exam().sit(cases=("一题",)).id, an_examiner().id
    task_id = take_next(examiner_id, None, LATER)
    assert task_id is not None
    marks = partial(marking_desk.submit, examiner_id, task_id, FULL, "", 1, LATER)
    with beside(app, marks, the_attempt(attempt_id)) as (deed, other):
        voiding.void(deed, attempt_id, "查实替考")
    assert isinstance(other.result, marking_desk.TakenByAnother)
    assert db.session.get_one(Attempt, attempt_id, populate_existing=True).state == AttemptState.VOID


def test_an_attempt_is_voided_while_its_call_is_submitted(app: Flask) -> None:
    sitting, (person,), _trainer = call_sitting.a_call_sitting()
    attempt_id, examiner_id = call_sitting.held(sitting, person), an_examiner().id
    task_id = call_marking_queue.take_next(examiner_id, None, LATER)
    assert task_id is not None
    sheet = call_sitting.a_sheet(call_results.calls_of(attempt_id)[0])
    marks = partial(call_marking.submit, examiner_id, task_id, sheet, 1, LATER)
    with beside(app, marks, the_attempt(attempt_id)) as (deed, other):
        voiding.void(deed, attempt_id, "查实替考")
    assert isinstance(other.result, call_marking.TakenByAnother)
    assert call_sitting.the_attempt(attempt_id).state == AttemptState.VOID


# --- a run and its set ------------------------------------------------------------------------------------------------


def test_the_last_task_ends_while_more_time_is_given(app: Flask) -> None:
    sitting, (person,), trainer = a_drill_room()
    who, attempt_id = drill_started(sitting, person)
    *before, last = runs_in(attempt_id)
    at = MONDAY
    for run in before:
        at = play(who, run, at)
    play(who, last, at, submit=False)
    more = partial(
        extra_time.allow, trainer.id, LATER, sitting.id, person.id, factor=Fraction(5, 4), extra_attempts=0,
        reason="右手受伤",
    )  # fmt: skip
    last_id, set_id = last.id, last.set_id
    with beside(app, more, select(Run.id).where(Run.id == last_id)) as (deed, other):
        run_journal.close(deed.session.connection(), last_id, at + MINUTE, by=run_journal.BY_TRAINEE)
    assert other.result is None
    drill_set = db.session.get_one(DrillSet, set_id, populate_existing=True)
    assert (drill_set.factor, drill_set.ended_at) == (Fraction(5, 4), at + MINUTE)


# --- two who would take the same next number --------------------------------------------------------------------------


def test_two_pages_that_open_in_the_same_moment_get_different_epochs(app: Flask) -> None:
    sitting, (person,) = an_exam_room()
    who = signed_in(person)
    attempt_id = attempts.start(who, sitting.id, Language.ZH, MONDAY)
    first = attempts.hold(who, attempt_id, take_over=True, now=MONDAY).epoch
    second = partial(attempts.hold, who, attempt_id, take_over=True, now=MONDAY)
    with beside(app, second, the_attempt(attempt_id)) as (deed, other):
        deed.session.get_one(Attempt, attempt_id, populate_existing=True).epoch += 1
    assert other.result.epoch == first + 2


@pytest.mark.parametrize("by", ["candidate", "invigilator"])
def test_an_attempt_is_handed_in_while_its_call_goes_on(app: Flask, by: str) -> None:
    sitting, (person,), _trainer = call_sitting.a_call_sitting()
    who, attempt_id = call_sitting.started(sitting, person)
    call_id = call_attempts.next_call(who, attempt_id, MONDAY)
    calls.answer(who, call_id, MONDAY + MINUTE)
    at = MONDAY + 2 * MINUTE
    hands_in = partial(hand_in.hand_in, attempt_id, by=by, actor_id=person.id, now=at, reason="设备故障")
    call = select(Call.id).where(Call.id == call_id)
    with beside(app, hands_in, call) as (deed, other):
        held = call_log.locked(deed, call_id)
        assert held is not None
        call_log.append(deed, held, speaker="agent", kind="say", by="trainee", at=at, text="请稍等。")
    assert other.result is True
    assert [turn.kind for turn in call_log.turns_of(call_id)][-2:] == ["say", "end"]


# --- many rows at once ------------------------------------------------------------------------------------------------


def test_results_are_released_in_the_order_in_which_a_correction_takes_them(app: Flask) -> None:
    exam = an_exam(written_count=0)
    ids = [exam.sit(cases=()).id for _ in range(2)]
    with statements() as seen:
        assert release.release(exam.trainer.id, exam.sitting.id, None, LATER) == len(ids)
    assert_in_order(seen)


def test_deadlines_are_moved_in_the_order_in_which_an_invigilator_takes_the_attempts(app: Flask) -> None:
    sitting, people = an_exam_room(candidates=2)
    trainer = a_person(Role.TRAINER)
    for person in people:
        attempts.start(signed_in(person), sitting.id, Language.ZH, MONDAY)
    person_id = people[0].id
    with statements() as seen:
        extra_time.allow(
            trainer.id, MONDAY, sitting.id, person_id, factor=Fraction(5, 4), extra_attempts=0, reason="右手受伤"
        )
    assert_in_order(seen)


def test_marking_is_withdrawn_in_the_order_in_which_an_examiner_saves(app: Flask) -> None:
    """A draft takes the task and then the marksheet."""
    exam = an_exam()
    attempt_id = attempts.start(signed_in(exam.a_candidate()), exam.sitting.id, Language.ZH, MONDAY)
    over = db.session.get_one(Attempt, attempt_id).deadline + MINUTE
    hand_in.sweep(over)
    watcher = a_person(Role.EXAMINER, name="监考")
    with writing(None, MONDAY) as deed:
        deed.session.add(Invigilator(sitting_id=exam.sitting.id, person_id=watcher.id))
    order = invigilation.Order(watcher.id, over, exam.sitting.id, "火警", seen=0, attempt_id=attempt_id)
    with statements() as seen:
        assert invigilation.extend(order, 5) == 1
    tables = [table for table, _statement in seen if table in ("marking_tasks", "marksheets")]
    assert tables[0] == "marking_tasks"


def assert_in_order(seen: list[tuple[str, str]]) -> None:
    """All attempts are held by the first statement that takes any, and it takes them by their ids."""
    first = next(statement for table, statement in seen if table == "attempts")
    assert "ORDER BY attempts.id FOR UPDATE" in first, first


def test_calls_are_opened_again_in_the_order_in_which_an_examiner_saves(app: Flask) -> None:
    """A draft takes the task and then the sheet."""
    sitting, (person,), _trainer = call_sitting.a_call_sitting()
    who, attempt_id = call_sitting.started(sitting, person)
    call_sitting.hold_call(who, attempt_id, MONDAY)
    hand_in.hand_in(attempt_id, by="deadline", actor_id=None, now=LATER)
    assert call_marking_queue.take_next(an_examiner().id, None, LATER) is not None
    attempt = call_sitting.the_attempt(attempt_id)
    with statements() as seen, writing(None, LATER) as deed:
        assert call_results.reopen(deed, attempt)
    tables = [table for table, _statement in seen if table in ("call_tasks", "call_sheets")]
    assert tables[0] == "call_tasks"


@contextmanager
def statements() -> Iterator[list[tuple[str, str]]]:
    """(table, the statement as PostgreSQL has it) of all that locks rows, in its order, on whichever database."""
    seen: list[tuple[str, str]] = []

    def note(_connection: object, statement: Any, *_rest: object) -> None:
        if not isinstance(statement, Select | Update | Delete):
            return
        as_text = " ".join(str(statement.compile(dialect=postgresql.dialect())).split())
        if isinstance(statement, Update | Delete):
            seen.append((statement.table.name, as_text))
        elif "FOR UPDATE" in as_text:
            of = as_text.partition("FOR UPDATE OF ")[2] or statement.get_final_froms()[0].name
            seen.append((of, as_text))

    event.listen(Engine, "before_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_execute", note)
