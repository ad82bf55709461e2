"""Drill plans 演练方案: how many tasks of which kind, within which times, scored how. All numbers are settings.

A plan stands where an exam's blueprint stands: sittings are made from one, and its result has the same shape.
"""

from enum import StrEnum
from fractions import Fraction

from pydantic import Field, model_validator

from lms.domain.blueprints import BlueprintCode
from lms.domain.values import Texts, Value


class DrillKind(StrEnum):
    LOOKUP = "lookup"
    WORKFLOW = "workflow"


class DrillSection(StrEnum):
    """What a result is made of, as sections are for an exam."""

    LOOKUP = "lookup"
    ACCURACY = "accuracy"
    EFFICIENCY = "efficiency"


class LookupRules(Value):
    """A task counts within ``within`` seconds of its cue, with right customer, fields and solution (rulebook 4)."""

    within: int = Field(default=30, ge=5, le=600)  # seconds
    ends: int = Field(default=90, ge=10, le=1800)  # seconds: then the task is closed unanswered
    pass_tasks: int = Field(default=4, ge=1, le=50)
    error_cost: int = Field(default=3, ge=0, le=20)  # what an error would cost in a workflow; shown, not charged

    @model_validator(mode="after")
    def _ends_after_the_limit(self) -> "LookupRules":
        if self.ends < self.within:
            raise ValueError("ends must not be before within")
        return self


class WorkflowRules(Value):
    """max(0, accuracy − cost·n) + efficiency · clamp((zero_at − t) ÷ (zero_at − full_until)) (rulebook 4)."""

    accuracy: int = Field(default=70, ge=1, le=100)
    error_cost: int = Field(default=3, ge=0, le=50)
    efficiency: int = Field(default=30, ge=0, le=99)
    full_until: int = Field(default=120, ge=10, le=3600)  # seconds
    zero_at: int = Field(default=240, ge=11, le=7200)
    ends: int = Field(default=300, ge=12, le=7200)
    tie_to_accuracy: bool = False  # efficiency × accuracy ÷ its maximum: stops fast guessing
    pass_total: int = Field(default=80, ge=0, le=100)

    @model_validator(mode="after")
    def _adds_up(self) -> "WorkflowRules":
        if self.accuracy + self.efficiency != 100:
            raise ValueError("accuracy and efficiency must sum to 100")
        if not self.full_until < self.zero_at <= self.ends:
            raise ValueError("full_until < zero_at <= ends is expected")
        return self


class PlanSection(Value):
    """One section of a drill's result; the shape that an exam's section has for results."""

    section: DrillSection
    weight: int
    pass_points: int | None = None


class DrillPlan(Value):
    """``templates`` narrows the choice (empty: all of the kind); ``minutes`` bounds the whole attempt."""

    code: BlueprintCode
    kind: DrillKind
    title: Texts
    certification: bool = False
    minutes: int = Field(ge=1, le=600)
    tasks: int = Field(ge=1, le=50)
    templates: tuple[str, ...] = ()
    lookup: LookupRules | None = None
    workflow: WorkflowRules | None = None

    @model_validator(mode="after")
    def _rules_of_its_kind(self) -> "DrillPlan":
        rules = {DrillKind.LOOKUP: self.lookup, DrillKind.WORKFLOW: self.workflow}
        if rules.pop(self.kind) is None:
            raise ValueError(f"a {self.kind} plan needs its rules under {self.kind}")
        if any(rules.values()):
            raise ValueError(f"a {self.kind} plan has rules of another kind")
        if self.lookup and self.lookup.pass_tasks > self.tasks:
            raise ValueError("pass_tasks is more than tasks")
        if self.minutes * 60 < self.tasks * self.ends:
            raise ValueError(f"{self.tasks} tasks of up to {self.ends} s do not fit into {self.minutes} minutes")
        return self

    @property
    def ends(self) -> int:
        """Seconds from a task's cue to its forced end."""
        rules = self.lookup or self.workflow
        assert rules is not None  # held by the validator
        return rules.ends

    @property
    def sections(self) -> tuple[PlanSection, ...]:
        if self.lookup is not None:
            return (PlanSection(section=DrillSection.LOOKUP, weight=100),)
        assert self.workflow is not None
        return (
            PlanSection(section=DrillSection.ACCURACY, weight=self.workflow.accuracy),
            PlanSection(section=DrillSection.EFFICIENCY, weight=self.workflow.efficiency),
        )

    @property
    def pass_total(self) -> Fraction:
        """On the scale of 100: four of five tasks are 80."""
        if self.lookup is not None:
            return Fraction(100 * self.lookup.pass_tasks, self.tasks)
        assert self.workflow is not None
        return Fraction(self.workflow.pass_total)

    @property
    def question_count(self) -> int:
        return self.tasks
