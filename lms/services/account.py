"""One's own account: the browsers that are signed in, and marking keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from lms.extensions import db
from lms.models.people import Person, SignIn
from lms.services.sign_in import end_all_sign_ins
from lms.services.writing import writing


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    id: int
    created_at: datetime
    address: str
    device: str  # as the browser calls itself


def own_sign_ins(person_id: int) -> Sequence[OwnSignIn]:
    """Where the person is signed in, the latest first."""
    query = select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None)).order_by(SignIn.id.desc())
    return [OwnSignIn(row.id, row.created_at, row.address, row.device) for row in db.session.execute(query).scalars()]


def end_own_sign_in(person_id: int, sign_in_id: int, now: datetime) -> bool:
    """Whether this was an open sign-in of the person's own."""
    with writing(person_id, now) as deed:
        own = (SignIn.id == sign_in_id) & (SignIn.person_id == person_id) & SignIn.ended_at.is_(None)
        ended = deed.session.execute(update(SignIn).where(own).values(ended_at=now).returning(SignIn.id))
        return ended.first() is not None


def end_other_sign_ins(person_id: int, but: int, now: datetime) -> None:
    with writing(person_id, now) as deed:
        end_all_sign_ins(deed, person_id, but=but)


def choose_digit_keys(person_id: int, on: bool, now: datetime) -> None:
    with writing(person_id, now) as deed:
        deed.session.execute(update(Person).where(Person.id == person_id).values(digit_keys=on))
