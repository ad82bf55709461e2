"""The worlds of the simulated CRM: their customers are computed, only what searching needs is stored, once.

An index is built in batches, each in its own turn to write; one process builds, another waits and finds it done;
what a killed process left half built is built anew.
"""

import fcntl
import os
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.content.desktop import read_desktop
from lms.content.drill_templates import FOLDER, TemplateFiles, read_templates
from lms.content.operator import read_catalogue
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.panels import Look
from lms.domain.crm.world import World as Customers
from lms.domain.drills.defaults import WORLD_SEED, WORLD_SIZE
from lms.domain.drills.templates import Template
from lms.domain.values import Language
from lms.extensions import LONGEST_LOCK, db
from lms.models.drills import World, WorldTerm
from lms.services.write_turn import queues, write_turn
from lms.services.writing import writing

ROOT = Path(__file__).resolve().parents[2]
ROWS_AT_A_TIME = 1_000  # the builder steps back for everybody: it must never hold the write turn for long

TermRow = tuple[int, str, str, int]


class NotBuilt(LookupError):
    """The world's search index is not whole yet: a moment's patience."""


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The operator's files, read once a process. Raises ValueError where they have errors."""
    found, problems = read_catalogue(ROOT / "scenarios" / "operator")
    if found is None:
        raise ValueError("; ".join(map(str, problems)))
    return found


@lru_cache(maxsize=4)
def customers(seed: int = WORLD_SEED, size: int = WORLD_SIZE) -> Customers:
    """The world's customers, as functions; kept, for it remembers what is dear to make."""
    return Customers(seed, size, catalogue())


@lru_cache(maxsize=1)
def template_files() -> TemplateFiles:
    """The shipped drill templates and the skills that they train. Raises ValueError where they have errors."""
    files = read_templates(ROOT / FOLDER, catalogue())
    if files.errors:
        raise ValueError("; ".join(map(str, files.errors)))
    return files


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """The shipped drill templates, read once a process. Raises ValueError where they have errors."""
    return tuple(template_files().templates)


def look(language: Language, today: date) -> Look:
    return Look(catalogue(), read_desktop(ROOT), language, today)


def find_world(seed: int = WORLD_SEED, size: int = WORLD_SIZE) -> World | None:
    """The world whose index is whole; None until it is built."""
    world = db.session.execute(_world(seed, size)).scalar_one_or_none()
    return world if world is not None and world.built_at is not None else None


def _world(seed: int, size: int) -> Any:
    return select(World).where(World.seed == seed, World.size == size, World.digest == catalogue().digest)


def ensure_world(now: datetime, seed: int = WORLD_SEED, size: int = WORLD_SIZE) -> int:
    """The id of the world, its index whole when this returns; builds it where it is not."""
    world_id = _enter(seed, size, now)
    with _only_builder(db.engine, world_id):
        db.session.rollback()
        if db.session.get_one(World, world_id, populate_existing=True).built_at is None:
            _build(world_id, customers(seed, size))
            with writing(None, now) as deed:
                deed.session.execute(update(World).where(World.id == world_id).values(built_at=now))
    db.session.rollback()
    return world_id


_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def _enter(seed: int, size: int, now: datetime) -> int:
    with writing(None, now) as deed:
        insert: Any = _INSERTS[db.engine.dialect.name](World)
        values = {"seed": seed, "size": size, "digest": catalogue().digest}
        deed.session.execute(insert.values(**values).on_conflict_do_nothing())
        world_id: int = deed.session.execute(_world(seed, size)).scalar_one().id
    return world_id


@contextmanager
def _only_builder(engine: Engine, world_id: int) -> Iterator[None]:
    """One process builds a world at a time: a file lock beside SQLite, an advisory lock on PostgreSQL."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET lock_timeout = 0"))  # a world may take minutes
            try:
                connection.execute(text("SELECT pg_advisory_lock(:family, :world)"), _lock_of(world_id))
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock_all()"))
                connection.execute(text(f"SET lock_timeout = '{LONGEST_LOCK}'"))
    elif queues(engine):
        descriptor = os.open(f"{engine.url.database}.world-{world_id}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
    else:
        yield


def _lock_of(world_id: int) -> dict[str, int]:
    return {"family": 0x63726D, "world": world_id}  # "crm"


def _build(world_id: int, world: Customers) -> None:
    engine = db.engine
    with engine.connect() as connection, closing(_sorted_terms(world)) as terms:
        _forget(engine, connection, world_id)
        rows = ((world_id, kind, term, n) for kind, term, n in terms)
        while batch := list(islice(rows, ROWS_AT_A_TIME)):
            with write_turn(engine), _transaction(connection):
                _insert(connection, batch)
        if engine.dialect.name == "postgresql":
            connection.execute(text("ANALYZE crm_terms"))
            connection.commit()


def _sorted_terms(world: Customers) -> Generator[tuple[str, str, int], None, None]:
    """(kind, term, customer) in the order of the index, so that it only ever grows at its end.

    A million customers have more terms than memory should hold: a temporary file of SQLite's sorts them.
    """
    with closing(sqlite3.connect("")) as sorter:
        sorter.execute("CREATE TABLE terms (kind TEXT, term TEXT, customer INTEGER)")
        every = ((kind, term, n) for n in range(world.size) for kind, term in world.terms(n))
        sorter.executemany("INSERT INTO terms VALUES (?, ?, ?)", every)
        yield from sorter.execute("SELECT kind, term, customer FROM terms ORDER BY kind, term, customer")


def _forget(engine: Engine, connection: Connection, world_id: int) -> None:
    """What another build left behind."""
    with write_turn(engine), _transaction(connection):
        connection.execute(delete(WorldTerm).where(WorldTerm.world_id == world_id))


@contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    connection.execution_options(writing=True)
    with connection.begin():
        yield


def _insert(connection: Connection, rows: list[TermRow]) -> None:
    """The driver's own fast way: these are many rows, and plain."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.executemany("INSERT INTO crm_terms (world_id, kind, term, customer) VALUES (?, ?, ?, ?)", rows)
        return
    with driver.cursor() as cursor, cursor.copy("COPY crm_terms (world_id, kind, term, customer) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
