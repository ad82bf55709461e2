"""The examiner's pages through real requests: queue, desk, drafts, leases, comment bank; and what must not leak."""

import re
from datetime import timedelta

from flask import Flask

from lms.clock import SettableClock
from lms.domain.people import Role
from lms.extensions import db
from lms.models.marking import MarkingTask, Marksheet
from lms.models.people import Person
from lms.services.marking_queue import LEASE
from tests.browser_like import Visitor
from tests.exam_factories import an_exam, an_examiner, shares_of
from tests.factories import a_person

GIVEN = {"marks-empathy": "3", "marks-feasible": "2", "marks-compliant": "1"}


def open_next(visitor: Visitor) -> str:
    """The address of the desk that the queue's button opens."""
    visitor.get("/marking")
    reply = visitor.post("/marking/next", {})
    assert reply.status_code == 302, reply.text
    address = reply.headers["Location"]
    assert re.fullmatch(r"/marking/tasks/\d+", address), address
    return str(address)


def at_the_desk(app: Flask) -> tuple[Visitor, str, Person]:
    examiner = an_examiner()
    visitor = Visitor(app).sign_in(examiner)
    return visitor, open_next(visitor), examiner


def test_an_examiner_marks_one_answer_after_the_other_and_comes_to_an_empty_queue(app: Flask) -> None:
    exam = an_exam()
    attempts = [exam.sit(cases=(f"第{n}份", "")) for n in "甲乙"]
    visitor, address, _examiner = at_the_desk(app)
    for expected in ("第甲份", "第乙份"):
        page = visitor.get(address).text
        assert expected in page
        assert "看点empathy" in page
        reply = visitor.post(f"{address}/submit", {**GIVEN, "comment": "共情具体", "version": "1"})
        assert reply.status_code == 302
        address = reply.headers["Location"]
    assert address == "/marking"
    assert "没有待评的作答" in visitor.get("/marking").text
    assert [shares_of(attempt.id)[9] * 10 for attempt in attempts] == [6, 6]


def test_the_desk_names_nobody(app: Flask) -> None:
    exam = an_exam()
    attempt = exam.sit(exam.a_candidate(name="欧阳应考"))
    visitor, address, _examiner = at_the_desk(app)
    for path in ("/marking", address):
        page = visitor.get(path).text
        for secret in ("欧阳应考", attempt.person.number, "三月批次", exam.cohort.code + '"', f"attempt={attempt.id}"):
            assert secret not in page, (path, secret)
    assert attempt.candidate_number in visitor.get(address).text


def test_a_missing_criterion_is_named_and_nothing_is_submitted(app: Flask) -> None:
    an_exam().sit()
    visitor, address, _examiner = at_the_desk(app)
    reply = visitor.post(f"{address}/submit", {"marks-empathy": "3", "comment": "留下来", "version": "1"})
    assert reply.status_code == 422
    assert "请给分" in reply.text
    assert "留下来" in reply.text
    bad = visitor.post(f"{address}/submit", {**GIVEN, "marks-empathy": "9" * 5000, "comment": "", "version": "1"})
    assert bad.status_code == 422
    assert db.session.query(Marksheet).filter(Marksheet.submitted_at.is_not(None)).count() == 0


def test_the_address_of_a_refused_sheet_leads_back_to_the_desk(app: Flask) -> None:
    an_exam().sit()
    visitor, address, _examiner = at_the_desk(app)
    assert visitor.post(f"{address}/submit", {"version": "1"}).status_code == 422
    opened = visitor.get(f"{address}/submit")
    assert (opened.status_code, opened.headers["Location"]) == (302, address)


def test_an_over_long_comment_is_refused_at_its_field(app: Flask) -> None:
    an_exam().sit()
    visitor, address, _examiner = at_the_desk(app)
    reply = visitor.post(f"{address}/submit", {**GIVEN, "comment": "长" * 2001, "version": "1"})
    assert reply.status_code == 422
    assert "评语最多 2000 字" in reply.text


def test_a_double_click_submits_once(app: Flask) -> None:
    attempt = an_exam().sit(cases=("一题",))
    visitor, address, _examiner = at_the_desk(app)
    data = {**GIVEN, "comment": "", "version": "1"}
    assert [visitor.post(f"{address}/submit", data).status_code for _ in range(2)] == [302, 302]
    assert db.session.query(Marksheet).count() == 1
    assert shares_of(attempt.id)[9] * 10 == 6


def test_drafts_are_saved_as_one_marks_and_stand_there_after_a_reload(app: Flask) -> None:
    an_exam().sit()
    visitor, address, _examiner = at_the_desk(app)
    sent = {"marks": {"empathy": 2}, "comment": "写到一半", "version": 1}
    reply = visitor.post(f"{address}/draft", json=sent)
    assert reply.status_code == 200
    assert reply.json is not None
    assert reply.json["version"] == 2
    page = visitor.get(address).text
    assert "写到一半" in page
    assert re.search(r'name="marks-empathy" value="2"\s+checked', page)
    conflict = visitor.post(f"{address}/draft", json={**sent, "comment": "另一窗口"})
    assert conflict.status_code == 409
    assert conflict.json is not None
    assert conflict.json["theirs"]["comment"] == "写到一半"
    both = visitor.post(f"{address}/submit", {**GIVEN, "comment": "另一窗口", "version": "1"})
    assert both.status_code == 409
    assert "写到一半" in both.text
    assert "另一窗口" in both.text


def test_nonsense_from_a_script_is_a_400(app: Flask) -> None:
    an_exam().sit()
    visitor, address, _examiner = at_the_desk(app)
    good = {"marks": {"empathy": 2}, "comment": "", "version": 1}
    for bad in (
        [],
        {"marks": []},
        {**good, "version": "1"},
        {**good, "version": 2**40},
        {**good, "comment": 5},
        {**good, "marks": {"empathy": 99}},
        {**good, "comment": "长" * 2001},
    ):
        assert visitor.post(f"{address}/draft", json=bad).status_code == 400, bad
    assert visitor.post("/marking/next", {"version": "abc"}).status_code == 400
    assert visitor.post("/marking/keys", json={"on": "yes"}).status_code == 400


def test_a_lapsed_lease_is_taken_and_the_late_submit_gets_its_text_back(app: Flask, clock: SettableClock) -> None:
    an_exam().sit(cases=("一题",))
    slow, address, _examiner = at_the_desk(app)
    clock.advance(seconds=LEASE.total_seconds() + 1)
    quick, taken, _other = at_the_desk(app)
    assert taken == address
    reply = slow.post(f"{address}/submit", {**GIVEN, "comment": "慢了一步的评语", "version": "1"})
    assert reply.status_code == 409
    assert "慢了一步的评语" in reply.text
    assert slow.post(f"{address}/lease", json={}).status_code == 409
    assert slow.get(address).status_code == 409
    assert quick.post(f"{address}/lease", json={}).status_code == 200


def test_activity_keeps_the_lease(app: Flask, clock: SettableClock) -> None:
    an_exam().sit(cases=("一题",))
    visitor, address, _examiner = at_the_desk(app)
    for _ in range(3):
        clock.advance(minutes=8)
        assert visitor.post(f"{address}/lease", json={}).status_code == 200
    other = Visitor(app).sign_in(an_examiner())
    other.get("/marking")
    assert other.post("/marking/next", {}).headers["Location"] == "/marking"


def test_another_examiners_answer_is_not_there(app: Flask) -> None:
    an_exam().sit()
    _visitor, address, _examiner = at_the_desk(app)
    other = Visitor(app).sign_in(an_examiner())
    assert other.get(address).status_code == 404
    assert other.post(f"{address}/submit", {**GIVEN, "comment": "", "version": "1"}).status_code == 404
    assert other.post(f"{address}/draft", json={"marks": {}, "comment": "", "version": 1}).status_code == 404
    assert other.post(f"{address}/lease", json={}).status_code == 404
    assert other.post(f"{address}/give-back", {}).status_code == 404


def test_only_examiners_enter(app: Flask) -> None:
    an_exam().sit()
    task = db.session.query(MarkingTask).first()
    assert task
    for role in (Role.NEW_HIRE, Role.TRAINER, Role.TEAM_LEADER, Role.ADMINISTRATOR):
        visitor = Visitor(app).sign_in(a_person(role))
        for path in ("/marking", f"/marking/tasks/{task.id}", "/marking/comments", "/appeals"):
            assert visitor.get(path).status_code == 403, (role, path)


def test_the_other_markers_marks_appear_after_ones_own(app: Flask) -> None:
    an_exam(double_share="1").sit(cases=("一题",))
    first, address, _examiner = at_the_desk(app)
    first.post(f"{address}/submit", {**GIVEN, "comment": "甲的评语", "version": "1"})
    second, other, _examiner = at_the_desk(app)
    assert "甲的评语" not in second.get(other).text
    second.post(f"{other}/submit", {**GIVEN, "comment": "乙的评语", "version": "1"})
    assert "甲的评语" in second.get(other).text
    assert "乙的评语" in first.get(address).text


def test_an_answer_can_be_given_back(app: Flask) -> None:
    an_exam().sit(cases=("一题",))
    visitor, address, _examiner = at_the_desk(app)
    assert visitor.post(f"{address}/give-back", {}).headers["Location"] == "/marking"
    assert at_the_desk(app)[1] == address


def test_hostile_text_in_an_answer_stays_text(app: Flask) -> None:
    an_exam().sit(cases=("<script>alert(1)</script>",))
    visitor, address, _examiner = at_the_desk(app)
    page = visitor.get(address).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_comment_bank_is_ones_own_and_the_most_used_come_first(app: Flask) -> None:
    examiner = an_examiner()
    visitor = Visitor(app).sign_in(examiner)
    for text in ("共情具体", "缺少时限", "共情具体"):
        assert visitor.post("/marking/comments", {"text": text}).status_code == 302
    assert visitor.post("/marking/comments", {"text": "  "}).status_code == 422
    assert visitor.post("/marking/comments", {"text": "长" * 501}).status_code == 422
    page = visitor.get("/marking/comments").text
    ids = re.findall(r'href="/marking/comments/(\d+)"', page)
    assert len(ids) == 2
    assert visitor.post(f"/marking/comments/{ids[1]}/use", {}).status_code == 200
    page = visitor.get("/marking/comments").text
    assert page.index("缺少时限") < page.index("共情具体")
    other = Visitor(app).sign_in(an_examiner())
    assert other.get(f"/marking/comments/{ids[0]}").status_code == 404
    assert other.post(f"/marking/comments/{ids[0]}", {"text": "改"}).status_code == 404
    assert other.post(f"/marking/comments/{ids[0]}/use", {}).status_code == 404
    other.post(f"/marking/comments/{ids[0]}/delete", {})
    assert visitor.post(f"/marking/comments/{ids[0]}", {"text": "共情很具体"}).status_code == 302
    visitor.post(f"/marking/comments/{ids[1]}/delete", {})
    page = visitor.get("/marking/comments").text
    assert "共情很具体" in page
    assert "缺少时限" not in page


def test_the_shortcuts_can_be_switched_off_for_good(app: Flask) -> None:
    an_exam().sit()
    visitor, address, examiner = at_the_desk(app)
    assert 'id="digit-keys" checked' in visitor.get(address).text
    assert visitor.post("/marking/keys", json={"on": False}).status_code == 200
    assert 'id="digit-keys" checked' not in visitor.get(address).text
    db.session.refresh(examiner)
    assert examiner.digit_keys is False


def test_overdue_answers_say_so(app: Flask, clock: SettableClock) -> None:
    an_exam().sit()
    visitor, address, _examiner = at_the_desk(app)
    clock.moment = clock.moment + timedelta(days=6)
    assert "已超期" in visitor.get("/marking").text
    assert "已超期" in visitor.get(address).text
