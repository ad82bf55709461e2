"""Signals from the exam page: what the browser noticed, for a person to judge, never a verdict (contract 13)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from lms.domain.attempts import AttemptState, remaining
from lms.extensions import db
from lms.models.exams import Attempt, AttemptEvent
from lms.services.attempts import NotYours
from lms.services.sign_in import SignedIn
from lms.services.writing import writing

KINDS = frozenset({"left", "returned", "pasted", "copied", "offline", "online", "resized"})
MOST = 40
OLDEST = timedelta(hours=12)


class BadSignal(ValueError):
    """Not a signal that the exam page sends."""


@dataclass(frozen=True)
class Pulse:
    """What the page learns at each pulse: the time left, and whether it may go on."""

    left: timedelta
    state: AttemptState
    paused: bool
    held: bool


def pulse(person: SignedIn, attempt_id: int, epoch: int, raw_signals: Any, now: datetime) -> Pulse:
    """The page is alive: note the time and its signals. Raises NotYours, :class:`BadSignal`."""
    signals = _read(raw_signals, now)
    attempt = db.session.execute(
        select(Attempt).where(Attempt.id == attempt_id, Attempt.person_id == person.person_id)
    ).scalar_one_or_none()
    if attempt is None:
        raise NotYours
    with writing(person.person_id, now) as deed:
        deed.session.execute(
            update(Attempt)
            .where(Attempt.id == attempt_id, Attempt.holder_id == person.sign_in_id)
            .values(last_seen_at=now)
            .execution_options(synchronize_session=False)
        )
        if signals:
            rows = [{"attempt_id": attempt_id, **signal} for signal in signals]
            deed.session.connection().execute(insert(AttemptEvent.__table__), rows)  # type: ignore[arg-type]
        deed.session.refresh(attempt)
    held = (attempt.epoch, attempt.holder_id) == (epoch, person.sign_in_id)
    left = remaining(attempt.deadline, now, attempt.paused_at)
    return Pulse(left, AttemptState(attempt.state), attempt.paused_at is not None, held)


def _read(raw: Any, now: datetime) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or len(raw) > MOST:
        raise BadSignal("signals must be a short list")
    return [_read_one(signal, now) for signal in raw]


def _read_one(raw: Any, now: datetime) -> dict[str, Any]:
    """The browser says how long ago, so that its clock does not matter."""
    if not isinstance(raw, dict) or raw.get("kind") not in KINDS:
        raise BadSignal("unknown signal")
    ago, count = raw.get("ago", 0), raw.get("count", 0)
    if type(ago) not in (int, float) or not 0 <= ago <= OLDEST.total_seconds() * 1000 or type(count) is not int:
        raise BadSignal("ago must be milliseconds, count a whole number")
    details = {"count": min(max(count, 0), 100_000)} if count else {}
    return {"kind": raw["kind"], "at": now - timedelta(milliseconds=ago), "actor_id": None, "details": details}
