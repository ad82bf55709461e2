"""Who watches which call: one poller a process looks for all of them, and wakes those whose call has moved.

A turn is committed by any process; each learns of it within `PERIOD`. A watcher holds no connection.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from lms.extensions import db
from lms.models.roleplays import Call

PERIOD = 0.15  # seconds between two looks
_MARK = select(Call.id, Call.turns_count, Call.state, Call.hand, Call.due.is_not(None)).where(
    Call.id.in_(bindparam("calls", expanding=True))
)


@dataclass(eq=False)
class Watch:
    """One watcher of one call."""

    call_id: int
    mark: str = ""
    signal: Event = field(default_factory=Event)

    def moved(self, seconds: float) -> bool:
        """Whether the call has moved since the last time; waits for it at most so long."""
        came = self.signal.wait(seconds)
        self.signal.clear()
        return came


@dataclass
class Board:
    """Who watches which call. Only those whose call has moved are woken: there may be hundreds."""

    watches: dict[int, list[Watch]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    poller: Thread | None = None

    @contextmanager
    def watching(self, call_id: int, engine: Engine) -> Iterator[Watch]:
        watch = Watch(call_id)
        with self.lock:
            self.watches.setdefault(call_id, []).append(watch)
            if self.poller is None:
                self.poller = Thread(target=self._poll, args=(engine,), name="call-watch", daemon=True)
                self.poller.start()
        try:
            yield watch
        finally:
            with self.lock:
                self.watches[call_id].remove(watch)
                if not self.watches[call_id]:
                    del self.watches[call_id]

    def _poll(self, engine: Engine) -> None:
        """Look as long as anybody watches; a database that is away for a moment is asked again."""
        pause = Event()
        while self._look(engine):
            pause.wait(PERIOD)

    def _look(self, engine: Engine) -> bool:
        with self.lock:
            wanted = list(self.watches)
            if not wanted:
                self.poller = None
                return False
        for call_id, mark in _marks(engine, wanted).items():
            with self.lock:
                watches = list(self.watches.get(call_id, ()))
            for watch in watches:
                if watch.mark != mark:
                    watch.mark = mark
                    watch.signal.set()
        return True


def _marks(engine: Engine, call_ids: list[int]) -> dict[int, str]:
    try:
        with engine.connect() as connection:
            rows = connection.execute(_MARK, {"calls": call_ids}).all()
    except SQLAlchemyError:
        return {}
    return {row[0]: ":".join(str(part) for part in row[1:]) for row in rows}


_board = Board()


def watching(call_id: int) -> AbstractContextManager[Watch]:
    """Bound to this process's board and database, so that it can be entered after its request has ended."""
    return _board.watching(call_id, db.engine)
