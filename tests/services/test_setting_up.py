"""A new site: its tables come from the migrations, its content from files, its demonstration only in development."""

import socket
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from lms import create_app
from lms.cli.serve import prepare
from lms.clock import SettableClock
from lms.extensions import Base, db
from lms.models.bank import Question
from lms.models.exams import Sitting
from lms.models.people import Person
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


def test_a_taken_port_is_named(app: Flask) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = app.test_cli_runner().invoke(args=["serve", "--port", str(port)])
    assert result.exit_code == 1
    assert f"port {port} is taken" in result.output


def test_the_migrations_go_back_and_forth(a_new_site: Callable[[str], Flask], root: Path) -> None:
    with a_new_site("test").app_context():
        upgrade(directory=str(root / "migrations"))
        downgrade(directory=str(root / "migrations"), revision="base")
        assert [name for name in inspect(db.engine).get_table_names() if name != "alembic_version"] == []
        upgrade(directory=str(root / "migrations"))
        assert set(Base.metadata.tables) <= set(inspect(db.engine).get_table_names())
