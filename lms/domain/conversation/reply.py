"""What the engine answers to one turn: the customer's line, and what was heard and felt, for whoever watches."""

from lms.domain.scenarios.texts import SpokenLine
from lms.domain.values import Value


class Felt(Value):
    """A trigger or trap that was hit, and what it did to the emotion before bounds."""

    id: str
    delta: int


class Reply(Value):
    """``line`` is the scripted line due now, or None where the customer has nothing to say (a ticket, a hold)."""

    line: SpokenLine | None = None
    heard: tuple[str, ...] = ()
    felt: tuple[Felt, ...] = ()
