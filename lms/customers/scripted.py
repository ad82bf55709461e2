"""The scripted customer: says the engine's line as it is written. Deterministic by the state's seed, at once."""

from collections.abc import Sequence

from lms.customers import Line, Utterance
from lms.domain.conversation import Reply, State
from lms.domain.scenarios import Scenario


class Scripted:
    def reply(self, scenario: Scenario, transcript: Sequence[Utterance], state: State, due: Reply) -> Line | None:
        if due.line is None:
            return None
        return Line(text=due.line.in_(state.language), line_id=due.line.id, by="scripted")
