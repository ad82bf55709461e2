"""People, their roles and sign-ins, and the cohorts 批次 in which they train."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.extensions import Base
from lms.models.columns import Id, Moment


class Person(Base):
    __tablename__ = "people"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(32), unique=True)  # folded, see domain.people.fold_number
    name: Mapped[str] = mapped_column(String(80))
    sort_key: Mapped[str] = mapped_column(String(200), index=True)  # pinyin of the name
    search: Mapped[str] = mapped_column(Text, default="")  # folded number, name, pinyin and its initials
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(2))
    digit_keys: Mapped[bool] = mapped_column(default=True)  # single-key marking shortcuts (WCAG 2.1.4: can be off)
    active: Mapped[bool] = mapped_column(default=True)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)

    roles: Mapped[list["PersonRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    leader: Mapped["Person | None"] = relationship(remote_side="Person.id")

    def has(self, role: str) -> bool:
        return any(held.role == role for held in self.roles)


class PersonRole(Base):
    __tablename__ = "person_roles"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class SignIn(Base):
    """One signed-in browser; ending the row signs it out on the server, wherever its cookie is replayed."""

    __tablename__ = "sign_ins"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(200))


class Cohort(Base):
    __tablename__ = "cohorts"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    starts_on: Mapped[date | None] = mapped_column(Date)

    members: Mapped[list["CohortMember"]] = relationship(cascade="all, delete-orphan")


class CohortMember(Base):
    """A trainee of the cohort, or one of its trainers (who therefore never marks it)."""

    __tablename__ = "cohort_members"
    __table_args__ = (Index("ix_cohort_members_person", "person_id", "part"),)

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(10), primary_key=True)  # trainee | trainer

    person: Mapped[Person] = relationship()


TRAINEE, TRAINER = "trainee", "trainer"
