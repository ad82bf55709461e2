"""What an appeal shows to the second person, and to trainers whom its end concerns, through real requests."""

import pytest
from flask import Flask

from lms.clock import SettableClock
from lms.extensions import db
from lms.models.people import Person
from tests.browser_like import Visitor
from tests.exam_factories import an_exam, an_examiner
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
