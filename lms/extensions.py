"""The libraries that the application wires, as bare objects; `create_app` gives them their app."""

import sqlite3
from typing import Any

from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Connection, MetaData, event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import Pool

LONGEST_LOCK = "20s"


class Base(DeclarativeBase):
    """Every table subclasses this; the types of its columns stand in `lms.models.columns`."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False, "autoflush": False},
)
login_manager = LoginManager()
csrf = CSRFProtect()
babel = Babel()
bootstrap = Bootstrap5()
limiter = Limiter(get_remote_address)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    """WAL with every commit on disk before it is acknowledged (contract 1), foreign keys on."""
    if not isinstance(dbapi_connection, sqlite3.Connection):
        return
    dbapi_connection.isolation_level = None  # we say BEGIN ourselves, below
    cursor = dbapi_connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "cache_size=-96"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "connect")
def _limit_postgresql(dbapi_connection: Any, _record: object) -> None:
    """Nobody waits for a lock for ever, and nobody keeps one for ever: not who types in a shell, nor a machine that
    lost its power in the midst of a deed. Who waited too long is told that the system is busy.
    """
    if isinstance(dbapi_connection, sqlite3.Connection):
        return
    dbapi_connection.autocommit = True
    with dbapi_connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LONGEST_LOCK}'")
        cursor.execute("SET idle_in_transaction_session_timeout = '5min'")
    dbapi_connection.autocommit = False


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """A reading transaction is deferred; a writing one takes the lock at once.

    A deferred transaction that reads first and then writes fails at once on SQLite when another wrote in between,
    whatever the busy timeout says (contract 3).
    """
    if connection.dialect.name == "sqlite":
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@event.listens_for(Session, "after_begin")
def _read_without_transaction(_session: Session, _transaction: object, connection: Connection) -> None:
    """A session that only reads opens no transaction on PostgreSQL: BEGIN and COMMIT would be two more trips.

    It would give nothing: at READ COMMITTED each statement sees its own moment anyway. `lms.services.writing` asks
    for a transaction, and whoever begins one on the engine has it.
    """
    if connection.dialect.name == "postgresql" and not connection.get_execution_options().get("writing", False):
        driver: Any = connection.connection.driver_connection
        driver.autocommit = True


@event.listens_for(Pool, "reset")
def _back_to_transactions(dbapi_connection: Any, _record: object, _state: object) -> None:
    """Whoever gets the connection next has to say for themselves that they only read."""
    if not isinstance(dbapi_connection, sqlite3.Connection) and dbapi_connection.autocommit:
        dbapi_connection.autocommit = False
