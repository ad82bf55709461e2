"""Saving answers (contract 1): the hot path. One guard, one insert, one commit; statements are built once.

The guard is a compare-and-set on the attempt: open, mine, this device's epoch, in time, not paused. Where it fails
nothing is lost: what came too late or from a device that no longer holds the attempt is kept apart, for a person.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, Select, String, bindparam, func, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from lms.domain.attempts import GRACE, AttemptState, counts, remaining
from lms.domain.frozen_paper import FrozenPaper
from lms.domain.questions import AnswerRejected
from lms.extensions import db
from lms.models.columns import Moment
from lms.models.exams import Attempt, Save
from lms.services import json_rows, paper_shelf
from lms.services.alone import Alone, Prepared
from lms.services.attempts import NotYours
from lms.services.shared_commit import SharedCommit
from lms.services.sign_in import SignedIn

MOST_OPS = 100


class OpReused(ValueError):
    """An op id came again with another content."""


@dataclass(frozen=True, slots=True)
class Op:
    """One change of one answer, as the browser numbered it."""

    op_id: str
    seq: int
    position: int
    value: str  # canonical JSON text of {"a": answer, "f": flagged}


@dataclass(frozen=True, slots=True)
class Saved:
    """``standing``: counts, late or stale; ``paused``: an invigilator stopped the clock and nothing was taken."""

    standing: str
    op_ids: list[str]
    saved_at: datetime
    left: timedelta
    state: AttemptState
    paused: bool = False


def read_ops(raw: Any, paper: FrozenPaper) -> list[Op]:
    """The ops of a request, each checked against the paper; raises AnswerRejected and names what is wrong."""
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST_OPS:
        raise AnswerRejected(f"between 1 and {MOST_OPS} changes are expected")
    return [_read_op(op, paper) for op in raw]


def _read_op(raw: Any, paper: FrozenPaper) -> Op:
    if not isinstance(raw, dict):
        raise AnswerRejected("a change is not an object")
    op_id, seq, position, flagged = raw.get("op"), raw.get("seq"), raw.get("q"), raw.get("f", False)
    if not isinstance(op_id, str) or not 8 <= len(op_id) <= 40 or not (op_id.isascii() and op_id.isprintable()):
        raise AnswerRejected("op must be a text of 8 to 40 plain characters")
    if type(seq) is not int or not 0 <= seq < 2**53 or type(position) is not int or type(flagged) is not bool:
        raise AnswerRejected("seq and q must be whole numbers, f must be true or false")
    answer = paper.question(position).read(raw.get("a"))
    return Op(op_id, seq, position, _canonical({"a": answer, "f": flagged}))


_canonical = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


_GUARD = (
    update(Attempt)
    .where(
        Attempt.id == bindparam("attempt"),
        Attempt.person_id == bindparam("person"),
        Attempt.state == AttemptState.OPEN.value,
        Attempt.epoch == bindparam("held_epoch"),
        Attempt.holder_id == bindparam("holder"),
        Attempt.paused_at.is_(None),
        Attempt.deadline >= bindparam("latest"),
    )
    .values(last_saved_at=bindparam("now"), last_seen_at=bindparam("now"))
    .returning(Attempt.deadline, Attempt.place)
    .execution_options(synchronize_session=False)
)
_TABLE: Any = Save.__table__
_COLUMNS = ["attempt_id", "epoch", "saved_at", "standing", "position", "seq", "op_id", "value"]


def _given(dialect: str) -> Select[Any]:
    return select(
        bindparam("attempt", type_=Integer),
        bindparam("held_epoch", type_=Integer),
        bindparam("now", type_=Moment),
        bindparam("standing", type_=String),
        *json_rows.unpacked(dialect, int, int, str, str),
    )


# The driver's count of new rows is kept, so that the usual save need not ask what was there before.
_INSERTS = {
    name: insert(_TABLE)
    .from_select(_COLUMNS, _given(name).where(true()), include_defaults=False)
    .on_conflict_do_nothing(index_elements=["attempt_id", "op_id"])
    .execution_options(preserve_rowcount=True)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
# The same two on the driver's own connection.
_GUARDED = Prepared(_GUARD, [Attempt.deadline, Attempt.place])
_INSERTED = Prepared(_INSERTS["sqlite"])
_KNOWN = select(Save.op_id, Save.position, Save.value, Save.standing, Save.saved_at)

# PostgreSQL does guard and insert in one statement, one trip. An op that came before breaks it as a whole.
_PASSED = _GUARD.where(func.coalesce(bindparam("at", type_=Integer), Attempt.place) == Attempt.place).cte("passed")
_ADDED = postgresql.insert(_TABLE).from_select(
    _COLUMNS, _given("postgresql").select_from(_PASSED), include_defaults=False
)
_AT_ONCE = Alone(select(_PASSED.c.deadline).add_cte(_ADDED.cte("added")))


def save(person: SignedIn, attempt_id: int, epoch: int, raw_ops: Any, now: datetime) -> Saved:
    """Take the ops of one device under its epoch. Raises NotYours, AnswerRejected, :class:`OpReused`."""
    paper = paper_shelf.paper_of(attempt_id, person.person_id)
    if paper is None:
        raise NotYours
    ops = read_ops(raw_ops, paper)
    request = _Request(paper, ops, attempt_id, person.person_id, person.sign_in_id, epoch, now)
    if db.engine.dialect.name == "postgresql" and (saved := _take_at_once(request)):
        return saved
    return _COMMITS(db.engine, request)


@dataclass(frozen=True, slots=True)
class _Request:
    """What is to be saved; who saves, from which sign-in, under which epoch."""

    paper: FrozenPaper
    ops: Sequence[Op]
    attempt_id: int
    person_id: int
    sign_in_id: int
    epoch: int
    now: datetime

    def values(self) -> dict[str, Any]:
        """The parameters of guard and insert."""
        return {
            "attempt": self.attempt_id,
            "person": self.person_id,
            "held_epoch": self.epoch,
            "holder": self.sign_in_id,
            "latest": self.now - GRACE,
            "now": self.now,
            **json_rows.packed((op.position, op.seq, op.op_id, op.value) for op in self.ops),
        }

    def saved(self, standing: str, saved_at: datetime, left: timedelta, state: AttemptState) -> Saved:
        return Saved(standing, [op.op_id for op in self.ops], saved_at, left, state)


def _take_at_once(request: _Request) -> Saved | None:
    """The usual save in one statement; None where it is not the usual one, and nothing was written."""
    places = {op.position for op in request.ops} if request.paper.navigation == "forward" else {None}
    if len(places) > 1:
        return None
    values = {**request.values(), "standing": "counts", "at": places.pop()}
    try:
        found = _AT_ONCE(db.engine, values)
    except IntegrityError:
        return None
    if not found:
        return None
    [(deadline,)] = found
    return request.saved("counts", request.now, remaining(deadline, request.now, None), AttemptState.OPEN)


def _take_usual(driver: Any, request: _Request) -> Saved | None:
    """The usual save within a transaction of SQLite's driver; None where it is not the usual one."""
    values = {**request.values(), "standing": "counts"}
    found = _GUARDED.rows(_GUARDED.run(driver, db.engine.dialect, values), db.engine.dialect)
    if not found:
        return None
    [(deadline, place)] = found
    if request.paper.navigation == "forward" and any(op.position != place for op in request.ops):
        return None
    if _INSERTED.run(driver, db.engine.dialect, values).rowcount != len(request.ops):
        return None
    return request.saved("counts", request.now, remaining(deadline, request.now, None), AttemptState.OPEN)


def _take(connection: Connection, request: _Request) -> Saved:
    now, values = request.now, request.values()
    guarded = connection.execute(_GUARD, values).one_or_none()
    if guarded is not None:
        forward = request.paper.navigation == "forward"
        left_behind = forward and any(op.position != guarded.place for op in request.ops)
        standing, deadline = "stale" if left_behind else "counts", guarded.deadline
        state, paused_at = AttemptState.OPEN, None
    else:
        standing, deadline, state, paused_at = _why_not(connection, request)
    if standing == "paused":
        return Saved("paused", [], now, remaining(deadline, now, paused_at), state, paused=True)
    inserted = connection.execute(_INSERTS[connection.dialect.name], {**values, "standing": standing})
    saved_at = now
    if inserted.rowcount != len(request.ops):
        saved_at, standing = _as_answered_before(connection, request)
    return request.saved(standing, saved_at, remaining(deadline, now, paused_at), state)


_COMMITS = SharedCommit(_take, _take_usual)


def _as_answered_before(connection: Connection, request: _Request) -> tuple[datetime, str]:
    """Where some ops came before: the answer that they got then; raises :class:`OpReused`."""
    ops = request.ops
    known = {
        row.op_id: row
        for row in connection.execute(
            _KNOWN.where(Save.attempt_id == request.attempt_id, Save.op_id.in_([op.op_id for op in ops]))
        )
    }
    for op in ops:
        if (known[op.op_id].position, known[op.op_id].value) != (op.position, op.value):
            raise OpReused(op.op_id)
    return max(row.saved_at for row in known.values()), _worst(row.standing for row in known.values())


def _worst(standings: Any) -> str:
    found = set(standings)
    return next(standing for standing in ("stale", "late", "counts") if standing in found)


def _why_not(connection: Connection, request: _Request) -> tuple[str, datetime, AttemptState, datetime | None]:
    """Why the guard refused: (late | stale | paused, deadline, state, paused_at); raises NotYours."""
    row = connection.execute(
        select(Attempt.deadline, Attempt.state, Attempt.paused_at, Attempt.epoch, Attempt.holder_id).where(
            Attempt.id == request.attempt_id, Attempt.person_id == request.person_id
        )
    ).one_or_none()
    if row is None:
        raise NotYours
    state = AttemptState(row.state)
    if state is not AttemptState.OPEN or not (row.paused_at or counts(request.now, row.deadline)):
        return "late", row.deadline, state, row.paused_at
    if (row.epoch, row.holder_id) != (request.epoch, request.sign_in_id):
        return "stale", row.deadline, state, row.paused_at
    return "paused", row.deadline, state, row.paused_at
