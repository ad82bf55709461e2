"""Writing scenarios: only what is sound is saved, four eyes let it live, hostile texts are told line by line."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.content.scenario_export import scenario_file, write_scenarios
from lms.content.scenarios import read_scenarios, shipped_parts
from lms.content.yaml_lines import read_yaml
from lms.domain.bank_states import Move, State
from lms.domain.people import Role
from lms.domain.values import Language
from lms.domain.wording import in_language
from lms.extensions import db
from lms.models.roleplays import Scenario as Row
from lms.models.roleplays import ScenarioVersion
from lms.services import audit, scenario_pages, scenarios
from lms.services.load_report import LoadReport
from lms.services.scenario_authoring import NotNow, OwnWork, Stale, Unchanged, Unsound, check, move, save
from lms.services.writing import writing
from tests.call_room import load_scripts, shipped
from tests.conftest import MONDAY
from tests.factories import a_person

CODE = "privacy-pressure"
CHINESE = re.compile("[\u4e00-\u9fff]")
OLD = "冒充派出所"
NEW = "自称派出所民警"


def forget() -> None:
    """Versions are kept by their ids, which another test gives to other scripts."""
    scenarios.script_of.cache_clear()
    scenario_pages.own_tests_failed.cache_clear()


@pytest.fixture(autouse=True)
def _scripts(app: Flask) -> Iterator[None]:
    forget()
    load_scripts()
    yield
    forget()


def an_id() -> int:
    return db.session.execute(select(Row.id).where(Row.code == CODE)).scalar_one()


def text(number: int = 1) -> str:
    return scenario_pages.text_of(scenario_pages.scenario_page(an_id()), number)


def page() -> scenario_pages.ScenarioPage:
    db.session.expire_all()
    return scenario_pages.scenario_page(an_id())


def changed() -> str:
    assert text().count(OLD) == 1
    return text().replace(OLD, NEW)


def a_trainer(name: str) -> int:
    return a_person(Role.TRAINER, name=name).id


def test_a_change_becomes_live_by_a_second_trainers_hand() -> None:
    author, other = a_trainer("Author"), a_trainer("Other")
    assert save(author, MONDAY, an_id(), 1, changed()) == 2
    assert (page().state, page().live) == (State.DRAFT, 1)
    move(author, MONDAY, an_id(), 2, Move.SUBMIT)
    with pytest.raises(OwnWork):
        move(author, MONDAY, an_id(), 2, Move.APPROVE)
    assert page().live == 1
    move(other, MONDAY, an_id(), 2, Move.APPROVE, "读过了")
    found = page()
    assert (found.state, found.live, found.newest.reviewer) == (State.LIVE, 2, "Other")
    assert [version.state for version in found.versions] == ["live", "retired"]
    played = scenarios.script_of(scenarios.live_versions()[CODE])
    assert NEW in [beat.acts.zh for beat in played.beats]
    told = [row.action for row in audit.entries(subject=f"scenario:{an_id()}", limit=9)]
    assert told == ["scenario.approve", "scenario.submit", "scenario.saved"]


def test_what_is_returned_says_why_and_may_come_again() -> None:
    author, other = a_trainer("Author"), a_trainer("Other")
    save(author, MONDAY, an_id(), 1, changed())
    move(author, MONDAY, an_id(), 2, Move.SUBMIT)
    move(other, MONDAY, an_id(), 2, Move.RETURN, "请写得更自然")
    assert (page().state, page().newest.comment) == (State.DRAFT, "请写得更自然")
    move(author, MONDAY, an_id(), 2, Move.SUBMIT)
    assert page().state is State.REVIEW


def test_nobody_approves_a_version_that_stands_on_ones_own() -> None:
    author, other, third = a_trainer("Author"), a_trainer("Other"), a_trainer("Third")
    save(author, MONDAY, an_id(), 1, changed())
    save(other, MONDAY, an_id(), 2, changed().replace(NEW, "冒充警察"))
    move(other, MONDAY, an_id(), 3, Move.SUBMIT)
    for one in (author, other):
        with pytest.raises(OwnWork):
            move(one, MONDAY, an_id(), 3, Move.APPROVE)
    move(third, MONDAY, an_id(), 3, Move.APPROVE)
    assert page().live == 3


def test_saving_over_a_version_in_review_takes_it_out_of_review() -> None:
    author = a_trainer("Author")
    save(author, MONDAY, an_id(), 1, changed())
    move(author, MONDAY, an_id(), 2, Move.SUBMIT)
    save(author, MONDAY, an_id(), 2, changed().replace(NEW, "冒充警察"))
    assert [version.state for version in page().versions] == ["draft", "draft", "live"]


def test_nothing_is_overwritten() -> None:
    author, other = a_trainer("Author"), a_trainer("Other")
    save(author, MONDAY, an_id(), 1, changed())
    with pytest.raises(Stale) as stale:
        save(other, MONDAY, an_id(), 1, changed().replace(NEW, "冒充警察"))
    assert (stale.value.newest.number, stale.value.newest.author) == (2, "Author")
    with pytest.raises(Stale):
        move(other, MONDAY, an_id(), 1, Move.SUBMIT)
    with pytest.raises(Unchanged):
        save(other, MONDAY, an_id(), 2, text(2) + "\n# nothing but a comment\n")
    assert len(page().versions) == 2


def test_retired_is_not_played_and_comes_back_as_it_was() -> None:
    trainer = a_trainer("Author")
    move(trainer, MONDAY, an_id(), 1, Move.RETIRE, "过时")
    assert CODE not in scenarios.live_versions()
    assert page().state is State.RETIRED
    with pytest.raises(NotNow):
        save(trainer, MONDAY, an_id(), 1, changed())
    with pytest.raises(NotNow):
        move(trainer, MONDAY, an_id(), 1, Move.SUBMIT)
    move(trainer, MONDAY, an_id(), 1, Move.REOPEN)
    assert CODE in scenarios.live_versions()


def test_an_edited_scenario_is_a_conflict_for_the_next_load() -> None:
    save(a_trainer("Author"), MONDAY, an_id(), 1, changed())
    report = LoadReport()
    with writing(None, MONDAY) as deed:
        scenarios.load_scripts(deed, shipped().values(), report)
    assert [conflict.code for conflict in report.conflicts] == [f"scenario:{CODE}"]
    assert len(page().versions) == 2


def test_the_list_tells_state_and_calls() -> None:
    save(a_trainer("Author"), MONDAY, an_id(), 1, changed())
    row = next(one for one in scenario_pages.listed() if one.code == CODE)
    assert (row.level, row.live, row.newest, row.state, row.calls, row.author) == (3, 1, 2, State.DRAFT, 0, "Author")
    assert len(scenario_pages.listed()) == 5


@pytest.mark.parametrize("code", sorted(shipped()))
def test_a_script_written_and_read_again_is_the_same(code: str, tmp_path: Path) -> None:
    written = write_scenarios(tmp_path / "scenarios", [shipped()[code]], shipped_parts())
    read = read_scenarios(tmp_path / "scenarios")
    assert not read.problems
    assert read.scenarios[code].scenario.sha256 == shipped()[code].sha256
    again = scenario_file(read.scenarios[code].scenario, shipped_parts())
    assert again == written[0].read_text(encoding="utf-8")


def test_the_text_has_the_files_keys_in_the_files_order() -> None:
    filed = (Path(__file__).resolve().parents[2] / "scenarios" / f"{CODE}.yaml").read_bytes()
    assert list(read_yaml(text().encode()).data) == list(read_yaml(filed).data)
    assert "冒充派出所" in text() and "\\u" not in text()


def test_exporting_and_loading_changes_nothing(tmp_path: Path) -> None:
    write_scenarios(tmp_path / "scenarios", scenarios.stored_scripts(), shipped_parts())
    report = LoadReport()
    with writing(None, MONDAY) as deed:
        read = read_scenarios(tmp_path / "scenarios")
        scenarios.load_scripts(deed, [one.scenario for one in read.scenarios.values()], report)
    assert (report.unchanged, report.added, report.updated, report.conflicts) == (5, [], [], [])
    assert db.session.query(ScenarioVersion).count() == 5


HOSTILE: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "only a comment": lambda: "# nothing",
    "a number": lambda: "7",
    "a list": lambda: "- a\n- b",
    "null": lambda: "null",
    "two documents": lambda: f"{text()}\n---\n{text()}",
    "a bomb of aliases": lambda: "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nid: *c",
    "an alias": lambda: text().replace("visits: 1", "visits: &v 1", 1),
    "a merge key": lambda: text() + "\n<<: {id: x}\n",
    "a tag": lambda: "!!python/object/apply:os.system ['true']",
    "one megabyte": lambda: text() + "#" * 1_000_000,
    "deep": lambda: "a: " + "[" * 5000,
    "a NUL": lambda: text() + "\x00",
    "a lone surrogate": lambda: text() + "\nx: \ud800",
    "a tab": lambda: text().replace("\n  ", "\n\t", 1),
    "a key twice": lambda: text() + "\nid: privacy-pressure\n",
    "another id": lambda: text().replace(CODE, "another-id", 1),
    "no id": lambda: text().replace(f"id: {CODE}\n", "", 1),
    "an id that is a list": lambda: text().replace(f"id: {CODE}", "id: [a]", 1),
    "a pattern with look-around": lambda: re.sub(r"(any:\s+- ).*", r"\1a(?=b)", text(), count=1),
    "a huge number": lambda: text().replace("visits: 1", "visits: " + "9" * 400, 1),
}  # fmt: skip


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_text_is_refused_with_its_line(how: str) -> None:
    hostile = HOSTILE[how]()
    checked = check(CODE, hostile)
    assert checked.script is None and checked.problems
    lines = hostile.count("\n") + 1
    for problem in checked.problems:
        assert 1 <= problem.line <= lines + 1 and problem.what and problem.mend
        assert CHINESE.search(in_language(problem.what, Language.ZH)), problem
        assert CHINESE.search(in_language(problem.mend, Language.ZH)), problem
    with pytest.raises(Unsound):
        save(a_trainer("Author"), MONDAY, an_id(), 1, hostile)
    assert len(page().versions) == 1


def _places(data: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place of a document, only the first two of each list."""
    if place:
        yield place
    items = data.items() if isinstance(data, dict) else enumerate(data[:2]) if isinstance(data, list) else ()
    for key, value in items:
        yield from _places(value, (*place, key))


def test_a_key_renamed_anywhere_is_named_at_its_line() -> None:
    """Each top-level key and each kind of key below it, renamed one at a time; languages once."""
    document = read_yaml(text().encode())
    rows = text().split("\n")
    tried = set()
    for place in _places(document.data):
        name = place[-1]
        kind = tuple(step for step in place if isinstance(step, str))[-1 if name in ("zh", "en") else 0 :]
        if not isinstance(name, str) or kind in tried or place[0] == "intents":
            continue
        tried.add(kind)
        at = document.lines[place] - 1
        row = next((number for number in range(at, max(at - 2, -1), -1) if f"{name}:" in rows[number]), None)
        if row is None:
            continue
        spoilt = [*rows[:row], rows[row].replace(f"{name}:", f"{name}x:", 1), *rows[row + 1 :]]
        found = check(CODE, "\n".join(spoilt))
        assert found.script is None, place
        assert any(abs(problem.line - row - 1) <= 1 for problem in found.problems), (place, found.problems)
        told = [text for problem in found.problems for text in (problem.what, problem.mend)]
        assert [text for text in told if not CHINESE.search(in_language(text, Language.ZH))] == []
    assert len(tried) > 60


def test_flaws_of_the_story_are_told_at_their_lines() -> None:
    spoilt = text().replace("go: hospital", "go: hospitl", 1)
    [problem] = [one for one in check(CODE, spoilt).problems if "hospitl" in one.what]
    assert spoilt.split("\n")[problem.line - 1].strip().find("go: hospitl") >= 0
    assert "hospital" in problem.mend


def test_its_own_tests_are_played() -> None:
    assert scenario_pages.own_tests_failed(page().newest.id) == ()
    spoilt = text().replace("ends: failed", "ends: resolved", 1)
    assert any("the test comes to failed" in one.what for one in check(CODE, spoilt).problems)
