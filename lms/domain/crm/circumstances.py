"""What is special about a customer: the deck of `circumstances.yaml`, each a few parts that the world puts together.

A part that is not named is left to chance within what the rulebook allows, and never makes another circumstance.
Spans are both ends included.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from lms.domain.crm.records import Status, TicketType
from lms.domain.values import Value

Span = tuple[int, int]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]


class ContractPart(Value):
    """``left``: full months left, the current one not counted. ``ended`` yesterday: by a termination with its fee;
    lapsed: with the last month; cooling-off: ordered remotely within seven days and not yet begun."""

    kind: Literal["C12", "C24"]
    left: Span = (1, 20)
    state: Literal["running", "yesterday", "lapsed", "cooling-off"] = "running"


class PackPart(Value):
    code: Word
    hours_ago: Span
    used: bool = True


class ServicePart(Value):
    """``charged``: how many calendar months, the latest one this month. ``cancelled`` this-month: after its charge on
    the 1st; ignored: before the last charged months, which are mis-billed."""

    codes: tuple[Word, ...]
    charged: Span
    confirmed: bool = True
    reminder: Literal["delivered", "failed", "not-sent", "not-due"] = "delivered"
    cancelled: Literal["no", "this-month", "ignored"] = "no"


class BroadbandPart(Value):
    """``notice``: whether an outage notice in force names the customer's area (own), one that has ended, or none."""

    codes: tuple[Word, ...] = ()
    setting: Literal["urban", "rural"] = "urban"
    gigabit: bool | None = None
    los: bool = False
    power_off: bool = False
    mismatch: bool = False
    outage_hours: Span | None = None
    notice: Literal["own", "ended", "other"] = "other"


class TicketPart(Value):
    type: TicketType
    hours_ago: Span
    level: int = Field(default=1, ge=1, le=3)
    open: bool = True


class Circumstance(Value):
    """``slots``: how many look-alike groups of a block have such a customer."""

    name: Word
    slots: int = Field(ge=1)
    plans: tuple[Word, ...] = ()
    legacy: bool = False
    contract: ContractPart | None = None
    free: bool = False  # no contract of any kind
    packs: tuple[PackPart, ...] = ()
    overage: Literal["none", "upgrade-pays", "pack-pays", "shock"] | None = None
    services: tuple[ServicePart, ...] = ()
    broadband: BroadbandPart | None = None
    mobile_only: bool = False
    status: Status = Status.ACTIVE
    unpaid: int = Field(default=0, ge=0, le=2)  # bills overdue
    late_days: Span | None = None  # the December bill was paid so many days late
    settled: bool = False  # the newest bill is paid
    extra_sims: Span | None = None
    contact: bool | None = None
    security: bool | None = None
    tickets: tuple[TicketPart, ...] = ()
    goodwill_days_ago: Span | None = None
    ported_days_ago: Span | None = None
    deposit_returned_days_ago: Span | None = None
    companion: Literal["former-owner", "ported-away", "merged", "firm", "person"] | None = None
    enterprise: bool = False

    @model_validator(mode="after")
    def _fits(self) -> "Circumstance":
        if self.contract and self.free:
            raise ValueError("a customer free of contracts has none")
        if self.mobile_only and self.broadband:
            raise ValueError("a customer with a mobile line only has no broadband")
        return self


NOTHING_SPECIAL = Circumstance(name="nothing-special", slots=1)


class Deck(Value):
    """The file `circumstances.yaml`."""

    circumstances: tuple[Circumstance, ...] = Field(min_length=1)
