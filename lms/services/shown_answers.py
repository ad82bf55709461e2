"""A candidate's answers and the right ones, as the paper showed them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lms.domain.frozen_paper import FrozenQuestion
from lms.domain.questions import Multiple, Numeric, Ordering, QuestionBase, Single
from lms.domain.results import Feedback
from lms.services import paper_shelf
from lms.services.key_shelf import whole_question
from lms.services.marking import OnPaper


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """One question with one's own answer; ``right`` is empty unless the sitting shows right answers."""

    position: int
    section: str
    points: int
    earned: Fraction
    stem: str
    given: Sequence[str]
    right: Sequence[str]


def answers_of(attempt_id: int, questions: Sequence[OnPaper], feedback: Feedback) -> list[AnswerShown]:
    """Every question of the paper with what was given; right answers where the sitting shows them."""
    paper = paper_shelf.any_paper(attempt_id)
    if paper is None:
        return []
    shown = []
    for one in questions:
        frozen = paper.question(one.position)
        right: list[str] = []
        if feedback.right_answers and one.key_id is not None:
            right = right_answer(frozen, whole_question(one.key_id))
        shown.append(
            AnswerShown(
                position=one.position,
                section=one.section,
                points=one.points,
                earned=one.earned.share * one.points,
                stem=frozen.stem,
                given=given_answer(frozen, json.loads(one.answer) if one.answer else None),
                right=right,
            )
        )
    return shown


def given_answer(frozen: FrozenQuestion, answer: Any) -> list[str]:
    """An answer in the bank's ids as the candidate saw it: options by letter and text, words as they stand."""
    if answer is None:
        return []
    if not frozen.order:
        return [f"{answer} {frozen.unit}".strip()]
    ids = [answer] if isinstance(answer, str) else answer
    texts = dict(zip(frozen.order, frozen.lettered, strict=True))
    return [f"{texts[i][0]}. {texts[i][1]}" for i in ids if i in texts]


def right_answer(frozen: FrozenQuestion, question: QuestionBase) -> list[str]:
    """The key as this paper shows it; nothing for a case, whose guide stays with the examiners."""
    match question:
        case Single() | Numeric():
            return given_answer(frozen, question.key)
        case Multiple() | Ordering():
            return given_answer(frozen, list(question.key))
    return []
