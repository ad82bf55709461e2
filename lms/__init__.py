"""Shanggang 上岗: training and certification for call centres. This is the one place that knows every room."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix

from lms import cli, models, web
from lms.clock import Clock, DatabaseClock, SystemClock
from lms.config import ROOT, STAGE_NOT_SAID, settings
from lms.extensions import babel, bootstrap, csrf, db, login_manager


def create_app(config: Mapping[str, Any] | None = None, clock: Clock | None = None) -> Flask:
    """The application. ``config`` overrides the environment's settings; ``clock`` is the system's unless given."""
    app = Flask("lms", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(settings() if config is None else {**settings({"SHANGGANG_ENV": "test"}), **config})
    Path(app.config["INSTANCE_PATH"]).mkdir(parents=True, exist_ok=True)
    if app.config["BEHIND_PROXY"]:
        hops = app.config["BEHIND_PROXY"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    db.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    bootstrap.init_app(app)
    babel.init_app(app, locale_selector=web.select_language)
    app.extensions["clock"] = clock or _clock(app)

    web.init_app(app)
    cli.init_app(app)
    if not app.config["MAY_SERVE"]:  # `flask run`, too, goes by the commands' stage and its published key
        app.wsgi_app = ServiceUnavailable(STAGE_NOT_SAID)  # type: ignore[method-assign]
    return app


def _clock(app: Flask) -> Clock:
    if app.config["CLOCK"] == "database":
        with app.app_context():
            return DatabaseClock(db.engine)
    return SystemClock()


__all__ = ["create_app", "models"]
