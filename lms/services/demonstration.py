"""People and sittings, exams and drills, to try the program with: development only, plainly invented, made once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from lms.domain.people import Role
from lms.extensions import db
from lms.models.bank import Blueprint
from lms.models.exams import Sitting
from lms.models.people import TRAINEE, TRAINER, Cohort, CohortMember, Person
from lms.services.people import add_person
from lms.services.sittings import create_sitting
from lms.services.writing import writing

PASSWORD = "shanggang-demo"
COHORT = "demo"


@dataclass(frozen=True)
class Invented:
    number: str
    name: str
    roles: tuple[Role, ...]
    leader: str | None = None


PEOPLE = (
    Invented("t001", "培训师甲", (Role.TRAINER,)),
    Invented("t002", "培训师乙", (Role.TRAINER,)),
    Invented("e001", "考官甲", (Role.EXAMINER,)),
    Invented("e002", "考官乙", (Role.EXAMINER,)),
    Invented("e003", "考官丙", (Role.EXAMINER,)),
    Invented("e004", "考官丁", (Role.EXAMINER,)),
    Invented("l001", "主管甲", (Role.TEAM_LEADER,)),
    Invented("a001", "管理员", (Role.ADMINISTRATOR,)),
    Invented("n001", "新员工甲", (Role.NEW_HIRE,), leader="l001"),
    Invented("n002", "新员工乙", (Role.NEW_HIRE,), leader="l001"),
    Invented("n003", "新员工丙", (Role.NEW_HIRE,), leader="l001"),
)
SITTINGS = (
    ("quick-check", "入门小测（演示）", 15, 20260316),
    ("certification", "客服上岗认证·理论（演示）", 90, 20260317),
    ("lookup-certification", "客服上岗认证·查询演练（演示）", 15, 20260318),
    ("workflow-certification", "客服上岗认证·全流程演练（演示）", 15, 20260319),
    ("roleplay-certification", "客服上岗认证·模拟通话（演示）", 40, 20260320),
)


def prepare(now: datetime) -> None:
    """Make what is missing of the demonstration; what is there stays as it is."""
    _people(now)
    cohort_id = db.session.execute(select(Cohort.id).where(Cohort.code == COHORT)).scalar_one()
    trainer = db.session.execute(select(Person).where(Person.number == "t001")).scalar_one()
    for code, title, minutes, seed in SITTINGS:
        _sitting(now, code, title, minutes, seed, cohort_id, trainer.id)


def _people(now: datetime) -> None:
    if db.session.execute(select(Cohort.id).where(Cohort.code == COHORT)).first():
        return
    with writing(None, now) as deed:
        made: dict[str, Person] = {}
        for one in PEOPLE:
            made[one.number] = add_person(
                deed,
                number=one.number,
                name=one.name,
                roles=one.roles,
                password=PASSWORD,
                leader_id=made[one.leader].id if one.leader else None,
                must_change_password=False,
            )
        cohort = Cohort(code=COHORT, name="演示批次", starts_on=now.date())
        for person in made.values():
            if person.has(Role.NEW_HIRE) or person.number == "t001":
                part = TRAINEE if person.has(Role.NEW_HIRE) else TRAINER
                cohort.members.append(CohortMember(person_id=person.id, part=part))
        deed.session.add(cohort)


def _sitting(now: datetime, code: str, title: str, minutes: int, seed: int, cohort_id: int, trainer_id: int) -> None:
    """An open sitting of this blueprint or drill plan; a new one when the last has closed."""
    version_id = db.session.execute(select(Blueprint.newest_id).where(Blueprint.code == code)).scalar_one_or_none()
    still_open = select(Sitting.id).where(Sitting.demonstration, Sitting.title == title, Sitting.closes_at > now)
    if version_id is None or db.session.execute(still_open).first():
        return
    examiners = db.session.execute(select(Person.id).where(Person.number.in_(("e001",)))).scalars()
    create_sitting(
        trainer_id,
        now,
        title=title,
        blueprint_version_id=version_id,
        cohort_id=cohort_id,
        opens_at=now,
        closes_at=now + timedelta(days=30),
        minutes=minutes,
        attempts_allowed=3,
        seed=seed,
        invigilator_ids=list(examiners),
        demonstration=True,
    )
