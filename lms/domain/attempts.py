"""Attempts 作答: when they end, what still counts, and in which order their states may follow."""

from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil

# What arrives this long after the deadline still counts (contract 1): it was on its way.
GRACE = timedelta(seconds=30)


class AttemptState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    MARKING = "marking"
    MARKED = "marked"
    RELEASED = "released"
    VOID = "void"


# Only forwards. There are two ways back, each decided by persons and audited: an extension after the deadline, and a
# corrected key that brings a marked result near a pass line, so that a second examiner has to mark before the release.
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


def stands_since(*stops: datetime | None) -> datetime | None:
    """Since when the clock stands still, by the first of what stops it (a pause, a wait for an examiner); None: it
    runs."""
    return min((stop for stop in stops if stop is not None), default=None)


def given_back(stopped_at: datetime, other_stop: datetime | None, now: datetime) -> timedelta:
    """What the end of one stop gives back: the time until now, or until the other stop that still holds the clock.

    So two stops that overlap are given back once, whichever ends first. Whole seconds, rounded up.
    """
    until = min(now, other_stop or now)
    return timedelta(seconds=ceil(max(timedelta(0), until - stopped_at).total_seconds()))


def remaining(deadline: datetime, now: datetime, paused_at: datetime | None) -> timedelta:
    """The time left, never below zero; while paused it stands still."""
    return max(timedelta(0), deadline - (paused_at or now))
