"""A case answered in words 案例简答, marked by people with a guide."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from lms.domain.questions.base import Answer, Kind, QuestionBase, text_of
from lms.domain.values import Texts, Value

LONGEST_ANSWER = 5000


class Criterion(Value):
    """One line of a marking guide: what a marker looks for, and how many points it carries."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$", max_length=30)]
    name: Texts
    points: int = Field(ge=1, le=20)
    look_for: Texts


class Written(QuestionBase):
    """The candidate sees the criteria's names and points, never ``look_for`` nor ``model_answer``."""

    kind: Literal[Kind.WRITTEN] = Kind.WRITTEN
    guide: tuple[Criterion, ...] = Field(min_length=1, max_length=6)
    model_answer: Texts

    SECRET = frozenset({"rationale", "guide", "model_answer"})
    OBJECTIVE = False

    @model_validator(mode="after")
    def _criteria_are_unique(self) -> "Written":
        if len({criterion.id for criterion in self.guide}) != len(self.guide):
            raise ValueError("two criteria have the same id")
        return self

    @property
    def points(self) -> int:
        return sum(criterion.points for criterion in self.guide)

    @property
    def texts(self) -> Sequence[Texts]:
        guide = [text for criterion in self.guide for text in (criterion.name, criterion.look_for)]
        return [*super().texts, *guide, self.model_answer]

    @classmethod
    def read(cls, raw: object, presented: Sequence[str]) -> Answer:
        return text_of(raw, LONGEST_ANSWER) or None if raw is not None else None

    def is_blank(self, answer: Answer) -> bool:
        return not isinstance(answer, str) or not answer.strip()
