"""Broadband lines and what is used of a plan: made within rulebook 1.2 and 1.3, or as the deck asks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from lms.domain.crm.cases import Case
from lms.domain.crm.catalogue import Plan
from lms.domain.crm.circumstances import BroadbandPart
from lms.domain.crm.dice import Dice
from lms.domain.crm.homes import MOBILE_SITE
from lms.domain.crm.moments import START
from lms.domain.crm.records import Broadband, Pack, Status, Usage

NO_USE = Usage(Decimal(0), 0, 0)
_CODES = ("b100", "b100", "b300", "b300", "b300", "b1000")


def broadband_of(case: Case) -> Broadband | None:
    """The line that the deck asks for; else nearly every other customer has one, and M139 includes one."""
    head, dice, asked = case.head, case.dice, case.asked.broadband
    if case.asked.mobile_only or case.closed:
        return None
    if asked is None and case.plan.broadband is None and not dice.chance(45):
        return None
    asked = asked or BroadbandPart()
    code, monthly = _offer(case, asked)
    serial = f"CWT{dice.below(16**8):08X}"
    dark = asked.los or asked.power_off
    seen = None if dark else f"CWT{dice.below(16**8):08X}" if asked.mismatch else serial
    gigabit = asked.gigabit
    if gigabit is None:
        gigabit = code == "b1000" or dice.chance(30 if head.home.rural else 75)
    return Broadband(
        plan=code,
        monthly=monthly,
        area=head.home.area,
        address=head.address,
        rural=head.home.rural,
        gigabit=gigabit,
        ont_serial=serial,
        ont_seen=seen,
        los="red" if asked.los else "off",
        power="off" if asked.power_off else "on",
        outage_since=_down_since(case, asked),
    )


def _offer(case: Case, asked: BroadbandPart) -> tuple[str, Decimal]:
    """(code, fee). A plan that includes a line charges nothing for it."""
    if case.plan.broadband:
        return case.plan.broadband, Decimal("0.00")
    codes = asked.codes or tuple(code for code in _CODES if asked.gigabit is not False or code != "b1000")
    offer = case.catalogue.line(case.dice.one_of(codes))
    return offer.code, offer.monthly


def _down_since(case: Case, asked: BroadbandPart) -> datetime | None:
    """Whole hours ago, or since the area's outage began."""
    since = START - timedelta(hours=case.dice.between(*asked.outage_hours)) if asked.outage_hours else None
    if asked.notice != "own":
        return since
    area = case.head.home.area
    return next(
        one.started
        for one in case.catalogue.notices
        if one.area == area and one.in_force(START) and one.kind != MOBILE_SITE
    )


def used_in_a_month(plan: Plan, plain: bool, dice: Dice) -> Usage:
    """A whole month's use: three in four stay within the plan, and ``plain`` ones always."""
    over = not plain and dice.chance(25)
    if plan.code == "s8":
        return Usage(Decimal(dice.below(15)) / 10, dice.below(30), dice.below(6)) if over else NO_USE
    data = Decimal(plan.data_gb * dice.between(300, 990)) / 1000
    minutes = plan.minutes * dice.between(30, 99) // 100
    which = dice.below(3)  # data, voice, or both
    if over and which != 1:
        data = plan.data_gb + Decimal(dice.between(1, 80)) / 10
    if over and which:
        minutes = plan.minutes + dice.below(90)
    return Usage(data.quantize(Decimal("0.1")), minutes, 0 if plain else dice.below(8))


def used_this_month(case: Case, packs: Sequence[Pack]) -> Usage:
    """Until today. What the deck asks for leaves no doubt: see rulebook 1.5 and its worked example."""
    part, plan, dice, status = case.asked, case.plan, case.dice, case.head.status
    tenths = Decimal(1) / 10
    if case.closed:
        return NO_USE
    if part.overage == "upgrade-pays":  # 7 or 8 GB and some minutes above: every way with packs costs more than 30
        return Usage(plan.data_gb + dice.between(61, 79) * tenths, plan.minutes + dice.between(42, 90), dice.below(15))
    if part.overage == "pack-pays":  # 4 or 5 GB above: one pack of 15 does it
        return Usage(plan.data_gb + dice.between(31, 49) * tenths, plan.minutes + dice.between(0, 20), dice.below(15))
    if part.overage == "shock":
        # At 150 yuan, 30 GB above the plan, data stops.
        data = plan.data_gb + (dice.between(291, 300) if plan.data_gb else dice.between(80, 250)) * tenths
        return Usage(data, plan.minutes + dice.between(60, 200), dice.below(15))
    if status in (Status.FULL, Status.ANTI_FRAUD) or plan.code == "s8":
        return NO_USE
    if part.unpaid:  # outgoing use ended on 2 March
        return Usage(dice.below(9) * tenths, dice.below(12), 0)
    in_packs = sum(case.catalogue.pack(pack.code).data_gb for pack in packs if pack.used)
    share = Decimal(dice.between(10, 48)) / 100
    # Who has used a pack has used up the plan, and part of the pack.
    data = (plan.data_gb + in_packs * share if in_packs else plan.data_gb * share).quantize(tenths)
    return Usage(data, plan.minutes * dice.between(10, 55) // 100, dice.below(5))
