"""Which variant of a line the customer says: never a fact too early, a new one rather than an old, by the seed."""

import hashlib
from collections.abc import Sequence

from lms.domain.conversation.conditions import may_say
from lms.domain.conversation.reply import Reply
from lms.domain.conversation.state import State, joined
from lms.domain.scenarios.scenario import Scenario
from lms.domain.scenarios.texts import SpokenLine


def spoken(
    say: Sequence[SpokenLine], scenario: Scenario, state: State, reply: Reply | None = None
) -> tuple[State, Reply]:
    """``state`` after one of ``say``, and ``reply`` with that line."""
    line = chosen(say, scenario, state)
    after = state.with_(revealed=joined(state.revealed, line.reveals), spoken=(*state.spoken, line.id))
    return after, (reply or Reply()).model_copy(update={"line": line})


def chosen(say: Sequence[SpokenLine], scenario: Scenario, state: State) -> SpokenLine:
    """Of the lines that may be said: one that reveals something new, else one not heard before, else any."""
    facts = scenario.fact_by_id
    allowed = [line for line in say if all(may_say(facts[name], scenario, state) for name in line.reveals)]
    secrets = {fact.id for fact in scenario.facts if not fact.known_at_once} - set(state.revealed)
    telling = [line for line in allowed if secrets & set(line.reveals)]
    fresh = [line for line in allowed if line.id not in state.spoken]
    new = [line for line in fresh if all(facts[name].known_at_once for name in line.reveals)]
    choices = telling or new or fresh or allowed
    dice = hashlib.sha256(f"{state.seed}:{choices[0].id}:{len(state.spoken)}".encode()).digest()
    return choices[int.from_bytes(dice[:4], "big") % len(choices)]
