"""Commands: one module a feature."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Hang every feature's commands on the `flask` command."""
