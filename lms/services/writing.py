"""How a service writes: lock, change, audit, one commit (contracts 3 and 10)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import local
from typing import Any

from flask_sqlalchemy.session import Session
from sqlalchemy.orm import scoped_session

from lms.extensions import db
from lms.services import audit
from lms.services.write_turn import write_turn


class Deed:
    """One write in progress. ``note`` queues an audit entry; all are sealed last, just before the commit."""

    def __init__(self, session: scoped_session[Session], actor_id: int | None, now: datetime) -> None:
        self.session = session
        self.actor_id = actor_id
        self.now = now
        self._notes: list[tuple[str, str, dict[str, Any]]] = []

    def note(self, action: str, subject: str, **details: Any) -> None:
        self._notes.append((action, subject, details))

    def seal(self) -> None:
        self.session.flush()
        if self._notes:
            audit.append(self.session, self.actor_id, self.now, self._notes)


_this_thread = local()


@contextmanager
def _known_to_write() -> Iterator[None]:
    _this_thread.writes = True
    try:
        yield
    finally:
        _this_thread.writes = False


@contextmanager
def writing(actor_id: int | None, now: datetime) -> Iterator[Deed]:
    """Ends the reading transaction, takes the write lock, and commits at the end of the block, or rolls back.

    What was read before may have changed meanwhile: decide again inside, by a compare-and-set whose row count
    is looked at, or by reading anew.
    """
    session = db.session
    if getattr(_this_thread, "writes", False):
        raise RuntimeError("writing() within writing() would wait for itself")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside of writing()")
    session.commit()
    with write_turn(db.engine), _known_to_write():
        session.connection(execution_options={"writing": True})
        deed = Deed(session, actor_id, now)
        try:
            yield deed
            deed.seal()
            session.commit()
        except BaseException:
            session.rollback()
            raise
