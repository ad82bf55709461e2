"""The words of the agent desktop, by family and code, as `scenarios/operator/desktop.yaml` gives them."""

from functools import cached_property

from lms.domain.values import Language, Texts, Value


class Desktop(Value):
    """``families``: panel, table, column, status, flag, line … → code → texts."""

    families: dict[str, dict[str, Texts]]

    def in_(self, language: Language) -> "Words":
        return self._words[language]

    @cached_property
    def _words(self) -> dict[Language, "Words"]:
        return {language: Words(self, language) for language in Language}


class Words:
    """The desktop's words in one language."""

    def __init__(self, desktop: Desktop, language: Language) -> None:
        self.language = language
        self._texts = {
            (family, code): text.in_(language)
            for family, words in desktop.families.items()
            for code, text in words.items()
        }

    def __call__(self, family: str, code: str) -> str:
        """The word; the code itself where the files have none for it."""
        return self._texts.get((family, code), code)

    def text(self, texts: Texts | None) -> str:
        return texts.in_(self.language) if texts is not None else ""
