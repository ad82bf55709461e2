"""Long silences made explicit: where an agent takes a minute to answer, the customer has asked twice meanwhile."""

from collections.abc import Iterator

from lms.domain.conversation.state import State
from lms.domain.conversation.turns import Deed, Said, Silence
from lms.domain.scenarios.scenario import Scenario


def silence_limit(scenario: Scenario, state: State) -> int:
    """Seconds until the customer asks whether anybody is there."""
    return scenario.silence.hold_s if state.on_hold else scenario.silence.after_s


def with_silences(scenario: Scenario, state: State, turn: Said | Deed) -> Iterator[Said | Deed | Silence]:
    """``turn`` after each :class:`Silence` that fits into its seconds; its own are those since the last of them."""
    left, limit = turn.seconds, silence_limit(scenario, state)
    for _ in range(scenario.silence.check_ins + 1):
        if left < limit:
            break
        yield Silence(seconds=limit)
        left, limit = left - limit, scenario.silence.after_s
    yield turn.model_copy(update={"seconds": left})
