"""All content that seeds the database, read together: scenarios are named by plans and by benchmark calls."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lms.config import ROOT
from lms.content import benchmarks, drill_plans, roleplay_plans, scenarios
from lms.content.bank import BankFiles, read_bank
from lms.content.benchmarks import BenchmarkFiles, read_benchmarks
from lms.content.drill_plans import DrillPlanFiles, read_drill_plans
from lms.content.problems import Problem
from lms.content.roleplay_plans import RolePlayPlanFiles, read_roleplay_plans
from lms.content.scenarios import ScenarioFiles, read_scenarios
from lms.domain.plans import Plan
from lms.domain.scenarios import Scenario

QUESTION_BANK = "question_bank"


@dataclass(frozen=True, slots=True)
class Seeds:
    """What is loaded in one commit; with errors in any part nothing is."""

    bank: BankFiles
    drills: DrillPlanFiles
    scripts: ScenarioFiles
    calls: RolePlayPlanFiles
    benchmarks: BenchmarkFiles

    @property
    def errors(self) -> Sequence[Problem]:
        parts = (self.bank, self.drills, self.scripts, self.calls, self.benchmarks)
        return [problem for part in parts for problem in part.errors]

    @property
    def plans(self) -> list[Plan]:
        """Of drills and of role-plays; an exam's blueprints are the bank's."""
        return [*self.drills.plans.values(), *self.calls.plans.values()]

    @property
    def scenarios(self) -> list[Scenario]:
        return [filed.scenario for filed in self.scripts.scenarios.values()]


def shipped_seeds(root: Path) -> Seeds:
    """What comes with the program, below ``root``."""
    scripts = read_scenarios(root / scenarios.FOLDER)
    return Seeds(
        read_bank(root / QUESTION_BANK),
        read_drill_plans(root / drill_plans.SHIPPED),
        scripts,
        read_roleplay_plans(root / roleplay_plans.SHIPPED, scripts.scenarios),
        read_benchmarks(root / scenarios.FOLDER / benchmarks.FOLDER, scripts.scenarios),
    )


def fingerprint(root: Path) -> str:
    """SHA-256 of all that decides what a load of the shipped content does: the files, and the program with its parts.

    Reading the content takes half a second, reading this a thirtieth of it.
    """
    found = hashlib.sha256()
    for part in (root / QUESTION_BANK, root / scenarios.FOLDER, ROOT / "lms", ROOT / "requirements.txt"):
        for path in sorted([part, *part.rglob("*")]):
            if path.suffix in (".yaml", ".md", ".py", ".txt"):
                body = path.read_bytes()
                found.update(f"{path.relative_to(part.parent)}\n{len(body)}\n".encode() + body)
    return found.hexdigest()


def exported_seeds(folder: Path) -> Seeds:
    """What `content export` wrote to ``folder``, or somebody in its form; parts may be missing."""
    written = folder / scenarios.FOLDER
    scripts = read_scenarios(written if written.is_dir() else [])
    return Seeds(
        read_bank(folder),
        read_drill_plans(folder / "plans"),
        scripts,
        read_roleplay_plans(folder / roleplay_plans.EXPORTED, scripts.scenarios or None),
        read_benchmarks(folder / benchmarks.FOLDER, scripts.scenarios),
    )
