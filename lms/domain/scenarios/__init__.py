"""Scenarios 情景: the script of a role-play as one value, and what keeps it from being played."""

from lms.domain.scenarios.beats import Ending
from lms.domain.scenarios.customer import Fact, KnownBy
from lms.domain.scenarios.flaw import Flaw
from lms.domain.scenarios.flaws import flaws, shared_flaws
from lms.domain.scenarios.intents import Intent, heard
from lms.domain.scenarios.own_tests import OwnTest
from lms.domain.scenarios.placing import placed
from lms.domain.scenarios.record import CrmRecord
from lms.domain.scenarios.record_flaws import unlawful
from lms.domain.scenarios.rubric import Criterion, Rubric
from lms.domain.scenarios.scenario import Place, Scenario, SharedParts, complete
from lms.domain.scenarios.story import ways

__all__ = [
    "Criterion",
    "CrmRecord",
    "Ending",
    "Fact",
    "Flaw",
    "Intent",
    "KnownBy",
    "OwnTest",
    "Place",
    "Rubric",
    "Scenario",
    "SharedParts",
    "complete",
    "flaws",
    "heard",
    "placed",
    "shared_flaws",
    "unlawful",
    "ways",
]
