"""What a customer has signed: plan, contracts, packs, value-added services. Within rulebook 1.2–1.4, or by the deck."""

from datetime import date, timedelta

from lms.domain.crm import billing
from lms.domain.crm.cases import Case
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.circumstances import ContractPart, PackPart, ServicePart
from lms.domain.crm.dice import Dice
from lms.domain.crm.moments import START, TODAY, last_of, month_of, months_on
from lms.domain.crm.records import Contract, Pack, Subscription, ValueAdded

_CHANNELS = ("app", "hotline", "store", "sms")


def contract_of(case: Case) -> Contract | None:
    """The contract that the deck asks for; else now and then one that runs, where the plan allows it."""
    asked, plan = case.asked, case.plan
    if asked.contract:
        return _contract(asked.contract, case.dice)
    throw = case.dice.below(100)
    if asked.free or case.closed or not plan.contracts or not plan.on_sale or throw >= 35:
        return None
    return _contract(_C24 if throw < 15 else _C12, case.dice)


_C12 = ContractPart(kind="C12", left=(1, 8))
_C24 = ContractPart(kind="C24", left=(1, 20))


def _contract(part: ContractPart, dice: Dice) -> Contract:
    months = billing.CONTRACT_MONTHS[part.kind]
    left = dice.between(*part.left)
    if part.state == "cooling-off":
        left = months
    elif part.state == "lapsed":
        left = -1
    start = months_on(TODAY, left - months + 1)
    end = billing.contract_ends(part.kind, start)
    early = TODAY - timedelta(days=1) if part.state == "yesterday" else None
    return Contract("contract:1", part.kind, start, end, billing.DISCOUNT[part.kind], early)


def subscriptions(case: Case, contract: Contract | None) -> tuple[Subscription, tuple[Subscription, ...]]:
    """The plan held now, and what was held before it. Nothing changes in the billed months or under a contract."""
    plan, dice, catalogue = case.plan, case.dice, case.catalogue
    changed = months_on(case.last_day, -dice.between(5, 14))
    if contract is not None:
        changed = contract.start if contract.start < months_on(TODAY, -3) else months_on(TODAY, -26)
    earlier = catalogue.plan("m39" if plan.code != "m39" else "s8")
    if plan.code == "m69" and dice.chance(50):
        earlier = catalogue.plan("m69", "V2")
    started = case.opened
    before: tuple[Subscription, ...] = ()
    if plan.on_sale and changed > case.opened + timedelta(days=31) and dice.chance(45):
        started = changed
        before = (Subscription(earlier.code, earlier.version, earlier.monthly, case.opened),)
    return Subscription(plan.code, plan.version, plan.monthly, started), before


def packs_of(case: Case) -> tuple[Pack, ...]:
    """Packs of this month: those of the deck; a look-alike has one now and then."""
    if case.closed:
        return ()
    parts, dice = case.asked.packs, case.dice
    if not case.subject and case.plan.code in ("m39", "m69") and dice.chance(20):
        parts = _ONE_PACK
    packs = []
    for number, one in enumerate(parts, start=1):
        bought = START - timedelta(hours=dice.between(*one.hours_ago), minutes=dice.below(55))
        day = case.catalogue.pack(one.code).day
        expires = bought.date() if day else last_of(month_of(bought.date()))
        packs.append(Pack(f"pack:{number}", one.code, bought, expires, one.used))
    return tuple(packs)


_ONE_PACK = (PackPart(code="data-5", hours_ago=(30, 300)),)


def services_of(case: Case) -> tuple[ValueAdded, ...]:
    """The services that the deck asks for; else now and then one with everything in order."""
    parts, dice = case.asked.services, case.dice
    settled_in = case.opened < months_on(TODAY, -8)
    if not parts and not case.closed and settled_in and case.asked.overage != "shock" and dice.chance(25):
        parts = (_IN_ORDER,)
    return tuple(_service(one, number, dice, case.catalogue) for number, one in enumerate(parts, start=1))


_IN_ORDER = ServicePart(codes=("baymusic", "callercard", "bayvideo"), charged=(1, 6))


def _service(part: ServicePart, number: int, dice: Dice, catalogue: Catalogue) -> ValueAdded:
    offer = catalogue.service(dice.one_of(part.codes))
    count = dice.between(*part.charged)
    # The first charge falls on the 1st after thirty days of trial (rulebook 1.3).
    first = months_on(TODAY, 1 - count)
    ordered = first - timedelta(days=30 + dice.below(28 if count else 15))
    cancelled = None
    if part.cancelled == "this-month":
        cancelled = date(2026, 3, dice.between(2, 14))
    elif part.cancelled == "ignored":
        cancelled = months_on(TODAY, -2) + timedelta(days=dice.between(4, 24))
    reminded = first - timedelta(days=dice.between(5, 7)) if part.reminder in ("delivered", "failed") else None
    return ValueAdded(
        ref=f"vas:{offer.code}:{number}",
        code=offer.code,
        monthly=offer.monthly,
        ordered=ordered,
        channel=dice.one_of(_CHANNELS) if part.confirmed else "partner",
        confirmation=f"CF{dice.below(10**8):08d}" if part.confirmed else None,
        reminder=part.reminder,
        reminder_on=reminded,
        cancelled=cancelled,
        charged_months=tuple(month_of(months_on(TODAY, -back)) for back in range(count)),
    )
