"""What a select field offers, from the terms of `words`."""

from flask_babel import LazyString
from wtforms import SelectChoice

from lms.web.words import WORDS


def choices(family: str, every: LazyString | None = None) -> list[SelectChoice]:
    """The values of a family by their terms; ``every`` stands first and means no choice."""
    terms = [SelectChoice(value, term) for value, term in WORDS[family].items()]
    return terms if every is None else [SelectChoice("", every), *terms]
