"""What a task's case is about: the one contract, service, pack or ticket of a customer that a caller can mean.

Each is None where there is none, or more than one and nothing tells them apart: such a customer makes no task.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.moments import THIS_MONTH, TODAY, month_of
from lms.domain.crm.records import Bill, Contract, Customer, Pack, Subscription, Ticket, ValueAdded

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """A customer, and the other record that belongs to the circumstance: a former owner's, a merged account's."""

    customer: Customer
    catalogue: Catalogue
    companion: Customer | None = None


def _only(found: Iterable[T]) -> T | None:
    listed = list(found)
    return listed[0] if len(listed) == 1 else None


def contract(case: Case) -> Contract | None:
    """The contract that runs today, else the one that begins next."""
    held = case.customer.contracts
    running = [one for one in held if one.runs_on(TODAY)]
    return _only(running or [one for one in held if one.start > TODAY])


def ended_contracts(case: Case) -> tuple[Contract, ...]:
    return tuple(one for one in case.customer.contracts if (one.ended_early or one.end) < TODAY)


def last_contract(case: Case) -> Contract | None:
    """The contract that ended last."""
    ended = ended_contracts(case)
    return max(ended, key=lambda one: one.ended_early or one.end) if ended else None


def service(case: Case) -> ValueAdded | None:
    """The service with something to look into; the only one where none has."""
    held = case.customer.services
    troubled = [one for one in held if _troubled(one)]
    return _only(troubled or held)


def _troubled(one: ValueAdded) -> bool:
    """No confirmation, a reminder that did not arrive, or a charge after or in the month of the cancellation."""
    charged_late = one.cancelled is not None and any(month >= month_of(one.cancelled) for month in one.charged_months)
    return one.confirmation is None or one.reminder in ("failed", "not-sent") or charged_late


def pack(case: Case) -> Pack | None:
    """The pack bought last."""
    held = case.customer.packs
    return max(held, key=lambda one: one.bought) if held else None


def other_packs(case: Case) -> tuple[Pack, ...]:
    return tuple(one for one in case.customer.packs if one is not pack(case))


def open_ticket(case: Case) -> Ticket | None:
    """The open ticket; of two about the same matter, the first."""
    opened = [one for one in case.customer.tickets if one.closed is None]
    return min(opened, key=lambda one: one.opened) if opened else None


def closed_tickets(case: Case) -> tuple[Ticket, ...]:
    return tuple(one for one in case.customer.tickets if one.closed is not None)


def last_bill(case: Case) -> Bill | None:
    return case.customer.bills[0] if case.customer.bills else None


def earlier_plan(case: Case) -> Subscription | None:
    return case.customer.earlier_plans[0] if case.customer.earlier_plans else None


def months_between(first: date, last: date) -> int:
    """Calendar months from the month of ``first`` to that of ``last``."""
    return (last.year - first.year) * 12 + last.month - first.month


def billed_after_cancelling(one: ValueAdded) -> tuple[str, ...]:
    """Months charged after the one in which the service was cancelled: charged by mistake (rulebook 1.6, R1)."""
    if one.cancelled is None:
        return ()
    return tuple(month for month in one.charged_months if month > month_of(one.cancelled))


def refundable_months(one: ValueAdded) -> tuple[str, ...]:
    """At most twelve months back, this one included (rulebook 1.11)."""
    return tuple(sorted(month for month in one.charged_months if month <= THIS_MONTH))[-12:]
