"""Frozen papers at hand: a paper never changes, so a process reads it from the database once."""

from collections import OrderedDict
from threading import Lock

from sqlalchemy import bindparam, select

from lms.domain.frozen_paper import FrozenPaper, load
from lms.extensions import db
from lms.models.exams import Attempt, Paper
from lms.services.alone import Alone

ROOM_FOR = 128  # some 10 KiB each; a paper that is not here costs its save half a millisecond

_shelf: OrderedDict[int, tuple[int, FrozenPaper]] = OrderedDict()
_lock = Lock()
_READ = Alone(
    select(Attempt.person_id, Paper.body)
    .join(Paper, Paper.attempt_id == Attempt.id)
    .where(Attempt.id == bindparam("attempt"))
)


def paper_of(attempt_id: int, person_id: int) -> FrozenPaper | None:
    """The paper of one's own attempt; None where there is none or it is another person's."""
    found = _find(attempt_id)
    return found[1] if found and found[0] == person_id else None


def any_paper(attempt_id: int) -> FrozenPaper | None:
    """The paper of an attempt, for those who mark it."""
    found = _find(attempt_id)
    return found[1] if found else None


def _find(attempt_id: int) -> tuple[int, FrozenPaper] | None:
    with _lock:
        if attempt_id in _shelf:
            _shelf.move_to_end(attempt_id)
            return _shelf[attempt_id]
    rows = _READ(db.engine, {"attempt": attempt_id})
    if not rows:
        return None
    [(person_id, body)] = rows
    found = (person_id, load(body))
    with _lock:
        _shelf[attempt_id] = found
        while len(_shelf) > ROOM_FOR:
            _shelf.popitem(last=False)
    return found


def put(attempt_id: int, person_id: int, paper: FrozenPaper) -> None:
    with _lock:
        _shelf[attempt_id] = (person_id, paper)


def forget() -> None:
    """Empty the shelf (another database stands behind the same process: tests)."""
    with _lock:
        _shelf.clear()
