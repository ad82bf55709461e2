"""The operator's arithmetic (rulebook 1.2–1.6, 1.11): pure functions; yuan with two decimals, rounded half-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from lms.domain.crm.moments import last_of, month_of, months_on
from lms.domain.working_days import Overrides, working_day_after

Yuan = Decimal
NOTHING = Decimal("0.00")

# Rulebook 1.2
DATA_PER_GB = Decimal("5.00")  # a part of a GB counts whole
DATA_CAP = Decimal("150.00")  # a month; then data stops
VOICE_PER_MINUTE = Decimal("0.15")
MESSAGE = Decimal("0.10")
EXTRA_SIM = Decimal("10.00")
# Rulebook 1.3
BUNDLE = Decimal("20.00")
BIGGER_LINE = Decimal("40.00")  # M139 with B1000 instead of B300
INSTALLATION = Decimal("100.00")
MOVING = Decimal("60.00")
ONT_DEPOSIT = Decimal("100.00")
BAYHOME = Decimal("159.00")
BAYHOME_FIRST = Decimal("99.00")
BAYHOME_FIRST_BILLS = 3
BAYHOME_FEE = Decimal("20.00")  # for every full month left
BAYHOME_WAIVED = 6  # months left on C12 or C24 up to which their fee is waived
# Rulebook 1.4
DISCOUNT = {"C12": Decimal("10.00"), "C24": Decimal("20.00")}
CONTRACT_MONTHS = {"C12": 12, "C24": 24, "BayHome": 12}
COOLING_OFF_DAYS = 7
PORT_AGAIN_DAYS = 120
# Rulebook 1.5
DUE_DAY, ISSUE_DAY = 20, 3
LATE_A_DAY = Decimal("0.001")
ONE_WAY_DAY, FULL_DAY, BROADBAND_DAY = 10, 30, 30
CUT_OFF_HOUR = 20
SHOCK = 5
CREDIT_OVER_HOURS = 4
REPAIR_HOURS = {False: 48, True: 72}  # by whether the address is rural
INCLUDED_LINE = Decimal("80.00")  # what outage credits of M139 and BayHome are computed from (1.11)
# Rulebook 1.6
AGENT_REFUND, LEADER_REFUND = Decimal("50.00"), Decimal("200.00")
AGENT_GOODWILL, LEADER_GOODWILL, GOODWILL_DAYS = Decimal("20.00"), Decimal("100.00"), 90
UNUSED_PACK_HOURS = 24
BALANCE_DAYS, ORIGINAL_DAYS, DEPOSIT_DAYS = 3, 7, 7  # working days
REFUND_MONTHS = 12


def yuan(amount: Decimal) -> Yuan:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def whole(number: Decimal) -> int:
    """Rounded up."""
    return int(number.to_integral_value(ROUND_CEILING))


# Use above the allowance (1.2)


def overage_gb(used: Decimal, allowance: int) -> int:
    return max(0, whole(used - allowance))


def data_overage(used: Decimal, allowance: int) -> Yuan:
    return yuan(min(DATA_PER_GB * overage_gb(used, allowance), DATA_CAP))


def voice_overage(minutes: int, allowance: int) -> Yuan:
    return yuan(VOICE_PER_MINUTE * max(0, minutes - allowance))


def messages_fee(messages: int) -> Yuan:
    return yuan(MESSAGE * messages)


# The first month, and changes (1.5)


@dataclass(frozen=True, slots=True)
class FirstMonth:
    fee: Yuan
    data_gb: int
    minutes: int


def first_month(monthly: Yuan, data_gb: int, minutes: int, start: date) -> FirstMonth:
    """Fee and allowances for the days that remain, ``start`` included; allowances round up."""
    days = last_of(month_of(start)).day
    left = days - start.day + 1
    return FirstMonth(
        yuan(monthly * left / days), whole(Decimal(data_gb * left) / days), whole(Decimal(minutes * left) / days)
    )


def change_starts(accepted: datetime) -> date:
    """A plan change taken before 20:00 of the month's last day starts next month, a later one the month after."""
    late = accepted.day == last_of(month_of(accepted.date())).day and accepted.hour >= CUT_OFF_HOUR
    return months_on(accepted.date(), 2 if late else 1)


def immediate_upgrade(monthly: Yuan, wanted: Yuan) -> Yuan:
    """What an upgrade within the month costs: the whole difference of the fees."""
    return yuan(wanted - monthly)


# Contracts (1.3, 1.4)


def contract_starts(ordered: date) -> date:
    return months_on(ordered, 1)


def contract_ends(kind: str, start: date) -> date:
    """The last day of its last month."""
    return months_on(start, CONTRACT_MONTHS[kind]) - timedelta(days=1)


def full_months_left(end: date, today: date) -> int:
    """Calendar months after the current one until the contract's last day."""
    return max(0, (end.year - today.year) * 12 + end.month - today.month)


def termination_fee(kind: str, months_left: int) -> Yuan:
    """Half of the discounts to come; for BayHome 20 a month."""
    monthly = BAYHOME_FEE if kind == "BayHome" else DISCOUNT[kind] / 2
    return yuan(monthly * months_left)


def free_until(ordered: date) -> date:
    """The last day on which a remote order can be withdrawn without a fee; the day of the order is day 0."""
    return ordered + timedelta(days=COOLING_OFF_DAYS)


def may_port_on(ported: date) -> date:
    """The first day on which a number may be ported again."""
    return ported + timedelta(days=PORT_AGAIN_DAYS)


def bayhome_fee_first(kind: str, months_left: int) -> Yuan:
    """What the holder of a contract pays before BayHome can be ordered: nothing up to six months left."""
    return NOTHING if months_left <= BAYHOME_WAIVED else termination_fee(kind, months_left)


def bayhome_bills(count: int) -> Yuan:
    """The first ``count`` bills of an order made by 31 March: three of 99, then 159."""
    first = min(count, BAYHOME_FIRST_BILLS)
    return yuan(BAYHOME_FIRST * first + BAYHOME * (count - first))


def months_with_contract(monthly: Yuan, discount: Yuan, discounted: int, count: int) -> Yuan:
    """``count`` months of a plan whose discount runs for the first ``discounted`` of them."""
    return yuan(monthly * count - discount * min(discounted, count))


def bayhome_year_difference(monthly: Yuan, kind: str, months_left: int) -> Yuan:
    """What switching from a plan under contract costs in the first twelve months; negative: what it saves."""
    staying = months_with_contract(monthly, DISCOUNT[kind], months_left, 12)
    return bayhome_bills(12) + bayhome_fee_first(kind, months_left) - staying


# Bills, arrears and suspension (1.5)


def issued_on(month: str) -> date:
    return months_on(date.fromisoformat(f"{month}-01"), 1).replace(day=ISSUE_DAY)


def due_on(month: str) -> date:
    return months_on(date.fromisoformat(f"{month}-01"), 1).replace(day=DUE_DAY)


def overdue_days(due: date, today: date) -> int:
    """The 21st is day 1."""
    return max(0, (today - due).days)


def late_fee(amount: Yuan, days: int) -> Yuan:
    return yuan(amount * LATE_A_DAY * days)


def is_shock(amount: Yuan, before: Sequence[Yuan]) -> bool:
    """More than five times the average of the three bills before: the customer is warned at once."""
    return amount * len(before) > SHOCK * sum(before, NOTHING)


# Outages (1.5, 1.11)


def credit_days(hours: int, rural: bool) -> int:
    if hours <= CREDIT_OVER_HOURS:
        return 0
    over = max(0, hours - REPAIR_HOURS[rural])
    return -(-hours // 24) + -(-over // 24)


def outage_credit(monthly: Yuan, hours: int, rural: bool) -> Yuan:
    """``monthly`` is the paid broadband fee, or INCLUDED_LINE where the plan includes the line."""
    return yuan(monthly / 30 * credit_days(hours, rural))


# Refunds (1.6)


def refund_authority(amount: Yuan) -> str:
    """agent | team-leader | billing. The whole amount decides: no splitting."""
    if amount <= AGENT_REFUND:
        return "agent"
    return "team-leader" if amount <= LEADER_REFUND else "billing"


def goodwill_authority(amount: Yuan, given_in_90_days: Yuan = NOTHING) -> str:
    """As :func:`refund_authority`; the limits hold for a customer's goodwill of ninety days."""
    total = amount + given_in_90_days
    if total <= AGENT_GOODWILL:
        return "agent"
    return "team-leader" if total <= LEADER_GOODWILL else "billing"


def refund_to_balance_by(approved: date, overrides: Overrides) -> date:
    return working_day_after(approved, BALANCE_DAYS, overrides)


def refund_to_origin_by(approved: date, overrides: Overrides) -> date:
    return working_day_after(approved, ORIGINAL_DAYS, overrides)


def deposit_back_by(returned: date, overrides: Overrides) -> date:
    return working_day_after(returned, DEPOSIT_DAYS, overrides)
