"""What an agent's words are compared as, and the patterns of scripts, which cannot blow up."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lms.domain.linear_patterns import linear_pattern

# Nobody sees them, and they would split a word: zero-width characters, the soft hyphen.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_PUNCTUATION = {"、": ",", "’": "'", "‘": "'", "`": "'"}
_QUOTES = {"“": "”", "「": "」", "『": "』", "《": "》", '"': '"'}
_STOPS = "。!?;\n"


@lru_cache(maxsize=8192)
def compiled(pattern: str) -> Any:
    """``pattern`` ready for use; raises PatternRefused."""
    return linear_pattern(pattern)


def plain(text: str) -> str:
    """``text`` as patterns see it: NFKC, case-folded, half-width, without unseen characters, single spaces."""
    folded = unicodedata.normalize("NFKC", text).translate(_UNSEEN).casefold()
    for sign, stand_in in _PUNCTUATION.items():
        folded = folded.replace(sign, stand_in)
    return "\n".join(" ".join(row.split()) for row in folded.split("\n"))


def unquoted(text: str) -> str:
    """``text`` without what stands in quotation marks: quoting the customer is not saying it (rulebook 1.9)."""
    kept: list[str] = []
    at = 0
    while at < len(text):
        closing = _QUOTES.get(text[at])
        end = text.find(closing, at + 1) if closing else -1
        if end > 0:
            kept.append(" ")
            at = end + 1
        else:
            kept.append(text[at])
            at += 1
    return "".join(kept)


def sentences(text: str) -> str:
    """``text`` in plain form, one sentence a row; a full stop between digits ends none."""
    whole = text.strip()
    if len(whole) > 1 and _QUOTES.get(whole[0]) == whole[-1]:
        whole = whole[1:-1]
    return "\n".join(row.strip() for row in "".join(_with_breaks(plain(unquoted(whole)))).split("\n") if row.strip())


def _with_breaks(text: str) -> Iterator[str]:
    for at, char in enumerate(text):
        yield char
        following = text[at + 1 : at + 2]
        if (char in _STOPS and following not in _STOPS) or (char == "." and following in ("", " ")):
            yield "\n"
