"""Intents against their own examples: every yes is heard, every no is not, every pattern is sound."""

from collections.abc import Iterator, Mapping

from lms.domain.scenarios.flaw import Flaw
from lms.domain.scenarios.hearing import PatternRefused, compiled, plain, sentences
from lms.domain.scenarios.intents import FEWEST_NO, FEWEST_YES, Intent
from lms.domain.scenarios.scenario import Place
from lms.domain.values import Language


def flaws(intents: Mapping[str, Intent]) -> Iterator[Flaw]:
    for name, intent in intents.items():
        for language in Language:
            refused = [*_refused(intent, language, name)]
            yield from refused or _wrongly_heard(intent, language, name)
            yield from _too_few(intent, language, name)


def _refused(intent: Intent, language: Language, name: str) -> Iterator[Flaw]:
    patterns = intent.patterns.in_(language)
    for key in ("any", "all", "none"):
        for index, pattern in enumerate(getattr(patterns, key)):
            at: Place = ("intents", name, "patterns", language.value, key, index)
            try:
                found = compiled(pattern).search("")
            except PatternRefused as error:
                yield Flaw(at, f"RE2 refuses the pattern: {error}", "write it without look-around and back-references")
                continue
            if found:
                yield Flaw(at, "the pattern matches nothing at all", "ask for at least one character")
            if _unlike_heard(pattern):
                yield Flaw(at, "what is heard is half-width and in small letters", f"write it so: {plain(pattern)}")


def _unlike_heard(pattern: str) -> bool:
    """Whether the pattern asks for signs that no heard text has; escapes such as \\S are left alone."""
    bare = "".join(char for at, char in enumerate(pattern) if at == 0 or pattern[at - 1] != "\\")
    return plain(bare).replace(" ", "") != bare.replace(" ", "").replace("\n", "")


def _wrongly_heard(intent: Intent, language: Language, name: str) -> Iterator[Flaw]:
    patterns = intent.patterns.in_(language)
    for key, wanted in (("yes", True), ("no", False)):
        for index, example in enumerate((intent.yes if wanted else intent.no).in_(language)):
            if patterns.match(sentences(example)) is not wanted:
                said = "is not heard as" if wanted else "is heard as"
                mend = "widen its patterns" if wanted else "narrow its patterns, or add one to none"
                yield Flaw(("intents", name, key, language.value, index), f"{example!r} {said} {name}", mend)


def _too_few(intent: Intent, language: Language, name: str) -> Iterator[Flaw]:
    for key, fewest in (("yes", FEWEST_YES), ("no", FEWEST_NO)):
        different = {plain(example) for example in getattr(intent, key).in_(language)}
        if len(different) < fewest:
            what = f"{len(different)} different examples, at least {fewest} are needed"
            yield Flaw(("intents", name, key, language.value), what, "write more, in other words")
