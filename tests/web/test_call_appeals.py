"""Appeals against role-plays through real requests: from one's own result to the second person's word."""

import re

import pytest
from flask import Flask

from lms.extensions import db
from lms.models.marking import Appeal, Result
from lms.models.people import Person
from tests.benchmark_calls import load_shipped
from tests.browser_like import Visitor
from tests.call_sitting import a_sheet, an_examiner
from tests.services.test_call_appeals import LATER, Certified, a_certified


@pytest.fixture
def certified(app: Flask) -> Certified:
    app.extensions["clock"].moment = LATER
    return a_certified()


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def raised(app: Flask, certified: Certified, position: int = 2) -> tuple[Visitor, int]:
    visitor = Visitor(app).sign_in(certified.person)
    form = visitor.get(f"/results/{certified.attempt_id}/appeal").text
    assert "第 1 通" in form and "第 2 通" in form
    reply = visitor.post(
        f"/results/{certified.attempt_id}/appeal", {"position": str(position), "reason": "我核验过客户"}
    )
    assert reply.headers["Location"] == f"/results/{certified.attempt_id}"
    return visitor, int(db.session.query(Appeal).one().id)


def taken(app: Flask, appeal_id: int, name: str = "丙") -> tuple[Visitor, Person]:
    examiner = an_examiner(name)
    visitor = Visitor(app).sign_in(examiner)
    visitor.get("/appeals")
    assert visitor.post(f"/appeals/{appeal_id}/take", {}).headers["Location"] == f"/appeals/{appeal_id}"
    return visitor, examiner


def desks(visitor: Visitor, appeal_id: int) -> list[str]:
    return re.findall(r'href="(/call-marking/tasks/\d+)"', visitor.get(f"/appeals/{appeal_id}").text)


def test_from_ones_own_result_to_a_changed_one(app: Flask, certified: Certified) -> None:
    candidate, appeal_id = raised(app, certified)
    waiting = text_of(candidate.get(f"/results/{certified.attempt_id}").text)
    assert "处理中" in waiting and "第 2 通" in waiting and "我核验过客户" in waiting and "最迟于" in waiting
    examiner, _person = taken(app, appeal_id)
    listed = text_of(examiner.get("/appeals").text)
    assert "第 2 通" in listed and certified.person.name not in listed
    page = examiner.get(f"/appeals/{appeal_id}").text
    assert "先独立重新评级" in page and "没有核验" not in page and certified.person.name not in page
    assert 'name="verdict"' not in page
    early = {"verdict": "rejected", "answer": "维持"}
    assert examiner.post(f"/appeals/{appeal_id}/decide", early).status_code == 422
    (desk,) = desks(examiner, appeal_id)
    marking = examiner.get(desk).text
    assert "我核验过客户" in marking and f'href="/appeals/{appeal_id}"' in marking and "放回队列" not in marking
    sheet = a_sheet(certified.calls()[1], 4)
    assert examiner.post(f"{desk}/submit", {**sheet, "pins-compliance": "", "level-compliance": "5",
                                            "version": "1"}).status_code == 422  # fmt: skip
    assert examiner.post(f"{desk}/submit", {**sheet, "version": "1"}).status_code == 302
    assert "回到申诉" in examiner.get(desk).text
    page = text_of(examiner.get(f"/appeals/{appeal_id}").text)
    assert "第 1 评" in page and "成立时，每个维度取较高的评级" in page
    decided = examiner.post(f"/appeals/{appeal_id}/decide", {"verdict": "upheld", "answer": "核验是完整的"})
    assert decided.status_code == 302
    again = examiner.post(f"/appeals/{appeal_id}/decide", {"verdict": "upheld", "answer": "核验是完整的"})
    assert (again.status_code, again.headers["Location"]) == (303, f"/appeals/{appeal_id}")
    other = examiner.post(f"/appeals/{appeal_id}/decide", {"verdict": "rejected", "answer": "不成立了"})
    assert other.status_code == 409 and "不成立了" in other.text
    assert "等待确认" in text_of(examiner.get("/appeals").text)
    assert "76" in text_of(candidate.get(f"/results/{certified.attempt_id}").text)  # 230/3, as before
    proposal = re.search(r"/proposals/(\d+)", examiner.get("/proposals").text)
    assert proposal is not None
    address = proposal.group(0)
    own = examiner.post(f"{address}/confirm", {})
    assert own.status_code == 302 and "须由另一人决定" in examiner.get(address).text
    second = Visitor(app).sign_in(an_examiner("丁"))
    preview = text_of(second.get(address).text)
    assert "22 / 30" in preview and "24 / 30" in preview and "撤销" in preview
    assert "核验" in preview and "申诉复评" in preview and "通话记录" in preview and "第 1 评" in preview
    assert "客户" in preview and "坐席" in preview, "what was said"
    assert second.post(f"{address}/confirm", {}).headers["Location"] == "/proposals"
    assert second.post(f"{address}/confirm", {}).headers["Location"] == address  # decided: nothing more happens
    assert db.session.query(Result).filter_by(attempt_id=certified.attempt_id).count() == 2
    after = text_of(candidate.get(f"/results/{certified.attempt_id}").text)
    assert "申诉成立，成绩已更正" in after and "核验是完整的" in after and "关键失误" not in after
    assert second.get(address).status_code == 200 and "已确认" in second.get(address).text


def test_a_foreign_appeal_is_not_there(app: Flask, certified: Certified) -> None:
    _candidate, appeal_id = raised(app, certified)
    examiner, _person = taken(app, appeal_id)
    (desk,) = desks(examiner, appeal_id)
    stranger = Visitor(app).sign_in(an_examiner("路人"))
    marker = Visitor(app).sign_in(certified.markers[0])
    for visitor in (stranger, marker):
        assert visitor.get(f"/appeals/{appeal_id}").status_code == 404
        assert visitor.post(f"/appeals/{appeal_id}/decide", {"verdict": "upheld", "answer": "x"}).status_code == 404
        assert visitor.get(desk).status_code == 404
    assert marker.post(f"/appeals/{appeal_id}/take", {}).status_code == 404
    assert stranger.post(f"/appeals/{appeal_id}/take", {}).headers["Location"] == "/appeals", "came second"
    sheet = {**a_sheet(certified.calls()[1], 5), "version": "1"}
    assert stranger.post(f"{desk}/submit", sheet).status_code == 404
    assert "没有待处理的申诉" in marker.get("/appeals").text
    assert examiner.post(f"/appeals/{appeal_id}/marks", {}).status_code == 404  # an exam's way of marking
    assert examiner.post(f"/appeals/{appeal_id}/strikes", {}).status_code == 404  # a drill's
    other = Visitor(app).sign_in(certified.trainer)
    assert other.get(f"/results/{certified.attempt_id}/appeal").status_code in (403, 404)


def test_the_whole_result_and_left_to_another(app: Flask, certified: Certified) -> None:
    _candidate, appeal_id = raised(app, certified, position=0)
    first, _person = taken(app, appeal_id)
    assert len(desks(first, appeal_id)) == 2 and "整份成绩" in first.get(f"/appeals/{appeal_id}").text
    gone = desks(first, appeal_id)[0]
    first.post(f"/appeals/{appeal_id}/put-back", {})
    assert first.get(f"/appeals/{appeal_id}").status_code == 404
    assert first.get(gone).status_code == 409
    second, _person = taken(app, appeal_id, "丁")
    assert len(desks(second, appeal_id)) == 2 and gone not in desks(second, appeal_id)


def test_who_is_not_calibrated_is_led_to_calibration(app: Flask, certified: Certified) -> None:
    _candidate, appeal_id = raised(app, certified)
    load_shipped()
    visitor = Visitor(app).sign_in(an_examiner("丙"))
    visitor.get("/appeals")
    assert visitor.post(f"/appeals/{appeal_id}/take", {}).headers["Location"] == "/calibration"
    assert "请先通过校准" in visitor.get("/calibration").text
    assert visitor.get(f"/appeals/{appeal_id}").status_code == 404
