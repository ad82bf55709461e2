"""Importing people through real requests: preview, commit, all or nothing, and back again."""

import csv
import io
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms.domain.people import Role
from lms.extensions import db
from lms.models.people import Person
from lms.services import audit, cohorts
from lms.services.people_import import read_site
from tests.browser_like import PASSWORD, Visitor
from tests.conftest import MONDAY
from tests.factories import a_person

NEW = "工号,姓名,角色,直属主管,批次\nＮ9,新人甲,,l8,2026-A\nl8,新主管,直属主管,,\n"


@pytest.fixture
def administrator(app: Flask) -> Person:
    cohorts.create_cohort(None, MONDAY, "2026-a", "一班")
    return a_person(Role.ADMINISTRATOR, name="管理员", number="admin")


@pytest.fixture
def desk(visitor: Visitor, administrator: Person) -> Visitor:
    return visitor.sign_in(administrator)


def upload(desk: Visitor, content: str | bytes, name: str = "people.csv") -> TestResponse:
    body = content.encode() if isinstance(content, str) else content
    return desk.post("/people/transfer/preview", {"file": (io.BytesIO(body), name)}, content_type="multipart/form-data")


def signed(page: TestResponse, field: str = "preview") -> str:
    found = re.search(rf'name="{field}"[^>]*value="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


def commit(desk: Visitor, page: TestResponse, **more: Any) -> TestResponse:
    return desk.post("/people/transfer/commit", {"preview": signed(page), **more})


def test_a_preview_saves_nothing_and_the_commit_does_what_it_showed(app: Flask, desk: Visitor) -> None:
    page = upload(desk, NEW)
    assert page.status_code == 200
    assert "新人甲" in page.text
    assert "n9" not in read_site().people
    done = commit(desk, page)
    assert done.status_code == 200
    site = read_site().people
    assert (site["n9"].leader, site["n9"].cohorts) == ("l8", {"2026-a"})
    password = re.search(r"n9</td><td[^>]*>([^<]+)<", done.text)
    assert password
    other = Visitor(app)
    assert other.post("/login", {"number": "n9", "password": password.group(1)}).status_code == 302
    assert other.get("/").headers["Location"] == "/account"
    listed = desk.post("/people/transfer/passwords.csv", {"passwords": signed(done, "passwords")})
    assert password.group(1) in listed.data.decode("utf-8-sig")
    assert audit.verify().fault is None
    assert len(audit.entries(action="person.created")) == 3


def test_a_page_that_answers_a_form_offers_no_other_language(desk: Visitor) -> None:
    """The choice leads to an address and so away: a preview would lose its file, and the passwords would be gone."""
    choice = 'action="/language"'
    assert choice in desk.get("/people/transfer").text
    page = upload(desk, NEW)
    assert choice not in page.text
    assert choice not in commit(desk, page).text
    alone = desk.post("/people/new", {"number": "n77", "name": "新人丁", "roles": ["new_hire"], "leader": "0"})
    assert choice not in alone.text


def test_whom_the_sign_in_refuses_may_still_change_the_language(visitor: Visitor) -> None:
    refused = visitor.post("/login", {"number": "nobody", "password": "wrong"})
    assert (refused.status_code, 'action="/language"' in refused.text) == (422, True)


def test_the_same_preview_twice_imports_once(desk: Visitor) -> None:
    page = upload(desk, NEW)
    assert commit(desk, page).status_code == 200
    again = commit(desk, page)
    assert again.status_code == 409
    assert "没有导入" in again.text
    assert len(audit.entries(action="people.imported")) == 1


def test_what_changed_since_the_preview_is_shown_anew_and_nothing_is_done(desk: Visitor) -> None:
    page = upload(desk, NEW)
    a_person(number="n9", name="别人")
    assert commit(desk, page).status_code == 409
    assert "l8" not in read_site().people


def test_wrong_rows_are_named_and_the_others_go_in(desk: Visitor) -> None:
    page = upload(desk, "number,name,role\nn1,甲,king\nn2,乙,trainer\n!,丙,\n")
    for text in ("没有这个角色", "king", "不是有效的工号", "跳过有误的行"):
        assert text in page.text
    commit(desk, page)
    assert "n2" in read_site().people
    assert "n1" not in read_site().people


def test_absent_people_stay_unless_ticked(app: Flask, desk: Visitor) -> None:
    stays, goes = a_person(name="留下", number="s1"), a_person(name="离开", number="s2")
    browser = Visitor(app).sign_in(goes)
    page = upload(desk, NEW)
    assert "文件中没有的在职人员（2 人）" in page.text
    commit(desk, page, leavers=["s2"])
    site = read_site().people
    assert (site["s1"].active, site["s2"].active) == (True, False)
    assert browser.get("/").status_code == 302
    assert Visitor(app).post("/login", {"number": stays.number, "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("who", ["admin", "n9", "nobody"])
def test_only_those_listed_as_absent_can_be_ticked(desk: Visitor, who: str) -> None:
    assert commit(desk, upload(desk, NEW), leavers=[who]).status_code == 409
    assert "n9" not in read_site().people


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_read_back_changes_nothing(app: Flask, administrator: Person, ending: str, language: str) -> None:
    desk = Visitor(app, language).sign_in(administrator)
    leader = a_person(Role.TEAM_LEADER, Role.TRAINER, name="=1+1", number="00123")
    a_person(Role.NEW_HIRE, Role.EXAMINER, name="@SUM(A1)", number="x1", leader=leader)
    a_person(name="'+俊", number="x.2")
    cohorts.add_members(administrator.id, MONDAY, 1, "trainee", ["x.2"])
    reply = desk.get(f"/people/transfer/export.{ending}")
    assert reply.headers["Content-Disposition"].startswith("attachment")
    page = upload(desk, reply.data, f"people.{ending}")
    assert page.status_code == 200
    figures = re.findall(r'<b class="figure">(\d+)</b>', page.text)
    assert figures == ["0", "0", "4", "0", "0"]


def test_no_cell_of_an_export_starts_a_formula(desk: Visitor) -> None:
    for name in ("=HYPERLINK(1)", "+1", "-1", "@x", "＝1"):
        a_person(name=name)
    text = desk.get("/people/transfer/export.csv").data.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\0", "＝"))]


def test_the_template_is_read_as_an_empty_table(desk: Visitor) -> None:
    for ending in ("csv", "xlsx"):
        page = upload(desk, desk.get(f"/people/transfer/template.{ending}").data)
        assert page.status_code == 422
        assert "文件里没有人员" in page.text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "请选择"),
        (b"PK\x03\x04", "工作簿已损坏"),
        (b"name\nx\n", "缺少"),
        (b"\xff\xff", "无法识别"),
        (b"x" * 2_200_000, "文件过大"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_at_the_field(desk: Visitor, content: bytes, said: str) -> None:
    page = upload(desk, content)
    assert page.status_code == 422
    assert said in page.text


def test_a_forged_preview_is_refused(app: Flask, desk: Visitor) -> None:
    page = upload(desk, NEW)
    for forged in ("", "x.y.z", signed(page)[:-3] + "abc"):
        assert desk.post("/people/transfer/commit", {"preview": forged}).status_code == 422
    other = Visitor(app).sign_in(a_person(Role.ADMINISTRATOR))
    assert other.post("/people/transfer/commit", {"preview": signed(page)}).status_code == 422
    assert desk.post("/people/transfer/passwords.csv", {"passwords": signed(page)}).status_code == 400
    assert "n9" not in read_site().people


def test_many_people_go_in_at_once(desk: Visitor) -> None:
    rows = "\n".join(f"m{n:05},学员{n},,," for n in range(2000))
    page = upload(desk, "工号,姓名,角色,直属主管,批次\n" + rows)
    assert commit(desk, page).status_code == 200
    assert db.session.query(Person).count() == 2001
    assert audit.verify().fault is None


def test_a_crowd_s_markup_stays_text(desk: Visitor) -> None:
    page = upload(desk, "工号,姓名,角色\nn1,<script>alert(1)</script>,<img src=x onerror=alert(1)>\n")
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
