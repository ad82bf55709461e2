"""What a sitting is made from: an exam's blueprint 组卷蓝图 or a drill's plan 演练方案, told apart by its kind."""

from collections.abc import Mapping
from typing import Any

from lms.domain.blueprints import Blueprint
from lms.domain.drills.plans import DrillPlan

Plan = Blueprint | DrillPlan
EXAM = "exam"


def read_plan(body: Mapping[str, Any]) -> Plan:
    """A stored body as the value it was dumped from. Raises pydantic's ValidationError."""
    return DrillPlan.model_validate(body) if "kind" in body else Blueprint.model_validate(body)


def kind_of(plan: Plan) -> str:
    """``exam``, ``lookup`` or ``workflow``."""
    return plan.kind.value if isinstance(plan, DrillPlan) else EXAM
