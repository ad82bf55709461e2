"""The question bank: a question, its immutable versions, their keys (apart), reviews, pictures, blueprints."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.extensions import Base
from lms.models.columns import Document, Id, Json, Moment
from lms.models.people import Person


class Question(Base):
    """What does not change from version to version, and what lists and filters look at (of the newest version)."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_filter", "state", "section", "kind", "topic", "difficulty"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(10))  # draft | review | live | retired
    kind: Mapped[str] = mapped_column(String(10))
    section: Mapped[str] = mapped_column(String(12))
    topic: Mapped[str] = mapped_column(String(40), index=True)
    difficulty: Mapped[int]
    languages: Mapped[str] = mapped_column(String(8))  # "en zh"
    rule: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))  # the stem's beginning, for lists
    search: Mapped[str] = mapped_column(Text)  # folded code, stem and options in all languages
    digest: Mapped[str] = mapped_column(String(64), index=True)  # of the newest version's whole content
    loaded_digest: Mapped[str | None] = mapped_column(String(64))  # as last loaded from a file; None: made here
    newest_id: Mapped[int | None] = mapped_column(ForeignKey("question_versions.id", use_alter=True))
    live_id: Mapped[int | None] = mapped_column(ForeignKey("question_versions.id", use_alter=True))
    updated_at: Mapped[datetime] = mapped_column(Moment, index=True)

    newest: Mapped["QuestionVersion"] = relationship(foreign_keys=[newest_id], post_update=True)
    versions: Mapped[list["QuestionVersion"]] = relationship(
        foreign_keys="QuestionVersion.question_id", back_populates="question", order_by="QuestionVersion.number"
    )


class QuestionVersion(Base):
    """One saved form of a question; never changed. ``face`` is what a candidate may see, keys lie in QuestionKey."""

    __tablename__ = "question_versions"
    __table_args__ = (UniqueConstraint("question_id", "number"),)

    id: Mapped[Id]
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    number: Mapped[int]
    face: Mapped[Json] = mapped_column(Document)
    digest: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: loaded from a file
    saved_at: Mapped[datetime] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(String(300), default="")

    question: Mapped[Question] = relationship(foreign_keys=[question_id], back_populates="versions")
    author: Mapped[Person | None] = relationship()
    keys: Mapped[list["QuestionKey"]] = relationship(order_by="QuestionKey.revision", back_populates="version")


class QuestionKey(Base):
    """The secret half of a version: key, rationales, guide. Revision 1 comes with it; a regrade adds the next."""

    __tablename__ = "question_keys"
    __table_args__ = (UniqueConstraint("version_id", "revision"),)

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"), index=True)
    revision: Mapped[int]
    body: Mapped[Json] = mapped_column(Document)
    treatment: Mapped[str] = mapped_column(String(10), default="key")  # key | answered | everyone, see domain.regrade
    reason: Mapped[str] = mapped_column(String(2000), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime] = mapped_column(Moment)

    version: Mapped[QuestionVersion] = relationship(back_populates="keys")


class QuestionReview(Base):
    """A second trainer's verdict on one version (four eyes)."""

    __tablename__ = "question_reviews"

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    verdict: Mapped[str] = mapped_column(String(10))  # approved | returned
    comment: Mapped[str] = mapped_column(String(2000), default="")
    at: Mapped[datetime] = mapped_column(Moment)

    reviewer: Mapped[Person] = relationship()


class Picture(Base):
    """An uploaded image, re-encoded by us; stems name it as ``![…](picture:<sha256>)``."""

    __tablename__ = "pictures"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    uploaded_at: Mapped[datetime] = mapped_column(Moment)


class Topic(Base):
    """A topic's title; questions and blueprints name it by its code."""

    __tablename__ = "topics"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    section: Mapped[str] = mapped_column(String(12))
    title: Mapped[Json] = mapped_column(Document)  # {"zh": …, "en": …}


class Blueprint(Base):
    """A plan from which sittings are made: an exam's blueprint, or a drill's plan (``kind`` lookup, workflow)."""

    __tablename__ = "blueprints"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(10), default="exam", server_default="exam")
    digest: Mapped[str] = mapped_column(String(64))
    loaded_digest: Mapped[str | None] = mapped_column(String(64))
    newest_id: Mapped[int | None] = mapped_column(ForeignKey("blueprint_versions.id", use_alter=True))
    retired: Mapped[bool] = mapped_column(default=False)

    newest: Mapped["BlueprintVersion"] = relationship(foreign_keys=[newest_id], post_update=True)


class BlueprintVersion(Base):
    """One saved form of a blueprint; sittings point here, so a later edit changes no sitting."""

    __tablename__ = "blueprint_versions"
    __table_args__ = (UniqueConstraint("blueprint_id", "number"),)

    id: Mapped[Id]
    blueprint_id: Mapped[int] = mapped_column(ForeignKey("blueprints.id"), index=True)
    number: Mapped[int]
    body: Mapped[Json] = mapped_column(Document)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime] = mapped_column(Moment)
