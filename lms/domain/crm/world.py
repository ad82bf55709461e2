"""A world of customers: customer n is a function of the seed, the catalogue and n, whatever the world's size."""

from collections.abc import Iterator

from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.customers import CustomerMaker
from lms.domain.crm.finding import terms_of
from lms.domain.crm.heads import SUBJECT, Head, Register
from lms.domain.crm.numbers import GROUP, LARGEST
from lms.domain.crm.records import Customer


class UnknownCustomer(LookupError):
    """No customer of this world has the number."""


class UnknownCircumstance(LookupError):
    """The deck has no circumstance of the name, or the world is too small to have one."""


class World:
    """Customers 0 to ``size`` - 1. They come in blocks of ``block``; each block holds the whole deck, in look-alike
    groups of five: somebody with a circumstance, two with the same name, two whose names sound the same."""

    def __init__(self, seed: int, size: int, catalogue: Catalogue) -> None:
        if not 1 <= size <= LARGEST:
            raise ValueError(f"a world has 1 to {LARGEST} customers, not {size}")
        self.seed = seed
        self.size = size
        self.catalogue = catalogue
        self._register = Register(seed, catalogue)
        self._maker = CustomerMaker(seed, catalogue, self._register)
        self.block = self._register.block
        self._slots: dict[str, list[int]] = {}
        for slot, part in enumerate(self._register.deck):
            self._slots.setdefault(part.name, []).append(slot)

    def customer(self, n: int) -> Customer:
        """Raises UnknownCustomer."""
        self._check(n)
        return self._maker.customer(n)

    def head(self, n: int) -> Head:
        """Raises UnknownCustomer."""
        self._check(n)
        return self._register.head(n)

    def terms(self, n: int) -> Iterator[tuple[str, str]]:
        """(kind, term): everything by which customer ``n`` can be found. No pair comes twice."""
        return iter(terms_of(self.head(n)))

    def group(self, n: int) -> tuple[int, ...]:
        """The customers who look like ``n``, itself among them."""
        self._check(n)
        first = n - n % GROUP
        return tuple(range(first, min(first + GROUP, self.size)))

    def companion(self, n: int) -> int | None:
        """The other record that belongs to the circumstance of ``n``'s group: a former owner's, a merged account's."""
        head = self.head(n)
        return self._register.companion_of(head) if head.circumstance.companion else None

    @property
    def circumstances(self) -> tuple[str, ...]:
        return tuple(self._slots)

    def with_circumstance(self, name: str, pick: int) -> int:
        """One of the customers with the circumstance; another ``pick`` gives another, until all have been picked.

        Raises UnknownCircumstance.
        """
        slots, blocks = self._slots.get(name, []), self.size // self.block
        if not slots or not blocks:
            raise UnknownCircumstance(f"no customer of {self.size} has the circumstance {name!r}")
        block, slot = divmod(pick % (blocks * len(slots)), len(slots))
        return self._register.number_of(block * len(self._register.deck) + slots[slot], SUBJECT)

    def _check(self, n: int) -> None:
        if not 0 <= n < self.size:
            raise UnknownCustomer(n)
