"""Tasks made from templates: the same again by the same seed, figures by the rulebook, sets of equal difficulty."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.drill_plans import read_drill_plans
from lms.content.drill_templates import read_templates
from lms.content.operator import read_catalogue
from lms.domain.crm.moments import START
from lms.domain.crm.records import Contract, Pack, Usage, ValueAdded
from lms.domain.crm.world import World
from lms.domain.drills import evidence, figures
from lms.domain.drills.drawing import difficulty_of_a_set, draw_set, usable
from lms.domain.drills.facts import Case
from lms.domain.drills.fields import UnreadableField, ask
from lms.domain.drills.identity import level_of
from lms.domain.drills.making import CannotMake, make_task
from lms.domain.drills.plans import DrillKind, DrillPlan
from lms.domain.drills.tasks import Asked, Proof, Task
from lms.domain.drills.templates import Template
from lms.domain.drills.workflow_fields import OFFERED, authority
from lms.domain.values import Language

CATALOGUE, _PROBLEMS = read_catalogue(Path("scenarios/operator"))
assert CATALOGUE is not None
WORLD = World(20260316, 50_000, CATALOGUE)
FILES = read_templates(Path("scenarios/drills"), CATALOGUE)
TEMPLATES = FILES.templates
PLANS = read_drill_plans(Path("scenarios/drills/plans")).plans
LOOKUP, WORKFLOW = PLANS["lookup-certification"], PLANS["workflow-certification"]
templates = st.sampled_from(TEMPLATES)
seeds = st.integers(-(2**40), 2**60)
languages = st.sampled_from(Language)


def template(code: str) -> Template:
    return FILES.filed[code].template


def somebody(**more: object) -> Case:
    """A customer without anything special, changed as told."""
    plain = WORLD.customer(WORLD.with_circumstance("plain", 0))
    bare = replace(plain, contracts=(), services=(), packs=(), tickets=(), broadband=None)
    return Case(replace(bare, **more), WORLD.catalogue)  # type: ignore[arg-type]


def field_of(task: Task, name: str) -> Asked:
    return next(one for one in task.fields if one.field == name)


@given(templates, seeds, languages)
@settings(max_examples=60)
def test_the_same_seed_makes_the_same_task(one: Template, seed: int, language: Language) -> None:
    task = make_task(one, WORLD, seed, language)
    assert make_task(one, World(20260316, 50_000, WORLD.catalogue), seed, language) == task
    assert Task.model_validate_json(task.model_dump_json()) == task


def test_seeds_reach_many_customers() -> None:
    made = {make_task(template("contract-end"), WORLD, seed, Language.ZH).customer for seed in range(100)}
    assert len(made) > 60


@given(templates, seeds, languages)
@settings(max_examples=60)
def test_the_trainees_half_gives_nothing_away(one: Template, seed: int, language: Language) -> None:
    task = make_task(one, WORLD, seed, language)
    face = task.face().model_dump(mode="json")
    assert set(face) == {"kind", "language", "now", "cue", "caller", "verified", "fields"}
    assert all(set(field) == {"field", "kind", "label", "choices"} for field in face["fields"])
    customer = WORLD.customer(task.customer)
    assert customer.account not in json.dumps(face)
    assert customer.id_number not in json.dumps(face)


@given(templates, seeds, languages)
@settings(max_examples=60)
def test_every_task_has_as_many_look_alikes_and_solutions(one: Template, seed: int, language: Language) -> None:
    task = make_task(one, WORLD, seed, language)
    assert len(task.similar) == 4
    assert task.customer not in task.similar
    if task.workflow:
        assert len(field_of(task, "solution").choices) == OFFERED


def test_a_note_must_hide_every_number_and_name_of_the_customer() -> None:
    task = make_task(template("extra-sims"), WORLD, 3, Language.ZH)
    customer = WORLD.customer(task.customer)
    assert {customer.name.zh, customer.number, customer.id_number} <= set(task.private)
    assert all(sim.number in task.private for sim in customer.sims)


def test_an_extra_sim_is_found_on_the_main_record() -> None:
    task = make_task(template("extra-sims"), WORLD, 3, Language.ZH)
    customer = WORLD.customer(task.customer)
    assert task.caller.number in [sim.number for sim in customer.sims if not sim.main]


def test_a_recycled_number_keeps_the_former_owners_values_as_stale() -> None:
    task = make_task(template("recycled-number"), WORLD, 5, Language.ZH)
    former = WORLD.customer(WORLD.companion(task.customer) or 0)
    assert former.number == WORLD.customer(task.customer).number
    assert field_of(task, "opened").stale == (former.opened.isoformat(),)


def test_only_a_merged_account_may_be_opened_beside_the_customers() -> None:
    for code, may in (
        ("merged-arrears", True),
        ("recycled-number", False),
        ("ported-in", False),
        ("contract-end", False),
    ):
        task = make_task(template(code), WORLD, 5, Language.ZH)
        assert task.may_open == ((WORLD.companion(task.customer),) if may else ())


# Figures, by hand from the rulebook's sections 1.2 to 1.6 and its worked examples


def watching(months: int, monthly: str = "18.00", **more: object) -> ValueAdded:
    charged = tuple(f"2026-{3 - back:02d}" if back < 3 else f"2025-{15 - back:02d}" for back in range(months))
    return replace(
        ValueAdded(
            ref="vas:bayvideo:1",
            code="bayvideo",
            monthly=Decimal(monthly),
            ordered=date(2025, 11, 20),
            channel="app",
            confirmation="C1",
            reminder="failed",
            reminder_on=None,
            cancelled=None,
            charged_months=charged,
        ),
        **more,  # type: ignore[arg-type]
    )


def test_three_months_of_bayvideo_go_to_the_team_leader() -> None:
    amount = figures.every_charge(somebody(services=(watching(3),)))
    assert amount == Decimal("54.00")
    assert authority("refund", amount) == "team-leader"


def test_no_more_than_twelve_months_are_refunded() -> None:
    assert figures.every_charge(somebody(services=(watching(15),))) == Decimal("216.00")  # 12 × 18


@pytest.mark.parametrize(
    ("rule", "amount", "who"),
    [
        ("refund", "50.00", "agent"),
        ("refund", "50.01", "team-leader"),
        ("refund", "200.00", "team-leader"),
        ("refund", "200.01", "billing"),
        ("goodwill", "20.00", "agent"),
        ("goodwill", "20.01", "team-leader"),
        ("goodwill", "100.01", "billing"),
    ],
)
def test_who_may_approve(rule: str, amount: str, who: str) -> None:
    assert authority(rule, Decimal(amount)) == who


def test_months_after_the_cancellation_are_misbilled() -> None:
    case = somebody(services=(watching(4, cancelled=date(2026, 1, 9), reminder="delivered"),))
    assert figures.misbilled(case) == Decimal("36.00")  # February and March


def c24(start: date, end: date) -> Contract:
    return Contract("contract:1", "C24", start, end, Decimal("20.00"))


def test_the_rulebooks_termination_fee() -> None:
    case = somebody(contracts=(c24(date(2025, 6, 1), date(2027, 5, 31)),))
    assert figures.termination_fee(case) == Decimal("140.00")  # 14 × 20 × 50 %
    fee = ask("contract.fee", case)
    assert (fee.expected, fee.stale) == ("140.00", ("300.00",))  # formerly 15 × 20, in full
    assert ask("contract.left", case).expected == "14"


@pytest.mark.parametrize(("left", "fee"), [(date(2026, 9, 30), "0.00"), (date(2026, 10, 31), "70.00")])
def test_bayhome_waives_the_fee_up_to_six_months(left: date, fee: str) -> None:
    assert figures.bayhome_fee(somebody(contracts=(c24(date(2024, 11, 1), left),))) == Decimal(fee)


def test_the_rulebooks_outage_credit() -> None:
    with_line = WORLD.customer(WORLD.with_circumstance("outage-credit-urban", 0))
    assert with_line.broadband is not None
    line = replace(with_line.broadband, plan="b300", rural=False, outage_since=START - timedelta(hours=60))
    bill = with_line.bills[0]
    bundle = replace(bill.lines[0], ref="x", code="bundle", amount=Decimal("-20.00"))
    bundled = replace(
        with_line,
        plan=replace(with_line.plan, plan="m69"),
        broadband=line,
        bills=(replace(bill, lines=(*(one for one in bill.lines if one.code != "bundle"), bundle)),),
    )
    assert figures.outage_credit(Case(bundled, WORLD.catalogue)) == Decimal("8.00")  # (3 + 1) × 60 ÷ 30
    country = replace(bundled, broadband=replace(line, rural=True))
    assert figures.outage_credit(Case(country, WORLD.catalogue)) == Decimal("6.00")  # 3 × 60 ÷ 30


def test_data_above_the_plan_stops_at_150() -> None:
    m39 = replace(somebody().customer.plan, plan="m39", version="V3", monthly=Decimal("39.00"))
    case = somebody(plan=m39, usage=Usage(Decimal("12.1"), 0, 0))
    assert ask("usage.overage", case).expected == "15.00"  # 2.1 GB counts as 3
    over = somebody(plan=m39, usage=Usage(Decimal("60"), 0, 0))
    overage = ask("usage.overage", over)
    assert (overage.expected, overage.stale) == ("150.00", ("250.00",))


def test_only_an_unused_pack_of_today_goes_back() -> None:
    pack = Pack("pack:1", "data-20", START - timedelta(hours=23), date(2026, 3, 31), False)
    assert figures.pack_price(somebody(packs=(pack,))) == Decimal("40.00")
    assert figures.pack_price(somebody(packs=(replace(pack, used=True),))) is None
    assert figures.pack_price(somebody(packs=(replace(pack, bought=START - timedelta(hours=25)),))) is None


def test_an_ended_contract_is_stale_beside_the_running_one() -> None:
    old = Contract("contract:2", "C12", date(2024, 3, 1), date(2025, 2, 28), Decimal("10.00"))
    case = somebody(contracts=(c24(date(2025, 6, 1), date(2027, 5, 31)), old))
    end = ask("contract.end", case)
    assert (end.expected, end.stale) == ("2027-05-31", ("2025-02-28",))


def test_what_a_customer_has_not_cannot_be_asked() -> None:
    for field in ("contract.end", "pack.expires", "vas.reminder", "open-ticket.due", "broadband.ont"):
        with pytest.raises(UnreadableField):
            ask(field, somebody())
    with pytest.raises(evidence.NoSuchEvidence):
        evidence.ref("service", somebody(services=(watching(1), watching(2, ref="vas:bayvideo:2"))))


def test_a_template_that_does_not_fit_its_customer_says_so() -> None:
    unfit = template("contract-end").model_copy(update={"circumstance": "plain"})
    with pytest.raises(CannotMake, match="contract-end: customer [0-9]+ has no contract"):
        for seed in range(20):
            make_task(unfit, WORLD, seed, Language.EN)


@pytest.mark.parametrize(
    ("proofs", "level"),
    [
        ([], 0),
        (["name", "address"], 0),
        (["own-number"], 0),
        (["own-number", "name"], 1),
        (["authorised"], 1),
        (["authorised", "code"], 1),  # codes passed on are never accepted
        (["name", "id-last4"], 0),
        (["name", "id-last4", "code"], 2),
        (["own-number", "name", "code"], 2),
        (["own-number", "code"], 0),
        (["face"], 3),
    ],
)
def test_the_level_that_proofs_allow(proofs: list[str], level: int) -> None:
    assert level_of([Proof(one) for one in proofs]) == level


# Sets


@given(st.sampled_from([LOOKUP, WORKFLOW]), seeds, languages)
@settings(max_examples=40)
def test_every_set_is_as_hard_as_any_other(plan: DrillPlan, seed: int, language: Language) -> None:
    drawn = draw_set(TEMPLATES, WORLD, plan, seed, language)
    assert len(drawn) == plan.tasks
    assert sum(task.difficulty for task in drawn) == difficulty_of_a_set(usable(TEMPLATES, plan), plan.tasks)
    assert len({task.skill for task in drawn}) == plan.tasks
    assert len({task.template for task in drawn}) == plan.tasks
    assert len({task.customer for task in drawn}) == plan.tasks
    assert {len(task.similar) for task in drawn} == {4}
    assert draw_set(TEMPLATES, WORLD, plan, seed, language) == drawn


def test_every_template_is_drawn_sometimes() -> None:
    drawn = {task.template for seed in range(150) for task in draw_set(TEMPLATES, WORLD, LOOKUP, seed, Language.ZH)}
    assert drawn == {one.code for one in TEMPLATES if one.kind is DrillKind.LOOKUP}


def test_a_plan_may_narrow_the_choice_and_ask_for_more_tasks_than_there_are_templates() -> None:
    narrow = LOOKUP.model_copy(update={"templates": ("contract-end", "vas-reminder"), "tasks": 4})
    drawn = draw_set(TEMPLATES, WORLD, narrow, 1, Language.ZH)
    assert sorted(task.template for task in drawn) == ["contract-end", "contract-end", "vas-reminder", "vas-reminder"]
    assert len({task.customer for task in drawn}) == 4


def test_a_plan_whose_template_is_not_there_is_refused() -> None:
    with pytest.raises(CannotMake, match="no template absent"):
        draw_set(TEMPLATES, WORLD, LOOKUP.model_copy(update={"templates": ("absent",)}), 1, Language.ZH)
    with pytest.raises(CannotMake, match="of kind workflow"):
        draw_set([], WORLD, WORKFLOW, 1, Language.ZH)
