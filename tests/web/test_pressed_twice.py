"""Decisions about appeals and two-person deeds, pressed again: by a double click, a reload, or a page gone back to."""

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.clock import SettableClock
from lms.domain.people import Role
from lms.extensions import db
from lms.models.audit import AuditEntry, Proposal
from lms.models.exams import Attempt
from lms.models.marking import Appeal, Result
from tests.browser_like import Visitor
from tests.drill_room import a_drill_room
from tests.exam_factories import Exam, an_exam, an_examiner
from tests.factories import a_person
from tests.services.test_results import version_of
from tests.web.test_drill_sittings import Desk, runs_in
from tests.web.test_results import LATER, appeal, marks_for, released, the_proposal

UPHELD = {"verdict": "upheld", "answer": "共情应得满分"}
REJECTED = {"verdict": "rejected", "answer": "评分无误"}
REASON = {"reason": "证据不足"}  # of a refusal; who confirms sends none that counts


@pytest.fixture(autouse=True)
def _after_the_exam(clock: SettableClock) -> None:
    clock.moment = LATER


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def led_to(visitor: Visitor, reply: TestResponse, address: str) -> str:
    """The words of the page that a second press leads to."""
    assert (reply.status_code, reply.headers["Location"]) == (303, address)
    return words(visitor.get(address).text)


def notes(action: str) -> int:
    return db.session.query(AuditEntry).filter_by(action=action).count()


# ---- two-person deeds ---------------------------------------------------------------------------------------------


class Voiding:
    """A trainer's proposal to void an attempt, and two who may decide."""

    def __init__(self, app: Flask) -> None:
        self.exam: Exam = an_exam()
        self.attempt = released(self.exam)
        self.trainer = Visitor(app).sign_in(self.exam.trainer)
        self.form = f"/sittings/{self.exam.sitting.id}/results/{self.attempt.id}/void"
        self.first, self.second = (Visitor(app).sign_in(an_examiner(name)) for name in ("甲考官", "乙考官"))

    def propose(self, reason: str = "替考", by: Visitor | None = None) -> TestResponse:
        visitor = by or self.trainer
        visitor.get("/proposals")
        return visitor.post(self.form, {"reason": reason})

    @property
    def address(self) -> str:
        return the_proposal(self.trainer)

    @property
    def state(self) -> str:
        return db.session.get_one(Attempt, self.attempt.id, populate_existing=True).state


@pytest.fixture
def voiding(app: Flask) -> Voiding:
    made = Voiding(app)
    assert made.propose().status_code == 302
    return made


@pytest.mark.parametrize(("deed", "state"), [("confirm", "已确认"), ("refuse", "已驳回")], ids=["confirm", "refuse"])
def test_the_same_decision_again_shows_what_was_decided(voiding: Voiding, deed: str, state: str) -> None:
    address = voiding.address
    voiding.first.get(address)
    assert voiding.first.post(f"{address}/{deed}", REASON).headers["Location"] == "/proposals"
    voiding.first.get("/proposals")
    again = led_to(voiding.first, voiding.first.post(f"{address}/{deed}", REASON), address)
    assert "已经处理过了" in again and state in again
    assert notes("attempt.voided") == (deed == "confirm")


def test_what_another_decided_the_same_way_is_said(voiding: Voiding) -> None:
    address = voiding.address
    for visitor in (voiding.first, voiding.second):
        visitor.get(address)
    voiding.first.post(f"{address}/confirm", {})
    again = led_to(voiding.second, voiding.second.post(f"{address}/confirm", {}), address)
    assert "甲考官 已先作出同样的决定" in again


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("refuse", "confirm", "甲考官 已先驳回，您的“确认”没有生效"),
        ("confirm", "refuse", "甲考官 已先确认，您的“驳回”没有生效"),
    ],
    ids=["refused-first", "confirmed-first"],
)
def test_what_another_decided_otherwise_is_a_conflict(voiding: Voiding, first: str, then: str, said: str) -> None:
    address = voiding.address
    for visitor in (voiding.first, voiding.second):
        visitor.get(address)
    voiding.first.post(f"{address}/{first}", REASON)
    reply = voiding.second.post(f"{address}/{then}", REASON)
    assert reply.status_code == 409
    assert said in words(reply.text) and "替考" in reply.text
    assert ("证据不足</textarea>" in reply.text) == (then == "refuse"), "what was written stays"
    assert voiding.state == ("void" if first == "confirm" else "released")


def test_who_changes_their_mind_too_late_is_told(voiding: Voiding) -> None:
    address = voiding.address
    voiding.first.get(address)
    voiding.first.post(f"{address}/refuse", {"reason": "理由不足"})
    reply = voiding.first.post(f"{address}/confirm", {})
    assert reply.status_code == 409 and "您已驳回，不能再改" in words(reply.text)
    assert voiding.state == "released"


def test_a_proposal_made_again_is_one_proposal(voiding: Voiding) -> None:
    address = voiding.address
    assert "已经提出" in led_to(voiding.trainer, voiding.propose(), address)
    other = voiding.propose("缺考")
    assert other.status_code == 409
    assert "已在等待确认" in other.text and "缺考" in other.text, "what was written stays"
    assert db.session.query(Proposal).count() == 1


def test_a_proposal_made_again_once_it_is_confirmed(voiding: Voiding) -> None:
    voiding.first.get(voiding.address)
    voiding.first.post(f"{voiding.address}/confirm", {})
    again = voiding.propose()
    results = f"/sittings/{voiding.exam.sitting.id}/results"
    assert "已经作废" in led_to(voiding.trainer, again, results)
    assert db.session.query(Proposal).count() == 1


def test_a_correction_proposed_again_is_one_proposal(app: Flask) -> None:
    released(an_exam(), wrong=3)
    trainer = Visitor(app).sign_in(a_person(Role.TRAINER))
    trainer.get("/regrades")
    address = f"/regrades/versions/{version_of('BUS-0')}/propose"
    sent = {"treatment": "key", "key": '{"key": "B"}', "reason": "录错"}
    first = trainer.post(address, sent).headers["Location"]
    assert "已经提出" in led_to(trainer, trainer.post(address, sent), first)
    other = trainer.post(address, {**sent, "key": '{"key": "C"}'})
    assert other.status_code == 302 and "已在等待确认" in trainer.get(other.headers["Location"]).text
    assert db.session.query(Proposal).count() == 1


# ---- appeals against exams ----------------------------------------------------------------------------------------


class Contested:
    """An appeal that an examiner has taken and marked anew; ``points`` were given before."""

    def __init__(self, app: Flask, points: int, anew: tuple[int, int, int] = (3, 4, 2)) -> None:
        self.attempt = released(an_exam(), points=points)
        self.number = appeal(app, self.attempt)
        self.examiner = Visitor(app).sign_in(an_examiner("复核"))
        self.second = Visitor(app).sign_in(an_examiner("第二人"))
        self.address = f"/appeals/{self.number}"
        self.examiner.get("/appeals")
        self.examiner.post(f"{self.address}/take", {})
        self.examiner.post(f"{self.address}/marks", marks_for(9, anew))

    def asked(self) -> dict[str, str]:
        """The hidden field of the form as it stands now."""
        found = re.search(r'name="asked"[^>]*value="(\d+)"', self.examiner.get(self.address).text)
        assert found
        return {"asked": found[1]}

    def decide(self, sent: dict[str, str]) -> TestResponse:
        return self.examiner.post(f"{self.address}/decide", sent)

    def second_person(self, deed: str) -> None:
        proposal = the_proposal(self.second)
        assert self.second.post(f"{proposal}/{deed}", REASON).status_code == 302


def test_the_same_answer_again_shows_the_answer(app: Flask) -> None:
    contested = Contested(app, points=8, anew=(1, 1, 1))
    sent = {**REJECTED, **contested.asked()}
    assert contested.decide(sent).headers["Location"] == "/appeals"
    contested.examiner.get("/appeals")
    again = led_to(contested.examiner, contested.decide(sent), contested.address)
    assert "已经处理过了" in again and "评分无误" in again
    assert notes("appeal.answered") == 1


def test_another_answer_than_was_given_is_a_conflict_and_keeps_what_was_written(app: Flask) -> None:
    contested = Contested(app, points=8, anew=(1, 1, 1))
    contested.decide(REJECTED)
    reply = contested.decide({"verdict": "upheld", "answer": "反悔"})
    assert reply.status_code == 409
    said = words(reply.text)
    assert "这项申诉已有结论" in said and "评分无误" in said and "反悔" in said
    assert db.session.query(Appeal).one().state == "rejected"


def test_upholding_again_while_the_second_person_is_awaited(app: Flask) -> None:
    contested = Contested(app, points=2)
    sent = {**UPHELD, **contested.asked()}
    assert contested.decide(sent).headers["Location"] == "/appeals"
    contested.examiner.get("/appeals")
    again = led_to(contested.examiner, contested.decide(sent), contested.address)
    assert "已经处理过了" in again and "等待另一人确认" in again
    other = contested.decide({**sent, "verdict": "rejected"})
    assert other.status_code == 409 and "共情应得满分" in other.text
    assert db.session.query(Proposal).count() == 1


def test_upholding_again_once_it_is_confirmed(app: Flask) -> None:
    contested = Contested(app, points=2)
    sent = {**UPHELD, **contested.asked()}
    contested.decide(sent)
    contested.second_person("confirm")
    contested.examiner.get("/appeals")
    assert "已经处理过了" in led_to(contested.examiner, contested.decide(sent), contested.address)
    assert db.session.query(Result).count() == 2


def test_upholding_again_what_the_second_person_refused_is_a_conflict(app: Flask) -> None:
    contested = Contested(app, points=2)
    sent = {**UPHELD, **contested.asked()}
    contested.decide(sent)
    contested.second_person("refuse")
    reply = contested.decide(sent)
    assert reply.status_code == 409
    assert "第二人 已驳回" in words(reply.text) and "共情应得满分" in reply.text
    assert db.session.query(Proposal).count() == 1
    assert contested.decide({**UPHELD, **contested.asked()}).status_code == 302, "seen, and meant"
    assert db.session.query(Proposal).count() == 2


def test_taking_and_leaving_an_appeal_twice(app: Flask) -> None:
    number = appeal(app, released(an_exam()))
    examiner = Visitor(app).sign_in(an_examiner())
    examiner.get("/appeals")
    for _again in range(2):
        assert examiner.post(f"/appeals/{number}/take", {}).headers.get("Location") == f"/appeals/{number}"
    for _again in range(2):
        assert examiner.post(f"/appeals/{number}/put-back", {}).headers.get("Location") == "/appeals"
    assert (notes("appeal.taken"), notes("appeal.put-back")) == (1, 1)


def test_who_takes_an_appeal_second_is_told_so_and_led_back(app: Flask) -> None:
    number = appeal(app, released(an_exam()))
    first, second = (Visitor(app).sign_in(an_examiner(name)) for name in ("先到", "后到"))
    for one in (first, second):
        one.get("/appeals")
    first.post(f"/appeals/{number}/take", {})
    reply = second.post(f"/appeals/{number}/take", {})
    assert (reply.status_code, reply.headers["Location"]) == (302, "/appeals")
    assert "已由另一位考官受理" in second.get("/appeals").text


# ---- against drills -----------------------------------------------------------------------------------------------


def test_striking_errors_again(app: Flask) -> None:
    sitting, (person,), trainer = a_drill_room()
    desk = Desk(app, person, sitting)
    attempt_id = desk.start()
    desk.play_all(wrong=(1, 1))
    Visitor(app).sign_in(trainer).post(f"/sittings/{sitting.id}/results/release", {"all": "1"})
    desk.visitor.get(f"/results/{attempt_id}/appeal")
    desk.visitor.post(f"/results/{attempt_id}/appeal", {"position": "1", "reason": "题面有歧义"})
    number = db.session.query(Appeal.id).scalar()
    examiner, second = (Visitor(app).sign_in(an_examiner(name)) for name in ("复核", "第二人"))
    examiner.get("/appeals")
    examiner.post(f"/appeals/{number}/take", {})
    run_id = runs_in(attempt_id)[0].id
    key = re.search(rf'name="strike-{run_id}" value="([^"]+)"', examiner.get(f"/appeals/{number}").text)
    assert key
    why = f"why-{run_id}-{key[1]}"
    sent: dict[str, Any] = {f"strike-{run_id}": key[1], why: "没有说清日期", **UPHELD, "asked": "0"}
    assert examiner.post(f"/appeals/{number}/strikes", sent).status_code == 302

    def again() -> None:
        reply = examiner.post(f"/appeals/{number}/strikes", sent)
        assert "已经处理过了" in led_to(examiner, reply, f"/appeals/{number}")

    examiner.get("/appeals")
    again()
    other = examiner.post(f"/appeals/{number}/strikes", {**sent, why: "另一个理由"})
    assert other.status_code == 409 and "另一个理由" in other.text
    second.post(f"{the_proposal(second)}/confirm", {})
    again()
