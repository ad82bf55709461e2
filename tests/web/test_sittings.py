"""Sittings through real requests: plan, change, cancel, what a candidate is due."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.clock import SettableClock
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion, Question
from lms.models.exams import Allowance, Attempt, Sitting
from lms.models.people import Person
from lms.services import attempts
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.exam_factories import Exam, an_exam, signed_in
from tests.factories import a_person


@pytest.fixture
def exam(app: Flask) -> Exam:
    exam = an_exam()
    with writing(None, MONDAY) as deed:
        version = deed.session.get_one(BlueprintVersion, exam.sitting.blueprint_version_id)
        deed.session.get_one(Blueprint, version.blueprint_id).newest_id = version.id
    return exam


@pytest.fixture
def trainer(visitor: Visitor, exam: Exam) -> Visitor:
    return visitor.sign_in(exam.trainer)


def filled(exam: Exam, **changes: Any) -> dict[str, Any]:
    form = {
        "title": "四月考试", "blueprint": exam.sitting.blueprint_version_id, "cohort": exam.cohort.id,
        "opens_at": "2026-03-17T09:00", "closes_at": "2026-03-17T11:30", "minutes": "", "attempts_allowed": "1",
        "navigation": "forward", "takeover": "unlock", "feedback": ["total", "topics"],
        "invigilators": [exam.trainer.id],
    }  # fmt: skip
    return {**form, **changes}


def newest() -> Sitting:
    db.session.rollback()
    newest_first = select(Sitting).order_by(Sitting.id.desc()).limit(1)
    return db.session.execute(newest_first, execution_options={"populate_existing": True}).scalar_one()


def test_a_trainer_plans_a_sitting_in_local_time(trainer: Visitor, exam: Exam) -> None:
    assert trainer.get("/sittings/new").status_code == 200
    reply = trainer.post("/sittings/new", filled(exam))
    assert reply.status_code == 303, reply.text
    sitting = newest()
    assert sitting.title == "四月考试"
    assert sitting.opens_at == MONDAY + timedelta(hours=23)  # 09:00 in Shanghai
    assert (sitting.minutes, sitting.navigation, sitting.takeover) == (60, "forward", "unlock")  # the blueprint's limit
    shown = {name for name, visible in sitting.feedback.items() if visible}
    assert shown == {"total", "topics"}
    assert "四月考试" in trainer.get("/sittings").text


def test_the_access_code_is_shown_once_and_kept_as_a_hash(trainer: Visitor, exam: Exam) -> None:
    reply = trainer.post("/sittings/new", filled(exam, ask_code="y"))
    page = trainer.get(reply.headers["Location"]).text
    code = page.split("考场口令：")[1][:6]
    assert code.isalnum() and len(code) == 6
    assert code not in trainer.get(reply.headers["Location"]).text
    hashed = newest().code_hash
    assert hashed and code not in hashed
    trainer.post(f"/sittings/{newest().id}/code")
    assert newest().code_hash != hashed


def test_a_cohort_without_a_trainer_is_named_where_its_sitting_is_made(
    app: Flask, trainer: Visitor, exam: Exam
) -> None:
    path, warning = f"/sittings/{exam.sitting.id}", "没有培训师"
    form = trainer.get("/sittings/new").text
    assert 'data-untrained="[]"' in form
    assert warning not in trainer.get(path).text
    with writing(None, MONDAY) as deed:
        deed.session.get_one(Person, exam.trainer.id).active = False  # she has left
    other = Visitor(app).sign_in(a_person(Role.TRAINER))
    assert f'data-untrained="[{exam.cohort.id}]"' in other.get("/sittings/new").text
    assert warning in other.get(path).text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": "  "}, "请填写名称。"),
        ({"closes_at": "2026-03-17T08:00"}, "关闭时间须晚于开放时间。"),
        ({"opens_at": "2026-03-10T09:00", "closes_at": "2026-03-10T11:00"}, "关闭时间已经过去。"),
        ({"minutes": "0"}, "限时为 1–600 分钟。"),
        ({"attempts_allowed": "10"}, "次数为 1–9。"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(
    trainer: Visitor, exam: Exam, changes: dict[str, Any], message: str
) -> None:
    before = newest().id
    reply = trainer.post("/sittings/new", filled(exam, **changes))
    assert reply.status_code == 422
    assert message in reply.text
    assert 'class="field-errors"' in reply.text
    assert newest().id == before


def test_a_time_that_is_none_is_refused(trainer: Visitor, exam: Exam) -> None:
    reply = trainer.post("/sittings/new", filled(exam, opens_at="soon"))
    assert reply.status_code == 422
    assert 'id="opens_at-errors"' in reply.text


def test_a_blueprint_that_the_bank_cannot_fill_is_told_at_once(trainer: Visitor, exam: Exam) -> None:
    retire("BUS-0")
    told = trainer.get(f"/sittings/gaps?blueprint={exam.sitting.blueprint_version_id}").json["gaps"]
    assert len(told) == 2 and all(gap["blocked"] for gap in told)
    assert "缺 1 题" in told[0]["text"]
    reply = trainer.post("/sittings/new", filled(exam))
    assert reply.status_code == 422
    assert "题库不足" in reply.text
    assert "题库不足" in trainer.get(f"/sittings/{exam.sitting.id}").text


def retire(code: str) -> None:
    with writing(None, MONDAY) as deed:
        question = deed.session.execute(select(Question).where(Question.code == code)).scalar_one()
        question.state, question.live_id = "retired", None


def test_once_somebody_has_started_only_little_can_be_changed(trainer: Visitor, exam: Exam) -> None:
    person = exam.a_candidate()
    attempts.start(signed_in(person), exam.sitting.id, Language.ZH, MONDAY)
    page = trainer.get(f"/sittings/{exam.sitting.id}/edit").text
    assert 'name="minutes"' not in page and 'name="closes_at"' in page
    later = {"title": "改名", "closes_at": "2026-03-16T19:00", "invigilators": [exam.trainer.id], "minutes": "5"}
    assert trainer.post(f"/sittings/{exam.sitting.id}/edit", later).status_code == 303
    sitting = newest()
    assert (sitting.title, sitting.minutes, sitting.closes_at) == ("改名", 60, MONDAY + timedelta(hours=9))
    reply = trainer.post(f"/sittings/{exam.sitting.id}/edit", {**later, "closes_at": "2026-03-16T12:00"})
    assert reply.status_code == 422 and "只能推迟" in reply.text


def test_a_sitting_is_cancelled_with_a_reason(trainer: Visitor, exam: Exam) -> None:
    path = f"/sittings/{exam.sitting.id}/cancel"
    assert trainer.post(path, {"reason": ""}).status_code == 422
    assert newest().cancelled_at is None
    assert trainer.post(path, {"reason": "停电"}).status_code == 303
    assert newest().cancelled_at == MONDAY


def test_extra_time_is_given_with_a_reason(trainer: Visitor, exam: Exam, clock: SettableClock) -> None:
    person = exam.a_candidate("甲")
    attempt_id = attempts.start(signed_in(person), exam.sitting.id, Language.ZH, clock.now())
    path = f"/sittings/{exam.sitting.id}/candidates/{person.id}"
    assert trainer.get(path).status_code == 200
    wanted = {"factor": "other", "other": "1.33", "extra_attempts": "1", "reason": "视力"}
    assert trainer.post(path, {**wanted, "reason": ""}).status_code == 422
    assert trainer.post(path, {**wanted, "other": ""}).status_code == 422
    assert trainer.post(path, {**wanted, "other": "1e400"}).status_code == 422
    assert trainer.post(path, wanted).status_code == 303
    db.session.rollback()
    allowance = db.session.get_one(Allowance, (exam.sitting.id, person.id))
    assert (str(allowance.factor), allowance.extra_attempts) == ("133/100", 1)
    attempt = db.session.get_one(Attempt, attempt_id, populate_existing=True)
    assert attempt.deadline == MONDAY + timedelta(minutes=60 * 1.33)
    assert "视力" in trainer.get(f"/sittings/{exam.sitting.id}").text


def test_a_person_outside_of_the_cohort_is_not_there(trainer: Visitor, exam: Exam) -> None:
    stranger = a_person()
    assert trainer.get(f"/sittings/{exam.sitting.id}/candidates/{stranger.id}").status_code == 404
    assert trainer.post(f"/sittings/{exam.sitting.id}/candidates/{stranger.id}", {}).status_code == 404
    assert trainer.get("/sittings/987654").status_code == 404


@pytest.mark.parametrize("role", [Role.NEW_HIRE, Role.EXAMINER, Role.TEAM_LEADER, Role.ADMINISTRATOR])
def test_only_trainers_administer_sittings(visitor: Visitor, exam: Exam, role: Role) -> None:
    visitor.sign_in(a_person(role))
    for path in ("", "/new", "/gaps", f"/{exam.sitting.id}", f"/{exam.sitting.id}/edit"):
        assert visitor.get(f"/sittings{path}").status_code == 403, path
    assert visitor.post(f"/sittings/{exam.sitting.id}/cancel", {"reason": "x"}).status_code == 403


def test_an_empty_list_offers_the_first_step(visitor: Visitor) -> None:
    page = visitor.sign_in(a_person(Role.TRAINER)).get("/sittings").text
    assert "还没有考试场次" in page and "/sittings/new" in page
