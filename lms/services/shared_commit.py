"""One commit for all who wait (decision 6): under load it is the turn and the disk that cost, not the rows.

Who comes first leads: it takes the turn and does what everybody of its process has asked meanwhile, in one
transaction. Then each is woken with its own answer, and the first of those who came later leads on.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection, Engine

from lms.services.lanes import standing_aside
from lms.services.write_turn import NoTurn, queues, write_turn

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


def _closed() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Asked, Answer]):
    asked: Asked
    woken: Lock = field(default_factory=_closed)
    answer: Answer | None = None
    error: BaseException | None = None
    done: bool = False


@dataclass(slots=True)
class _Room(Generic[Asked, Answer]):
    """Those who wait before one database. ``led``: somebody has the turn, or is about to take it."""

    lock: Lock = field(default_factory=Lock)
    waiting: list[_Waiting[Asked, Answer]] = field(default_factory=list)
    led: bool = False


class SharedCommit(Generic[Asked, Answer]):
    """Called with an engine and what is asked, it returns the answer when that is committed, alone or with others.

    ``careful`` does one request within a transaction; what it raises reaches its own caller only. It may be called
    twice, for where one of a group fails nothing is written, and each is done again by itself. ``usual`` is the same
    in short, on the driver's own connection: SQLAlchemy's bookkeeping would be half of its time. It returns None
    where it has met anything unusual; then nothing it did counts.
    """

    def __init__(
        self, careful: Callable[[Connection, Asked], Answer], usual: Callable[[Any, Asked], Answer | None] | None = None
    ) -> None:
        self._careful, self._usual = careful, usual
        self._rooms: dict[str, _Room[Asked, Answer]] = {}

    def __call__(self, engine: Engine, asked: Asked) -> Answer:
        if not queues(engine):
            with engine.begin() as connection:
                return self._careful(connection, asked)
        room = self._rooms.setdefault(str(engine.url.database), _Room())
        mine: _Waiting[Asked, Answer] = _Waiting(asked)
        with room.lock:
            room.waiting.append(mine)
            leads, room.led = not room.led, True
        with standing_aside():
            if not leads:
                mine.woken.acquire()
            if not mine.done:
                self._lead(engine, room, mine)
        if mine.error is not None:
            raise mine.error
        return cast(Answer, mine.answer)

    def _lead(self, engine: Engine, room: _Room[Asked, Answer], leader: _Waiting[Asked, Answer]) -> None:
        """Do what all ask who are waiting when the turn comes. A turn that never comes is everybody's error."""
        batch: list[_Waiting[Asked, Answer]] = []
        try:
            with write_turn(engine):
                batch = _everybody(room)
                self._do_together(engine, batch)
        except BaseException as error:
            batch = batch or _everybody(room)
            for one in batch:
                if not one.done:
                    one.error, one.done = error, True
        finally:
            with room.lock:
                successor = room.waiting[0] if room.waiting else None
                room.led = successor is not None
            if successor is not None:
                successor.woken.release()
            for one in batch:
                if one is not leader:
                    one.woken.release()

    def _do_together(self, engine: Engine, batch: Sequence[_Waiting[Asked, Answer]]) -> None:
        try:
            answers = self._all_usual(engine, batch)
            if answers is None:
                with _transaction(engine) as connection:
                    answers = [self._careful(connection, one.asked) for one in batch]
        except Exception as error:
            if _is_locked(error):  # by somebody who does not queue: each by themselves would wait as long again
                raise NoTurn from error
            for one in batch:
                self._do_alone(engine, one)
        else:
            for one, answer in zip(batch, answers, strict=True):
                one.answer, one.done = answer, True

    def _all_usual(self, engine: Engine, batch: Sequence[_Waiting[Asked, Answer]]) -> list[Answer] | None:
        if self._usual is None:
            return None
        answers: list[Answer] = []
        pooled: Any = engine.raw_connection()
        try:
            driver = pooled.dbapi_connection
            driver.execute("BEGIN IMMEDIATE")
            for one in batch:
                answer = self._usual(driver, one.asked)
                if answer is None:
                    return None
                answers.append(answer)
            driver.commit()
        finally:
            pooled.close()  # and with it goes what is not committed
        return answers

    def _do_alone(self, engine: Engine, one: _Waiting[Asked, Answer]) -> None:
        try:
            with _transaction(engine) as connection:
                one.answer = self._careful(connection, one.asked)
        except Exception as error:
            one.error = error
        one.done = True


def _is_locked(error: Exception) -> bool:
    """SQLite's own error, or SQLAlchemy's around it: another had the database all the time that we waited."""
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0)
    return bool(code & 0xFF == sqlite3.SQLITE_BUSY)  # the rest tells why


def _everybody(room: _Room[Asked, Answer]) -> list[_Waiting[Asked, Answer]]:
    with room.lock:
        batch, room.waiting = room.waiting, []
    return batch


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        yield connection
