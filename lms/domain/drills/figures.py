"""Amounts that a task asks for, computed by the rulebook from a customer's record. None: it does not apply."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal

from lms.domain.crm import billing
from lms.domain.crm.moments import START, TODAY
from lms.domain.drills import facts
from lms.domain.drills.facts import Case

INCLUDING_A_LINE = ("m139", "bayhome")


def termination_fee(case: Case) -> Decimal | None:
    """Rulebook 1.4; for BayHome 1.3."""
    one = facts.contract(case)
    if one is None or one.start > TODAY:
        return None
    return billing.termination_fee(one.kind, billing.full_months_left(one.end, TODAY))


def former_termination_fees(case: Case) -> Iterable[Decimal]:
    """By the superseded article: this month included, and in full."""
    one = facts.contract(case)
    if one and one.start <= TODAY:
        yield billing.yuan(one.discount * (billing.full_months_left(one.end, TODAY) + 1))


def late_fee(case: Case) -> Decimal | None:
    """The late fee on the newest bill that has one."""
    for bill in case.customer.bills:
        lines = [line.amount for line in bill.lines if line.code == "late-fee"]
        if lines:
            return sum(lines, Decimal("0.00"))
    return None


def data_overage(case: Case) -> Decimal:
    """Of this month so far: a part of a GB counts whole, and 150 is the most (rulebook 1.2)."""
    held = case.customer.plan
    return billing.data_overage(case.customer.usage.data_gb, case.catalogue.plan(held.plan, held.version).data_gb)


def uncapped_overage(case: Case) -> Iterable[Decimal]:
    """What it would come to without the cap."""
    held = case.customer.plan
    allowance = case.catalogue.plan(held.plan, held.version).data_gb
    yield billing.yuan(billing.DATA_PER_GB * billing.overage_gb(case.customer.usage.data_gb, allowance))


def misbilled(case: Case) -> Decimal | None:
    """R1: what was charged after the cancellation (rulebook 1.6)."""
    one = facts.service(case)
    months = facts.billed_after_cancelling(one) if one else ()
    return one.monthly * len(months) if one and months else None


def every_charge(case: Case) -> Decimal | None:
    """R2 and R2b: every month charged, at most twelve back; the call is the first objection (rulebook 1.6, 1.11)."""
    one = facts.service(case)
    return one.monthly * len(facts.refundable_months(one)) if one and one.charged_months else None


def latest_charge(case: Case) -> Iterable[Decimal]:
    one = facts.service(case)
    if one:
        yield one.monthly


def outage_hours(case: Case) -> int | None:
    """Begun hours since the service was lost."""
    line = case.customer.broadband
    if line is None or line.outage_since is None:
        return None
    return -((line.outage_since - START) // timedelta(hours=1))


def paid_for_line(case: Case) -> Decimal | None:
    """What the customer pays a month for broadband (rulebook 1.3, 1.11)."""
    line, bill = case.customer.broadband, facts.last_bill(case)
    if line is None:
        return None
    if case.customer.plan.plan in INCLUDING_A_LINE:
        return billing.INCLUDED_LINE
    bundled = bill is not None and any(one.code == "bundle" for one in bill.lines)
    return case.catalogue.line(line.plan).monthly - (billing.BUNDLE if bundled else Decimal(0))


def outage_credit(case: Case) -> Decimal | None:
    """Rulebook 1.5, for the hours until now."""
    line, hours, paid = case.customer.broadband, outage_hours(case), paid_for_line(case)
    if line is None or hours is None or paid is None:
        return None
    return billing.outage_credit(paid, hours, line.rural)


def former_outage_credits(case: Case) -> Iterable[Decimal]:
    """By the superseded article: whole days, nothing beyond the repair limit."""
    hours, paid = outage_hours(case), paid_for_line(case)
    if hours is not None and paid is not None:
        yield billing.yuan(paid / 30 * (hours // 24))


def upgrade(case: Case) -> Decimal | None:
    """M69 to M99 at once: the whole difference (rulebook 1.5)."""
    wanted = case.catalogue.plan("m99")
    monthly = case.customer.plan.monthly
    return billing.immediate_upgrade(monthly, wanted.monthly) if monthly < wanted.monthly else None


def pack_price(case: Case) -> Decimal | None:
    """R4: the pack in full, no more than 24 hours old and unused (rulebook 1.6)."""
    one = facts.pack(case)
    if one is None or one.used or START - one.bought > timedelta(hours=billing.UNUSED_PACK_HOURS):
        return None
    return case.catalogue.pack(one.code).price


def deposit(_case: Case) -> Decimal:
    """R5 (rulebook 1.3, 1.6)."""
    return billing.ONT_DEPOSIT


def moving(_case: Case) -> Decimal:
    return billing.MOVING


def bayhome_fee(case: Case) -> Decimal | None:
    """What must be paid before BayHome can be ordered (rulebook 1.3)."""
    one = facts.contract(case)
    if one is None:
        return billing.NOTHING
    return billing.bayhome_fee_first(one.kind, billing.full_months_left(one.end, TODAY))


def arrears(case: Case) -> Decimal:
    return case.customer.arrears


def _none(_case: Case) -> Iterable[Decimal]:
    return ()


# Name in a template → the amount, and amounts that used to be right or are right for something else.
FIGURES: dict[str, tuple[Callable[[Case], Decimal | None], Callable[[Case], Iterable[Decimal]]]] = {
    "termination-fee": (termination_fee, former_termination_fees),
    "late-fee": (late_fee, _none),
    "misbilled": (misbilled, _none),
    "every-charge": (every_charge, latest_charge),
    "outage-credit": (outage_credit, former_outage_credits),
    "upgrade": (upgrade, _none),
    "pack-price": (pack_price, _none),
    "deposit": (deposit, _none),
    "moving": (moving, _none),
    "bayhome-fee": (bayhome_fee, former_termination_fees),
    "arrears": (arrears, _none),
}
