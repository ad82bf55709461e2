"""A scenario's written record as the CRM has customers: amounts by the rulebook's arithmetic, home and name in full."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from lms.domain.crm import billing, ledger
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.homes import Home
from lms.domain.crm.ledger import Holdings, Payment
from lms.domain.crm.moments import due_by
from lms.domain.crm.names import PersonName
from lms.domain.crm.placed import Placed
from lms.domain.crm.places import Estate, Street
from lms.domain.crm.records import (
    Broadband,
    Contract,
    Customer,
    Merge,
    Note,
    Sim,
    Subscription,
    Ticket,
    Usage,
    ValueAdded,
)
from lms.domain.scenarios.record import CrmRecord, FixedLine, MonthsUse, SignedContract, WrittenTicket
from lms.domain.scenarios.texts import Both
from lms.domain.values import Texts

_BORN = date(1988, 1, 1)  # of an invented identity number, which is never shown whole
_COUNTS = {3: ("栋", "单元", ""), 2: ("组", "号"), 1: ("号",)}


def placed(record: CrmRecord, catalogue: Catalogue) -> Placed:
    """Raises KeyError where the record names what the catalogue has not (`record_flaws` finds it first)."""
    home = home_of(record, catalogue)
    holder = record.holder
    one, other = (_named(name, holder.pinyin) for name in holder.alike)
    return Placed(_customer(record, home, catalogue), _named(holder.name, holder.pinyin), home, (one, other))


def home_of(record: CrmRecord, catalogue: Catalogue) -> Home:
    """Raises KeyError where there is no such place, or its addresses have another form."""
    numbers = record.home.numbers
    found = places(catalogue, len(numbers))[record.home.place]
    rural = {area.slug: area.setting == "rural" for area in catalogue.people.areas}[found.area]
    if isinstance(found, Estate):
        rural = found.setting == "rural"
    return Home(found.zh, found.en, found.area, rural, tuple(zip(numbers, _COUNTS[len(numbers)], strict=True)))


def places(catalogue: Catalogue, numbers: int) -> dict[str, Estate | Street]:
    """Where addresses have so many numbers: estates three, villages two, streets one."""
    people = catalogue.people
    listed: dict[int, Sequence[Estate | Street]] = {1: people.streets, 2: people.villages, 3: people.estates}
    return {one.zh: one for one in listed[numbers]}


def _named(name: Both, pinyin: str) -> PersonName:
    syllables = pinyin.split()
    return PersonName(name.zh, name.en, "".join(word[0] for word in syllables), "".join(syllables))


def _customer(record: CrmRecord, home: Home, catalogue: Catalogue) -> Customer:
    line, plan = record.line, catalogue.plan(record.plan.code)
    contracts = tuple(_contract(one, number) for number, one in enumerate(record.contracts, start=1))
    services = _services(record, catalogue)
    broadband = _broadband(record.broadband, home, plan.broadband is not None, catalogue) if record.broadband else None
    bills = ledger.bills(
        Holdings(plan, 0, broadband, contracts, services),
        [one.month for one in record.bills],
        [_usage(one) for one in record.bills],
        [Payment(one.paid) for one in record.bills],
        catalogue,
    )
    merge = Merge("master", record.merge.other, record.merge.on, record.merge.arrears) if record.merge else None
    return Customer(
        n=0,  # until it is placed in a world
        account=line.account,
        name=_texts(record.holder.name),
        enterprise=False,
        id_last4=record.holder.id_last4,
        id_number=f"000000{_BORN:%Y%m%d}{record.holder.id_last4}",
        number=line.number,
        status=line.status,
        opened=line.opened,
        closed=None,
        plan=Subscription(plan.code, plan.version, plan.monthly, record.plan.since),
        contracts=contracts,
        usage=_usage(record.used),
        bills=bills,
        arrears=ledger.arrears(bills) + (merge.arrears if merge else billing.NOTHING),
        services=services,
        broadband=broadband,
        address=home.texts,
        sims=(Sim("sim:1", line.number, True),),
        security_note=_texts(record.security_note) if record.security_note else None,
        merge=merge,
        tickets=tuple(_ticket(one, home, catalogue) for one in record.tickets),
        notes=tuple(
            Note(f"note:{number}", one.at, _texts(one.text)) for number, one in enumerate(record.notes, start=1)
        ),
    )


def _texts(both: Both) -> Texts:
    return Texts(zh=both.zh, en=both.en)


def _usage(used: MonthsUse) -> Usage:
    return Usage(used.data_gb, used.minutes, used.messages)


def _contract(one: SignedContract, number: int) -> Contract:
    end = billing.contract_ends(one.kind, one.start)
    return Contract(f"contract:{number}", one.kind, one.start, end, billing.DISCOUNT[one.kind])


def _services(record: CrmRecord, catalogue: Catalogue) -> tuple[ValueAdded, ...]:
    return tuple(
        ValueAdded(
            ref=f"vas:{one.code}:{number}",
            code=one.code,
            monthly=catalogue.service(one.code).monthly,
            ordered=one.ordered,
            channel=one.channel,
            confirmation=one.confirmation,
            reminder=one.reminder,
            reminder_on=one.reminder_on,
            cancelled=one.cancelled,
            charged_months=tuple(sorted(one.charged, reverse=True)),
        )
        for number, one in enumerate(record.services, start=1)
    )


def _broadband(line: FixedLine, home: Home, included: bool, catalogue: Catalogue) -> Broadband:
    return Broadband(
        plan=line.code,
        monthly=Decimal("0.00") if included else catalogue.line(line.code).monthly,
        area=home.area,
        address=home.texts,
        rural=home.rural,
        gigabit=line.gigabit,
        ont_serial=line.ont,
        ont_seen=line.ont_seen,
        los=line.los,
        power=line.power,
        outage_since=line.outage_since,
    )


def _ticket(one: WrittenTicket, home: Home, catalogue: Catalogue) -> Ticket:
    rule = catalogue.ticket_rule(one.type)
    due = due_by(one.opened, rule.rural if rule.rural and home.rural else rule.finish)
    ref = f"ticket:{one.number}"
    return Ticket(
        ref, one.number, one.type, one.level, rule.department, one.opened, due, one.closed, None, _texts(one.text)
    )
