"""The five shipped scenarios are sound; a file broken anywhere is refused with file, line, key and the mend."""

import copy
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.cli.content import content
from lms.content.opening import opened
from lms.content.problems import Problem, SourceFile
from lms.content.scenarios import SHARED, ScenarioFiles, check_document, read_scenarios
from lms.content.yaml_lines import Document, Place
from lms.domain.scenarios import Ending, Scenario
from lms.domain.scenarios.own_tests import OwnTest
from lms.domain.values import Language

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "scenarios"
IDS = ["angry-complaint", "cross-department", "new-product", "privacy-pressure", "unclear-charges"]


@cache
def shipped() -> ScenarioFiles:
    return read_scenarios(FOLDER)


def scenario(name: str) -> Scenario:
    return shipped().scenarios[name].scenario


def test_the_five_scenarios_are_sound() -> None:
    assert [str(problem) for problem in shipped().problems] == []
    assert list(shipped().scenarios) == IDS


@pytest.mark.parametrize("name", IDS)
def test_each_is_tested_to_every_kind_of_end_in_both_languages(name: str) -> None:
    ends = {(test.language, test.ends) for test in scenario(name).tests}
    for language in Language:
        assert {(language, one) for one in (Ending.RESOLVED, Ending.WALKED_OUT, Ending.SILENT)} <= ends
    assert any(test.traps for test in scenario(name).tests)


@pytest.mark.parametrize("name", IDS)
def test_important_beats_have_three_variants(name: str) -> None:
    assert all(len(beat.say) >= 3 for beat in scenario(name).beats)


@pytest.mark.parametrize("name", IDS)
def test_each_has_six_criteria_with_five_different_anchors(name: str) -> None:
    criteria = scenario(name).rubric.own
    assert len(criteria) == 6
    for criterion in criteria:
        for language in Language:
            assert len({criterion.anchors.at(level).in_(language) for level in range(1, 6)}) == 5


# What rulebook 1.3–1.8 and its worked examples give for each story, computed by hand.
FIGURES = {
    "angry-complaint": ["60.00", "99.00", "2小时", "24小时", "20元", "5000"],  # T1 2 h/24 h, goodwill R3 ≤ 20
    "cross-department": ["8.00", "48小时", "10分钟", "4小时", "每月60元"],  # (3 + 1) × 60/30; B300 80 − 20
    "new-product": ["80元", "300", "1,728", "1,508", "159", "8个月"],  # 8×20×50 %; 3×99+9×159; 8×119+4×139
    "unclear-charges": ["54", "18元", "3个工作日", "7个工作日", "3月19日"],  # 3 × 18; 16 March + 3 working days
    "privacy-pressure": ["V0", "10分钟", "T5"],
}


@pytest.mark.parametrize("name", IDS)
def test_the_figures_are_the_rulebook_s(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text("utf-8")
    assert [figure for figure in FIGURES[name] if figure not in text] == []


def test_chinese_is_set_with_full_width_signs() -> None:
    """Between Chinese characters a half-width comma, question or exclamation mark is a slip (patterns apart)."""
    half = re.compile(r"[\u4e00-\u9fff][,!?;:][\u4e00-\u9fff]")
    found = [
        (name, text)
        for name in IDS
        for text in chinese(scenario(name).model_dump(exclude={"intents"}))
        if half.search(text)
    ]
    assert found == []


def chinese(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from [value] if key == "zh" and isinstance(value, str) else chinese(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from chinese(value)


def check(*paths: Path, language: str = "en") -> Result:
    app = Flask("bare")
    app.config["CONTENT_ROOT"] = str(ROOT)
    app.cli.add_command(content)
    return app.test_cli_runner().invoke(args=["content", "check", "--language", language, *map(str, paths)])


def changed(folder: Path, name: str, old: str, new: str) -> tuple[Path, int]:
    """A copy of a shipped scenario with its first ``old`` replaced, and the line where that stood."""
    text = (FOLDER / f"{name}.yaml").read_text("utf-8")
    assert old in text
    file = folder / f"{name}.yaml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    return file, text[: text.index(old)].count("\n") + 1


BROKEN = {
    "an unknown key": ("  hold_s: 60", "  hold_sec: 60", "unknown key — did you mean 'hold_s'?"),
    "a missing translation": ("zh: 人呢？怎么不说话了？, ", "", "silence.say.silence-2.zh: is missing — add 'zh: …'"),
    "an unreachable beat": ("go: heard-out}\n      - {when: [{heard: [takes_ownership]}], go: heard-out", "go: claim",
                            "nothing leads to this beat"),
    "an uncapped cycle": ("      max: 3\n      delta: 0\n      asks: true\n      go: unresolved",
                          "      max: 3\n      delta: 0\n      asks: true\n      go: opening", "goes round"),
    "a wrong pattern": ("any: ['goodwill',", "any: ['(?=goodwill)',", "RE2 refuses the pattern"),
    "a fact never revealed": (", reveals: [child, transfers]", "", "gives away child"),
    "a rubric with a hole": ("        \"3\": {zh: 有“理解您的心情”一类表达，没有联系客户的具体处境, ",
                             "        \"7\": {zh: 有“理解您的心情”一类表达，没有联系客户的具体处境, ", "add '3: …'"),
    "five criteria": ("  opening: opening\n", "  opening: null\n", "the rubric has 5 criteria"),
    "an own test that fails": ("    ends: unresolved", "    ends: resolved", "the test comes to unresolved"),
    "an own test that repeats an example": ("say: 还在吗？", "say: 请您稍等。", "this is one of the examples"),
    "an unknown intent": ("heard: [asks_to_pay]\n    max", "heard: [asks_to_play]\n    max", "no intent"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_scenario_is_refused_with_line_key_and_mend(name: str, tmp_path: Path) -> None:
    old, new, what = BROKEN[name]
    file, _ = changed(tmp_path, "angry-complaint", old, new)
    result = check(file)
    assert result.exit_code == 1
    told = [row for row in result.output.splitlines() if what in row]
    assert told, result.output
    assert re.match(rf"{re.escape(file.as_posix())}:\d+: \S+: .+ — .+", told[0])


def test_the_command_speaks_chinese_where_it_is_asked_to(tmp_path: Path) -> None:
    file, line = changed(tmp_path, "angry-complaint", "heard: [asks_to_pay]\n    max", "heard: [asks_to_play]\n    max")
    result = check(file, language="zh")
    told = next(row for row in result.output.splitlines() if "没有名为" in row)
    assert result.exit_code == 1
    assert told.startswith(f"{file.as_posix()}:{line}: answers.")
    assert told.endswith(": 没有名为“asks_to_play”的意图 — 是不是想写“asks_to_pay”？")


def test_examples_that_match_wrongly_are_told_at_their_lines(tmp_path: Path) -> None:
    file, line = changed(tmp_path, "angry-complaint", "        - 没有补偿。", "        - 给您善意补偿。")
    assert f":{line}: intents.goodwill.no.zh.0: '给您善意补偿。' is heard as goodwill" in check(file).output
    file, line = changed(tmp_path, "angry-complaint", "        - I can offer a goodwill credit.", "        - Hm.")
    assert f":{line}: intents.goodwill.yes.en.0: 'Hm.' is not heard as goodwill" in check(file).output


def test_a_good_copy_elsewhere_is_a_scenario_too(tmp_path: Path) -> None:
    file, _ = changed(tmp_path, "new-product", "id: new-product", "id: new-product")
    result = check(file)
    assert (result.exit_code, result.output) == (0, "1 scenario · 0 errors, 0 warnings\n")


def test_a_file_that_is_no_yaml_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "broken.yaml").write_bytes(b"beats: [\x00")
    (folder / "empty.yaml").write_bytes(b"")
    (folder / "list.yaml").write_bytes(b"- a\n- b\n")
    result = check(folder)
    assert result.exit_code == 1
    assert "0 scenarios · 3 errors" in result.output


def keys(node: Any, place: Place = ()) -> Iterator[Place]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield (*place, key)
            yield from keys(value, (*place, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from keys(value, (*place, number))


@cache
def source(path: Path) -> SourceFile:
    read, problems = opened(path)
    assert read is not None
    assert not problems
    return read


@cache
def places(path: Path) -> tuple[Place, ...]:
    """Every key of the file; the names of shared intents apart, which only the scenarios that use them know."""
    found = keys(source(path).document.data)
    return tuple(place for place in found if not (path.parts[-2:] == SHARED.parts and len(place) == 2))


def broken(data: Any, place: Place, how: str) -> Any:
    """A copy of ``data`` whose key at ``place`` is gone, misspelt, or of a wrong type."""
    whole = copy.deepcopy(data)
    node = whole
    for step in place[:-1]:
        node = node[step]
    name = place[-1]
    if how == "gone":
        del node[name]
    elif how == "misspelt":
        kept = {f"{key}x" if key == name else key: value for key, value in node.items()}
        node.clear()
        node.update(kept)
    else:
        node[name] = 7 if isinstance(node[name], list | str) else ["x"]
    return whole


FILES = [*(FOLDER / f"{name}.yaml" for name in IDS), FOLDER / SHARED]


@settings(max_examples=120, deadline=None)
@given(st.data(), st.sampled_from(FILES), st.sampled_from(["gone", "misspelt", "of a wrong type"]))
def test_any_single_broken_key_is_an_error_with_its_line(data: st.DataObject, path: Path, how: str) -> None:
    file = source(path)
    place = data.draw(st.sampled_from(places(path)))
    changed_data = broken(file.document.data, place, how)
    document = Document(changed_data, lines=file.document.lines, sources=file.document.sources)
    errors: list[Problem] = [one for one in check_document(SourceFile(path, document)) if one.is_error]
    assert errors, (place, how)
    assert all(one.line >= 1 and one.key and one.what and one.mend for one in errors)


def test_a_missing_record_is_told_where_it_should_stand() -> None:
    file = source(FOLDER / "privacy-pressure.yaml")
    data = broken(file.document.data, ("record",), "gone")
    document = Document(data, lines=file.document.lines, sources=file.document.sources)
    [problem] = [one for one in check_document(SourceFile(file.path, document)) if one.is_error]
    assert (problem.key, problem.line) == ("record", file.document.lines[("record",)])


def test_own_tests_speak_in_other_words_than_the_examples() -> None:
    spoken = {turn.say for name in IDS for test in scenario(name).tests for turn in agent(test)}
    examples = {
        one
        for name in IDS
        for intent in scenario(name).intents.values()
        for listed in (intent.yes, intent.no)
        for one in (*listed.zh, *listed.en)
    }
    assert spoken & examples == set()


def agent(test: OwnTest) -> Iterator[Any]:
    return (turn for turn in test.agent if turn.say is not None)
