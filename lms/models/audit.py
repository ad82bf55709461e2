"""The audit trail (contract 10): append-only rows, each sealed with the hash of the one before."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.extensions import Base
from lms.models.columns import Document, Id, Json, Moment


class AuditEntry(Base):
    __tablename__ = "audit_entries"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)  # None: the program itself
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(80), index=True)  # "attempt:17"
    details: Mapped[Json] = mapped_column(Document)
    previous: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """One row: the newest entry's number and seal. Locked last, just before commit."""

    __tablename__ = "audit_head"

    id: Mapped[Id]
    count: Mapped[int]
    seal: Mapped[str] = mapped_column(String(64))


class Proposal(Base):
    """A deed that takes two persons: one proposes with a reason, another confirms or refuses."""

    __tablename__ = "proposals"
    __table_args__ = (
        Index(
            "uq_proposals_one_open",
            "deed",
            "subject",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[Id]
    deed: Mapped[str] = mapped_column(String(30))  # void-attempt | regrade | change-mark
    subject: Mapped[str] = mapped_column(String(80), index=True)
    payload: Mapped[Json] = mapped_column(Document)
    reason: Mapped[str] = mapped_column(String(2000))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(10), default="open")  # open | confirmed | refused
    refusal: Mapped[str] = mapped_column(String(2000), default="", server_default="")  # why it was refused
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)


class WorkingDayOverride(Base):
    """A day that is not what its weekday says: a holiday, or a make-up working day (contract 12)."""

    __tablename__ = "working_day_overrides"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)  # ISO date
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(60))
