"""The script: beats, what moves the customer from one to the next, and how a call may end."""

from enum import StrEnum

from pydantic import Field

from lms.domain.scenarios.conditions import Condition
from lms.domain.scenarios.texts import Both, Id, SpokenLine
from lms.domain.values import Value


class Ending(StrEnum):
    """Why a conversation is over. The first five have lines in every scenario; the others are the agent's deeds."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"  # the customer gives up, politely or not
    WALKED_OUT = "walked-out"  # too angry to go on
    SILENT = "silent"  # nobody answered the customer
    FAILED = "failed"  # a critical failure gave the customer what must not be given
    HUNG_UP = "hung-up"  # the agent ended the call before it was resolved
    TRANSFERRED = "transferred"  # the agent passed the call on


class Move(Value):
    """To the beat or ending ``go`` where all of ``when`` hold; the first such move of a list is made."""

    when: tuple[Condition, ...] = Field(min_length=1)
    go: str


class Otherwise(Value):
    """Where nothing moves the customer: one of ``say``, at most ``max`` times, then on to ``go``.

    ``delta`` is added to the emotion each time. With ``asks``, the customer asks for what a resolved end still
    needs, as far as the needs have lines for it, before ``say``.
    """

    say: tuple[SpokenLine, ...] = Field(min_length=1)
    max: int = Field(ge=1, le=6)
    delta: int = Field(ge=0, le=10)
    asks: bool
    go: str


class Beat(Value):
    """One step of the story. ``acts`` is what the customer is about, ``expects`` what a good agent does here."""

    id: Id
    acts: Both
    expects: Both
    visits: int = Field(ge=1, le=5)
    say: tuple[SpokenLine, ...] = Field(min_length=1)
    on: tuple[Move, ...]
    otherwise: Otherwise = Field(alias="else")


class Answer(Value):
    """A reply to a side question: the customer stays in the beat. Given at most ``max`` times."""

    id: Id
    heard: tuple[Id, ...] = Field(min_length=1)
    max: int = Field(ge=1, le=5)
    say: tuple[SpokenLine, ...] = Field(min_length=1)


class Need(Value):
    """Something that must have been said for a resolved end; ``ask`` is how the customer asks for it."""

    id: Id
    heard: tuple[Id, ...] = Field(min_length=1)
    text: Both
    ask: tuple[SpokenLine, ...] = Field(min_length=1)


class Trap(Value):
    """A mistake that the story invites; ``delta`` is what it does to the emotion, each time."""

    id: Id
    heard: tuple[Id, ...] = Field(min_length=1)
    delta: int = Field(ge=-10, le=10)
    text: Both


class CriticalFailure(Value):
    """What fails a call whatever else was good. The engine suspects it, a person decides. May end the call."""

    id: Id
    heard: tuple[Id, ...] = Field(min_length=1)
    ends: bool
    text: Both


class End(Value):
    text: Both
    say: tuple[SpokenLine, ...] = Field(min_length=1)


class Ends(Value):
    resolved: End
    unresolved: End
    walked_out: End = Field(alias="walked-out")
    silent: End
    failed: End

    def of(self, ending: Ending) -> End | None:
        """The lines of ``ending``; None for what the agent does alone."""
        return getattr(self, ending.value.replace("-", "_"), None)
