"""Marks 评分, results and appeals 申诉."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.extensions import Base
from lms.models.columns import Document, Exact, Id, Json, Moment
from lms.models.exams import Attempt
from lms.models.people import Person


class MarkingTask(Base):
    """One written answer to be marked once: round 1, 2 (double marking), 3 (third marker), 4 (appeal)."""

    __tablename__ = "marking_tasks"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position", "round"),
        # Nobody marks one answer twice: whoever takes one round's lease can take no other round of it.
        UniqueConstraint("attempt_id", "position", "lease_holder_id"),
        ForeignKeyConstraint(["attempt_id", "position"], ["paper_questions.attempt_id", "paper_questions.position"]),
        Index("ix_marking_tasks_queue", "state", "version_id"),
    )

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
    position: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"))
    round: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="open")  # open | done | withdrawn
    lease_holder_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)

    attempt: Mapped[Attempt] = relationship()
    sheets: Mapped[list["Marksheet"]] = relationship(back_populates="task")


class Marksheet(Base):
    """What one examiner gave, per criterion. A draft until ``submitted_at``; never changed afterwards.

    A task has one submitted sheet at most; drafts of examiners whose lease ran out stay beside it, theirs alone.
    """

    __tablename__ = "marksheets"
    __table_args__ = (UniqueConstraint("task_id", "marker_id"),)

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("marking_tasks.id"))
    marker_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("question_keys.id"))  # the guide revision that was used
    marks: Mapped[Json] = mapped_column(Document)  # criterion id → points
    comment: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)

    task: Mapped[MarkingTask] = relationship(back_populates="sheets")
    marker: Mapped[Person] = relationship()


class MarkingComment(Base):
    """One phrase of an examiner's own comment bank."""

    __tablename__ = "marking_comments"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    text: Mapped[str] = mapped_column(String(500))
    uses: Mapped[int] = mapped_column(default=0)


class Result(Base):
    """What an attempt came to: computed once and stored; a regrade or an upheld appeal adds the next revision."""

    __tablename__ = "results"
    __table_args__ = (UniqueConstraint("attempt_id", "revision"),)

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
    revision: Mapped[int]
    sections: Mapped[Json] = mapped_column(Document)  # section → earned, weight, score … see domain.results
    total: Mapped[Fraction] = mapped_column(Exact)
    passed: Mapped[bool]
    cause: Mapped[str] = mapped_column(String(10))  # marking | regrade | appeal
    computed_at: Mapped[datetime] = mapped_column(Moment)
    released_at: Mapped[datetime | None] = mapped_column(Moment)
    released_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Appeal(Base):
    """A candidate's objection to a released result, decided by an examiner who has not marked it."""

    __tablename__ = "appeals"
    __table_args__ = (
        Index(
            "uq_appeals_one_open",
            "attempt_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
    position: Mapped[int | None]  # one question, or the whole result
    reason: Mapped[str] = mapped_column(String(2000))
    raised_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(10), default="open")  # open | upheld | rejected
    examiner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[str] = mapped_column(String(2000), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    attempt: Mapped[Attempt] = relationship()
