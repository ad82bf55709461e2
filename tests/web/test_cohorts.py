"""Cohorts through real requests."""

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.models.people import Person
from lms.services import audit, cohorts
from lms.services.cohorts import CohortDetail
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.factories import a_person


@pytest.fixture
def trainer(app: Flask) -> Person:
    return a_person(Role.TRAINER, name="周敏", number="t1")


@pytest.fixture
def desk(visitor: Visitor, trainer: Person) -> Visitor:
    return visitor.sign_in(trainer)


@pytest.fixture
def cohort_id(trainer: Person) -> int:
    return cohorts.create_cohort(trainer.id, MONDAY, "2026-a", "一班")


def detail(cohort_id: int) -> CohortDetail:
    found = cohorts.cohort_detail(cohort_id)
    assert found
    return found


def test_a_trainer_makes_a_cohort(desk: Visitor) -> None:
    assert "还没有批次" in desk.get("/cohorts").text
    reply = desk.post("/cohorts/new", {"code": "２０２６-B", "name": "二班", "starts_on": "2026-03-16"})
    assert reply.status_code == 302
    assert "您是它的培训师" in desk.get(reply.headers["Location"]).text
    page = desk.get("/cohorts").text
    assert "2026-b" in page
    assert "二班" in page


def test_who_makes_a_cohort_trains_it(trainer: Person, cohort_id: int) -> None:
    assert [member.number for member in detail(cohort_id).trainers] == [trainer.number]


def test_an_administrator_who_is_no_trainer_is_told_to_add_one(app: Flask) -> None:
    desk = Visitor(app).sign_in(a_person(Role.ADMINISTRATOR))
    reply = desk.post("/cohorts/new", {"code": "c9", "name": "九班"})
    page = desk.get(reply.headers["Location"]).text
    assert "没有培训师，成绩无人发布" in page
    assert "还没有培训师：本批次的成绩无人能查看和发布。" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": "a b"}, "编号须为"),
        ({"code": "2026-A"}, "已被使用"),
        ({"name": ""}, "请输入名称"),
        ({"starts_on": "x"}, "starts_on-errors"),
    ],
)
def test_a_bad_cohort_is_told_at_its_field(desk: Visitor, cohort_id: int, wrong: dict[str, str], said: str) -> None:
    reply = desk.post("/cohorts/new", {"code": "c1", "name": "二班", **wrong})
    assert reply.status_code == 422
    assert said in reply.text


def test_people_are_added_by_number_and_twice_is_once(desk: Visitor, cohort_id: int) -> None:
    a_person(number="n1", name="甲")
    a_person(number="n2", name="乙")
    for numbers in ("n1，Ｎ2\n", "n2 n1"):
        form = {"trainee-part": "trainee", "trainee-numbers": numbers}
        assert desk.post(f"/cohorts/{cohort_id}/members", form).status_code == 302
    assert [member.number for member in detail(cohort_id).trainees] == ["n1", "n2"]
    assert [entry.action for entry in audit.entries(subject=f"cohort:{cohort_id}")] == [
        "cohort.members-added", "cohort.members-added", "cohort.created",
    ]  # fmt: skip


def test_one_wrong_number_and_nobody_is_added(desk: Visitor, cohort_id: int) -> None:
    a_person(number="n1")
    a_person(Role.EXAMINER, number="e1")
    form = {"trainee-part": "trainee", "trainee-numbers": "n1 e1 zz <b>"}
    reply = desk.post(f"/cohorts/{cohort_id}/members", form)
    assert reply.status_code == 422
    for text in ("zz：没有这个工号", "e1：此人没有相应的角色", "&lt;b&gt;：没有"):
        assert text in reply.text
    assert detail(cohort_id).trainees == ()


def test_nobody_trains_themselves(desk: Visitor, cohort_id: int) -> None:
    a_person(Role.TRAINER, Role.NEW_HIRE, number="b1")
    desk.post(f"/cohorts/{cohort_id}/members", {"trainer-part": "trainer", "trainer-numbers": "b1"})
    form = {"trainee-part": "trainee", "trainee-numbers": "b1"}
    assert desk.post(f"/cohorts/{cohort_id}/members", form).status_code == 422
    found = detail(cohort_id)
    assert ([m.number for m in found.trainers], found.trainees) == (["b1", "t1"], ())


def test_a_member_is_removed_once(desk: Visitor, cohort_id: int) -> None:
    person = a_person(number="n1")
    cohorts.add_members(None, MONDAY, cohort_id, "trainee", ["n1"])
    path = f"/cohorts/{cohort_id}/members/{person.id}/remove"
    assert desk.post(path).status_code == 302
    assert desk.post(path).status_code == 404
    assert detail(cohort_id).trainees == ()


def test_a_name_and_a_date_are_changed(desk: Visitor, cohort_id: int) -> None:
    assert desk.post(f"/cohorts/{cohort_id}", {"name": "新班", "starts_on": ""}).status_code == 302
    assert (detail(cohort_id).name, detail(cohort_id).code) == ("新班", "2026-a")
    assert desk.post(f"/cohorts/{cohort_id}", {"name": " "}).status_code == 422


def test_unknown_cohorts_are_404_and_others_stay_outside(app: Flask, desk: Visitor, cohort_id: int) -> None:
    for path in ("/cohorts/999", "/cohorts/999/members", "/cohorts/999/members/1/remove"):
        assert desk.post(path, {}).status_code == 404
    for role in (Role.NEW_HIRE, Role.EXAMINER, Role.TEAM_LEADER):
        other = Visitor(app).sign_in(a_person(role))
        assert other.get(f"/cohorts/{cohort_id}").status_code == 403
        assert other.post(f"/cohorts/{cohort_id}/members").status_code == 403
