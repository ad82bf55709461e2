"""What an appeal shows to the second person, and to trainers whom its end concerns, through real requests."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from lms.clock import SettableClock
from lms.domain.people import Role
from lms.extensions import db
from lms.models.people import Person
from tests.browser_like import Visitor
from tests.exam_factories import an_exam, an_examiner
from tests.factories import a_person
from tests.services.test_results import position_of, version_of
from tests.services.test_second_person import leaves
from tests.web.test_results import LATER, appeal, marks_for, released, the_proposal


@pytest.fixture(autouse=True)
def _after_the_exam(clock: SettableClock) -> None:
    clock.moment = LATER


def test_the_second_person_sees_what_the_mark_rests_on_and_says_why_they_refuse(app: Flask) -> None:
    attempt = released(an_exam(), points=2)
    number = appeal(app, attempt)
    fresh, second = Visitor(app).sign_in(an_examiner("复核")), Visitor(app).sign_in(an_examiner("第二人"))
    fresh.get("/appeals")
    fresh.post(f"/appeals/{number}/take", {})
    fresh.post(f"/appeals/{number}/marks", {**marks_for(9, (3, 4, 2)), "comment-9": "安抚在先"})
    fresh.post(f"/appeals/{number}/decide", {"verdict": "upheld", "answer": "共情应得满分"})
    proposal = the_proposal(second)
    page = second.get(proposal).text
    for part in ("甲答案", "我写了先安抚", "看点empathy", "范文", "第 1 评", "申诉复评", "安抚在先", "共情应得满分"):
        assert part in page, part
    assert "乙答案" not in page, "of the other case nothing changes"
    assert attempt.person.name not in page
    marker = Visitor(app).sign_in(db.session.query(Person).filter_by(name="先评考官").one())
    assert marker.get(proposal).status_code == 404
    assert proposal not in marker.get("/proposals").text
    assert marker.post(f"{proposal}/refuse", {"reason": "我没评错"}).status_code == 404
    empty = second.post(f"{proposal}/refuse", {"reason": " "})
    assert empty.status_code == 422 and "请写明驳回理由" in empty.text
    assert second.post(f"{proposal}/refuse", {"reason": "方案并不可行"}).status_code == 302
    for address in (proposal, f"/appeals/{number}"):
        assert "方案并不可行" in fresh.get(address).text, address


def figure_of(page: str, label: str) -> str:
    found = re.search(rf'<span class="figure">(\d+)</span><span>{label}', page)
    assert found
    return found[1]


# ---- for trainers -------------------------------------------------------------------------------------------------


def test_a_trainer_sees_which_appeals_wait_and_that_nobody_can_take_one(app: Flask, clock: SettableClock) -> None:
    exam = an_exam()
    attempt = released(exam)
    appeal(app, attempt)
    trainer = Visitor(app).sign_in(exam.trainer)
    stranger = Visitor(app).sign_in(a_person(Role.TRAINER))
    pages = ("/", f"/sittings/{exam.sitting.id}/results")
    for page in pages:
        text = trainer.get(page).text
        assert "待答复的申诉" in text and attempt.candidate_number in text and "3月23日" in text, page
        assert "没有可处理的考官" in text, "the only examiner has marked it"
        assert "请管理员另指定一位考官" in text and "已超期" not in text.split("待答复的申诉")[1], page
    assert "待答复的申诉" not in stranger.get("/").text
    marker = Visitor(app).sign_in(db.session.query(Person).filter_by(name="先评考官").one())
    assert figure_of(marker.get("/").text, "项申诉待处理") == "0"
    assert figure_of(Visitor(app).sign_in(an_examiner("新任考官")).get("/").text, "项申诉待处理") == "1"
    for page in pages:
        text = trainer.get(page).text
        assert "没有可处理的考官" not in text and "待考官受理" in text, page
    clock.moment = LATER + timedelta(days=9)
    assert "已超期" in trainer.get("/").text.split("待答复的申诉")[1]


def test_an_appeal_that_is_taken_waits_and_is_answered(app: Flask) -> None:
    exam = an_exam()
    number = appeal(app, released(exam, points=2))
    trainer, fresh = Visitor(app).sign_in(exam.trainer), Visitor(app).sign_in(an_examiner("复核"))
    fresh.get("/appeals")
    fresh.post(f"/appeals/{number}/take", {})
    assert "考官处理中" in trainer.get("/").text
    fresh.post(f"/appeals/{number}/marks", marks_for(9, (3, 4, 3)))
    fresh.post(f"/appeals/{number}/decide", {"verdict": "upheld", "answer": "应得满分"})
    assert "等待第二人确认" in trainer.get("/").text
    assert figure_of(trainer.get("/").text, "项提议等您确认") == "1"
    other = an_examiner("局外人")
    assert figure_of(trainer.get("/").text, "项提议等您确认") == "0", "an examiner's to decide, again"
    leaves(other)
    trainer.post(f"{the_proposal(trainer)}/confirm", {})  # nobody else is left
    assert "待答复的申诉" not in trainer.get("/").text


def test_an_upheld_appeal_about_a_key_stands_with_trainers_until_the_key_is_corrected(
    app: Flask, clock: SettableClock
) -> None:
    exam = an_exam()
    attempt = released(exam, wrong=1)
    number = appeal(app, attempt, position=position_of(attempt.id, "BUS-0"))
    trainer, second = Visitor(app).sign_in(exam.trainer), Visitor(app).sign_in(a_person(Role.TRAINER))
    fresh = Visitor(app).sign_in(an_examiner("复核"))
    fresh.get("/appeals")
    fresh.post(f"/appeals/{number}/take", {})
    assert "等待更正" in fresh.get(f"/appeals/{number}").text
    pages = ("/", "/regrades")
    for page in pages:
        assert "待更正答案" not in trainer.get(page).text
    clock.moment = LATER + timedelta(hours=1)
    fresh.post(f"/appeals/{number}/decide", {"verdict": "upheld", "answer": "B 也说得通"})
    address = f"/regrades/versions/{version_of('BUS-0')}"
    for page in pages:
        text = second.get(page).text
        assert "申诉成立，待更正答案" in text and "BUS-0" in text and "B 也说得通" in text and address in text, page
    assert "待更正答案" not in fresh.get("/").text
    sent = {"treatment": "key", "key": '{"key": "B"}', "reason": "录错"}
    proposal = trainer.post(f"{address}/propose", sent).headers["Location"]
    for page in pages:
        assert "更正等待确认" in trainer.get(page).text and proposal in trainer.get(page).text
    clock.moment = LATER + timedelta(hours=2)
    second.get(proposal)
    second.post(f"{proposal}/confirm", {})
    for page in pages:
        assert "待更正答案" not in trainer.get(page).text


def test_a_key_that_was_corrected_while_the_appeal_was_looked_at_is_in_doubt_no_more(
    app: Flask, clock: SettableClock
) -> None:
    exam = an_exam()
    attempt = released(exam, wrong=1)
    number = appeal(app, attempt, position=position_of(attempt.id, "BUS-0"))
    trainer, second = Visitor(app).sign_in(exam.trainer), Visitor(app).sign_in(a_person(Role.TRAINER))
    clock.moment = LATER + timedelta(hours=1)
    trainer.get("/regrades")
    sent = {"treatment": "key", "key": '{"key": "B"}', "reason": "录错"}
    proposal = trainer.post(f"/regrades/versions/{version_of('BUS-0')}/propose", sent).headers["Location"]
    second.get(proposal)
    second.post(f"{proposal}/confirm", {})
    fresh = Visitor(app).sign_in(an_examiner("复核"))
    fresh.get("/appeals")
    fresh.post(f"/appeals/{number}/take", {})
    fresh.post(f"/appeals/{number}/decide", {"verdict": "upheld", "answer": "已更正"})
    assert "待更正答案" not in trainer.get("/").text
