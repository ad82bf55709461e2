"""Cohorts 批次: who trains together, and who trains them (and therefore never marks them)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select

from lms.domain.people import BadNumber, Role, fold_number
from lms.extensions import db
from lms.models.people import TRAINEE, TRAINER, Cohort, CohortMember, Person
from lms.services.writing import Deed, writing

CODE = re.compile(r"^[a-z0-9][a-z0-9._-]{0,39}$")
MOST_AT_ONCE = 500


class BadCode(ValueError):
    """Not a cohort's code: 1–40 letters, digits, dots, dashes or underscores."""


class CodeTaken(ValueError):
    """Another cohort already has this code."""


class NotAdded(ValueError):
    """Nobody was added; ``reasons`` says for each refused number why: unknown, left, role, other-part."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = reasons
        super().__init__(", ".join(f"{number}: {reason}" for number, reason in reasons.items()))


@dataclass(frozen=True, slots=True)
class CohortRow:
    id: int
    code: str
    name: str
    starts_on: date | None
    trainees: int
    trainers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    person_id: int
    number: str
    name: str
    active: bool
    leader: str


@dataclass(frozen=True, slots=True)
class CohortDetail:
    id: int
    code: str
    name: str
    starts_on: date | None
    trainees: tuple[Member, ...]
    trainers: tuple[Member, ...]


def fold_code(raw: str) -> str:
    """A cohort's code as it is compared and stored. Raises :class:`BadCode`."""
    code = unicodedata.normalize("NFKC", raw).strip().casefold()
    if not CODE.match(code):
        raise BadCode(raw)
    return code


def list_cohorts() -> Sequence[CohortRow]:
    """All cohorts, the latest start first."""
    count = func.count(CohortMember.person_id).filter(CohortMember.part == TRAINEE)
    query = select(Cohort.id, Cohort.code, Cohort.name, Cohort.starts_on, count).outerjoin(Cohort.members)
    rows = db.session.execute(query.group_by(Cohort.id)).all()
    trainers: dict[int, tuple[str, ...]] = {}
    named = select(CohortMember.cohort_id, Person.name).join(CohortMember.person).where(CohortMember.part == TRAINER)
    for cohort_id, name in db.session.execute(named.order_by(Person.sort_key)):
        trainers[cohort_id] = (*trainers.get(cohort_id, ()), name)
    found = [CohortRow(*row, trainers=trainers.get(row[0], ())) for row in rows]
    return sorted(found, key=lambda row: (row.starts_on or date.min, row.id), reverse=True)


def cohort_detail(cohort_id: int) -> CohortDetail | None:
    cohort = db.session.get(Cohort, cohort_id)
    if cohort is None:
        return None
    leaders = {id_: name for id_, name in db.session.execute(select(Person.id, Person.name))}  # noqa: C416
    query = select(CohortMember.part, Person).join(CohortMember.person).where(CohortMember.cohort_id == cohort_id)
    parts: dict[str, list[Member]] = {TRAINEE: [], TRAINER: []}
    for part, person in db.session.execute(query.order_by(Person.sort_key, Person.number)):
        leader = leaders.get(person.leader_id, "") if person.leader_id else ""
        parts[part].append(Member(person.id, person.number, person.name, person.active, leader))
    return CohortDetail(
        cohort.id, cohort.code, cohort.name, cohort.starts_on, tuple(parts[TRAINEE]), tuple(parts[TRAINER])
    )


def create_cohort(actor_id: int | None, now: datetime, code: str, name: str, starts_on: date | None = None) -> int:
    """The new cohort's id; a trainer who makes it trains it, for results without a trainer would be nobody's.

    Raises :class:`BadCode`, :class:`CodeTaken`.
    """
    folded = fold_code(code)
    with writing(actor_id, now) as deed:
        if deed.session.execute(select(Cohort.id).where(Cohort.code == folded)).first():
            raise CodeTaken(folded)
        cohort = Cohort(code=folded, name=name, starts_on=starts_on)
        deed.session.add(cohort)
        deed.session.flush()
        deed.note("cohort.created", f"cohort:{cohort.id}", code=folded, name=name)
        creator = deed.session.get(Person, actor_id) if actor_id else None
        if creator is not None and creator.has(Role.TRAINER):
            _add(deed, cohort.id, TRAINER, {creator.id: creator.number})
        return cohort.id


def change_cohort(actor_id: int, now: datetime, cohort_id: int, name: str, starts_on: date | None) -> None:
    with writing(actor_id, now) as deed:
        cohort = deed.session.get_one(Cohort, cohort_id, populate_existing=True)
        if (cohort.name, cohort.starts_on) == (name, starts_on):
            return
        before = [cohort.name, cohort.starts_on]
        cohort.name, cohort.starts_on = name, starts_on
        deed.note("cohort.changed", f"cohort:{cohort_id}", before=before, after=[name, starts_on])


def add_members(actor_id: int | None, now: datetime, cohort_id: int, part: str, numbers: Iterable[str]) -> int:
    """How many were added; who belongs already is passed over. All or nobody: raises :class:`NotAdded`."""
    given = list(dict.fromkeys(numbers))
    if len(given) > MOST_AT_ONCE:
        raise NotAdded({f"{len(given)} > {MOST_AT_ONCE}": "many"})
    with writing(actor_id, now) as deed:
        present = _parts(deed, cohort_id)
        reasons: dict[str, str] = {}
        people: dict[int, str] = {}
        for number in given:
            person = _person(deed, number)
            reason = _refusal(person, part, present)
            if person is None or reason:
                reasons[number] = reason or "unknown"
            elif person.id not in present:
                people[person.id] = person.number
        if reasons:
            raise NotAdded(reasons)
        _add(deed, cohort_id, part, people)
        return len(people)


def _parts(deed: Deed, cohort_id: int) -> dict[int, str]:
    rows = deed.session.execute(
        select(CohortMember.person_id, CohortMember.part).where(CohortMember.cohort_id == cohort_id)
    )
    return {person_id: part for person_id, part in rows}  # noqa: C416


def _person(deed: Deed, number: str) -> Person | None:
    try:
        folded = fold_number(number)
    except BadNumber:
        return None
    return deed.session.execute(select(Person).where(Person.number == folded)).scalar_one_or_none()


def _refusal(person: Person | None, part: str, present: Mapping[int, str]) -> str | None:
    if person is None:
        return "unknown"
    if not person.active:
        return "left"
    if not person.has(Role.NEW_HIRE if part == TRAINEE else Role.TRAINER):
        return "role"
    return "other-part" if present.get(person.id, part) != part else None


def _add(deed: Deed, cohort_id: int, part: str, people: Mapping[int, str]) -> None:
    for person_id in people:
        deed.session.add(CohortMember(cohort_id=cohort_id, person_id=person_id, part=part))
    if people:
        deed.note("cohort.members-added", f"cohort:{cohort_id}", part=part, numbers=sorted(people.values()))


def remove_member(actor_id: int, now: datetime, cohort_id: int, person_id: int) -> bool:
    """Whether the person belonged to the cohort until now."""
    with writing(actor_id, now) as deed:
        part = _parts(deed, cohort_id).get(person_id)
        if part is None:
            return False
        gone = delete(CohortMember).where(CohortMember.cohort_id == cohort_id, CohortMember.person_id == person_id)
        deed.session.execute(gone, execution_options={"synchronize_session": False})
        deed.note("cohort.member-removed", f"cohort:{cohort_id}", part=part, person=person_id)
        return True
