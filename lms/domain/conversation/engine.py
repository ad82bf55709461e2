"""The engine that owns the story (contract 8): one turn in, the next state and the customer's line out.

A scenario must be complete (:func:`~lms.domain.scenarios.complete`) and without flaws; then no sequence of turns
raises, the emotion stays in its bounds, and every conversation ends.
"""

from collections.abc import Iterable

from lms.domain.conversation.conditions import hold, ready
from lms.domain.conversation.feeling import felt
from lms.domain.conversation.lines import spoken
from lms.domain.conversation.reply import Reply
from lms.domain.conversation.script import ended, moved
from lms.domain.conversation.state import State, joined
from lms.domain.conversation.turns import Deed, Said, Silence
from lms.domain.scenarios.beats import Ending
from lms.domain.scenarios.hearing import sentences
from lms.domain.scenarios.intents import heard
from lms.domain.scenarios.scenario import Scenario
from lms.domain.values import Language

MOST_TURNS = 80  # after so many the customer's patience is over, whatever was said


def start(scenario: Scenario, language: Language, seed: int) -> tuple[State, Reply]:
    """The call is put through and the customer speaks first."""
    first = scenario.beats[0]
    state = State(
        scenario=scenario.id, language=language, seed=seed, beat=first.id, emotion=scenario.emotion.start,
        visits={first.id: 1},
    )  # fmt: skip
    after, reply = spoken(first.say, scenario, state)
    return _clocked(scenario, after), reply


def step(scenario: Scenario, state: State, turn: Said | Silence | Deed) -> tuple[State, Reply]:
    """The state after ``turn`` and the customer's reply; after the end nothing changes and nobody answers."""
    if state.end is not None:
        return state, Reply()
    state = state.with_(turns=state.turns + 1, elapsed_ms=state.elapsed_ms + round(turn.seconds * 1000))
    if state.turns > MOST_TURNS:
        return ended(Ending.UNRESOLVED, scenario, state, Reply())
    if isinstance(turn, Deed):
        after, reply = _done(scenario, state, turn)
    elif isinstance(turn, Said) and sentences(turn.text):
        after, reply = _said(scenario, state, turn)
    else:
        after, reply = _silent(scenario, state)
    return _clocked(scenario, after), reply


def replay(scenario: Scenario, language: Language, seed: int, turns: Iterable[Said | Silence | Deed]) -> State:
    """The state that a stored log leads to."""
    state, _ = start(scenario, language, seed)
    for turn in turns:
        state, _ = step(scenario, state, turn)
    return state


def _said(scenario: Scenario, state: State, turn: Said) -> tuple[State, Reply]:
    names = heard(scenario.intents, turn.text, state.language)
    if not names and turn.hint in scenario.intents:
        names = (turn.hint,)
    state = state.with_(ever=joined(state.ever, names), check_ins=0, on_hold=False)
    state, hit = felt(scenario, state, names, None, turn.seconds)
    reply = Reply(heard=names, felt=hit)
    failures = [failure for failure in scenario.critical if any(name in names for name in failure.heard)]
    state = state.with_(critical=joined(state.critical, [failure.id for failure in failures]))
    if any(name in names for name in scenario.level.told_by):
        state = _handed_over(state)
    if any(failure.ends for failure in failures):
        return ended(Ending.FAILED, scenario, state, reply)
    leaves = scenario.emotion.leaves
    if state.emotion >= leaves.at and sum(one.delta for one in hit) > 0:
        if state.warnings >= leaves.warnings:
            return ended(Ending.WALKED_OUT, scenario, state, reply)
        return spoken(leaves.say, scenario, state.with_(warnings=state.warnings + 1), reply)
    return moved(scenario, state, reply)


def _done(scenario: Scenario, state: State, turn: Deed) -> tuple[State, Reply]:
    state, hit = felt(scenario, state, (), turn.do, turn.seconds)
    reply = Reply(felt=hit)
    if turn.do == "transfer":
        return ended(Ending.TRANSFERRED, scenario, state, reply)
    if turn.do == "hang-up":
        accepted = scenario.beat_by_id[state.beat].otherwise.go == Ending.RESOLVED and ready(scenario, state)
        return ended(Ending.RESOLVED if accepted else Ending.HUNG_UP, scenario, state, reply)
    if turn.do == "ticket":
        return _handed_over(state), reply
    return state.with_(on_hold=True), reply


def _silent(scenario: Scenario, state: State) -> tuple[State, Reply]:
    silence = scenario.silence
    emotion = scenario.emotion.bounded(state.emotion + silence.delta)
    state = state.with_(emotion=emotion, check_ins=state.check_ins + 1, on_hold=False)
    if state.check_ins > silence.check_ins:
        return ended(Ending.SILENT, scenario, state, Reply())
    return spoken(silence.say, scenario, state, Reply())


def _handed_over(state: State) -> State:
    return state if state.handed_over_ms is not None else state.with_(handed_over_ms=state.elapsed_ms)


def _clocked(scenario: Scenario, state: State) -> State:
    """The level-3 clock starts when its need first shows."""
    shows = scenario.level.shows
    if not shows or state.need_shown_ms is not None or not hold(shows, scenario, state):
        return state
    return state.with_(need_shown_ms=state.elapsed_ms)
