"""A statement by itself, past the session and past SQLAlchemy's execution: for what every request asks.

A transaction gives a single statement nothing, but costs two more trips to PostgreSQL; and of a short statement's
time SQLAlchemy's bookkeeping is more than half. So the SQL is compiled once, and the driver runs it.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Engine

Rows = list[tuple[Any, ...]]
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Compiled:
    """The statement in one dialect: its text, its parameters, and how these and the columns found are converted."""

    text: str
    fixed: Mapping[str, Any]
    order: list[str] | None  # of the parameters; None where the driver takes them by name
    into: list[tuple[str, Convert]]
    out: list[tuple[int, Convert]]


class Prepared:
    """A statement that is compiled once a dialect, for the driver's own connection. ``found``: the columns it gives."""

    def __init__(self, statement: Any, found: Sequence[Any] = ()) -> None:
        self.statement, self._found = statement, found
        self._compiled: dict[str, _Compiled] = {}

    def run(self, driver: Any, dialect: Dialect, values: Mapping[str, Any]) -> Any:
        """The driver's cursor; :meth:`rows` reads it."""
        ready = self._compiled.get(dialect.name) or self._compile(dialect)
        given = {**ready.fixed, **values}
        for name, convert in ready.into:
            given[name] = convert(given[name])
        return driver.execute(ready.text, given if ready.order is None else [given[name] for name in ready.order])

    def rows(self, cursor: Any, dialect: Dialect) -> Rows:
        rows: Rows = cursor.fetchall()
        out = self._compiled[dialect.name].out
        return [_converted(row, out) for row in rows] if out else rows

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled: Any = self.statement.compile(dialect=dialect)
        into = {name: _type(bound, dialect).bind_processor(dialect) for name, bound in compiled.binds.items()}
        out = [_type(column, dialect).result_processor(dialect, None) for column in self._found]
        self._compiled[dialect.name] = _Compiled(
            text=str(compiled),
            fixed=dict(compiled.params),
            order=compiled.positiontup and list(compiled.positiontup),
            into=[(name, convert) for name, convert in into.items() if convert],
            out=[(at, convert) for at, convert in enumerate(out) if convert],
        )
        return self._compiled[dialect.name]


class Alone:
    """A statement that is committed by itself; called with an engine and values it gives its rows.

    It sees what is committed now, not what a session saw before. Where the driver fails, SQLAlchemy tries again: it
    knows what an error means and which connections are lost. So a statement that writes must bear being repeated.
    """

    def __init__(self, statement: Any) -> None:
        self._prepared = Prepared(statement, list(statement.selected_columns))

    def __call__(self, engine: Engine, values: Mapping[str, Any]) -> Rows:
        with suppress(engine.dialect.loaded_dbapi.Error):
            return self._past_sqlalchemy(engine, values)
        with engine.begin() as connection:
            return [tuple(row) for row in connection.execute(self._prepared.statement, values)]

    def _past_sqlalchemy(self, engine: Engine, values: Mapping[str, Any]) -> Rows:
        pooled: Any = engine.raw_connection()
        try:
            return self._rows(pooled.dbapi_connection, engine.dialect, values)
        finally:
            pooled.close()

    def _rows(self, driver: Any, dialect: Dialect, values: Mapping[str, Any]) -> Rows:
        """Our SQLite connections begin no transaction by themselves (`lms.extensions`); psycopg's do unless told."""
        if dialect.name == "sqlite":
            return self._prepared.rows(self._prepared.run(driver, dialect, values), dialect)
        driver.autocommit = True
        try:
            return self._prepared.rows(self._prepared.run(driver, dialect, values), dialect)
        finally:
            driver.autocommit = False


def _type(column: Any, dialect: Dialect) -> Any:
    return column.type.dialect_impl(dialect)


def _converted(row: tuple[Any, ...], out: list[tuple[int, Convert]]) -> tuple[Any, ...]:
    values = list(row)
    for at, convert in out:
        values[at] = convert(values[at])
    return tuple(values)
