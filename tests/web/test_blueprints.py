"""Blueprints through real requests: the grid against the bank, rules, versions, a sample paper."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.domain.people import Role
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion
from lms.services import bank_files
from lms.services.audit import entries
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.content.bank_files import ALL_KINDS, BLUEPRINT, bank_of, write
from tests.factories import a_person

NEW = {
    "code": "small", "title_zh": "小卷", "title_en": "Small", "minutes": "30", "pass_total": "60",
    "multiple_rule": "half", "shuffle_questions": "y", "shuffle_options": "y", "exposure_cap": "100",
    "double_share": "20", "near_pass": "5", "tolerance": "2",
    "business-weight": "100", "business-pass_points": "",
    "business-picks-0-kind": "single", "business-picks-0-topic": "", "business-picks-0-difficulty": "",
    "business-picks-0-count": "1", "business-picks-0-points": "2",
}  # fmt: skip


@pytest.fixture
def trainer(app: Flask, tmp_path: Path) -> Visitor:
    write(tmp_path, BLUEPRINT, "blueprints/quick.yaml")
    bank_files.load(bank_of(tmp_path, ALL_KINDS), None, MONDAY)
    return Visitor(app).sign_in(a_person(Role.TRAINER, name="陈老师"))


def blueprint(code: str) -> Blueprint:
    return db.session.execute(select(Blueprint).where(Blueprint.code == code)).scalar_one()


def test_a_blueprint_is_made_and_every_change_is_a_version_of_its_own(trainer: Visitor) -> None:
    assert trainer.post("/blueprints/new", NEW).status_code == 302
    address = f"/blueprints/{blueprint('small').id}"
    changed = {**NEW, "base": "1", "minutes": "45"}
    assert trainer.post(address, changed).status_code == 302
    bodies = [version.body["minutes"] for version in db.session.execute(
        select(BlueprintVersion).where(BlueprintVersion.blueprint_id == blueprint("small").id)
        .order_by(BlueprintVersion.number)).scalars()]  # fmt: skip
    assert bodies == [30, 45]
    trainer.post(address, {**changed, "base": "2"})
    assert "没有改动" in trainer.get(address).text
    stale = trainer.post(address, {**changed, "base": "1", "minutes": "50"})
    assert stale.status_code == 409
    assert 'value="50"' in stale.text
    assert [entry.action for entry in entries(action="blueprint.")] == ["blueprint.saved", "blueprint.created"]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"business-weight": "90"}, "", "各模块权重之和必须是 100，现在是 90"),
        ({"business-weight": "x"}, "business-weight", "请填写整数"),
        ({"business-pass_points": "101"}, "business-pass_points", "及格线不能高于模块的权重"),
        ({"business-picks-0-count": "0"}, "business-picks-0-count", "不能小于 1"),
        ({"business-picks-0-points": ""}, "business-picks-0-points", "请填写"),
        ({"business-picks-0-kind": "essay"}, "business-picks-0-kind", ""),
        ({"code": "Bad Code"}, "code", "代号用小写字母"),
        ({"code": "quick"}, "code", "代号已被使用"),
        ({"exposure_cap": "0"}, "exposure_cap", "必须大于 0"),
        ({"exposure_cap": "150"}, "exposure_cap", "不能大于 100%"),
        ({"exposure_cap": "1/3"}, "exposure_cap", "请填写"),
        ({"minutes": "90000000000000000000"}, "minutes", ""),
        ({"title_zh": "", "title_en": ""}, "title_zh", "请填写"),
        ({"multiple_rule": "evil"}, "multiple_rule", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(
    trainer: Visitor, changes: dict[str, str], field: str, said: str
) -> None:
    reply = trainer.post("/blueprints/new", {**NEW, **changes})
    assert reply.status_code == 422
    assert said in reply.text
    assert not field or f'href="#{field}"' in reply.text
    assert len(db.session.execute(select(Blueprint.id)).all()) == 1


def test_the_bank_is_told_beside_every_pick(trainer: Visitor) -> None:
    filled = trainer.post("/blueprints/fill", {**NEW, "business-weight": ""}).get_json()["fills"]
    assert filled["business-picks-0"] == {"lines": ["中文 1 / 1", "英文 1 / 1"], "short": False}
    short = trainer.post("/blueprints/fill", {**NEW, "business-picks-0-count": "4"}).get_json()["fills"]
    assert short["business-picks-0"]["lines"][0] == "中文 1 / 4，差 3 题，无法组卷"
    capped = trainer.post("/blueprints/fill", {**NEW, "exposure_cap": "40"}).get_json()["fills"]
    assert capped["business-picks-0"]["lines"][0] == "中文 1 / 3，差 2 题"
    assert trainer.post("/blueprints/fill", {**NEW, "business-picks-0-count": "?"}).get_json() == {"fills": {}}


def test_a_sample_paper_is_the_candidates_and_the_same_for_the_same_seed(trainer: Visitor) -> None:
    address = f"/blueprints/{blueprint('quick').id}/sample"
    page = trainer.get(f"{address}?seed=7").text
    assert "应收多少元" in page
    assert "漏一天" not in page  # a rationale of an option
    again = trainer.get(f"{address}?seed=7").text
    options = re.compile(r'class="option-text">(.*?)<')
    assert options.findall(page) == options.findall(again)
    assert "How much is due" in trainer.get(f"{address}?seed=7&in=en").text
    assert trainer.get(f"{address}?seed=x&in=fr").status_code == 200


def test_a_bank_too_small_for_a_sample_says_so(trainer: Visitor) -> None:
    trainer.post("/blueprints/new", {**NEW, "business-picks-0-count": "9"})
    page = trainer.get(f"/blueprints/{blueprint('small').id}/sample").text
    assert "题库不足，无法组卷" in page
    assert "处题量不足" in trainer.get("/blueprints").text


def test_retired_and_back(trainer: Visitor) -> None:
    address = f"/blueprints/{blueprint('quick').id}/use"
    trainer.post(address, {"in_use": "0"})
    assert blueprint("quick").retired
    trainer.post(address, {"in_use": "1"})
    assert not blueprint("quick").retired
    assert trainer.post("/blueprints/999/use", {"in_use": "0"}).status_code == 404
    assert trainer.get("/blueprints/999").status_code == 404
