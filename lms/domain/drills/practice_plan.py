"""The shipped rules of a practice set."""

from collections.abc import Collection

from lms.domain.drills.plans import DrillKind, DrillPlan, LookupRules, WorkflowRules
from lms.domain.values import Texts

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
