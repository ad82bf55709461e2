"""Keys at hand: a key revision never changes, so a process reads it from the database once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import bindparam, func, select

from lms.domain import bank
from lms.domain.questions import QuestionBase
from lms.domain.regrade import Treatment
from lms.extensions import db
from lms.models.bank import QuestionKey, QuestionVersion
from lms.models.exams import PaperQuestion


@dataclass(frozen=True, slots=True)
class Keyed:
    """A version joined with one revision of its key."""

    key_id: int
    question: QuestionBase
    treatment: Treatment


_shelf: dict[int, Keyed] = {}  # by key id
_versions: set[int] = set()  # of which some key is on the shelf
_lock = Lock()
ROOM_FOR = 8192

_NEWEST = (
    select(QuestionKey.version_id, func.max(QuestionKey.id))
    .where(QuestionKey.version_id.in_(bindparam("versions", expanding=True)))
    .group_by(QuestionKey.version_id)
)
_NEWEST_OF_PAPER = (
    select(QuestionKey.version_id, func.max(QuestionKey.id))
    .join(PaperQuestion, PaperQuestion.version_id == QuestionKey.version_id)
    .where(PaperQuestion.attempt_id == bindparam("attempt"))
    .group_by(QuestionKey.version_id)
)
_READ = (
    select(QuestionKey.version_id, QuestionKey.id, QuestionKey.body, QuestionKey.treatment, QuestionVersion.face)
    .join(QuestionVersion, QuestionVersion.id == QuestionKey.version_id)
    .where(QuestionKey.id.in_(bindparam("keys", expanding=True)))
)


def newest_keys(version_ids: Sequence[int]) -> dict[int, int]:
    """Version id → id of its newest key revision (revisions only ever grow, and so do their ids)."""
    return dict(db.session.connection().execute(_NEWEST, {"versions": list(version_ids)}).all())


def newest(attempt_id: int) -> dict[int, Keyed]:
    """Version id → the question under its newest key, for the questions of one paper.

    One statement, and one more for what is not at hand.
    """
    keys = dict(db.session.connection().execute(_NEWEST_OF_PAPER, {"attempt": attempt_id}).all())
    _fetch([key_id for key_id in keys.values() if key_id not in _shelf])
    return {version_id: _shelf[key_id] for version_id, key_id in keys.items()}


def warm(attempt_id: int, version_ids: Iterable[int]) -> None:
    """Bring the keys of a paper to hand, so that :func:`newest` need not while others wait for the turn to write."""
    if not _versions.issuperset(version_ids):
        newest(attempt_id)


def whole_question(key_id: int) -> QuestionBase:
    """The question as authored, under this revision of its key."""
    if key_id not in _shelf:
        _fetch([key_id])
    return _shelf[key_id].question


def _fetch(key_ids: Sequence[int]) -> None:
    if not key_ids:
        return
    rows = db.session.connection().execute(_READ, {"keys": list(key_ids)}).all()
    found = {
        key_id: Keyed(key_id, bank.join(face, body), Treatment(treatment)) for _v, key_id, body, treatment, face in rows
    }
    with _lock:
        if len(_shelf) + len(found) > ROOM_FOR:
            _empty()
        _shelf.update(found)
        _versions.update(version_id for version_id, *_rest in rows)


def forget() -> None:
    """Empty the shelf (another database stands behind the same process: tests)."""
    with _lock:
        _empty()


def _empty() -> None:
    _shelf.clear()
    _versions.clear()
