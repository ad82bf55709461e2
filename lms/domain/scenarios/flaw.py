"""One thing wrong with a scenario: where, what, and how to mend it."""

from dataclasses import dataclass

from lms.domain.scenarios.scenario import Place


@dataclass(frozen=True, slots=True)
class Flaw:
    place: Place
    what: str
    mend: str
