"""Settings from the environment; each has a default that is safe for one machine."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from click import ClickException

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_KEY = "development-only-key-never-for-real-people"
STAGE_NOT_SAID = (
    "SHANGGANG_ENV is not set. To try the program out with invented people: `make run`. For real people: "
    "SHANGGANG_ENV=production with a SECRET_KEY (docs/operating.md)."
)


# libpq's: a database host that has gone is noticed within a minute, instead of when TCP gives up after a quarter hour.
NOTICE_A_LOST_DATABASE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


class BadSettings(ClickException):
    """The program cannot start safely; the message says which setting to give (a command prints it and ends)."""


def settings(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Flask's configuration from the environment.

    SHANGGANG_ENV   production (default), development or test; nobody is served unless it is said
    SHANGGANG_COMMANDS  the stage of commands where SHANGGANG_ENV is not set (.flaskenv, which only `flask` reads)
    SECRET_KEY      signs cookies; required outside development and test
    DATABASE_URL    default: SQLite in instance/shanggang.db
    REDIS_URL       where several machines count limits together; default: a file in INSTANCE_PATH
    TIME_ZONE       how times are shown; default Asia/Shanghai
    CLOCK           system (default) or database (several application machines, PostgreSQL)
    INSTANCE_PATH   where the SQLite file, audit heads and compiled templates lie; default ./instance
    THREADS         requests of pages that each of the server's processes works at at once; default 4
    STREAMS         event streams (calls) that each process holds beside its threads; default 400
    BEHIND_PROXY    number of reverse proxies whose X-Forwarded-* headers are trusted; default 0
    """
    said = "SHANGGANG_ENV" if "SHANGGANG_ENV" in environ else "SHANGGANG_COMMANDS"
    stage = environ.get(said, "production")
    if stage not in ("production", "development", "test"):
        raise BadSettings(f"{said} is {stage!r}; it must be production, development or test")
    secret = environ.get("SECRET_KEY") or (DEVELOPMENT_KEY if stage != "production" else "")
    if len(secret) < 16:
        raise BadSettings(
            "SECRET_KEY is missing or shorter than 16 characters. Outside development the program does not start "
            "without one: make it with `python -c 'import secrets; print(secrets.token_hex(32))'`."
        )
    if stage == "production" and secret == DEVELOPMENT_KEY:
        raise BadSettings("SECRET_KEY is the published development key; make your own.")
    instance = Path(environ.get("INSTANCE_PATH", ROOT / "instance")).resolve()
    database = database_url(environ.get("DATABASE_URL"), instance)
    return {
        "STAGE": stage,
        "MAY_SERVE": said == "SHANGGANG_ENV",
        "SECRET_KEY": secret,
        "SQLALCHEMY_DATABASE_URI": database,
        "SQLALCHEMY_ENGINE_OPTIONS": _connections(database, int(environ.get("THREADS", "4"))),
        "THREADS": int(environ.get("THREADS", "4")),
        "STREAMS": int(environ.get("STREAMS", "4" if stage == "test" else "400")),
        "INSTANCE_PATH": str(instance),
        "CLOCK": environ.get("CLOCK", "system"),
        "BEHIND_PROXY": int(environ.get("BEHIND_PROXY", "0")),
        "REDIS_URL": environ.get("REDIS_URL", ""),
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_HEADERS_ENABLED": False,
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": environ.get("TIME_ZONE", "Asia/Shanghai"),
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        "BOOTSTRAP_SERVE_LOCAL": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": stage == "production" and environ.get("INSECURE_COOKIES") != "1",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as the signed-in session, an exam included
        "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "CONTENT_ROOT": str(ROOT),
    }


def database_url(given: str | None, instance: Path) -> str:
    """The SQLAlchemy address of ``given``; PostgreSQL is always spoken through psycopg 3."""
    if not given:
        return f"sqlite:///{instance / 'shanggang.db'}"
    for prefix in ("postgres://", "postgresql://"):
        if given.startswith(prefix):
            return "postgresql+psycopg://" + given.removeprefix(prefix)
    return given


def _connections(database: str, threads: int) -> dict[str, Any]:
    """A connection for all who work at once: one for which the pool has no room is closed after each request, and
    opening one costs more than a save. The last used is used first: its caches are warm.
    """
    options: dict[str, Any] = {"pool_size": 3 * threads + 12, "pool_use_lifo": True}
    if database.startswith("postgresql"):
        # Statements are few and come again and again: have each planned once a connection, not five times.
        options["connect_args"] = {"prepare_threshold": 1, **NOTICE_A_LOST_DATABASE}
    return options
