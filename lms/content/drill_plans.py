"""Drill plans 演练方案 as files: one a file, named by its code, checked like every other content."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from lms.content import bank_rules
from lms.content.problems import Problem, SourceFile, in_order, of_fault
from lms.content.validation import validated
from lms.content.yaml_lines import LARGEST, YamlRefused, read_yaml
from lms.domain.drills.plans import DrillPlan
from lms.domain.roleplay_plans import RolePlayPlan
from lms.domain.wording import Worded

SHIPPED = Path("scenarios", "drills", "plans")
P = TypeVar("P", DrillPlan, RolePlayPlan)
_adapter = TypeAdapter(DrillPlan)


def _none(_plan: object, _source: SourceFile) -> Iterable[Problem]:
    return ()


@dataclass(frozen=True, slots=True)
class DrillPlanFiles:
    """The sound plans of a folder by code, and what is wrong with the others."""

    plans: dict[str, DrillPlan]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)


def read_drill_plans(paths: Path | Iterable[Path]) -> DrillPlanFiles:
    """The plans of a folder, or of single files. A folder that is not there has none."""
    plans, problems = plans_in(paths, _adapter)
    return DrillPlanFiles(plans, in_order(problems))


def plans_in(
    paths: Path | Iterable[Path], adapter: TypeAdapter[P], flaws: Callable[[P, SourceFile], Iterable[Problem]] = _none
) -> tuple[dict[str, P], list[Problem]]:
    """Plans of one shape by code, and what is wrong with the files; ``flaws`` looks at a plan itself."""
    files = sorted(paths.glob("[!.]*.yaml")) if isinstance(paths, Path) else list(paths)
    plans: dict[str, P] = {}
    problems: list[Problem] = []
    for path in files:
        try:
            source = SourceFile(path, read_yaml(path.read_bytes()[: LARGEST + 1]))
        except YamlRefused as refused:
            problems += [of_fault(path, fault) for fault in refused.faults]
            continue
        checked = validated(adapter, source.document.data, source, ())
        problems += checked.problems
        if (plan := checked.value) is None:
            continue
        if path.stem != plan.code:
            mend = Worded("rename it to %(file)s", file=f"{plan.code}.yaml")
            problems.append(source.error(("code",), Worded("the file name is not the plan's code"), mend))
        problems += bank_rules.untranslated(plan.title, source, ("title",))
        problems += flaws(plan, source)
        plans.setdefault(plan.code, plan)
    return plans, problems
