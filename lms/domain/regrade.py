"""Regrading 重新判分 after a key was wrong: what an answer earns under the key as put right."""

from enum import StrEnum
from fractions import Fraction

from lms.domain.questions import Answer, MultipleRule, QuestionBase


class Treatment(StrEnum):
    """How a version's newest key revision is to be used."""

    KEY = "key"  # by its key
    ANSWERED = "answered"  # everyone who gave an answer is right
    EVERYONE = "everyone"  # the question is dropped: full points for all, blank or not


def share_under(treatment: Treatment, question: QuestionBase, answer: Answer, rule: MultipleRule) -> Fraction:
    """The part of the points, 0…1; only for objective kinds."""
    if treatment is Treatment.EVERYONE:
        return Fraction(1)
    if treatment is Treatment.ANSWERED:
        return Fraction(not question.is_blank(answer))
    return question.share(answer, rule)
