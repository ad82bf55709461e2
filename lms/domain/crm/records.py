"""What the CRM knows of one customer. Money is in yuan with two decimals; days are the operator's own calendar.

Everything that an agent can point at as evidence has a ``ref``, unique within its customer: ``contract:1``,
``bill:2026-02``, ``bill:2026-02:vas-bayvideo``, ``vas:bayvideo:1``, ``ticket:T2603140012``, ``pack:1``, ``note:1``,
``broadband``, ``plan``, ``usage``, ``port``, ``merge``, ``sim:2``, ``contact:1``, ``arrears``, ``security``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from lms.domain.values import Texts


class Status(StrEnum):
    """A line's standing (rulebook 4)."""

    ACTIVE = "active"
    ONE_WAY = "one-way"  # 单停: calls and SMS come in
    FULL = "full"  # 双停
    CLOSED = "closed"  # 销号
    PORTED_IN = "ported-in"
    PORTED_OUT = "ported-out"
    ANTI_FRAUD = "anti-fraud"  # 反诈停机


class TicketType(StrEnum):
    """Rulebook 1.7."""

    BILLING = "T1"
    FAULT = "T2"
    INSTALLATION = "T3"
    COMPLAINT = "T4"
    PRIVACY = "T5"
    REFUND = "T6"
    CONTRACT = "T7"
    DEVICE = "T8"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A plan held since ``started``. ``version`` tells the current tariff ("V3") from a legacy one ("V2")."""

    plan: str  # the catalogue's code: "m69"
    version: str
    monthly: Decimal
    started: date


@dataclass(frozen=True, slots=True)
class Contract:
    ref: str
    kind: str  # "C12" | "C24" | "BayHome"
    start: date
    end: date  # the last day
    discount: Decimal  # a month
    ended_early: date | None = None

    def runs_on(self, day: date) -> bool:
        return self.start <= day <= (self.ended_early or self.end)


@dataclass(frozen=True, slots=True)
class Pack:
    """An add-on valid to the end of ``expires``; ``used`` says whether any of it was used."""

    ref: str
    code: str  # "data-5", "data-20", "day-1", "voice-100", "roam-day"
    bought: datetime
    expires: date
    used: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """This calendar month so far."""

    data_gb: Decimal
    voice_minutes: int
    messages: int


@dataclass(frozen=True, slots=True)
class BillLine:
    ref: str
    code: str  # "plan", "extra-sim", "broadband", "bundle", "contract", "data-overage", "vas-bayvideo", "late-fee" …
    amount: Decimal  # discounts are negative
    quantity: str = ""  # "7 GB", "42 min", "2": what the amount was computed from


@dataclass(frozen=True, slots=True)
class Bill:
    """The calendar month's bill, issued on the 3rd of the next month and due on its 20th (rulebook 1.5)."""

    ref: str
    month: str  # "2026-02"
    lines: tuple[BillLine, ...]
    issued: date
    due: date
    paid_on: date | None

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class ValueAdded:
    """A value-added service (VAS). No ``confirmation`` means no second confirmation is on record (R2);
    a ``reminder`` that was not delivered, or none, counts for R2b (rulebook 1.3, 1.6)."""

    ref: str
    code: str  # "baymusic" | "bayvideo" | "callercard"
    monthly: Decimal
    ordered: date
    channel: str  # "app" | "hotline" | "store" | "sms" | "partner"
    confirmation: str | None
    reminder: str  # "delivered" | "failed" | "not-sent" | "not-due"
    reminder_on: date | None
    cancelled: date | None
    charged_months: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broadband:
    plan: str  # "b100" | "b300" | "b1000"
    monthly: Decimal  # before the bundle discount; 0.00 where the plan includes the line
    area: str  # slug of the area
    address: Texts
    rural: bool
    gigabit: bool
    ont_serial: str  # what stands in the CRM
    ont_seen: str | None  # the serial that the network sees; another one: a device mismatch
    los: str  # "off" | "red"
    power: str  # "on" | "off"
    outage_since: datetime | None


@dataclass(frozen=True, slots=True)
class Sim:
    ref: str
    number: str
    main: bool


@dataclass(frozen=True, slots=True)
class AuthorisedContact:
    ref: str
    name: Texts
    number: str
    since: date


@dataclass(frozen=True, slots=True)
class Port:
    """A number that came from (``way`` in) or went to (out) another operator."""

    way: str  # "in" | "out"
    operator: Texts
    on: date


@dataclass(frozen=True, slots=True)
class Merge:
    """Two accounts billed together: this one is the ``master`` or was merged ``into`` another."""

    role: str  # "master" | "merged"
    other_account: str
    on: date
    arrears: Decimal  # of the merged account, moved to the master


@dataclass(frozen=True, slots=True)
class Ticket:
    ref: str
    number: str  # "T2603140012"
    type: TicketType
    level: int
    department: str  # the catalogue's code
    opened: datetime
    due: datetime | None
    closed: datetime | None
    parent: str | None
    text: Texts


@dataclass(frozen=True, slots=True)
class Note:
    ref: str
    at: datetime
    text: Texts


@dataclass(frozen=True, slots=True)
class Customer:
    """Customer ``n`` of a world; ``group`` customers look alike (rulebook 4, distractors)."""

    n: int
    account: str
    name: Texts
    enterprise: bool
    id_last4: str
    id_number: str  # invented region 000000, never shown whole
    number: str
    status: Status
    opened: date
    closed: date | None
    plan: Subscription
    earlier_plans: tuple[Subscription, ...] = ()
    contracts: tuple[Contract, ...] = ()
    packs: tuple[Pack, ...] = ()
    usage: Usage = field(default_factory=lambda: Usage(Decimal(0), 0, 0))
    bills: tuple[Bill, ...] = ()  # newest first, three
    arrears: Decimal = Decimal("0.00")
    services: tuple[ValueAdded, ...] = ()
    broadband: Broadband | None = None
    address: Texts | None = None
    sims: tuple[Sim, ...] = ()
    contacts: tuple[AuthorisedContact, ...] = ()
    security_note: Texts | None = None
    port: Port | None = None
    merge: Merge | None = None
    tickets: tuple[Ticket, ...] = ()  # newest first
    notes: tuple[Note, ...] = ()
    former_number_of: int | None = None  # a recycled number 二次放号: the closed customer who had it
    circumstance: str = ""  # the catalogue's word for what is special about this customer
