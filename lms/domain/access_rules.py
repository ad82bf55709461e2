"""Who may start or continue an attempt: every condition is one rule, and all are asked through one interface.

A new condition (an address range, a locked browser) is one more rule here and, where it needs to know more, one more
field of :class:`AccessRequest`; nobody who asks changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Intent(StrEnum):
    START = "start"  # a new attempt
    CONTINUE = "continue"  # an attempt that is open


class Reason(StrEnum):
    """Why the door stays shut; pages word it."""

    CANCELLED = "cancelled"
    NOT_YET_OPEN = "not-yet-open"
    CLOSED = "closed"
    NOT_A_MEMBER = "not-a-member"
    KNOWS_THE_KEYS = "knows-the-keys"
    NO_ATTEMPT_LEFT = "no-attempt-left"
    OPEN_ELSEWHERE = "open-elsewhere"
    CODE_MISSING = "code-missing"
    CODE_WRONG = "code-wrong"


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """All that the rules may look at. ``code_right`` is None where the code was not given (or none is asked)."""

    intent: Intent
    now: datetime
    opens_at: datetime
    closes_at: datetime
    cancelled: bool = False
    is_member: bool = True
    reads_keys: bool = False
    attempts_used: int = 0
    attempts_allowed: int = 1
    open_elsewhere: bool = False
    code_asked: bool = False
    code_right: bool | None = None

    @property
    def starts(self) -> bool:
        return self.intent is Intent.START


@dataclass(frozen=True, slots=True)
class Refusal:
    reason: Reason


class AccessRule(Protocol):
    def refusal(self, request: AccessRequest) -> Refusal | None:
        """Why ``request`` is refused by this rule; None where it lets pass."""


class Window:
    """Nobody starts outside of the window; who is in goes on until their own deadline."""

    def refusal(self, request: AccessRequest) -> Refusal | None:
        if request.cancelled:
            return Refusal(Reason.CANCELLED)
        if request.starts and request.now < request.opens_at:
            return Refusal(Reason.NOT_YET_OPEN)
        if request.starts and request.now >= request.closes_at:
            return Refusal(Reason.CLOSED)
        return None


class Membership:
    """Only the cohort's new hires start; leaving the cohort does not take an open attempt away."""

    def refusal(self, request: AccessRequest) -> Refusal | None:
        return Refusal(Reason.NOT_A_MEMBER) if request.starts and not request.is_member else None


class KeysUnread:
    """Whoever can read a blueprint's keys cannot sit it, not even with an attempt opened before they could."""

    def refusal(self, request: AccessRequest) -> Refusal | None:
        return Refusal(Reason.KNOWS_THE_KEYS) if request.reads_keys else None


class AttemptsLeft:
    def refusal(self, request: AccessRequest) -> Refusal | None:
        used_up = request.starts and request.attempts_used >= request.attempts_allowed
        return Refusal(Reason.NO_ATTEMPT_LEFT) if used_up else None


class OneAtATime:
    """One open attempt a person, whatever the sitting."""

    def refusal(self, request: AccessRequest) -> Refusal | None:
        return Refusal(Reason.OPEN_ELSEWHERE) if request.starts and request.open_elsewhere else None


class AccessCode:
    """The code is read out in the room, so it is asked once, at the start."""

    def refusal(self, request: AccessRequest) -> Refusal | None:
        if not request.starts or not request.code_asked or request.code_right:
            return None
        return Refusal(Reason.CODE_MISSING if request.code_right is None else Reason.CODE_WRONG)


# In the order in which a person would want to hear of them.
RULES: tuple[AccessRule, ...] = (
    Window(),
    Membership(),
    KeysUnread(),
    OneAtATime(),
    AttemptsLeft(),
    AccessCode(),
)


def refusals(rules: Iterable[AccessRule], request: AccessRequest) -> list[Refusal]:
    """What stands in the way, in the rules' order; empty: come in."""
    return [found for rule in rules if (found := rule.refusal(request)) is not None]
