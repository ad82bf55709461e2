"""What keeps a scenario from being played: found here without playing it."""

from collections.abc import Iterator

from lms.domain.scenarios import examples, foresight, record_flaws, references, story
from lms.domain.scenarios.flaw import Flaw
from lms.domain.scenarios.scenario import Scenario, SharedParts


def flaws(scenario: Scenario, shared: SharedParts) -> list[Flaw]:
    """All flaws of ``scenario`` as its author wrote it (not completed); empty where it can be played.

    What refers to nothing is told first and alone: the other rules would stumble over it.
    """
    dangling = [*references.flaws(scenario, shared)]
    return dangling or [*_others(scenario)]


def _others(scenario: Scenario) -> Iterator[Flaw]:
    yield from story.flaws(scenario)
    yield from foresight.flaws(scenario)
    yield from record_flaws.untold(scenario)
    yield from examples.flaws(scenario.intents)


def shared_flaws(shared: SharedParts) -> list[Flaw]:
    return [*examples.flaws(shared.intents)]
