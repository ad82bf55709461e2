"""Each role's first screen."""

from datetime import timedelta

import pytest
from flask import Flask

from lms.domain.next_step import Chance, Step, next_step
from lms.domain.people import Role
from tests.browser_like import Visitor
from tests.call_room import Phone, load_scripts, signed_in
from tests.conftest import MONDAY
from tests.exam_room import an_exam_room
from tests.factories import a_person

HOUR = timedelta(hours=1)


def chance(number: int, *, opens: int, closes: int, **more: object) -> Chance:
    facts = {"may_start": opens <= 0 < closes, "sat": False, **more}
    return Chance(number, MONDAY + opens * HOUR, MONDAY + closes * HOUR, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("chances", "step", "sitting"),
    [
        ([], Step.NOTHING, None),
        ([chance(1, opens=2, closes=4), chance(2, opens=1, closes=9)], Step.WAIT, 2),
        ([chance(1, opens=-1, closes=9), chance(2, opens=-1, closes=3), chance(3, opens=1, closes=2)], Step.START, 2),
        ([chance(1, opens=-1, closes=3), chance(2, opens=-2, closes=9, open_attempt_id=7)], Step.CONTINUE, 2),
        ([chance(1, opens=-9, closes=-5, sat=True, released_attempt_id=4)], Step.READ, 1),
        ([chance(1, opens=-9, closes=5, sat=True, released_attempt_id=4)], Step.READ, 1),
    ],
)
def test_the_next_step_is_what_is_most_pressing(chances: list[Chance], step: Step, sitting: int | None) -> None:
    found = next_step(chances, MONDAY)
    assert (found.step, found.chance and found.chance.sitting_id) == (step, sitting)


def test_a_new_hire_sees_the_exam_that_is_open(app: Flask) -> None:
    sitting, people = an_exam_room()
    page = Visitor(app).sign_in(people[0]).get("/")
    assert sitting.title in page.text
    assert f'href="/exams/{sitting.id}"' in page.text


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_first_screen(app: Flask, role: Role) -> None:
    assert Visitor(app).sign_in(a_person(role)).get("/").status_code == 200


def test_one_person_with_all_roles_sees_all_parts(app: Flask) -> None:
    page = Visitor(app).sign_in(a_person(*Role)).get("/").text
    for part in ("现在该做", "评分", "培训与考试", "团队最近成绩", "系统管理"):
        assert part in page


def test_a_new_hire_sees_what_was_practised_of_calls(app: Flask) -> None:
    """A call that goes on leads back to it; one that is over counts, and its script as one that was tried."""
    load_scripts()
    person = a_person(Role.NEW_HIRE)
    visitor, phone = Visitor(app).sign_in(person), Phone(trainee=signed_in(person))
    going_on = visitor.get("/").text
    assert "练过 0 / 5 个情景" in going_on and f'href="/calls/{phone.id}"' in going_on
    phone.answer()
    phone.do("hang-up")
    over = visitor.get("/").text
    assert "练过 1 / 5 个情景" in over and f'href="/calls/{phone.id}"' not in over
