"""Drills 实操演练: worlds and their search index, sets of tasks, runs and their journals."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.extensions import Base
from lms.models.columns import Document, Exact, Id, Json, Moment
from lms.models.exams import Attempt
from lms.models.people import Person

# Ranges of terms must sort by code point on every database, whatever its language.
TERM = String(80).with_variant(String(80, collation="C"), "postgresql")


class World(Base):
    """One generated world: its customers are functions of ``seed``; only what searching needs is stored.

    ``digest`` is that of the files it was made from: another digest is another world.
    """

    __tablename__ = "crm_worlds"
    __table_args__ = (UniqueConstraint("seed", "size", "digest"),)

    id: Mapped[Id]
    seed: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    built_at: Mapped[datetime | None] = mapped_column(Moment)  # None: the index is not whole


class WorldTerm(Base):
    """One thing by which one customer can be found: a range of ``term`` is a search by prefix.

    ``kind``: n number · e number from its end · c account · s any end of the name · i initials · a any end of the
    address · t ticket.
    """

    __tablename__ = "crm_terms"
    __table_args__ = ({"sqlite_with_rowid": False},)

    world_id: Mapped[int] = mapped_column(ForeignKey("crm_worlds.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(1), primary_key=True)
    term: Mapped[str] = mapped_column(TERM, primary_key=True)
    customer: Mapped[int] = mapped_column(primary_key=True)


class DrillSet(Base):
    """Some tasks done one after another: a practice set (``attempt_id`` empty) or a certification attempt."""

    __tablename__ = "drill_sets"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(10))  # lookup | workflow
    language: Mapped[str] = mapped_column(String(2))
    seed: Mapped[int] = mapped_column(BigInteger)
    world_id: Mapped[int] = mapped_column(ForeignKey("crm_worlds.id"))
    plan: Mapped[Json] = mapped_column(Document)  # the DrillPlan, frozen
    factor: Mapped[Fraction] = mapped_column(Exact)  # of all times: extra time, or a slower clock in practice
    created_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    attempt: Mapped[Attempt | None] = relationship()
    person: Mapped[Person] = relationship()
    world: Mapped[World] = relationship()
    runs: Mapped[list["Run"]] = relationship(back_populates="drill_set", order_by="Run.position")


class Run(Base):
    """One person's try at one task. ready → open (the cue was shown) → ended; the score follows from the journal."""

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("set_id", "position"),
        Index("ix_runs_state_ends", "state", "ends_at"),
        Index("ix_runs_template", "template", "ended_at"),
        Index(
            "uq_runs_one_open",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[Id]
    set_id: Mapped[int] = mapped_column(ForeignKey("drill_sets.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    position: Mapped[int]  # from 1
    template: Mapped[str] = mapped_column(String(60))
    skill: Mapped[str] = mapped_column(String(40))
    seed: Mapped[int] = mapped_column(BigInteger)
    task: Mapped[str] = mapped_column(Text)  # canonical JSON, frozen
    task_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(6))
    begun_at: Mapped[datetime | None] = mapped_column(Moment)
    ends_at: Mapped[datetime | None] = mapped_column(Moment)
    paused_seconds: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str | None] = mapped_column(String(12))  # trainee | time | invigilator
    # Computed from task and journal when the run ends; kept for lists and curves.
    score: Mapped[Json | None] = mapped_column(Document)
    points: Mapped[Fraction | None] = mapped_column(Exact)  # of 100
    counted: Mapped[bool | None]  # a lookup task within its time and right in everything
    errors: Mapped[int | None]
    critical: Mapped[bool | None]
    milliseconds: Mapped[int | None]  # from cue to submit, without pauses

    drill_set: Mapped[DrillSet] = relationship(back_populates="runs")


class RunAction(Base):
    """One acknowledged action: append-only. The same ``op_id`` again is the same action."""

    __tablename__ = "run_actions"
    __table_args__ = (UniqueConstraint("run_id", "op_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    op_id: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)
    kind: Mapped[str] = mapped_column(String(10))
    data: Mapped[str] = mapped_column(Text)  # JSON
    lag_ms: Mapped[int | None]


class WaivedError(Base):
    """A retrieval error that two people struck out after an appeal: it no longer counts in the score."""

    __tablename__ = "waived_errors"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    error: Mapped[str] = mapped_column(String(120), primary_key=True)  # the error's key in the run's ledger
    reason: Mapped[str] = mapped_column(String(2000))
    by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Moment)
