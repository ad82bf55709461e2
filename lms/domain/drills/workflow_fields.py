"""The fields that every workflow asks for: solution, amount and authority, and the ticket (rulebook 1.6, 1.7)."""

from collections.abc import Iterator
from decimal import Decimal

from lms.domain.crm import billing
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.dice import Dice
from lms.domain.crm.texts import Solution
from lms.domain.drills.choices import LEVELS, chosen, departments, ticket_types
from lms.domain.drills.facts import Case
from lms.domain.drills.fields import UnreadableField, canonical
from lms.domain.drills.figures import FIGURES
from lms.domain.drills.tasks import Asked, Choice, FieldKind
from lms.domain.drills.templates import TicketPart, WorkflowPart
from lms.domain.values import Texts

OFFERED = 8  # solutions to choose from, in every task
NO_TICKET = "none"
URGENT = "2h"  # an urgent reconnection (rulebook 1.7)

_AUTHORITY = chosen(
    {
        "agent": ("坐席", "agent"),
        "team-leader": ("班组长", "team leader"),
        "billing": ("计费账务部+主管", "Billing + supervisor"),
    }
)
_CLOCKS = chosen(
    {
        NO_TICKET: ("不适用", "not applicable"),
        "2h": ("2小时", "2 hours"),
        "24h": ("24小时", "24 hours"),
        "48h": ("48小时", "48 hours"),
        "72h": ("72小时", "72 hours"),
        "1wd": ("1个工作日", "1 working day"),
        "3wd": ("3个工作日", "3 working days"),
        "15d": ("15天", "15 days"),
    }
)
_NOBODY = Choice(code=NO_TICKET, label=Texts(zh="不派单", en="no ticket"))
_SOLUTION, _AMOUNT, _NOTE = "solution", "amount", "ticket.note"


def of(part: WorkflowPart, case: Case, dice: Dice) -> Iterator[Asked]:
    """In the order of the form. Raises UnreadableField where the amount does not apply to the customer."""
    catalogue = case.catalogue
    rule = catalogue.solution(part.solution).rule
    yield _choice(_SOLUTION, ("解决方案", "Solution"), rule, part.solution, offered(part, catalogue, dice))
    if part.amount:
        amount, others = FIGURES[part.amount]
        value = amount(case)
        if value is None:
            raise UnreadableField(part.amount)
        yield _amount(value, [one for one in others(case) if one != value], rule)
        if part.authority:
            yield _choice("authority", ("审批权限", "Authority"), "1.6", authority(part.authority, value), _AUTHORITY)
    yield from _ticket(part.ticket, case)


def authority(rule: str, amount: Decimal) -> str:
    """agent | team-leader | billing (rulebook 1.6)."""
    return billing.goodwill_authority(amount) if rule == "goodwill" else billing.refund_authority(amount)


def offered(part: WorkflowPart, catalogue: Catalogue, dice: Dice) -> tuple[Choice, ...]:
    """The right solution, those it is confused with, and others up to the same number, in the catalogue's order.

    What shares a topic or the kind of money with the right one comes first.
    """
    right = catalogue.solution(part.solution)
    chosen_ids = [right.id, *part.confusions]
    spare = [one for one in catalogue.solutions if one.id not in (*chosen_ids, *part.kept_out)]
    thrown = {one.id: dice.below(1 << 30) for one in spare}
    spare.sort(key=lambda one: (-_likeness(one, right), thrown[one.id]))
    taken = {*chosen_ids, *(one.id for one in spare[: max(0, OFFERED - len(chosen_ids))])}
    return tuple(Choice(code=one.id, label=one.title) for one in catalogue.solutions if one.id in taken)


def _likeness(one: Solution, right: Solution) -> int:
    return 2 * bool({*one.topics} & {*right.topics}) + (one.money == right.money)


def department_of(ticket: TicketPart, catalogue: Catalogue) -> str:
    return NO_TICKET if ticket.type is None else catalogue.ticket_rule(ticket.type).department


def finish_of(ticket: TicketPart, case: Case) -> str:
    """The clock that the ticket runs by, from its creation (rulebook 1.7)."""
    if ticket.type is None:
        return NO_TICKET
    rule = case.catalogue.ticket_rule(ticket.type)
    line = case.customer.broadband
    if ticket.clock == "urgent":
        return URGENT
    if ticket.clock == "rights":
        return rule.rights or rule.finish
    return rule.rural if rule.rural and line and line.rural else rule.finish


def _ticket(ticket: TicketPart, case: Case) -> Iterator[Asked]:
    catalogue = case.catalogue
    types, places = ticket_types(catalogue), (_NOBODY, *departments(catalogue))
    right = ticket.type.value if ticket.type else NO_TICKET
    yield _choice("ticket.type", ("工单类型", "Ticket type"), "1.7", right, (_NOBODY, *types))
    yield _choice("ticket.level", ("工单级别", "Level"), "1.7", str(ticket.level), LEVELS)
    yield _choice("ticket.department", ("受理部门", "Department"), "1.7", department_of(ticket, catalogue), places)
    yield _choice("ticket.finish", ("办结时限", "To be finished within"), "1.7", finish_of(ticket, case), _CLOCKS)
    children = "+".join(sorted(child.value for child in ticket.children))
    yield _choice("ticket.children", ("子单", "Child tickets"), "1.7", children, types)
    yield _asked(_NOTE, FieldKind.TEXT, ("工单备注（脱敏）", "Note (masked)"), "1.8", "")


def _choice(field: str, label: tuple[str, str], rule: str, right: str, choices: tuple[Choice, ...]) -> Asked:
    return _asked(field, FieldKind.CHOICE, label, rule, right).model_copy(update={"choices": choices})


def _amount(value: Decimal, others: list[Decimal], rule: str) -> Asked:
    outdated = tuple(sorted({canonical(one) for one in others}))
    asked = _asked(_AMOUNT, FieldKind.MONEY, ("金额（元）", "Amount (yuan)"), rule, canonical(value))
    return asked.model_copy(update={"stale": outdated})


def _asked(field: str, kind: FieldKind, label: tuple[str, str], rule: str, right: str) -> Asked:
    zh, en = label
    return Asked(field=field, kind=kind, label=Texts(zh=zh, en=en), panel="ticket", rule=rule, expected=right)
