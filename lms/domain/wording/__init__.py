"""Sentences for authors of content: English as they stand, and all that is needed to say them in Chinese.

A rule raises a :class:`Worded` sentence where it finds the flaw; which language is read is chosen where it is shown.
"""

from lms.domain.values import Language
from lms.domain.wording.files_zh import FILES
from lms.domain.wording.scenarios_zh import SCENARIOS

CHINESE = {**FILES, **SCENARIOS}


class Worded(str):
    """``Worded("there is no %(kind)s %(name)r", kind=…, name=…)``: the English sentence, its parts kept.

    A value may be such a sentence itself. Without values the text stands as it is, per cent signs included.
    """

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, **values: object) -> "Worded":
        made = super().__new__(cls, template % values if values else template)
        made.template, made.values = template, values
        return made


def in_language(text: str, language: Language) -> str:
    """``text`` in ``language``; in English where it was never worded (a system's own message)."""
    if language is not Language.ZH or not isinstance(text, Worded) or text.template not in CHINESE:
        return text
    said = {name: in_language(one, language) if isinstance(one, str) else one for name, one in text.values.items()}
    template = CHINESE[text.template]
    return template % said if said else template
