"""Whose turn it is to write: SQLite takes one writer at a time.

Left alone, every thread that finds the database locked sleeps and tries again, ever longer: under load most of the
time goes by with nobody writing. So writers queue: threads of a process at a lock, processes at a file lock beside
the database. PostgreSQL locks rows and needs none of this.
"""

import fcntl
import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

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
    with _turn_of_this_thread(), _turn_of_this_process(engine):
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


# --- one commit for all who wait --------------------------------------------------------------------------------------

Result = TypeVar("Result")


@dataclass(slots=True, eq=False)
class _Waiting:
    work: Callable[[Connection], Any]
    done: bool = False
    result: Any = None
    error: Exception | None = None


@dataclass(slots=True)
class _Room:
    waiting: deque[_Waiting] = field(default_factory=deque)


_rooms: dict[str, _Room] = {}


def shared_commit(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """Do ``work`` in a transaction and return when it is committed, alone or with others that waited meanwhile.

    Whoever gets the turn does the work of all who wait in this process, with one commit: under load it is the turn
    and the disk that cost, not the rows. ``work`` may be done twice, for where one of them fails nothing is written
    and each is done again by itself; what it raises reaches its own caller only.
    """
    if not queues(engine):
        with engine.begin() as connection:
            return work(connection)
    room = _rooms.setdefault(str(engine.url), _Room())
    mine = _Waiting(work)
    room.waiting.append(mine)
    with _turn_of_this_thread():
        if not mine.done:
            with _turn_of_this_process(engine):
                batch = [room.waiting.popleft() for _ in range(len(room.waiting))]
                _do_together(engine, batch)
    if mine.error is not None:
        raise mine.error
    result: Result = mine.result
    return result


def _do_together(engine: Engine, batch: list[_Waiting]) -> None:
    try:
        with _transaction(engine) as connection:
            results = [one.work(connection) for one in batch]
    except Exception:
        for one in batch:
            _do_alone(engine, one)
    else:
        for one, result in zip(batch, results, strict=True):
            one.result, one.done = result, True


def _do_alone(engine: Engine, one: _Waiting) -> None:
    try:
        with _transaction(engine) as connection:
            one.result = one.work(connection)
    except Exception as error:
        one.error = error
    one.done = True


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        yield connection
