"""What is settled of a customer before the rest is made: the head, what the deck asks for, from when to when."""

from dataclasses import dataclass
from datetime import date, timedelta

from lms.domain.crm.catalogue import Catalogue, Plan
from lms.domain.crm.circumstances import NOTHING_SPECIAL, Circumstance
from lms.domain.crm.dice import Dice
from lms.domain.crm.heads import SUBJECT, Head
from lms.domain.crm.moments import TODAY, month_of, months_on

_LIFE, _REST = 51, 53  # purposes of dice


@dataclass(frozen=True, slots=True)
class Case:
    """``asked`` is the circumstance for a group's first customer, nothing special for all others. ``months``: the
    billed ones of the record, newest first. ``dice`` are thrown in the order of the making."""

    head: Head
    asked: Circumstance
    plan: Plan
    opened: date
    closed: date | None
    months: tuple[str, ...]
    dice: Dice
    catalogue: Catalogue

    @property
    def subject(self) -> bool:
        return self.head.place == SUBJECT

    @property
    def last_day(self) -> date:
        return self.closed or TODAY


def case_of(head: Head, seed: int, catalogue: Catalogue) -> Case:
    asked = head.circumstance if head.place == SUBJECT else NOTHING_SPECIAL
    opened, closed = _life(head, asked, Dice(seed, head.n, _LIFE))
    months = tuple(month_of(months_on(closed or TODAY, -back)) for back in (1, 2, 3))
    plan = catalogue.plan(head.plan, head.version)
    return Case(head, asked, plan, opened, closed, months, Dice(seed, head.n, _REST), catalogue)


def _life(head: Head, asked: Circumstance, dice: Dice) -> tuple[date, date | None]:
    """Opened and closed: with three whole months between, and a contract of two years where one may run."""
    days = dice.between(800, 3000)
    if asked.ported_days_ago:
        days = dice.between(*asked.ported_days_ago)
    elif asked.companion == "former-owner":
        days = dice.between(150, 400)
    closed = None
    if head.role == "merged":
        closed = date(2026, 2, 22) + timedelta(days=dice.below(7))  # after its January bill came overdue
    elif head.gone:
        closed = TODAY - timedelta(days=dice.between(500, 700))
    if closed:
        days = (TODAY - closed).days + dice.between(200, 2000)
    return TODAY - timedelta(days=days), closed
