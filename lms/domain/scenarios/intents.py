"""Intents: what an agent may mean, recognised by patterns, and shown by examples that must and must not match."""

from collections.abc import Mapping

from pydantic import Field

from lms.domain.scenarios.hearing import compiled, sentences
from lms.domain.scenarios.texts import Both, Id, Samples, Sentence
from lms.domain.values import Language, Value

FEWEST_YES = 8  # examples for each language; below that nobody knows what the intent means
FEWEST_NO = 5


class Patterns(Value):
    """An intent is heard where one sentence matches one of ``any`` and none of ``none``,

    and every one of ``all`` is found somewhere in what was said.
    """

    any: tuple[Sentence, ...] = Field(min_length=1)
    all: tuple[Sentence, ...]
    none: tuple[Sentence, ...]

    def match(self, rows: str) -> bool:
        """Whether ``rows`` (:func:`~lms.domain.scenarios.hearing.sentences`) say it."""
        if not all(compiled(pattern).search(rows) for pattern in self.all):
            return False
        return any(self._stands(rows, found.start()) for one in self.any for found in compiled(one).finditer(rows))

    def _stands(self, rows: str, at: int) -> bool:
        """Whether nothing in the sentence around ``at`` takes the match back."""
        start, end = rows.rfind("\n", 0, at) + 1, rows.find("\n", at)
        sentence = rows[start : end if end >= 0 else len(rows)]
        return not any(compiled(pattern).search(sentence) for pattern in self.none)


class PatternsByLanguage(Value):
    zh: Patterns
    en: Patterns

    def in_(self, language: Language) -> Patterns:
        return self.zh if language is Language.ZH else self.en


class Intent(Value):
    meaning: Both
    patterns: PatternsByLanguage
    yes: Samples
    no: Samples


def heard(intents: Mapping[Id, Intent], text: str, language: Language) -> tuple[Id, ...]:
    """The ids of all intents in ``text``, in the order of ``intents``."""
    rows = sentences(text)
    if not rows:
        return ()
    return tuple(name for name, intent in intents.items() if intent.patterns.in_(language).match(rows))
