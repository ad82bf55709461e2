"""How a call is marked: six criteria, each with five anchors of behaviour, written where the scenario is."""

from pydantic import Field

from lms.domain.scenarios.texts import Both, Id
from lms.domain.values import Value

CRITERIA = 6


class Anchors(Value):
    """What can be seen and heard at each level, 5 the best."""

    five: Both = Field(alias="5")
    four: Both = Field(alias="4")
    three: Both = Field(alias="3")
    two: Both = Field(alias="2")
    one: Both = Field(alias="1")

    def at(self, level: int) -> Both:
        """The anchor of ``level`` 1 to 5."""
        return (self.one, self.two, self.three, self.four, self.five)[level - 1]


class Criterion(Value):
    id: Id
    title: Both
    anchors: Anchors


class Rubric(Value):
    """``opening`` and ``closing`` name a shared criterion (or none, where the scenario has its own)."""

    opening: Id | None
    own: tuple[Criterion, ...]
    closing: Id | None
