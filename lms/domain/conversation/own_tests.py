"""A scenario's own tests, run: what did not come out as its author meant it."""

from collections.abc import Iterator

from lms.domain.conversation.rehearsal import run
from lms.domain.scenarios.flaw import Flaw
from lms.domain.scenarios.hearing import plain
from lms.domain.scenarios.own_tests import OwnTest
from lms.domain.scenarios.scenario import Place, Scenario


def failed_tests(scenario: Scenario) -> Iterator[Flaw]:
    """Flaws of the tests of a complete ``scenario``: wrong ends, and sentences that are examples already."""
    known = {
        plain(example)
        for intent in scenario.intents.values()
        for samples in (intent.yes, intent.no)
        for example in (*samples.zh, *samples.en)
    }
    for number, test in enumerate(scenario.tests):
        at: Place = ("tests", number)
        for index, turn in enumerate(test.agent):
            if turn.say is not None and plain(turn.say) in known:
                yield Flaw((*at, "agent", index, "say"), "this is one of the examples", "say it in other words")
        yield from _outcome(test, scenario, at)


def _outcome(test: OwnTest, scenario: Scenario, at: Place) -> Iterator[Flaw]:
    state = run(test, scenario)
    where = f"at {state.beat}, emotion {state.emotion}, after {state.turns} turns"
    if state.end is not test.ends:
        ended = state.end.value if state.end else "no end"
        yield Flaw(
            (*at, "ends"), f"the test comes to {ended} ({where})", "mend the script or the patterns, or the test"
        )
    for index, fact in enumerate(test.reveals):
        if fact not in state.revealed:
            yield Flaw((*at, "reveals", index), f"{fact} does not come out ({where})", "mend the script, or the test")
    if set(test.traps) != set(state.traps):
        sprung = ", ".join(sorted(state.traps)) or "none"
        yield Flaw((*at, "traps"), f"the traps sprung are: {sprung}", "mend the patterns, or the test")
