"""A call as the rules read it: what was said and done, by whom, when, and what the rules must be told besides."""

from enum import StrEnum

from pydantic import Field, model_validator

from lms.domain.values import Value


class Speaker(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"


class Kind(StrEnum):
    SAY = "say"
    HOLD = "hold"
    RESUME = "resume"
    TRANSFER = "transfer"
    TICKET = "ticket"
    HANG_UP = "hang-up"


class TicketForm(Value):
    """What the agent filled in: ``queue`` the department that gets it, ``contact`` how the customer is reached."""

    queue: str = ""
    summary: str = ""
    contact: str = ""


class Turn(Value):
    """One utterance or deed; ``seconds`` since the call began, of the server's commit, without exam pauses."""

    speaker: Speaker
    seconds: float = Field(ge=0, allow_inf_nan=False)
    text: str = ""
    kind: Kind = Kind.SAY
    ticket: TicketForm | None = None

    @model_validator(mode="after")
    def _a_ticket_has_its_form(self) -> "Turn":
        if (self.kind is Kind.TICKET) != (self.ticket is not None):
            raise ValueError("a turn has a form exactly if it is a ticket")
        return self


class Transcript(Value):
    """The turns in the order of their commits."""

    turns: tuple[Turn, ...]

    @model_validator(mode="after")
    def _time_runs_on(self) -> "Transcript":
        moments = [turn.seconds for turn in self.turns]
        if moments != sorted(moments):
            raise ValueError("the turns are not in the order of their seconds")
        return self


class Circumstances(Value):
    """What a transcript cannot tell. Where something is None, the rules that need it say "not evaluated".

    ``facts``: personal facts of the customer in words as they would be spoken ("60.00", "悦湾99"); ``level``: 1 to 3
    (rulebook 1.7); ``level_3_at``: the second at which the need for level 3 first showed; ``offers``: whether a
    product is to be offered in this call.
    """

    surname: str | None = None
    agent_number: str | None = None
    facts: tuple[str, ...] | None = None
    level: int | None = Field(default=None, ge=1, le=3)
    level_3_at: float | None = Field(default=None, ge=0)
    offers: bool | None = None
