"""A scenario's own tests: short conversations and how each must end."""

from typing import Literal

from pydantic import Field, model_validator

from lms.domain.scenarios.beats import Ending
from lms.domain.scenarios.texts import Id, Sentence
from lms.domain.values import Language, Value
from lms.domain.wording import Worded


class TestedTurn(Value):
    """What the agent says or does, ``s`` seconds after the customer's last line."""

    __test__ = False  # no test of pytest's

    s: int = Field(ge=0, le=3600)
    say: Sentence | None = None
    do: Literal["hold", "transfer", "ticket", "hang-up"] | None = None

    @model_validator(mode="after")
    def _one(self) -> "TestedTurn":
        if (self.say is None) == (self.do is None):
            raise ValueError(Worded("a turn has either say or do"))
        return self


class OwnTest(Value):
    """``reveals`` names facts that must come out, ``traps`` exactly those that must be sprung."""

    id: Id
    language: Language
    seed: int
    agent: tuple[TestedTurn, ...] = Field(min_length=1)
    ends: Ending
    reveals: tuple[Id, ...]
    traps: tuple[Id, ...]
