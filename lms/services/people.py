"""People and what they may do: create, change roles, reset passwords, leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lms.domain.people import Role, fold_number, password_problem
from lms.extensions import db
from lms.models.people import Person, PersonRole
from lms.services import passwords
from lms.services.person_names import search_text, sort_key
from lms.services.sign_in import end_all_sign_ins
from lms.services.writing import Deed, writing


class NumberTaken(ValueError):
    """Another person already has this employee number."""


class PasswordTooWeak(ValueError):
    """``problem`` is short, long or plain."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class OwnAdministration(ValueError):
    """Administrators cannot take away their own role, deactivate themselves or reset their own password here."""


class LastAdministrator(ValueError):
    """Nobody active would be left who may administrate."""


class BadLeader(ValueError):
    """The leader is unknown, has left, does not hold the role, or is the person."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person shall be; the number never changes."""

    name: str
    roles: frozenset[Role]
    active: bool
    leader_id: int | None


def add_person(
    deed: Deed,
    *,
    number: str,
    name: str,
    roles: Iterable[Role],
    password: str,
    leader_id: int | None = None,
    must_change_password: bool = True,
) -> Person:
    """A new person within the caller's deed. Raises BadNumber, :class:`NumberTaken`, :class:`PasswordTooWeak`."""
    folded = fold_number(number)
    if deed.session.execute(select(Person.id).where(Person.number == folded)).first():
        raise NumberTaken(folded)
    if problem := password_problem(password, folded, name):
        raise PasswordTooWeak(problem)
    wanted = Wanted(name, frozenset(roles), True, leader_id)
    person = new_person(deed, folded, wanted, passwords.hash_password(password), must_change_password)
    deed.session.flush()
    note_created(deed, person)
    return person


def new_person(deed: Deed, number: str, wanted: Wanted, password_hash: str, must_change_password: bool) -> Person:
    """A person who was checked already, added to the session but not flushed."""
    name = wanted.name.strip()
    person = Person(
        number=number,
        name=name,
        sort_key=sort_key(name),
        search=search_text(number, name),
        password_hash=password_hash,
        must_change_password=must_change_password,
        active=wanted.active,
        leader_id=wanted.leader_id,
        created_at=deed.now,
        roles=[PersonRole(role=role.value) for role in sorted(wanted.roles)],
    )
    deed.session.add(person)
    return person


def note_created(deed: Deed, person: Person) -> None:
    roles = sorted(held.role for held in person.roles)
    deed.note("person.created", f"person:{person.id}", number=person.number, roles=roles)


def create_person(
    actor_id: int | None,
    now: datetime,
    *,
    number: str,
    name: str,
    roles: Iterable[Role],
    password: str,
    leader_id: int | None = None,
    must_change_password: bool = True,
) -> Person:
    with writing(actor_id, now) as deed:
        return add_person(
            deed,
            number=number,
            name=name,
            roles=roles,
            password=password,
            leader_id=leader_id,
            must_change_password=must_change_password,
        )


def create_with_one_time_password(actor_id: int, now: datetime, number: str, wanted: Wanted) -> tuple[int, str]:
    """The new person's id and the password to hand over. Raises BadNumber, NumberTaken, BadLeader."""
    folded = fold_number(number)
    password = one_time_password(folded, wanted.name)
    with writing(actor_id, now) as deed:
        if deed.session.execute(select(Person.id).where(Person.number == folded)).first():
            raise NumberTaken(folded)
        check_leader(deed, None, wanted.leader_id)
        person = new_person(deed, folded, wanted, passwords.hash_one_time(password), must_change_password=True)
        deed.session.flush()
        note_created(deed, person)
        return person.id, password


def change_person(actor_id: int | None, now: datetime, person_id: int, wanted: Wanted) -> bool:
    """Whether anything changed. A leaver is signed out everywhere. Raises OwnAdministration, LastAdministrator,
    BadLeader."""
    with writing(actor_id, now) as deed:
        person = deed.session.get_one(Person, person_id, populate_existing=True)
        if wanted.leader_id != person.leader_id:
            check_leader(deed, person.id, wanted.leader_id)
        changes = apply_change(deed, person, wanted)
        deed.session.flush()
        check_administrators(deed)
        return bool(changes)


def apply_change(deed: Deed, person: Person, wanted: Wanted) -> dict[str, Any]:
    """Make ``person`` what is wanted within the caller's deed; what changed, each field with [before, after]."""
    had = frozenset(Role(held.role) for held in person.roles)
    before = Wanted(person.name, had, person.active, person.leader_id)
    loses = Role.ADMINISTRATOR in had and (Role.ADMINISTRATOR not in wanted.roles or not wanted.active)
    if person.id == deed.actor_id and loses:
        raise OwnAdministration
    changes: dict[str, Any] = {}
    if before.name != wanted.name:
        changes["name"] = [before.name, wanted.name]
        person.name, person.sort_key = wanted.name, sort_key(wanted.name)
        person.search = search_text(person.number, wanted.name)
    if had != wanted.roles:
        changes["roles"] = [sorted(had), sorted(wanted.roles)]
        person.roles = [held for held in person.roles if held.role in wanted.roles]
        person.roles += [PersonRole(role=role.value) for role in sorted(wanted.roles - had)]
    if before.leader_id != wanted.leader_id:
        changes["leader"] = [_number(deed, before.leader_id), _number(deed, wanted.leader_id)]
        person.leader_id = wanted.leader_id
    if before.active != wanted.active:
        changes["active"] = [before.active, wanted.active]
        person.active = wanted.active
        if not wanted.active:
            end_all_sign_ins(deed, person.id)
    if changes:
        deed.note("person.changed", f"person:{person.id}", **changes)
    return changes


def _number(deed: Deed, person_id: int | None) -> str | None:
    return None if person_id is None else deed.session.get_one(Person, person_id).number


def check_leader(deed: Deed, person_id: int | None, leader_id: int | None) -> None:
    if leader_id is None:
        return
    leader = deed.session.get(Person, leader_id, populate_existing=True)
    if leader is None or not leader.active or not leader.has(Role.TEAM_LEADER) or leader_id == person_id:
        raise BadLeader


def check_administrators(deed: Deed) -> None:
    """Two administrators who demote each other at the same moment must not both succeed."""
    query = select(func.count()).select_from(PersonRole).join(Person, Person.id == PersonRole.person_id)
    query = query.where(PersonRole.role == Role.ADMINISTRATOR.value, Person.active)
    if not deed.session.execute(query).scalar_one():
        raise LastAdministrator


def one_time_password(number: str, name: str) -> str:
    """A generated password that the house's own rules accept for this person (not one that holds a short number)."""
    while password_problem(password := passwords.one_time_password(), number, name):
        pass
    return password


def reset_password(actor_id: int, now: datetime, person_id: int) -> str:
    """The one-time password to hand over; the person is signed out everywhere and must change it. Raises
    OwnAdministration."""
    if person_id == actor_id:
        raise OwnAdministration
    with writing(actor_id, now) as deed:
        person = deed.session.get_one(Person, person_id, populate_existing=True)
        password = one_time_password(person.number, person.name)
        person.password_hash = passwords.hash_one_time(password)
        person.must_change_password = True
        end_all_sign_ins(deed, person_id)
        deed.note("person.password-reset", f"person:{person_id}")
        return password


def get_person(person_id: int) -> Person | None:
    return db.session.get(Person, person_id)
