"""Everything below `scenarios/drills/`, checked: templates and plans alone, then templates against the world."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lms.content.drill_plans import DrillPlanFiles, read_drill_plans
from lms.content.drill_proofs import SEEDS, prove
from lms.content.drill_templates import FOLDER, TemplateFiles, read_templates
from lms.content.operator import OPERATOR, read_catalogue
from lms.content.problems import Problem, in_order
from lms.domain.crm.world import World
from lms.domain.drills.defaults import WORLD_SEED, WORLD_SIZE

PLANS = "plans"


@dataclass(frozen=True, slots=True)
class DrillFiles:
    """``proved``: by how many tasks of each template and language; 0 where the operator's files cannot be used."""

    templates: TemplateFiles
    plans: DrillPlanFiles
    proved: int
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.is_error)

    def counts(self) -> Counter[str]:
        """How many templates of each kind."""
        return Counter(one.kind.value for one in self.templates.templates)


def holds_drills(path: Path) -> bool:
    """Whether ``path`` is the drills' folder, one of the folders in it, or a file there."""
    return _home_of(path).name == FOLDER.name


def read_drills(paths: Iterable[Path], seeds: int = SEEDS) -> list[DrillFiles]:
    """Each drills' folder to which a path belongs; of its problems those of the paths named are told."""
    named = list(paths)
    return [_read(home, named, seeds) for home in dict.fromkeys(map(_home_of, named))]


def _home_of(path: Path) -> Path:
    for place in (path, *path.parents[:2]):
        if place.name == FOLDER.name:
            return place
    return path


def _read(home: Path, named: list[Path], seeds: int) -> DrillFiles:
    catalogue, _problems = read_catalogue(home.parent / OPERATOR.name)
    templates, plans = read_templates(home, catalogue), read_drill_plans(home / PLANS)
    problems = [*templates.problems, *plans.problems, *_no_such_templates(templates, plans, home)]
    broken = {problem.file for problem in templates.errors}
    sound = [one for one in templates.filed.values() if one.source.name not in broken]
    told = [one for one in sound if _named(Path(one.source.name), named)]
    if catalogue is not None:
        problems += prove(told, World(WORLD_SEED, WORLD_SIZE, catalogue), seeds)
    shown = [problem for problem in problems if _named(Path(problem.file), named)]
    return DrillFiles(templates, plans, seeds if catalogue is not None else 0, in_order(shown))


def _named(file: Path, named: list[Path]) -> bool:
    return any(path == file or path in file.parents for path in named)


def _no_such_templates(templates: TemplateFiles, plans: DrillPlanFiles, home: Path) -> Iterable[Problem]:
    """Plans that name a template which is not there, or of the other kind."""
    for plan in plans.plans.values():
        known = {one.code for one in templates.templates if one.kind is plan.kind}
        for code in plan.templates:
            if code not in known:
                file = (home / PLANS / f"{plan.code}.yaml").as_posix()
                mend = "name templates of its kind, or leave the list empty for all of them"
                yield Problem(file, 1, "templates", f"there is no {plan.kind} template {code!r}", mend)
