"""Invented people and things, made through the services that the product uses itself."""

from itertools import count

from lms.domain.people import Role
from lms.models.people import Person
from lms.services.people import create_person
from tests.browser_like import PASSWORD
from tests.conftest import MONDAY

_numbers = count(1)


def a_person(*roles: Role, name: str = "测试员", number: str | None = None, leader: Person | None = None) -> Person:
    """An invented person with a password that needs no change; a new hire unless roles are given."""
    return create_person(
        None,
        MONDAY,
        number=number or f"t{next(_numbers):05d}",
        name=name,
        roles=roles or (Role.NEW_HIRE,),
        password=PASSWORD,
        leader_id=leader.id if leader else None,
        must_change_password=False,
    )
