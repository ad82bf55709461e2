"""Who watches which call: one poller a process looks for all of them, and wakes those whose call has moved.

A turn is committed by any process; each learns of it within `PERIOD`. A watcher holds no connection.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from threading import Condition, Thread

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from lms.extensions import db
from lms.models.roleplays import Call

PERIOD = 0.15  # seconds between two looks
_MARK = select(Call.id, Call.turns_count, Call.state, Call.hand, Call.due.is_not(None)).where(
    Call.id.in_(bindparam("calls", expanding=True))
)


@dataclass
class Watch:
    """One watcher of one call."""

    call_id: int
    board: "Board"
    seen: str = ""

    def moved(self, seconds: float) -> bool:
        """Whether the call has moved since the last time; waits for it at most so long."""
        with self.board.moved:
            self.board.moved.wait_for(lambda: self.board.marks.get(self.call_id, self.seen) != self.seen, seconds)
            mark = self.board.marks.get(self.call_id, self.seen)
        changed, self.seen = mark != self.seen, mark
        return changed


@dataclass
class Board:
    """What the poller last saw of each watched call."""

    marks: dict[int, str] = field(default_factory=dict)
    watchers: dict[int, int] = field(default_factory=dict)
    moved: Condition = field(default_factory=Condition)
    poller: Thread | None = None

    @contextmanager
    def watching(self, call_id: int, engine: Engine) -> Iterator[Watch]:
        with self.moved:
            self.watchers[call_id] = self.watchers.get(call_id, 0) + 1
            if self.poller is None:
                self.poller = Thread(target=self._poll, args=(engine,), name="call-watch", daemon=True)
                self.poller.start()
        try:
            yield Watch(call_id, self)
        finally:
            with self.moved:
                self.watchers[call_id] -= 1
                if not self.watchers[call_id]:
                    del self.watchers[call_id]
                    self.marks.pop(call_id, None)

    def _poll(self, engine: Engine) -> None:
        """Look as long as anybody watches; a database that is away for a moment is asked again."""
        while self._look(engine):
            with self.moved:
                self.moved.wait_for(lambda: False, PERIOD)

    def _look(self, engine: Engine) -> bool:
        with self.moved:
            wanted = list(self.watchers)
            if not wanted:
                self.poller = None
                return False
        seen = _marks(engine, wanted)
        with self.moved:
            fresh = {call_id: mark for call_id, mark in seen.items() if call_id in self.watchers}
            if any(self.marks.get(call_id) != mark for call_id, mark in fresh.items()):
                self.marks.update(fresh)
                self.moved.notify_all()
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
