"""Telephone, account, ticket and identity numbers: one-to-one from a customer's number, so that none is used twice.

A telephone number is 129, four digits of a block and four more. Blocks below 8000 are main numbers, the others extra
SIMs. Of every look-alike group two customers end in the same four digits (rulebook 4): their blocks differ.
"""

from datetime import date

from lms.domain.crm.dice import mixed, shuffled

LARGEST = 1_000_000  # customers of a world; ticket numbers have six digits a day
GROUP = 5  # customers who look alike
TWIN = 3  # the place in a group whose number ends like that of the first

_TAILS = 10_000
_MAIN = 4_000  # blocks of first numbers, and as many of their twins
_EXTRA = 2_000
_TAIL_OF_PLACE = (0, 1, 2, 0, 3)


class Numbers:
    """The numbers of one world."""

    __slots__ = ("_account", "_block", "_serial", "_tail")

    def __init__(self, seed: int) -> None:
        self._tail = shuffled(_TAILS, seed, 21)
        self._block = [mixed(seed, tail, 22) for tail in range(_TAILS)]
        self._account = mixed(seed, 0, 23) % 10**9
        self._serial = mixed(seed, 0, 24) % 10**6

    def main(self, group: int, place: int) -> str:
        """The number of the customer at ``place`` (0–4) of a group: ``12904711830``."""
        turn, at = divmod(group * 4 + _TAIL_OF_PLACE[place], _TAILS)
        tail = self._tail[at]
        block = (turn * 1237 + self._block[tail]) % _MAIN
        if place == TWIN:
            block = _MAIN + (block * 1663 + 977) % _MAIN
        return f"129{block:04d}{tail:04d}"

    def extra(self, n: int, which: int) -> str:
        """The number of extra SIM ``which`` (0–2); the fourth (3) is that of an authorised contact."""
        turn, at = divmod(n * 4 + which, _TAILS)
        tail = self._tail[at]
        return f"129{2 * _MAIN + (turn * 1237 + self._block[tail]) % _EXTRA:04d}{tail:04d}"

    def account(self, n: int) -> str:
        """Ten digits, the first an 8."""
        return f"8{(n * 618_033_989 + self._account) % 10**9:09d}"

    def ticket(self, n: int, opened: date) -> str:
        """``T260314`` and six digits. A customer has at most one ticket of a day."""
        serial = (n * 7_549 + self._serial + opened.toordinal() * 3_571) % 10**6
        return f"T{opened:%y%m%d}{serial:06d}"
