"""What a drill attempt came to: the runs of its set put together to a result of the same shape as an exam's.

Lookup: tasks that counted ÷ tasks of the plan, on the scale of 100. Workflow: accuracy and efficiency are means over
the plan's tasks. A task that was never begun counts as nothing. One critical failure fails the whole (rulebook 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms.domain.drills.plans import DrillPlan, DrillSection
from lms.domain.results import Outcome, SectionScore


@dataclass(frozen=True, slots=True)
class RunShare:
    """What one ended run brings in; ``critical``: it holds a critical failure that stands."""

    counted: bool
    accuracy: Fraction
    efficiency: Fraction
    critical: bool


def drill_outcome(plan: DrillPlan, runs: Sequence[RunShare]) -> Outcome:
    """The outcome of the ended ``runs`` of an attempt; exact (contract 6)."""
    sections = tuple(_section(plan, one.section, one.weight, runs) for one in plan.sections if one.weight)
    total = sum((one.score for one in sections), Fraction(0))
    passed = total >= plan.pass_total and not any(run.critical for run in runs)
    return Outcome(sections, total, passed)


def _section(plan: DrillPlan, name: DrillSection, weight: int, runs: Sequence[RunShare]) -> SectionScore:
    if name is DrillSection.LOOKUP:
        counted = Fraction(sum(run.counted for run in runs))
        return SectionScore(name.value, counted, plan.tasks, weight, weight * counted / plan.tasks, None)
    earned = [run.accuracy if name is DrillSection.ACCURACY else run.efficiency for run in runs]
    mean = sum(earned, Fraction(0)) / plan.tasks
    return SectionScore(name.value, mean, weight, weight, mean, None)
