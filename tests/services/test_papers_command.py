"""`flask papers`: papers from the files without a database, and from the live bank."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from lms.services import bank_files
from tests.conftest import MONDAY
from tests.content.bank_files import BLUEPRINT, SINGLE, bank_of, write

OTHERS = "".join(
    SINGLE.replace("BIL-001", f"BIL-00{n}").replace("应收多少元", word).replace("How much", word)
    for n, word in ((2, "甲项"), (3, "乙项"), (4, "丙项"))
)
EXAM = BLUEPRINT.replace("code: quick", "code: zz-exam").replace("minutes", "certification: true\nminutes")


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bank of four questions and two blueprints."""
    monkeypatch.setitem(app.config, "CONTENT_ROOT", str(tmp_path))
    bank = tmp_path / "question_bank"
    bank.mkdir()
    write(bank, BLUEPRINT, "blueprints/quick.yaml")
    write(bank, EXAM, "blueprints/zz-exam.yaml")
    bank_of(bank, SINGLE + OTHERS)
    return bank


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["papers", *args])


def test_the_certification_exam_is_listed_first(app: Flask, folder: Path) -> None:
    assert json.loads(run(app, "list", "--json").stdout) == [
        {"code": "zz-exam", "title": "小测"},
        {"code": "quick", "title": "小测"},
    ]
    assert json.loads(run(app, "list", "--json", "--language", "en").stdout)[0]["title"] == "Quick"


def test_every_form_is_a_line_and_the_same_seed_gives_the_same_form(app: Flask, folder: Path) -> None:
    result = run(app, "assemble", "quick", "--forms", "20", "--seed", "7", "--json")
    forms = [json.loads(line) for line in result.stdout.splitlines()]
    assert [form["seed"] for form in forms] == list(range(7, 27))
    assert {len(form["sections"]["business"]) for form in forms} == {1}
    again = run(app, "assemble", "quick", "--seed", "9", "--json")
    assert json.loads(again.stdout) == forms[2]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["assemble", "nothing"], "there is no blueprint 'nothing'; there are: zz-exam, quick"),
        (["assemble", "quick", "--language", "fr"], "there is no language 'fr'"),
        (["list", "--language", "fr"], "there is no language 'fr'"),
    ],
)
def test_what_cannot_be_is_said_on_stderr(app: Flask, folder: Path, args: list[str], said: str) -> None:
    result = run(app, *args)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr


def test_a_short_bank_names_the_cell_and_by_how_many(app: Flask, folder: Path) -> None:
    write(folder, BLUEPRINT.replace("count: 1", "count: 6"), "blueprints/quick.yaml")
    result = run(app, "assemble", "quick", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "business/single is short by 2 (4 of 6)" in result.stderr


def test_the_live_bank_can_be_drawn_from_instead(app: Flask, folder: Path) -> None:
    assert run(app, "assemble", "quick", "--database").exit_code == 1
    bank_files.load(bank_of(folder, SINGLE + OTHERS), None, MONDAY)
    result = run(app, "assemble", "quick", "--database", "--json")
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.stdout)["sections"]["business"]) == 1
