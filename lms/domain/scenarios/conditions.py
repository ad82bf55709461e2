"""When something may happen: conditions that are all plain facts of the conversation so far."""

from typing import Literal

from pydantic import Field, model_validator

from lms.domain.scenarios.texts import Id
from lms.domain.values import Value
from lms.domain.wording import Worded

Degree = Field(default=None, ge=0, le=10)


def _holds_one(value: Value) -> bool:
    return sum(given is not None for given in value.__dict__.values()) == 1


def _keys(value: Value) -> str:
    return ", ".join(type(value).model_fields)


class Condition(Value):
    """Exactly one of these; a list of conditions holds where each of them does.

    ``heard`` one of these intents in this turn · ``ever`` one of them in the call so far · ``never`` none so far ·
    ``visited`` one of these beats was reached · ``ready`` everything is said that a resolved end needs, and the
    customer is calm enough · ``calm``, ``upset`` the emotion is at most, at least this · ``start`` from the start
    """

    start: Literal[True] | None = None
    heard: tuple[Id, ...] | None = Field(default=None, min_length=1)
    ever: tuple[Id, ...] | None = Field(default=None, min_length=1)
    never: tuple[Id, ...] | None = Field(default=None, min_length=1)
    visited: tuple[Id, ...] | None = Field(default=None, min_length=1)
    ready: Literal[True] | None = None
    calm: int | None = Degree
    upset: int | None = Degree

    @model_validator(mode="after")
    def _one(self) -> "Condition":
        if not _holds_one(self):
            raise ValueError(Worded("a condition has exactly one key, of %(names)s", names=_keys(self)))
        return self

    @property
    def intents(self) -> tuple[Id, ...]:
        return self.heard or self.ever or self.never or ()


class Stimulus(Value):
    """What an emotion reacts to: exactly one of intents ``heard``, a ``deed``, or an answer later than ``slow_s``."""

    heard: tuple[Id, ...] | None = Field(default=None, min_length=1)
    deed: Literal["hold", "ticket"] | None = None
    slow_s: int | None = Field(default=None, ge=1, le=600)

    @model_validator(mode="after")
    def _one(self) -> "Stimulus":
        if not _holds_one(self):
            raise ValueError(Worded("a stimulus has exactly one key, of %(names)s", names=_keys(self)))
        return self
