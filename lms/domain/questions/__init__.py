"""Questions 试题: one class a kind, each of which reads and marks its own answers."""

from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from lms.domain.questions.base import (
    Answer,
    AnswerRejected,
    Kind,
    MultipleRule,
    Option,
    QuestionBase,
    Section,
)
from lms.domain.questions.choice import Multiple, Single, multiple_share
from lms.domain.questions.numeric import Numeric
from lms.domain.questions.ordering import Ordering, Step
from lms.domain.questions.written import LONGEST_ANSWER, Criterion, Written

Question = Annotated[Single | Multiple | Numeric | Ordering | Written, Field(discriminator="kind")]
question_adapter: TypeAdapter[Single | Multiple | Numeric | Ordering | Written] = TypeAdapter(Question)

KINDS: dict[Kind, type[QuestionBase]] = {
    Kind.SINGLE: Single,
    Kind.MULTIPLE: Multiple,
    Kind.NUMERIC: Numeric,
    Kind.ORDERING: Ordering,
    Kind.WRITTEN: Written,
}


def parse_question(data: dict[str, Any]) -> Single | Multiple | Numeric | Ordering | Written:
    """A question from its plain data; raises pydantic's ValidationError, which names each field."""
    return question_adapter.validate_python(data)


__all__ = [
    "KINDS",
    "LONGEST_ANSWER",
    "Answer",
    "AnswerRejected",
    "Criterion",
    "Kind",
    "Multiple",
    "MultipleRule",
    "Numeric",
    "Option",
    "Ordering",
    "Question",
    "QuestionBase",
    "Section",
    "Single",
    "Step",
    "Written",
    "multiple_share",
    "parse_question",
]
