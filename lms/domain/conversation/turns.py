"""What reaches the engine, in order: the agent's words and deeds, and silence. A stored log is a list of these."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from lms.domain.scenarios.texts import Id
from lms.domain.values import Value

# Since the customer's last line, by the server's clock (or since the last deed, if that was later).
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]


class Said(Value):
    """The agent's words. ``hint`` is an intent that an LLM named; it counts only where no rule heard any

    (contract 8: and only in practice calls, which is for the caller to see to).
    """

    kind: Literal["said"] = "said"
    text: str
    seconds: Seconds
    hint: Id | None = None


class Silence(Value):
    """Nobody has answered the customer for ``seconds``."""

    kind: Literal["silence"] = "silence"
    seconds: Seconds


class Deed(Value):
    """Something that the agent did at the desk."""

    kind: Literal["deed"] = "deed"
    do: Literal["hold", "transfer", "ticket", "hang-up"]
    seconds: Seconds


Turn = Annotated[Said | Silence | Deed, Field(discriminator="kind")]
turn_adapter: TypeAdapter[Said | Silence | Deed] = TypeAdapter(Turn)
