"""The script as a graph: every beat can be reached, every call comes to an end, a good one to a good end."""

from collections.abc import Iterator

from lms.domain.scenarios.beats import Ending
from lms.domain.scenarios.flaw import Flaw
from lms.domain.scenarios.references import conditions
from lms.domain.scenarios.scenario import Scenario
from lms.domain.values import Language
from lms.domain.wording import Worded

ENDS_TESTED = (Ending.RESOLVED, Ending.WALKED_OUT, Ending.SILENT)


def flaws(scenario: Scenario) -> Iterator[Flaw]:
    yield from _unreachable(scenario)
    yield from _endless(scenario)
    yield from _never_resolved(scenario)
    yield from _emotion(scenario)
    yield from _level(scenario)
    yield from _untested(scenario)


def ways(scenario: Scenario) -> dict[str, list[str]]:
    """From each beat the beats and endings that it may lead to: the edges of the graph that authors see."""
    anywhere = [move.go for move in scenario.anywhere]
    return {
        beat.id: list(dict.fromkeys([*(move.go for move in beat.on), *anywhere, beat.otherwise.go]))
        for beat in scenario.beats
    }


def _unreachable(scenario: Scenario) -> Iterator[Flaw]:
    onward = ways(scenario)
    reached, waiting = set(), [scenario.beats[0].id]
    while waiting:
        if (name := waiting.pop()) not in reached and name in onward:
            reached.add(name)
            waiting += onward[name]
    for number, beat in enumerate(scenario.beats):
        if beat.id not in reached:
            mend = Worded("name it in the go of another, or delete it")
            yield Flaw(("beats", number, "id"), Worded("nothing leads to this beat"), mend)


def _endless(scenario: Scenario) -> Iterator[Flaw]:
    """Moves are capped by the visits of their beats, ``else`` by its max; what else leads to must not go round."""
    for number, beat in enumerate(scenario.beats):
        chain, name = [beat.id], beat.otherwise.go
        while name in scenario.beat_by_id and name not in chain:
            chain.append(name)
            name = scenario.beat_by_id[name].otherwise.go
        if name == beat.id:
            what = Worded("else goes round without end: %(round)s", round=" → ".join([*chain, name]))
            yield Flaw(("beats", number, "else", "go"), what, Worded("let one of them lead to an ending"))


def _never_resolved(scenario: Scenario) -> Iterator[Flaw]:
    if not any(Ending.RESOLVED.value in goals for goals in ways(scenario).values()):
        mend = Worded("let a move or an else go to resolved")
        yield Flaw(("beats",), Worded("no beat leads to resolved"), mend)


def _emotion(scenario: Scenario) -> Iterator[Flaw]:
    emotion = scenario.emotion
    if not emotion.lowest <= emotion.start <= emotion.highest:
        what = Worded("%(start)s is outside %(lowest)s to %(highest)s",
                      start=emotion.start, lowest=emotion.lowest, highest=emotion.highest)  # fmt: skip
        yield Flaw(("emotion", "start"), what, Worded("start between lowest and highest"))
    if not emotion.lowest <= emotion.good < emotion.leaves.at:
        what = Worded("%(good)s is not between lowest and leaves.at", good=emotion.good)
        yield Flaw(("emotion", "good"), what, Worded("a good end is calmer than one who walks out"))
    if not emotion.good < emotion.leaves.at <= emotion.highest:
        what = Worded("%(at)s is never reached, or too early", at=emotion.leaves.at)
        yield Flaw(("emotion", "leaves", "at"), what, Worded("write a number above good, up to highest"))
    calming = sum(trigger.delta for trigger in emotion.triggers if trigger.delta < 0)
    if emotion.start + calming > emotion.good:
        what = Worded("all calming triggers together leave %(left)s, a good end needs %(good)s",
                      left=emotion.start + calming, good=emotion.good)  # fmt: skip
        yield Flaw(("emotion", "triggers"), what, Worded("add a trigger that calms, or start calmer"))


def _level(scenario: Scenario) -> Iterator[Flaw]:
    level = scenario.level
    if level.of == 3 and not level.shows:
        what = Worded("at level 3 the need for a hand-over shows")
        yield Flaw(("level", "shows"), what, Worded("say when: visited: [a beat]"))
    if level.of < 3 and (level.shows or level.told_by):
        yield Flaw(("level",), Worded("only level 3 has a hand-over"), Worded("write shows: [] and told_by: []"))
    for place, condition in conditions(scenario):
        if place[0] == "level" and (condition.heard or condition.ready):
            what = Worded("a need shows in what happened before")
            yield Flaw(place, what, Worded("write start, ever, visited, calm or upset"))


def _untested(scenario: Scenario) -> Iterator[Flaw]:
    tested = {(test.language, test.ends) for test in scenario.tests}
    for language in Language:
        for ending in ENDS_TESTED:
            if (language, ending) not in tested:
                what = Worded("no test in %(language)s comes to a %(ending)s end",
                              language=language.value, ending=ending.value)  # fmt: skip
                yield Flaw(("tests",), what, Worded("write a short conversation that does"))
