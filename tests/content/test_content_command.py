"""`flask content check`: every problem on a line, a summary, and an exit code that a build can trust."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from lms.cli.content import content
from tests.content.bank_files import ALL_KINDS, BLUEPRINT, SINGLE, topic, write


def check(root: Path, *paths: Path) -> Result:
    """The command in an application that has no database at all."""
    app = Flask("bare")
    app.config["CONTENT_ROOT"] = str(root)
    app.cli.add_command(content)
    return app.test_cli_runner().invoke(args=["content", "check", *map(str, paths)])


def test_a_sound_bank_is_summed_up(tmp_path: Path) -> None:
    write(tmp_path / "question_bank", topic(ALL_KINDS))
    write(tmp_path / "question_bank", BLUEPRINT, "blueprints/quick.yaml")
    result = check(tmp_path)
    assert result.exit_code == 0
    assert result.output.strip() == (
        "5 questions: business 5 · multiple 1, numeric 1, ordering 1, single 1, written 1 · en 5, zh 5"
        " · 1 blueprint · 0 errors, 0 warnings"
    )


def test_an_error_is_told_and_fails(tmp_path: Path) -> None:
    file = write(tmp_path, topic(SINGLE.replace("key: B", "key: D")))
    result = check(tmp_path, tmp_path)
    assert result.exit_code == 1
    assert (
        f"{file.as_posix()}:14: questions.BIL-001.key: the key D is not one of the options — "
        in result.output
    )
    assert "1 error, 0 warnings" in result.output


def test_a_warning_fails_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, topic(ALL_KINDS).encode("gb18030"))
    result = check(tmp_path, file)
    assert result.exit_code == 0
    assert "warning: the file was read as GB18030" in result.output


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert check(tmp_path, tmp_path / "absent").exit_code == 2


def test_paths_are_short_from_the_project_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "question_bank", topic("- x"))
    monkeypatch.chdir(tmp_path)
    assert check(tmp_path).output.startswith("question_bank/business-billing.yaml:5: ")
