"""What the operator has written down for its agents: articles, solutions, outage notices, words for notes."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from lms.domain.crm.moments import ZONE
from lms.domain.crm.records import TicketType
from lms.domain.values import Texts, Value

ArticleId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", max_length=40)]
Topic = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]

Local = Annotated[datetime, AfterValidator(lambda moment: moment.replace(tzinfo=ZONE))]  # as typed: the city's time


class Keywords(Value):
    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Article(Value):
    """``topics``: what it settles; each has exactly one current article. ``body`` is Markdown."""

    id: ArticleId
    rule: str
    version: str
    status: Literal["current", "superseded"]
    replaced_by: ArticleId | None = None
    topics: tuple[Topic, ...] = Field(min_length=1)
    title: Texts
    keywords: Keywords
    body: Texts

    @property
    def superseded(self) -> bool:
        return self.status == "superseded"


class Knowledge(Value):
    """The file `knowledge.yaml`."""

    articles: tuple[Article, ...] = Field(min_length=1)


class Solution(Value):
    """What an agent can choose as solution. ``money``: whether an amount belongs to it, and which way it flows."""

    id: ArticleId
    rule: str
    money: Literal["none", "refund", "credit", "fee", "quote"]
    topics: tuple[Topic, ...] = Field(min_length=1)
    title: Texts
    summary: Texts


class Solutions(Value):
    """The file `solutions.yaml`."""

    solutions: tuple[Solution, ...] = Field(min_length=1)


class Notice(Value):
    """An outage notice: of one area, in force from ``started`` until it has ``ended``."""

    id: ArticleId
    area: Topic
    kind: Topic
    started: Local
    expected_end: Local
    ended: Local | None = None
    title: Texts
    body: Texts

    def in_force(self, moment: datetime) -> bool:
        return self.started <= moment and (self.ended is None or moment < self.ended)


class NoteText(Value):
    """What agents write into records; ``{amount}``, ``{date}`` and ``{ticket}`` are filled in."""

    id: ArticleId
    topic: Topic
    text: Texts


class Notices(Value):
    """The file `notices.yaml`."""

    notices: tuple[Notice, ...] = Field(min_length=1)
    contact_notes: tuple[NoteText, ...] = Field(min_length=1)


class OrderTexts(Value):
    """Notes that the system itself writes; ``{date}`` and ``{amount}`` are filled in."""

    contract: Texts
    terminated: Texts
    deposit: Texts
    merged: Texts


class RecordTexts(Value):
    """The file `record_texts.yaml`."""

    operators: tuple[Texts, ...] = Field(min_length=1)
    security_notes: tuple[Texts, ...] = Field(min_length=1)
    tickets: dict[TicketType, tuple[Texts, ...]]
    orders: OrderTexts


def filled(text: Texts, **slots: str) -> Texts:
    """``text`` with its slots filled in; the slots that it has not are left out."""
    written = text.model_dump()
    for name, value in slots.items():
        written = {language: said and said.replace(f"{{{name}}}", value) for language, said in written.items()}
    return Texts(**written)
