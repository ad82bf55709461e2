"""The frozen paper (contract 5): what one candidate saw, as canonical JSON with its SHA-256; it holds no key.

Options carry the letters under which they stand on this paper, not their ids in the bank, so that an id tells a
candidate nothing; ``order`` turns letters back into ids when the paper is marked.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any

from lms.domain.papers import Form
from lms.domain.questions import KINDS, Answer, AnswerRejected, Kind
from lms.domain.values import Language

LETTERS = "ABCDEFGH"


@dataclass(frozen=True, slots=True)
class FrozenQuestion:
    """One question as it stood on a paper, in the paper's language. All a candidate ever gets of it is here."""

    position: int
    version_id: int
    section: str
    kind: str
    points: int
    order: tuple[str, ...]  # ids of options or steps, as shown
    stem: str
    options: tuple[str, ...] = ()  # their texts, as shown
    unit: str = ""
    criteria: tuple[tuple[str, int], ...] = ()  # a written question's criteria: name, points

    @property
    def letters(self) -> str:
        return LETTERS[: len(self.order)]

    @property
    def lettered(self) -> list[tuple[str, str]]:
        return list(zip(self.letters, self.options, strict=True))

    def read(self, raw: object) -> Answer:
        """What a browser sent, in letters, checked for its shape; raises AnswerRejected."""
        return KINDS[Kind(self.kind)].read(raw, tuple(self.letters))

    def in_ids(self, answer: Answer) -> Answer:
        """An answer in letters → the same in the bank's ids (text stays text)."""
        ids = dict(zip(self.letters, self.order, strict=True))
        if not self.order or answer is None:
            return answer
        if isinstance(answer, str):
            return ids[answer]
        named = [ids[letter] for letter in answer]
        return named if self.kind == Kind.ORDERING else sorted(named)


@dataclass(frozen=True, slots=True)
class FrozenPaper:
    title: str
    language: str
    blueprint: str
    navigation: str  # free | forward
    seed: int
    questions: tuple[FrozenQuestion, ...]

    def question(self, position: int) -> FrozenQuestion:
        """Raises AnswerRejected where the paper has no such question."""
        if not 1 <= position <= len(self.questions):
            raise AnswerRejected("this paper has no such question")
        return self.questions[position - 1]

    def dump(self) -> str:
        """Canonical JSON: the text that is stored, and whose SHA-256 seals it."""
        body = {name: getattr(self, name) for name in FrozenPaper.__slots__ if name != "questions"}
        body["questions"] = [
            {name: getattr(question, name) for name in FrozenQuestion.__slots__} for question in self.questions
        ]
        return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(text: str) -> FrozenPaper:
    body = json.loads(text)
    questions = tuple(
        FrozenQuestion(
            **{
                **question,
                # Many papers hold the same question: its words are kept once.
                **{name: intern(question[name]) for name in ("section", "kind", "stem", "unit")},
                "order": _kept_once(tuple(map(intern, question["order"]))),
                "options": tuple(map(intern, question["options"])),
                "criteria": tuple((name, points) for name, points in question["criteria"]),
            }
        )
        for question in body.pop("questions")
    )
    return FrozenPaper(**body, questions=questions)


_orders: dict[tuple[str, ...], tuple[str, ...]] = {}
ORDERS = 8192


def _kept_once(order: tuple[str, ...]) -> tuple[str, ...]:
    """The same order as one object: options of most questions have the same few ids, in the same few orders."""
    if len(_orders) > ORDERS:
        _orders.clear()
    return _orders.setdefault(order, order)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def freeze(
    form: Form,
    faces: Mapping[str, tuple[int, Mapping[str, Any]]],
    *,
    title: str,
    blueprint: str,
    navigation: str = "free",
) -> FrozenPaper:
    """The paper of ``form``: ``faces`` maps a code to its version id and the face that the bank holds of it."""
    questions = [
        freeze_question(position, drawn.points, drawn.order, *faces[drawn.code], form.language)
        for position, drawn in enumerate(form.questions, start=1)
    ]
    return FrozenPaper(title, form.language.value, blueprint, navigation, form.seed, tuple(questions))


def freeze_question(
    position: int,
    points: int,
    order: Sequence[str],
    version_id: int,
    face: Mapping[str, Any],
    language: Language,
) -> FrozenQuestion:
    shown = {entry["id"]: entry["text"] for entry in (*face.get("options", ()), *face.get("steps", ()))}
    return FrozenQuestion(
        position=position,
        version_id=version_id,
        section=str(face["section"]),
        kind=str(face["kind"]),
        points=points,
        order=_kept_once(tuple(order)),
        stem=_text(face["stem"], language),
        options=tuple(_text(shown[option], language) for option in order),
        unit=_text(face["unit"], language) if face.get("unit") else "",
        criteria=tuple((_text(c["name"], language), c["points"]) for c in face.get("guide", ())),
    )


def _text(texts: Mapping[str, str | None], language: Language) -> str:
    return texts.get(language.value) or ""
