"""One thing wrong with a scenario: where, what, and how to mend it."""

from dataclasses import dataclass

from lms.domain.scenarios.scenario import Place
from lms.domain.wording import Worded


@dataclass(frozen=True, slots=True)
class Flaw:
    place: Place
    what: Worded
    mend: Worded
