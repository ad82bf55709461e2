"""What the agent desktop 坐席工作台 shows: search hits, a record's card, its panels; masked until unmasked on purpose.

All texts are in the run's language, worded from `scenarios/operator/desktop.yaml`; nothing here depends on a page.
"""

from dataclasses import dataclass
from enum import StrEnum


class PanelName(StrEnum):
    """The detail pages of a record, in the order of their digit keys."""

    PLAN = "plan"
    CONTRACTS = "contracts"
    USAGE = "usage"
    BILLS = "bills"
    SERVICES = "services"
    BROADBAND = "broadband"
    TICKETS = "tickets"
    NOTES = "notes"
    PEOPLE = "people"  # extra SIMs, authorised contacts, merged accounts


# The verification that a caller must have reached before the panel may be opened (rulebook 1.8, 1.11).
NEEDS: dict[PanelName, int] = {
    PanelName.PLAN: 1,
    PanelName.CONTRACTS: 1,
    PanelName.USAGE: 1,
    PanelName.BILLS: 2,
    PanelName.SERVICES: 2,
    PanelName.BROADBAND: 0,  # a fault report is taken from anybody; looking at the line discloses nothing
    PanelName.TICKETS: 1,
    PanelName.NOTES: 1,
    PanelName.PEOPLE: 1,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """``unmask``: the field to name in an unmask action; None: nothing is hidden."""

    text: str
    unmask: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """``ref``: what a pin names; ``past``: closed, ended or superseded, and shown as such."""

    ref: str | None
    cells: tuple[Cell, ...]
    past: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    heading: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    name: PanelName
    title: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """A panel's place on a record: ``count`` of what is in it, ``needs`` the level to open it."""

    name: PanelName
    title: str
    needs: int
    count: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the search results: masked, with the flags that need no opening (rulebook 1.11)."""

    customer: int
    name: str
    number: str
    account: str
    status: str
    address: str
    enterprise: bool
    security_note: bool
    authorised_contact: bool


@dataclass(frozen=True, slots=True)
class Hits:
    """At most fifty; ``more``: there are others."""

    hits: tuple[Hit, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Card:
    """The head of an opened record: masked cells by label, and its tabs."""

    customer: int
    title: str
    cells: tuple[tuple[str, Cell], ...]  # (label, cell)
    flags: tuple[str, ...]
    tabs: tuple[Tab, ...]


@dataclass(frozen=True, slots=True)
class ArticleHit:
    article: str
    title: str
    rule: str
    version: str
    superseded: bool


@dataclass(frozen=True, slots=True)
class ArticleText:
    """``body`` is Markdown."""

    article: str
    title: str
    rule: str
    version: str
    superseded: bool
    body: str


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """An outage notice beside the knowledge base; ``ref`` is what a pin names. ``past``: the outage has ended."""

    ref: str
    title: str
    area: str
    started: str
    expected: str
    past: bool
    body: str
