"""Saving answers (contract 1): the hot path. One guard, one insert, one commit; statements are built once.

The guard is a compare-and-set on the attempt: open, mine, this device's epoch, in time, not paused. Where it fails
nothing is lost: what came too late or from a device that no longer holds the attempt is kept apart, for a person.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.domain.attempts import GRACE, AttemptState, counts, remaining
from lms.domain.frozen_paper import FrozenPaper
from lms.domain.questions import AnswerRejected
from lms.extensions import db
from lms.models.exams import Attempt, Save
from lms.services import paper_shelf
from lms.services.attempts import NotYours
from lms.services.sign_in import SignedIn
from lms.services.write_turn import shared_commit

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
    value = json.dumps({"a": answer, "f": flagged}, ensure_ascii=False, separators=(",", ":"))
    return Op(op_id, seq, position, value)


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
# The driver's count of new rows is kept, so that the usual save need not ask what was there before.
_INSERTS = {
    dialect: insert(_TABLE)
    .on_conflict_do_nothing(index_elements=["attempt_id", "op_id"])
    .execution_options(preserve_rowcount=True)
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_KNOWN = select(Save.op_id, Save.position, Save.value, Save.standing, Save.saved_at)


def save(person: SignedIn, attempt_id: int, epoch: int, raw_ops: Any, now: datetime) -> Saved:
    """Take the ops of one device under its epoch. Raises NotYours, AnswerRejected, :class:`OpReused`."""
    paper = paper_shelf.paper_of(attempt_id, person.person_id)
    if paper is None:
        raise NotYours
    device = Device(person.person_id, person.sign_in_id, epoch)
    ops = read_ops(raw_ops, paper)
    db.session.commit()  # ends the reading: nobody waits for the turn with a snapshot in hand
    return shared_commit(db.engine, lambda connection: _take(connection, paper, attempt_id, device, ops, now))


@dataclass(frozen=True, slots=True)
class Device:
    """Who saves, from which sign-in, under which epoch."""

    person_id: int
    sign_in_id: int
    epoch: int


def _take(
    connection: Connection, paper: FrozenPaper, attempt_id: int, device: Device, ops: Sequence[Op], now: datetime
) -> Saved:
    guarded = connection.execute(
        _GUARD,
        {
            "attempt": attempt_id,
            "person": device.person_id,
            "held_epoch": device.epoch,
            "holder": device.sign_in_id,
            "latest": now - GRACE,
            "now": now,
        },
    ).one_or_none()
    if guarded is not None:
        left_behind = paper.navigation == "forward" and any(op.position != guarded.place for op in ops)
        standing, deadline = "stale" if left_behind else "counts", guarded.deadline
        state, paused_at = AttemptState.OPEN, None
    else:
        standing, deadline, state, paused_at = _why_not(connection, attempt_id, device, now)
    if standing == "paused":
        return Saved("paused", [], now, remaining(deadline, now, paused_at), state, paused=True)
    saved_at, standing = _insert(connection, attempt_id, device.epoch, ops, standing, now)
    return Saved(standing, [op.op_id for op in ops], saved_at, remaining(deadline, now, paused_at), state)


def _insert(
    connection: Connection, attempt_id: int, epoch: int, ops: Sequence[Op], standing: str, now: datetime
) -> tuple[datetime, str]:
    """Append the ops that are new; where some came before, answer as they were answered then."""
    rows = [
        {
            "attempt_id": attempt_id,
            "position": op.position,
            "epoch": epoch,
            "seq": op.seq,
            "op_id": op.op_id,
            "value": op.value,
            "saved_at": now,
            "standing": standing,
        }
        for op in ops
    ]
    result = connection.execute(_INSERTS[connection.dialect.name], rows)
    if result.rowcount == len(rows):
        return now, standing
    known = {
        row.op_id: row
        for row in connection.execute(
            _KNOWN.where(Save.attempt_id == attempt_id, Save.op_id.in_([op.op_id for op in ops]))
        )
    }
    for op in ops:
        if (known[op.op_id].position, known[op.op_id].value) != (op.position, op.value):
            raise OpReused(op.op_id)
    return max(row.saved_at for row in known.values()), _worst(row.standing for row in known.values())


def _worst(standings: Any) -> str:
    found = set(standings)
    return next(standing for standing in ("stale", "late", "counts") if standing in found)


def _why_not(
    connection: Connection, attempt_id: int, device: Device, now: datetime
) -> tuple[str, datetime, AttemptState, datetime | None]:
    """Why the guard refused: (late | stale | paused, deadline, state, paused_at); raises NotYours."""
    row = connection.execute(
        select(Attempt.deadline, Attempt.state, Attempt.paused_at, Attempt.epoch, Attempt.holder_id).where(
            Attempt.id == attempt_id, Attempt.person_id == device.person_id
        )
    ).one_or_none()
    if row is None:
        raise NotYours
    state = AttemptState(row.state)
    if state is not AttemptState.OPEN or not (row.paused_at or counts(now, row.deadline)):
        return "late", row.deadline, state, row.paused_at
    if (row.epoch, row.holder_id) != (device.epoch, device.sign_in_id):
        return "stale", row.deadline, state, row.paused_at
    return "paused", row.deadline, state, row.paused_at
