"""Whether conditions hold in a state, which facts may be said in it, and what a good end still lacks."""

from collections.abc import Iterable, Sequence

from lms.domain.conversation.state import State
from lms.domain.scenarios.beats import Need
from lms.domain.scenarios.conditions import Condition
from lms.domain.scenarios.customer import Fact
from lms.domain.scenarios.scenario import Scenario


def hold(conditions: Iterable[Condition], scenario: Scenario, state: State, heard: Sequence[str] = ()) -> bool:
    return all(_holds(condition, scenario, state, heard) for condition in conditions)


def _holds(condition: Condition, scenario: Scenario, state: State, heard: Sequence[str]) -> bool:
    if condition.heard is not None:
        return any(name in heard for name in condition.heard)
    if condition.ever is not None:
        return any(name in state.ever for name in condition.ever)
    if condition.never is not None:
        return not any(name in state.ever for name in condition.never)
    if condition.visited is not None:
        return any(state.visits.get(name) for name in condition.visited)
    if condition.calm is not None:
        return state.emotion <= condition.calm
    if condition.upset is not None:
        return state.emotion >= condition.upset
    return ready(scenario, state) if condition.ready else True


def may_say(fact: Fact, scenario: Scenario, state: State) -> bool:
    """Whether the customer may speak of ``fact`` now."""
    return bool(fact.reveal) and hold(fact.reveal, scenario, state)


def unmet(scenario: Scenario, state: State) -> list[Need]:
    """What must still be said for a resolved end, in the scenario's order."""
    return [need for need in scenario.needs if not any(name in state.ever for name in need.heard)]


def ready(scenario: Scenario, state: State) -> bool:
    """Whether the call may end well: everything needed was said, and the customer is calm enough."""
    return state.emotion <= scenario.emotion.good and not unmet(scenario, state)
