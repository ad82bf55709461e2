"""Search terms: how what a customer is found by, and what an agent types, are made alike before they are compared.

Index and query go through the same functions, so that a full-width digit, a space or a hyphen never hides a customer.
"""

import unicodedata
from collections.abc import Iterator
from enum import StrEnum

LONGEST = 40  # characters of a term that are kept; a longer query is cut alike


class TermKind(StrEnum):
    """By what a customer can be found; the letter stands in the index."""

    NUMBER = "n"
    NUMBER_END = "e"  # the number read from its end
    ACCOUNT = "c"
    NAME = "s"  # any end of the name: 张伟, 伟
    INITIALS = "i"  # zw, and the whole pinyin: zhangwei
    ADDRESS = "a"  # any end of the address
    TICKET = "t"


def folded(text: str) -> str:
    """Full width to half, small letters, only letters and digits: ``"１２9-0001 0017"`` → ``"12900010017"``."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in plain if character.isalnum())


def from_end(digits: str) -> str:
    """``"0017"`` → ``"7100"``: a search by the last digits is a search by prefix in the number read backwards."""
    return digits[::-1]


def ends(text: str) -> Iterator[str]:
    """The ends of a name or an address, folded and cut: 海棠苑12栋 → 海棠苑12栋, 棠苑12栋, 苑12栋, 12栋.

    None starts within a number or a Latin word, nor, in Chinese, behind the first number: nobody looks for 单元501.
    """
    plain = unicodedata.normalize("NFKC", text)
    numbered = False
    for start, character in enumerate(plain):
        if not character.isalnum() or (start and _runs_on(plain[start - 1], character)):
            continue
        if not numbered or _is_latin(character):
            yield folded(plain[start:])[:LONGEST]
        numbered = numbered or character.isdecimal()


def _runs_on(before: str, character: str) -> bool:
    """Whether two neighbours belong to one number or one Latin word."""
    return (before.isdecimal() and character.isdecimal()) or (_is_latin(before) and _is_latin(character))


def _is_latin(character: str) -> bool:
    return character.isalpha() and character < "\u0250"
