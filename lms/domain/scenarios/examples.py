"""Intents against their own examples: every yes is heard, every no is not, every pattern is sound."""

from collections.abc import Iterator, Mapping

from lms.domain.linear_patterns import PatternRefused
from lms.domain.scenarios.flaw import Flaw
from lms.domain.scenarios.hearing import compiled, plain, sentences
from lms.domain.scenarios.intents import FEWEST_NO, FEWEST_YES, Intent
from lms.domain.scenarios.scenario import Place
from lms.domain.values import Language
from lms.domain.wording import Worded


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
                what = Worded("RE2 refuses the pattern: %(reason)s", reason=str(error))
                yield Flaw(at, what, Worded("write it without look-around and back-references"))
                continue
            if found:
                yield Flaw(at, Worded("the pattern matches nothing at all"), Worded("ask for at least one character"))
            if _unlike_heard(pattern):
                mend = Worded("write it so: %(pattern)s", pattern=plain(pattern))
                yield Flaw(at, Worded("what is heard is half-width and in small letters"), mend)


def _unlike_heard(pattern: str) -> bool:
    """Whether the pattern asks for signs that no heard text has; escapes such as \\S are left alone."""
    bare = "".join(char for at, char in enumerate(pattern) if at == 0 or pattern[at - 1] != "\\")
    return plain(bare).replace(" ", "") != bare.replace(" ", "").replace("\n", "")


def _wrongly_heard(intent: Intent, language: Language, name: str) -> Iterator[Flaw]:
    patterns = intent.patterns.in_(language)
    for key, wanted in (("yes", True), ("no", False)):
        for index, example in enumerate((intent.yes if wanted else intent.no).in_(language)):
            if patterns.match(sentences(example)) is not wanted:
                at: Place = ("intents", name, key, language.value, index)
                if wanted:
                    what = Worded("%(example)r is not heard as %(intent)s", example=example, intent=name)
                    yield Flaw(at, what, Worded("widen its patterns"))
                else:
                    what = Worded("%(example)r is heard as %(intent)s", example=example, intent=name)
                    yield Flaw(at, what, Worded("narrow its patterns, or add one to none"))


def _too_few(intent: Intent, language: Language, name: str) -> Iterator[Flaw]:
    for key, fewest in (("yes", FEWEST_YES), ("no", FEWEST_NO)):
        different = {plain(example) for example in getattr(intent, key).in_(language)}
        if len(different) < fewest:
            what = Worded("%(count)s different examples, at least %(fewest)s are needed",
                          count=len(different), fewest=fewest)  # fmt: skip
            yield Flaw(("intents", name, key, language.value), what, Worded("write more, in other words"))
