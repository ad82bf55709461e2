"""The administrator's pages of people, through real requests."""

import re

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.extensions import db
from lms.models.people import Person
from lms.services import audit
from lms.services.people_list import list_people
from tests.browser_like import PASSWORD, Visitor
from tests.factories import a_person


@pytest.fixture
def administrator(app: Flask) -> Person:
    return a_person(Role.ADMINISTRATOR, name="管理员")


@pytest.fixture
def desk(visitor: Visitor, administrator: Person) -> Visitor:
    return visitor.sign_in(administrator)


def secret_on(page: str) -> str:
    found = re.search(r'id="secret"[^>]*>([^<]+)<', page)
    assert found, "no password on the page"
    return found.group(1)


def roles_of(person: Person) -> set[str]:
    db.session.expire_all()
    return {held.role for held in db.session.get_one(Person, person.id).roles}


@pytest.mark.parametrize("query", ["张晓", "zhangxiao", "zx", "Ｚhang xiao", "N77", "ｎ77"])
def test_a_person_is_found_by_name_pinyin_initials_and_number(desk: Visitor, query: str) -> None:
    a_person(name="张晓", number="n77")
    a_person(name="李雷", number="x12")
    page = desk.get("/people", query_string={"q": query}).text
    assert "张晓" in page
    assert "李雷" not in page


def test_both_readings_of_a_surname_find(app: Flask) -> None:
    a_person(name="单晓", number="n78")
    found = [len(list_people(query).rows) for query in ("shanxiao", "danxiao", "sx", "dx", "%", "_")]
    assert found == [1, 1, 1, 1, 0, 0]


def test_filters_and_pages(desk: Visitor) -> None:
    for n in range(60):
        a_person(name=f"学员{n:02d}")
    a_person(Role.EXAMINER, name="考官甲")
    first = desk.get("/people")
    assert "共 62 人" in first.text
    assert 'rel="next"' in first.text
    assert "学员59" not in first.text
    assert "学员59" in desk.get("/people?page=2").text
    assert "共 1 人" in desk.get("/people?role=examiner").text
    assert desk.get("/people?page=-1&role=king&state=odd&q=%00").status_code == 200
    assert "没有符合条件的人员" in desk.get("/people?state=left").text


def test_a_created_person_signs_in_with_the_password_shown_and_must_change_it(app: Flask, desk: Visitor) -> None:
    leader = a_person(Role.TEAM_LEADER, name="王主管")
    form = {"number": " Ａ007 ", "name": " 赵 一 ", "roles": ["new_hire", "examiner"], "leader": str(leader.id)}
    reply = desk.post("/people/new", form)
    assert reply.status_code == 200
    person = db.session.query(Person).filter_by(number="a007").one()
    assert (person.name, person.leader_id) == ("赵 一", leader.id)
    assert {held.role for held in person.roles} == {"new_hire", "examiner"}
    other = Visitor(app)
    assert other.post("/login", {"number": "a007", "password": secret_on(reply.text)}).status_code == 302
    assert other.get("/").headers["Location"] == "/account"
    other.get("/account")
    changed = {"present": secret_on(reply.text), "wanted": "my-own-Pass-77", "again": "my-own-Pass-77"}
    assert other.post("/account/password", changed).status_code == 302
    assert other.get("/").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": "t t"}, "工号须为"),
        ({"number": ""}, "请输入工号"),
        ({"number": "taken"}, "已有人使用"),
        ({"name": " "}, "请输入姓名"),
        ({"name": "x\u202ey"}, "不可见的字符"),
        ({"name": "长" * 81}, "最多 80 个字"),
        ({"roles": []}, "请至少选择一个角色"),
        ({"roles": ["king"]}, "form"),
        ({"leader": "999999"}, "form"),
        ({"leader": "x"}, "form"),
    ],
)
def test_a_bad_form_is_told_at_its_field(desk: Visitor, wrong: dict[str, object], said: str) -> None:
    a_person(number="taken")
    before = db.session.query(Person).count()
    form = {"number": "n1234", "name": "赵一", "roles": ["new_hire"], "leader": "0", **wrong}
    reply = desk.post("/people/new", form)
    assert reply.status_code == 422
    assert said in reply.text
    assert db.session.query(Person).count() == before


def test_a_new_role_counts_at_the_next_request_and_is_audited(app: Flask, desk: Visitor) -> None:
    person = a_person(name="赵一")
    other = Visitor(app).sign_in(person)
    assert other.get("/cohorts").status_code == 403
    form = {"name": "赵一", "roles": ["trainer"], "leader": "0", "active": "y"}
    assert desk.post(f"/people/{person.id}", form).status_code == 302
    assert other.get("/cohorts").status_code == 200
    entry = audit.entries(action="person.changed", subject=f"person:{person.id}")[0]
    assert entry.details == {"roles": [["new_hire"], ["trainer"]]}


def test_a_leaver_is_signed_out_everywhere_and_cannot_come_back(app: Flask, desk: Visitor) -> None:
    person = a_person(name="赵一")
    browsers = [Visitor(app).sign_in(person) for _ in range(2)]
    assert desk.post(f"/people/{person.id}", {"name": "赵一", "roles": ["new_hire"], "leader": "0"}).status_code == 302
    assert [browser.get("/").status_code for browser in browsers] == [302, 302]
    assert Visitor(app).post("/login", {"number": person.number, "password": PASSWORD}).status_code == 422


@pytest.mark.parametrize("form", [{"roles": ["trainer"], "active": "y"}, {"roles": ["administrator"]}])
def test_nobody_takes_away_their_own_administration(
    desk: Visitor, administrator: Person, form: dict[str, object]
) -> None:
    reply = desk.post(f"/people/{administrator.id}", {"name": "管理员", "leader": "0", **form})
    assert reply.status_code == 422
    assert "请由另一位管理员操作" in reply.text
    assert roles_of(administrator) == {"administrator"}
    assert db.session.get_one(Person, administrator.id).active


def test_a_reset_ends_every_session_and_the_old_password(app: Flask, desk: Visitor) -> None:
    person = a_person(name="赵一")
    other = Visitor(app).sign_in(person)
    password = secret_on(desk.post(f"/people/{person.id}/password").text)
    assert other.get("/").status_code == 302
    assert Visitor(app).post("/login", {"number": person.number, "password": PASSWORD}).status_code == 422
    assert Visitor(app).post("/login", {"number": person.number, "password": password}).status_code == 302
    assert "一次性密码" not in desk.get(f"/people/{person.id}").text.split("<dialog")[0]
    assert password not in str([entry.details for entry in audit.entries()])


def test_ones_own_password_is_not_reset_here(desk: Visitor, administrator: Person) -> None:
    assert desk.post(f"/people/{administrator.id}/password").headers["Location"] == "/account"
    assert desk.get("/people").status_code == 200


def test_fields_that_no_form_has_change_nothing(desk: Visitor) -> None:
    person = a_person(name="赵一", number="n500")
    form = {"name": "赵一", "roles": ["new_hire"], "leader": "0", "active": "y", "number": "n501", "id": "1"}
    desk.post(f"/people/{person.id}", {**form, "password_hash": "x", "must_change_password": "y"})
    found = db.session.get_one(Person, person.id)
    assert (found.number, found.must_change_password) == ("n500", False)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_enter(app: Flask, role: Role) -> None:
    other = Visitor(app).sign_in(a_person(role))
    person = a_person()
    for path in ("/people", "/people/new", f"/people/{person.id}", "/people/transfer", "/calendar", "/audit"):
        assert other.get(path).status_code == 403, path
    for path in (f"/people/{person.id}/password", "/people/transfer/preview", "/calendar/year", "/audit/verify"):
        assert other.post(path).status_code == 403, path
    assert other.get("/people/transfer/export.csv").status_code == 403


def test_a_person_who_is_not_there_is_404(desk: Visitor) -> None:
    assert desk.get("/people/999999").status_code == 404
    assert desk.post("/people/999999", {}).status_code == 404
    assert desk.post("/people/999999/password").status_code == 404
