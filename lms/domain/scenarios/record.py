"""The caller's record in the simulated CRM, as a scenario writes it: facts, from which the amounts are computed.

What a plan, a contract or a service costs is never written here: it follows from the catalogue and the rulebook.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lms.domain.crm.catalogue import Code
from lms.domain.crm.places import Pinyin
from lms.domain.crm.records import Status, TicketType
from lms.domain.crm.texts import Local
from lms.domain.scenarios.texts import Both, Id, Sentence
from lms.domain.values import Value

PhoneNumber = Annotated[str, StringConstraints(pattern=r"^129[0-9]{8}$")]
Account = Annotated[str, StringConstraints(pattern=r"^8[0-9]{9}$")]
Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
TicketNumber = Annotated[str, StringConstraints(pattern=r"^T[0-9]{12}$")]
Serial = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{6,20}$")]
Yuan = Annotated[Decimal, Field(ge=0, decimal_places=2, max_digits=8)]


class Telling(Value):
    """Part of a record that an agent can look at. ``tells``: the facts of the story that stand in it."""

    tells: tuple[Id, ...]


class Holder(Value):
    """``pinyin``: a word a syllable, by which searching finds the name. ``alike``: two who are written otherwise and
    sound the same; two more of the very name live close by."""

    name: Both
    pinyin: Pinyin
    alike: tuple[Both, Both]
    id_last4: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}[0-9X]$")]


class Line(Telling):
    number: PhoneNumber
    account: Account
    opened: date
    status: Status


class Home(Value):
    """``place``: an estate, village or street of `people_and_places.yaml`; ``numbers``: building, unit and door of an
    estate, group and house of a village, the house of a street."""

    place: Sentence
    numbers: tuple[Annotated[int, Field(ge=1, le=9999)], ...] = Field(min_length=1, max_length=3)


class HeldPlan(Telling):
    code: Code
    since: date


class SignedContract(Telling):
    """C12 or C24; its discount and last day follow from rulebook 1.4."""

    kind: Literal["C12", "C24"]
    start: date


class MonthsUse(Value):
    data_gb: Decimal = Field(ge=0, max_digits=6)
    minutes: int = Field(ge=0)
    messages: int = Field(ge=0)


class BilledMonth(MonthsUse, Telling):
    """What was used in the month; its lines and amounts follow. ``paid`` null: it is open."""

    month: Month
    paid: date | None


class Service(Telling):
    """A value-added service; ``confirmation`` null: none is on record (rulebook 1.3, 1.6)."""

    code: Code
    ordered: date
    channel: Literal["app", "hotline", "store", "sms", "partner"]
    confirmation: Sentence | None
    reminder: Literal["delivered", "failed", "not-sent", "not-due"]
    reminder_on: date | None
    cancelled: date | None
    charged: tuple[Month, ...]


class FixedLine(Telling):
    """Broadband at the holder's home. ``ont``: the serial in the CRM; ``ont_seen``: that of the device on the line."""

    code: Code
    gigabit: bool
    ont: Serial
    ont_seen: Serial
    los: Literal["off", "red"]
    power: Literal["on", "off"]
    outage_since: Local | None


class MergedAccount(Telling):
    """Another account billed together with this one since ``on``; its arrears came along."""

    other: Account
    on: date
    arrears: Yuan


class SecurityNote(Both, Telling):
    pass


class WrittenTicket(Telling):
    """Department and clock follow from its type (rulebook 1.7)."""

    number: TicketNumber
    type: TicketType
    level: int = Field(ge=1, le=3)
    opened: Local
    closed: Local | None
    text: Both


class ContactNote(Telling):
    at: Local
    text: Both


class CrmRecord(Value):
    """The record of the number that the call is about. ``bills``: the last three months, newest first; ``used``: this
    month so far. Tickets and notes newest first. Every key is written, null or [] where there is nothing: a slip in
    a key is an error, never a silence."""

    holder: Holder
    line: Line
    home: Home
    plan: HeldPlan
    contracts: tuple[SignedContract, ...]
    used: MonthsUse
    bills: tuple[BilledMonth, ...] = Field(min_length=3, max_length=3)
    services: tuple[Service, ...]
    broadband: FixedLine | None
    merge: MergedAccount | None
    security_note: SecurityNote | None
    tickets: tuple[WrittenTicket, ...]
    notes: tuple[ContactNote, ...]

    def parts(self) -> Iterator[tuple[tuple[str | int, ...], Telling]]:
        """Everything that may tell a fact, with its place in the record."""
        for key in ("line", "plan", "broadband", "merge", "security_note"):
            if (part := getattr(self, key)) is not None:
                yield (key,), part
        for key in ("contracts", "bills", "services", "tickets", "notes"):
            for number, part in enumerate(getattr(self, key)):
                yield (key, number), part

    def texts(self) -> Iterator[tuple[tuple[str | int, ...], Both]]:
        """Everything that somebody has written into the record, with its place."""
        if self.security_note is not None:
            yield ("security_note",), self.security_note
        for key in ("tickets", "notes"):
            for number, part in enumerate(getattr(self, key)):
                yield (key, number, "text"), part.text
