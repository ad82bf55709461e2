"""Every name in a scenario names something, and no name is given twice."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from lms.domain.scenarios.beats import Ending
from lms.domain.scenarios.conditions import Condition
from lms.domain.scenarios.flaw import Flaw
from lms.domain.scenarios.rubric import CRITERIA
from lms.domain.scenarios.scenario import Place, Scenario, SharedParts
from lms.domain.wording import Worded

# Endings that only the agent's own deeds bring about.
_AGENTS_OWN = {Ending.HUNG_UP, Ending.TRANSFERRED}
GOALS = [ending.value for ending in Ending if ending not in _AGENTS_OWN]


def flaws(scenario: Scenario, shared: SharedParts) -> Iterator[Flaw]:
    yield from _twice(scenario)
    yield from _intents(scenario, shared)
    yield from _goals(scenario)
    yield from _facts(scenario)
    yield from _traps(scenario)
    yield from _rubric(scenario, shared)


def conditions(scenario: Scenario) -> Iterator[tuple[Place, Condition]]:
    """Every condition with its place."""
    for number, fact in enumerate(scenario.facts):
        yield from _listed(("facts", number, "reveal"), fact.reveal)
    for number, beat in enumerate(scenario.beats):
        for index, move in enumerate(beat.on):
            yield from _listed(("beats", number, "on", index, "when"), move.when)
    for index, move in enumerate(scenario.anywhere):
        yield from _listed(("anywhere", index, "when"), move.when)
    yield from _listed(("level", "shows"), scenario.level.shows)


def _listed(place: Place, held: Sequence[Condition]) -> Iterator[tuple[Place, Condition]]:
    for index, condition in enumerate(held):
        yield (*place, index), condition


def _twice(scenario: Scenario) -> Iterator[Flaw]:
    groups: dict[str, Sequence[Any]] = {
        "facts": scenario.facts, "beats": scenario.beats, "answers": scenario.answers, "needs": scenario.needs,
        "traps": scenario.traps, "critical": scenario.critical, "tests": scenario.tests,
    }  # fmt: skip
    for name, listed in groups.items():
        yield from _repeated([((name, index, "id"), one.id) for index, one in enumerate(listed)])
    triggers = scenario.emotion.triggers
    yield from _repeated([(("emotion", "triggers", index, "id"), one.id) for index, one in enumerate(triggers)])
    yield from _repeated([((*at, n, "id"), line.id) for at, say in scenario.spoken() for n, line in enumerate(say)])
    for number, beat in enumerate(scenario.beats):
        if beat.id in set(Ending):
            what = Worded("%(beat)s is the name of an ending", beat=beat.id)
            yield Flaw(("beats", number, "id"), what, Worded("name the beat otherwise"))


def _repeated(named: Iterable[tuple[Place, str]]) -> Iterator[Flaw]:
    seen = set()
    for place, name in named:
        if name in seen:
            yield Flaw(place, Worded("%(name)s is there already", name=name), Worded("give each its own id"))
        seen.add(name)


def _intents(scenario: Scenario, shared: SharedParts) -> Iterator[Flaw]:
    used = list(_intents_used(scenario))
    known = scenario.intents.keys() | shared.intents.keys()
    yield from _unknown(used, known, Worded("intent"))
    for name in scenario.intents.keys() & shared.intents.keys():
        what = Worded("%(name)s is a shared intent", name=name)
        yield Flaw(("intents", name), what, Worded("name it otherwise, or use the shared one"))
    for name in scenario.intents.keys() - {one for _, one in used}:
        mend = Worded("use it in a beat, a trigger or a need, or delete it")
        yield Flaw(("intents", name), Worded("the intent is used nowhere"), mend)


def _intents_used(scenario: Scenario) -> Iterator[tuple[Place, str]]:
    for place, condition in conditions(scenario):
        key = next((key for key in ("heard", "ever", "never") if getattr(condition, key)), "heard")
        yield from _indexed((*place, key), condition.intents)
    for number, trigger in enumerate(scenario.emotion.triggers):
        yield from _indexed(("emotion", "triggers", number, "when", "heard"), trigger.when.heard or ())
    yield from _indexed(("level", "told_by"), scenario.level.told_by)
    listening: dict[str, Sequence[Any]] = {
        "answers": scenario.answers, "needs": scenario.needs, "traps": scenario.traps, "critical": scenario.critical
    }  # fmt: skip
    for name, listed in listening.items():
        for number, one in enumerate(listed):
            yield from _indexed((name, number, "heard"), one.heard)


def _indexed(place: Place, names: Sequence[str]) -> Iterator[tuple[Place, str]]:
    for index, name in enumerate(names):
        yield (*place, index), name


def _unknown(used: Iterable[tuple[Place, str]], known: Collection[str], kind: Worded) -> Iterator[Flaw]:
    for place, name in used:
        if name not in known:
            yield Flaw(place, Worded("there is no %(kind)s %(name)r", kind=kind, name=name), instead(name, known))


def instead(name: str, known: Collection[str], at_most: int = 60) -> Worded:
    """What may stand where nothing is named ``name``; ``at_most`` names are listed."""
    if near := get_close_matches(name, known, n=1):
        return Worded("did you mean %(near)r?", near=near[0])
    return Worded("write one of: %(names)s", names=", ".join(sorted(known)[:at_most]))


def _goals(scenario: Scenario) -> Iterator[Flaw]:
    beats = [beat.id for beat in scenario.beats]
    goals: list[tuple[Place, str]] = []
    for number, beat in enumerate(scenario.beats):
        goals += [(("beats", number, "on", index, "go"), move.go) for index, move in enumerate(beat.on)]
        goals.append((("beats", number, "else", "go"), beat.otherwise.go))
    goals += [(("anywhere", index, "go"), move.go) for index, move in enumerate(scenario.anywhere)]
    yield from _unknown(goals, [*beats, *GOALS], Worded("beat or ending"))
    visited = [(place, condition.visited or ()) for place, condition in conditions(scenario)]
    passed = [one for at, names in visited for one in _indexed((*at, "visited"), names)]
    yield from _unknown(passed, beats, Worded("beat"))


def _facts(scenario: Scenario) -> Iterator[Flaw]:
    known = [fact.id for fact in scenario.facts]
    for place, say in scenario.spoken():
        for number, line in enumerate(say):
            yield from _unknown(_indexed((*place, number, "reveals"), line.reveals), known, Worded("fact"))
    for number, test in enumerate(scenario.tests):
        yield from _unknown(_indexed(("tests", number, "reveals"), test.reveals), known, Worded("fact"))


def _traps(scenario: Scenario) -> Iterator[Flaw]:
    known = [trap.id for trap in scenario.traps]
    for number, test in enumerate(scenario.tests):
        yield from _unknown(_indexed(("tests", number, "traps"), test.traps), known, Worded("trap"))


def _rubric(scenario: Scenario, shared: SharedParts) -> Iterator[Flaw]:
    rubric = scenario.rubric
    named = [(("rubric", key), getattr(rubric, key)) for key in ("opening", "closing") if getattr(rubric, key)]
    yield from _unknown(named, [criterion.id for criterion in shared.criteria], Worded("shared criterion"))
    own = [(("rubric", "own", index, "id"), criterion.id) for index, criterion in enumerate(rubric.own)]
    yield from _repeated([*named, *own])
    if (count := len(named) + len(own)) != CRITERIA:
        what = Worded("the rubric has %(count)s criteria, %(wanted)s are marked", count=count, wanted=CRITERIA)
        yield Flaw(("rubric",), what, Worded("add what is missing, or name a shared opening and closing"))
