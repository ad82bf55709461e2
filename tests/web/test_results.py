"""Results, release, two-person deeds, key corrections and appeals through real requests; and what must not leak."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook

from lms.clock import SettableClock
from lms.domain.people import Role
from lms.extensions import db
from lms.models.exams import Attempt
from lms.models.marking import Appeal, Result
from lms.models.people import Person
from lms.services import release as release_service
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.exam_factories import SENTINEL, Exam, an_exam, an_examiner, shares_of
from tests.factories import a_person
from tests.services.test_marking import mark_next
from tests.services.test_results import position_of, version_of

LATER = MONDAY + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _after_the_exam(clock: SettableClock) -> None:
    clock.moment = LATER


def sat_and_marked(exam: Exam, *, points: int = 8, candidate: Person | None = None, wrong: int = 0) -> Attempt:
    attempt = exam.sit(candidate, cases=("甲答案", "乙答案"), wrong=wrong)
    examiner = an_examiner("先评考官")
    mark_next(examiner, points, LATER)
    mark_next(examiner, points, LATER)
    return attempt


def released(exam: Exam, **how: int) -> Attempt:
    attempt = sat_and_marked(exam, **how)
    assert release_service.release(exam.trainer.id, exam.sitting.id, [attempt.id], LATER) == 1
    return attempt


def candidate_of(app: Flask, attempt: Attempt) -> Visitor:
    return Visitor(app).sign_in(attempt.person)


def test_before_release_the_page_says_when_and_nothing_of_the_mark(app: Flask) -> None:
    exam = an_exam()
    attempt = sat_and_marked(exam, wrong=1)
    visitor = candidate_of(app, attempt)
    page = visitor.get(f"/results/{attempt.id}").text
    assert "评分中" in page
    assert "3月19日" in page
    assert SENTINEL not in page
    words = re.sub(r"<[^>]*>", " ", page)  # without the tokens in attributes, which may hold any two digits
    for leak in ("86", "通过", "28.5"):
        assert leak not in words, leak
    assert "评分中" in visitor.get("/results").text
    assert visitor.get(f"/results/{attempt.id}/appeal").status_code == 404


def test_after_release_sections_stand_against_their_pass_line(app: Flask) -> None:
    exam = an_exam()
    attempt = released(exam, wrong=1)
    visitor = candidate_of(app, attempt)
    page = visitor.get(f"/results/{attempt.id}").text
    assert "通过" in page
    assert "86" in page  # 30 + 30 + 26
    assert "24" in page  # compliance's own line
    assert "compliance主题" in page
    assert "<svg" in page
    assert "通过" in visitor.get("/results").text


@pytest.mark.parametrize("certification", [True, False])
def test_only_a_certification_completes_a_step(app: Flask, certification: bool) -> None:
    attempt = released(an_exam(certification=certification))
    page = candidate_of(app, attempt).get(f"/results/{attempt.id}").text
    assert "总分和各模块都达到要求" in page
    assert ("理论考试这一步已完成" in page) is certification


@pytest.mark.parametrize("topics", [True, False])
def test_a_failed_result_speaks_of_topics_where_it_shows_them(app: Flask, topics: bool) -> None:
    attempt = released(an_exam(feedback={"topics": topics}), wrong=3, points=2)
    visitor = candidate_of(app, attempt)
    page = visitor.get(f"/results/{attempt.id}").text
    assert "总分距及格线还差一些" in page
    assert ("先补下面的薄弱主题" in page) is topics
    assert ("练习后再参加下一次考试" in page) is not topics
    assert "知识点需要加强" not in visitor.get("/").text


def test_where_no_examiner_reads_it_a_result_waits_for_release(app: Flask, clock: SettableClock) -> None:
    attempt = an_exam(written_count=0).sit()
    visitor = candidate_of(app, attempt)
    page = visitor.get(f"/results/{attempt.id}").text
    assert "待发布" in page and "成绩由培训师核对后公布" in page
    assert "考官" not in page
    clock.moment = MONDAY + timedelta(days=5)
    assert "考官" not in visitor.get(f"/results/{attempt.id}").text


def test_no_key_guide_or_rationale_ever_reaches_a_candidate(app: Flask) -> None:
    shows_all = {"own_answers": True, "comments": True, "right_answers": True}
    exam = an_exam(feedback=shows_all)
    attempt = released(exam, wrong=1)
    visitor = candidate_of(app, attempt)
    for path in ("/results", f"/results/{attempt.id}", f"/results/{attempt.id}/appeal", "/"):
        reply = visitor.get(path)
        assert reply.status_code == 200, path
        assert SENTINEL not in reply.text, path
        assert "先评考官" not in reply.text, path


def test_a_foreign_result_is_not_there(app: Flask) -> None:
    exam = an_exam()
    attempt = released(exam)
    other = Visitor(app).sign_in(exam.a_candidate())
    assert other.get(f"/results/{attempt.id}").status_code == 404
    assert other.get(f"/results/{attempt.id}/appeal").status_code == 404
    assert other.post(f"/results/{attempt.id}/appeal", {"position": "0", "reason": "x"}).status_code == 404
    assert other.get("/results/999999").status_code == 404
    trainer = Visitor(app).sign_in(exam.trainer)
    assert trainer.get(f"/results/{attempt.id}").status_code == 403


def test_a_trainer_of_the_cohort_releases_singly_and_all_at_once(app: Flask) -> None:
    exam = an_exam()
    first, second = sat_and_marked(exam), sat_and_marked(exam)
    trainer = Visitor(app).sign_in(exam.trainer)
    assert "待发布" in trainer.get("/sittings/results").text
    address = f"/sittings/{exam.sitting.id}/results"
    assert trainer.get(address).status_code == 200
    trainer.post(f"{address}/release", {"attempt": str(first.id)})
    states = {a.id: a.state for a in db.session.query(Attempt)}
    assert states == {first.id: "released", second.id: "marked"}
    trainer.post(f"{address}/release", {"all": "1"})
    trainer.post(f"{address}/release", {"all": "1"})
    assert {a.state for a in db.session.query(Attempt)} == {"released"}
    assert db.session.query(Result).filter(Result.released_by == exam.trainer.id).count() == 2


def test_another_cohorts_trainer_sees_no_results(app: Flask) -> None:
    exam = an_exam()
    attempt = sat_and_marked(exam)
    stranger = Visitor(app).sign_in(a_person(Role.TRAINER))
    address = f"/sittings/{exam.sitting.id}/results"
    for path in (address, f"{address}.csv", f"{address}.xlsx", f"{address}/{attempt.id}/void"):
        assert stranger.get(path).status_code == 404, path
    assert stranger.post(f"{address}/release", {"all": "1"}).status_code == 404
    assert stranger.post(f"{address}/{attempt.id}/void", {"reason": "x"}).status_code == 404
    assert "没有交卷" in stranger.get("/sittings/results").text


def test_overdue_results_are_shown_to_both(app: Flask, clock: SettableClock) -> None:
    exam = an_exam()
    attempt = sat_and_marked(exam)
    clock.moment = MONDAY + timedelta(days=5)
    assert "已超期" in Visitor(app).sign_in(exam.trainer).get(f"/sittings/{exam.sitting.id}/results").text
    assert "现已超期" in candidate_of(app, attempt).get(f"/results/{attempt.id}").text


def test_exports_hold_no_formulas(app: Flask) -> None:
    exam = an_exam()
    sat_and_marked(exam, candidate=exam.a_candidate(name="=HYPERLINK(1)"), wrong=1)
    trainer = Visitor(app).sign_in(exam.trainer)
    text = trainer.get(f"/sittings/{exam.sitting.id}/results.csv").get_data().decode("utf-8-sig")
    heading, row = list(csv.reader(io.StringIO(text)))
    assert heading[:3] == ["工号", "姓名", "候选号"]
    assert row[1] == "'=HYPERLINK(1)"
    assert row[heading.index("总分")] == "86"
    reply = trainer.get(f"/sittings/{exam.sitting.id}/results.xlsx")
    sheet = load_workbook(io.BytesIO(reply.get_data())).active
    assert sheet is not None
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    assert "'=HYPERLINK(1)" in [cell.value for cell in sheet[2]]


# ---- two persons --------------------------------------------------------------------------------------------------


def the_proposal(visitor: Visitor) -> str:
    found = re.search(r'href="(/proposals/\d+)"', visitor.get("/proposals").text)
    assert found
    return found.group(1)


def test_voiding_is_proposed_by_one_and_confirmed_by_another(app: Flask) -> None:
    exam = an_exam()
    attempt = released(exam)
    trainer = Visitor(app).sign_in(exam.trainer)
    address = f"/sittings/{exam.sitting.id}/results/{attempt.id}/void"
    assert trainer.get(address).status_code == 200
    assert trainer.post(address, {"reason": " "}).status_code == 422
    assert trainer.post(address, {"reason": "替考"}).status_code == 302
    again = trainer.post(address, {"reason": "替考，有录像"})
    assert again.status_code == 409
    assert "已在等待确认" in again.text
    proposal = the_proposal(trainer)
    trainer.post(f"{proposal}/confirm", {})
    assert db.session.get_one(Attempt, attempt.id, populate_existing=True).state == "released"
    other = Visitor(app).sign_in(an_examiner())
    assert "替考" in other.get(proposal).text
    assert other.post(f"{proposal}/confirm", {}).status_code == 302
    assert other.post(f"{proposal}/confirm", {}).status_code == 303
    assert db.session.get_one(Attempt, attempt.id, populate_existing=True).state == "void"
    assert "作废" in candidate_of(app, attempt).get(f"/results/{attempt.id}").text


def test_a_proposal_can_be_refused(app: Flask) -> None:
    exam = an_exam()
    attempt = released(exam)
    trainer = Visitor(app).sign_in(exam.trainer)
    trainer.get("/proposals")
    trainer.post(f"/sittings/{exam.sitting.id}/results/{attempt.id}/void", {"reason": "替考"})
    other = Visitor(app).sign_in(an_examiner())
    other.post(f"{the_proposal(other)}/refuse", {"reason": "理由不足"})
    assert db.session.get_one(Attempt, attempt.id, populate_existing=True).state == "released"
    assert "已驳回" in other.get("/proposals").text


def test_a_wrong_key_is_tried_proposed_confirmed_and_seen_by_the_candidate(app: Flask) -> None:
    exam = an_exam()
    attempt = released(exam, wrong=3)
    version = version_of("BUS-0")
    trainer = Visitor(app).sign_in(exam.trainer)
    assert "第 1 版" in trainer.get("/regrades", query_string={"code": "bus-0"}).text
    assert "没有编号为" in trainer.get("/regrades", query_string={"code": "NO-1"}).text
    address = f"/regrades/versions/{version}"
    assert trainer.get(address).status_code == 200
    assert trainer.post(address, {"treatment": "key", "single": "B", "reason": ""}).status_code == 422
    assert trainer.post(address, {"treatment": "key", "single": "Z", "reason": "录错"}).status_code == 422
    dry = trainer.post(address, {"treatment": "key", "single": "B", "reason": "录错"})
    assert dry.status_code == 200
    assert attempt.candidate_number in dry.text
    assert "0 → 2" in dry.text
    assert db.session.query(Result).count() == 1, "a dry run writes nothing"
    sent = {"treatment": "key", "key": '{"key": "B"}', "reason": "录错"}
    reply = trainer.post(f"{address}/propose", sent)
    assert re.fullmatch(r"/proposals/\d+", reply.headers["Location"])
    second = Visitor(app).sign_in(a_person(Role.TRAINER))
    assert re.search(r'<td class="number"[^>]*>BUS-0 <span class="quiet">第 1 版</span>', second.get("/proposals").text)
    page = second.get(reply.headers["Location"])
    assert "0 → 2" in page.text
    second.post(f"{reply.headers['Location']}/confirm", {})
    assert shares_of(attempt.id)[position_of(attempt.id, "BUS-0")] == 1
    assert "成绩已重新计算" in candidate_of(app, attempt).get(f"/results/{attempt.id}").text
    again = trainer.post(f"{address}/propose", sent)
    assert again.headers["Location"] == address
    assert db.session.query(Result).count() == 2


def test_a_dry_run_says_whose_results_a_second_examiner_marks_first(app: Flask) -> None:
    exam = an_exam(near_pass=5)
    near, examiner = exam.sit(cases=("甲", "乙"), wrong=1), an_examiner()  # 40 + 30 + 26 less 10, then less 10 more
    mark_next(examiner, 8)
    mark_next(examiner, 8)
    trainer = Visitor(app).sign_in(exam.trainer)
    address = f"/regrades/versions/{version_of('BUS-1')}"
    trainer.get(address)
    dry = trainer.post(address, {"treatment": "key", "single": "B", "reason": "录错"})
    assert "1 份尚未发布的成绩更正后临近及格线" in dry.text
    assert re.search(rf"{near.candidate_number}</th>.*转双评", dry.text, re.DOTALL)
    far = trainer.post(address, {"treatment": "everyone", "reason": "题目有误"})
    assert "临近及格线" not in far.text


def test_a_forged_correction_is_refused(app: Flask) -> None:
    an_exam()
    trainer = Visitor(app).sign_in(a_person(Role.TRAINER))
    trainer.get("/regrades")
    address = f"/regrades/versions/{version_of('BUS-0')}/propose"
    for key in ('{"stem": {"zh": "改题"}}', "[]x", '{"key": 5}', '{"key": "Z"}'):
        reply = trainer.post(address, {"treatment": "key", "key": key, "reason": "x"})
        assert reply.status_code == 400, key
    assert trainer.post(address, {"treatment": "nonsense", "key": "{}", "reason": "x"}).status_code == 400
    assert trainer.get(f"/regrades/versions/{version_of('WRI-0')}").status_code == 404
    assert trainer.get("/regrades/versions/424242").status_code == 404
    assert Visitor(app).sign_in(an_examiner()).get("/regrades").status_code == 403


# ---- appeals ------------------------------------------------------------------------------------------------------


def appeal(app: Flask, attempt: Attempt, position: int = 9) -> int:
    visitor = candidate_of(app, attempt)
    visitor.get(f"/results/{attempt.id}/appeal")
    data = {"position": str(position), "reason": "我写了先安抚"}
    reply = visitor.post(f"/results/{attempt.id}/appeal", data)
    assert reply.status_code == 302
    assert "处理中" in visitor.get(f"/results/{attempt.id}").text
    return int(db.session.query(Appeal).one().id)


def marks_for(position: int, points: tuple[int, int, int]) -> dict[str, str]:
    names = ("empathy", "feasible", "compliant")
    return {f"{position}-{name}": str(given) for name, given in zip(names, points, strict=True)}


def test_an_upheld_appeal_needs_fresh_marks_and_a_second_person(app: Flask) -> None:
    exam = an_exam()
    attempt = released(exam, points=2)
    number = appeal(app, attempt)
    first_marker = db.session.query(Person).filter_by(name="先评考官").one()
    assert "没有待处理的申诉" in Visitor(app).sign_in(first_marker).get("/appeals").text
    fresh = Visitor(app).sign_in(an_examiner("复核"))
    assert attempt.candidate_number in fresh.get("/appeals").text
    assert fresh.get(f"/appeals/{number}").status_code == 404, "not taken yet"
    fresh.post(f"/appeals/{number}/take", {})
    late = Visitor(app).sign_in(an_examiner("晚一步"))
    late.get("/appeals")
    late.post(f"/appeals/{number}/take", {})
    assert late.get(f"/appeals/{number}").status_code == 404, "another's"
    page = fresh.get(f"/appeals/{number}").text
    assert "第 1 评" not in page, "others' marks only after one's own"
    assert attempt.person.name not in page
    assert fresh.post(f"/appeals/{number}/marks", {"9-empathy": "3"}).status_code == 422
    early = {"verdict": "upheld", "answer": "成立"}
    assert fresh.post(f"/appeals/{number}/decide", early).status_code == 422
    assert fresh.post(f"/appeals/{number}/marks", marks_for(9, (3, 4, 2))).status_code == 302
    assert "第 1 评" in fresh.get(f"/appeals/{number}").text
    decided = fresh.post(f"/appeals/{number}/decide", {"verdict": "upheld", "answer": "共情应得满分"})
    assert decided.status_code == 302
    candidate = candidate_of(app, attempt)
    assert "共情应得满分" not in candidate.get(f"/results/{attempt.id}").text, "not before it is confirmed"
    proposal = the_proposal(fresh)
    fresh.post(f"{proposal}/confirm", {})
    assert db.session.query(Appeal).one().state == "open"
    late.post(f"{proposal}/confirm", {})
    db.session.expire_all()
    assert db.session.query(Appeal).one().state == "upheld"
    assert shares_of(attempt.id)[9] * 10 == 9
    newest = db.session.query(Result).order_by(Result.revision.desc()).first()
    assert newest
    assert (newest.revision, newest.cause) == (2, "appeal")
    page = candidate.get(f"/results/{attempt.id}").text
    assert "共情应得满分" in page
    assert "申诉成立，成绩已更正" in page


def test_a_rejected_appeal_is_answered_and_changes_nothing(app: Flask) -> None:
    exam = an_exam()
    attempt = released(exam, points=8)
    number = appeal(app, attempt, position=0)
    fresh = Visitor(app).sign_in(an_examiner())
    fresh.get("/appeals")
    fresh.post(f"/appeals/{number}/take", {})
    fresh.post(f"/appeals/{number}/marks", {**marks_for(9, (1, 1, 1)), **marks_for(10, (3, 4, 3))})
    reply = fresh.post(f"/appeals/{number}/decide", {"verdict": "rejected", "answer": "评分无误"})
    assert reply.status_code == 302
    page = candidate_of(app, attempt).get(f"/results/{attempt.id}").text
    assert "评分无误" in page
    assert db.session.query(Result).count() == 1
    twice = fresh.post(f"/appeals/{number}/decide", {"verdict": "upheld", "answer": "反悔"})
    assert twice.status_code == 409


def test_an_appeal_never_lowers_a_mark(app: Flask) -> None:
    exam = an_exam()
    attempt = released(exam, points=8)
    number = appeal(app, attempt, position=0)
    fresh = Visitor(app).sign_in(an_examiner())
    fresh.get("/appeals")
    fresh.post(f"/appeals/{number}/take", {})
    fresh.post(f"/appeals/{number}/marks", {**marks_for(9, (1, 1, 1)), **marks_for(10, (3, 4, 3))})
    fresh.post(f"/appeals/{number}/decide", {"verdict": "upheld", "answer": "第 10 题应更高"})
    second = Visitor(app).sign_in(an_examiner())
    second.post(f"{the_proposal(second)}/confirm", {})
    assert (shares_of(attempt.id)[9] * 10, shares_of(attempt.id)[10] * 10) == (8, 10)


def test_what_the_appeals_examiner_wrote_is_read_once_the_appeal_is_decided(app: Flask) -> None:
    attempt = released(an_exam(feedback={"comments": True}))
    number = appeal(app, attempt)
    fresh, visitor = Visitor(app).sign_in(an_examiner()), candidate_of(app, attempt)
    fresh.get("/appeals")
    fresh.post(f"/appeals/{number}/take", {})
    fresh.post(f"/appeals/{number}/marks", {**marks_for(9, (1, 1, 1)), "comment-9": "复核评语"})
    assert "复核评语" not in visitor.get(f"/results/{attempt.id}").text
    fresh.post(f"/appeals/{number}/decide", {"verdict": "rejected", "answer": "维持原分"})
    assert "复核评语" in visitor.get(f"/results/{attempt.id}").text


def test_a_refused_change_sends_the_appeal_back(app: Flask) -> None:
    exam = an_exam()
    attempt = released(exam, points=2)
    number = appeal(app, attempt)
    fresh = Visitor(app).sign_in(an_examiner())
    fresh.get("/appeals")
    fresh.post(f"/appeals/{number}/take", {})
    fresh.post(f"/appeals/{number}/marks", marks_for(9, (3, 4, 2)))
    fresh.post(f"/appeals/{number}/decide", {"verdict": "upheld", "answer": "成立"})
    second = Visitor(app).sign_in(an_examiner())
    second.post(f"{the_proposal(second)}/refuse", {"reason": "理由不足"})
    assert shares_of(attempt.id)[9] * 10 == 2
    reply = fresh.post(f"/appeals/{number}/decide", {"verdict": "rejected", "answer": "维持原分"})
    assert reply.status_code == 302
    assert "维持原分" in candidate_of(app, attempt).get(f"/results/{attempt.id}").text


def test_one_appeal_within_five_working_days(app: Flask, clock: SettableClock) -> None:
    exam = an_exam()
    attempt = released(exam)
    visitor = candidate_of(app, attempt)
    address = f"/results/{attempt.id}/appeal"
    assert visitor.get(address).status_code == 200
    assert visitor.post(address, {"position": "77", "reason": "x"}).status_code == 422
    assert visitor.post(address, {"position": "0", "reason": "  "}).status_code == 422
    clock.moment = LATER + timedelta(days=8)  # Tuesday of the week after: the fifth working day was Monday
    assert visitor.get(address).status_code == 302
    visitor.post(address, {"position": "0", "reason": "晚了"})
    assert db.session.query(Appeal).count() == 0
    clock.moment = LATER + timedelta(days=7)
    for _ in range(2):
        visitor.post(address, {"position": "0", "reason": "及时"})
    assert db.session.query(Appeal).count() == 1


def test_an_appeal_about_an_objective_question_shows_its_key_to_the_examiner(app: Flask) -> None:
    exam = an_exam()
    attempt = released(exam, wrong=1)
    number = appeal(app, attempt, position=position_of(attempt.id, "BUS-0"))
    fresh = Visitor(app).sign_in(an_examiner())
    fresh.get("/appeals")
    fresh.post(f"/appeals/{number}/take", {})
    page = fresh.get(f"/appeals/{number}").text
    assert "正确答案" in page
    assert "选项A" in page
    fresh.post(f"/appeals/{number}/decide", {"verdict": "upheld", "answer": "已转培训师更正答案"})
    assert "已转培训师更正答案" in candidate_of(app, attempt).get(f"/results/{attempt.id}").text


def test_an_appeal_can_be_left_to_another(app: Flask) -> None:
    exam = an_exam()
    number = appeal(app, released(exam))
    first, second = Visitor(app).sign_in(an_examiner("甲")), Visitor(app).sign_in(an_examiner("乙"))
    for visitor in (first, second):
        visitor.get("/appeals")
    first.post(f"/appeals/{number}/take", {})
    first.post(f"/appeals/{number}/put-back", {})
    assert second.post(f"/appeals/{number}/take", {}).status_code == 302
    assert first.get(f"/appeals/{number}").status_code == 404
