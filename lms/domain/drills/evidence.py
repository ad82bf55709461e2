"""What a template names as evidence → the references of this customer (`lms.domain.crm.records`)."""

from collections.abc import Callable, Iterable

from lms.domain.crm.moments import START, month_of
from lms.domain.drills import facts
from lms.domain.drills.facts import Case
from lms.domain.drills.replay import NOTICE


class NoSuchEvidence(LookupError):
    """The customer has nothing of that name."""


def refs(name: str, case: Case) -> tuple[str, ...]:
    """The references; several where the name stands for many (all bills). Raises KeyError for an unknown name."""
    return tuple(_REGISTRY[name](case))


def ref(name: str, case: Case) -> str:
    """The one reference. Raises NoSuchEvidence where there is none, or more."""
    found = refs(name, case)
    if len(found) != 1:
        raise NoSuchEvidence(name)
    return found[0]


def _one(found: object | None) -> tuple[str, ...]:
    return () if found is None else (str(getattr(found, "ref", "")),)


def _bill_lines(case: Case, code: str) -> Iterable[str]:
    return (line.ref for bill in case.customer.bills for line in bill.lines if line.code == code)


def _last_lines(case: Case, code: str) -> Iterable[str]:
    bill = facts.last_bill(case)
    return (line.ref for line in bill.lines if line.code == code) if bill else ()


def _late_fee(case: Case) -> tuple[str, ...]:
    return tuple(_bill_lines(case, "late-fee"))[:1]


def _late_bill(case: Case) -> tuple[str, ...]:
    """The bill that was paid late: the one before that which carries its fee."""
    late = [bill.ref for bill in case.customer.bills if bill.paid_on and bill.paid_on > bill.due]
    return tuple(late[:1])


def _service_lines(case: Case) -> Iterable[str]:
    one = facts.service(case)
    return _bill_lines(case, f"vas-{one.code}") if one else ()


def _overdue(case: Case) -> Iterable[str]:
    return (bill.ref for bill in case.customer.bills if bill.paid_on is None)


def _mobile_overage(case: Case) -> Iterable[str]:
    return (*_last_lines(case, "data-overage"), *_last_lines(case, "voice-overage"))


def _bills(case: Case) -> Iterable[str]:
    return (name for bill in case.customer.bills for name in (bill.ref, *(line.ref for line in bill.lines)))


def _merge_notes(case: Case) -> Iterable[str]:
    merge = case.customer.merge
    return (note.ref for note in case.customer.notes if merge and month_of(note.at.date()) >= month_of(merge.on))


def _notice(case: Case) -> Iterable[str]:
    """Outage notices in force in the area of the customer's line."""
    line = case.customer.broadband
    listed = case.catalogue.notices if line else ()
    return (f"{NOTICE}{one.id}" for one in listed if line and one.area == line.area and one.in_force(START))


_REGISTRY: dict[str, Callable[[Case], Iterable[str]]] = {
    "plan": lambda case: ("plan",),
    "usage": lambda case: ("usage",),
    "arrears": lambda case: ("arrears",),
    "contract": lambda case: _one(facts.contract(case)),
    "ended-contracts": lambda case: (one.ref for one in facts.ended_contracts(case)),
    "service": lambda case: _one(facts.service(case)),
    "service-lines": _service_lines,
    "pack": lambda case: _one(facts.pack(case)),
    "bills": _bills,
    "last-bill": lambda case: _one(facts.last_bill(case)),
    "overdue-bills": _overdue,
    "late-fee": _late_fee,
    "late-bill": _late_bill,
    "data-overage": lambda case: _last_lines(case, "data-overage"),
    "overage": _mobile_overage,
    "port": lambda case: ("port",) if case.customer.port else (),
    "merge": lambda case: ("merge",) if case.customer.merge else (),
    "merge-notes": _merge_notes,
    "broadband": lambda case: ("broadband",) if case.customer.broadband else (),
    "contact": lambda case: (one.ref for one in case.customer.contacts),
    "security": lambda case: ("security",) if case.customer.security_note else (),
    "open-ticket": lambda case: _one(facts.open_ticket(case)),
    "tickets": lambda case: (one.ref for one in case.customer.tickets),
    "notice": _notice,
    "notes": lambda case: (one.ref for one in case.customer.notes),
    "sims": lambda case: (one.ref for one in case.customer.sims),
}
NAMES = frozenset(_REGISTRY)
