"""What is wrong with an author's text, in the language of the page."""

from collections.abc import Iterable
from typing import Any, Protocol

from lms.domain.wording import in_language
from lms.web.language import language


class Problem(Protocol):
    """A flaw at its line, as the check of content files finds it."""

    @property
    def line(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def mend(self) -> str: ...
    @property
    def is_error(self) -> bool: ...


def problems(found: Iterable[Problem]) -> list[dict[str, Any]]:
    """As the editor shows them."""
    return [
        {"line": one.line, "key": one.key, "what": said(one.what), "mend": said(one.mend), "error": one.is_error}
        for one in found
    ]


def said(text: str) -> str:
    return in_language(text, language())
