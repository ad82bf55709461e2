"""The home of drills through real requests: begin, what stands in the way, what it shows of one's own practice."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.clock import SettableClock
from lms.domain.drills.plans import DrillKind
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import DrillSet, Run, World
from lms.models.people import Person
from lms.services import crm_worlds, drill_practice, release
from lms.services.drill_practice import Choice, Wish
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.drill_room import a_drill_room, drill_plans, play, play_all, started
from tests.exam_factories import signed_in
from tests.factories import a_person

WISH = {"kind": "lookup", "language": "zh", "pace": "1", "choice": "all"}


def words(page: str) -> str:
    """A page's words, without tags and the tokens in them."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.sub(r"<script.*?</script>", "", page, flags=re.S)))


@pytest.fixture
def trainee(app: Flask, visitor: Visitor) -> Visitor:
    drill_plans()
    return visitor.sign_in(a_person(number="n1", name="练习者"))


def sets() -> int:
    db.session.rollback()
    return db.session.execute(select(func.count()).select_from(DrillSet)).scalar_one()


def test_an_empty_home_has_one_thing_to_do(trainee: Visitor) -> None:
    page = trainee.get("/drills").get_data(as_text=True)
    assert "还没有练习记录" in page
    assert page.count('name="kind"') == 2
    assert "30 秒内提交" in words(page)


@pytest.mark.parametrize("kind", ["lookup", "workflow"])
def test_one_press_begins_a_set(trainee: Visitor, kind: str) -> None:
    reply = trainee.post("/drills/practice", {**WISH, "kind": kind})
    assert reply.status_code == 302
    assert re.fullmatch(r"/drills/runs/\d+", reply.headers["Location"])
    assert trainee.get(reply.headers["Location"]).status_code == 200
    found = db.session.execute(select(DrillSet)).scalar_one()
    assert (found.kind, found.attempt_id, str(found.factor)) == (kind, None, "1")


def test_language_pace_and_skills_are_as_chosen(trainee: Visitor) -> None:
    trainee.post("/drills/practice", {**WISH, "language": "en", "pace": "3/2", "choice": "chosen", "skills": ["packs"]})
    found = db.session.execute(select(DrillSet)).scalar_one()
    assert (found.language, str(found.factor)) == ("en", "3/2")
    assert set(db.session.execute(select(Run.skill)).scalars()) == {"packs"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "exam"}, {"kind": ""}, {"language": "fr"}, {"pace": "0"}, {"pace": "1/0"}, {"pace": "9"},
        {"choice": "some"}, {"choice": "chosen"}, {"choice": "chosen", "skills": ["nobody"]},
        {"choice": "chosen", "skills": ["refunds"]},  # a skill that lookups do not have
    ],
)  # fmt: skip
def test_a_bad_form_begins_nothing(trainee: Visitor, wrong: dict[str, object]) -> None:
    reply = trainee.post("/drills/practice", {**WISH, **wrong})
    assert reply.status_code == 422
    assert "field-errors" in reply.get_data(as_text=True)
    assert sets() == 0


def test_while_the_customers_are_prepared_the_page_says_so_and_has_no_dead_button(app: Flask, visitor: Visitor) -> None:
    with writing(None, MONDAY) as deed:
        digest = crm_worlds.catalogue().digest
        deed.session.add(World(seed=20260316, size=50_000, digest=digest, built_at=None))
    visitor.sign_in(a_person())
    page = visitor.get("/drills").get_data(as_text=True)
    assert "模拟客户资料正在准备，已完成 0%" in words(page)
    assert 'name="kind"' not in page
    assert visitor.post("/drills/practice", WISH).status_code == 409
    assert sets() == 0


def test_what_one_has_practised_is_shown(app: Flask, trainee: Visitor, clock: SettableClock) -> None:
    who = signed_in(db.session.execute(select(Person).where(Person.number == "n1")).scalar_one())
    wish = Wish(DrillKind.LOOKUP, Language.ZH, choice=Choice.CHOSEN, skills=("packs",))
    set_id = drill_practice.begin(who.person_id, wish, seed=3, now=MONDAY)
    db.session.rollback()
    at = MONDAY
    for run in list(db.session.execute(select(Run).where(Run.set_id == set_id)).scalars())[:4]:
        at = play(who, run, at + timedelta(seconds=1), seconds=20, wrong=1)
    clock.moment = at
    page = trainee.get("/drills").get_data(as_text=True)
    said = words(page)
    assert "优先安排：套餐、加油包与用量（最近 4 次对 0 次）" in said
    assert "上一组查询演练做了 4 / 5 题" in said
    assert 'role="img"' in page
    assert len(re.findall(r"/drills/runs/\d+/replay", page)) == 4
    assert "这种演练还没有练习记录" in trainee.get("/drills?kind=workflow").get_data(as_text=True)
    assert trainee.get("/drills?kind=nonsense").status_code == 200


def test_trainers_and_examiners_may_try_it_and_others_may_not(app: Flask) -> None:
    drill_plans()
    for role in Role:
        visitor = Visitor(app).sign_in(a_person(role))
        may = role in (Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER)
        assert visitor.get("/drills").status_code == (200 if may else 403), role
    examiner = Visitor(app).sign_in(a_person(Role.EXAMINER))
    begun = examiner.post("/drills/practice", WISH)
    assert examiner.get(begun.headers["Location"]).status_code == 200


def test_while_an_attempt_is_open_practice_is_shut(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room()
    _who, attempt_id = started(sitting, person)
    visitor = Visitor(app)
    visitor.post("/login", {"number": person.number, "password": "invented-Pass-42"})
    visitor.get(f"/attempts/{attempt_id}", follow_redirects=True)
    reply = visitor.get("/drills")
    assert (reply.status_code, reply.headers["Location"]) == (302, f"/attempts/{attempt_id}")
    assert visitor.post("/drills/practice", WISH).status_code == 403


def test_the_first_screen_leads_back_to_what_was_left(trainee: Visitor) -> None:
    assert "待认证" in words(trainee.get("/").get_data(as_text=True))
    trainee.post("/drills/practice", WISH)
    page = trainee.get("/").get_data(as_text=True)
    assert "上一组查询演练做了 0 / 5 题" in words(page)
    (left,) = re.findall(r"/drills/sets/\d+", page)
    assert trainee.get(left).status_code == 200


def test_the_first_screen_says_what_is_certified(app: Flask, clock: SettableClock) -> None:
    sitting, (person,), trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    play_all(who, attempt_id, MONDAY)
    later = clock.moment = MONDAY + timedelta(hours=1)
    visitor = Visitor(app).sign_in(person)
    assert "查询演练 待认证" in words(visitor.get("/").get_data(as_text=True))
    release.release(trainer.id, sitting.id, None, later)
    assert "查询演练 已通过 全流程演练 待认证" in words(visitor.get("/").get_data(as_text=True))
