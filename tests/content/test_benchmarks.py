"""The shipped benchmark calls are sound; a file that does not fit its rubric is refused with line, key and mend."""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from lms.cli.content import content
from lms.content.benchmarks import BenchmarkFiles, read_benchmarks
from lms.content.scenarios import FiledScenario, read_scenarios
from lms.domain.benchmarks import BENCHMARK_ALIAS, BenchmarkCall
from lms.domain.crm.desk import NEEDS
from lms.domain.values import Language

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "scenarios" / "benchmarks"
GOOD = FOLDER / "angry-complaint-good.yaml"


@cache
def scenarios() -> dict[str, FiledScenario]:
    return read_scenarios(ROOT / "scenarios").scenarios


@cache
def shipped() -> BenchmarkFiles:
    return read_benchmarks(FOLDER, scenarios())


def test_the_shipped_benchmarks_are_sound_and_in_both_languages() -> None:
    assert [str(problem) for problem in shipped().problems] == []
    languages = Counter((one.hidden, one.series, one.language.value) for one in shipped().benchmarks.values())
    assert languages == {
        (False, 1, "zh"): 2, (False, 1, "en"): 2, (False, 2, "zh"): 2, (False, 2, "en"): 2,
        (True, 1, "zh"): 3, (True, 1, "en"): 3,
    }  # fmt: skip
    for hidden in (False, True):
        assert {one.scenario for one in shipped().benchmarks.values() if one.hidden is hidden} == set(scenarios())


@pytest.mark.parametrize(("hidden", "series"), [(False, 1), (False, 2), (True, 1)])
def test_every_level_and_a_critical_failure_stand_somewhere_in_each_series(hidden: bool, series: int) -> None:
    calls = [one for one in shipped().benchmarks.values() if (one.hidden, one.series) == (hidden, series)]
    assert {mark.level for one in calls for mark in one.marks.values()} == {1, 2, 3, 4, 5}
    assert any(one.critical for one in calls)


def test_whoever_marks_a_hidden_one_sees_what_was_looked_up_as_of_any_call() -> None:
    assert all(one.looks for one in shipped().benchmarks.values() if one.hidden)
    for one in shipped().benchmarks.values():
        level = 0
        for look in one.looks:
            level = look.level if look.level is not None else level
            disclosed = 0 if look.panel is None else NEEDS[look.panel]
            assert level >= disclosed or one.marks["compliance"].level == 1, (one.id, look)


def test_the_agent_of_every_benchmark_speaks_one_number() -> None:
    """Copies put another in its place."""
    said = re.compile(r"(?:工号|通信，|agent )(\d{4})")
    numbers = {
        found for one in shipped().benchmarks.values() for turn in one.turns for found in said.findall(turn.text)
    }
    assert numbers == {BENCHMARK_ALIAS}


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_the_opening_level_is_what_its_anchor_says(name: str) -> None:
    call: BenchmarkCall = shipped().benchmarks[name]
    first = next(turn for turn in call.turns if turn.by == "agent")
    said = " ".join(turn.text for turn in call.turns if turn.by == "agent" and turn.do is None)
    called = scenarios()[call.scenario].scenario.customer.called.in_(call.language)
    elements = [
        re.search("您好|Good|Hello", first.text), re.search("澄湾通信|Chengwan Telecom", first.text),
        re.search(BENCHMARK_ALIAS, first.text),
    ]  # fmt: skip
    missing = elements.count(None)
    if first.s > 10 or missing >= 2:
        expected = 2
    elif missing == 1:
        expected = 3
    else:
        expected = 5 if called in said else 4
    assert call.marks["opening"].level == expected


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_a_quotation_in_a_reason_is_said_at_the_turns_it_names(name: str) -> None:
    call = shipped().benchmarks[name]
    for criterion, mark in call.marks.items():
        said = " ".join(call.turns[turn - 1].text for turn in mark.turns)
        source = mark.reason.in_(Language.ZH)  # quotes the transcript as it stands, in either language
        quotes = [part.split("”")[0] for part in source.split("“")[1:]]
        named = [q for q in quotes if q not in said and q not in ("没收到提醒就被扣了三个月", "周女士", "Mr He")]
        assert not named, f"{criterion}: {named}"


def changed(tmp_path: Path, change: Callable[[str], str], name: str = GOOD.name) -> list[str]:
    path = tmp_path / "benchmarks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(change(GOOD.read_text("utf-8")), "utf-8")
    return [str(problem).split("benchmarks/")[1] for problem in read_benchmarks(path, scenarios()).problems]


BROKEN = {
    "criterion of no rubric": ("  opening:\n", "  greeting:\n", "marks.greeting: the rubric has no such criterion"),
    "level": ("level: 5\n    turns: [2]", "level: 6\n    turns: [2]", "marks.opening.level"),
    "turn": ("turns: [4, 8, 10, 14]", "turns: [4, 8, 10, 17]", "marks.level.turns.3: there is no turn 17"),
    "no turn": ("turns: [15]", "turns: []", "marks.closing.turns"),
    "failure": ("critical: {}", "critical: {disclosure: [8]}", "critical.disclosure: the scenario has no such"),
    "failure nowhere": ("critical: {}", "critical: {abuse: []}", "critical.abuse: no turn shows it"),
    "scenario": ("scenario: angry-complaint", "scenario: angry-customer", "scenario: there is no scenario"),
    "language": ("language: zh", "language: fr", "language"),
    "unknown key": ("critical: {}", "critical: {}\nshown: true", "shown"),
    "series": ("language: zh", "language: zh\nseries: 0", "series"),
    "look": ("marks:\n", "looks:\n  - {before: 2, do: panel}\nmarks:\n", "looks.0"),
    "look nowhere": ("marks:\n", "looks:\n  - {before: 3, do: open}\nmarks:\n", "looks.0.before: nothing can be"),
    "looks backwards": (
        "marks:\n",
        "looks:\n  - {before: 4, do: open}\n  - {before: 2, do: open}\nmarks:\n",
        "looks.1.before",
    ),
    "hidden": ("language: zh", "language: zh\nhidden: sometimes", "hidden"),
    "deed": ("do: ticket", "do: refund", "turns.13.do"),
    "translation": (
        '      en: "Speaks after 4 seconds with greeting, brand and agent number, and calls her Ms Zhou."\n',
        "",
        "marks.opening.reason",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_where_it_is_broken(name: str, tmp_path: Path) -> None:
    old, new, said = BROKEN[name]
    assert old in GOOD.read_text("utf-8")
    problems = changed(tmp_path, lambda text: text.replace(old, new, 1))
    assert problems and any(said in problem for problem in problems), problems
    for problem in problems:
        file, line, _rest = problem.split(":", 2)
        assert file == GOOD.name and int(line) >= 1 and " — " in problem


def test_a_missing_criterion_is_named(tmp_path: Path) -> None:
    problems = changed(tmp_path, lambda text: text.replace("  opening:\n", "  greeting:\n", 1))
    assert any("marks: the criterion opening has no mark — add opening" in problem for problem in problems)


def test_the_file_is_named_by_its_id(tmp_path: Path) -> None:
    (problem,) = changed(tmp_path, lambda text: text, "other.yaml")
    assert "rename it to angry-complaint-good.yaml" in problem


def test_the_command_checks_one_file_and_refuses_a_broken_one(shared_app: Flask, tmp_path: Path) -> None:
    def check(path: Path) -> Result:
        return shared_app.test_cli_runner().invoke(content, ["check", str(path)])

    assert "1 benchmark call · 0 errors" in check(GOOD).output
    broken = tmp_path / "benchmarks" / GOOD.name
    broken.parent.mkdir()
    broken.write_text(GOOD.read_text("utf-8").replace("level: 5", "level: 0", 1), "utf-8")
    result = check(broken)
    assert result.exit_code == 1 and "marks.opening.level" in result.output
