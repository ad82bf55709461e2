"""What every part of a scenario is made of: ids, texts in both languages, the customer's lines."""

from typing import Annotated

from pydantic import Field, StringConstraints

from lms.domain.values import Language, Value

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=60)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class Both(Value):
    """One text in every language: a role-play can be held in either, so neither may be missing."""

    zh: Sentence
    en: Sentence

    def in_(self, language: Language) -> str:
        return self.zh if language is Language.ZH else self.en


class SpokenLine(Both):
    """Something that the customer may say. ``id`` is stable: logs and translations refer to it.

    ``reveals`` names the facts that the line gives away; it is spoken only once all of them may be.
    """

    id: Id
    reveals: tuple[Id, ...] = ()


class Words(Value):
    """Words by language; a language may have none."""

    zh: tuple[Sentence, ...]
    en: tuple[Sentence, ...]

    def in_(self, language: Language) -> tuple[str, ...]:
        return self.zh if language is Language.ZH else self.en


class Samples(Words):
    """Sentences of an agent by language."""

    zh: tuple[Sentence, ...] = Field(min_length=1)
    en: tuple[Sentence, ...] = Field(min_length=1)
