"""Who calls: the person, what that person knows and feels, and what only the systems know."""

from enum import StrEnum

from pydantic import Field

from lms.domain.scenarios.conditions import Condition, Stimulus
from lms.domain.scenarios.texts import Both, Id, SpokenLine, Words
from lms.domain.values import Value

HOTTEST = 10


class Customer(Value):
    """``called`` is how an agent addresses the customer; ``persona`` and ``wants`` are for who plays the part."""

    name: Both
    called: Both
    number: Both
    calls_from: Both
    persona: Both
    wants: Both


class KnownBy(StrEnum):
    CUSTOMER = "customer_knows"
    CRM = "crm_only"


class Fact(Value):
    """Something true in the story. ``words`` give it away wherever they stand in a line.

    What the customer knows may be said once all of ``reveal`` hold. What only the systems know has ``reveal``
    empty, or ``ever`` conditions: only after the agent has said it can the customer speak of it.
    """

    id: Id
    known_by: KnownBy
    text: Both
    words: Words
    reveal: tuple[Condition, ...]

    @property
    def known_at_once(self) -> bool:
        """Whether the customer may say it from the first word on."""
        return bool(self.reveal) and all(condition.start for condition in self.reveal)


class Trigger(Value):
    """``delta`` is added to the emotion; with ``once``, only the first time in a call."""

    id: Id
    when: Stimulus
    delta: int = Field(ge=-HOTTEST, le=HOTTEST)
    once: bool
    text: Both


class Leaving(Value):
    """Whoever gets as angry as ``at`` says one of ``say`` ``warnings`` times, and walks out the next time."""

    at: int = Field(ge=1, le=HOTTEST)
    warnings: int = Field(ge=0, le=5)
    say: tuple[SpokenLine, ...] = Field(min_length=1)


class Emotion(Value):
    """0 (at ease) to 10 (beside oneself). A resolved end needs the emotion at ``good`` or below."""

    start: int = Field(ge=0, le=HOTTEST)
    lowest: int = Field(ge=0, le=HOTTEST)
    highest: int = Field(ge=0, le=HOTTEST)
    good: int = Field(ge=0, le=HOTTEST)
    leaves: Leaving
    triggers: tuple[Trigger, ...] = Field(min_length=1)

    def bounded(self, degree: int) -> int:
        return max(self.lowest, min(self.highest, degree))


class Silence(Value):
    """An agent silent for ``after_s`` seconds (``hold_s`` on hold) is asked after ``check_ins`` times, then left."""

    after_s: int = Field(ge=5, le=300)
    hold_s: int = Field(ge=5, le=600)
    delta: int = Field(ge=0, le=HOTTEST)
    check_ins: int = Field(ge=1, le=5)
    say: tuple[SpokenLine, ...] = Field(min_length=1)
