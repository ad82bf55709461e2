"""Role-play plans 模拟通话方案: which scenarios, how many calls, who plays the customer, when a call is passed.

A plan stands where an exam's blueprint stands: sittings are made from one, and its result has the same shape.
"""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from lms.domain.blueprints import BlueprintCode
from lms.domain.call_marks import HIGHEST, Judged, PassRules
from lms.domain.results import Outcome, SectionScore
from lms.domain.scenarios.texts import Id
from lms.domain.values import Texts, Value

CRITERIA = 6
KIND = "roleplay"
WEIGHT = 100
PATIENCE = 10  # minutes of waiting for an examiner
LONGEST_CALL = 10  # minutes that a call may take; a sitting must hold all of them


class Customer(StrEnum):
    """Who answers. An LLM only where the plan says so, and then the result says so (contract 8)."""

    SCRIPTED = "scripted"
    EXAMINER = "examiner"
    LLM = "llm"


class RoleplaySection(StrEnum):
    """What a result is made of, as sections are for an exam."""

    ROLEPLAY = KIND


class PlanSection(Value):
    """The one section of a role-play's result; the shape that an exam's section has for results."""

    section: RoleplaySection = RoleplaySection.ROLEPLAY
    weight: int = WEIGHT
    pass_points: int | None = None


class RolePlayPlan(Value):
    """``count`` calls are drawn from ``scenarios`` by the attempt's seed; ``minutes`` bounds the whole attempt.

    ``double_share`` of the calls are marked twice from the start, and besides those whose total of levels is within
    ``near`` of the pass line (`call_marks.near_the_line`).
    """

    code: BlueprintCode
    kind: Literal["roleplay"] = "roleplay"
    title: Texts
    certification: bool = False
    minutes: int = Field(ge=1, le=600)
    scenarios: tuple[Id, ...] = Field(min_length=1)
    count: int = Field(ge=1, le=20)
    customer: Customer = Customer.SCRIPTED
    wait_minutes: int = Field(default=PATIENCE, ge=1, le=120)  # for an examiner, before it is said that nobody comes
    passing: PassRules = PassRules()
    double_share: Fraction = Field(default=Fraction(1, 5), ge=0, le=1)
    near: int = Field(default=1, ge=0, le=5)

    @model_validator(mode="after")
    def _enough(self) -> "RolePlayPlan":
        if len(set(self.scenarios)) != len(self.scenarios):
            raise ValueError("a scenario is listed twice")
        if self.count > len(self.scenarios):
            raise ValueError("count is more than the scenarios listed")
        if self.minutes < self.count * LONGEST_CALL:
            raise ValueError(f"{self.count} calls of up to {LONGEST_CALL} minutes do not fit into {self.minutes}")
        if self.passing.total > HIGHEST * CRITERIA:
            raise ValueError(f"total is more than all levels together, {HIGHEST * CRITERIA}")
        return self

    @property
    def sections(self) -> tuple[PlanSection, ...]:
        return (PlanSection(),)

    @property
    def pass_total(self) -> Fraction:
        """On the scale of 100: 24 of 30 are 80. Reaching it is not enough: every call must be passed."""
        return Fraction(100 * self.passing.total, HIGHEST * CRITERIA)

    @property
    def question_count(self) -> int:
        return self.count

    def drawn(self, seed: int) -> Sequence[str]:
        """The scenarios of an attempt in their order; the same seed, the same calls."""
        ranked = sorted(self.scenarios, key=lambda code: hashlib.sha256(f"role-play:{seed}:{code}".encode()).digest())
        return ranked[: self.count]

    def outcome(self, calls: Sequence[Judged]) -> Outcome:
        """The mean of the calls' points; a call never answered counts nothing. Passed: every one of them is."""
        earned = sum((call.total for call in calls), Fraction(0))
        score = sum((call.points for call in calls), Fraction(0)) / self.count
        passed = len(calls) == self.count and all(call.passed for call in calls)
        section = SectionScore(KIND, earned, HIGHEST * CRITERIA * self.count, WEIGHT, score, None)
        return Outcome((section,), score, passed)
