"""Attempts 作答: when they end, what still counts, and in which order their states may follow."""

from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

# What arrives this long after the deadline still counts (contract 1): it was on its way.
GRACE = timedelta(seconds=30)


class AttemptState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    MARKING = "marking"
    MARKED = "marked"
    RELEASED = "released"
    VOID = "void"


# Only forwards; an extension after the deadline is the one way back (a person decides it, and it is audited).
FOLLOWS: dict[AttemptState, frozenset[AttemptState]] = {
    AttemptState.OPEN: frozenset({AttemptState.SUBMITTED, AttemptState.VOID}),
    AttemptState.SUBMITTED: frozenset({AttemptState.MARKING, AttemptState.MARKED, AttemptState.VOID}),
    AttemptState.MARKING: frozenset({AttemptState.MARKED, AttemptState.VOID}),
    AttemptState.MARKED: frozenset({AttemptState.RELEASED, AttemptState.VOID}),
    AttemptState.RELEASED: frozenset({AttemptState.VOID}),
    AttemptState.VOID: frozenset(),
}


def deadline(started_at: datetime, closes_at: datetime, minutes: int, factor: Fraction = Fraction(1)) -> datetime:
    """The earlier of start + limit and close.

    A person's extra time (``factor`` > 1) lengthens the limit and moves the close by as much, so that the window
    never eats what was granted.
    """
    limit = timedelta(seconds=float(minutes * 60 * factor))
    granted = limit - timedelta(minutes=minutes)
    return min(started_at + limit, closes_at + granted)


def counts(arrived_at: datetime, deadline: datetime) -> bool:
    """Whether what arrived at this moment still counts; later work is kept apart as late."""
    return arrived_at <= deadline + GRACE


def remaining(deadline: datetime, now: datetime, paused_at: datetime | None) -> timedelta:
    """The time left, never below zero; while paused it stands still."""
    return max(timedelta(0), deadline - (paused_at or now))
