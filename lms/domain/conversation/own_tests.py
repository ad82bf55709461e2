"""A scenario's own tests, run: what did not come out as its author meant it."""

from collections.abc import Iterator

from lms.domain.conversation.rehearsal import run
from lms.domain.scenarios.flaw import Flaw
from lms.domain.scenarios.hearing import plain
from lms.domain.scenarios.own_tests import OwnTest
from lms.domain.scenarios.scenario import Place, Scenario
from lms.domain.wording import Worded


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
                what = Worded("this is one of the examples")
                yield Flaw((*at, "agent", index, "say"), what, Worded("say it in other words"))
        yield from _outcome(test, scenario, at)


def _outcome(test: OwnTest, scenario: Scenario, at: Place) -> Iterator[Flaw]:
    state = run(test, scenario)
    where = Worded("at %(beat)s, emotion %(emotion)s, after %(turns)s turns",
                   beat=state.beat, emotion=state.emotion, turns=state.turns)  # fmt: skip
    if state.end is not test.ends:
        ended = state.end.value if state.end else Worded("no end")
        what = Worded("the test comes to %(end)s (%(where)s)", end=ended, where=where)
        yield Flaw((*at, "ends"), what, Worded("mend the script or the patterns, or the test"))
    for index, fact in enumerate(test.reveals):
        if fact not in state.revealed:
            what = Worded("%(fact)s does not come out (%(where)s)", fact=fact, where=where)
            yield Flaw((*at, "reveals", index), what, Worded("mend the script, or the test"))
    if set(test.traps) != set(state.traps):
        sprung = ", ".join(sorted(state.traps)) or Worded("none")
        what = Worded("the traps sprung are: %(traps)s", traps=sprung)
        yield Flaw((*at, "traps"), what, Worded("mend the patterns, or the test"))
