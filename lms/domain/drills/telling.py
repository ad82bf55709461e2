"""A task told whole, for trainers and tests: the records that it touches and the right answer. Never for trainees."""

from typing import Any

from lms.domain.crm.masking import masked_address, masked_name, masked_number
from lms.domain.crm.records import Customer
from lms.domain.crm.world import World
from lms.domain.drills.tasks import Task
from lms.domain.values import Language


def records(task: Task, world: World) -> list[dict[str, Any]]:
    """The customer and those who look alike, each with its identifiers in full and masked."""
    touched = (world.customer(n) for n in (task.customer, *task.similar))
    return [
        {
            "role": "customer" if customer.n == task.customer else "similar",
            "customer": customer.n,
            "status": customer.status.value,
            "circumstance": customer.circumstance,
            "full": _full(customer, task.language),
            "masked": _masked(customer, task.language),
        }
        for customer in touched
    ]


def _full(customer: Customer, language: Language) -> dict[str, str]:
    return {
        "account": customer.account,
        "name": customer.name.in_(language),
        "number": customer.number,
        "id": customer.id_number,
        "address": customer.address.in_(language) if customer.address else "",
    }


def _masked(customer: Customer, language: Language) -> dict[str, str]:
    name = customer.name.in_(language) if customer.enterprise else masked_name(customer.name, language)
    return {
        "account": customer.account,
        "name": name,
        "number": masked_number(customer.number),
        "id": customer.id_last4,
        "address": masked_address(customer.address, language) if customer.address else "",
    }


def answer(task: Task) -> dict[str, Any]:
    """What is right: the record, the level and proofs, the evidence, every field, and the article."""
    part = task.workflow
    return {
        "customer": task.customer,
        "verification": part.level if part else None,
        "proofs": [proof.value for proof in task.caller.proofs],
        "evidence": list(part.evidence) if part else [],
        "related_evidence": list(part.related) if part else [],
        "fields": {
            asked.field: {
                "label": asked.label.in_(task.language),
                "expected": asked.expected,
                "stale": list(asked.stale),
                "panel": asked.panel,
                "rule": asked.rule,
            }
            for asked in task.fields
        },
        "article": task.article,
        "superseded": list(task.superseded),
        "may_unmask": list(task.may_unmask),
    }
