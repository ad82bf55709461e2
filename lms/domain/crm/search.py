"""What an agent types → which ranges of the index to read. Pure: nothing is looked up here.

0017            the number's end, then its beginning, then accounts
张伟            any end of the name, then any end of the address
zw, zhangwei    initials or pinyin, then English addresses
T260314         tickets
海棠苑 12栋     an address that begins so, its words put together; else as the next
张伟 海棠苑      both: the hits of the rarer word, kept where the other stands on the record too
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.domain.crm.terms import LONGEST, TermKind, folded, from_end

MOST_HITS = 50
LEAST_DIGITS = 4
LEAST_LETTERS = 2
LONGEST_QUERY = 100
MOST_WORDS = 6
_LAST = "\U0010ffff"  # sorts behind every character of a term


class Refusal(StrEnum):
    """Why a query is not looked up."""

    EMPTY = "empty"
    SHORT = "short"  # fewer than four digits or two Latin letters, and nothing else
    LONG = "long"


class QueryRefused(ValueError):
    def __init__(self, reason: Refusal) -> None:
        self.reason = reason
        super().__init__(reason.value)


@dataclass(frozen=True, slots=True)
class TermRange:
    """Terms of ``kind`` from ``low`` up to, not including, ``high``; ``low`` itself is an exact hit."""

    kind: TermKind
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a query, folded, and the ranges in which to look for it, the likeliest first."""

    text: str
    ranges: tuple[TermRange, ...]

    @property
    def digits(self) -> bool:
        """It is looked up as a number's, though it may stand in an address: 2-1-204, 1204."""
        return _kind_of(self.text) == "digits"


def read_query(query: str) -> tuple[Word, ...]:
    """The words of a query that narrow it down; raises :class:`QueryRefused`.

    A word too short to be looked up has no ranges and only filters; a query of nothing else is refused.
    """
    if len(query) > LONGEST_QUERY:
        raise QueryRefused(Refusal.LONG)
    texts = _words(query)
    if not texts:
        raise QueryRefused(Refusal.EMPTY)
    words = tuple(Word(text, _ranges(text)) for text in texts[:MOST_WORDS])
    if not any(word.ranges for word in words):
        raise QueryRefused(Refusal.SHORT)
    return words


def as_one(words: Sequence[Word]) -> Word:
    """All words without what stood between them, as an address is written: Nanbu Court 2-1-204, 海棠苑 12栋 501."""
    text = "".join(word.text for word in words)
    return Word(text, (_prefix(TermKind.ADDRESS, text),))


def _words(query: str) -> list[str]:
    """Folded words; neighbours of only digits, or only Latin letters, are one: 129 0001 0017, Zhang Wei."""
    words: list[str] = []
    for part in unicodedata.normalize("NFKC", query).split():
        word = folded(part)
        if not word:
            continue
        if words and _kind_of(word) and _kind_of(word) == _kind_of(words[-1]):
            words[-1] += word
        else:
            words.append(word)
    return words


def _kind_of(word: str) -> str:
    if word.isdecimal() and word.isascii():
        return "digits"
    return "letters" if word.isascii() and word.isalpha() else ""


def _ranges(word: str) -> tuple[TermRange, ...]:
    return tuple(_prefix(kind, text) for kind, text in _looked_up(word))


def _looked_up(word: str) -> Iterable[tuple[TermKind, str]]:
    kind = _kind_of(word)
    if kind == "digits":
        return _digits(word)
    if kind == "letters":
        return _letters(word)
    if re.fullmatch(r"t[0-9]+", word):
        return [(TermKind.TICKET, word), (TermKind.ACCOUNT, word)]
    if word.isascii():
        return [(TermKind.ACCOUNT, word), (TermKind.ADDRESS, word)]
    return [(TermKind.NAME, word), (TermKind.ADDRESS, word)]


def _digits(word: str) -> list[tuple[TermKind, str]]:
    if len(word) < LEAST_DIGITS:
        return []
    return [
        (TermKind.NUMBER, word),
        (TermKind.NUMBER_END, from_end(word)),
        (TermKind.ACCOUNT, word),
        (TermKind.TICKET, f"t{word}"),
    ]


def _letters(word: str) -> list[tuple[TermKind, str]]:
    if len(word) < LEAST_LETTERS:
        return []
    return [(TermKind.INITIALS, word), (TermKind.NAME, word), (TermKind.ADDRESS, word)]


def _prefix(kind: TermKind, text: str) -> TermRange:
    low = text[:LONGEST]
    return TermRange(kind, low, low + _LAST)
