"""Role-play plans 模拟通话方案 as files: one a file, named by its code; the scenarios that they list must be there."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from lms.content.drill_plans import plans_in
from lms.content.problems import Problem, SourceFile, in_order
from lms.domain.roleplay_plans import RolePlayPlan
from lms.domain.wording import Worded

SHIPPED = Path("scenarios", "plans")
EXPORTED = "role-plays"
_adapter = TypeAdapter(RolePlayPlan)


@dataclass(frozen=True, slots=True)
class RolePlayPlanFiles:
    """The sound plans of a folder by code, and what is wrong with the others."""

    plans: dict[str, RolePlayPlan]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_error)


def read_roleplay_plans(paths: Path | Iterable[Path], scenarios: Collection[str] | None = None) -> RolePlayPlanFiles:
    """The plans of a folder, or of single files; with ``scenarios`` given, one that lists another is an error.

    A folder that is not there has none.
    """

    def unknown(plan: RolePlayPlan, source: SourceFile) -> list[Problem]:
        return [
            source.error(
                ("scenarios", number),
                Worded("there is no scenario %(name)s", name=name),
                Worded("list ids of files in scenarios/"),
            )
            for number, name in enumerate(plan.scenarios)
            if scenarios is not None and name not in scenarios
        ]

    plans, problems = plans_in(paths, _adapter, unknown)
    return RolePlayPlanFiles(plans, in_order(problems))
