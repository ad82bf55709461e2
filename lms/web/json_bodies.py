"""JSON bodies: one that is nested without end is as broken as one that ends too early."""

from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider


class Json(DefaultJSONProvider):
    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Raises ValueError on whatever is no JSON; the parser itself gives up on deep nesting in its own way."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def init_app(app: Flask) -> None:
    app.json = Json(app)
