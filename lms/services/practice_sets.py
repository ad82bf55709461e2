"""Practice: a set of tasks whenever one likes, drawn from the shipped templates by a seed."""

from collections.abc import Collection
from datetime import datetime
from fractions import Fraction

from lms.domain.drills.drawing import draw_set
from lms.domain.drills.plans import DrillKind, DrillPlan, LookupRules, WorkflowRules
from lms.domain.values import Language, Texts
from lms.services import crm_worlds, runs

TASKS = {DrillKind.LOOKUP: 5, DrillKind.WORKFLOW: 3}
TITLE = Texts(zh="自主练习", en="Practice")


def practice_plan(kind: DrillKind, templates: Collection[str] = ()) -> DrillPlan:
    """The rules of certification, at one's own pace; ``templates`` narrows what is asked."""
    lookup = LookupRules() if kind is DrillKind.LOOKUP else None
    workflow = WorkflowRules() if kind is DrillKind.WORKFLOW else None
    return DrillPlan(
        code=f"practice-{kind.value}", kind=kind, title=TITLE, minutes=60, tasks=TASKS[kind],
        templates=tuple(sorted(templates)), lookup=lookup, workflow=workflow,
    )  # fmt: skip


def start(person_id: int, kind: DrillKind, language: Language, *, factor: Fraction, seed: int, now: datetime) -> int:
    """The id of a new practice set. Raises crm_worlds.NotBuilt while the world is being built."""
    plan = practice_plan(kind)
    tasks = draw_set(crm_worlds.templates(), crm_worlds.customers(), plan, seed, language)
    return runs.create_practice_set(person_id, plan, tasks, factor=factor, seed=seed, now=now)
