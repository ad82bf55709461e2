"""Drill plans between files and database, by the rules of all content; a form drawn from one."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.content.bank import BankFiles
from lms.content.bank_export import write_bank
from lms.content.drill_plans import SHIPPED, read_drill_plans
from lms.domain.drills.plans import DrillPlan
from lms.domain.plans import read_plan
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import Blueprint
from lms.services import bank_files, blueprints, drill_forms, sitting_papers
from lms.services.load_report import LoadReport
from tests.conftest import MONDAY
from tests.drill_room import drill_plans
from tests.exam_room import forget_everything
from tests.factories import a_person

NOTHING = BankFiles({}, {}, {}, ())


@pytest.fixture
def shipped(app: Flask, root: Path) -> dict[str, DrillPlan]:
    forget_everything()
    found = read_drill_plans(root / SHIPPED)
    assert not found.problems
    return found.plans


def loaded(*plans: DrillPlan) -> LoadReport:
    return bank_files.load(NOTHING, None, MONDAY, drill_plans=plans)


def the_row(code: str) -> Blueprint:
    return db.session.execute(
        select(Blueprint).where(Blueprint.code == code).execution_options(populate_existing=True)
    ).scalar_one()


def mended(plan: DrillPlan, **changes: Any) -> DrillPlan:
    return DrillPlan.model_validate({**plan.model_dump(), **changes})


def test_the_shipped_plans_say_what_the_rulebook_says(shipped: dict[str, DrillPlan]) -> None:
    lookup, workflow = shipped["lookup-certification"], shipped["workflow-certification"]
    assert lookup.lookup is not None and workflow.workflow is not None
    assert (lookup.tasks, lookup.lookup.within, lookup.lookup.pass_tasks, lookup.pass_total) == (5, 30, 4, 80)
    rules = workflow.workflow
    assert (rules.accuracy, rules.error_cost, rules.efficiency, rules.pass_total) == (70, 3, 30, 80)
    assert (rules.full_until, rules.zero_at, rules.ends) == (120, 240, 300)


def test_loading_twice_changes_nothing_and_kinds_are_kept(shipped: dict[str, DrillPlan]) -> None:
    assert sorted(loaded(*shipped.values()).added) == [
        "blueprint:lookup-certification", "blueprint:workflow-certification",
    ]  # fmt: skip
    again = loaded(*shipped.values())
    assert (again.changed, again.unchanged) == (False, 2)
    assert (the_row("lookup-certification").kind, the_row("workflow-certification").kind) == ("lookup", "workflow")


def test_a_changed_file_is_a_version_and_sittings_keep_theirs(shipped: dict[str, DrillPlan]) -> None:
    plan = shipped["lookup-certification"]
    loaded(plan)
    first = the_row(plan.code).newest_id
    assert loaded(mended(plan, minutes=20)).updated == [f"blueprint:{plan.code}"]
    newest = the_row(plan.code).newest_id
    assert first is not None and newest is not None and newest != first
    assert (sitting_papers.plan_of(first).minutes, sitting_papers.plan_of(newest).minutes) == (15, 20)
    with pytest.raises(LookupError):
        sitting_papers.blueprint_of(newest)


def test_what_a_trainer_edited_is_not_overwritten(shipped: dict[str, DrillPlan]) -> None:
    plan = shipped["lookup-certification"]
    loaded(plan)
    row = the_row(plan.code)
    blueprints.save(a_person().id, MONDAY, row.id, 1, mended(plan, minutes=30))
    report = loaded(mended(plan, minutes=20))
    assert [(one.code, one.both) for one in report.conflicts] == [(f"blueprint:{plan.code}", True)]
    assert sitting_papers.plan_of(the_row(plan.code).newest_id or 0).minutes == 30


def test_a_code_of_another_kind_is_a_conflict(shipped: dict[str, DrillPlan]) -> None:
    plan = shipped["lookup-certification"]
    loaded(plan)
    report = loaded(mended(shipped["workflow-certification"], code=plan.code))
    assert [one.code for one in report.conflicts] == [f"blueprint:{plan.code}"]
    assert the_row(plan.code).kind == "lookup"


def test_what_is_exported_loads_as_the_same(shipped: dict[str, DrillPlan], tmp_path: Path) -> None:
    loaded(*shipped.values())
    stored = bank_files.stored()
    written = write_bank(tmp_path, stored.topics, stored.plans)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in written) == [
        "plans/lookup-certification.yaml", "plans/workflow-certification.yaml",
    ]  # fmt: skip
    back = read_drill_plans(tmp_path / "plans")
    assert not back.problems
    assert back.plans == shipped
    assert not loaded(*back.plans.values()).changed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code: mine\nkind: lookup\ntitle: {zh: 甲, en: A}\nminutes: 1\ntasks: 5\nlookup: {}\n", "do not fit"),
        ("code: other\nkind: lookup\ntitle: {zh: 甲, en: A}\nminutes: 10\ntasks: 5\nlookup: {}\n", "rename it"),
        ("code: mine\nkind: lookup\ntitle: {zh: 甲, en: A}\nminutes: 10\ntasks: 5\nworkflow: {}\n", "needs its rules"),
        ("code: mine\nkind: lookup\ntitle: {zh: 甲, en: A}\nminutes: 10\ntasks: 5\nlookup: {withn: 30}\n", "within"),
        ("code: [\n", ""),
    ],
)
def test_a_plan_with_a_mistake_is_named_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    found = read_drill_plans(tmp_path)
    assert found.errors
    assert any(said in str(problem) and f"{path.as_posix()}:" in str(problem) for problem in found.errors)


def test_a_form_is_a_function_of_plan_language_and_seed(shipped: dict[str, DrillPlan]) -> None:
    drill_plans()
    plan = shipped["lookup-certification"]
    tasks = drill_forms.tasks_of(plan, Language.EN, 11)
    assert tasks == drill_forms.tasks_of(plan, Language.EN, 11)
    assert tasks != drill_forms.tasks_of(plan, Language.EN, 12)
    assert len(tasks) == 5 and len({task.customer for task in tasks}) == 5
    assert {sum(task.difficulty for task in drill_forms.tasks_of(plan, Language.ZH, seed)) for seed in range(20)} == {
        sum(task.difficulty for task in tasks)
    }


def test_a_stored_body_is_read_as_what_it_was(shipped: dict[str, DrillPlan]) -> None:
    for plan in shipped.values():
        assert read_plan(plan.model_dump(mode="json", exclude_none=True)) == plan
