"""What is wrong with the caller's record: facts that it leaves out or gives away, and what the rulebook forbids."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from difflib import get_close_matches

from lms.domain.crm import billing
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.moments import BILLED, THIS_MONTH, TODAY, first_of
from lms.domain.crm.records import Status
from lms.domain.scenarios.customer import KnownBy
from lms.domain.scenarios.flaw import Flaw
from lms.domain.scenarios.foresight import words_in
from lms.domain.scenarios.placing import places
from lms.domain.scenarios.record import CrmRecord
from lms.domain.scenarios.scenario import Place, Scenario
from lms.domain.values import Language

_TRIAL = timedelta(days=30)  # rulebook 1.3
_ROOT: Place = ("record",)


def untold(scenario: Scenario) -> Iterator[Flaw]:
    """What only the systems know stands in the record; what the customer tells on a condition does not."""
    record = scenario.record
    if record is None:
        yield Flaw(
            (), "there is no record: whoever searches the CRM finds nobody", "write record: as docs/scenarios.md"
        )
        return
    told = set()
    for place, part in record.parts():
        for number, name in enumerate(part.tells):
            told.add(name)
            if name not in scenario.fact_by_id:
                near = get_close_matches(name, scenario.fact_by_id, n=1)
                mend = f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(sorted(scenario.fact_by_id))}"
                yield Flaw((*_ROOT, *place, "tells", number), f"there is no fact {name!r}", mend)
    for number, fact in enumerate(scenario.facts):
        if fact.known_by is KnownBy.CRM and fact.id not in told:
            what = "only the systems know it, and nothing in the record tells it"
            yield Flaw(("facts", number, "id"), what, f"add tells: [{fact.id}] to the part of the record that does")
    yield from _given_away(scenario, record)


def _given_away(scenario: Scenario, record: CrmRecord) -> Iterator[Flaw]:
    hidden = [fact for fact in scenario.facts if fact.known_by is KnownBy.CUSTOMER and not fact.known_at_once]
    for place, text in record.texts():
        for language in Language:
            for fact in hidden:
                if found := words_in(fact, text.in_(language), language):
                    what = f"{found[0]!r} gives away {fact.id}, which the customer tells only on a condition"
                    yield Flaw((*_ROOT, *place, language.value), what, "leave it out of the record")


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


_Found = Iterator[tuple[Place, str, str]]


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
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"write one of: {', '.join(sorted(known)[:12])}"
            yield place, f"there is no {name!r} here", hint


def _held(record: CrmRecord, catalogue: Catalogue) -> _Found:
    plan = next((one for one in catalogue.products.plans if (one.code, one.version) == (record.plan.code, "V3")), None)
    if plan is None:
        return
    if record.contracts and not plan.contracts:
        yield ("contracts",), f"{plan.name.en} takes no contract (rulebook 1.4)", "choose another plan, or no contract"
    for number, contract in enumerate(record.contracts):
        if contract.start.day != 1:
            yield (
                ("contracts", number, "start"),
                "contracts begin on the 1st (rulebook 1.4)",
                "write the 1st of a month",
            )
    if plan.broadband and record.broadband and record.broadband.code not in (plan.broadband, "b1000"):
        yield ("broadband", "code"), f"{plan.name.en} comes with {plan.broadband}", f"write {plan.broadband}"
    owing = record.merge is not None and record.merge.arrears > 0 or any(_overdue(record))
    if record.line.status in (Status.ONE_WAY, Status.FULL) and not owing:
        yield (
            ("line", "status"),
            "nobody is suspended without arrears (rulebook 1.5)",
            "write active, or leave a bill open",
        )


def _overdue(record: CrmRecord) -> Iterator[bool]:
    return (bill.paid is None and billing.due_on(bill.month) < TODAY for bill in record.bills)


def _billed(record: CrmRecord) -> _Found:
    for number, (bill, month) in enumerate(zip(record.bills, BILLED, strict=True)):
        if bill.month != month:
            yield ("bills", number, "month"), f"{bill.month} is not the month that stands here", f"write {month}"
        elif bill.paid is not None and bill.paid < billing.issued_on(bill.month):
            what = f"paid before it was issued on {billing.issued_on(bill.month)} (rulebook 1.5)"
            yield ("bills", number, "paid"), what, "write a later day, or leave it out"


def _serviced(record: CrmRecord) -> _Found:
    for number, service in enumerate(record.services):
        at = ("services", number)
        for index, month in enumerate(service.charged):
            if first_of(month) < service.ordered + _TRIAL:
                yield (
                    (*at, "charged", index),
                    "charged within the trial of 30 days (rulebook 1.3)",
                    "write a later month",
                )
            elif month > THIS_MONTH:
                yield (*at, "charged", index), f"{month} has not come yet", f"write {THIS_MONTH} or an earlier month"
        if (service.reminder in ("delivered", "failed")) != (service.reminder_on is not None):
            yield (*at, "reminder"), "a reminder that was sent has a day, another has none", "write reminder_on, or not"


def _happened(record: CrmRecord) -> _Found:
    for place, day in _days(record):
        if day > TODAY:
            yield place, f"{day} is after the day of the call", f"write {TODAY} or an earlier day"
    for number, ticket in enumerate(record.tickets):
        if ticket.number[1:7] != f"{ticket.opened:%y%m%d}":
            mend = f"begin it with T{ticket.opened:%y%m%d}"
            yield ("tickets", number, "number"), "the number does not say the day of opening", mend
        if ticket.closed is not None and ticket.closed < ticket.opened:
            yield ("tickets", number, "closed"), "closed before it was opened", "write a later moment"
    yield from _newest_first("tickets", [one.opened for one in record.tickets])
    yield from _newest_first("notes", [one.at for one in record.notes])


def _newest_first(key: str, moments: list[datetime]) -> _Found:
    for number, (later, earlier) in enumerate(zip(moments, moments[1:], strict=False), start=1):
        if earlier > later:
            yield (key, number), "the newest stands first", "move it up"


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
