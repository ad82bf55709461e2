"""An exam room for tests: the shipped bank loaded, a cohort, a sitting that is open, made through the services."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lms.content.bank import BankFiles, read_bank
from lms.domain.people import Role
from lms.extensions import db
from lms.models.bank import Blueprint
from lms.models.exams import Attempt, Sitting
from lms.models.people import Cohort, CohortMember, Person
from lms.services import key_shelf, paper_shelf, sitting_papers
from lms.services.bank_files import load
from lms.services.sittings import create_sitting
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.factories import a_person

ROOT = Path(__file__).resolve().parent.parent


@cache
def shipped_bank() -> BankFiles:
    return read_bank(ROOT / "question_bank")


def a_bank(now: datetime = MONDAY) -> None:
    """The shipped questions and blueprints, loaded as `content load` does it."""
    forget_everything()
    load(shipped_bank(), None, now)


def forget_everything() -> None:
    """What processes remember of immutable rows belongs to one database; each test has another."""
    sitting_papers.forget()
    paper_shelf.forget()
    key_shelf.forget()


def a_cohort(*members: Person, trainers: tuple[Person, ...] = (), code: str = "C2026-03") -> Cohort:
    with writing(None, MONDAY) as deed:
        cohort = Cohort(code=code, name="三月批次", starts_on=MONDAY.date())
        cohort.members = [CohortMember(person_id=person.id, part="trainee") for person in members]
        cohort.members += [CohortMember(person_id=person.id, part="trainer") for person in trainers]
        deed.session.add(cohort)
    return cohort


def blueprint_version(code: str) -> int:
    found = db.session.execute(select(Blueprint.newest_id).where(Blueprint.code == code)).scalar_one()
    assert found is not None
    return found


def a_sitting(cohort: Cohort, *, blueprint: str = "quick-check", now: datetime = MONDAY, **changes: Any) -> Sitting:
    """Open since an hour, for a day; 15 minutes unless told otherwise."""
    plan: dict[str, Any] = {
        "title": "入门小测",
        "blueprint_version_id": blueprint_version(blueprint),
        "cohort_id": cohort.id,
        "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(days=1),
        "minutes": 15,
        "seed": 42,
    }
    return create_sitting(None, now, **{**plan, **changes})


def an_exam_room(candidates: int = 1, **changes: Any) -> tuple[Sitting, list[Person]]:
    """A loaded bank, a sitting, and its candidates."""
    a_bank()
    people = [a_person(name=f"考生{number}") for number in range(1, candidates + 1)]
    trainer = a_person(Role.TRAINER, name="培训师")
    return a_sitting(a_cohort(*people, trainers=(trainer,)), **changes), people


def the_attempt(person: Person) -> Attempt:
    db.session.rollback()
    return (
        db.session.execute(select(Attempt).where(Attempt.person_id == person.id).order_by(Attempt.id.desc()))
        .scalars()
        .first()
    )  # type: ignore[return-value]
