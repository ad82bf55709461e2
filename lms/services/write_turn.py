"""Whose turn it is to write: SQLite takes one writer at a time.

Left alone, every thread that finds the database locked sleeps and tries again, ever longer: under load most of the
time goes by with nobody writing. So writers queue: threads of a process at a lock, processes at a file lock beside
the database. PostgreSQL locks rows and needs none of this.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Engine

LONGEST_WAIT = 20.0  # seconds

_threads = Lock()
_files: dict[tuple[int, str], int] = {}


class NoTurn(TimeoutError):
    """The writers before took too long: the caller answers that the system is busy."""


@contextmanager
def write_turn(engine: Engine) -> Iterator[None]:
    """Wait for the turn, and pass it on afterwards. Raises :class:`NoTurn`."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:":
        yield
        return
    if not _threads.acquire(timeout=LONGEST_WAIT):
        raise NoTurn
    try:
        descriptor = _file_beside(database)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        _threads.release()


def _file_beside(database: str) -> int:
    """An own descriptor for each process: one that a fork inherits would share its parent's lock."""
    key = (os.getpid(), database)
    if key not in _files:
        _files[key] = os.open(f"{database}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return _files[key]
