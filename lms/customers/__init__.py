"""Who plays the customer: behind one interface, so that a call can pass from one to another at any turn."""

from collections.abc import Sequence
from typing import Protocol

from lms.domain.conversation import Reply, State
from lms.domain.scenarios import Scenario
from lms.domain.values import Value


class Line(Value):
    """What the customer says: the words, the scripted line they stand for, and who worded them."""

    text: str
    line_id: str
    by: str


class Utterance(Value):
    """One thing said so far, by the ``agent`` or the ``customer``."""

    speaker: str
    text: str


class Customer(Protocol):
    """The engine has decided what is due; a customer only words it."""

    def reply(self, scenario: Scenario, transcript: Sequence[Utterance], state: State, due: Reply) -> Line | None:
        """The customer's words for ``due`` in ``state`` (the state after the turn); None where nothing is due."""
        ...
