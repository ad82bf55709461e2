"""Work that the program does by itself, in a process of its own: `flask --app wsgi worker`.

Every task may run twice at once without harm, so that a second worker is a spare, not a danger.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from huey import MemoryHuey, RedisHuey, SqliteHuey, crontab

from lms.services import audit, calls, hand_in, run_sweep, sitting_papers


def make_queue(app: Flask) -> Any:
    """The queue (a Huey) with the program's tasks: SQLite by default, Redis at scale, none but memory in tests."""
    where = app.config["RATELIMIT_STORAGE_URI"]
    if app.testing:
        queue = MemoryHuey("shanggang", immediate=True, utc=True)
    elif where.startswith("redis"):
        queue = RedisHuey("shanggang", url=where, utc=True)
    else:
        queue = SqliteHuey("shanggang", filename=str(Path(app.config["INSTANCE_PATH"], "jobs.db")), utc=True)

    periodic: Callable[..., Callable[[Callable[[], Any]], Any]] = queue.periodic_task  # huey ships no types

    @periodic(crontab(minute="*"))
    def sweep_expired_attempts() -> int:
        with app.app_context():
            return hand_in.sweep(app.extensions["clock"].now())

    @periodic(crontab(minute="*"))
    def close_runs_whose_time_is_over() -> int:
        with app.app_context():
            return run_sweep.sweep(app.extensions["clock"].now())

    @periodic(crontab(minute="*"))
    def bring_calls_up_to_the_moment() -> int:
        with app.app_context():
            return calls.sweep(app.extensions["clock"].now())

    @periodic(crontab(minute="*"))
    def take_pools_of_sittings_that_open() -> int:
        with app.app_context():
            return sitting_papers.take_pools_due(app.extensions["clock"].now())

    @periodic(crontab(minute="5", hour="0"))
    def keep_audit_head() -> None:
        """The chain's signed head goes to a file outside the database: a cut tail would show."""
        with app.app_context():
            line = audit.head_line(app.config["SECRET_KEY"], app.extensions["clock"].now())
        with open(Path(app.config["INSTANCE_PATH"], "audit-heads.log"), "a", encoding="utf-8") as heads:
            heads.write(line + "\n")

    return queue
