"""Sittings 考试场次 and attempts 作答: who may sit what and when, the frozen paper, every save, every event."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.extensions import Base
from lms.models.bank import BlueprintVersion
from lms.models.columns import Document, Exact, Id, Json, Moment
from lms.models.people import Cohort, Person


class Sitting(Base):
    """A blueprint, a cohort, an opening window, access rules.

    ``pool`` is the snapshot from which every paper of the sitting is drawn, with the exposure weights of the moment
    (contract 5); it is taken when the sitting opens, that is, before its first paper.
    """

    __tablename__ = "sittings"

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(120))
    blueprint_version_id: Mapped[int] = mapped_column(ForeignKey("blueprint_versions.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    opens_at: Mapped[datetime] = mapped_column(Moment)
    closes_at: Mapped[datetime] = mapped_column(Moment, index=True)
    minutes: Mapped[int]  # the time limit; the blueprint's unless set otherwise
    attempts_allowed: Mapped[int] = mapped_column(default=1)
    navigation: Mapped[str] = mapped_column(String(8), default="free")  # free | forward
    takeover: Mapped[str] = mapped_column(String(8), default="free")  # free | unlock: an invigilator must allow it
    code_hash: Mapped[str | None] = mapped_column(String(200))  # of the access code; None: no code asked
    feedback: Mapped[Json] = mapped_column(Document)  # what a candidate sees after release, see domain.results
    seed: Mapped[int] = mapped_column(BigInteger)
    pool: Mapped[Json | None] = mapped_column(Document, deferred=True)
    pool_taken_at: Mapped[datetime | None] = mapped_column(Moment)
    demonstration: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)

    blueprint_version: Mapped[BlueprintVersion] = relationship()
    cohort: Mapped[Cohort] = relationship()


class Invigilator(Base):
    """Who watches over a sitting (trainer or examiner)."""

    __tablename__ = "invigilators"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)

    person: Mapped[Person] = relationship()


class Allowance(Base):
    """One person's due in one sitting: the limit times ``factor`` (5/4 = a quarter more), attempts beyond the rule."""

    __tablename__ = "allowances"

    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    factor: Mapped[Fraction] = mapped_column(Exact)
    extra_attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(300), default="")

    person: Mapped[Person] = relationship()


class Attempt(Base):
    """One person's paper in one sitting: open → submitted → marking → marked → released, or void."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("sitting_id", "person_id", "number"),
        Index(
            "uq_attempts_one_open",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_attempts_state_deadline", "state", "deadline"),
    )

    id: Mapped[Id]
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    number: Mapped[int]  # the person's first, second … in this sitting
    candidate_number: Mapped[str] = mapped_column(String(12), unique=True)  # what markers see instead of a name
    language: Mapped[str] = mapped_column(String(2))
    seed: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    started_at: Mapped[datetime] = mapped_column(Moment)
    deadline: Mapped[datetime] = mapped_column(Moment)
    extended_seconds: Mapped[int] = mapped_column(default=0)
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    epoch: Mapped[int] = mapped_column(default=1)  # counts the devices that have held the attempt
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("sign_ins.id"))  # the device that holds it
    takeover_allowed: Mapped[bool] = mapped_column(default=False)
    place: Mapped[int] = mapped_column(default=1)  # forward navigation: the question that is open
    last_saved_at: Mapped[datetime | None] = mapped_column(Moment)
    last_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_by: Mapped[str | None] = mapped_column(String(12))  # candidate | deadline | invigilator
    due_at: Mapped[datetime | None] = mapped_column(Moment)  # result due: 3 working days

    sitting: Mapped[Sitting] = relationship()
    person: Mapped[Person] = relationship()


class Paper(Base):
    """What the person saw, frozen as canonical JSON text with its SHA-256 (contract 5). Holds no key."""

    __tablename__ = "papers"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))


class PaperQuestion(Base):
    """One question of one paper: the version seen, the answer that counted, the points it earned.

    ``answer`` and ``share`` (0…1 of ``points``) are filled at hand-in; for written questions ``share`` follows when
    the marks are in. ``key_id`` names the key revision that decided.
    """

    __tablename__ = "paper_questions"
    __table_args__ = (
        Index("ix_paper_questions_version", "version_id"),
        Index("ix_paper_questions_question", "question_id"),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("question_versions.id"))
    section: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(10))
    points: Mapped[int]
    answer: Mapped[str | None] = mapped_column(Text)  # JSON text, ids as authored
    share: Mapped[Fraction | None] = mapped_column(Exact)
    key_id: Mapped[int | None] = mapped_column(ForeignKey("question_keys.id"))


class Save(Base):
    """One acknowledged change of one answer: append-only, the trail and the truth (contract 1).

    ``op_id`` is the browser's; the same op twice is one row. Saves of one question are ordered by (epoch, seq).
    ``late``: arrived after the deadline and its grace, kept apart for a person to decide.
    """

    __tablename__ = "saves"
    __table_args__ = (
        UniqueConstraint("attempt_id", "op_id"),
        Index("ix_saves_order", "attempt_id", "position", "epoch", "seq"),
    )

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    position: Mapped[int]
    epoch: Mapped[int]
    seq: Mapped[int]
    op_id: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(Text)  # JSON text: {"a": answer, "f": flagged}
    saved_at: Mapped[datetime] = mapped_column(Moment)
    standing: Mapped[str] = mapped_column(String(6), default="counts")  # counts | late | stale


class AttemptEvent(Base):
    """What happened around an attempt: signals from the browser, and what invigilators did. Append-only."""

    __tablename__ = "attempt_events"

    id: Mapped[Id]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: the candidate's own browser
    details: Mapped[Json] = mapped_column(Document)
