"""A small world around one customer who was written, not made: the caller of a role-play, among neighbours and
namesakes that every such world computes (rulebook 4, distractors)."""

from dataclasses import dataclass, replace

from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.customers import CustomerMaker
from lms.domain.crm.dice import mixed
from lms.domain.crm.heads import NAMESAKE, NEIGHBOUR, SOUNDS_LIKE, SUBJECT, Head, Register
from lms.domain.crm.homes import Home
from lms.domain.crm.names import PersonName
from lms.domain.crm.numbers import GROUP, TWIN
from lms.domain.crm.records import Customer
from lms.domain.crm.world import World

SEED = 20260316
_TAIL = 4  # last digits that the holder's number and its twin's have in common


@dataclass(frozen=True, slots=True)
class Placed:
    """The written customer, and by what it is found. ``alike``: names that sound the same."""

    customer: Customer
    named: PersonName
    home: Home
    alike: tuple[PersonName, PersonName]


class PlacedWorld(World):
    """As many customers as the deck once through, one of them ``placed``, its look-alike group around it."""

    def __init__(self, placed: Placed, catalogue: Catalogue) -> None:
        super().__init__(SEED, World(SEED, 1, catalogue).block, catalogue)
        register = _PlacedRegister(placed, catalogue, self.size // GROUP)
        self._placed = replace(placed.customer, n=register.subject)
        self._register = register
        self._maker = CustomerMaker(SEED, catalogue, register)

    @property
    def subject(self) -> int:
        """Where the written customer stands."""
        return self._placed.n

    def customer(self, n: int) -> Customer:
        return self._placed if n == self._placed.n else super().customer(n)


class _PlacedRegister(Register):
    """Of one group the first customer is the written one, and the others resemble it."""

    def __init__(self, placed: Placed, catalogue: Catalogue, groups: int) -> None:
        super().__init__(SEED, catalogue)
        ordinary = [group for group in range(groups) if not self.deck[group].companion]
        self._placed = placed
        self._group = ordinary[mixed(SEED, int(placed.customer.number), 61) % len(ordinary)]
        self.subject = self.number_of(self._group, SUBJECT)

    def head(self, n: int) -> Head:
        head = super().head(n)
        return self._alike(head) if head.group == self._group else head

    def _alike(self, head: Head) -> Head:
        placed = self._placed
        if head.place == SUBJECT:
            return _head_of(placed, head)
        if head.place == TWIN:
            named, sounds = placed.alike[0], placed.customer.number[-_TAIL:]
            return replace(head, named=named, name=named.texts, number=head.number[:-_TAIL] + sounds)
        if head.place == SOUNDS_LIKE:
            named = placed.alike[1]
            return replace(head, named=named, name=named.texts)
        home = placed.home
        if head.place == NAMESAKE:
            home = _elsewhere(home, 0, 1 if len(home.numbers) > 1 else 30)
        elif head.place == NEIGHBOUR:
            home = _elsewhere(home, -1, 100 if len(home.numbers) > 2 else 2)
        return replace(head, named=placed.named, name=placed.named.texts, home=home)


def _elsewhere(home: Home, at: int, step: int) -> Home:
    """The next building, the floor above, the house after the next."""
    numbers = list(home.numbers)
    number, counts = numbers[at]
    numbers[at] = (number + step, counts)
    return replace(home, numbers=tuple(numbers))


def _head_of(placed: Placed, head: Head) -> Head:
    customer = placed.customer
    opened = tuple(ticket.opened for ticket in customer.tickets)
    return replace(
        head,
        named=placed.named,
        name=customer.name,
        enterprise=customer.enterprise,
        number=customer.number,
        extra_numbers=(),
        account=customer.account,
        status=customer.status,
        home=placed.home,
        plan=customer.plan.plan,
        version=customer.plan.version,
        security_note=customer.security_note is not None,
        authorised_contact=bool(customer.contacts),
        opened_tickets=opened,
        tickets=tuple(ticket.number for ticket in customer.tickets),
    )
