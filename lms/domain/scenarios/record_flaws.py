"""What is wrong with the caller's record: facts that it leaves out or gives away, and what the rulebook forbids."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta

from lms.domain.crm import billing
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.moments import BILLED, THIS_MONTH, TODAY, first_of
from lms.domain.crm.records import Status
from lms.domain.scenarios.customer import KnownBy
from lms.domain.scenarios.flaw import Flaw
from lms.domain.scenarios.foresight import words_in
from lms.domain.scenarios.placing import places
from lms.domain.scenarios.record import CrmRecord
from lms.domain.scenarios.references import instead
from lms.domain.scenarios.scenario import Place, Scenario
from lms.domain.values import Language
from lms.domain.wording import Worded

_TRIAL = timedelta(days=30)  # rulebook 1.3
_ROOT: Place = ("record",)


def untold(scenario: Scenario) -> Iterator[Flaw]:
    """What only the systems know stands in the record; what the customer tells on a condition does not."""
    record = scenario.record
    if record is None:
        what = Worded("there is no record: whoever searches the CRM finds nobody")
        yield Flaw(_ROOT, what, Worded("write record: as docs/scenarios.md"))
        return
    told = set()
    for place, part in record.parts():
        for number, name in enumerate(part.tells):
            told.add(name)
            if name not in scenario.fact_by_id:
                what = Worded("there is no %(kind)s %(name)r", kind=Worded("fact"), name=name)
                yield Flaw((*_ROOT, *place, "tells", number), what, instead(name, scenario.fact_by_id))
    for number, fact in enumerate(scenario.facts):
        if fact.known_by is KnownBy.CRM and fact.id not in told:
            what = Worded("only the systems know it, and nothing in the record tells it")
            mend = Worded("add tells: [%(fact)s] to the part of the record that does", fact=fact.id)
            yield Flaw(("facts", number, "id"), what, mend)
    yield from _given_away(scenario, record)


def _given_away(scenario: Scenario, record: CrmRecord) -> Iterator[Flaw]:
    hidden = [fact for fact in scenario.facts if fact.known_by is KnownBy.CUSTOMER and not fact.known_at_once]
    for place, text in record.texts():
        for language in Language:
            for fact in hidden:
                if found := words_in(fact, text.in_(language), language):
                    what = Worded("%(word)r gives away %(fact)s, which the customer tells only on a condition",
                                  word=found[0], fact=fact.id)  # fmt: skip
                    yield Flaw((*_ROOT, *place, language.value), what, Worded("leave it out of the record"))


def unlawful(record: CrmRecord, catalogue: Catalogue) -> Iterator[Flaw]:
    """Where the record does not fit what the operator sells, or the days do not follow the rulebook."""
    for place, what, mend in (
        *_codes(record, catalogue),
        *_held(record, catalogue),
        *_billed(record),
        *_serviced(record),
        *_happened(record),
    ):
        yield Flaw((*_ROOT, *place), what, mend)


_Found = Iterator[tuple[Place, Worded, Worded]]


def _codes(record: CrmRecord, catalogue: Catalogue) -> _Found:
    products = catalogue.products
    named: list[tuple[Place, str, Collection[str]]] = [
        (("plan", "code"), record.plan.code, {one.code for one in products.plans if one.version == "V3"}),
    ]
    for number, service in enumerate(record.services):
        named.append((("services", number, "code"), service.code, {one.code for one in products.services}))
    if record.broadband:
        named.append((("broadband", "code"), record.broadband.code, {one.code for one in products.broadband}))
    named.append((("home", "place"), record.home.place, places(catalogue, len(record.home.numbers))))
    for place, name, known in named:
        if name not in known:
            yield place, Worded("there is no %(name)r here", name=name), instead(name, known, at_most=12)


def _held(record: CrmRecord, catalogue: Catalogue) -> _Found:
    plan = next((one for one in catalogue.products.plans if (one.code, one.version) == (record.plan.code, "V3")), None)
    if plan is None:
        return
    if record.contracts and not plan.contracts:
        what = Worded("%(plan)s takes no contract (rulebook 1.4)", plan=plan.name.en)
        yield ("contracts",), what, Worded("choose another plan, or no contract")
    for number, contract in enumerate(record.contracts):
        if contract.start.day != 1:
            what = Worded("contracts begin on the 1st (rulebook 1.4)")
            yield ("contracts", number, "start"), what, Worded("write the 1st of a month")
    if plan.broadband and record.broadband and record.broadband.code not in (plan.broadband, "b1000"):
        what = Worded("%(plan)s comes with %(line)s", plan=plan.name.en, line=plan.broadband)
        yield ("broadband", "code"), what, Worded("write %(right)s", right=plan.broadband)
    owing = record.merge is not None and record.merge.arrears > 0 or any(_overdue(record))
    if record.line.status in (Status.ONE_WAY, Status.FULL) and not owing:
        what = Worded("nobody is suspended without arrears (rulebook 1.5)")
        yield ("line", "status"), what, Worded("write active, or leave a bill open")


def _overdue(record: CrmRecord) -> Iterator[bool]:
    return (bill.paid is None and billing.due_on(bill.month) < TODAY for bill in record.bills)


def _billed(record: CrmRecord) -> _Found:
    for number, (bill, month) in enumerate(zip(record.bills, BILLED, strict=True)):
        if bill.month != month:
            what = Worded("%(month)s is not the month that stands here", month=bill.month)
            yield ("bills", number, "month"), what, Worded("write %(right)s", right=month)
        elif bill.paid is not None and bill.paid < billing.issued_on(bill.month):
            issued = billing.issued_on(bill.month)
            what = Worded("paid before it was issued on %(day)s (rulebook 1.5)", day=issued)
            yield ("bills", number, "paid"), what, Worded("write a later day, or leave it out")


def _serviced(record: CrmRecord) -> _Found:
    for number, service in enumerate(record.services):
        at = ("services", number)
        for index, month in enumerate(service.charged):
            if first_of(month) < service.ordered + _TRIAL:
                what = Worded("charged within the trial of 30 days (rulebook 1.3)")
                yield (*at, "charged", index), what, Worded("write a later month")
            elif month > THIS_MONTH:
                mend = Worded("write %(month)s or an earlier month", month=THIS_MONTH)
                yield (*at, "charged", index), Worded("%(month)s has not come yet", month=month), mend
        if (service.reminder in ("delivered", "failed")) != (service.reminder_on is not None):
            what = Worded("a reminder that was sent has a day, another has none")
            yield (*at, "reminder"), what, Worded("write reminder_on, or not")


def _happened(record: CrmRecord) -> _Found:
    for place, day in _days(record):
        if day > TODAY:
            mend = Worded("write %(day)s or an earlier day", day=TODAY)
            yield place, Worded("%(day)s is after the day of the call", day=day), mend
    for number, ticket in enumerate(record.tickets):
        if ticket.number[1:7] != f"{ticket.opened:%y%m%d}":
            mend = Worded("begin it with %(right)s", right=f"T{ticket.opened:%y%m%d}")
            yield ("tickets", number, "number"), Worded("the number does not say the day of opening"), mend
        if ticket.closed is not None and ticket.closed < ticket.opened:
            yield ("tickets", number, "closed"), Worded("closed before it was opened"), Worded("write a later moment")
    yield from _newest_first("tickets", [one.opened for one in record.tickets])
    yield from _newest_first("notes", [one.at for one in record.notes])


def _newest_first(key: str, moments: list[datetime]) -> _Found:
    for number, (later, earlier) in enumerate(zip(moments, moments[1:], strict=False), start=1):
        if earlier > later:
            yield (key, number), Worded("the newest stands first"), Worded("move it up")


def _days(record: CrmRecord) -> Iterable[tuple[Place, date]]:
    yield ("line", "opened"), record.line.opened
    yield ("plan", "since"), record.plan.since
    if record.merge:
        yield ("merge", "on"), record.merge.on
    if record.broadband and record.broadband.outage_since:
        yield ("broadband", "outage_since"), record.broadband.outage_since.date()
    for number, bill in enumerate(record.bills):
        if bill.paid:
            yield ("bills", number, "paid"), bill.paid
    for number, service in enumerate(record.services):
        for key in ("ordered", "reminder_on", "cancelled"):
            if (day := getattr(service, key)) is not None:
                yield ("services", number, key), day
    for number, ticket in enumerate(record.tickets):
        yield ("tickets", number, "opened"), ticket.opened.date()
    for number, note in enumerate(record.notes):
        yield ("notes", number, "at"), note.at.date()
