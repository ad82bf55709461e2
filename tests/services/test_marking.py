"""From hand-in to result through the real services: tasks, leases, second and third markers, near the pass line."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import event, select

from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.exams import Attempt
from lms.models.marking import MarkingTask, Marksheet, Result
from lms.models.people import Person
from lms.services import audit, home
from lms.services.marking_desk import (
    DraftConflict,
    NotForYou,
    TakenByAnother,
    desk,
    give_back,
    renew_lease,
    save_draft,
    submit,
)
from lms.services.marking_queue import LEASE, queue, take_next
from tests.conftest import MONDAY
from tests.exam_factories import an_exam, an_examiner, join, shares_of
from tests.factories import a_person

LATER = MONDAY + timedelta(hours=1)
FULL = {"empathy": 3, "feasible": 4, "compliant": 3}


def marks(points: int) -> dict[str, int]:
    """``points`` of 10, spread over the guide's criteria."""
    first = min(points, 3)
    second = min(points - first, 4)
    return {"empathy": first, "feasible": second, "compliant": points - first - second}


def mark_next(examiner: Person, points: int, now: datetime = LATER) -> int:
    task_id = take_next(examiner.id, None, now)
    assert task_id is not None, "nothing left to mark"
    submit(examiner.id, task_id, marks(points), "", 1, now)
    return task_id


def results(attempt_id: int) -> list[Result]:
    rows = db.session.execute(select(Result).where(Result.attempt_id == attempt_id).order_by(Result.revision))
    return list(rows.scalars())


def state_of(attempt_id: int) -> str:
    return db.session.execute(select(Attempt.state).where(Attempt.id == attempt_id)).scalar_one()


def tasks_of(attempt_id: int) -> list[tuple[int, int, str]]:
    rows = db.session.execute(
        select(MarkingTask.position, MarkingTask.round, MarkingTask.state)
        .where(MarkingTask.attempt_id == attempt_id)
        .order_by(MarkingTask.position, MarkingTask.round)
    )
    return [tuple(row) for row in rows]


def test_written_answers_wait_and_the_result_is_due_in_three_working_days(app: Flask) -> None:
    attempt = an_exam().sit()
    assert attempt.state == "marking"
    assert attempt.due_at == datetime(2026, 3, 19, 15, 59, 59, tzinfo=UTC)  # Thursday's end in Shanghai
    assert tasks_of(attempt.id) == [(9, 1, "open"), (10, 1, "open")]
    assert results(attempt.id) == []


def test_a_paper_without_written_answers_has_its_result_at_once(app: Flask) -> None:
    attempt = an_exam(written_count=0).sit(wrong=1)
    assert attempt.state == "marked"
    [result] = results(attempt.id)
    assert (result.total, result.passed, result.revision, result.cause) == (90, True, 1, "marking")


def test_blank_answers_earn_nothing_and_bother_nobody(app: Flask) -> None:
    attempt = an_exam().sit(cases=("", "   "))
    assert attempt.state == "marked"
    assert tasks_of(attempt.id) == []
    assert shares_of(attempt.id)[9] == shares_of(attempt.id)[10] == 0
    assert results(attempt.id)[0].total == 80


def test_settling_costs_at_most_four_statements(app: Flask) -> None:
    exam = an_exam(double_share="1/5")
    exam.sit()
    said: list[str] = []
    counting = False

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if counting:
            said.append(statement)

    from lms.services import marking

    original = marking.settle

    def counted(*args: object) -> None:
        nonlocal counting
        counting = True
        original(*args)  # type: ignore[arg-type]
        counting = False

    event.listen(db.engine, "before_cursor_execute", listen)
    marking.settle = counted  # type: ignore[assignment]
    try:
        exam.sit(cases=("写了", ""))
    finally:
        marking.settle = original
        event.remove(db.engine, "before_cursor_execute", listen)
    assert len(said) <= 4, said


def test_the_last_mark_gives_the_result(app: Flask) -> None:
    attempt, examiner = an_exam().sit(), an_examiner()
    mark_next(examiner, 8)
    assert state_of(attempt.id) == "marking"
    mark_next(examiner, 7)
    assert state_of(attempt.id) == "marked"
    [result] = results(attempt.id)
    assert result.total == 40 + 30 + 25
    assert result.passed
    assert result.released_at is None
    assert audit.verify().broken is None


def test_the_seeded_share_is_marked_by_two_different_people_and_averaged_exactly(app: Flask) -> None:
    exam = an_exam(double_share="1")
    attempt = exam.sit(cases=("只写一题",))
    assert tasks_of(attempt.id) == [(9, 1, "open"), (9, 2, "open")]
    first, second = an_examiner("甲"), an_examiner("乙")
    mark_next(first, 7)
    assert take_next(first.id, None, LATER) is None, "nobody marks one answer twice"
    mark_next(second, 8)
    assert shares_of(attempt.id)[9] == Fraction(3, 4)
    assert state_of(attempt.id) == "marked"


def test_two_far_apart_call_a_third_and_the_closest_two_count(app: Flask) -> None:
    attempt = an_exam(double_share="1").sit(cases=("只写一题",))
    one, two, three = an_examiner("甲"), an_examiner("乙"), an_examiner("丙")
    mark_next(one, 3)
    mark_next(two, 8)
    assert state_of(attempt.id) == "marking"
    assert take_next(one.id, None, LATER) is None
    assert take_next(two.id, None, LATER) is None
    mark_next(three, 7)
    assert shares_of(attempt.id)[9] == Fraction(3, 4)
    assert state_of(attempt.id) == "marked"


def test_a_total_near_the_pass_line_is_marked_by_a_second_examiner_before_it_counts(app: Flask) -> None:
    attempt = an_exam(near_pass=5).sit(cases=("甲", "乙"), wrong=1)
    first, second = an_examiner("甲"), an_examiner("乙")
    mark_next(first, 2)
    mark_next(first, 1)  # 30 + 30 + 10 + 3 = 73: far; then the other way below
    assert state_of(attempt.id) == "marked"
    near = an_exam_again(attempt).sit(cases=("甲", "乙"), wrong=1)
    mark_next(first, 5)
    mark_next(first, 4)  # 30 + 30 + 10 + 9 = 79: one below the line
    assert state_of(near.id) == "marking"
    assert [task[1:] for task in tasks_of(near.id)] == [(1, "done"), (2, "open"), (1, "done"), (2, "open")]
    mark_next(second, 6)
    mark_next(second, 5)
    assert state_of(near.id) == "marked"
    assert results(near.id)[0].total == 80


def an_exam_again(attempt: Attempt):  # type: ignore[no-untyped-def]
    """The exam of an attempt, to send another candidate through."""
    from tests.exam_factories import Exam

    trainer = next(m.person for m in attempt.sitting.cohort.members if m.part == "trainer")
    return Exam(attempt.sitting, attempt.sitting.cohort, trainer)


def test_nobody_marks_themselves_whom_they_train_or_whom_they_lead(app: Flask) -> None:
    exam = an_exam()
    leader = an_examiner("直属主管")
    candidate = exam.a_candidate(leader=leader)
    trainer = an_examiner("兼任培训师")
    join(exam.cohort, trainer, "trainer")
    exam.sit(candidate)
    for excluded in (leader, trainer, candidate):
        assert take_next(excluded.id, None, LATER) is None
        assert queue(excluded.id, Language.ZH, LATER, MONDAY).waiting == []
    assert take_next(an_examiner().id, None, LATER) is not None


def test_two_examiners_never_get_the_same_answer(app: Flask) -> None:
    an_exam().sit()
    one, two, three = an_examiner("甲"), an_examiner("乙"), an_examiner("丙")
    first, second = take_next(one.id, None, LATER), take_next(two.id, None, LATER)
    assert first and second and first != second
    assert take_next(three.id, None, LATER) is None
    with pytest.raises(NotForYou):
        desk(two.id, first)
    with pytest.raises(NotForYou):
        submit(two.id, first, FULL, "", 1, LATER)


def test_examiners_who_ask_in_the_same_moment_get_different_answers(app: Flask) -> None:
    exam = an_exam()
    for _ in range(2):
        exam.sit()
    people = [an_examiner(str(n)).id for n in range(6)]
    taken: list[int | None] = []
    start = Barrier(len(people))

    def ask(person_id: int) -> None:
        with app.app_context():
            start.wait()
            taken.append(take_next(person_id, None, LATER))
            db.session.remove()

    threads = [Thread(target=ask, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = [task for task in taken if task is not None]
    assert len(got) == len(set(got)) == 4


def test_a_lapsed_lease_goes_to_another_and_the_late_submit_keeps_its_text(app: Flask) -> None:
    attempt = an_exam().sit(cases=("一题",))
    slow, quick = an_examiner("慢"), an_examiner("快")
    task_id = take_next(slow.id, None, LATER)
    assert task_id
    save_draft(slow.id, task_id, {"empathy": 2}, "写到一半", 1, LATER)
    much_later = LATER + LEASE + timedelta(seconds=1)
    assert take_next(quick.id, None, much_later) == task_id
    assert desk(quick.id, task_id).draft.marks == {}, "another's draft is not shown"
    with pytest.raises(TakenByAnother) as lost:
        submit(slow.id, task_id, FULL, "写完了", 2, much_later)
    assert (lost.value.draft.marks, lost.value.draft.comment) == ({"empathy": 2}, "写到一半")
    submit(quick.id, task_id, marks(6), "", 1, much_later)
    assert shares_of(attempt.id)[9] == Fraction(3, 5)


def test_a_lapsed_lease_that_nobody_took_is_still_ones_own(app: Flask) -> None:
    an_exam().sit(cases=("一题",))
    examiner = an_examiner()
    task_id = take_next(examiner.id, None, LATER)
    assert task_id
    much_later = LATER + LEASE * 3
    assert renew_lease(examiner.id, task_id, much_later) == much_later + LEASE
    assert take_next(an_examiner("乙").id, None, much_later) is None


def test_two_windows_conflict_and_neither_text_is_lost(app: Flask) -> None:
    an_exam().sit(cases=("一题",))
    examiner = an_examiner()
    task_id = take_next(examiner.id, None, LATER)
    assert task_id
    save_draft(examiner.id, task_id, {"empathy": 1}, "窗口一", 1, LATER)
    with pytest.raises(DraftConflict) as conflict:
        save_draft(examiner.id, task_id, {"empathy": 3}, "窗口二", 1, LATER)
    assert conflict.value.theirs.comment == "窗口一"
    with pytest.raises(DraftConflict):
        submit(examiner.id, task_id, FULL, "窗口二", 1, LATER)
    assert db.session.query(MarkingTask).filter_by(id=task_id).one().state == "open"
    submit(examiner.id, task_id, FULL, "窗口二", conflict.value.theirs.version, LATER)


def test_submitting_twice_is_submitting_once(app: Flask) -> None:
    attempt = an_exam().sit(cases=("一题",))
    examiner = an_examiner()
    task_id = mark_next(examiner, 6)
    submit(examiner.id, task_id, marks(1), "改主意了", 1, LATER)
    submit(examiner.id, task_id, marks(1), "改主意了", 2, LATER)
    assert shares_of(attempt.id)[9] == Fraction(3, 5)
    assert len(results(attempt.id)) == 1
    assert db.session.query(Marksheet).one().marks == marks(6)


def test_the_others_marks_are_seen_only_after_ones_own(app: Flask) -> None:
    an_exam(double_share="1").sit(cases=("一题",))
    one, two = an_examiner("甲"), an_examiner("乙")
    first = mark_next(one, 6)
    second = take_next(two.id, None, LATER)
    assert second
    assert desk(two.id, second).others == []
    submit(two.id, second, marks(7), "好", 1, LATER)
    assert [other.marks for other in desk(two.id, second).others] == [marks(6)]
    assert [other.marks for other in desk(one.id, first).others] == [marks(7)]


def test_the_queue_counts_what_one_may_mark(app: Flask) -> None:
    exam = an_exam()
    exam.sit(at=MONDAY)
    exam.sit(at=MONDAY)
    one, two = an_examiner("甲"), an_examiner("乙")
    mark_next(one, 6)
    held = take_next(two.id, None, LATER)
    assert held
    mine = queue(one.id, Language.ZH, LATER, MONDAY)
    assert sum(row.open for row in mine.waiting) == 3
    assert sum(row.held for row in mine.waiting) == 1
    assert (mine.done_today, mine.overdue, mine.free) == (1, 0, 2)
    assert len(mine.recent) == 1
    late = queue(one.id, Language.ZH, MONDAY + timedelta(days=9), MONDAY)
    assert late.overdue == 3
    give_back(two.id, held, LATER)
    assert queue(one.id, Language.ZH, LATER, MONDAY).free == 3


def test_an_answer_that_two_are_to_mark_is_one_answer_to_each(app: Flask) -> None:
    """Queue and first screen say how many answers one can take, however many rounds they have."""
    exam = an_exam(double_share="1")
    exam.sit(at=MONDAY)
    exam.sit(at=MONDAY, cases=("只写一题",))
    one, two = an_examiner("甲"), an_examiner("乙")

    def counted(examiner: Person, now: datetime = LATER) -> tuple[int, int, int, int]:
        found = queue(examiner.id, Language.ZH, now, MONDAY)
        assert home.examiner_figures(examiner.id, now).waiting == found.free
        return found.free, sum(row.held for row in found.waiting), sum(row.mine for row in found.waiting), found.overdue

    assert counted(one) == (3, 0, 0, 0)
    assert counted(one, MONDAY + timedelta(days=9)) == (3, 0, 0, 3)
    held = take_next(one.id, None, LATER)
    assert held and counted(one) == (3, 0, 1, 0)
    assert counted(two) == (3, 0, 0, 0), "the other round is there to be taken"
    mark_next(one, 7)
    assert counted(one) == (2, 0, 0, 0)
    for examiner in (two, an_examiner("丙")):
        take_next(examiner.id, None, LATER)
    last = an_examiner("丁")
    free, others, _mine, _late = counted(last)
    assert free + others == 3
    assert counted(last, LATER + 2 * LEASE)[:2] == (3, 0), "a lapsed lease is free again"


def test_an_examiner_without_the_role_of_trainer_sees_no_name_on_the_desk(app: Flask) -> None:
    exam = an_exam()
    attempt = exam.sit(exam.a_candidate(name="欧阳应考"))
    examiner = a_person(Role.EXAMINER)
    task_id = take_next(examiner.id, None, LATER)
    assert task_id
    shown = desk(examiner.id, task_id)
    assert shown.candidate_number == attempt.candidate_number
    assert "欧阳应考" not in repr(shown)
    assert exam.cohort.name not in repr(shown)
