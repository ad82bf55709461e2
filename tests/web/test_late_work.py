"""Work that came too late: no result is released over it before a person has decided, and its candidate is told."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from lms.clock import SettableClock
from lms.extensions import db
from lms.models.exams import Attempt, Invigilator
from lms.services import hand_in
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.exam_factories import Exam, an_exam, an_examiner
from tests.services.test_marking import mark_next
from tests.web.test_invigilation import Candidate, an_invigilator, do


def closed(app: Flask, clock: SettableClock, exam: Exam, *names: str) -> list[Candidate]:
    """Candidates whose time is over: each has answered question 1 with A."""
    people = [Candidate(app, exam, name) for name in names]
    for one in people:
        one.save(1, "A", f"{one.id}-in-time")
    clock.moment = MONDAY + timedelta(minutes=62)
    assert hand_in.sweep(clock.now()) == len(people)
    return people


def state_of(one: Candidate) -> str:
    db.session.rollback()
    return db.session.get_one(Attempt, one.id, populate_existing=True).state


def names_in(trainer: Visitor, address: str) -> set[str]:
    """Whose results the narrowed list shows."""
    return set(re.findall(r'<th scope="row">(\w+)', trainer.get(address).text))


@pytest.fixture
def objective(app: Flask) -> Exam:
    return an_exam(written_count=0)


def test_a_result_waits_for_who_decides_on_late_work(app: Flask, clock: SettableClock, objective: Exam) -> None:
    late, other = closed(app, clock, objective, "甲", "乙")
    assert late.save(1, "B", "op-too-late")["standing"] == "late"
    trainer, watcher = Visitor(app).sign_in(objective.trainer), an_invigilator(app, objective)
    address = f"/sittings/{objective.sitting.id}/results"
    page = trainer.get(address).text
    assert "迟到 1 处" in page and "由监考人员决定：监考" in page
    assert f"/attempts/{late.id}" not in page, "the log is the invigilators'"
    assert names_in(trainer, f"{address}?show=ready") == {"乙"}
    assert names_in(trainer, f"{address}?show=late") == {"甲"}
    assert f'"attempt" value="{late.id}"' not in page and f'"attempt" value="{other.id}"' in page

    trainer.post(f"{address}/release", {"attempt": str(late.id)})
    assert "甲有迟到作答待决定，成绩未发布" in trainer.get(address).text
    trainer.post(f"{address}/release", {"all": "1"})
    assert (state_of(late), state_of(other)) == ("marked", "released")
    page = trainer.get(address).text
    assert "已发布 1 份成绩" in page and "甲有迟到作答待决定" in page

    assert do(watcher, objective, "leave-late", late).status_code == 200
    trainer.post(f"{address}/release", {"attempt": str(late.id)})
    assert state_of(late) == "released"
    assert "迟到" not in trainer.get(address).text


def test_a_trainer_who_watches_finds_the_log(app: Flask, clock: SettableClock, objective: Exam) -> None:
    [late] = closed(app, clock, objective, "甲")
    late.save(1, "B", "op-too-late")
    with writing(None, MONDAY) as deed:
        deed.session.add(Invigilator(sitting_id=objective.sitting.id, person_id=objective.trainer.id))
    trainer = Visitor(app).sign_in(objective.trainer)
    log = f"/sittings/{objective.sitting.id}/attempts/{late.id}"
    assert log in trainer.get(f"/sittings/{objective.sitting.id}/results").text
    assert "不能发布成绩" in trainer.get(log).text


def test_where_nobody_invigilates_the_trainer_is_told_to_name_somebody(
    app: Flask, clock: SettableClock, objective: Exam
) -> None:
    [late] = closed(app, clock, objective, "甲")
    late.save(1, "B", "op-too-late")
    page = Visitor(app).sign_in(objective.trainer).get(f"/sittings/{objective.sitting.id}/results").text
    assert "本场没有监考人员" in page


def test_late_work_that_says_what_counts_needs_no_decision(app: Flask, clock: SettableClock, objective: Exam) -> None:
    [late] = closed(app, clock, objective, "甲")
    late.save(1, "A", "op-too-late")
    late.save(2, None, "op-empty")
    watcher = an_invigilator(app, objective)
    assert "迟到的作答，请决定" not in watcher.get(f"/sittings/{objective.sitting.id}/live").text
    page = watcher.get(f"/sittings/{objective.sitting.id}/attempts/{late.id}").text
    assert "与计入的作答相同" in page and "决定是否计入" not in page
    trainer = Visitor(app).sign_in(objective.trainer)
    trainer.post(f"/sittings/{objective.sitting.id}/results/release", {"all": "1"})
    assert state_of(late) == "released"


def test_what_comes_after_a_decision_waits_for_another(app: Flask, clock: SettableClock, objective: Exam) -> None:
    [late] = closed(app, clock, objective, "甲")
    late.save(1, "B", "op-too-late")
    watcher = an_invigilator(app, objective)
    clock.advance(minutes=1)
    assert do(watcher, objective, "leave-late", late).status_code == 200
    clock.advance(minutes=1)
    late.save(2, "B", "op-later-still")
    assert "甲 有 1 处迟到的作答" in watcher.get(f"/sittings/{objective.sitting.id}/live").text
    trainer = Visitor(app).sign_in(objective.trainer)
    trainer.post(f"/sittings/{objective.sitting.id}/results/release", {"all": "1"})
    assert state_of(late) == "marked"
    assert do(watcher, objective, "count-late", late).status_code == 200
    trainer.post(f"/sittings/{objective.sitting.id}/results/release", {"all": "1"})
    assert state_of(late) == "released"


def test_what_examiners_have_marked_can_only_be_left_as_it_is(app: Flask, clock: SettableClock) -> None:
    exam = an_exam()
    attempt = exam.sit(exam.a_candidate("甲"), cases=("甲答案", "乙答案"))
    clock.moment = MONDAY + timedelta(hours=2)
    one = Candidate.__new__(Candidate)
    one.id, one.epoch, one.visitor = attempt.id, attempt.epoch, Visitor(app).sign_in(attempt.person)
    one.visitor.get("/exams")
    one.save(9, "迟到的案例", "op-too-late")
    watcher, trainer = an_invigilator(app, exam), Visitor(app).sign_in(exam.trainer)
    address = f"/sittings/{exam.sitting.id}/results"
    assert "迟到 1 处" in trainer.get(address).text, "while it is being marked, too"
    log = watcher.get(f"/sittings/{exam.sitting.id}/attempts/{one.id}").text
    assert "1:30:00" in log, "since the hand-in"
    examiner = an_examiner("先评考官")
    for _round in range(2):
        mark_next(examiner, 8, clock.now())
    trainer.post(f"{address}/release", {"all": "1"})
    assert state_of(one) == "marked"
    log = watcher.get(f"/sittings/{exam.sitting.id}/attempts/{one.id}").text
    assert "考官已经评分，只能决定不计入" in log and 'data-deeds="leave-late"' in log
    assert do(watcher, exam, "count-late", one).status_code == 409
    assert do(watcher, exam, "leave-late", one).status_code == 200
    trainer.post(f"{address}/release", {"all": "1"})
    assert state_of(one) == "released"


def test_the_candidate_is_told_what_came_late_and_what_became_of_it(
    app: Flask, clock: SettableClock, objective: Exam
) -> None:
    late, other = closed(app, clock, objective, "甲", "乙")
    late.save(1, "B", "op-too-late")
    late.save(2, "B", "op-too-late-2")
    told = "2 项作答在交卷或截止后才送达，已另存，由监考人员决定是否计入"
    pages = (f"/attempts/{late.id}/done", f"/results/{late.id}")
    assert all(told in late.visitor.get(page).text for page in pages)
    assert "截止后才送达" not in other.visitor.get(f"/attempts/{other.id}/done").text
    assert do(an_invigilator(app, objective), objective, "leave-late", late).status_code == 200
    trainer = Visitor(app).sign_in(objective.trainer)
    for _released in range(2):
        assert all("2 项作答在交卷或截止后才送达，监考人员决定不计入" in late.visitor.get(page).text for page in pages)
        trainer.get("/sittings/results")
        trainer.post(f"/sittings/{objective.sitting.id}/results/release", {"all": "1"})
    assert state_of(late) == "released"


def test_late_work_that_counts_after_all_is_no_longer_spoken_of(
    app: Flask, clock: SettableClock, objective: Exam
) -> None:
    [late] = closed(app, clock, objective, "甲")
    late.save(1, "B", "op-too-late")
    assert do(an_invigilator(app, objective), objective, "count-late", late).status_code == 200
    assert "截止后才送达" not in late.visitor.get(f"/attempts/{late.id}/done").text
