"""The rulebook's figures once more, computed another way than the product does: for the proofs of drill templates.

Cents and whole days throughout; the rulebook's numbers are typed here anew, from its sections 1.2 to 1.6 and 1.11.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from lms.domain.crm.records import Contract, ValueAdded
from lms.domain.drills.facts import Case

TODAY = date(2026, 3, 16)
NOW = datetime(2026, 3, 16, 10, 0)  # noqa: DTZ001  the operator's own wall clock
PLAN_FEE = {"m39": 3900, "m69": 6900, "m99": 9900, "m139": 13900, "s8": 800, "bayhome": 15900}
PLAN_DATA = {"m39": 10, "m69": 30, "m99": 60, "m139": 100, "s8": 0, "bayhome": 120}
LINE_FEE = {"b100": 5000, "b300": 8000, "b1000": 12000}
PACK_FEE = {"data-5": 1500, "data-20": 4000, "day-1": 300, "voice-100": 1000, "roam-day": 2500}
VAS_FEE = {"baymusic": 1200, "bayvideo": 1800, "callercard": 600}


def recomputed(name: str, case: Case) -> str | None:
    """The canonical text of a field or figure; None where there is no second way to it."""
    figure = _FIGURES.get(name)
    return figure(case) if figure else None


def _cents(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def _running(case: Case) -> Contract:
    return next(one for one in case.customer.contracts if one.start <= TODAY <= (one.ended_early or one.end))


def _months_left(contract: Contract) -> int:
    """Counts the firsts of months after today up to the contract's last day."""
    day, count = TODAY, 0
    while day < contract.end:
        day += timedelta(days=1)
        count += day.day == 1 and day <= contract.end
    return count


def _left(case: Case) -> str:
    return str(_months_left(_running(case)))


def _termination(case: Case) -> str:
    one = _running(case)
    a_month = {"C12": 500, "C24": 1000, "BayHome": 2000}[one.kind]
    return _cents(a_month * _months_left(one))


def _bayhome_fee(case: Case) -> str:
    return "0.00" if _months_left(_running(case)) <= 6 else _termination(case)


def _next_port(case: Case) -> str | None:
    port = case.customer.port
    return date.fromordinal(port.on.toordinal() + 120).isoformat() if port else None


def _charges(one: ValueAdded, after: str = "") -> str:
    return _cents(VAS_FEE[one.code] * sum(month > after for month in one.charged_months))


def _refund_r2(case: Case) -> str:
    """Everything that the doubtful service took."""
    one = next(one for one in case.customer.services if not one.confirmation or one.reminder in ("failed", "not-sent"))
    return _charges(one)


def _refund_r1(case: Case) -> str:
    wrong = [one for one in case.customer.services if one.cancelled]
    return next(
        _charges(one, f"{one.cancelled:%Y-%m}") for one in wrong if max(one.charged_months) > f"{one.cancelled:%Y-%m}"
    )


def _credit(case: Case) -> str | None:
    """Paid fee ÷ 30 × (begun days + begun days beyond the repair limit), half a cent up."""
    line = case.customer.broadband
    if line is None or line.outage_since is None:
        return None
    minutes = round((NOW - line.outage_since.replace(tzinfo=None)) / timedelta(minutes=1))
    if minutes <= 4 * 60:
        return "0.00"
    limit = (72 if line.rural else 48) * 60
    days = sum(start < minutes for start in range(0, minutes, 24 * 60))
    days += sum(start < minutes for start in range(limit, minutes, 24 * 60))
    if case.customer.plan.plan in ("m139", "bayhome"):
        paid = 8000
    else:
        paid = LINE_FEE[line.plan] - (2000 if case.customer.plan.plan in ("m69", "m99") else 0)
    return _cents((paid * days * 2 + 30) // 60)


def _overage(case: Case) -> str:
    used = case.customer.usage.data_gb
    begun = 0
    while PLAN_DATA[case.customer.plan.plan] + begun < used:
        begun += 1
    return _cents(min(500 * begun, 15000))


def _upgrade(case: Case) -> str:
    return _cents(9900 - PLAN_FEE[case.customer.plan.plan])


def _pack(case: Case) -> str:
    return _cents(PACK_FEE[max(case.customer.packs, key=lambda one: one.bought).code])


def _late_fee(case: Case) -> str | None:
    """A tenth of a per cent of the bill that was paid late, for each day from the 21st to the payment."""
    for bill in case.customer.bills:
        if bill.paid_on and bill.paid_on > bill.due:
            cents = int(sum(line.amount for line in bill.lines if line.code != "late-fee") * 100)
            days = bill.paid_on.toordinal() - bill.due.toordinal()
            return _cents((cents * days * 2 + 1000) // 2000)
    return None


def _arrears(case: Case) -> str:
    merged = case.customer.merge.arrears if case.customer.merge and case.customer.merge.role == "master" else 0
    overdue = [bill for bill in case.customer.bills if bill.paid_on is None and bill.due < TODAY]
    return _cents(int(sum(int(line.amount * 100) for bill in overdue for line in bill.lines) + merged * 100))


_FIGURES: dict[str, Callable[[Case], str | None]] = {
    "contract.left": _left,
    "contract.fee": _termination,
    "termination-fee": _termination,
    "bayhome-fee": _bayhome_fee,
    "port.next": _next_port,
    "every-charge": _refund_r2,
    "misbilled": _refund_r1,
    "outage-credit": _credit,
    "usage.overage": _overage,
    "upgrade": _upgrade,
    "pack-price": _pack,
    "bill.late-fee": _late_fee,
    "late-fee": _late_fee,
    "arrears": _arrears,
    "moving": lambda _case: "60.00",
    "deposit": lambda _case: "100.00",
}
