"""Searching a world: each range of a query is one ranged SELECT on the index; what is shown comes from the world."""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import bindparam, select

from lms.domain.crm.desk import Hit, Hits
from lms.domain.crm.heads import Head
from lms.domain.crm.panels import Look, hit
from lms.domain.crm.search import MOST_HITS, TermRange, Word, as_one, read_query
from lms.domain.crm.terms import folded
from lms.domain.crm.world import World as Customers
from lms.extensions import db
from lms.models.drills import WorldTerm

# One customer may stand twice in a range (海棠路…海棠苑): a few rows more than hits are shown.
_ROWS = 2 * MOST_HITS + 1
# Of the rarest of several words so many customers are looked at; beyond, the query says too little.
_SIFTED = 600

# (customer, term) of a range, at most so many, in the order of the terms.
Rows = Callable[[TermRange, int], Iterable[tuple[int, str]]]

_TABLE = WorldTerm.__table__
_RANGE = (
    select(WorldTerm.customer, WorldTerm.term)
    .where(
        WorldTerm.world_id == bindparam("world"),
        WorldTerm.kind == bindparam("kind"),
        WorldTerm.term >= bindparam("low"),
        WorldTerm.term < bindparam("high"),
    )
    .order_by(WorldTerm.term, WorldTerm.customer)
    .limit(bindparam("most"))
)


def search(world_id: int, world: Customers, query: str, look: Look) -> Hits:
    """At most fifty customers of a world with an index, exact hits first.

    Raises QueryRefused where nothing is looked up.
    """
    return search_in(stored(world_id), world, query, look)


def stored(world_id: int) -> Rows:
    """The index of a built world."""

    def rows(one: TermRange, most: int) -> Iterable[tuple[int, str]]:
        values = {"world": world_id, "kind": one.kind.value, "low": one.low, "high": one.high, "most": most}
        return [(row[0], row[1]) for row in db.session.connection().execute(_RANGE, values)]

    return rows


def search_in(rows: Rows, world: Customers, query: str, look: Look) -> Hits:
    """As :func:`search`, by whatever index."""
    words = read_query(query)
    if len(words) == 1:
        found = _found(rows, words[0], _ROWS)
        return _hits(world, found, look, more=len(found) > MOST_HITS)
    if address := _found(rows, as_one(words), _ROWS):
        return _hits(world, address, look, more=len(address) > MOST_HITS)
    some, cut = _rarest(rows, words)
    kept = list(dict.fromkeys(n for n in some if _holds_all(world.head(n), words)))
    return _hits(world, kept, look, more=cut or len(kept) > MOST_HITS)


def _found(rows: Rows, word: Word, most: int) -> list[int]:
    """Customers in the order of the ranges; whole terms before those that only begin so."""
    exact: dict[int, None] = {}
    others: dict[int, None] = {}
    for one in word.ranges:
        for customer, term in rows(one, most):
            (exact if term == one.low else others)[customer] = None
    return [*exact, *(n for n in others if n not in exact)]


def _rarest(rows: Rows, words: Sequence[Word]) -> tuple[list[int], bool]:
    """The customers of the word with the fewest, and whether there are more than were looked at. Those of digits, which
    may stand in an address as well as in a number, come with those of the other words where these are few."""
    found = [(word.digits, _found(rows, word, _SIFTED + 1)) for word in words if word.ranges]
    numbers = min((some for digits, some in found if digits), key=len, default=[])
    others = min((some for digits, some in found if not digits), key=len, default=[])
    if numbers and not 0 < len(others) <= _SIFTED:
        return numbers[:_SIFTED], len(numbers) > _SIFTED
    return [*numbers, *others[:_SIFTED]], len(others) > _SIFTED


def _holds_all(head: Head, words: Sequence[Word]) -> bool:
    """Whether every word stands on the record somewhere."""
    text = "|".join(folded(part) for part in _searched(head))
    return all(word.text in text for word in words)


def _searched(head: Head) -> Iterable[str]:
    for texts in (head.name, head.address):
        yield from (text for text in (texts.zh, texts.en) if text)
    yield from (head.number, *head.extra_numbers, head.account, head.named.initials, head.named.pinyin, *head.tickets)


def _hits(world: Customers, found: Sequence[int], look: Look, *, more: bool) -> Hits:
    return Hits(tuple(_hit(world.head(n), look) for n in found[:MOST_HITS]), more)


def _hit(head: Head, look: Look) -> Hit:
    return hit(
        head.n, head.name, head.number, head.account, head.status, head.address, look,
        enterprise=head.enterprise, security_note=head.security_note, authorised_contact=head.authorised_contact,
    )  # fmt: skip
