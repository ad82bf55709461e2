"""What each circumstance of the deck claims, read off the finished record with figures of its own."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil

from lms.domain.crm.moments import ZONE
from lms.domain.crm.records import Customer, Status, ValueAdded
from lms.domain.crm.world import World

Claim = Callable[[Customer, World], bool]
TODAY = date(2026, 3, 16)
NOW = datetime(2026, 3, 16, 10, 0, tzinfo=ZONE)
HOUR = timedelta(hours=1)


def _months_left(customer: Customer) -> int:
    contract = customer.contracts[0]
    return (contract.end.year - 2026) * 12 + contract.end.month - 3


def _runs(customer: Customer, kind: str) -> bool:
    return any(one.kind == kind and one.start <= TODAY <= one.end and not one.ended_early for one in customer.contracts)


def _no_contract(customer: Customer) -> bool:
    return not any(one.start <= TODAY <= (one.ended_early or one.end) for one in customer.contracts)


def _open(customer: Customer, kind: str) -> int:
    return sum(ticket.type == kind and ticket.closed is None for ticket in customer.tickets)


def _settled(customer: Customer) -> bool:
    return all(bill.paid_on and bill.paid_on <= TODAY for bill in customer.bills) and not customer.arrears


def _overrun(customer: Customer) -> tuple[int, int]:
    """(GB, minutes) above M69's allowances, without packs."""
    return max(0, ceil(customer.usage.data_gb - 30)), max(0, customer.usage.voice_minutes - 300)


def _cheapest_packs(customer: Customer) -> Decimal:
    """The cheapest way to cover M69's overrun with up to three small packs, one large and voice packs."""
    over, minutes = _overrun(customer)
    data = min(
        15 * small + 40 * large + min(5 * max(0, over - 5 * small - 20 * large), 150)
        for small in range(4)
        for large in range(2)
        if small or large
    )
    voice = min(10 * packs + Decimal("0.15") * max(0, minutes - 100 * packs) for packs in range(3))
    return data + voice


def _hours_down(customer: Customer) -> int:
    line = customer.broadband
    return int((NOW - line.outage_since) / HOUR) if line and line.outage_since else 0


def _noticed(customer: Customer, world: World) -> bool:
    """Whether a broadband notice in force names the area."""
    line = customer.broadband
    return line is not None and any(
        one.area == line.area and one.started <= NOW and one.ended is None and one.kind != "mobile-site"
        for one in world.catalogue.notices
    )


def _dark(customer: Customer, world: World, low: int, high: int) -> bool:
    """LOS red for so many hours, and no area outage."""
    line = customer.broadband
    return (
        line is not None
        and line.los == "red"
        and low <= _hours_down(customer) <= high
        and not _noticed(customer, world)
    )


def _gigabit(customer: Customer) -> bool:
    return customer.broadband is not None and customer.broadband.gigabit


def _service(customer: Customer) -> ValueAdded:
    return customer.services[0]


def _in_order(service: ValueAdded) -> bool:
    return service.confirmation is not None and service.reminder == "delivered" and service.cancelled is None


def _charged_after(service: ValueAdded) -> int:
    return sum(month > f"{service.cancelled:%Y-%m}" for month in service.charged_months) if service.cancelled else 0


def _average(customer: Customer) -> Decimal:
    return sum((bill.total for bill in customer.bills), Decimal(0)) / 3


def _shocking(customer: Customer, world: World) -> bool:
    """By hand for plans without anything else on the account."""
    fee, data, minutes = {"m39": (39, 10, 100), "s8": (8, 0, 0)}[customer.plan.plan]
    over = max(0, ceil(customer.usage.data_gb - data))
    voice = Decimal("0.15") * max(0, customer.usage.voice_minutes - minutes)
    now = fee + min(5 * over, 150) + voice + Decimal("0.10") * customer.usage.messages
    alone = not customer.services and not customer.packs and customer.broadband is None
    return alone and now > 5 * _average(customer) and 5 * over <= 150  # there the data stops


def _paid_late(customer: Customer, world: World) -> bool:
    old, middle = customer.bills[2], customer.bills[1]
    days = (old.paid_on - date(2026, 1, 20)).days if old.paid_on else 0
    fee = (old.total * days / 1000 + Decimal("0.005")) // Decimal("0.01") * Decimal("0.01")
    return 1 <= days <= 9 and [line.amount for line in middle.lines if line.code == "late-fee"] == (
        [fee] if fee else []
    )


def _overdue_months(customer: Customer) -> list[str]:
    return [bill.month for bill in customer.bills if bill.paid_on is None and bill.due < TODAY]


def _companion(customer: Customer, world: World) -> Customer:
    other = world.companion(customer.n)
    assert other is not None
    return world.customer(other)


def _merged(customer: Customer, world: World) -> bool:
    other = _companion(customer, world)
    if customer.merge is None or other.merge is None:
        return False
    tells = (customer.merge.other_account, other.merge.other_account) == (other.account, customer.account)
    owed = sum((bill.total for bill in other.bills if bill.paid_on is None), Decimal(0))
    return (
        tells
        and customer.arrears == customer.merge.arrears == owed > 0
        and all(bill.paid_on for bill in customer.bills)
    )


def _recycled(customer: Customer, world: World) -> bool:
    other = _companion(customer, world)
    gone = other.status == Status.CLOSED and other.closed is not None and other.closed < customer.opened
    return gone and other.number == customer.number and other.id_number != customer.id_number


def _came_back(customer: Customer, world: World) -> bool:
    other = _companion(customer, world)
    same = (other.number, other.id_number, other.name) == (customer.number, customer.id_number, customer.name)
    ports = (customer.port and customer.port.way, other.port and other.port.way)
    return same and ports == ("in", "out") and other.closed is not None and other.closed < customer.opened


def _ported_days(customer: Customer) -> int:
    return (TODAY - customer.port.on).days if customer.port and customer.port.way == "in" else -1


def _goodwill_days(customer: Customer) -> list[int]:
    granted = [line.amount for bill in customer.bills for line in bill.lines if line.code == "goodwill"]
    told = [note.at.date() for note in customer.notes if "R3" in (note.text.en or "")]
    return (
        [(TODAY - day).days for day in told]
        if len(granted) == len(told) and all(-20 <= one < 0 for one in granted)
        else []
    )


def _told(customer: Customer, words: str) -> list[date]:
    return [note.at.date() for note in customer.notes if words in (note.text.en or "")]


def _plan(customer: Customer) -> str:
    return customer.plan.plan


CLAIMS: dict[str, Claim] = {
    "look-alike": lambda one, world: one.circumstance == "look-alike",
    "plain": lambda one, world: one.status == Status.ACTIVE and not one.arrears,
    "contract-c12": lambda one, world: _runs(one, "C12") and 1 <= _months_left(one) <= 8,
    "contract-c24": lambda one, world: _runs(one, "C24") and 1 <= _months_left(one) <= 20,
    "contract-ended": lambda one, world: one.contracts[0].ended_early == date(2026, 3, 15) and _months_left(one) >= 3,
    "contract-lapsed": lambda one, world: one.contracts[0].end == date(2026, 2, 28) and _no_contract(one),
    "cooling-off": lambda one, world: (
        one.contracts[0].start == date(2026, 4, 1)
        and [0 <= (TODAY - day).days <= 6 for day in _told(one, "order day is day 0")] == [True]
    ),
    "downgrade-in-contract": lambda one, world: _runs(one, "C24") and _plan(one) in ("m99", "m139"),
    "packs-mixed": lambda one, world: {pack.expires for pack in one.packs} == {TODAY, date(2026, 3, 31)},
    "day-pack-unused": lambda one, world: (
        [(pack.code, pack.used, pack.expires) for pack in one.packs] == [("day-1", False, TODAY)]
    ),
    "pack-unused": lambda one, world: (
        [pack.used for pack in one.packs] == [False] and NOW - one.packs[0].bought < 24 * HOUR
    ),
    "pack-used": lambda one, world: [pack.used for pack in one.packs] == [True],
    "upgrade-pays": lambda one, world: _plan(one) == "m69" and 0 < 30 < _cheapest_packs(one) and not one.packs,
    "pack-pays": lambda one, world: _plan(one) == "m69" and _cheapest_packs(one) < 30 and _overrun(one)[0] > 3,
    "bill-shock": _shocking,
    "vas-reminded": lambda one, world: _in_order(_service(one)),
    "vas-trial": lambda one, world: not _service(one).charged_months and (TODAY - _service(one).ordered).days < 30,
    "vas-reminder-failed": lambda one, world: (
        _service(one).reminder == "failed"
        and _service(one).confirmation is not None
        and len(_service(one).charged_months) >= 2
    ),
    "vas-unconfirmed": lambda one, world: _service(one).confirmation is None and bool(_service(one).charged_months),
    "vas-cancelled": lambda one, world: (
        f"{_service(one).cancelled:%Y-%m}" == "2026-03" == max(_service(one).charged_months)
    ),
    "vas-mischarged": lambda one, world: _charged_after(_service(one)) == 2,
    "paid-late": _paid_late,
    "one-way": lambda one, world: one.status == Status.ONE_WAY and _overdue_months(one) == ["2026-01"],
    "full-suspension": lambda one, world: one.status == Status.FULL and _overdue_months(one) == ["2026-01", "2025-12"],
    "merged-arrears": _merged,
    "wrong-suspension": lambda one, world: one.status == Status.ONE_WAY and _merged(one, world),
    "goodwill-used": lambda one, world: len(_goodwill_days(one)) == 1 and 0 < _goodwill_days(one)[0] < 90,
    "goodwill-free": lambda one, world: not _told(one, "R3"),
    "extra-sim-calling": lambda one, world: 2 <= sum(not sim.main for sim in one.sims) <= 3,
    "recycled-number": _recycled,
    "ported-in": lambda one, world: _ported_days(one) >= 120 and _came_back(one, world),
    "port-out-clear": lambda one, world: (
        one.status == Status.ACTIVE and _settled(one) and _no_contract(one) and not one.port
    ),
    "port-out-arrears": lambda one, world: one.arrears > 0 and _no_contract(one) and not one.port,
    "port-out-contract": lambda one, world: _runs(one, "C24") and _settled(one),
    "port-out-recent": lambda one, world: 0 < _ported_days(one) < 120 and _settled(one) and _no_contract(one),
    "legacy-m69": lambda one, world: (one.plan.plan, one.plan.version, one.plan.monthly) == ("m69", "V2", Decimal(59)),
    "anti-fraud": lambda one, world: one.status == Status.ANTI_FRAUD and _settled(one),
    "authorised-contact": lambda one, world: len(one.contacts) == 1 and one.security_note is None,
    "security-note": lambda one, world: one.security_note is not None and not one.contacts,
    "enterprise-namesake": lambda one, world: (
        not one.enterprise
        and _companion(one, world).enterprise
        and (_companion(one, world).name.zh or "").startswith(one.name.zh or "?")
    ),
    "enterprise": lambda one, world: (
        one.enterprise
        and not _companion(one, world).enterprise
        and (one.name.zh or "").startswith(_companion(one, world).name.zh or "?")
    ),
    "los-red": lambda one, world: _dark(one, world, 1, 4),
    "ended-notice": lambda one, world: (
        _dark(one, world, 1, 4)
        and any(
            one.broadband is not None and notice.area == one.broadband.area and notice.ended is not None
            for notice in world.catalogue.notices
        )
    ),
    "area-outage": lambda one, world: _noticed(one, world) and one.broadband is not None and one.broadband.los == "red",
    "power-off": lambda one, world: one.broadband is not None and one.broadband.power == "off",
    "ont-mismatch": lambda one, world: (
        one.broadband is not None and one.broadband.ont_seen not in (None, one.broadband.ont_serial)
    ),
    "outage-credit-urban": lambda one, world: _dark(one, world, 20, 90) and not (one.broadband and one.broadband.rural),
    "outage-credit-rural": lambda one, world: (
        _dark(one, world, 50, 120) and one.broadband is not None and one.broadband.rural
    ),
    "cross-department": lambda one, world: (
        CLAIMS["ont-mismatch"](one, world)
        and 50 <= _hours_down(one) <= 70
        and [ticket.type.value for ticket in one.tickets[:2]] == ["T2", "T3"]
        and all(ticket.closed and ticket.closed < NOW for ticket in one.tickets)
    ),
    "fault-duplicate": lambda one, world: _open(one, "T2") == 2 and _dark(one, world, 24, 30),
    "bayhome-eligible": lambda one, world: (
        _gigabit(one) and _settled(one) and _runs(one, "C24") and _months_left(one) <= 6
    ),
    "bayhome-contract": lambda one, world: (
        _gigabit(one) and _settled(one) and _runs(one, "C24") and _months_left(one) > 6
    ),
    "bayhome-no-gigabit": lambda one, world: (
        one.broadband is not None and not _gigabit(one) and _settled(one) and _no_contract(one)
    ),
    "bayhome-arrears": lambda one, world: _gigabit(one) and one.arrears > 0 and _no_contract(one),
    "deposit-returned": lambda one, world: (
        one.broadband is None and [1 <= (TODAY - day).days <= 5 for day in _told(one, "returned ONT")] == [True]
    ),
    "billing-open": lambda one, world: _open(one, "T1") == 1,
    "install-open": lambda one, world: _open(one, "T3") == 1 and one.broadband is not None,
    "complaint-open": lambda one, world: _open(one, "T4") == 1,
    "privacy-open": lambda one, world: _open(one, "T5") == 1,
    "refund-open": lambda one, world: _open(one, "T6") == 1,
    "port-ticket-open": lambda one, world: _open(one, "T7") == 1,
    "device-open": lambda one, world: _open(one, "T8") == 1 and CLAIMS["power-off"](one, world),
    # Companions: the other record of a circumstance.
    "former-owner": lambda one, world: one.status == Status.CLOSED,
    "ported-away": lambda one, world: (
        one.status == Status.PORTED_OUT and one.port is not None and one.port.way == "out"
    ),
    "merged": lambda one, world: one.merge is not None and one.merge.role == "merged" and one.merge.arrears > 0,
    "firm": lambda one, world: one.enterprise,
    "person": lambda one, world: not one.enterprise,
}
