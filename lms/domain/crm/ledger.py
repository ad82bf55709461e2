"""Bills by line from what a customer holds and uses: the same arithmetic for past months and for the running one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from lms.domain.crm import billing
from lms.domain.crm.catalogue import Catalogue, PackOffer, Plan
from lms.domain.crm.moments import THIS_MONTH, TODAY, first_of, month_of
from lms.domain.crm.records import Bill, BillLine, Broadband, Contract, Customer, Pack, Usage, ValueAdded

# The lines of a bill; beside them "pack-" and "vas-" with the code of what was bought.
LINES = (
    "plan", "extra-sim", "broadband", "bundle", "contract", "data-overage", "voice-overage", "sms", "late-fee",
    "goodwill",
)  # fmt: skip
Charge = tuple[str, Decimal, str]  # a line's code, amount and quantity


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is charged for in every month."""

    plan: Plan
    extra_sims: int
    broadband: Broadband | None
    contracts: tuple[Contract, ...]
    services: tuple[ValueAdded, ...]


def charges(held: Holdings, month: str, usage: Usage, packs: Sequence[Pack], catalogue: Catalogue) -> Iterator[Charge]:
    """The lines of a month without what payments bring (late fees, goodwill). Zero lines are left out."""
    plan, line = held.plan, held.broadband
    yield "plan", plan.monthly, ""
    if held.extra_sims and not plan.sims_included:
        yield "extra-sim", billing.yuan(billing.EXTRA_SIM * held.extra_sims), str(held.extra_sims)
    if line and line.monthly:
        yield "broadband", line.monthly, ""
    if line and plan.bundle:
        yield "bundle", -billing.BUNDLE, ""
    for contract in held.contracts:
        if contract.discount and contract.runs_on(first_of(month)):
            yield "contract", -contract.discount, ""
    bought = [catalogue.pack(pack.code) for pack in packs]
    for offer in bought:
        yield f"pack-{offer.code}", offer.price, ""
    yield from _overage(plan, usage, bought)
    for service in held.services:
        if month in service.charged_months:
            yield f"vas-{service.code}", service.monthly, ""


def _overage(plan: Plan, usage: Usage, bought: Iterable[PackOffer]) -> Iterator[Charge]:
    local = [offer for offer in bought if not offer.roaming]
    data = plan.data_gb + sum(offer.data_gb for offer in local)
    minutes = plan.minutes + sum(offer.minutes for offer in local)
    over = billing.overage_gb(usage.data_gb, data)
    if over:
        yield "data-overage", billing.data_overage(usage.data_gb, data), f"{over} GB"
    if usage.voice_minutes > minutes:
        yield (
            "voice-overage",
            billing.voice_overage(usage.voice_minutes, minutes),
            f"{usage.voice_minutes - minutes} min",
        )
    if usage.messages:
        yield "sms", billing.messages_fee(usage.messages), str(usage.messages)


@dataclass(frozen=True, slots=True)
class Payment:
    """How a month's bill was paid: ``on`` None is unpaid. ``goodwill`` was granted within the month."""

    on: date | None
    goodwill: Decimal = billing.NOTHING


def bills(
    held: Holdings, months: Sequence[str], used: Sequence[Usage], paid: Sequence[Payment], catalogue: Catalogue
) -> tuple[Bill, ...]:
    """Newest first, as ``months``. A bill paid late puts its late fee on the bill of the month of payment."""
    made: list[Bill] = []
    for month, usage, payment in reversed(list(zip(months, used, paid, strict=True))):
        listed = list(charges(held, month, usage, (), catalogue))
        listed += [("late-fee", late, "") for one in made if (late := _late(one, month))]
        if payment.goodwill:
            listed.append(("goodwill", -payment.goodwill, ""))
        ref = f"bill:{month}"
        lines = tuple(BillLine(f"{ref}:{code}", code, amount, quantity) for code, amount, quantity in listed)
        made.append(Bill(ref, month, lines, billing.issued_on(month), billing.due_on(month), payment.on))
    return tuple(reversed(made))


def _late(bill: Bill, month: str) -> Decimal:
    if bill.paid_on is None or month_of(bill.paid_on) != month:
        return billing.NOTHING
    return billing.late_fee(bill.total, billing.overdue_days(bill.due, bill.paid_on))


def overdue(bills: Iterable[Bill]) -> tuple[Bill, ...]:
    """Those unpaid after their due day."""
    return tuple(bill for bill in bills if bill.paid_on is None and bill.due < TODAY)


def arrears(bills: Iterable[Bill]) -> Decimal:
    """What is overdue, without late fees."""
    return sum((bill.total for bill in overdue(bills)), billing.NOTHING)


def late_fees(customer: Customer, day: date = TODAY) -> Decimal:
    """What has accrued on the overdue bills if they are paid on ``day``; each bill's fee is rounded by itself."""
    fees = (billing.late_fee(bill.total, billing.overdue_days(bill.due, day)) for bill in overdue(customer.bills))
    return sum(fees, billing.NOTHING)


def holdings(customer: Customer, catalogue: Catalogue) -> Holdings:
    plan = catalogue.plan(customer.plan.plan, customer.plan.version)
    extra = sum(not sim.main for sim in customer.sims)
    return Holdings(plan, extra, customer.broadband, customer.contracts, customer.services)


def charges_so_far(customer: Customer, catalogue: Catalogue) -> Decimal:
    """What the running month costs already: a bill to warn of, if it is a shock (rulebook 1.5)."""
    held = holdings(customer, catalogue)
    listed = charges(held, THIS_MONTH, customer.usage, customer.packs, catalogue)
    return sum((amount for _code, amount, _quantity in listed), billing.NOTHING)


def paid_line_fee(customer: Customer, catalogue: Catalogue) -> Decimal:
    """What outage credits are computed from (rulebook 1.11): the line's fee less the bundle discount, or 80.00 where
    the plan includes a line. Raises ValueError where there is none."""
    if customer.broadband is None:
        raise ValueError(f"customer {customer.n} has no broadband")
    plan = catalogue.plan(customer.plan.plan, customer.plan.version)
    if plan.broadband:
        return billing.INCLUDED_LINE
    return customer.broadband.monthly - (billing.BUNDLE if plan.bundle else billing.NOTHING)


def wrongly_charged(service: ValueAdded) -> tuple[str, ...]:
    """Months charged after the cancellation (R1), the month of cancelling not among them; newest first."""
    if service.cancelled is None:
        return ()
    return tuple(month for month in service.charged_months if month > month_of(service.cancelled))


def outage_hours(line: Broadband, now: datetime) -> int:
    """Whole hours since the established loss of service."""
    return 0 if line.outage_since is None else int((now - line.outage_since) / timedelta(hours=1))
