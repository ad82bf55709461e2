"""A text as the lexicons read it: compatibility forms folded, invisible and spaced-out spelling undone, offsets kept.

``Ｇ u a r a n t e e``, ``保 证``, ``保*证`` and ``保<zero width space>证`` read like the plain words; every character
still knows where in the original it stood.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms.domain.evidence.patterns import Pattern
from lms.domain.evidence.traditional import SIMPLIFIED

_CHINESE = re.compile("[㐀-鿿]")
# What cannot part two clauses when it is short.
_GAP = re.compile(r"(?<=[㐀-鿿])[ *·•.\-_~|/^#+=@&]{1,3}(?=[㐀-鿿])")
# A single character in brackets spells, too: 保【证】
_BRACKETED = re.compile(r"(?<=[㐀-鿿])[(\[【]([㐀-鿿])[)\]】](?=[㐀-鿿])")
# Four or more single letters, each apart from the next by one sign.
_LETTERS = Pattern(r"(?:\b[a-z][ .\-_*·|/]){3,}[a-z]\b")
_QUOTES = str.maketrans({"’": "'", "‘": "‹", "`": "'", "´": "'", "「": "“", "」": "”", "『": "“", "』": "”"})


@dataclass(frozen=True, slots=True)
class PlainText:
    """``text`` in its plain form; ``at[i]`` is the original offset of ``text[i]``."""

    text: str
    at: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where a non-empty stretch of the plain text stands in the original."""
        return self.at[start], self.at[end - 1] + 1


def plain(original: str) -> PlainText:
    """The plain form of any string, lone surrogates included."""
    characters: list[str] = []
    at: list[int] = []
    for offset, character in enumerate(original):
        for folded in _folded(character):
            characters.append(folded)
            at.append(offset)
    whole = PlainText("".join(characters), tuple(at))
    return _without(whole, [*_gaps_in_chinese(whole.text), *_gaps_in_spelling(whole.text)])


def _folded(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isprintable() else " "
    if _CHINESE.match(character):
        return character.translate(SIMPLIFIED)
    return "".join(map(_visible, unicodedata.normalize("NFKC", character).lower().translate(_QUOTES)))


def _visible(character: str) -> str:
    match unicodedata.category(character):
        case "Cf" | "Mn" | "Me":
            return ""
        case "Cs" | "Co" | "Cn":
            return "\ufffd"
        case "Zs" | "Zl" | "Zp" | "Cc" | "So":
            return " "
    return character


def _gaps_in_chinese(text: str) -> Iterator[tuple[int, int]]:
    for match in _GAP.finditer(text):
        (start, end), gap = match.span(), match.group()
        if ".." in gap or "--" in gap:
            continue
        # A full stop between two longer stretches ends a sentence; next to a single character it spells a word.
        if gap != "." or not (_chinese_at(text, start - 2) and _chinese_at(text, end + 1)):
            yield start, end
    for match in _BRACKETED.finditer(text):
        yield from ((match.start(), match.start() + 1), (match.end() - 1, match.end()))


def _chinese_at(text: str, place: int) -> bool:
    return 0 <= place < len(text) and _CHINESE.match(text[place]) is not None


def _gaps_in_spelling(text: str) -> Iterator[tuple[int, int]]:
    for start, end in _LETTERS.all(text):
        first = start + 1 if text[start : start + 2] == "i " else start  # the word I stays a word
        if text[end - 1] in "ai" and text[end : end + 1] == " ":  # so does an article behind
            end -= 2
        yield from ((place, place + 1) for place in range(first + 1, end) if not text[place].isalpha())


def _without(whole: PlainText, gaps: Sequence[tuple[int, int]]) -> PlainText:
    dropped = {place for start, end in gaps for place in range(start, end)}
    if not dropped:
        return whole
    kept = [place for place in range(len(whole.text)) if place not in dropped]
    return PlainText("".join(whole.text[place] for place in kept), tuple(whole.at[place] for place in kept))
