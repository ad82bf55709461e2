"""The audit trail: append to the chain, verify it, list it."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Integer, String, bindparam, insert, select, text, update
from sqlalchemy.orm import scoped_session

from lms.extensions import db
from lms.models.audit import AuditEntry, AuditHead
from lms.models.columns import Moment
from lms.models.people import Person

GENESIS = "0" * 64
Note = tuple[str, str, dict[str, Any]]


def seal_of(previous: str, at: datetime, actor_id: int | None, action: str, subject: str, details: Any) -> str:
    """SHA-256 over the previous seal and the canonical row."""
    return _sealed(previous, _canonical(at, actor_id, action, subject, details))


def _canonical(at: datetime, actor_id: int | None, action: str, subject: str, details: Any) -> str:
    row = [at.astimezone(UTC).isoformat(), actor_id, action, subject, details]
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sealed(previous: str, canonical: str) -> str:
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


_HEAD = select(AuditHead.count, AuditHead.seal).where(AuditHead.id == 1).with_for_update()
_ENTRIES = insert(AuditEntry.__table__)  # type: ignore[arg-type]
_HEADS: Any = AuditHead.__table__
_MOVE_HEAD = update(_HEADS).where(_HEADS.c.id == 1).values(count=bindparam("entries"), seal=bindparam("newest"))


# The same on PostgreSQL in one trip, which is also how long the head stays locked before the commit: what Python's
# `_sealed` does is done there. `json`, not `jsonb`: the details are kept to the letter, as they were sealed.
_APPEND = text("""
    WITH RECURSIVE head AS (SELECT count, seal FROM audit_head WHERE id = 1 FOR UPDATE),
    notes AS (
        SELECT number, note ->> 0 AS action, note ->> 1 AS subject, note -> 2 AS details, note ->> 3 AS canonical
        FROM json_array_elements(CAST(:notes AS json)) WITH ORDINALITY AS given (note, number)
    ),
    chain (number, previous, seal) AS (
        SELECT CAST(0 AS bigint), CAST(NULL AS text), CAST(seal AS text) FROM head
        UNION ALL
        SELECT notes.number, chain.seal,
            encode(sha256(convert_to(chain.seal || chr(10) || notes.canonical, 'UTF8')), 'hex')
        FROM chain JOIN notes ON notes.number = chain.number + 1
    ),
    entries AS (
        INSERT INTO audit_entries (at, actor_id, action, subject, details, previous, seal)
        SELECT :at, :actor, action, subject, details, previous, seal
        FROM notes JOIN chain USING (number) ORDER BY number
    )
    UPDATE audit_head SET count = head.count + newest.number, seal = newest.seal
    FROM head, (SELECT number, seal FROM chain ORDER BY number DESC LIMIT 1) AS newest
    WHERE audit_head.id = 1
""").bindparams(bindparam("at", type_=Moment), bindparam("actor", type_=Integer), bindparam("notes", type_=String))


def append(session: scoped_session[Session], actor_id: int | None, now: datetime, notes: Iterable[Note]) -> None:
    """Seal ``notes`` behind the chain's head. Locks the head row, so call it last before the commit."""
    connection = session.connection()
    plain = [(action, subject, json.loads(_told(details))) for action, subject, details in notes]
    if connection.dialect.name == "postgresql":
        rows = [(*note, _canonical(now, actor_id, *note)) for note in plain]
        moved = connection.execute(_APPEND, {"at": now, "actor": actor_id, "notes": _told(rows)})
        if moved.rowcount:
            return
    _append_by_one(connection, actor_id, now, plain)


_told = json.JSONEncoder(ensure_ascii=False, default=str).encode


def _append_by_one(connection: Connection, actor_id: int | None, now: datetime, notes: Iterable[Note]) -> None:
    """In three statements; makes the head where it is the first time."""
    head = connection.execute(_HEAD).one_or_none()
    if head is None:
        connection.execute(insert(_HEADS), {"id": 1, "count": 0, "seal": GENESIS})
    count, seal = head or (0, GENESIS)
    rows = []
    for action, subject, details in notes:
        previous, seal = seal, seal_of(seal, now, actor_id, action, subject, details)
        rows.append(
            {
                "at": now,
                "actor_id": actor_id,
                "action": action,
                "subject": subject,
                "details": details,
                "previous": previous,
                "seal": seal,
            }
        )
    connection.execute(_ENTRIES, rows)  # one after another: entries get their numbers in the order of the chain
    connection.execute(_MOVE_HEAD, {"entries": count + len(rows), "newest": seal})


@dataclass(frozen=True)
class Verdict:
    """``count`` entries hold. ``fault`` is None where the chain is whole, else what is wrong at ``entry``:

    changed   its content is not what was sealed
    missing   an entry before it was deleted, replaced or inserted
    cut       the newest entries, which followed ``entry``, were deleted
    added     it stands behind the chain's head and was not written by the program
    """

    count: int
    fault: str | None = None
    entry: int = 0

    @property
    def broken(self) -> str | None:
        """In words, for the command line and logs."""
        texts = {
            "changed": f"entry {self.entry}: its content was changed",
            "missing": f"entry {self.entry}: an entry before it was deleted, replaced or inserted",
            "cut": f"after entry {self.entry}: the newest entries were deleted",
            "added": f"entry {self.entry}: it was added behind the chain's head",
        }
        return texts[self.fault] if self.fault else None


def verify() -> Verdict:
    """Walk the whole chain; names the first bad row, and a tail that was cut off or put on."""
    with db.engine.connect() as connection:
        head = connection.execute(select(_HEADS)).one_or_none()
        return _walked(head, connection.execution_options(yield_per=1000).execute(_CHAIN))


_CHAIN = select(AuditEntry.__table__).order_by(AuditEntry.id)


def _walked(head: Any, entries: Iterable[Any]) -> Verdict:
    previous, count, last = GENESIS, 0, 0
    for entry in entries:
        if entry.previous != previous:
            return Verdict(count, "missing", entry.id)
        if entry.seal != seal_of(previous, entry.at, entry.actor_id, entry.action, entry.subject, entry.details):
            return Verdict(count, "changed", entry.id)
        if head is None or count == head.count:
            return Verdict(count, "added", entry.id)
        previous, count, last = entry.seal, count + 1, entry.id
    if head is not None and (head.count, head.seal) != (count, previous):
        return Verdict(count, "cut", last)
    return Verdict(count)


def head_line(key: str, now: datetime) -> str:
    """The chain's head, signed, to be kept outside the database: `time count seal signature`."""
    head = db.session.get(AuditHead, 1)
    count, seal = (head.count, head.seal) if head else (0, GENESIS)
    line = f"{now.astimezone(UTC).isoformat()} {count} {seal}"
    return f"{line} {hmac.new(key.encode(), line.encode(), hashlib.sha256).hexdigest()}"


def check_head_line(key: str, line: str) -> str | None:
    """Why an earlier :func:`head_line` no longer fits the chain; None when it does."""
    try:
        moment, count, seal, signature = line.split()
        number = int(count)
    except ValueError:
        return "the line is not a signed head"
    expected = hmac.new(key.encode(), f"{moment} {count} {seal}".encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature, expected):
        return "the signature is not this site's"
    if number == 0:
        return None
    found = db.session.execute(
        select(AuditEntry.seal).order_by(AuditEntry.id).offset(number - 1).limit(1)
    ).scalar_one_or_none()
    return None if found == seal else f"the chain of {moment} had entry {number} with another seal, or it is gone"


@dataclass(frozen=True)
class AuditRow:
    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    details: dict[str, Any]


def entries(*, action: str = "", subject: str = "", before: int | None = None, limit: int = 100) -> Sequence[AuditRow]:
    """The newest entries first; ``before`` pages on, ``action`` is a beginning.

    ``subject`` is exact (``person:1`` is not ``person:12``) or a kind alone (``person``).
    """
    query = select(AuditEntry, Person.name, Person.number).outerjoin(Person, Person.id == AuditEntry.actor_id)
    if action:
        query = query.where(AuditEntry.action.startswith(action, autoescape=True))
    if subject:
        kind, _, key = subject.partition(":")
        exact = AuditEntry.subject == subject
        query = query.where(exact if key else AuditEntry.subject.startswith(f"{kind}:", autoescape=True))
    if before is not None:
        query = query.where(AuditEntry.id < before)
    rows = db.session.execute(query.order_by(AuditEntry.id.desc()).limit(limit))
    return [
        AuditRow(e.id, e.at, f"{name} {number}" if number else "", e.action, e.subject, e.details)
        for e, name, number in rows
    ]


def subjects(rows: Iterable[AuditRow]) -> dict[str, str]:
    """Names of the people whom ``rows`` are about, by subject: ``person:7`` → ``张晓 t0007``."""
    keys = {row.subject.partition(":")[2] for row in rows if row.subject.startswith("person:")}
    ids = [int(key) for key in keys if key.isdigit()]
    people = select(Person.id, Person.name, Person.number).where(Person.id.in_(ids))
    return {f"person:{id_}": f"{name} {number}" for id_, name, number in db.session.execute(people)}


def actions() -> Sequence[str]:
    """Every action that the trail knows, for its filter."""
    return db.session.execute(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).scalars().all()
