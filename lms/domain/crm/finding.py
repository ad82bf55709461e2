"""By what a customer can be found: the terms of the search index, a million customers in a minute.

The same terms as `lms.domain.crm.terms.ends` gives for the name and the whole address, put together from parts that
many customers share.
"""

from collections.abc import Iterator
from functools import lru_cache

from lms.domain.crm.heads import Head
from lms.domain.crm.homes import Home
from lms.domain.crm.terms import LONGEST, TermKind, ends, from_end

NUMBER, NUMBER_END, ACCOUNT, NAME, INITIALS, ADDRESS, TICKET = (
    kind.value
    for kind in (
        TermKind.NUMBER,
        TermKind.NUMBER_END,
        TermKind.ACCOUNT,
        TermKind.NAME,
        TermKind.INITIALS,
        TermKind.ADDRESS,
        TermKind.TICKET,
    )
)
Term = tuple[str, str]


def terms_of(head: Head) -> list[Term]:
    """(kind, term), no pair twice."""
    number = head.number
    found = [(NUMBER, number), (NUMBER_END, from_end(number)), (ACCOUNT, head.account)]
    for extra in head.extra_numbers:
        found += (NUMBER, extra), (NUMBER_END, from_end(extra))
    found += _of_name(head.name.zh or "", head.name.en or "", head.named.initials, head.named.pinyin)
    found += _of_home(head.home)
    found += [(TICKET, ticket.lower()) for ticket in head.tickets]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=50_000)
def _of_name(zh: str, en: str, initials: str, pinyin: str) -> tuple[Term, ...]:
    names = [(NAME, end) for text in (zh, en) for end in ends(text)]
    return (*names, (INITIALS, initials), (INITIALS, pinyin))


@lru_cache(maxsize=1_000)
def _ends_of_place(place: str) -> tuple[str, ...]:
    return tuple(ends(place))


def _of_home(home: Home) -> Iterator[Term]:
    """云帆渡1栋3单元304: that, 帆渡1栋3单元304, 渡1栋3单元304, 1栋3单元304; Yunfan Landing 1-3-304 likewise."""
    rest_zh = "".join([f"{number}{counts}" for number, counts in home.numbers])
    rest_en = "".join([str(number) for number, _ in home.numbers])
    for place, rest in ((home.place_zh, rest_zh), (home.place_en, rest_en)):
        for end in _ends_of_place(place):
            yield ADDRESS, (end + rest)[:LONGEST]
        if not any(character.isdecimal() for character in place):
            yield ADDRESS, rest
