"""A scenario made here: from the skeleton or a copy, a draft that is sound from the start, live by four eyes."""

from collections.abc import Iterator

import pytest
from flask import Flask

from lms.content.scenario_skeleton import SKELETON, skeleton
from lms.content.scenarios import read_scenarios
from lms.domain.bank_states import Move, State
from lms.domain.people import Role
from lms.domain.scenarios import Scenario
from lms.domain.scenarios.texts import Both
from lms.extensions import db
from lms.models.roleplays import Scenario as Row
from lms.services import audit, scenario_authoring, scenario_pages, scenarios
from lms.services.load_report import LoadReport
from lms.services.writing import writing
from tests.call_room import load_scripts
from tests.conftest import MONDAY
from tests.factories import a_person

TITLE = Both(zh="退费拖延", en="A late refund")


@pytest.fixture(autouse=True)
def _scripts(app: Flask) -> Iterator[None]:
    for kept in (scenarios.script_of, scenario_pages.own_tests_failed):
        kept.cache_clear()
    load_scripts()
    yield
    for kept in (scenarios.script_of, scenario_pages.own_tests_failed):
        kept.cache_clear()


def id_of(code: str) -> int:
    return db.session.query(Row.id).filter_by(code=code).scalar()


def made(source: str | None = None, author: int | None = None) -> int:
    author = author or a_person(Role.TRAINER).id
    return scenario_authoring.create(author, MONDAY, "late-refund", TITLE, id_of(source) if source else None)


def test_the_skeleton_is_sound_and_small() -> None:
    read = read_scenarios(SKELETON)
    assert read.problems == () and list(read.scenarios) == ["skeleton"]
    assert len(skeleton().beats) == 2 and len(skeleton().rubric.own) == 6


@pytest.mark.parametrize("source", [None, "angry-complaint", "privacy-pressure"])
def test_a_new_scenario_is_a_sound_draft_that_nobody_plays(source: str | None) -> None:
    made_id = made(source)
    page = scenario_pages.scenario_page(made_id)
    assert (page.code, page.state, page.live, page.newest.number) == ("late-refund", State.DRAFT, None, 1)
    text = scenario_pages.text_of(page, 1)
    checked = scenario_authoring.check("late-refund", text)
    assert checked.problems == () and checked.script is not None
    assert (checked.script.id, checked.script.title) == ("late-refund", TITLE)
    assert checked.script.sha256 == page.newest.sha256
    assert "late-refund" not in scenarios.live_versions()
    begun = skeleton() if source is None else scenarios.script_of(scenarios.live_versions()[source])
    others = set(Scenario.model_fields) - {"id", "title"}
    assert all(getattr(checked.script, name) == getattr(begun, name) for name in others)
    [entry] = audit.entries(subject=f"scenario:{made_id}", limit=9)
    assert entry.action == "scenario.created"


def test_a_second_trainer_lets_it_live() -> None:
    author, other = a_person(Role.TRAINER).id, a_person(Role.TRAINER).id
    made_id = made(author=author)
    scenario_authoring.move(author, MONDAY, made_id, 1, Move.SUBMIT)
    with pytest.raises(scenario_authoring.OwnWork):
        scenario_authoring.move(author, MONDAY, made_id, 1, Move.APPROVE)
    scenario_authoring.move(other, MONDAY, made_id, 1, Move.APPROVE)
    assert scenarios.script_of(scenarios.live_versions()["late-refund"]).title == TITLE


def test_an_id_is_given_once_and_a_copy_needs_its_original() -> None:
    made()
    with pytest.raises(scenario_authoring.CodeTaken):
        made("angry-complaint")
    with pytest.raises(scenarios.NoSuchScenario):
        scenario_authoring.create(a_person(Role.TRAINER).id, MONDAY, "another", TITLE, 999_999)
    assert db.session.query(Row).count() == 6


def test_a_file_of_the_same_id_does_not_overwrite_it() -> None:
    made()
    report = LoadReport()
    with writing(None, MONDAY) as deed:
        written = {name: getattr(skeleton(), name) for name in Scenario.model_fields}
        filed = Scenario(**{**written, "id": "late-refund"})
        scenarios.load_scripts(deed, [filed], report)
    assert [conflict.code for conflict in report.conflicts] == ["scenario:late-refund"]
    assert scenario_pages.scenario_page(id_of("late-refund")).live is None
