"""What has happened with a customer: tickets, notes, authorised contacts; who they are by document."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from lms.domain.crm.agreements import Life
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.circumstances import Circumstance, TicketPart
from lms.domain.crm.dice import Dice
from lms.domain.crm.heads import Head
from lms.domain.crm.moments import START, TODAY, at, due_by
from lms.domain.crm.names import person
from lms.domain.crm.records import AuthorisedContact, Broadband, Note, Ticket, TicketType
from lms.domain.crm.texts import filled
from lms.domain.values import Texts

# Notes that fit anybody: they ask, and change nothing.
IDLE_TOPICS = ("due-date", "third-party", "identity-v3", "refund-timing")
_MOBILE = (TicketType.BILLING, TicketType.COMPLAINT, TicketType.CONTRACT)
_FIXED = (TicketType.BILLING, TicketType.FAULT, TicketType.INSTALLATION, TicketType.FAULT)


def identity_number(dice: Dice) -> str:
    """Eighteen digits of the region 000000, which does not exist."""
    born = date(1955, 1, 1) + timedelta(days=dice.below(18_000))
    return f"000000{born:%Y%m%d}{dice.below(10_000):04d}"


def contacts_of(head: Head, number: str, life: Life, dice: Dice, catalogue: Catalogue) -> tuple[AuthorisedContact, ...]:
    if not head.authorised_contact:
        return ()
    people = catalogue.people
    name = person(dice.one_of(people.surnames), dice.one_of(people.given))
    while name.zh in people.never_together:
        name = person(dice.one_of(people.surnames), dice.one_of(people.given))
    since = life.opened + timedelta(days=dice.below((TODAY - life.opened).days))
    return (AuthorisedContact("contact:1", name.texts, number, since),)


def tickets_of(
    head: Head, part: Circumstance, line: Broadband | None, life: Life, dice: Dice, catalogue: Catalogue
) -> tuple[Ticket, ...]:
    """The deck's tickets and old closed ones, newest first."""
    made = []
    for place, (number, opened) in enumerate(zip(head.tickets, head.opened_tickets, strict=True)):
        asked = part.tickets[place] if place < len(part.tickets) else None
        if asked is None:
            kind = dice.one_of(_FIXED if line else _MOBILE)
            level = 2 if kind in (TicketType.BILLING, TicketType.COMPLAINT) else 1
            asked = TicketPart(type=kind, hours_ago=(0, 0), level=level, open=False)
        if opened.date() > life.opened and (life.closed is None or opened.date() < life.closed):
            made.append(_ticket(number, opened, asked, line, dice, catalogue))
    return tuple(sorted(made, key=lambda ticket: ticket.opened, reverse=True))


def _ticket(
    number: str, opened: datetime, asked: TicketPart, line: Broadband | None, dice: Dice, catalogue: Catalogue
) -> Ticket:
    rule = catalogue.ticket_rule(asked.type)
    due = due_by(opened, rule.rural if rule.rural and line and line.rural else rule.finish)
    minutes = int((due - opened) / timedelta(minutes=1))
    done = opened + timedelta(minutes=dice.between(minutes // 4, minutes * 9 // 10))
    closed = None if asked.open else min(done, START - timedelta(hours=2))
    texts = catalogue.texts.tickets[asked.type]
    if line and asked.type in (TicketType.FAULT, TicketType.DEVICE):  # a dead light is told first, all else second
        text = texts[0] if asked.open and (line.los == "red" or line.power == "off") else texts[-1]
    elif line and asked.type == TicketType.INSTALLATION:
        text = texts[0]  # who has a line moves it
    else:
        text = dice.one_of(texts)
    return Ticket(f"ticket:{number}", number, asked.type, asked.level, rule.department, opened, due, closed, None, text)


def notes_of(events: list[tuple[datetime, Texts]], life: Life, dice: Dice, catalogue: Catalogue) -> tuple[Note, ...]:
    """Notes of ``events`` and up to two idle ones, newest first."""
    told = list(events)
    for _ in range(dice.below(3)):
        day = life.last_day - timedelta(days=dice.between(3, 75))
        told.append((_in_office_hours(day, dice), catalogue.note(dice.one_of(IDLE_TOPICS)).text))
    told.sort(key=lambda one: one[0], reverse=True)
    return tuple(Note(f"note:{number}", moment, text) for number, (moment, text) in enumerate(told, start=1))


def event(text: Texts, day: date, amount: Decimal | None, dice: Dice) -> tuple[datetime, Texts]:
    return _in_office_hours(day, dice), filled(text, date=day.isoformat(), amount=f"{amount or 0:.2f}")


def _in_office_hours(day: date, dice: Dice) -> datetime:
    moment = at(day, 9 + dice.below(11), dice.below(60))
    return min(moment, START - timedelta(minutes=30))
