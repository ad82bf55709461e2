"""Names that look and sound alike: for each group of customers one name, two homophones, and their pinyin."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from lms.domain.crm.dice import shuffled
from lms.domain.crm.places import GivenName, Homophones, PeopleAndPlaces, Surname
from lms.domain.values import Texts

N = TypeVar("N", Surname, GivenName)

RAREST = 2  # surnames of less weight are left to authorised contacts


@dataclass(frozen=True)
class PersonName:
    zh: str
    en: str
    initials: str
    pinyin: str  # in one piece: "zhangwei"

    @cached_property
    def texts(self) -> Texts:
        return Texts(zh=self.zh, en=self.en)


def person(surname: Surname, given: GivenName) -> PersonName:
    """张 and 伟 → 张伟, Zhang Wei, zw, zhangwei."""
    syllables = f"{surname.pinyin} {given.pinyin}".split()
    english = f"{_joined(surname.pinyin)} {_joined(given.pinyin)}"
    return PersonName(surname.zh + given.zh, english, "".join(word[0] for word in syllables), "".join(syllables))


def _joined(pinyin: str) -> str:
    return pinyin.replace(" ", "").capitalize()


class NameBook:
    """The names of groups: pairs of a surname and a given name that both have homophones, in shuffled order.

    Every name is used once before any is used again, so that no name is much commoner than another in a world.
    """

    def __init__(self, book: PeopleAndPlaces, seed: int) -> None:
        surnames = _twins([one for one in book.surnames if one.weight >= RAREST], book.homophones, "surname")
        given = _twins(book.given, book.homophones, "given")
        rows = [surnames[row] for row in shuffled(len(surnames), seed, 11)]
        columns = [given[column] for column in shuffled(len(given), seed, 12)]
        # Diagonals change both names at every step.
        cells = [
            (row, columns[(turn + at) % len(columns)]) for turn in range(len(columns)) for at, row in enumerate(rows)
        ]
        famous = frozenset(book.never_together)
        self._cells = [cell for cell in cells if not _written(cell) & famous]
        self._made: dict[int, tuple[PersonName, PersonName, PersonName]] = {}
        if not self._cells:
            raise ValueError("no surname and given name have homophones")

    def same(self, group: int) -> PersonName:
        return self._three(group)[0]

    def other_given(self, group: int) -> PersonName:
        """张薇 where the group's name is 张伟."""
        return self._three(group)[1]

    def other_surname(self, group: int) -> PersonName:
        """章伟 where the group's name is 张伟."""
        return self._three(group)[2]

    def _three(self, group: int) -> tuple[PersonName, PersonName, PersonName]:
        at = group % len(self._cells)
        if (made := self._made.get(at)) is None:
            (surname, other_surname), (given, other_given) = self._cells[at]
            made = person(surname, given), person(surname, other_given), person(other_surname, given)
            self._made[at] = made
        return made


Cell = tuple[tuple[Surname, Surname], tuple[GivenName, GivenName]]


def _written(cell: Cell) -> frozenset[str]:
    (surname, other_surname), (given, other_given) = cell
    return frozenset({surname.zh + given.zh, surname.zh + other_given.zh, other_surname.zh + given.zh})


def _twins(names: Sequence[N], homophones: Iterable[Homophones], kind: str) -> list[tuple[N, N]]:
    """The names that have a homophone among ``names``, each with one of them."""
    by_writing = {(one.zh, one.pinyin): one for one in names}
    twins = []
    for alike in homophones:
        if alike.kind == kind:
            known = [by_writing[zh, alike.pinyin] for zh in alike.zh if (zh, alike.pinyin) in by_writing]
            twins += [(one, known[at - 1]) for at, one in enumerate(known) if len(known) > 1]
    return twins
