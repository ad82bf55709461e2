"""The invigilator's view of a sitting: how each candidate stands, and who needs somebody first. Never a verdict."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from lms.domain.attempts import AttemptState

# No contact for this long: the page pulses several times in it, so one lost packet is no alarm.
SILENCE = timedelta(seconds=60)
# A signal is news for this long; afterwards it stays on the tile, but draws nobody's eye.
FRESH = timedelta(minutes=2)
# Handed in, and not yet released.
HANDED_IN = frozenset({AttemptState.SUBMITTED, AttemptState.MARKING, AttemptState.MARKED})
LONGEST_EXTENSION = 240  # minutes
LONGEST_REASON = 300

# What a browser notices (as `services.signals` takes it) that an invigilator wants counted.
SIGNALS = ("left", "pasted", "copied", "offline", "takeover")
UNLOCK_ASKED = "unlock-asked"


class Intervention(StrEnum):
    """What an invigilator does; the name of its event and, after ``attempt.``, of its audit entry."""

    EXTENDED = "extended"
    REOPENED = "reopened"
    PAUSED = "paused"
    RESUMED = "resumed"
    FORCED = "forced"
    UNLOCKED = "unlocked"
    VOID_PROPOSED = "void-proposed"
    LATE_COUNTED = "late-counted"
    LATE_LEFT = "late-left"


class Condition(StrEnum):
    """How a candidate stands, those who need somebody first."""

    UNLOCK = "unlock"  # waits at a second device
    AWAITING = "awaiting"  # waits for an examiner who plays the customer
    DISCONNECTED = "disconnected"
    PAUSED = "paused"
    SIGNAL = "signal"  # at work, with a fresh signal
    WORKING = "working"
    NOT_STARTED = "not-started"
    HANDED_IN = "handed-in"
    VOID = "void"


def condition(
    state: AttemptState | None,
    *,
    now: datetime,
    paused: bool,
    last_seen_at: datetime | None,
    unlock_asked: bool,
    last_signal_at: datetime | None,
    awaits: bool = False,
) -> Condition:
    """``state`` None: no attempt yet; ``awaits``: an examiner."""
    if state is None:
        return Condition.NOT_STARTED
    if state is AttemptState.VOID:
        return Condition.VOID
    if state is not AttemptState.OPEN:
        return Condition.HANDED_IN
    if unlock_asked:
        return Condition.UNLOCK
    if awaits:
        return Condition.AWAITING
    if last_seen_at is None or now - last_seen_at >= SILENCE:
        return Condition.DISCONNECTED
    if paused:
        return Condition.PAUSED
    if last_signal_at is not None and now - last_signal_at < FRESH:
        return Condition.SIGNAL
    return Condition.WORKING


def urgency(found: Condition) -> int:
    return list(Condition).index(found)


def may_reopen(state: AttemptState, submitted_by: str | None, *, marked_by_people: bool) -> bool:
    """An extension opens again what the deadline closed, until a person has marked it or it has been released."""
    return state in HANDED_IN and submitted_by == "deadline" and not marked_by_people


def asks_for_unlock(asked: Collection[int], answered: Collection[int]) -> bool:
    """Whether the newest request (event numbers) came after the last unlocking or takeover."""
    return max(asked, default=0) > max(answered, default=0)
