"""What must hold of every customer, read off the finished record with figures of its own, so that a slip in the making
is found. `flask crm verify` runs it over a whole world."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from lms.domain.crm.claims import CLAIMS
from lms.domain.crm.moments import START
from lms.domain.crm.records import Bill, Customer, Status
from lms.domain.crm.world import World

TODAY = date(2026, 3, 16)


def faults(n: int, world: World) -> list[str]:
    """What is wrong with customer ``n``, in words; nothing is the aim."""
    customer = world.customer(n)
    found = [*of_record(customer), *of_bills(customer), *of_agreements(customer), *of_head(n, world)]
    claim = CLAIMS.get(customer.circumstance)
    if claim is None:
        found.append(f"nobody knows what {customer.circumstance!r} claims")
    elif not claim(customer, world):
        found.append(f"{customer.circumstance} does not hold")
    return [f"customer {n}: {fault}" for fault in found]


def of_head(n: int, world: World) -> Iterator[str]:
    """The head, from which the index is built, tells what the record tells."""
    head, customer = world.head(n), world.customer(n)
    told = (head.name, head.number, head.account, head.status, head.address, head.enterprise, head.extra_numbers)
    extra = tuple(sim.number for sim in customer.sims if not sim.main)
    if told != (
        customer.name,
        customer.number,
        customer.account,
        customer.status,
        customer.address,
        customer.enterprise,
        extra,
    ):
        yield "head and record differ"
    if (head.security_note, head.authorised_contact) != (customer.security_note is not None, bool(customer.contacts)):
        yield "the flags differ from the record"
    if {ticket.number for ticket in customer.tickets} != set(head.tickets):
        yield "the tickets to be found are not those of the record"


def of_record(customer: Customer) -> Iterator[str]:
    """References are unique, dates in order, numbers of their form."""
    refs = [
        *(contract.ref for contract in customer.contracts),
        *(pack.ref for pack in customer.packs),
        *(service.ref for service in customer.services),
        *(ref for bill in customer.bills for ref in (bill.ref, *(line.ref for line in bill.lines))),
        *(ticket.ref for ticket in customer.tickets),
        *(note.ref for note in customer.notes),
        *(sim.ref for sim in customer.sims),
        *(contact.ref for contact in customer.contacts),
    ]
    if len(refs) != len(set(refs)):
        yield "a reference stands twice"
    last = customer.closed or TODAY
    if not customer.opened < last <= TODAY:
        yield "opened after it was closed"
    plans = [*customer.earlier_plans, customer.plan]
    if [plan.started for plan in plans] != sorted(plan.started for plan in plans) or plans[0].started < customer.opened:
        yield "plans are out of order"
    if any(note.at.date() > TODAY or note.at.date() < customer.opened for note in customer.notes):
        yield "a note is of another time"
    if any(one.closed and one.closed <= one.opened or one.due and one.due <= one.opened for one in customer.tickets):
        yield "a ticket's times are out of order"
    if any(not customer.opened < one.opened.date() < (customer.closed or date.max) for one in customer.tickets):
        yield "a ticket is of another time"
    if any(one.opened > START or one.closed and one.closed > START for one in customer.tickets):
        yield "a ticket is of the future"
    if [ticket.opened for ticket in customer.tickets] != sorted((t.opened for t in customer.tickets), reverse=True):
        yield "tickets are out of order"
    numbers = [sim.number for sim in customer.sims]
    if any(not (len(one) == 11 and one.startswith("129") and one.isdigit()) for one in numbers):
        yield "a number has not its form"
    if customer.id_number[:6] != "000000" or customer.id_number[-4:] != customer.id_last4:
        yield "the document number is not an invented one"
    if (customer.status in (Status.CLOSED, Status.PORTED_OUT)) != (customer.closed is not None):
        yield "status and closing day disagree"


def of_bills(customer: Customer) -> Iterator[str]:
    """Three bills whose lines follow from what the record holds."""
    if len(customer.bills) != 3:
        yield "there are not three bills"
    months = [bill.month for bill in customer.bills]
    if months != sorted(months, reverse=True):
        yield "bills are out of order"
    for bill in customer.bills:
        amounts = {line.code: line.amount for line in bill.lines}
        if sum(amounts.values()) != bill.total or bill.total < 0 or len(amounts) != len(bill.lines):
            yield f"{bill.ref} does not sum"
        if expected_lines(customer, bill) != {code: amount for code, amount in amounts.items() if code not in _BY_USE}:
            yield f"{bill.ref} does not follow from the record"
        yield from _by_use(bill)
    unpaid = [bill for bill in customer.bills if bill.paid_on is None and bill.due < TODAY]
    moved = customer.merge.arrears if customer.merge and customer.merge.role == "master" else Decimal(0)
    owed = sum((bill.total for bill in unpaid), moved)
    if customer.arrears != (0 if customer.merge and customer.merge.role == "merged" else owed):
        yield "arrears are not what is overdue"
    longest = max(((TODAY - bill.due).days for bill in unpaid), default=0)
    suspended = {Status.ONE_WAY: 10 <= longest < 30, Status.FULL: longest >= 30}
    if not moved and customer.closed is None and suspended.get(customer.status, longest < 10) is False:
        yield "the suspension does not fit the days overdue"


_BY_USE = {"data-overage", "voice-overage", "sms", "late-fee", "goodwill"}
_FEES = {"b100": 50, "b300": 80, "b1000": 120}
_DATA = {"m39": 10, "m69": 30, "m99": 60, "m139": 100, "s8": 0}
_PLANS = {"m39": 39, "m69": 69, "m99": 99, "m139": 139, "s8": 8}


def expected_lines(customer: Customer, bill: Bill) -> dict[str, Decimal]:
    """The lines that do not depend on use, from the rulebook's price list."""
    code = customer.plan.plan
    lines = {"plan": Decimal(59 if (code, customer.plan.version) == ("m69", "V2") else _PLANS[code])}
    extra = sum(not sim.main for sim in customer.sims)
    if extra and code in ("m69", "m99"):
        lines["extra-sim"] = Decimal(10 * extra)
    if customer.broadband and code != "m139":
        lines["broadband"] = Decimal(_FEES[customer.broadband.plan])
        if code in ("m69", "m99"):
            lines["bundle"] = Decimal(-20)
    first = date.fromisoformat(f"{bill.month}-01")
    for contract in customer.contracts:
        if contract.start <= first <= (contract.ended_early or contract.end):
            lines["contract"] = Decimal({"C12": -10, "C24": -20}[contract.kind])
    for service in customer.services:
        if bill.month in service.charged_months:
            lines[f"vas-{service.code}"] = Decimal({"baymusic": 12, "bayvideo": 18, "callercard": 6}[service.code])
    return lines


def _by_use(bill: Bill) -> Iterator[str]:
    """Amounts of use follow from the quantities beside them."""
    prices = {"data-overage": Decimal(5), "voice-overage": Decimal("0.15"), "sms": Decimal("0.10")}
    for line in bill.lines:
        if line.code in prices:
            due = prices[line.code] * int(line.quantity.split()[0])
            if line.amount != min(due, Decimal(150) if line.code == "data-overage" else due):
                yield f"{line.ref} does not follow from its quantity"


def of_agreements(customer: Customer) -> Iterator[str]:
    for contract in customer.contracts:
        months = (contract.end.year - contract.start.year) * 12 + contract.end.month - contract.start.month + 1
        if contract.start.day != 1 or (contract.end + timedelta(days=1)).day != 1:
            yield "a contract does not run by calendar months"
        if months != {"C12": 12, "C24": 24, "BayHome": 12}[contract.kind]:
            yield "a contract has not its length"
        if contract.discount != {"C12": 10, "C24": 20, "BayHome": 0}[contract.kind]:
            yield "a contract has not its discount"
        if customer.plan.plan not in ("m69", "m99", "m139"):
            yield "the plan takes no contract"
        if contract.start < customer.plan.started:
            yield "the contract is older than the plan"
    for service in customer.services:
        if service.ordered < customer.opened:
            yield "a service was ordered before the customer came"
        if service.charged_months and service.ordered + timedelta(days=30) > _first_charge(service.charged_months):
            yield "a service was charged within its trial"
    extra = sum(not sim.main for sim in customer.sims)
    if extra > (3 if customer.plan.plan in ("m69", "m99", "m139") else 0):
        yield "more extra SIMs than the plan allows"
    for pack in customer.packs:
        end = pack.bought.date() if pack.code in ("day-1", "roam-day") else date(2026, 3, 31)
        data = pack.used and pack.code in ("data-5", "data-20", "day-1")
        if data and customer.usage.data_gb <= _DATA[customer.plan.plan]:
            yield "a pack is used before the plan"
        if pack.expires != end or pack.bought.date() > TODAY or pack.bought.month != 3:
            yield "a pack has not its term"


def _first_charge(months: tuple[str, ...]) -> date:
    return date.fromisoformat(f"{min(months)}-01")


def duplicates(world: World) -> Iterator[str]:
    """Numbers that two customers share: of living lines, accounts and tickets none."""
    seen: dict[str, int] = {}
    for n in range(world.size):
        head = world.head(n)
        lines = () if head.gone else (head.number, *head.extra_numbers)
        for number in (*lines, f"account {head.account}", *head.tickets):
            if seen.setdefault(number, n) != n:
                yield f"customers {seen[number]} and {n} share {number}"
