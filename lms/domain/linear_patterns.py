"""Patterns that cannot blow up: RE2 takes time linear in the text, and has no look-around.

RE2 is loaded with the first pattern, for most processes never read a transcript, and it is as large as ours all are.
"""

from typing import Any


class PatternRefused(ValueError):
    """RE2 does not take the pattern; the text says why."""


def linear_pattern(text: str, *, most_memory: int | None = None) -> Any:
    """``text`` ready for use; ``most_memory``: bytes it may use, where a large one would starve. Raises
    :class:`PatternRefused`.
    """
    import re2

    options = re2.Options()
    options.log_errors = False
    if most_memory is not None:
        options.max_mem = most_memory
    try:
        return re2.compile(text, options)
    except (re2.error, UnicodeError) as error:
        said = error.args[0] if error.args else "unreadable"
        raise PatternRefused(said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)) from error
