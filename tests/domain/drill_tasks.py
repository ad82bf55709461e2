"""Two invented tasks, and journals written by hand, for the tests of replay and scoring."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from lms.domain.drills.journal import Action, ActionKind
from lms.domain.drills.plans import DrillKind, DrillPlan
from lms.domain.drills.tasks import Task
from lms.domain.values import Texts

CUE_AT = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
LIN, OTHER_LIN = 17, 18  # the customer, and one with the same name

LOOKUP_PLAN = DrillPlan.model_validate(
    {"code": "lookup-x", "kind": "lookup", "title": Texts(en="x"), "minutes": 10, "tasks": 5, "lookup": {}}
)
WORKFLOW_PLAN = DrillPlan.model_validate(
    {"code": "workflow-x", "kind": "workflow", "title": Texts(en="x"), "minutes": 20, "tasks": 2, "workflow": {}}
)


def asked(field: str, kind: str, expected: str, **more: Any) -> dict[str, Any]:
    return {
        "field": field,
        "kind": kind,
        "label": {"zh": field, "en": field},
        "panel": "plan",
        "rule": "1.4",
        "expected": expected,
        **more,
    }


def task(kind: DrillKind, **more: Any) -> Task:
    return Task.model_validate(
        {
            "kind": kind,
            "template": "x",
            "seed": 1,
            "language": "zh",
            "world_seed": 1,
            "world_size": 100,
            "now": CUE_AT,
            "skill": "contracts",
            "difficulty": 1,
            "cue": "?",
            "caller": {"number": "12900010017", "says": "?", "proofs": ["own-number", "name", "code"]},
            "customer": LIN,
            "similar": [OTHER_LIN],
            "topic": "termination-fee",
            "article": "KB-CON-FEE",
            "article_rule": "1.4",
            "superseded": ["KB-CON-FEE-OLD"],
            "private": ["周岚", "12900010017", "000000199001011234"],
            **more,
        }
    )


LOOKUP = task(
    DrillKind.LOOKUP,
    verified=2,
    fields=[
        asked("contract.end", "date", "2027-05-31", stale=["2025-05-31"]),
        asked("contract.discount", "money", "20.00"),
    ],
    may_unmask=["number"],
)
WORKFLOW = task(
    DrillKind.WORKFLOW,
    fields=[
        asked("solution", "choice", "refund-r2b"),
        asked("amount", "money", "54.00"),
        asked("authority", "choice", "team-leader"),
        asked("ticket.type", "choice", "T6"),
        asked("ticket.level", "choice", "2"),
        asked("ticket.children", "choice", ""),
        asked("ticket.note", "text", ""),
    ],
    workflow={"level": 2, "evidence": ["vas:bayvideo:1"], "related": ["bill:2026-02"]},
)
LOOKUP_DEEDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("begin", {}),
    ("search", {"q": "0017"}),
    ("open", {"customer": LIN}),
    ("panel", {"panel": "contracts"}),
    ("answer", {"field": "contract.end", "value": "2027/5/31"}),
    ("answer", {"field": "contract.discount", "value": "20"}),
    ("answer", {"field": "article", "value": "KB-CON-FEE"}),
    ("submit", {}),
)
WORKFLOW_DEEDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("begin", {}),
    ("search", {"q": "12900010017"}),
    ("open", {"customer": LIN}),
    ("verify", {"level": 2, "proofs": ["own-number", "name", "code"]}),
    ("panel", {"panel": "services"}),
    ("pin", {"ref": "vas:bayvideo:1"}),
    ("answer", {"field": "solution", "value": "refund-r2b"}),
    ("answer", {"field": "amount", "value": "54元"}),
    ("answer", {"field": "authority", "value": "team-leader"}),
    ("answer", {"field": "article", "value": "KB-CON-FEE"}),
    ("answer", {"field": "ticket.type", "value": "T6"}),
    ("answer", {"field": "ticket.level", "value": "2"}),
    ("answer", {"field": "ticket.note", "value": "周*，129****0017，提醒短信未送达，退费54.00元"}),
    ("submit", {}),
)


def journal(deeds: Iterable[tuple[str, dict[str, Any]]], seconds: float = 60) -> list[Action]:
    """The deeds one after another; the last comes ``seconds`` after the cue, the others in the second before it."""
    listed = list(deeds)
    actions = []
    for number, (kind, data) in enumerate(listed, start=1):
        after = 0.0 if number == 1 else seconds if number == len(listed) else number / 100
        actions.append(Action(number, f"op-{number}", CUE_AT + timedelta(seconds=after), ActionKind(kind), data))
    return actions


def changed(deeds: Iterable[tuple[str, dict[str, Any]]], field: str, value: str) -> list[tuple[str, dict[str, Any]]]:
    """The deeds with another answer to ``field``."""
    return [
        (kind, {**data, "value": value} if data.get("field") == field and kind == "answer" else data)
        for kind, data in deeds
    ]


def inserted(
    deeds: Iterable[tuple[str, dict[str, Any]]], before: str, *more: tuple[str, dict[str, Any]]
) -> list[tuple[str, dict[str, Any]]]:
    """The deeds with ``more`` before the first of kind ``before``."""
    listed = list(deeds)
    place = next(number for number, (kind, _data) in enumerate(listed) if kind == before)
    return [*listed[:place], *more, *listed[place:]]
