"""Role-play plans in the browser: every number a setting, errors at their fields, a sitting keeps its version."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.domain.people import Role
from lms.domain.plans import read_plan
from lms.domain.roleplay_plans import Customer, RolePlayPlan
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion
from lms.models.exams import Sitting
from lms.models.roleplays import Scenario
from lms.services import audit, call_attempts
from lms.services.llm import choice
from lms.web.roleplay_plan_forms import plan_form
from tests.browser_like import Visitor
from tests.call_sitting import a_call_sitting, roleplay_plans
from tests.exam_room import a_bank
from tests.factories import a_person


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def a_form(**changes: Any) -> dict[str, Any]:
    return {
        "base": "0", "code": "calls-mine", "title_zh": "我的通话", "title_en": "My calls", "certification": "y",
        "scenarios": ["angry-complaint", "unclear-charges", "new-product"], "count": "2", "minutes": "30",
        "customer": "examiner", "each": "2", "strict_at_least": "5", "total": "22", "double_share": "12.5",
        "near": "2", "wait_minutes": "15",
        **changes,
    }  # fmt: skip


@pytest.fixture
def trainer(app: Flask) -> Iterator[Visitor]:
    roleplay_plans()
    yield Visitor(app).sign_in(a_person(Role.TRAINER, name="培训师甲"))


def plan_id(code: str = "calls-mine") -> int:
    return db.session.execute(select(Blueprint.id).where(Blueprint.code == code)).scalar_one()


def newest(code: str = "calls-mine") -> tuple[int, RolePlayPlan]:
    db.session.expire_all()
    row = db.session.execute(select(Blueprint).where(Blueprint.code == code)).scalar_one()
    version = db.session.get_one(BlueprintVersion, row.newest_id)
    plan = read_plan(version.body)
    assert isinstance(plan, RolePlayPlan)
    return version.number, plan


def test_a_plan_is_made_and_edited_version_by_version(trainer: Visitor) -> None:
    assert trainer.post("/calls/plans/new", a_form()).status_code == 302
    number, plan = newest()
    assert (number, plan.count, plan.minutes, plan.customer, plan.certification) == (1, 2, 30, Customer.EXAMINER, True)
    assert plan.scenarios == ("angry-complaint", "unclear-charges", "new-product")
    assert (plan.passing.each, plan.passing.strict_at_least, plan.passing.total) == (2, 5, 22)
    assert plan.double_share * 8 == 1 and (plan.near, plan.wait_minutes) == (2, 15)
    at = f"/calls/plans/{plan_id()}"
    assert trainer.get(f"/blueprints/{plan_id()}").headers["Location"] == at
    page = trainer.get(at).text
    for said in ("合规维度不低于 5 级，其他维度不低于 2 级，合计不低于 22 / 30", "2 通全部合格才算通过", "calls-mine"):
        assert said in words(page)
    assert 'value="12.5"' in page and re.search(r"<input checked[^>]*value=\"examiner\"", page)
    assert len(re.findall(r"<input checked[^>]*name=\"scenarios\"", page)) == 3
    assert trainer.post(at, a_form(base="1", code="another", customer="scripted")).status_code == 302
    number, plan = newest()
    assert (number, plan.customer, plan.code) == (2, Customer.SCRIPTED, "calls-mine")
    stale = trainer.post(at, a_form(base="1", total="23"))
    assert stale.status_code == 409 and "培训师甲 在您编辑期间保存了第 2 版" in words(stale.text)
    assert 'value="23"' in stale.text and newest()[0] == 2
    trainer.post(at, a_form(base="2", customer="scripted"))
    assert "没有改动" in trainer.get(at).text and newest()[0] == 2
    told = [row.action for row in audit.entries(subject=f"blueprint:{plan_id()}", limit=9)]
    assert told == ["blueprint.saved", "blueprint.created"]
    assert "我的通话 calls-mine 模拟通话 认证" in words(trainer.get("/blueprints").text)


def test_saving_a_plan_that_was_only_looked_at_loses_nothing(app: Flask) -> None:
    """Whatever a file may say about a plan, the form keeps."""
    body = {
        "code": "whole", "title": {"zh": "整", "en": "Whole"}, "certification": True, "minutes": 77,
        "scenarios": ["unclear-charges", "angry-complaint"], "count": 2, "customer": "examiner", "wait_minutes": 7,
        "passing": {"each": 2, "strict": "emotion", "strict_at_least": 5, "total": 21},
        "double_share": "1/8", "near": 3,
    }  # fmt: skip
    plan = RolePlayPlan.model_validate(body)
    assert set(body) | {"kind"} == set(RolePlayPlan.model_fields), "name every field, with a value that is no default"
    with app.test_request_context():
        form = plan_form([(code, code) for code in plan.scenarios], plan, llm_is_on=False)
        assert RolePlayPlan.model_validate(form.plain()) == plan


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"scenarios": []}, "scenarios", "请至少选择一个情景"),
        ({"scenarios": ["angry-complaint", "no-such"]}, "scenarios", "没有启用的版本，请去掉：no-such"),
        ({"scenarios": ["angry-complaint"]}, "count", "通话数不能多于所选的情景数"),
        ({"count": "0"}, "count", "不能小于 1"),
        ({"count": "two"}, "count", "请填写整数"),
        ({"minutes": "19"}, "minutes", "每通至少 10 分钟"),
        ({"minutes": ""}, "minutes", "请填写"),
        ({"customer": "robot"}, "customer", "请选择客户由谁扮演"),
        ({"each": "6"}, "each", "不能大于 5"),
        ({"strict_at_least": "0"}, "strict_at_least", "不能小于 1"),
        ({"total": "31"}, "total", "合计不能超过 30"),
        ({"double_share": "101"}, "double_share", "不能大于 100%"),
        ({"near": "6"}, "near", "不能大于 5"),
        ({"near": "-1"}, "near", "不能小于 0"),
        ({"double_share": "some"}, "double_share", "请填写百分数"),
        ({"title_zh": "", "title_en": ""}, "title_zh", "请填写名称"),
        ({"code": "Calls!"}, "code", "小写字母"),
        ({"code": "roleplay-certification"}, "code", "代号已被使用"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(trainer: Visitor, changes: dict[str, Any], field: str, said: str) -> None:
    reply = trainer.post("/calls/plans/new", a_form(**changes))
    assert reply.status_code == 422
    at_field = re.search(rf'id="{field}-errors">(.*?)</div>', reply.text, re.DOTALL)
    assert at_field and said in words(at_field[1])
    assert db.session.query(Blueprint).filter_by(code="calls-mine").count() == 0


def test_a_retired_scenario_is_not_planned_with_again(trainer: Visitor) -> None:
    trainer.post("/calls/plans/new", a_form())
    row = db.session.execute(select(Scenario).where(Scenario.code == "new-product")).scalar_one()
    row.retired = True
    db.session.commit()
    at = f"/calls/plans/{plan_id()}"
    assert "new-product（没有启用的版本）" in words(trainer.get(at).text)
    assert "请去掉：new-product" in words(trainer.post(at, a_form(base="1", total="23")).text)
    fewer = a_form(base="1", scenarios=["angry-complaint", "unclear-charges"])
    assert trainer.post(at, fewer).status_code == 302 and newest()[0] == 2


def test_that_a_model_is_switched_off_is_said_where_it_is_chosen(trainer: Visitor) -> None:
    assert not choice().enabled
    page = words(trainer.get("/calls/plans/new").text)
    assert "目前没有启用，通话将由脚本代替" in page and "成绩上注明客户由 AI 扮演" in page


def test_a_sitting_keeps_the_version_that_it_was_made_with(app: Flask) -> None:
    sitting, _people, _trainer = a_call_sitting()
    visitor = Visitor(app).sign_in(a_person(Role.TRAINER))
    at = f"/calls/plans/{plan_id('roleplay-certification')}"
    assert "1 个考试场次" in words(visitor.get(at).text)
    assert visitor.post(at, a_form(base="1", certification="", minutes="60")).status_code == 302
    assert newest("roleplay-certification")[1].minutes == 60
    kept = call_attempts.roleplay_plan(db.session.get_one(Sitting, sitting.id))
    assert kept is not None and (kept.minutes, kept.certification, kept.customer) == (40, True, Customer.SCRIPTED)


def test_a_plan_goes_out_of_use_and_back(trainer: Visitor) -> None:
    at = f"/calls/plans/{plan_id('roleplay-certification')}"
    assert trainer.post(f"{at}/use", {"in_use": "0"}).status_code == 302
    assert "停用，已建的考试场次不受影响" in trainer.get(at).text
    assert db.session.query(Blueprint).filter_by(code="roleplay-certification").one().retired
    trainer.post(f"{at}/use", {"in_use": "1"})
    db.session.expire_all()
    assert not db.session.query(Blueprint).filter_by(code="roleplay-certification").one().retired


def test_no_other_plan_is_opened_here_and_only_by_trainers(app: Flask, trainer: Visitor) -> None:
    a_bank()
    assert trainer.get(f"/calls/plans/{plan_id('certification')}").status_code == 404
    for role in set(Role) - {Role.TRAINER}:
        visitor = Visitor(app).sign_in(a_person(role))
        assert visitor.get("/calls/plans/new").status_code == 403
