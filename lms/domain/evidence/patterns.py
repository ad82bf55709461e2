"""Patterns of evidence, linear in the text; what stands before or after is asked for in code."""

from functools import cached_property
from typing import Any

from lms.domain.linear_patterns import linear_pattern

MOST_MEMORY = 64 << 20  # bytes a pattern may use: the lexicons are large, and a starved RE2 is slow


class Pattern:
    """A pattern that speaks of places, in characters; compiled when it is first asked.

    There are over a hundred, 4 MiB in all, and most processes never read a transcript.
    """

    def __init__(self, *alternatives: str) -> None:
        """Any of ``alternatives``, the earlier preferred where two begin at the same place."""
        self._text = "|".join(alternatives)

    @cached_property
    def _found(self) -> Any:
        return linear_pattern(self._text, most_memory=MOST_MEMORY)

    def within(self, text: str) -> bool:
        return self._found.search(text) is not None

    def first(self, text: str) -> tuple[int, int] | None:
        match = self._found.search(text)
        return (match.start(), match.end()) if match else None

    def all(self, text: str) -> list[tuple[int, int]]:
        """Every match from left to right, without overlaps."""
        return [(match.start(), match.end()) for match in self._found.finditer(text)]


def either(*alternatives: str) -> str:
    """One group of ``alternatives`` to build greater patterns from."""
    return "(?:" + "|".join(alternatives) + ")"


def longest(*words: str) -> str:
    """One group of ``words``, the longest first, so that 保证金 is read before 保证."""
    return either(*sorted(words, key=len, reverse=True))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a lexicon written as text, separated by white space."""
    return tuple(text.split())
