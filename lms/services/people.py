"""People and what they may do: create, change roles, reset passwords, leave."""

from collections.abc import Iterable
from datetime import datetime

from pypinyin import Style, lazy_pinyin
from sqlalchemy import select

from lms.domain.people import Role, fold_number, password_problem
from lms.extensions import db
from lms.models.people import Person, PersonRole
from lms.services import passwords
from lms.services.writing import Deed, writing


class NumberTaken(ValueError):
    """Another person already has this employee number."""


class PasswordTooWeak(ValueError):
    """``problem`` is short, long or plain."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


def sort_key(name: str) -> str:
    """Pinyin, so that Chinese names stand in the order in which people look for them."""
    return " ".join(lazy_pinyin(name, style=Style.TONE3, neutral_tone_with_five=True)).casefold()[:200]


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
    person = Person(
        number=folded,
        name=name.strip(),
        sort_key=sort_key(name),
        password_hash=passwords.hash_password(password),
        must_change_password=must_change_password,
        leader_id=leader_id,
        created_at=deed.now,
        roles=[PersonRole(role=role.value) for role in sorted(set(roles))],
    )
    deed.session.add(person)
    deed.session.flush()
    deed.note("person.created", f"person:{person.id}", number=folded, roles=sorted(r.role for r in person.roles))
    return person


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


def get_person(person_id: int) -> Person | None:
    return db.session.get(Person, person_id)
