"""What changed from one version of a question to the next: by characters in Chinese, by words in English."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from lms.domain.questions import Question
from lms.domain.values import Language

Fields = dict[tuple[str, str], str]

_TOKENS = {
    Language.ZH: re.compile(r"[A-Za-z0-9.]+|\s+|.", re.DOTALL),
    Language.EN: re.compile(r"\w+|\s+|[^\w\s]"),
}
# A code: put together from pieces of two codes it would name nothing.
_ONE_PIECE = "topic"
# Beyond this many pairs of tokens the matcher may skip frequent ones: a page must not wait for a pasted book.
_EXACT_UP_TO = 1_000_000


@dataclass(frozen=True, slots=True)
class Piece:
    """``kind``: same, out or in."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changed: ``field`` is dotted (``options.B.text``), ``language`` empty where it has none."""

    field: str
    language: str
    pieces: tuple[Piece, ...]


def fields_of(question: Question) -> Fields:
    """Every field as text by (dotted field, language), in the order in which an author reads them."""
    return dict(_flat("", question.model_dump(mode="json", exclude_none=True)))


def _flat(name: str, value: Any) -> Iterator[tuple[tuple[str, str], str]]:
    if isinstance(value, dict) and value and value.keys() <= set(Language):
        for language, text in value.items():
            yield (name, language), text
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}" if name else key, inner)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for entry in value:
            rest = {key: inner for key, inner in entry.items() if key != "id"}
            yield from _flat(f"{name}.{entry['id']}", rest)
    elif isinstance(value, list):
        yield (name, ""), " ".join(map(str, value))
    else:
        yield (name, ""), str(value)


def differences(old: Question, new: Question) -> list[Change]:
    """The fields that differ, in the newer version's order, what was left out last."""
    before, after = fields_of(old), fields_of(new)
    changes = []
    for place in [*after, *(place for place in before if place not in after)]:
        one, other = before.get(place, ""), after.get(place, "")
        if one != other:
            field, language = place
            changes.append(Change(field, language, tuple(_pieces_of(field, one, other, language))))
    return changes


def whole(question: Question) -> list[Change]:
    """Every field of a question, in the form in which differences are shown."""
    return [
        Change(field, language, (Piece("same", text),))
        for (field, language), text in fields_of(question).items()
        if field not in ("kind", "code")
    ]


def _pieces_of(field: str, old: str, new: str, language: str) -> list[Piece]:
    if field == _ONE_PIECE:
        return [Piece("out", old), Piece("in", new)]
    return pieces(old, new, Language(language or "zh"))


def pieces(old: str, new: str, language: Language) -> list[Piece]:
    """``old`` → ``new`` as stretches that stayed, went out or came in."""
    before, after = _TOKENS[language].findall(old), _TOKENS[language].findall(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    one, other = before[head : len(before) - tail], after[head : len(after) - tail]
    matcher = SequenceMatcher(None, one, other, autojunk=len(one) * len(other) > _EXACT_UP_TO)
    found = [Piece("same", "".join(before[:head]))]
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(one[i1:i2])))
        else:
            found += [Piece("out", "".join(one[i1:i2])), Piece("in", "".join(other[j1:j2]))]
    found.append(Piece("same", "".join(before[len(before) - tail :])))
    return [piece for piece in found if piece.text]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many tokens both begin with."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count
