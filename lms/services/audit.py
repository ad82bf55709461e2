"""The audit trail: append to the chain, verify it, list it."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lms.extensions import db
from lms.models.audit import AuditEntry, AuditHead
from lms.models.people import Person

GENESIS = "0" * 64
Note = tuple[str, str, dict[str, Any]]


def seal_of(previous: str, at: datetime, actor_id: int | None, action: str, subject: str, details: Any) -> str:
    """SHA-256 over the previous seal and the canonical row."""
    row = [at.astimezone(UTC).isoformat(), actor_id, action, subject, details]
    canonical = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{canonical}".encode()).hexdigest()


def append(
    session: scoped_session[Session], actor_id: int | None, now: datetime, notes: Iterable[Note]
) -> None:
    """Seal ``notes`` behind the chain's head. Locks the head row, so call it last before the commit."""
    head = session.execute(select(AuditHead).where(AuditHead.id == 1).with_for_update()).scalar_one_or_none()
    if head is None:
        head = AuditHead(id=1, count=0, seal=GENESIS)
        session.add(head)
    for action, subject, details in notes:
        plain = json.loads(json.dumps(details, ensure_ascii=False, default=str))
        seal = seal_of(head.seal, now, actor_id, action, subject, plain)
        session.add(
            AuditEntry(
                at=now,
                actor_id=actor_id,
                action=action,
                subject=subject,
                details=plain,
                previous=head.seal,
                seal=seal,
            )
        )
        session.flush()  # entries get their numbers in the order of the chain
        head.seal, head.count = seal, head.count + 1
    session.flush()


@dataclass(frozen=True)
class Verdict:
    """``count`` entries hold; ``broken`` says at which entry the chain fails and why, None when it is whole."""

    count: int
    broken: str | None


def verify() -> Verdict:
    """Walk the whole chain; names the first bad row, and a tail that was cut off."""
    previous, count = GENESIS, 0
    for entry in db.session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars():
        expected = seal_of(previous, entry.at, entry.actor_id, entry.action, entry.subject, entry.details)
        if entry.previous != previous:
            return Verdict(count, f"entry {entry.id}: an entry before it is missing or was replaced")
        if entry.seal != expected:
            return Verdict(count, f"entry {entry.id}: its content was changed")
        previous, count = entry.seal, count + 1
    head = db.session.get(AuditHead, 1)
    if (head.count, head.seal) != (count, previous) if head else count:
        return Verdict(count, f"after entry {count}: the newest entries were cut off")
    return Verdict(count, None)


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
    """The newest entries first; ``before`` pages on, ``action`` and ``subject`` are beginnings."""
    query = select(AuditEntry, Person.name, Person.number).outerjoin(Person, Person.id == AuditEntry.actor_id)
    if action:
        query = query.where(AuditEntry.action.startswith(action, autoescape=True))
    if subject:
        query = query.where(AuditEntry.subject.startswith(subject, autoescape=True))
    if before is not None:
        query = query.where(AuditEntry.id < before)
    rows = db.session.execute(query.order_by(AuditEntry.id.desc()).limit(limit))
    return [
        AuditRow(e.id, e.at, f"{name} {number}" if number else "", e.action, e.subject, e.details)
        for e, name, number in rows
    ]
