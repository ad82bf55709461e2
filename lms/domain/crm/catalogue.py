"""What the operator 澄湾通信 sells, where it is and what it knows: read from `scenarios/operator/`, never changed."""

from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Annotated

from pydantic import Field, StringConstraints

from lms.domain.crm.circumstances import Circumstance
from lms.domain.crm.places import Area, PeopleAndPlaces
from lms.domain.crm.records import TicketType
from lms.domain.crm.texts import Article, NoteText, Notice, RecordTexts, Solution
from lms.domain.values import Texts, Value

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Money = Annotated[Decimal, Field(ge=0, decimal_places=2, max_digits=8)]
Clock = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]?(min|h|d|wd)$")]

MAKING = 5  # counted up when the same files come to mean other customers: an index made before is out of date


class Plan(Value):
    """Rulebook 1.2 and 1.3. ``version`` V3 is the tariff on sale, an earlier one a legacy tariff still held."""

    code: Code
    version: str
    name: Texts
    monthly: Money
    data_gb: int
    minutes: int
    extra_sims: int = 0  # how many a line may have
    sims_included: bool = False
    contracts: bool = False  # C12 and C24 may be taken on it
    bundle: bool = False  # broadband on the same account costs less
    broadband: Code | None = None  # the broadband inside its fee
    on_sale: bool = True


class PackOffer(Value):
    """``day``: to 24:00 of its day, else to the end of the calendar month (rulebook 1.2)."""

    code: Code
    name: Texts
    price: Money
    data_gb: int = 0
    minutes: int = 0
    day: bool = False
    roaming: bool = False


class Offer(Value):
    """Something with a monthly fee: broadband, or a value-added service."""

    code: Code
    name: Texts
    monthly: Money


class Department(Value):
    code: Code
    name: Texts


class TicketRule(Value):
    """Who takes a ticket of this type, and its clocks (rulebook 1.7): to the first response and to the finish."""

    type: TicketType
    name: Texts
    department: Code
    first: Clock
    finish: Clock
    rural: Clock | None = None  # instead of ``finish`` in the country
    rights: Clock | None = None  # instead of ``finish`` for a request for one's own data


class Products(Value):
    """The file `products.yaml`."""

    plans: tuple[Plan, ...] = Field(min_length=1)
    packs: tuple[PackOffer, ...] = Field(min_length=1)
    broadband: tuple[Offer, ...] = Field(min_length=1)
    services: tuple[Offer, ...] = Field(min_length=1)
    departments: tuple[Department, ...] = Field(min_length=1)
    tickets: tuple[TicketRule, ...] = Field(min_length=1)


class Catalogue(Value):
    """All of the operator's files as one value; the same ``digest``, the same worlds."""

    products: Products
    people: PeopleAndPlaces
    articles: tuple[Article, ...]
    solutions: tuple[Solution, ...]
    notices: tuple[Notice, ...]
    note_texts: tuple[NoteText, ...]
    texts: RecordTexts
    circumstances: tuple[Circumstance, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that customers are made from and of the way of making them, as 64 hexadecimal digits."""
        made_from = self.model_dump_json(exclude={"articles", "solutions"})
        return sha256(f"{MAKING} {made_from}".encode()).hexdigest()

    def plan(self, code: str, version: str = "V3") -> Plan:
        """Raises KeyError where there is no such plan."""
        return self._plans[code, version]

    def pack(self, code: str) -> PackOffer:
        return self._packs[code]

    def line(self, code: str) -> Offer:
        """A broadband offer by its code."""
        return self._broadband[code]

    def service(self, code: str) -> Offer:
        return self._services[code]

    def ticket_rule(self, kind: TicketType) -> TicketRule:
        return self._tickets[kind]

    def article(self, article: str) -> Article:
        return self._articles[article]

    def solution(self, solution: str) -> Solution:
        return self._solutions[solution]

    def note(self, topic: str) -> NoteText:
        """The words of a contact note about ``topic``."""
        return self._notes[topic]

    @property
    def areas(self) -> tuple[Area, ...]:
        return self.people.areas

    @cached_property
    def _plans(self) -> dict[tuple[str, str], Plan]:
        return {(plan.code, plan.version): plan for plan in self.products.plans}

    @cached_property
    def _packs(self) -> dict[str, PackOffer]:
        return {pack.code: pack for pack in self.products.packs}

    @cached_property
    def _broadband(self) -> dict[str, Offer]:
        return {offer.code: offer for offer in self.products.broadband}

    @cached_property
    def _services(self) -> dict[str, Offer]:
        return {offer.code: offer for offer in self.products.services}

    @cached_property
    def _tickets(self) -> dict[TicketType, TicketRule]:
        return {rule.type: rule for rule in self.products.tickets}

    @cached_property
    def _articles(self) -> dict[str, Article]:
        return {article.id: article for article in self.articles}

    @cached_property
    def _solutions(self) -> dict[str, Solution]:
        return {solution.id: solution for solution in self.solutions}

    @cached_property
    def _notes(self) -> dict[str, NoteText]:
        return {note.topic: note for note in self.note_texts}
