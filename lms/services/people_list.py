"""Looking for people: the list with its search and filters, one person's page, who may lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from lms.domain.people import Role
from lms.extensions import db
from lms.models.people import Cohort, CohortMember, Person, PersonRole, SignIn
from lms.services.person_names import fold

PAGE = 50


@dataclass(frozen=True, slots=True)
class CohortPart:
    """A cohort that somebody belongs to; ``part`` is trainee or trainer."""

    id: int
    code: str
    name: str
    part: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    id: int
    number: str
    name: str
    roles: tuple[Role, ...]
    active: bool
    waits_for_first_sign_in: bool
    leader: str  # name, empty without one
    cohorts: tuple[CohortPart, ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    rows: Sequence[PersonRow]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class PersonDetail:
    id: int
    number: str
    name: str
    roles: frozenset[Role]
    active: bool
    must_change_password: bool
    leader_id: int | None
    leads: int  # how many active people
    created_at: datetime
    open_sign_ins: int
    last_sign_in: datetime | None
    cohorts: tuple[CohortPart, ...]


def list_people(query: str = "", role: Role | None = None, active: bool | None = True, page: int = 1) -> PeoplePage:
    """A page of those whose number, name, pinyin or initials hold ``query``, in the order of their names."""
    found: Select[tuple[int]] = select(Person.id)
    if wanted := fold(query):
        found = found.where(Person.search.contains(wanted, autoescape=True))
    if role is not None:
        found = found.where(Person.roles.any(PersonRole.role == role.value))
    if active is not None:
        found = found.where(Person.active == active)
    total = db.session.execute(select(func.count()).select_from(found.subquery())).scalar_one()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    leader = aliased(Person)
    rows = db.session.execute(
        select(Person, leader.name)
        .outerjoin(leader, leader.id == Person.leader_id)
        .where(Person.id.in_(found))
        .order_by(Person.sort_key, Person.number)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    cohorts = cohorts_of([person.id for person, _ in rows])
    return PeoplePage([_row(person, name, cohorts) for person, name in rows], total, page, pages)


def _row(person: Person, leader: str | None, cohorts: dict[int, tuple[CohortPart, ...]]) -> PersonRow:
    held = {entry.role for entry in person.roles}
    return PersonRow(
        person.id,
        person.number,
        person.name,
        tuple(role for role in Role if role in held),
        person.active,
        person.must_change_password,
        leader or "",
        cohorts.get(person.id, ()),
    )


def cohorts_of(people: Sequence[int]) -> dict[int, tuple[CohortPart, ...]]:
    """Each person's cohorts, the newest first."""
    rows = db.session.execute(
        select(CohortMember.person_id, Cohort.id, Cohort.code, Cohort.name, CohortMember.part)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(CohortMember.person_id.in_(people))
        .order_by(Cohort.id.desc())
    )
    found: dict[int, tuple[CohortPart, ...]] = {}
    for person_id, id_, code, name, part in rows:
        found[person_id] = (*found.get(person_id, ()), CohortPart(id_, code, name, part))
    return found


def person_detail(person_id: int) -> PersonDetail | None:
    person = db.session.get(Person, person_id)
    if person is None:
        return None
    leads = select(func.count()).select_from(Person).where(Person.leader_id == person_id, Person.active)
    sign_ins = select(func.count(SignIn.id).filter(SignIn.ended_at.is_(None)), func.max(SignIn.created_at))
    open_sign_ins, last = db.session.execute(sign_ins.where(SignIn.person_id == person_id)).one()
    return PersonDetail(
        person.id,
        person.number,
        person.name,
        frozenset(Role(held.role) for held in person.roles),
        person.active,
        person.must_change_password,
        person.leader_id,
        db.session.execute(leads).scalar_one(),
        person.created_at,
        open_sign_ins,
        last,
        cohorts_of([person_id]).get(person_id, ()),
    )


def holders(role: Role, *, also: int | None = None) -> Sequence[tuple[int, str]]:
    """(id, "name number") of the active people with ``role``, and of the one ``also`` whatever they are."""
    fits = Person.active & Person.roles.any(PersonRole.role == role.value)
    query = select(Person.id, Person.name, Person.number).where(fits | (Person.id == also))
    return [(id_, f"{name} {number}") for id_, name, number in db.session.execute(query.order_by(Person.sort_key))]
