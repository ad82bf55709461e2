"""What the operator has written down for its agents: the knowledge base of `knowledge.yaml`."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lms.domain.values import Texts, Value

ArticleId = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", max_length=40)]
Topic = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]


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
