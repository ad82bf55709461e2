"""Sittings 考试场次: what a plan for one must say, what may still change once somebody has started, where it stands."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from unicodedata import normalize

LONGEST_TITLE = 120
LONGEST_LIMIT = 600  # minutes
MOST_ATTEMPTS = 9
SHORTEST_CODE, LONGEST_CODE = 4, 40
NAVIGATIONS = ("free", "forward")
TAKEOVERS = ("free", "unlock")


class Stage(StrEnum):
    UPCOMING = "upcoming"
    RUNNING = "running"
    PAST = "past"
    CANCELLED = "cancelled"


class BadSitting(ValueError):
    """What is wrong, by field: ``{"closes_at": "before-opening"}``; pages word the codes."""

    def __init__(self, **problems: str) -> None:
        self.problems = problems
        super().__init__(", ".join(f"{field}: {code}" for field, code in problems.items()))


@dataclass(frozen=True, slots=True)
class SittingPlan:
    """What a trainer decides about a sitting. ``invigilator_ids`` watch over it."""

    title: str
    blueprint_version_id: int
    cohort_id: int
    opens_at: datetime
    closes_at: datetime
    minutes: int
    attempts_allowed: int = 1
    navigation: str = "free"
    takeover: str = "free"
    invigilator_ids: frozenset[int] = frozenset()

    def check(self, now: datetime) -> None:
        """Raises :class:`BadSitting` naming every field that cannot be."""
        title = self.title.strip()
        wrong = {
            "title": "missing" if not title else "too-long" if len(title) > LONGEST_TITLE else "",
            "closes_at": self._window_problem(now),
            "minutes": "" if 1 <= self.minutes <= LONGEST_LIMIT else "out-of-range",
            "attempts_allowed": "" if 1 <= self.attempts_allowed <= MOST_ATTEMPTS else "out-of-range",
            "navigation": "" if self.navigation in NAVIGATIONS else "unknown",
            "takeover": "" if self.takeover in TAKEOVERS else "unknown",
        }
        problems = {field: code for field, code in wrong.items() if code}
        if problems:
            raise BadSitting(**problems)

    def _window_problem(self, now: datetime) -> str:
        if self.closes_at <= self.opens_at:
            return "before-opening"
        return "already-past" if self.closes_at <= now else ""


def fold_code(code: str) -> str:
    """An access code however it was typed (``ｋ７ｍ p42``), in the one form that is kept and compared."""
    return "".join(normalize("NFKC", code).split()).upper()


def check_code(code: str) -> None:
    """A folded access code is read out and typed: long enough not to be guessed, short enough to be typed."""
    if not SHORTEST_CODE <= len(code) <= LONGEST_CODE:
        raise BadSitting(access_code="length")


# After the first start the paper, the time and the rules are the same for all who sit it.
CHANGEABLE_AFTER_START = frozenset({"title", "closes_at", "invigilator_ids"})


def check_change(before: SittingPlan, after: SittingPlan, *, started: bool) -> None:
    """Raises :class:`BadSitting` where a sitting that somebody has started would change under them."""
    if not started:
        return
    changed = {field.name for field in fields(SittingPlan) if getattr(before, field.name) != getattr(after, field.name)}
    problems = dict.fromkeys(sorted(changed - CHANGEABLE_AFTER_START), "started")
    if after.closes_at < before.closes_at:
        problems["closes_at"] = "only-later"
    if problems:
        raise BadSitting(**problems)


def stage(opens_at: datetime, closes_at: datetime, now: datetime, *, cancelled: bool) -> Stage:
    if cancelled:
        return Stage.CANCELLED
    if now < opens_at:
        return Stage.UPCOMING
    return Stage.RUNNING if now < closes_at else Stage.PAST


def reads_keys(roles: Collection[str], *, invigilates: bool) -> bool:
    """Whoever can read a blueprint's keys cannot sit it: bank and marking guides are open to these."""
    return invigilates or not {"trainer", "examiner"}.isdisjoint(roles)
