"""Rules for good questions that no single field can hold: cues, twins, enemies, languages, a bank too small.

Each takes what was filed and gives problems; none reads a file.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from lms.content.filed import FiledBlueprint, FiledQuestion
from lms.content.problems import Problem, SourceFile
from lms.content.yaml_lines import Place
from lms.domain.bank import prefix_of, usual_prefixes
from lms.domain.papers import PoolEntry, Shortage, shortages, stock_of
from lms.domain.questions import Multiple, Ordering, Question, Single
from lms.domain.values import Language, Texts
from lms.domain.wording import Worded

_WORDS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7}
_WORDS |= {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_CHOOSE = {
    Language.ZH: re.compile(r"选[择出]?\s*(\d+|[一两二三四五六七])\s*[项个]"),
    Language.EN: re.compile(
        r"\b(?:choose|select|pick)\s+(?:the\s+|exactly\s+)*(\d+|one|two|three|four|five|six|seven)\b"
    ),
}
_CHOOSE_EXAMPLE = {Language.ZH: "（选{n}项）", Language.EN: "(choose {n})"}

# A key so much longer than every other option, in share and in characters, is found without knowing anything.
_LONGER = 1.5
_LONGER_BY = {Language.ZH: 8, Language.EN: 25}

_NUMBER = re.compile(
    r"\d+(?:[.,:]\d+)*|[零〇一二两三四五六七八九十百千万]+"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b"
)


def of_one(filed: FiledQuestion) -> Iterator[Problem]:
    """What one sound question shows alone."""
    yield from untranslated(filed.question.stem, filed.source, (*filed.place, "stem"))
    if isinstance(filed.question, Multiple):
        yield from _how_many(filed, filed.question)
    if isinstance(filed.question, Single | Multiple):
        yield from _long_key(filed, filed.question)


def untranslated(texts: Texts, source: SourceFile, place: Place) -> Iterator[Problem]:
    for language in sorted(set(Language) - texts.languages):
        what = Worded("there is no %(language)s text", language=language.value)
        yield source.warning(place, what, Worded("translate it, as %(language)s: …", language=language.value))


def holes(entry: dict[str, Any], source: SourceFile, place: Place) -> Iterator[Problem]:
    """Each text that lacks a language which other texts of the same question have."""
    found = list(_bilingual(entry, place))
    used = {language.value for _, texts in found for language in Language if texts.get(language.value)}
    for at, texts in found:
        for language in sorted(used - {key for key, text in texts.items() if text}):
            what = f"there is no {language} text, which other texts of the question have"
            yield source.error(at, what, f"add {language}: …")


def _bilingual(node: Any, place: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
    if isinstance(node, dict) and node and node.keys() <= set(Language):
        yield place, node
    elif isinstance(node, dict | list):
        steps: Iterable[tuple[Any, Any]] = node.items() if isinstance(node, dict) else enumerate(node)
        for step, child in steps:
            yield from _bilingual(child, (*place, step))


def cut_texts(source: SourceFile) -> Iterator[Problem]:
    """Unquoted texts that lose their end to a ``#``."""
    for place in source.document.cut:
        if place and place[-1] in set(Language):
            what = Worded("what follows ' #' is a comment and no part of the text")
            yield source.warning(place, what, Worded("put the text in quotes, or the comment on its own line"))


def _how_many(filed: FiledQuestion, question: Multiple) -> Iterator[Problem]:
    """The stem says how many options are right, in each of its languages, and says it right."""
    right = len(question.key)
    for language in sorted(question.stem.languages):
        example = _CHOOSE_EXAMPLE[language].format(n=right)
        said = numbers_to_choose(question.stem.in_(language), language)
        at = ("stem", language.value)
        if not said:
            yield filed.error("the stem does not say how many options are right", f"add {example}", *at)
        elif said[-1] != right:
            what = f"the stem says {said[-1]}, the key names {right}"
            yield filed.error(what, f"write {example}, or mend the key", *at)


def numbers_to_choose(stem: str, language: Language) -> list[int]:
    """The N of every 选N项 or "choose N" in ``stem``, in the order of the text."""
    text = unicodedata.normalize("NFKC", stem).casefold()
    return [_WORDS[one] if one in _WORDS else int(one[:9]) for one in _CHOOSE[language].findall(text)]


def _long_key(filed: FiledQuestion, question: Single | Multiple) -> Iterator[Problem]:
    keys = set(question.key)
    for language in sorted(question.languages):
        lengths = {option.id: len(option.text.in_(language)) for option in question.options}
        key = min(length for one, length in lengths.items() if one in keys)
        other = max(length for one, length in lengths.items() if one not in keys)
        if key >= max(other * _LONGER, other + _LONGER_BY[language]):
            what = f"the key gives itself away: {key} characters in {language.value}, the others at most {other}"
            yield filed.warning(what, "shorten it, or make the others as exact", "key")
            return


def enemies(filed: FiledQuestion, codes: Sequence[str]) -> Iterator[Problem]:
    named = filed.question.enemies
    for number, enemy in enumerate(named):
        if enemy not in codes:
            near = get_close_matches(enemy, codes, n=1, cutoff=0.8)
            mend = f"did you mean {near[0]}?" if near else "name a question of the bank, or delete it"
            yield filed.error(f"there is no question {enemy}", mend, "enemies", number)
        elif enemy in named[:number]:
            yield filed.error(f"{enemy} stands twice", "delete one", "enemies", number)


def prefixes(filed: Sequence[FiledQuestion]) -> Iterator[Problem]:
    """One prefix a topic, and no topic with another's: a code alone then says where a question belongs.

    Warnings only: a question may move to another topic and keeps its code, and what was exported must load again.
    """
    placed = [(f"{one.question.section.value}-{one.question.topic}", one) for one in filed]
    usual = usual_prefixes((topic, one.code) for topic, one in placed)
    owners = {prefix: topic for topic, prefix in reversed(usual.items())}
    for topic, one in placed:
        prefix = prefix_of(one.code)
        if prefix != usual[topic]:
            what = f"the prefix {prefix} is not that of the topic, {usual[topic]}"
            yield one.warning(what, f"begin the codes of new questions here with {usual[topic]}-", "code")
        elif owners[prefix] != topic:
            what = f"the prefix {prefix} belongs to {owners[prefix]}"
            yield one.warning(what, "give the topic a prefix of its own", "code")


def fingerprint(question: Question, language: Language) -> str:
    """Stem and options with every number as ``#``: equal for questions that differ in their numbers alone."""
    parts: list[str] = []
    if isinstance(question, Single | Multiple):
        parts = [option.text.in_(language) for option in question.options]
    elif isinstance(question, Ordering):
        parts = [step.text.in_(language) for step in question.steps]
    # Sorted, since the paper shuffles options: their order makes no other question.
    return "\n".join([_levelled(question.stem.in_(language)), *sorted(map(_levelled, parts))])


def _levelled(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s*_`]+", "", _NUMBER.sub("#", plain))


def twins(filed: Sequence[FiledQuestion]) -> Iterator[Problem]:
    """Questions that would be one and the same to a candidate: the second of each pair is told, once."""
    told: set[tuple[str, str]] = set()
    for language in Language:
        alike: dict[str, list[FiledQuestion]] = defaultdict(list)
        for one in filed:
            if language not in one.question.languages:
                continue
            earlier = alike[fingerprint(one.question, language)]
            for other in earlier:
                if (other.code, one.code) not in told and not _at_enmity(one.question, other.question):
                    told.add((other.code, one.code))
                    what = f"differs from {other.code} in its numbers at most ({language.value})"
                    # No error: two such may have been written in the program, and what it exports has to come in again.
                    yield one.warning(what, f"write enemies: [{other.code}], or ask something else", "stem")
            earlier.append(one)


def _at_enmity(one: Question, other: Question) -> bool:
    return one.code in other.enemies or other.code in one.enemies


def unfillable(filed: FiledBlueprint, pool: Sequence[PoolEntry]) -> Iterator[Problem]:
    """Each cell of the blueprint that the bank cannot fill; languages that are as short share a line."""
    blueprint = filed.blueprint
    sections = [plan.section for plan in blueprint.sections]
    languages: dict[Shortage, list[str]] = defaultdict(list)
    stock = stock_of(pool)
    for language in Language:
        for short in shortages(blueprint, stock, language):
            languages[short].append(language.value)
    for short, named in languages.items():
        place = ("sections", sections.index(short.cell.section), "picks", short.cell.number - 1)
        what = (
            f"{short.cell.name} is short by {short.missing} in {' and '.join(named)}: "
            f"the bank has {short.found} of {short.wanted} ({short.cell.pick.count} a paper, "
            f"exposure_cap {blueprint.exposure_cap})"
        )
        yield filed.source.error(place, what, "write more such questions, ask for fewer, or raise exposure_cap")
