"""A statement by itself, without the session: no BEGIN before it, no COMMIT after it.

A transaction gives a single statement nothing, but costs two more trips to PostgreSQL and the session's bookkeeping;
that is most of what a short read costs, and every request begins with one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Executable

from lms.extensions import db


def rows(statement: Executable, values: Mapping[str, Any]) -> Sequence[Any]:
    """What one reading statement finds; it sees what is committed now, not what a session saw before."""
    with alone(db.engine) as connection:
        return connection.execute(statement, values).all()


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A connection on which every statement is committed by itself."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        yield connection.execution_options(alone=True)
        connection.commit()  # for SQLAlchemy, which keeps count; the database has nothing left to do
