"""`flask drills …` and the drills' part of `flask content check`, in an application without a database."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from lms.cli.content import content
from lms.cli.drills import drills

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str) -> Result:
    app = Flask("bare")
    app.config["CONTENT_ROOT"] = str(ROOT)
    app.cli.add_command(drills)
    app.cli.add_command(content)
    return app.test_cli_runner().invoke(args=list(words))


def made(*words: str) -> list[dict[str, Any]]:
    result = run("drills", "make", "--json", *words)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


@pytest.mark.parametrize("kind", ["lookup", "workflow"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_task_is_told_whole(kind: str, language: str) -> None:
    (told,) = made("--kind", kind, "--seed", "7", "--language", language)
    assert told["task"]["kind"] == kind
    assert told["cue"] == told["task"]["cue"]
    first, *others = told["records"]
    assert first["customer"] == told["answer"]["customer"] == told["task"]["customer"]
    assert len(others) == 4
    assert first["masked"]["number"] == f"{first['full']['number'][:3]}****{first['full']['number'][-4:]}"
    assert first["full"]["id"].endswith(first["masked"]["id"])
    assert len(first["full"]["id"]) == 18
    assert told["answer"]["fields"]
    assert told["answer"]["article"].startswith("KB-")
    assert (told["answer"]["verification"] is None) == (kind == "lookup")


def test_the_same_seed_prints_the_same(tmp_path: Path) -> None:
    asked = ("--kind", "workflow", "--seed", "11", "--language", "en", "--count", "3")
    assert made(*asked) == made(*asked)
    assert [one["task"]["seed"] for one in made(*asked)] == [11, 12, 13]
    assert made("--kind", "workflow", "--seed", "12", "--language", "en")[0] == made(*asked)[1]


def test_a_template_can_be_named() -> None:
    told = made("--template", "termination-quote", "--count", "2")
    assert {one["task"]["template"] for one in told} == {"termination-quote"}


def test_in_words_it_reads_without_json() -> None:
    result = run("drills", "make", "--template", "refund-reminder-failed", "--seed", "3")
    assert result.exit_code == 0
    assert "solution = SOL-REFUND-R2B" in result.output
    assert "V2 · evidence vas:" in result.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "give --kind lookup or --kind workflow, or a --template"),
        (("--kind", "dance"), "'dance' is not one of 'lookup', 'workflow'"),
        (("--kind", "lookup", "--language", "fr"), "'fr' is not one of 'zh', 'en'"),
        (("--kind", "lookup", "--seed", "many"), "'many' is not a valid integer"),
        (("--kind", "lookup", "--count", "0"), "0 is not in the range"),
        (("--template", "absent"), "there is no template 'absent'"),
        (("--kind", "lookup", "--template", "los-red"), "the template los-red is a workflow, not a lookup"),
        (("--kind", "lookup", "--world-size", "10"), "no customer of 10 has the circumstance"),
        (("--kind", "lookup", "--world-size", "0"), "0 is not in the range"),
        (("--seeds", "1"), "No such option"),
    ],
)
def test_what_cannot_be_made_is_said(words: tuple[str, ...], told: str) -> None:
    result = run("drills", "make", "--json", *words)
    assert result.exit_code == 2
    assert told in result.output


def test_the_templates_are_listed() -> None:
    listed = json.loads(run("drills", "list", "--json").output)
    assert {one["kind"] for one in listed} == {"lookup", "workflow"}
    lookups = json.loads(run("drills", "list", "--kind", "lookup", "--json").output)
    assert lookups == [one for one in listed if one["kind"] == "lookup"]
    assert {"code", "skill", "difficulty", "rule", "title"} <= set(lookups[0])
    assert "contract-end\tcontracts\t1" in run("drills", "list").output


def journal(task: dict[str, Any], answers: dict[str, str]) -> list[dict[str, Any]]:
    deeds: list[tuple[str, dict[str, Any]]] = [("begin", {}), ("open", {"customer": task["customer"]})]
    deeds += [("answer", {"field": field, "value": value}) for field, value in answers.items()]
    return [
        {"seq": seq, "op_id": f"o{seq}", "at": f"2026-03-16T10:00:{2 * seq:02d}+08:00", "kind": kind, "data": data}
        for seq, (kind, data) in enumerate([*deeds, ("submit", {})], start=1)
    ]


def test_a_run_is_scored_from_files(tmp_path: Path) -> None:
    (told,) = made("--template", "contract-end", "--seed", "5")
    right = {field: one["expected"] for field, one in told["answer"]["fields"].items()}
    right["article"] = told["answer"]["article"]
    task, good, bad = tmp_path / "task.json", tmp_path / "good.json", tmp_path / "bad.json"
    task.write_text(json.dumps(told), encoding="utf-8")
    good.write_text(json.dumps(journal(told["task"], right)), encoding="utf-8")
    bad.write_text(json.dumps(journal(told["task"], {**right, "contract.end": "2020-01-01"})), encoding="utf-8")
    fine = json.loads(run("drills", "score", str(task), str(good), "--json").output)
    assert (fine["points"], fine["counted"], fine["errors"]) == ("100/1", True, [])
    wrong = json.loads(run("drills", "score", str(task), str(bad), "--json").output)
    assert (wrong["points"], wrong["counted"]) == ("0/1", False)
    assert [(one["field"], one["seen"], one["right"]) for one in wrong["errors"]] == [
        ("contract.end", "2020-01-01", right["contract.end"])
    ]
    assert "contract.end '2020-01-01'" in run("drills", "score", str(task), str(bad)).output


def test_what_cannot_be_scored_is_said(tmp_path: Path) -> None:
    (told,) = made("--template", "contract-end", "--seed", "5")
    task, empty, prose = tmp_path / "task.json", tmp_path / "empty.json", tmp_path / "prose.json"
    task.write_text(json.dumps(told["task"]), encoding="utf-8")
    empty.write_text("[]", encoding="utf-8")
    prose.write_text("hello", encoding="utf-8")
    odd = tmp_path / "odd.json"
    odd.write_text(json.dumps([{"seq": 1, "op_id": "a", "at": "noon", "kind": "begin"}]), encoding="utf-8")
    for words, said in (
        ((task, prose), "is not JSON"),
        ((task, odd), "an action has no sound"),
        ((empty, empty), "holds no task"),
        ((task, empty, "--plan", "workflow-certification"), "there is no lookup plan 'workflow-certification'"),
        ((task, empty, "--factor", "0"), "--factor must be from 0.1 to 10"),
        ((tmp_path / "absent", empty), "does not exist"),
    ):
        result = run("drills", "score", *map(str, words))
        assert result.exit_code == 2
        assert said in result.output
    assert json.loads(run("drills", "score", str(task), str(empty), "--json").output)["counted"] is False


def test_content_check_proves_the_drills() -> None:
    result = run("content", "check", str(ROOT / "scenarios" / "drills" / "workflow"), "--seeds", "2")
    assert result.exit_code == 0, result.output
    assert "each proved by 2 tasks a language" in result.output
    assert "0 errors" in result.output
