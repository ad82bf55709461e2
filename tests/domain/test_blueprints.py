"""Blueprints: what a plan must be before a paper is drawn from it."""

from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from lms.domain.blueprints import Blueprint


def plan(**changes: Any) -> dict[str, Any]:
    picks = [{"kind": "single", "count": 4, "points": 2}]
    sections = [
        {"section": "business", "weight": 40, "picks": picks},
        {"section": "compliance", "weight": 30, "picks": picks, "pass_points": 24},
        {"section": "case", "weight": 30, "picks": [*picks, {"kind": "written", "count": 2, "points": 10}]},
    ]
    return {"code": "plan", "title": {"zh": "计划"}, "minutes": 90, "pass_total": 80, "sections": sections, **changes}


def with_section(**changes: Any) -> dict[str, Any]:
    body = plan()
    body["sections"][1] = {**body["sections"][1], **changes}
    return body


def with_pick(**changes: Any) -> dict[str, Any]:
    return with_section(picks=[{"kind": "single", "count": 1, "points": 1, **changes}])


def test_the_defaults_are_the_house_rules() -> None:
    made = Blueprint.model_validate(plan())
    assert (made.multiple_rule, made.exposure_cap, made.certification) == ("half", Fraction(2, 5), False)
    assert (made.marking.double_share, made.marking.near_pass, made.marking.tolerance) == (Fraction(1, 5), 5, 2)
    assert (made.shuffle_questions, made.shuffle_options) == (True, True)


def test_points_and_questions_are_counted_from_the_picks() -> None:
    made = Blueprint.model_validate(plan())
    assert [section.points for section in made.sections] == [8, 8, 28]
    assert made.question_count == 14


def test_a_plan_survives_its_table_unchanged() -> None:
    made = Blueprint.model_validate(plan(exposure_cap="1/3"))
    assert Blueprint.model_validate(made.model_dump(mode="json")) == made
    assert Blueprint.model_validate_json(made.model_dump_json()).exposure_cap == Fraction(1, 3)


def test_a_cell_is_named_by_what_narrows_it() -> None:
    made = Blueprint.model_validate(with_pick(topic="privacy", difficulty=3))
    assert [cell.name for cell in made.cells()] == [
        "business/single", "compliance/single/privacy/difficulty 3", "case/single", "case/written",
    ]  # fmt: skip
    assert [cell.number for cell in made.cells()] == [1, 1, 1, 2]


REFUSED = [
    (with_section(weight=29), "must sum to 100, not 99"),
    (with_section(weight=31), "must sum to 100, not 101"),
    (with_section(section="business"), "a section appears twice"),
    (with_section(pass_points=31), "more than the section's weight 30"),
    (with_section(pass_points=-1), "greater than or equal to 0"),
    (with_section(picks=[]), "at least 1"),
    (with_section(section="weather"), "section"),
    (with_pick(count=0), "greater than or equal to 1"),
    (with_pick(count=101), "less than or equal to 100"),
    (with_pick(points=0), "greater than or equal to 1"),
    (with_pick(points=2.5), "valid integer"),
    (with_pick(difficulty=4), "less than or equal to 3"),
    (with_pick(topic="../x"), "pattern"),
    (with_pick(kind="essay"), "kind"),
    (plan(sections=[]), "at least 1"),
    (plan(minutes=0), "greater than or equal to 1"),
    (plan(minutes=601), "less than or equal to 600"),
    (plan(pass_total=101), "less than or equal to 100"),
    (plan(exposure_cap="0"), "greater than 0"),
    (plan(exposure_cap="3/2"), "less than or equal to 1"),
    (plan(exposure_cap="1/0"), "."),
    (plan(exposure_cap="nan"), "."),
    (plan(code="Plan"), "pattern"),
    (plan(multiple_rule="kind"), "multiple_rule"),
    (plan(marking={"double_share": 2}), "less than or equal to 1"),
    (plan(surprise=1), "Extra inputs"),
]


@pytest.mark.parametrize(("body", "said"), REFUSED)
def test_a_plan_that_cannot_be_is_refused(body: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Blueprint.model_validate(body)


def test_a_pass_line_may_ask_for_a_whole_section() -> None:
    assert Blueprint.model_validate(with_section(pass_points=30)).sections[1].pass_points == 30
