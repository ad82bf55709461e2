"""A search index in memory: for a world small enough to be sorted while somebody waits."""

from bisect import bisect_left

from lms.domain.crm.search import TermRange
from lms.domain.crm.world import World


class TermList:
    """Every term of a world in the index's order: kind, term, customer."""

    def __init__(self, world: World) -> None:
        self._terms = sorted((kind, term, n) for n in range(world.size) for kind, term in world.terms(n))

    def rows(self, wanted: TermRange, most: int) -> list[tuple[int, str]]:
        """(customer, term) of the range, at most so many."""
        kind = wanted.kind.value
        low = bisect_left(self._terms, (kind, wanted.low, -1))
        high = bisect_left(self._terms, (kind, wanted.high, -1))
        return [(n, term) for _kind, term, n in self._terms[low : min(high, low + most)]]
