"""Alembic's environment: the application's own engine and tables, one transaction a migration."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, MetaData

from lms.models.columns import plain_type

database = current_app.extensions["migrate"].db
options: dict[str, Any] = {
    **current_app.extensions["migrate"].configure_args,
    "render_item": plain_type,
}


def skip_empty_revision(_context: object, _revision: object, directives: list[Any]) -> None:
    """`flask db migrate` writes no file where nothing changed."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives.clear()


def target() -> MetaData:
    metadata: MetaData = database.metadatas[None]
    return metadata


@contextmanager
def foreign_keys_rest(connection: Connection) -> Iterator[None]:
    """SQLite changes a column by making its table anew, which others point at meanwhile: looked at once, at the end.

    The pragma does nothing within a transaction, hence the driver's own connection.
    """
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        if broken := driver.execute("PRAGMA foreign_key_check").fetchall():
            raise RuntimeError(f"the migrations left rows that point nowhere: {broken[:5]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    context.configure(url=current_app.config["SQLALCHEMY_DATABASE_URI"], target_metadata=target(), literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    options.setdefault("process_revision_directives", skip_empty_revision)
    with database.engine.connect() as connection, foreign_keys_rest(connection):
        context.configure(connection=connection, target_metadata=target(), **options)
        with context.begin_transaction():
            context.run_migrations()
