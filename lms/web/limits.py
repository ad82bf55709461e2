"""How often something may be tried: counted for all processes of the machine, in a small file of their own.

Several machines count together at REDIS_URL; where that is away, each process counts for itself meanwhile.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from limits.storage import Storage

from lms.extensions import limiter

SCHEME = "counts"


def _seconds() -> float:
    moment: datetime = current_app.extensions["clock"].now()
    return moment.timestamp()


class CountsInFile(Storage):
    """A storage of the limits library: fixed windows in an SQLite file. What it holds is worth minutes, so nothing is
    waited for to reach the disk; a connection is opened for each look, for tries are rare and processes fork.
    """

    STORAGE_SCHEME = [SCHEME]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._path = uri.removeprefix(f"{SCHEME}://")

    @contextmanager
    def _file(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=5, isolation_level=None)) as file:
            file.execute("PRAGMA synchronous=OFF")
            file.execute("CREATE TABLE IF NOT EXISTS counts (key TEXT PRIMARY KEY, count INTEGER, until REAL)")
            yield file

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        moment = _seconds()
        add = (
            "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET count = count + excluded.count "
            "RETURNING count"
        )
        with self._file() as file:
            file.execute("BEGIN IMMEDIATE")
            file.execute("DELETE FROM counts WHERE until <= ?", (moment,))
            count = int(file.execute(add, (key, amount, moment + expiry)).fetchone()[0])
            file.execute("COMMIT")
        return count

    def _row(self, key: str) -> tuple[int, float]:
        moment = _seconds()
        with self._file() as file:
            row = file.execute("SELECT count, until FROM counts WHERE key = ? AND until > ?", (key, moment)).fetchone()
        return row or (0, moment)

    def get(self, key: str) -> int:
        return self._row(key)[0]

    def get_expiry(self, key: str) -> float:
        return self._row(key)[1]

    def check(self) -> bool:
        with self._file() as file:
            file.execute("SELECT 1 FROM counts")
        return True

    def reset(self) -> int:
        with self._file() as file:
            return file.execute("DELETE FROM counts").rowcount

    def clear(self, key: str) -> None:
        with self._file() as file:
            file.execute("DELETE FROM counts WHERE key = ?", (key,))


def seconds_left() -> int | None:
    """How long whoever tried too often has to wait; None where no limit was met in this request."""
    met = limiter.current_limit
    return max(1, round(met.reset_at - _seconds())) if met and met.breached else None


def init_app(app: Flask) -> None:
    file = Path(app.config["INSTANCE_PATH"], "limits.db")
    app.config["RATELIMIT_STORAGE_URI"] = app.config["REDIS_URL"] or f"{SCHEME}://{file}"
    limiter.init_app(app)
