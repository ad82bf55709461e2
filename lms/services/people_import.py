"""Many people at once: what a file would do, then all of it in one commit or nothing (contract 11)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from lms.domain.people import Role
from lms.domain.people_plan import Change, Plan, Present, Site, plan_import
from lms.domain.people_rows import GivenRow
from lms.extensions import db
from lms.models.people import TRAINEE, TRAINER, Cohort, CohortMember, Person
from lms.services import passwords
from lms.services.people import (
    Wanted,
    apply_change,
    check_administrators,
    new_person,
    note_created,
    one_time_password,
)
from lms.services.writing import Deed, writing


class PlanChanged(ValueError):
    """People were changed since the preview; ``plan`` is what the file would do now."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__("the plan is not the one that was previewed")


@dataclass(frozen=True)
class NewPassword:
    number: str
    name: str
    password: str


@dataclass(frozen=True)
class Imported:
    passwords: tuple[NewPassword, ...]  # of those who are new, to hand over once
    changed: int
    left: int


def read_site() -> Site:
    """Everybody as files name them."""
    people = db.session.execute(
        select(Person).order_by(Person.sort_key, Person.number).execution_options(populate_existing=True)
    ).scalars().all()  # fmt: skip
    numbers = {person.id: person.number for person in people}
    members = _members()
    return Site(
        {
            person.number: Present(
                person.name,
                frozenset(Role(held.role) for held in person.roles),
                numbers.get(person.leader_id or 0, ""),
                frozenset(members.get((person.id, TRAINEE), ())),
                frozenset(members.get((person.id, TRAINER), ())),
                person.active,
            )
            for person in people
        },
        frozenset(db.session.execute(select(Cohort.code)).scalars()),
    )


def _members() -> Mapping[tuple[int, str], list[str]]:
    query = select(CohortMember.person_id, CohortMember.part, Cohort.code)
    found: dict[tuple[int, str], list[str]] = {}
    for person_id, part, code in db.session.execute(query.join(Cohort, Cohort.id == CohortMember.cohort_id)):
        found.setdefault((person_id, part), []).append(code)
    return found


def preview(rows: Sequence[GivenRow], numbers: Iterable[str], actor: str) -> tuple[Plan, Site]:
    site = read_site()
    return plan_import(rows, numbers, site, actor), site


def commit(
    actor_id: int,
    actor: str,
    now: datetime,
    rows: Sequence[GivenRow],
    numbers: Iterable[str],
    *,
    digest: str,
    leavers: Iterable[str] = (),
) -> Imported:
    """Do exactly what was previewed; ``leavers`` are those absent whom the administrator ticked.

    Raises :class:`PlanChanged` where it would now do something else, and then does nothing.
    """
    with writing(actor_id, now) as deed:
        plan, _ = preview(rows, numbers, actor)
        ticked = frozenset(leavers)
        if plan.digest != digest or not ticked <= set(plan.absent):
            raise PlanChanged(plan)
        people = {person.number: person for person in deed.session.execute(select(Person)).scalars()}
        new = _create(deed, plan.new, people)
        for change in plan.changed:
            person = people[change.number]
            apply_change(deed, person, _wanted(change.after, people))
        for number in sorted(ticked):
            _let_go(deed, people[number])
        _set_cohorts(deed, (*plan.new, *plan.changed), people)
        deed.session.flush()
        check_administrators(deed)
        deed.note("people.imported", "people:all", new=len(new), changed=len(plan.changed), left=len(ticked))
        return Imported(tuple(new), len(plan.changed), len(ticked))


def _wanted(after: Present, people: Mapping[str, Person]) -> Wanted:
    return Wanted(after.name, after.roles, after.active, people[after.leader].id if after.leader else None)


def _create(deed: Deed, changes: Sequence[Change], people: dict[str, Person]) -> list[NewPassword]:
    """All new people in one flush; their leaders afterwards, for a leader may be new as well."""
    given = []
    for change in changes:
        password = one_time_password(change.number, change.after.name)
        wanted = Wanted(change.after.name, change.after.roles, change.after.active, None)
        people[change.number] = new_person(deed, change.number, wanted, passwords.hash_one_time(password), True)
        given.append(NewPassword(change.number, change.after.name, password))
    deed.session.flush()
    for change in changes:
        person = people[change.number]
        note_created(deed, person)
        if change.after.leader:
            person.leader_id = people[change.after.leader].id
    return given


def _let_go(deed: Deed, person: Person) -> None:
    roles = frozenset(Role(held.role) for held in person.roles)
    apply_change(deed, person, Wanted(person.name, roles, False, person.leader_id))


def _set_cohorts(deed: Deed, changes: Sequence[Change], people: Mapping[str, Person]) -> None:
    ids = {code: id_ for id_, code in deed.session.execute(select(Cohort.id, Cohort.code))}
    moved: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        had = change.before.cohorts if change.before else frozenset()
        person = people[change.number]
        for code in change.after.cohorts - had:
            deed.session.add(CohortMember(cohort_id=ids[code], person_id=person.id, part=TRAINEE))
            moved.setdefault((code, "cohort.members-added"), []).append(change.number)
        for code in had - change.after.cohorts:
            gone = delete(CohortMember).where(
                CohortMember.cohort_id == ids[code],
                CohortMember.person_id == person.id,
                CohortMember.part == TRAINEE,
            )
            deed.session.execute(gone, execution_options={"synchronize_session": False})
            moved.setdefault((code, "cohort.members-removed"), []).append(change.number)
    for (code, action), numbers in sorted(moved.items()):
        deed.note(action, f"cohort:{ids[code]}", part=TRAINEE, numbers=sorted(numbers))
