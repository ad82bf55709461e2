"""What of the bills was paid and when, and what was granted (rulebook 1.5, 1.6)."""

from datetime import date, timedelta
from decimal import Decimal

from lms.domain.crm import billing, ledger
from lms.domain.crm.cases import Case
from lms.domain.crm.ledger import Holdings, Payment
from lms.domain.crm.lines import NO_USE, used_in_a_month
from lms.domain.crm.moments import TODAY, month_of
from lms.domain.crm.records import Bill, Merge, Status

Granted = tuple[date, Decimal]


def goodwill_of(case: Case) -> Granted | None:
    """When goodwill was given, and how much: within an agent's authority."""
    asked, dice = case.asked.goodwill_days_ago, case.dice
    if asked is None:
        return None
    return TODAY - timedelta(days=dice.between(*asked)), billing.yuan(Decimal(dice.between(5, 20)))


def bills_of(case: Case, held: Holdings, goodwill: Granted | None) -> tuple[Bill, ...]:
    """The last three, newest first."""
    plain = case.asked.overage is not None
    used = [used_in_a_month(held.plan, plain, case.dice) for _ in case.months]
    if case.head.status == Status.FULL:
        used[0] = NO_USE
    paid = []
    for age, month in enumerate(case.months):
        granted = goodwill[1] if goodwill and month_of(goodwill[0]) == month else billing.NOTHING
        paid.append(Payment(_paid_on(case, month, age), granted))
    return ledger.bills(held, case.months, used, paid, case.catalogue)


def _paid_on(case: Case, month: str, age: int) -> date | None:
    """When the bill was paid that is ``age`` months old (0: the newest, which is not due yet)."""
    asked, dice = case.asked, case.dice
    issued = billing.issued_on(month)
    if case.head.role == "merged":
        return None if age == 0 else issued + timedelta(days=dice.below(15))
    if case.closed is None:
        if age == 0 and (asked.unpaid or not asked.settled and dice.chance(40)):
            return None
        if 0 < age <= asked.unpaid:
            return None
        if age == 2 and asked.late_days:
            return billing.due_on(month) + timedelta(days=dice.between(*asked.late_days))
    return issued + timedelta(days=dice.below(13 if age == 0 else 18))


def arrears_of(bills: tuple[Bill, ...], merge: Merge | None) -> Decimal:
    """What is overdue; of accounts billed together, at the master."""
    if merge is None:
        return ledger.arrears(bills)
    return ledger.arrears(bills) + merge.arrears if merge.role == "master" else billing.NOTHING
