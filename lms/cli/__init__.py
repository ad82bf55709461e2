"""Commands: one module a feature."""

from flask import Flask

from lms.cli.content import content


def init_app(app: Flask) -> None:
    """Hang every feature's commands on the `flask` command."""
    app.cli.add_command(content)
