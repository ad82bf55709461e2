"""The pages of drills' statistics through real requests."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.domain.drills.plans import DrillKind
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import Run
from lms.services import drill_practice
from lms.services.drill_practice import Wish
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.drill_room import drill_plans, play
from tests.exam_factories import signed_in
from tests.exam_room import a_cohort
from tests.factories import a_person

PAGES = (
    "/drills/statistics", "/drills/statistics?mode=certification&kind=workflow&cohort=1", "/drills/statistics/runs",
    "/drills/statistics/templates.csv", "/drills/statistics/fields.csv", "/drills/templates/contract-end",
    "/drills/templates/refund-unconfirmed?seed=7",
)  # fmt: skip


@pytest.fixture
def trainer(app: Flask, visitor: Visitor) -> Visitor:
    """Somebody whose trainee has practised a set, with one error in the first task."""
    drill_plans()
    trainee, trainer = a_person(name="学员甲"), a_person(Role.TRAINER)
    a_cohort(trainee, trainers=(trainer,))
    who, at = signed_in(trainee), MONDAY
    set_id = drill_practice.begin(who.person_id, Wish(DrillKind.LOOKUP, Language.ZH), seed=5, now=MONDAY)
    db.session.rollback()
    for place, run in enumerate(db.session.execute(select(Run).where(Run.set_id == set_id)).scalars().all()):
        at = play(who, run, at + timedelta(seconds=1), wrong=int(place == 0))
    app.extensions["clock"].moment = at
    return visitor.sign_in(trainer)


def test_every_page_opens_for_trainers_and_for_nobody_else(app: Flask, trainer: Visitor) -> None:
    for path in PAGES:
        assert trainer.get(path).status_code == 200, path
    for role in set(Role) - {Role.TRAINER}:
        visitor = Visitor(app).sign_in(a_person(role))
        assert {visitor.get(path).status_code for path in PAGES} == {403}, role


def test_from_a_number_one_comes_to_the_film(trainer: Visitor) -> None:
    page = trainer.get("/drills/statistics").get_data(as_text=True)
    (field,) = set(re.findall(r"/drills/statistics/runs\?[^\"]*field=[^\"]*", page))
    behind = trainer.get(field.replace("&amp;", "&")).get_data(as_text=True)
    (film,) = set(re.findall(r"/drills/runs/\d+/replay", behind))
    assert "学员甲" in behind
    assert trainer.get(film).status_code == 200


def test_what_is_not_there_is_left_out_or_not_found(trainer: Visitor) -> None:
    for query in (
        "mode=x",
        "kind=x",
        "cohort=999999",
        "cohort=x",
        "template=%00",
        "field=x",
        "page=-3",
        "page=x",
        f"page={10**40}",
    ):
        assert trainer.get(f"/drills/statistics/runs?{query}").status_code == 200, query
    assert trainer.get("/drills/templates/nobody").status_code == 404
    assert trainer.get("/drills/templates/contract-end?seed=-1").status_code == 200
    assert trainer.get(f"/drills/templates/contract-end?seed={10**40}").status_code == 200


def test_a_task_that_nobody_has_done_can_be_looked_at_too(trainer: Visitor) -> None:
    page = trainer.get("/drills/statistics?kind=workflow").get_data(as_text=True)
    assert "/drills/templates/refund-unconfirmed" in page


def test_a_file_is_what_the_page_says(trainer: Visitor) -> None:
    reply = trainer.get("/drills/statistics/templates.csv")
    assert reply.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(reply.get_data().decode("utf-8-sig"))))
    assert sum(int(row["n"]) for row in rows) == 5
    assert sum(int(row["right"]) for row in rows) == 4


def test_an_empty_scope_says_so(trainer: Visitor) -> None:
    assert "还没有演练记录" in trainer.get("/drills/statistics?kind=workflow").get_data(as_text=True)
