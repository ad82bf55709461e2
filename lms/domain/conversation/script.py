"""How the story moves: the beat's own moves, those from anywhere, answers to side questions, else."""

from collections.abc import Iterator

from lms.domain.conversation.conditions import hold, ready, unmet
from lms.domain.conversation.lines import spoken
from lms.domain.conversation.reply import Reply
from lms.domain.conversation.state import State
from lms.domain.scenarios.beats import Beat, Ending, Move
from lms.domain.scenarios.scenario import Scenario
from lms.domain.scenarios.texts import SpokenLine

ASKED = 2  # a customer asks for the same thing so often, then gives up asking

_ENDINGS = {ending.value: ending for ending in Ending}


def moved(scenario: Scenario, state: State, reply: Reply) -> tuple[State, Reply]:
    """The customer's answer to what was heard; every path of it is capped."""
    beat = scenario.beat_by_id[state.beat]
    for move in (*beat.on, *scenario.anywhere):
        if hold(move.when, scenario, state, reply.heard) and _open(move, scenario, state):
            return arrived(move.go, scenario, state, reply)
    for answer in scenario.answers:
        name = f"answer:{answer.id}"
        if any(one in reply.heard for one in answer.heard) and state.used.get(name, 0) < answer.max:
            return spoken(answer.say, scenario, state.with_(used=state.counted(name)), reply)
    return _otherwise(beat, scenario, state, reply)


def _open(move: Move, scenario: Scenario, state: State) -> bool:
    """Whether the goal still takes the customer: a beat has visits left, a resolved end is deserved."""
    if move.go in _ENDINGS:
        return move.go != Ending.RESOLVED or ready(scenario, state)
    return state.visits.get(move.go, 0) < scenario.beat_by_id[move.go].visits


def arrived(goal: str, scenario: Scenario, state: State, reply: Reply) -> tuple[State, Reply]:
    if goal in _ENDINGS:
        return ended(_ENDINGS[goal], scenario, state, reply)
    visits = {**state.visits, goal: state.visits.get(goal, 0) + 1}
    return spoken(scenario.beat_by_id[goal].say, scenario, state.with_(beat=goal, misses=0, visits=visits), reply)


def ended(ending: Ending, scenario: Scenario, state: State, reply: Reply) -> tuple[State, Reply]:
    """The end and its last line, if the customer has one; a resolved end that is not deserved is unresolved."""
    if ending is Ending.RESOLVED and not ready(scenario, state):
        ending = Ending.UNRESOLVED
    over = state.with_(end=ending)
    end = scenario.ends.of(ending)
    return spoken(end.say, scenario, over, reply) if end else (over, reply)


def _otherwise(beat: Beat, scenario: Scenario, state: State, reply: Reply) -> tuple[State, Reply]:
    otherwise = beat.otherwise
    warmer = state.with_(emotion=scenario.emotion.bounded(state.emotion + otherwise.delta))
    if state.misses >= otherwise.max:
        return arrived(_onward(otherwise.go, scenario, state), scenario, warmer, reply)
    missed = warmer.with_(misses=state.misses + 1)
    for name, ask in _questions(beat, scenario, state):
        return spoken(ask, scenario, missed.with_(used=state.counted(name)), reply)
    return spoken(otherwise.say, scenario, missed, reply)


def _questions(beat: Beat, scenario: Scenario, state: State) -> Iterator[tuple[str, tuple[SpokenLine, ...]]]:
    """What the customer may still ask for here, each under the name by which it is counted."""
    for need in unmet(scenario, state) if beat.otherwise.asks else ():
        name = f"need:{need.id}"
        if state.used.get(name, 0) < ASKED:
            yield name, need.ask


def _onward(goal: str, scenario: Scenario, state: State) -> str:
    """``goal``, or what its else leads to where its visits are used up; else never goes round (checked)."""
    while goal not in _ENDINGS and state.visits.get(goal, 0) >= scenario.beat_by_id[goal].visits:
        goal = scenario.beat_by_id[goal].otherwise.go
    return goal
