"""Blueprints 组卷蓝图: what a paper is made of, and what it takes to pass it."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from lms.domain.questions import Kind, MultipleRule, Section
from lms.domain.questions.base import Topic
from lms.domain.values import Texts, Value

BlueprintCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]


class Pick(Value):
    """``count`` questions of one kind, worth ``points`` each; topic and difficulty narrow the choice."""

    kind: Kind
    count: int = Field(ge=1, le=100)
    points: int = Field(ge=1, le=50)
    topic: Topic | None = None
    difficulty: int | None = Field(default=None, ge=1, le=3)

    @property
    def total(self) -> int:
        return self.count * self.points


class SectionPlan(Value):
    """One section's picks; its raw points are scaled to ``weight`` when the total is formed.

    ``pass_points`` is the section's own pass line, on the scale of ``weight`` (24 of 30).
    """

    section: Section
    weight: int = Field(ge=1, le=100)
    picks: tuple[Pick, ...] = Field(min_length=1, max_length=60)
    pass_points: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _pass_line_within_weight(self) -> "SectionPlan":
        if self.pass_points is not None and self.pass_points > self.weight:
            raise ValueError(f"pass_points {self.pass_points} is more than the section's weight {self.weight}")
        return self

    @property
    def points(self) -> int:
        return sum(pick.total for pick in self.picks)


class MarkingPlan(Value):
    """How written cases are marked (all are settings)."""

    double_share: Fraction = Field(default=Fraction(1, 5), ge=0, le=1)
    near_pass: int = Field(default=5, ge=0, le=50)  # totals this close to the pass line are marked twice
    tolerance: int = Field(default=2, ge=0, le=50)  # two markers further apart than this call a third


class Blueprint(Value):
    """A plan for papers on a scale of 100 points."""

    code: BlueprintCode
    title: Texts
    certification: bool = False
    minutes: int = Field(ge=1, le=600)
    sections: tuple[SectionPlan, ...] = Field(min_length=1, max_length=len(Section))
    pass_total: int = Field(ge=0, le=100)
    multiple_rule: MultipleRule = MultipleRule.HALF
    shuffle_questions: bool = True
    shuffle_options: bool = True
    exposure_cap: Fraction = Field(default=Fraction(2, 5), gt=0, le=1)
    marking: MarkingPlan = MarkingPlan()

    @model_validator(mode="after")
    def _sections_sum_to_100(self) -> "Blueprint":
        names = [plan.section for plan in self.sections]
        if len(set(names)) != len(names):
            raise ValueError("a section appears twice")
        weights = sum(plan.weight for plan in self.sections)
        if weights != 100:
            raise ValueError(f"the section weights must sum to 100, not {weights}")
        return self

    @property
    def question_count(self) -> int:
        return sum(pick.count for plan in self.sections for pick in plan.picks)

    @property
    def has_written(self) -> bool:
        return any(pick.kind is Kind.WRITTEN for plan in self.sections for pick in plan.picks)

    def cells(self) -> Iterator["Cell"]:
        for plan in self.sections:
            for number, pick in enumerate(plan.picks, start=1):
                yield Cell(section=plan.section, number=number, pick=pick)


class Cell(Value):
    """One pick in its place: the ``number``-th of its section, counted from 1."""

    section: Section
    number: int
    pick: Pick

    @property
    def name(self) -> str:
        """How a message names it: ``business/single/billing``."""
        parts = [self.section.value, self.pick.kind.value, self.pick.topic or ""]
        if self.pick.difficulty:
            parts.append(f"difficulty {self.pick.difficulty}")
        return "/".join(part for part in parts if part)
