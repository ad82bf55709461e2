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

from lms.services.lanes import standing_aside

LONGEST_WAIT = 20.0  # seconds

_threads = Lock()
_files: dict[tuple[int, str], int] = {}


class NoTurn(TimeoutError):
    """The writers before took too long: the caller answers that the system is busy."""


@contextmanager
def write_turn(engine: Engine) -> Iterator[None]:
    """Wait for the turn, and pass it on afterwards. Raises :class:`NoTurn`."""
    if not queues(engine):
        yield
        return
    with standing_aside(), _turn_of_this_thread(), _turn_of_this_process(engine):
        yield


def queues(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:")


@contextmanager
def _turn_of_this_thread() -> Iterator[None]:
    if not _threads.acquire(timeout=LONGEST_WAIT):
        raise NoTurn
    try:
        yield
    finally:
        _threads.release()


@contextmanager
def _turn_of_this_process(engine: Engine) -> Iterator[None]:
    descriptor = _file_beside(str(engine.url.database))
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _file_beside(database: str) -> int:
    """An own descriptor for each process: one that a fork inherits would share its parent's lock."""
    key = (os.getpid(), database)
    if key not in _files:
        _files[key] = os.open(f"{database}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return _files[key]
