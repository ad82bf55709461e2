"""The house's fixtures: one application a session on a real database, every row deleted after each test."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import Engine

from lms import create_app
from lms.clock import SettableClock
from lms.extensions import Base, db, limiter
from lms.services import passwords
from tests.browser_like import Visitor
from tests.throwaway_postgres import ThrowawayPostgres

# Monday 16 March 2026, 10:00 in Shanghai: the rulebook's "today".
MONDAY = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)


@event.listens_for(Engine, "before_cursor_execute")
def a_lock_is_held_by_a_transaction(connection: Connection, _cursor: object, text_: str, *_rest: object) -> None:
    """Who only reads has none on PostgreSQL (`lms.extensions`): a row that it locked would be free again at once."""
    if connection.dialect.name == "postgresql" and "FOR UPDATE" in text_:
        assert not connection.connection.driver_connection.autocommit, text_  # type: ignore[union-attr]


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """``new_database(name)``: the address of an empty database; TEST_DATABASE=postgresql takes a throw-away server."""
    if os.environ.get("TEST_DATABASE", "sqlite") == "postgresql":
        with ThrowawayPostgres() as server:
            yield server.create_database
    else:
        folder = tmp_path_factory.mktemp("databases")
        yield lambda name: f"sqlite:///{folder / name}.db"


@pytest.fixture(scope="session")
def database_url(new_database: Callable[[str], str]) -> str:
    return new_database("suite")


@pytest.fixture(scope="session")
def shared_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    passwords.use_cost(memory_kib=8, rounds=1)
    app = create_app(
        {
            "TESTING": True,
            "SQLALCHEMY_DATABASE_URI": database_url,
            "INSTANCE_PATH": str(tmp_path_factory.mktemp("instance")),
        },
        clock=SettableClock(MONDAY),
    )
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    shared_app.extensions["clock"].moment = MONDAY
    with shared_app.app_context():
        yield shared_app
        db.session.rollback()
        delete_all_rows()
        db.session.remove()
    limiter.reset()


def delete_all_rows() -> None:
    """Real commits, real deletes: cheaper than a new schema, and nothing of the framework's insides is touched."""
    session = db.session
    session.connection(execution_options={"writing": True})
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    if db.engine.dialect.name == "postgresql":
        session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    else:
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    session.commit()
    session.expunge_all()


@pytest.fixture
def clock(app: Flask) -> SettableClock:
    clock: SettableClock = app.extensions["clock"]
    return clock


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody with a browser who has not signed in."""
    return Visitor(app)


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).resolve().parent.parent
