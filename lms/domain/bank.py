"""The question bank's rules: what of a question is secret, when it counts as changed, how it is found."""

import hashlib
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from lms.domain.questions import Multiple, Ordering, Question, Single, Written, parse_question
from lms.domain.values import Language, Texts, Value

Plain = dict[str, Any]

TITLE_LENGTH = 200
_PROBES = 6
_PROBE_SIZE = {Language.ZH: 4, Language.EN: 9}
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_MARKUP = re.compile(r"!\[([^\]]*)\]\([^)]*\)|[*_`#>|]+")


def split(question: Question) -> tuple[Plain, Plain]:
    """``(face, secrets)``: what a candidate may see of a question, and what may never reach one (contract 4).

    The secrets hold the class's ``SECRET`` fields, the rule (a clause often states the answer) and, as ``why``, each
    option's explanation by its id. A written question's face keeps its criteria's ids, names and points.
    """
    whole = question.model_dump(mode="json", exclude_none=True)
    hidden = question.SECRET | {"rule"}
    secrets = {name: value for name, value in whole.items() if name in hidden}
    face = {name: value for name, value in whole.items() if name not in hidden}
    if isinstance(question, Single | Multiple):
        secrets["why"] = {option["id"]: option["why"] for option in whole["options"]}
        face["options"] = [{"id": option["id"], "text": option["text"]} for option in whole["options"]]
    if isinstance(question, Written):
        face["guide"] = [{name: line[name] for name in ("id", "name", "points")} for line in whole["guide"]]
    return face, secrets


def join(face: Mapping[str, Any], secrets: Mapping[str, Any]) -> Question:
    """The question whose :func:`split` gave the two halves; raises pydantic's ValidationError on anything else."""
    whole = {**face, **{name: value for name, value in secrets.items() if name != "why"}}
    if "why" in secrets:
        whole["options"] = [{**option, "why": secrets["why"][option["id"]]} for option in face["options"]]
    return parse_question(whole)


def digest(value: Value) -> str:
    """SHA-256 over the canonical JSON of the whole value: equal exactly when nothing was changed."""
    plain = value.model_dump(mode="json", exclude_none=True)
    canonical = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def prefix_of(code: str) -> str:
    """``BIL-001`` → ``BIL``; a code without a hyphen is its own prefix."""
    return code.rpartition("-")[0] or code


def usual_prefixes(filed: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Topic → the prefix that most of its codes have, from (topic, code)."""
    prefixes: dict[str, Counter[str]] = defaultdict(Counter)
    for topic, code in filed:
        prefixes[topic][prefix_of(code)] += 1
    return {topic: counted.most_common(1)[0][0] for topic, counted in prefixes.items()}


def fold(text: str) -> str:
    """Text as it is searched: full-width forms and capitals made equal, marks of Markdown and line breaks dropped."""
    plain = _MARKUP.sub(r" \1 ", unicodedata.normalize("NFKC", text))
    return " ".join(plain.casefold().split())


def search_text(question: Question) -> str:
    """What searches and the watch for near-duplicates read, folded, in five lines:

    code · zh stem · zh options · en stem · en options. Options stand in an order that shuffling does not change.
    """
    lines = [fold(question.code)]
    for language in Language:
        lines.append(fold(getattr(question.stem, language.value) or ""))
        lines.append(options_line(getattr(text, language.value) or "" for text in choices(question)))
    return "\n".join(lines)


def choices(question: Question) -> list[Texts]:
    """The texts that are chosen from or put in order."""
    if isinstance(question, Single | Multiple):
        return [option.text for option in question.options]
    return [step.text for step in question.steps] if isinstance(question, Ordering) else []


def options_line(texts: Iterable[str]) -> str:
    return " / ".join(sorted(folded for text in texts if (folded := fold(text))))


def in_language(search: str, language: Language, *, options: bool) -> str:
    """The stem of one language, with or without its options, from :func:`search_text`'s lines."""
    first = 1 + 2 * list(Language).index(language)
    return " ".join(search.split("\n")[first : first + 1 + options]).strip()


def levelled(text: str) -> str:
    """Folded text with every number as ``#``: equal for questions that differ in their numbers alone."""
    return _NUMBER.sub("#", text)


def probes(text: str, language: Language) -> list[str]:
    """Short stretches of a levelled text, spread over it and without numbers.

    A text that is much the same holds at least one of them, so a table can pick candidates before they are compared.
    """
    size = _PROBE_SIZE[language]
    stretches = [part.strip() for part in text.split("#")]
    cut = [part[at : at + size] for part in stretches for at in range(0, len(part) - size + 1, size)]
    step = max(1, len(cut) // _PROBES)
    return list(dict.fromkeys(cut[step // 2 :: step]))[:_PROBES]


def plain_line(stem: str) -> str:
    """A stem's beginning as one line without marks of Markdown, for lists."""
    return " ".join(_MARKUP.sub(r" \1 ", stem).split())[:TITLE_LENGTH]


def title(question: Question) -> str:
    return plain_line(question.stem.zh or question.stem.en or "")
