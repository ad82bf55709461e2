"""`flask db …`: Flask-Migrate, loaded when it is asked for. It brings alembic, 9 MiB that a server never uses."""

import click
from flask import Flask, current_app

from lms.config import ROOT
from lms.extensions import db


def load_migrate(app: Flask) -> None:
    """Make Flask-Migrate's functions and commands work on ``app``."""
    from flask_migrate import Migrate

    if "migrate" not in app.extensions:
        Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)


@click.command("db", context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def migrations(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Perform database migrations."""
    from flask_migrate.cli import db as group

    load_migrate(current_app._get_current_object())  # type: ignore[attr-defined]
    group.main(list(arguments), prog_name=context.command_path, obj=context.obj)
