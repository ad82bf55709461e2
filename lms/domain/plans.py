"""What a sitting is made from, told apart by its kind: an exam's blueprint 组卷蓝图, a drill's plan 演练方案 or that of
role-plays 模拟通话方案."""

from collections.abc import Mapping
from typing import Any

from lms.domain.blueprints import Blueprint
from lms.domain.drills.plans import DrillPlan
from lms.domain.roleplay_plans import KIND, RolePlayPlan

Plan = Blueprint | DrillPlan | RolePlayPlan
EXAM = "exam"


def read_plan(body: Mapping[str, Any]) -> Plan:
    """A stored body as the value it was dumped from. Raises pydantic's ValidationError."""
    if "kind" not in body:
        return Blueprint.model_validate(body)
    return RolePlayPlan.model_validate(body) if body["kind"] == KIND else DrillPlan.model_validate(body)


def kind_of(plan: Plan) -> str:
    """``exam``, ``lookup``, ``workflow`` or ``roleplay``."""
    return EXAM if isinstance(plan, Blueprint) else str(plan.kind)
