"""A scripted customer against prepared turns of an agent: a scenario's own tests, and trainers' rehearsals."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lms.domain.conversation.engine import start, step
from lms.domain.conversation.reply import Reply
from lms.domain.conversation.silences import with_silences
from lms.domain.conversation.state import State
from lms.domain.conversation.turns import Deed, Said, Silence
from lms.domain.scenarios.own_tests import OwnTest, TestedTurn
from lms.domain.scenarios.scenario import Scenario
from lms.domain.values import Language


@dataclass(frozen=True, slots=True)
class Step:
    """One turn (None: the call is put through), the state after it, and what the customer answered."""

    turn: Said | Deed | Silence | None
    state: State
    reply: Reply


def rehearsed(scenario: Scenario, language: Language, seed: int, agent: Iterable[Said | Deed]) -> Iterator[Step]:
    """Every step until the end, or until the agent's turns are over; seconds count from the customer's last line."""
    state, reply = start(scenario, language, seed)
    yield Step(None, state, reply)
    for prepared in agent:
        for turn in with_silences(scenario, state, prepared):
            if state.end is not None:
                return
            state, reply = step(scenario, state, turn)
            yield Step(turn, state, reply)


def tested_turn(turn: TestedTurn) -> Said | Deed:
    if turn.do is not None:
        return Deed(do=turn.do, seconds=turn.s)
    return Said(text=turn.say or "", seconds=turn.s)


def run(test: OwnTest, scenario: Scenario) -> State:
    """The state in which ``test`` leaves the conversation."""
    *_, last = rehearsed(scenario, test.language, test.seed, map(tested_turn, test.agent))
    return last.state
