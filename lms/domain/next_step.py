"""The one thing that a new hire should do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Step(StrEnum):
    CONTINUE = "continue"  # an attempt is open
    START = "start"  # an exam may be started now
    WAIT = "wait"  # an exam opens later
    READ = "read"  # a result came out and has not led to anything else
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Chance:
    """One sitting as it bears on the next step."""

    sitting_id: int
    opens_at: datetime
    closes_at: datetime
    may_start: bool
    sat: bool
    open_attempt_id: int | None = None
    released_attempt_id: int | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    step: Step
    chance: Chance | None = None


def next_step(chances: Sequence[Chance], now: datetime) -> NextStep:
    """What is open comes first, then the startable exam that closes soonest (one not sat yet before a second try),
    then the next to open, then the newest result."""
    for chance in chances:
        if chance.open_attempt_id is not None:
            return NextStep(Step.CONTINUE, chance)
    startable = [chance for chance in chances if chance.may_start and not chance.sat]
    if startable:
        return NextStep(Step.START, min(startable, key=lambda chance: chance.closes_at))
    coming = [chance for chance in chances if chance.opens_at > now and not chance.sat]
    if coming:
        return NextStep(Step.WAIT, min(coming, key=lambda chance: chance.opens_at))
    released = [chance for chance in chances if chance.released_attempt_id is not None]
    if released:
        return NextStep(Step.READ, max(released, key=lambda chance: chance.closes_at))
    return NextStep(Step.NOTHING)
