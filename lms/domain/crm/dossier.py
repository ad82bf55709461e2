"""What has happened with a customer: tickets, notes, authorised contacts; who they are by document."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from lms.domain.crm.cases import Case
from lms.domain.crm.circumstances import TicketPart
from lms.domain.crm.dice import Dice
from lms.domain.crm.moments import START, TODAY, at, due_by
from lms.domain.crm.names import person
from lms.domain.crm.records import AuthorisedContact, Broadband, Contract, Note, Ticket, TicketType
from lms.domain.crm.texts import filled
from lms.domain.values import Texts

# Notes that fit anybody: they ask, and change nothing.
IDLE_TOPICS = ("due-date", "third-party", "identity-v3", "refund-timing")
_OTHER_PLAN, _EXTRA_SIM = "plan-m69", "extra-sim"
_MOBILE = (TicketType.BILLING, TicketType.COMPLAINT, TicketType.CONTRACT)
_FIXED = (TicketType.BILLING, TicketType.FAULT, TicketType.INSTALLATION, TicketType.FAULT)


def identity_number(dice: Dice) -> str:
    """Eighteen digits of the region 000000, which does not exist."""
    born = date(1955, 1, 1) + timedelta(days=dice.below(18_000))
    return f"000000{born:%Y%m%d}{dice.below(10_000):04d}"


def contacts_of(case: Case, number: str) -> tuple[AuthorisedContact, ...]:
    """At most one, who calls from ``number``."""
    if not case.head.authorised_contact:
        return ()
    people, dice = case.catalogue.people, case.dice
    name = person(dice.one_of(people.surnames), dice.one_of(people.given))
    while name.zh in people.never_together:
        name = person(dice.one_of(people.surnames), dice.one_of(people.given))
    since = case.opened + timedelta(days=dice.below((TODAY - case.opened).days))
    return (AuthorisedContact("contact:1", name.texts, number, since),)


def tickets_of(case: Case, line: Broadband | None, contract: Contract | None) -> tuple[Ticket, ...]:
    """The deck's tickets and old closed ones, newest first."""
    head, parts = case.head, case.asked.tickets
    made = []
    for place, (number, opened) in enumerate(zip(head.tickets, head.opened_tickets, strict=True)):
        asked = parts[place] if place < len(parts) else _old_ticket(line, case.dice)
        rule = case.catalogue.ticket_rule(asked.type)
        due = due_by(opened, rule.rural if rule.rural and line and line.rural else rule.finish)
        closed = None if asked.open else _closing(opened, due, case.dice)
        text = _wording(case, asked, line, contract)
        ref = f"ticket:{number}"
        made.append(Ticket(ref, number, asked.type, asked.level, rule.department, opened, due, closed, None, text))
    return tuple(sorted(made, key=lambda ticket: ticket.opened, reverse=True))


def _old_ticket(line: Broadband | None, dice: Dice) -> TicketPart:
    kind = dice.one_of(_FIXED if line else _MOBILE)
    level = 2 if kind in (TicketType.BILLING, TicketType.COMPLAINT) else 1
    return TicketPart(type=kind, hours_ago=(0, 0), level=level, open=False)


def _closing(opened: datetime, due: datetime, dice: Dice) -> datetime:
    """In time, and in the past; by day, where the clock allows it."""
    minutes = int((due - opened) / timedelta(minutes=1))
    done = min(opened + timedelta(minutes=dice.between(minutes // 4, minutes * 9 // 10)), START - timedelta(hours=2))
    by_day = done + timedelta(hours=8)
    return by_day if done.hour < 8 and by_day < min(due, START) else done


def _wording(case: Case, asked: TicketPart, line: Broadband | None, contract: Contract | None) -> Texts:
    """What fits the line as it is: a dead light or a move is told first in the file, everything else after it."""
    texts = case.catalogue.texts.tickets[asked.type]
    if line and asked.type in (TicketType.FAULT, TicketType.DEVICE):
        return texts[0] if asked.open and (line.los == "red" or line.power == "off") else texts[-1]
    if line and asked.type == TicketType.INSTALLATION or asked.type == TicketType.CONTRACT and not contract:
        return texts[0]
    return case.dice.one_of(texts)


def notes_of(case: Case, events: list[tuple[datetime, Texts]]) -> tuple[Note, ...]:
    """Notes of ``events`` and up to two idle ones, newest first."""
    told, topics, dice = list(events), list(IDLE_TOPICS), case.dice
    if case.plan.code != "m69":
        topics.append(_OTHER_PLAN)
    if case.plan.extra_sims and not case.plan.sims_included and not case.head.extra_numbers:
        topics.append(_EXTRA_SIM)
    for _ in range(dice.below(3)):
        day = case.last_day - timedelta(days=dice.between(3, 75))
        topic = topics.pop(dice.below(len(topics)))
        told.append((_in_office_hours(day, dice), case.catalogue.note(topic).text))
    told.sort(key=lambda one: one[0], reverse=True)
    return tuple(Note(f"note:{number}", moment, text) for number, (moment, text) in enumerate(told, start=1))


def event(text: Texts, day: date, amount: Decimal | None, dice: Dice) -> tuple[datetime, Texts]:
    return _in_office_hours(day, dice), filled(text, date=day.isoformat(), amount=f"{amount or 0:.2f}")


def _in_office_hours(day: date, dice: Dice) -> datetime:
    moment = at(day, 9 + dice.below(11), dice.below(60))
    return min(moment, START - timedelta(minutes=30))
