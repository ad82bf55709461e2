"""The operator's arithmetic against the rulebook's worked examples and figures computed by hand."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.crm import billing
from lms.domain.crm.moments import ZONE, due_by

TODAY = date(2026, 3, 16)
money = Decimal


def test_first_month_of_m69_from_16_march() -> None:
    assert billing.first_month(money(69), 30, 300, TODAY) == billing.FirstMonth(money("35.61"), 16, 155)


@pytest.mark.parametrize(
    ("used", "allowance", "fee"),
    [("36.4", 30, "35.00"), ("30", 30, "0.00"), ("30.1", 30, "5.00"), ("60", 30, "150.00"), ("90", 30, "150.00")],
)
def test_data_overage_counts_parts_whole_and_is_capped(used: str, allowance: int, fee: str) -> None:
    assert billing.data_overage(money(used), allowance) == money(fee)


def test_the_worked_bill_of_m69_with_two_sims_and_bundled_b300() -> None:
    overage = billing.data_overage(money("36.4"), 30) + billing.voice_overage(342, 300) + billing.messages_fee(12)
    assert overage == money("42.50")
    assert 69 + 2 * billing.EXTRA_SIM + 80 - billing.BUNDLE + overage == money("191.50")
    assert 69 + overage == money("111.50")


def test_the_immediate_upgrade_beats_the_pack() -> None:
    with_pack = 15 + billing.data_overage(money("36.4"), 35) + billing.voice_overage(342, 300)
    assert with_pack == money("31.30")
    assert billing.immediate_upgrade(money(69), money(99)) == money("30.00")


@pytest.mark.parametrize(
    ("kind", "months", "fee"),
    [("C24", 14, "140.00"), ("C24", 8, "80.00"), ("C12", 5, "25.00"), ("C12", 0, "0.00"), ("BayHome", 3, "60.00")],
)
def test_termination_fee(kind: str, months: int, fee: str) -> None:
    assert billing.termination_fee(kind, months) == money(fee)


def test_the_worked_contract_ends_and_has_14_full_months_left() -> None:
    end = billing.contract_ends("C24", date(2025, 6, 1))
    assert end == date(2027, 5, 31)
    assert billing.full_months_left(end, TODAY) == 14
    assert billing.full_months_left(date(2026, 3, 31), TODAY) == 0
    assert billing.contract_starts(date(2025, 12, 31)) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("monthly", "hours", "rural", "credit"),
    [
        (60, 60, False, "8.00"),
        (80, 60, False, "10.67"),
        (80, 4, False, "0.00"),
        (60, 30, False, "4.00"),
        (50, 72, True, "5.00"),  # 50/30 × 3
        (50, 73, True, "8.33"),  # 50/30 × (4 + 1)
        (50, 48, False, "3.33"),
        (50, 49, False, "6.67"),  # 50/30 × (3 + 1)
    ],
)
def test_outage_credit(monthly: int, hours: int, rural: bool, credit: str) -> None:
    assert billing.outage_credit(money(monthly), hours, rural) == money(credit)


def test_late_fee_of_200_paid_on_30_march() -> None:
    due = billing.due_on("2026-02")
    assert due == date(2026, 3, 20)
    assert billing.issued_on("2025-12") == date(2026, 1, 3)
    assert billing.overdue_days(due, date(2026, 3, 21)) == 1
    assert billing.late_fee(money("200.00"), billing.overdue_days(due, date(2026, 3, 30))) == money("2.00")
    assert billing.overdue_days(due, TODAY) == 0


def test_half_a_fen_is_rounded_up() -> None:
    assert billing.late_fee(money("45.00"), 1) == money("0.05")  # 0.045


def test_bayhome_in_a_year() -> None:
    assert billing.bayhome_bills(12) == 1728
    assert billing.months_with_contract(money(139), money(20), 8, 12) == 1508
    assert billing.bayhome_year_difference(money(139), "C24", 8) == 300
    assert billing.bayhome_fee_first("C24", 6) == 0
    assert billing.bayhome_fee_first("C24", 7) == 70
    assert billing.bayhome_bills(2) == 198


@pytest.mark.parametrize(
    ("accepted", "starts"),
    [
        (datetime(2026, 3, 31, 19, 59, tzinfo=ZONE), date(2026, 4, 1)),
        (datetime(2026, 3, 31, 20, 0, tzinfo=ZONE), date(2026, 5, 1)),
        (datetime(2026, 3, 30, 23, 0, tzinfo=ZONE), date(2026, 4, 1)),
        (datetime(2026, 12, 31, 21, 0, tzinfo=ZONE), date(2027, 2, 1)),
    ],
)
def test_a_plan_change_has_its_cut_off(accepted: datetime, starts: date) -> None:
    assert billing.change_starts(accepted) == starts


@pytest.mark.parametrize(
    ("amount", "who"), [("50.00", "agent"), ("50.01", "team-leader"), ("54", "team-leader"), ("200.01", "billing")]
)
def test_refund_authority(amount: str, who: str) -> None:
    assert billing.refund_authority(money(amount)) == who


def test_goodwill_counts_what_was_given_in_90_days() -> None:
    assert billing.goodwill_authority(money(20)) == "agent"
    assert billing.goodwill_authority(money(10), money(15)) == "team-leader"
    assert billing.goodwill_authority(money(101)) == "billing"


def test_refund_dates() -> None:
    friday = date(2026, 3, 20)
    assert billing.refund_to_balance_by(friday, {}) == date(2026, 3, 25)
    assert billing.refund_to_origin_by(friday, {}) == date(2026, 3, 31)
    assert billing.refund_to_balance_by(TODAY, {}) == date(2026, 3, 19)
    assert billing.deposit_back_by(date(2026, 3, 13), {}) == date(2026, 3, 24)


def test_days_of_grace() -> None:
    assert billing.free_until(date(2026, 3, 10)) == date(2026, 3, 17)
    assert billing.may_port_on(date(2025, 11, 16)) == TODAY  # 14 + 31 + 31 + 28 + 16 = 120


def test_five_times_the_average_is_not_yet_a_shock() -> None:
    before = [money(39), money(39), money(45)]  # 41 on average
    assert not billing.is_shock(money(205), before)
    assert billing.is_shock(money("205.01"), before)


@pytest.mark.parametrize(
    ("clock", "due"),
    [
        ("24h", datetime(2026, 3, 21, 17, 40, tzinfo=ZONE)),
        ("30min", datetime(2026, 3, 20, 18, 10, tzinfo=ZONE)),
        ("15d", datetime(2026, 4, 4, 17, 40, tzinfo=ZONE)),
        ("1wd", datetime(2026, 3, 23, 23, 59, tzinfo=ZONE)),
        ("3wd", datetime(2026, 3, 25, 23, 59, tzinfo=ZONE)),
    ],
)
def test_ticket_clocks_from_friday_evening(clock: str, due: datetime) -> None:
    assert due_by(datetime(2026, 3, 20, 17, 40, tzinfo=ZONE), clock) == due.replace(tzinfo=ZONE)


@given(st.decimals(0, 300, places=1), st.integers(0, 120))
def test_more_use_never_costs_less(used: Decimal, allowance: int) -> None:
    assert billing.data_overage(used, allowance) <= billing.data_overage(used + 1, allowance) <= billing.DATA_CAP


@given(st.integers(0, 400), st.booleans())
def test_a_longer_outage_is_never_credited_less(hours: int, rural: bool) -> None:
    assert billing.credit_days(hours, rural) <= billing.credit_days(hours + 1, rural)
    assert billing.credit_days(hours, True) <= billing.credit_days(hours, False)
