"""What the agent's words and deeds do to the customer's emotion."""

from collections.abc import Iterator, Sequence

from lms.domain.conversation.reply import Felt
from lms.domain.conversation.state import State, joined
from lms.domain.scenarios.conditions import Stimulus
from lms.domain.scenarios.scenario import Scenario


def felt(
    scenario: Scenario, state: State, heard: Sequence[str], deed: str | None, seconds: float
) -> tuple[State, tuple[Felt, ...]]:
    """The state with its new emotion and sprung traps, and each trigger and trap that was hit."""
    hit = (*_triggers(scenario, state, heard, deed, seconds), *_traps(scenario, heard))
    traps = [trap.id for trap in scenario.traps if _any_of(trap.heard, heard)]
    triggers = [trigger.id for trigger in scenario.emotion.triggers]
    after = state.with_(
        emotion=scenario.emotion.bounded(state.emotion + sum(one.delta for one in hit)),
        fired=joined(state.fired, [one.id for one in hit if one.id in triggers]),
        traps=joined(state.traps, traps),
    )
    return after, hit


def _triggers(
    scenario: Scenario, state: State, heard: Sequence[str], deed: str | None, seconds: float
) -> Iterator[Felt]:
    for trigger in scenario.emotion.triggers:
        spent = trigger.once and trigger.id in state.fired
        if not spent and _hits(trigger.when, heard, deed, seconds):
            yield Felt(id=trigger.id, delta=trigger.delta)


def _hits(when: Stimulus, heard: Sequence[str], deed: str | None, seconds: float) -> bool:
    if when.heard is not None:
        return _any_of(when.heard, heard)
    if when.deed is not None:
        return when.deed == deed
    return when.slow_s is not None and seconds > when.slow_s


def _traps(scenario: Scenario, heard: Sequence[str]) -> Iterator[Felt]:
    for trap in scenario.traps:
        if _any_of(trap.heard, heard):
            yield Felt(id=trap.id, delta=trap.delta)


def _any_of(names: Sequence[str], heard: Sequence[str]) -> bool:
    return any(name in heard for name in names)
