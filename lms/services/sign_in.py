"""Signing in and out. A signed-in browser is a row; ending the row signs it out wherever its cookie goes."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from lms.domain.people import BadNumber, Role, fold_number, password_problem
from lms.extensions import db
from lms.models.exams import Attempt
from lms.models.people import Person, PersonRole, SignIn
from lms.services import passwords
from lms.services.alone import Alone
from lms.services.writing import Deed, writing


class SignInRefused(Exception):
    """Unknown number, wrong password or a person who has left: the caller is not told which."""


class PasswordRefused(ValueError):
    """``problem``: wrong (the present one), short, long or plain."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at the other end of a request: one join of sign-in, person, roles and open attempt."""

    sign_in_id: int
    person_id: int
    number: str
    name: str
    language: str | None
    digit_keys: bool
    must_change_password: bool
    roles: frozenset[Role]
    open_attempt_id: int | None

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


_WHO = Alone(
    select(
        SignIn.id,
        Person.id,
        Person.number,
        Person.name,
        Person.language,
        Person.digit_keys,
        Person.must_change_password,
        PersonRole.role,
        Attempt.id,
    )
    .join(Person, Person.id == SignIn.person_id)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .outerjoin(Attempt, (Attempt.person_id == Person.id) & (Attempt.state == "open"))
    .where(SignIn.token_hash == bindparam("token_hash"), SignIn.ended_at.is_(None), Person.active)
)


def load_signed_in(token: str) -> SignedIn | None:
    """The person behind a session token; None when signed out, left or unknown. Roles are read anew each time."""
    rows = _WHO(db.engine, {"token_hash": _digest(token)})
    if not rows:
        return None
    first = rows[0]
    roles = frozenset(Role(row[7]) for row in rows if row[7] is not None)
    return SignedIn(first[0], first[1], first[2], first[3], first[4], first[5], first[6], roles, first[8])


def sign_in(number: str, password: str, *, address: str, device: str, now: datetime) -> str:
    """The new session's token. Raises :class:`SignInRefused` without saying why."""
    try:
        folded = fold_number(number)
    except BadNumber:
        folded = ""
    person = db.session.execute(select(Person).where(Person.number == folded)).scalar_one_or_none()
    stored = person.password_hash if person and person.active else None
    if not passwords.matches(stored, password) or person is None:
        raise SignInRefused
    token = secrets.token_urlsafe(32)
    with writing(person.id, now) as deed:
        deed.session.add(
            SignIn(
                person_id=person.id,
                token_hash=_digest(token),
                created_at=now,
                address=address[:64],
                device=device[:200],
            )
        )
    return token


def sign_out(sign_in_id: int, person_id: int, now: datetime) -> None:
    with writing(person_id, now) as deed:
        deed.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(ended_at=now))


def end_all_sign_ins(deed: Deed, person_id: int, *, but: int | None = None) -> None:
    """Sign a person out everywhere (a reset password, a leaver) within the caller's deed."""
    statement = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None)).values(ended_at=deed.now)
    if but is not None:
        statement = statement.where(SignIn.id != but)
    deed.session.execute(statement)


def change_own_password(person_id: int, present: str, wanted: str, *, sign_in_id: int, now: datetime) -> None:
    """Raises :class:`PasswordRefused`. Other browsers of the person are signed out."""
    person = db.session.get_one(Person, person_id)
    if not passwords.matches(person.password_hash, present):
        raise PasswordRefused("wrong")
    if problem := password_problem(wanted, person.number, person.name):
        raise PasswordRefused(problem)
    hashed = passwords.hash_password(wanted)  # it costs much on purpose: nobody is to wait for it to write
    with writing(person_id, now) as deed:
        person.password_hash = hashed
        person.must_change_password = False
        end_all_sign_ins(deed, person_id, but=sign_in_id)
        deed.note("person.password-changed", f"person:{person_id}")


def choose_language(person_id: int, language: str, now: datetime) -> None:
    with writing(person_id, now) as deed:
        deed.session.execute(update(Person).where(Person.id == person_id).values(language=language))
