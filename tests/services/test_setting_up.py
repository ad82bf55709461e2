"""A new site: its tables come from the migrations, its content from files, its demonstration only in development."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from shutil import copytree

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from lms import create_app
from lms.cli.migrations import load_migrate
from lms.cli.serve import prepare, welcome
from lms.clock import SettableClock
from lms.config import BadSettings, settings
from lms.content.bank import read_bank
from lms.extensions import Base, db
from lms.models.audit import AuditEntry
from lms.models.bank import Question
from lms.models.exams import Sitting
from lms.models.people import Person
from lms.services import bank_files
from tests.conftest import MONDAY
from tests.exam_room import forget_everything

_names = count(1)


@pytest.fixture
def a_new_site(new_database: Callable[[str], str], tmp_path: Path) -> Iterator[Callable[[str], Flask]]:
    """``a_new_site(stage)``: an application on a database that holds nothing yet."""
    made: list[Flask] = []

    def make(stage: str) -> Flask:
        config = {
            "TESTING": True,
            "STAGE": stage,
            "SQLALCHEMY_DATABASE_URI": new_database(f"site{next(_names)}"),
            "INSTANCE_PATH": str(tmp_path),
        }
        made.append(create_app(config, clock=SettableClock(MONDAY)))
        load_migrate(made[-1])
        return made[-1]

    forget_everything()
    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    forget_everything()


def how_many(table: type[Base]) -> int:
    return db.session.execute(select(func.count()).select_from(table)).scalar_one()


def test_the_migrations_make_the_tables_that_the_program_has(a_new_site: Callable[[str], Flask], root: Path) -> None:
    with a_new_site("test").app_context():
        upgrade(directory=str(root / "migrations"))
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            assert compare_metadata(context, Base.metadata) == []


def test_a_site_in_production_has_content_and_no_invented_people(a_new_site: Callable[[str], Flask]) -> None:
    with a_new_site("production").app_context():
        prepare()
        assert how_many(Person) == how_many(Sitting) == 0
        assert how_many(Question) > 150


def test_a_second_start_makes_nothing_twice(a_new_site: Callable[[str], Flask]) -> None:
    with a_new_site("development").app_context():
        prepare()
        first = [how_many(table) for table in (Person, Sitting, Question)]
        prepare()
        assert [how_many(table) for table in (Person, Sitting, Question)] == first
        assert first[:2] == [11, 5]


def test_content_is_read_again_where_the_files_have_changed_or_others_were_loaded(
    a_new_site: Callable[[str], Flask], root: Path, tmp_path: Path
) -> None:
    shipped = tmp_path / "shipped"
    for part in ("question_bank", "scenarios"):
        copytree(root / part, shipped / part)
    app = a_new_site("production")
    app.config["CONTENT_ROOT"] = str(shipped)

    def loads() -> int:
        counted = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "bank.loaded")
        return db.session.execute(counted).scalar_one()

    def difficulty() -> int:
        return db.session.execute(select(Question.difficulty).where(Question.code == "BIL-001")).scalar_one()

    with app.app_context():
        prepare()
        prepare()
        assert loads() == 1
        before = difficulty()
        [file] = [path for path in (shipped / "question_bank").rglob("*.yaml") if "code: BIL-001" in path.read_text()]
        found = re.search(r"BIL-001\b.*?difficulty: (\d)", file.read_text(), re.DOTALL)
        assert found and int(found[1]) == before
        text = file.read_text()
        file.write_text(f"{text[: found.start(1)]}{before % 3 + 1}{text[found.end(1) :]}")
        prepare()
        assert (loads(), difficulty()) == (2, before % 3 + 1)
        bank_files.load(read_bank(root / "question_bank"), None, MONDAY)  # by hand, as the file was before
        assert (loads(), difficulty()) == (3, before)
        prepare()
        assert (loads(), difficulty()) == (4, before % 3 + 1)
        prepare()
        assert loads() == 4


def test_a_taken_port_is_named(app: Flask) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = app.test_cli_runner().invoke(args=["serve", "--port", str(port)])
    assert result.exit_code == 1
    assert f"port {port} is taken" in result.output


def by_hand(root: Path, instance: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`flask --app wsgi …` in the checkout, by somebody who has set nothing but ``environment``."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=root, env={"PATH": os.environ["PATH"], "INSTANCE_PATH": str(instance), **environment},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("words", [("serve", "--port", "1"), ("worker",)])
def test_nothing_is_served_where_nobody_has_said_for_whom(root: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = by_hand(root, tmp_path, *words)
    assert ended.returncode == 1
    assert "`make run`" in ended.stderr and "SHANGGANG_ENV=production" in ended.stderr and "SECRET_KEY" in ended.stderr
    assert "Traceback" not in ended.stderr and ended.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_production_without_a_key_is_refused_in_one_line(root: Path, tmp_path: Path) -> None:
    ended = by_hand(root, tmp_path, "serve", SHANGGANG_ENV="production")
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
    assert ended.stderr.startswith("Error: SECRET_KEY is missing")


def test_commands_work_in_a_fresh_checkout(root: Path, tmp_path: Path) -> None:
    ended = by_hand(root, tmp_path, "drills", "list")
    assert (ended.returncode, ended.stderr) == (0, "") and ended.stdout


def test_the_stage_of_commands_says_nothing_where_the_programs_own_is_set() -> None:
    assert settings({"SHANGGANG_COMMANDS": "development"})["MAY_SERVE"] is False
    with pytest.raises(BadSettings):
        settings({"SHANGGANG_COMMANDS": "development", "SHANGGANG_ENV": "production"})


def test_an_application_in_the_commands_stage_serves_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHANGGANG_ENV", raising=False)
    monkeypatch.setenv("SHANGGANG_COMMANDS", "development")
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    reply = create_app().test_client().get("/login")
    assert reply.status_code == 503
    assert "SHANGGANG_ENV is not set" in reply.text


def test_the_welcome_names_the_folder_where_everything_is_kept() -> None:
    assert "Everything is kept in /srv/elsewhere.\n" in welcome(8000, "/srv/elsewhere")


def test_the_migrations_go_back_and_forth(a_new_site: Callable[[str], Flask], root: Path) -> None:
    with a_new_site("test").app_context():
        upgrade(directory=str(root / "migrations"))
        downgrade(directory=str(root / "migrations"), revision="base")
        assert [name for name in inspect(db.engine).get_table_names() if name != "alembic_version"] == []
        upgrade(directory=str(root / "migrations"))
        assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())


def test_what_points_at_a_table_that_is_made_anew_is_still_there(
    a_new_site: Callable[[str], Flask], root: Path
) -> None:
    """A site with calls and their turns moves up: no row is lost, scripts neither, and nobody gets into two calls."""
    with a_new_site("test").app_context():
        upgrade(directory=str(root / "migrations"), revision="0003")
        a_call()
        upgrade(directory=str(root / "migrations"))
        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT text FROM turns")).scalar_one() == "您好"
            frozen = "SELECT body FROM call_scripts JOIN calls ON sha256 = script_sha256"
            assert connection.execute(text(frozen)).scalar_one() == "{}"
            quoted = [f'"{column["name"]}"' for column in inspect(connection).get_columns("calls")]
            same = {name: name for name in quoted} | {'"id"': "2", '"call_number"': "'C-00000002'"}
            with pytest.raises(IntegrityError):
                names, values = ", ".join(same), ", ".join(same.values())
                connection.execute(text(f"INSERT INTO calls ({names}) SELECT {values} FROM calls"))


def a_call() -> None:
    """A live call of person 1 with one turn, written as the tables of revision 0003 want it."""
    rows = [
        "INSERT INTO people (id, number, name, sort_key, search, password_hash, must_change_password, digit_keys, "
        "active, created_at) VALUES (1, 'n1', '甲', '', '', '', FALSE, TRUE, TRUE, '2026-03-16')",
        "INSERT INTO scenarios (id, code, digest, retired) VALUES (1, 's', '', FALSE)",
        "INSERT INTO scenario_versions (id, scenario_id, number, body, sha256, state, saved_at, comment) "
        "VALUES (1, 1, 1, '{}', '', 'live', '2026-03-16', '')",
        "INSERT INTO calls (id, person_id, position, scenario_version_id, script, script_sha256, rubric_sha256, "
        "language, seed, customer, hand, call_number, alias, state, mixed, turns_count, created_at) "
        "VALUES (1, 1, 1, 1, '{}', '', '', 'zh', 1, 'scripted', 'script', 'C-00000001', '1000', 'live', "
        "FALSE, 1, '2026-03-16')",
        "INSERT INTO turns (call_id, seq, message_id, speaker, kind, text, by, at) "
        "VALUES (1, 1, 'm', 'agent', 'say', '您好', 'trainee', '2026-03-16')",
    ]
    with db.engine.connect() as connection:
        for statement in rows:
            connection.execute(text(statement))
        connection.commit()
