"""The fields that a task can ask for, by their ids, and how one is asked of a customer.

The values are canonical texts (`lms.domain.drills.answers` compares typed ones with them).
"""

from datetime import date, datetime
from decimal import Decimal

from lms.domain.drills.facts import Case
from lms.domain.drills.fields_of_account import ACCOUNT_FIELDS
from lms.domain.drills.fields_of_home import HOME_FIELDS
from lms.domain.drills.fields_of_line import LINE_FIELDS
from lms.domain.drills.sources import Source
from lms.domain.drills.tasks import Asked

FIELDS: dict[str, Source] = {**LINE_FIELDS, **ACCOUNT_FIELDS, **HOME_FIELDS}


class UnreadableField(LookupError):
    """The customer has not the one thing that the field is read from."""


def ask(field: str, case: Case) -> Asked:
    """The field as it is asked of this customer. Raises KeyError for an unknown field, UnreadableField for a value
    that the customer has not."""
    source = FIELDS[field]
    value = source.read(case)
    if value is None:
        raise UnreadableField(field)
    expected = canonical(value)
    elsewhere = source.read(Case(case.companion, case.catalogue)) if case.companion and case.companion.closed else None
    outdated = {canonical(one) for one in (*source.stale(case), elsewhere) if one is not None} - {expected}
    return Asked(
        field=field,
        kind=source.kind,
        label=source.label,
        panel=source.panel.value,
        rule=source.rule,
        expected=expected,
        stale=tuple(sorted(outdated)),
        choices=source.choices(case.catalogue),
    )


def canonical(value: object) -> str:
    """``date`` → 2026-05-31, ``datetime`` → 2026-03-17T10:24 (the operator's time), ``Decimal`` → 54.00."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
