"""A customer as the agent desktop shows it: search hit, card and panels, masked until unmasked on purpose.

Only here codes become words and amounts become texts; whoever shows a page or prints a task goes through it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.desk import NEEDS, Card, Cell, Hit, Panel, PanelName, Row, Tab, Table
from lms.domain.crm.desktop import Desktop
from lms.domain.crm.masking import masked_address, masked_name, masked_number
from lms.domain.crm.records import Bill, Contract, Customer, Pack, Status, Ticket, ValueAdded
from lms.domain.values import Language, Texts

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Look:
    """How records are shown: the catalogue's names, the desktop's words, in which language, on which day."""

    catalogue: Catalogue
    desktop: Desktop
    language: Language
    today: date

    def say(self, family: str, code: str) -> str:
        return self.desktop.in_(self.language)(family, code)

    def text(self, texts: Texts | None) -> str:
        return texts.in_(self.language) if texts else NOTHING

    def columns(self, *codes: str) -> tuple[str, ...]:
        return tuple(self.say("column", code) for code in codes)

    def yes(self, truth: bool) -> str:
        return self.say("word", "yes" if truth else "no")


def card(customer: Customer, look: Look, unmasked: Collection[str] = ()) -> Card:
    """The head of the record; ``unmasked`` names the fields that the agent has unmasked on it."""
    cells = [
        ("name", _name(customer, look, unmasked)),
        ("number", _hidden("number", customer.number, masked_number(customer.number), unmasked)),
        ("account", Cell(customer.account)),
        ("id", Cell(customer.id_last4)),
        ("opened", Cell(_day(customer.opened))),
    ]
    if customer.closed:
        cells.append(("closed-on", Cell(_day(customer.closed))))
    if customer.address is not None:
        cells.append(("address", _address(customer.address, look, unmasked)))
    return Card(
        customer=customer.n,
        title=f"{_name(customer, look, unmasked).text} · {look.say('status', customer.status)}",
        cells=tuple((look.say("column", code), cell) for code, cell in cells),
        flags=tuple(look.say("flag", flag) for flag in _flags(customer)),
        tabs=tuple(_tab(customer, name, look) for name in PanelName),
    )


def hit(
    customer: int,
    name: Texts,
    number: str,
    account: str,
    status: Status,
    address: Texts | None,
    look: Look,
    *,
    enterprise: bool,
    security_note: bool,
    authorised_contact: bool,
) -> Hit:
    """One line of the search results."""
    return Hit(
        customer=customer,
        name=look.text(name) if enterprise else masked_name(name, look.language),
        number=masked_number(number),
        account=account,
        status=look.say("status", status),
        address=masked_address(address, look.language) if address else "",
        enterprise=enterprise,
        security_note=security_note,
        authorised_contact=authorised_contact,
    )


def _flags(customer: Customer) -> Iterable[str]:
    flags = {
        "enterprise": customer.enterprise,
        "security": customer.security_note is not None,
        "contact": bool(customer.contacts),
        "recycled": customer.former_number_of is not None,
        "merged": customer.merge is not None,
    }
    return (flag for flag, shown in flags.items() if shown)


def _tab(customer: Customer, name: PanelName, look: Look) -> Tab:
    counts = {
        PanelName.PLAN: len(customer.packs),
        PanelName.CONTRACTS: len(customer.contracts),
        PanelName.BILLS: len(customer.bills),
        PanelName.SERVICES: len(customer.services),
        PanelName.BROADBAND: int(customer.broadband is not None),
        PanelName.TICKETS: len(customer.tickets),
        PanelName.NOTES: len(customer.notes) + (customer.security_note is not None),
        PanelName.PEOPLE: len(customer.sims) + len(customer.contacts) + (customer.merge is not None),
    }
    return Tab(name, look.say("panel", name), NEEDS[name], counts.get(name, 0))


# --- panels -----------------------------------------------------------------------------------------------------------


def panel(customer: Customer, name: PanelName, look: Look, unmasked: Collection[str] = ()) -> Panel:
    """One detail page of the record. What has ended, closed or been superseded is marked as past."""
    makers = {
        PanelName.PLAN: _plan,
        PanelName.CONTRACTS: _contracts,
        PanelName.USAGE: _usage,
        PanelName.BILLS: _bills,
        PanelName.SERVICES: _services,
        PanelName.BROADBAND: _broadband,
        PanelName.TICKETS: _tickets,
        PanelName.NOTES: _notes,
        PanelName.PEOPLE: _people,
    }
    tables = tuple(makers[name](customer, look, unmasked))
    return Panel(name, look.say("panel", name), tables)


Tables = Iterable[Table]


def _plan(customer: Customer, look: Look, _unmasked: Collection[str]) -> Tables:
    columns = look.columns("plan", "version", "monthly", "started")
    held = [("plan", customer.plan, False), *((None, plan, True) for plan in customer.earlier_plans)]
    rows = [
        _row(ref, (_plan_name(look, one.plan, one.version), one.version, _money(one.monthly), _day(one.started)), past)
        for ref, one, past in held
    ]
    yield Table(look.say("table", "plan"), columns, tuple(rows[:1]))
    if rows[1:]:
        yield Table(look.say("table", "earlier"), columns, tuple(rows[1:]))
    if customer.packs:
        packs = tuple(_pack(pack, look) for pack in customer.packs)
        yield Table(look.say("table", "packs"), look.columns("pack", "bought", "expires", "used"), packs)
    if customer.port:
        port = (look.say("way", customer.port.way), look.text(customer.port.operator), _day(customer.port.on))
        yield Table(look.say("table", "port"), look.columns("way", "operator", "day"), (_row("port", port),))


def _plan_name(look: Look, code: str, version: str) -> str:
    try:
        return look.text(look.catalogue.plan(code, version).name)
    except KeyError:
        return code


def _pack(pack: Pack, look: Look) -> Row:
    name = look.text(look.catalogue.pack(pack.code).name)
    cells = (name, _moment(pack.bought), _day(pack.expires), look.yes(pack.used))
    return _row(pack.ref, cells, pack.expires < look.today)


def _contracts(customer: Customer, look: Look, _unmasked: Collection[str]) -> Tables:
    columns = look.columns("contract", "start", "end", "discount", "ended")
    yield Table(look.say("table", "contracts"), columns, tuple(_contract(one, look) for one in customer.contracts))


def _contract(one: Contract, look: Look) -> Row:
    cells = (
        look.say("contract", one.kind),
        _day(one.start),
        _day(one.end),
        _money(one.discount),
        _day(one.ended_early),
    )
    return _row(one.ref, cells, (one.ended_early or one.end) < look.today)


def _usage(customer: Customer, look: Look, _unmasked: Collection[str]) -> Tables:
    usage = customer.usage
    row = _row("usage", (f"{usage.data_gb:f}", str(usage.voice_minutes), str(usage.messages)))
    yield Table(look.say("table", "usage"), look.columns("data", "voice", "messages"), (row,))


def _bills(customer: Customer, look: Look, _unmasked: Collection[str]) -> Tables:
    arrears = _row("arrears", (_money(customer.arrears),))
    yield Table(look.say("table", "arrears"), look.columns("amount"), (arrears,))
    for bill in customer.bills:
        yield _bill(bill, look)


def _bill(bill: Bill, look: Look) -> Table:
    heading = look.say("table", "bill").format(month=bill.month)
    state = look.say("bill", "paid" if bill.paid_on else "open").format(
        issued=_day(bill.issued), due=_day(bill.due), paid=_day(bill.paid_on)
    )
    lines = tuple(
        _row(line.ref, (line_name(line.code, look), line.quantity, _money(line.amount))) for line in bill.lines
    )
    total = _row(bill.ref, (look.say("line", "total"), "", _money(bill.total)))
    return Table(f"{heading} · {state}", look.columns("item", "quantity", "amount"), (*lines, total))


def line_name(code: str, look: Look) -> str:
    """A bill line's name; those of products are the products' own."""
    products = look.catalogue.products
    for offers, prefix in ((products.services, "vas-"), (products.packs, "pack-"), (products.broadband, "")):
        for offer in offers:
            if code == f"{prefix}{offer.code}":
                return look.text(offer.name)
    return look.say("line", code)


def _services(customer: Customer, look: Look, _unmasked: Collection[str]) -> Tables:
    columns = ("service", "monthly", "ordered", "channel", "confirmation", "reminder", "cancelled", "charged")
    rows = tuple(_service(one, look) for one in customer.services)
    yield Table(look.say("table", "services"), look.columns(*columns), rows)


def _service(one: ValueAdded, look: Look) -> Row:
    reminder = " ".join(filter(None, (look.say("reminder", one.reminder), _day(one.reminder_on, nothing=""))))
    cells = (
        look.text(look.catalogue.service(one.code).name),
        _money(one.monthly),
        _day(one.ordered),
        look.say("channel", one.channel),
        one.confirmation or look.say("word", "missing"),
        reminder,
        _day(one.cancelled),
        " ".join(one.charged_months) or NOTHING,
    )
    return _row(one.ref, cells, one.cancelled is not None)


def _broadband(customer: Customer, look: Look, unmasked: Collection[str]) -> Tables:
    line = customer.broadband
    if line is None:
        return
    area = next((one.name for one in look.catalogue.people.areas if one.slug == line.area), None)
    cells = (
        Cell(look.text(look.catalogue.line(line.plan).name)),
        Cell(_money(line.monthly)),
        Cell(look.text(area)),
        Cell(look.say("setting", "rural" if line.rural else "urban")),
        Cell(look.yes(line.gigabit)),
        _address(line.address, look, unmasked),
    )
    columns = look.columns("plan", "monthly", "area", "setting", "gigabit", "address")
    yield Table(look.say("table", "broadband"), columns, (Row(None, cells),))
    seen = (
        line.ont_serial,
        line.ont_seen or NOTHING,
        look.say("light", line.los),
        look.say("light", line.power),
        _moment(line.outage_since),
    )
    columns = look.columns("ont-crm", "ont-seen", "los", "power", "outage")
    yield Table(look.say("table", "terminal"), columns, (_row("broadband", seen),))


def _tickets(customer: Customer, look: Look, _unmasked: Collection[str]) -> Tables:
    columns = ("ticket", "type", "level", "department", "created", "due", "closed", "parent", "text")
    rows = tuple(_ticket(one, look) for one in customer.tickets)
    yield Table(look.say("table", "tickets"), look.columns(*columns), rows)


def _ticket(one: Ticket, look: Look) -> Row:
    department = next((dept.name for dept in look.catalogue.products.departments if dept.code == one.department), None)
    cells = (
        one.number,
        f"{one.type} {look.text(look.catalogue.ticket_rule(one.type).name)}",
        f"L{one.level}",
        look.text(department),
        _moment(one.opened),
        _moment(one.due),
        _moment(one.closed) if one.closed else look.say("word", "open"),
        one.parent or NOTHING,
        look.text(one.text),
    )
    return _row(one.ref, cells, one.closed is not None)


def _notes(customer: Customer, look: Look, _unmasked: Collection[str]) -> Tables:
    if customer.security_note:
        row = _row("security", (look.text(customer.security_note),))
        yield Table(look.say("table", "security"), look.columns("text"), (row,))
    rows = tuple(_row(note.ref, (_moment(note.at), look.text(note.text))) for note in customer.notes)
    yield Table(look.say("table", "notes"), look.columns("at", "text"), rows)


def _people(customer: Customer, look: Look, unmasked: Collection[str]) -> Tables:
    sims = tuple(
        Row(sim.ref, (
            Cell(look.say("sim", "main" if sim.main else "extra")),
            _hidden(sim.ref, sim.number, masked_number(sim.number), unmasked),
        ))
        for sim in customer.sims
    )  # fmt: skip
    yield Table(look.say("table", "sims"), look.columns("kind", "number"), sims)
    contacts = tuple(
        Row(one.ref, (
            _hidden(one.ref, look.text(one.name), masked_name(one.name, look.language), unmasked),
            Cell(one.number if one.ref in unmasked else masked_number(one.number)),
            Cell(_day(one.since)),
        ))
        for one in customer.contacts
    )  # fmt: skip
    yield Table(look.say("table", "contacts"), look.columns("name", "number", "since"), contacts)
    if customer.merge:
        merge = customer.merge
        cells = (look.say("merge", merge.role), merge.other_account, _day(merge.on), _money(merge.arrears))
        columns = look.columns("role", "other", "day", "merged-arrears")
        yield Table(look.say("table", "merge"), columns, (_row("merge", cells),))


# --- cells ------------------------------------------------------------------------------------------------------------


def _row(ref: str | None, cells: Iterable[str], past: bool = False) -> Row:
    return Row(ref, tuple(Cell(text or NOTHING) for text in cells), past)


def _hidden(field: str, full: str, masked: str, unmasked: Collection[str]) -> Cell:
    return Cell(full) if field in unmasked else Cell(masked, unmask=field)


def _name(customer: Customer, look: Look, unmasked: Collection[str]) -> Cell:
    full = look.text(customer.name)
    if customer.enterprise:  # a firm's name is public
        return Cell(full)
    return _hidden("name", full, masked_name(customer.name, look.language), unmasked)


def _address(address: Texts, look: Look, unmasked: Collection[str]) -> Cell:
    return _hidden("address", look.text(address), masked_address(address, look.language), unmasked)


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _day(day: date | None, nothing: str = NOTHING) -> str:
    return day.isoformat() if day else nothing


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else NOTHING
