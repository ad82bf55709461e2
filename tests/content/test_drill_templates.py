"""Drill templates as files: what ships is proved, and each slip is named with file, line, key and mend."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from lms.content import drill_figures
from lms.content.drill_files import DrillFiles, holds_drills, read_drills
from lms.content.drill_plans import read_drill_plans
from lms.content.drill_proofs import Index, perfect_journal, prove
from lms.content.drill_templates import FiledTemplate, read_templates
from lms.content.operator import read_catalogue
from lms.domain.crm.records import TicketType
from lms.domain.crm.world import World
from lms.domain.drills.making import make_task
from lms.domain.drills.plans import DrillKind
from lms.domain.drills.scoring import score
from lms.domain.drills.templates import Template
from lms.domain.values import Language

SHIPPED = Path("scenarios/drills")
CATALOGUE, _PROBLEMS = read_catalogue(Path("scenarios/operator"))
assert CATALOGUE is not None
FILES = read_templates(SHIPPED, CATALOGUE)
SMALL = World(20260316, 5_000, CATALOGUE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED, tmp_path / "scenarios" / "drills")
    (tmp_path / "scenarios" / "operator").symlink_to(Path("scenarios/operator").resolve())
    return tmp_path / "scenarios" / "drills"


def change(folder: Path, file: str, old: str, new: str) -> Path:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def said(folder: Path) -> list[str]:
    """What reading alone finds wrong, without the folder's name."""
    problems = read_templates(folder, CATALOGUE).problems
    return [str(problem).replace(f"{folder.as_posix()}/", "") for problem in problems]


def proved(folder: Path, code: str, seeds: int = 6) -> list[str]:
    filed = read_templates(folder, CATALOGUE).filed[code]
    return [str(one).replace(f"{folder.as_posix()}/", "") for one in prove([filed], SMALL, seeds)]


def test_what_ships_is_sound() -> None:
    assert [str(problem) for problem in FILES.problems] == []


def test_every_shipped_template_has_one_right_answer() -> None:
    assert [str(problem) for problem in prove(FILES.filed.values(), SMALL, 8)] == []


def test_what_ships_covers_the_work() -> None:
    lookups = [one for one in FILES.templates if one.kind is DrillKind.LOOKUP]
    workflows = [one.workflow for one in FILES.templates if one.workflow]
    assert len(lookups) >= 12
    assert len(workflows) >= 8
    assert {one.ticket.type for one in workflows} == {None, *TicketType}
    assert {one.ticket.level for one in workflows} == {1, 2, 3}
    assert {one.level for one in workflows} == {0, 1, 2}
    assert all(len(one.ask) == 3 for one in lookups)  # rulebook 4: three stated fields
    assert {one.difficulty for one in lookups} == {1, 2, 3}


def test_a_department_and_a_clock_follow_from_the_ticket() -> None:
    """Rulebook 1.7, typed here anew."""
    table = {
        TicketType.BILLING: ("billing", {"24h", "2h"}),
        TicketType.FAULT: ("network", {"48h", "72h"}),
        TicketType.INSTALLATION: ("dispatch", {"3wd"}),
        TicketType.COMPLAINT: ("relations", {"24h"}),
        TicketType.PRIVACY: ("compliance", {"24h", "15d"}),
        TicketType.REFUND: ("billing", {"3wd"}),
        TicketType.CONTRACT: ("relations", {"1wd"}),
        TicketType.DEVICE: ("devices", {"3wd"}),
        None: ("none", {"none"}),
    }
    for one in FILES.templates:
        if one.workflow:
            task = make_task(one, SMALL, 4, Language.ZH)
            right = {asked.field: asked.expected for asked in task.fields}
            department, clocks = table[one.workflow.ticket.type]
            assert right["ticket.department"] == department
            assert right["ticket.finish"] in clocks


def test_the_certification_plans_are_the_documents_numbers() -> None:
    plans = read_drill_plans(SHIPPED / "plans").plans
    lookup, workflow = plans["lookup-certification"], plans["workflow-certification"]
    assert lookup.certification
    assert workflow.certification
    assert lookup.lookup is not None
    assert (lookup.tasks, lookup.lookup.within, lookup.lookup.pass_tasks) == (5, 30, 4)
    rules = workflow.workflow
    assert rules is not None
    assert (workflow.tasks, rules.accuracy, rules.efficiency, rules.error_cost) == (2, 70, 30, 3)
    assert (rules.full_until, rules.zero_at, rules.ends, rules.pass_total) == (120, 240, 300, 80)


def test_a_perfect_run_passes_and_a_blank_one_does_not() -> None:
    plan = read_drill_plans(SHIPPED / "plans").plans["workflow-certification"]
    task = make_task(FILES.filed["refund-reminder-failed"].template, SMALL, 1, Language.EN)
    assert score(task, perfect_journal(task), plan).points == 100
    assert score(task, perfect_journal(task)[:1], plan).points < 50


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("lookup/late-fee.yaml", "topic: late-fee", "topic: late-feee", ":21: topic: no current article"),
        ("lookup/late-fee.yaml", "bill.paid]", "bill.payed]", "there is no field 'bill.payed'"),
        ("lookup/late-fee.yaml", "caller: own-call-code", "caller: own-call-cod", ":9: caller: there is no caller"),
        ("lookup/late-fee.yaml", "skill: billing", "skill: bills", ":4: skill: there is no skill 'bills'"),
        ("lookup/late-fee.yaml", "circumstance: paid-late", "circumstance: late-paid", ":7: circumstance: there is no"),
        ("lookup/late-fee.yaml", "code: late-fee", "code: latefee", "rename it to latefee.yaml"),
        ("lookup/late-fee.yaml", "kind: lookup", "kind: workflow", "a workflow part"),
        ("lookup/late-fee.yaml", "{number}来电", "{nummer}来电", "there is no slot {nummer}"),
        ("lookup/late-fee.yaml", "en: Where the late fee comes from", "", "title"),
        ("workflow/los-red.yaml", "SOL-DISPATCH-T2", "SOL-DISPATCH-T22", "there is no solution 'SOL-DISPATCH-T22'"),
        ("workflow/los-red.yaml", "evidence: [broadband]", "evidence: [cable]", "there is no evidence 'cable'"),
        ("workflow/los-red.yaml", "{type: T2, level: 1}", "{type: T5, level: 1}", "a T5 is always level 3"),
        ("workflow/los-red.yaml", "{type: T2, level: 1}", "{level: 2}", "answered in the call is level 1"),
        ("workflow/cross-department.yaml", "level: 3, c", "level: 2, c", "child tickets go with level 3"),
        ("workflow/refund-pack.yaml", "amount: pack-price", "amount: pack-prize", "there is no figure 'pack-prize'"),
        ("workflow/refund-pack.yaml", "  amount: pack-price\n", "", "an authority needs an amount"),
        ("callers.yaml", "proofs: [own-number, name]", "proofs: [own-number, nmae]", "callers.own-call.proofs"),
    ],
)
def test_a_slip_is_named(folder: Path, file: str, old: str, new: str, told: str) -> None:
    change(folder, file, old, new)
    found = said(folder)
    assert any(told in one for one in found), found
    assert all(" — " in one for one in found)
    assert any(one.startswith(f"{file}:") for one in found)


def test_a_template_said_in_one_way_only_is_learnt_by_heart(folder: Path) -> None:
    path = folder / "lookup" / "late-fee.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "不明白" not in line), encoding="utf-8")
    assert said(folder)[0].startswith("lookup/late-fee.yaml:12: cue.zh: 2 different wordings, at least 3 are needed")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        # Another circumstance, whose customers have no late fee.
        ("lookup/late-fee.yaml", "circumstance: paid-late", "circumstance: plain", "has no bill.late-fee"),
        # A cue by which nobody can be found.
        ("lookup/rural-outage.yaml", "caller: address-only", "caller: pretext", "fit"),
        ("workflow/los-red.yaml", "caller: address-only", "caller: pretext", "fit"),
        # A level that the caller's proofs do not carry.
        ("lookup/late-fee.yaml", "caller: own-call-code", "caller: own-call", "the caller's proofs allow V1, not V2"),
        # Fields and evidence behind a door that stays shut.
        ("lookup/late-fee.yaml", "verified: 2", "verified: 1", "stands in a panel that V1 does not open"),
        ("workflow/refund-pack.yaml", "  level: 2\n", "  level: 0\n", "pack:1 stands in a panel that V0 does not open"),
        # A figure that does not apply to the customer.
        ("workflow/refund-pack.yaml", "amount: pack-price", "amount: misbilled", "has no misbilled"),
    ],
)
def test_what_has_not_one_right_answer_is_named(folder: Path, file: str, old: str, new: str, told: str) -> None:
    path = change(folder, file, old, new)
    if told == "fit":  # the name alone, without the address
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("{address}", "").replace("{number}", ""), encoding="utf-8")
    found = proved(folder, path.stem)
    assert any(told in one for one in found), found
    assert all(one.startswith(f"{file}:") for one in found)


def test_a_second_record_with_all_that_the_cue_gives_is_found_out(folder: Path) -> None:
    """Three people share a name: by name alone each of them fits."""
    path = change(folder, "lookup/rural-outage.yaml", "caller: address-only", "caller: family")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{address}", "那边").replace("(那边)", ""), encoding="utf-8")
    found = proved(folder, "rural-outage")
    assert any("records fit" in one and "cue" in one for one in found), found


def test_a_wrong_figure_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reckoning is not the product's own: with another now it differs, and says so."""
    monkeypatch.setattr(drill_figures, "NOW", datetime(2026, 3, 20, 10, 0))  # noqa: DTZ001
    found = [str(one) for one in prove([FILES.filed["credit-urban"]], SMALL, 3)]
    assert any("workflow.amount: amount:" in one and "the rulebook gives" in one for one in found), found


def test_the_index_holds_the_whole_world() -> None:
    index = Index(SMALL)
    for n in (0, 77, SMALL.size - 1):
        head = SMALL.head(n)
        assert n in index.with_term(head.number)
        assert index.with_term(head.account) == {n}
    assert index.with_term("nobody") == set()


def test_one_file_is_checked_by_itself(folder: Path) -> None:
    change(folder, "lookup/late-fee.yaml", "bill.paid]", "bill.payed]")
    other = folder / "lookup" / "contract-end.yaml"
    (only,) = read_drills([other], seeds=1)
    assert only.problems == ()
    (broken,) = read_drills([folder / "lookup"], seeds=1)
    assert [problem.file for problem in broken.errors] == [(folder / "lookup" / "late-fee.yaml").as_posix()]
    assert isinstance(broken, DrillFiles)


def test_a_plan_that_names_an_unknown_template_is_told(folder: Path) -> None:
    change(folder, "plans/lookup-certification.yaml", "tasks: 5", "tasks: 5\ntemplates: [contract-end, los-red]")
    (files,) = read_drills([folder / "plans"], seeds=1)
    assert "there is no lookup template 'los-red'" in str(files.problems[0])


def test_what_belongs_to_the_drills() -> None:
    assert holds_drills(SHIPPED)
    assert holds_drills(SHIPPED / "lookup" / "late-fee.yaml")
    assert not holds_drills(Path("scenarios"))
    assert not holds_drills(Path("question_bank"))


def test_a_file_that_cannot_be_read_is_a_problem_and_no_exception(folder: Path) -> None:
    (folder / "lookup" / "late-fee.yaml").write_text("a: [", encoding="utf-8")
    (folder / "skills.yaml").unlink()
    found = said(folder)
    assert any(one.startswith("lookup/late-fee.yaml:") for one in found)
    assert any(one.startswith("skills.yaml:1:") for one in found)


def test_a_template_is_a_value() -> None:
    one = next(iter(FILES.filed.values()))
    assert isinstance(one, FiledTemplate)
    assert Template.model_validate_json(one.template.model_dump_json()) == one.template
