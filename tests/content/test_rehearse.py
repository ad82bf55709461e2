"""`flask scenarios rehearse`: the scripted customer against a file of lines, without a database."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from lms.cli.scenarios import scenarios

ROOT = Path(__file__).resolve().parents[2]

# Lines of trainees who have never seen the examples.
CALM = """4\t周女士您好，澄湾通信工号6021。交了钱手机还不能用，这事放谁身上都要发火。
5\t我先把您的电话弄通，加急的流程已经走上了，最多两个钟头复机，我负责盯着。
6\t核对一下您的姓名和证件尾号，是怕有人冒您的名来动这个号。
6\t现在初步看到，合账那天有一笔60元的旧户挂了过来，要等计费核实。
5\t两个小时内恢复通话，工单尾号0417，24小时内给您最终结果。
5\t赔偿我做不了主，但您的诉求会如实写进工单，另外我能给20元的话费补偿。
5\t好，两小时恢复，有什么事您随时打8090。
5\t感谢您，再见。
"""
RUDE = """3\t您先冷静！
3\t嚷嚷什么，不是我管的。
3\t爱投诉就去吧。
"""


def run(*options: str, agent: str | bytes = CALM, folder: Path | None = None) -> Result:
    app = Flask("bare")
    app.config["CONTENT_ROOT"] = str(folder or ROOT)
    app.cli.add_command(scenarios)
    raw = agent if isinstance(agent, bytes) else agent.encode()
    return app.test_cli_runner().invoke(args=["scenarios", "rehearse", *options, "--agent", "-"], input=raw)


def rehearsed(*options: str, agent: str = CALM) -> Any:
    result = run("angry-complaint", *options, "--json", agent=agent)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_every_turn_is_told() -> None:
    told = rehearsed()
    first, second = told["turns"][:2]
    assert (first["agent"], first["beat"], first["emotion"]) == (None, "opening", 9)
    assert second["agent"].startswith("周女士您好")
    assert second["seconds"] == 4
    assert "names_cause" in second["heard"]
    assert second["emotion"] == 7  # 9 − 2
    assert set(second["evidence"]) == {"labels", "spans", "suspected"}


def test_a_good_trainee_comes_to_a_good_end() -> None:
    told = rehearsed()
    assert (told["end"], told["end_reason"]) == ("resolved", "客户接受方案")
    assert told["turns"][-1]["end"] == "resolved"
    assert {"child", "transfers"} <= set(told["turns"][-1]["revealed"])


def test_a_rude_one_is_walked_out_on() -> None:
    told = rehearsed(agent=RUDE)
    assert told["end"] == "walked-out"
    assert "DISM" in told["turns"][1]["evidence"]["labels"]


def test_a_silent_one_is_left() -> None:
    told = rehearsed(agent="75\t在的\n")
    assert told["end"] == "silent"
    assert [turn["deed"] for turn in told["turns"]] == [None, "silence", "silence", "silence"]


def test_the_lines_may_be_over_before_the_call() -> None:
    told = rehearsed(agent="3\t您好\n")
    assert (told["end"], told["end_reason"]) == (None, "the agent's lines are over before the call is")


def test_the_same_seed_says_the_same() -> None:
    assert rehearsed("--seed", "7") == rehearsed("--seed", "7")
    openings = {rehearsed("--seed", str(seed))["turns"][0]["line"] for seed in range(12)}
    assert openings == {"opening-1", "opening-2", "opening-3"}


def test_english_is_spoken() -> None:
    told = rehearsed("--language", "en", agent="3\tHello, Chengwan Telecom, agent 6021.\n")
    assert all(turn["customer"].isascii() for turn in told["turns"])


def test_deeds_are_written_with_an_at_sign() -> None:
    told = rehearsed(agent="3\t您好\n2\t@ticket\n2\t@transfer\n")
    assert [turn["deed"] for turn in told["turns"]] == [None, None, "ticket", "transfer"]
    assert told["end"] == "transferred"


def test_a_transcript_is_readable() -> None:
    output = run("angry-complaint", agent=RUDE).output
    assert "agent    +3 s  您先冷静！" in output
    assert "[opening · emotion 10 · revealed paid, suspended · heard calm_down · evidence DISM]" in output
    assert "end: walked-out (客户情绪失控，愤怒挂断)" in output


@pytest.mark.parametrize(
    ("agent", "what"),
    [
        ("", "-:1: the file has no lines"),
        ("\n\n", "-:1: the file has no lines"),
        ("3\t您好\n您好\n", "-:2: no tab"),
        ("x\t您好\n", "-:1: 'x' is no number of seconds"),
        ("-1\t您好\n", "-:1: seconds:"),
        ("nan\t您好\n", "-:1: seconds:"),
        ("1e9\t您好\n", "-:1: seconds:"),
        ("3\t@fly\n", "-:1: do:"),
        (b"\xff\xfe3\x00", "UTF-16"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(agent: str | bytes, what: str) -> None:
    result = run("angry-complaint", agent=agent)
    assert result.exit_code == 2
    assert what in result.output
    assert "Traceback" not in result.output


def test_an_unknown_scenario_is_refused() -> None:
    for name in ("no-such", "../scenarios/angry-complaint", ""):
        result = run(name)
        assert result.exit_code == 2
        assert "angry-complaint, cross-department" in result.output


def test_an_unknown_language_or_file_is_refused(tmp_path: Path) -> None:
    assert run("angry-complaint", "--language", "fr").exit_code == 2
    app = Flask("bare")
    app.cli.add_command(scenarios)
    args = ["scenarios", "rehearse", "angry-complaint", "--agent", str(tmp_path / "absent")]
    assert app.test_cli_runner().invoke(args=args).exit_code == 2


def test_a_scenario_with_errors_is_told_and_not_played(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    text = (ROOT / "scenarios" / "angry-complaint.yaml").read_text("utf-8")
    (folder / "angry-complaint.yaml").write_text(text.replace("  start: 9", "  start: nine"), "utf-8")
    result = run("angry-complaint", folder=tmp_path)
    assert result.exit_code == 2
    assert "emotion.start: a whole number is expected" in result.output
