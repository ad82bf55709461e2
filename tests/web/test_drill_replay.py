"""The film of a run through real requests: what it shows, and to whom."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.clock import SettableClock
from lms.domain.drills.plans import DrillKind
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import Run
from lms.models.exams import Attempt
from lms.models.people import Person
from lms.services import drill_practice, drill_replay, release, run_scores, runs
from lms.services.drill_practice import Wish
from lms.services.replay_access import NotForYou
from lms.services.sign_in import SignedIn
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.drill_room import a_drill_room, drill_plans, play, play_all, runs_in, started
from tests.exam_factories import signed_in
from tests.exam_room import a_cohort
from tests.factories import a_person

LATER = MONDAY + timedelta(hours=1)


def words(page: str) -> str:
    """A page's words, without tags and the tokens in them."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.sub(r"<script.*?</script>", "", page, flags=re.S)))


def reel(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="reel">(.*?)</script>', page, re.S)
    assert found
    return dict(json.loads(found[1]))


@pytest.fixture
def trainee(app: Flask) -> Iterator[Person]:
    drill_plans()
    yield a_person(name="练习者甲")


def practised(person: Person, kind: str = "lookup") -> Run:
    """The first run of a new set, not begun."""
    set_id = drill_practice.begin(person.id, Wish(DrillKind(kind), Language.ZH), seed=5, now=MONDAY)
    db.session.rollback()
    return db.session.execute(select(Run).where(Run.set_id == set_id).order_by(Run.position)).scalars().first()  # type: ignore[return-value]


def do(who: SignedIn, run_id: int, deeds: list[tuple[str, dict[str, object], float, int]]) -> None:
    """(kind, data, seconds since the cue, the desk's delay before it)."""
    for number, (kind, data, seconds, lag) in enumerate(deeds):
        op = runs.read_op({"op": f"{run_id}-{number:06d}", "kind": kind, "data": data, "lag_ms": lag})
        runs.act(who, run_id, op, MONDAY + timedelta(seconds=seconds))


def test_each_moment_is_what_the_desk_showed_then(trainee: Person) -> None:
    who, run = signed_in(trainee), practised(trainee)
    task, run_id = run_scores.task_of(run), run.id
    other = task.similar[0]
    do(who, run_id, [
        ("begin", {}, 0, 10), ("search", {"q": "0017"}, 2, 20), ("open", {"customer": other}, 4, 30),
        ("open", {"customer": task.customer}, 6.5, 40), ("panel", {"panel": "plan"}, 8, 50),
        ("answer", {"field": task.fields[0].field, "value": task.fields[0].expected}, 12, 60),
        ("submit", {}, 14, 700),
    ])  # fmt: skip
    film = drill_replay.film(who, run_id, Language.ZH)
    assert [frame.at_ms for frame in film.frames] == [0, 2000, 4000, 6500, 8000, 12000, 14000]
    assert [frame.lag_ms for frame in film.frames] == [20, 30, 40, 50, 60, 700, None]
    assert film.slowest is not None and film.slowest.kind == "answer"
    cards = [None if frame.card is None else film.cards[frame.card].customer for frame in film.frames]
    assert cards == [None, None, other, *[task.customer] * 4]
    assert [frame.panel for frame in film.frames] == [None, None, None, None, 0, 0, 0]
    assert [len(film.pads[frame.pad].answers) for frame in film.frames] == [0, 0, 0, 0, 0, 1, 1]
    at = [frame.seq for frame in film.frames if frame.faults]
    assert 3 in at, "the wrong record's moment"
    assert {line.at_seq for line in film.ledger.lines} == set(at)
    missing = sum(line.kind == "missing" for line in film.ledger.lines)
    assert missing == len(task.fields)  # all but one field, and the article


def test_the_page_tells_errors_latency_and_right_answers(trainee: Person, app: Flask) -> None:
    run = practised(trainee, "workflow")
    task, run_id = run_scores.task_of(run), run.id
    play(signed_in(trainee), run, MONDAY, seconds=90, wrong=1, lag=86)
    reply = Visitor(app).sign_in(trainee).get(f"/drills/runs/{run_id}/replay")
    page, said = reply.get_data(as_text=True), words(reply.get_data(as_text=True))
    assert reply.status_code == 200
    assert task.cue in said
    assert "界面延迟中位数 86 毫秒，最慢 86 毫秒" in said
    assert "−3" in said and "标准答案" in said
    frames = reel(page)["frames"]
    assert isinstance(frames, list) and len(frames) == page.count('id="step-')
    views = {view for frame in frames for view in frame["views"]}
    assert views == set(re.findall(r'data-view="([\w-]+)"', page))


def test_an_open_run_has_no_film(trainee: Person, app: Flask) -> None:
    run_id = practised(trainee).id
    visitor = Visitor(app).sign_in(trainee)
    assert visitor.get(f"/drills/runs/{run_id}/replay").status_code == 404
    do(signed_in(trainee), run_id, [("begin", {}, 0, 10)])
    assert visitor.get(f"/drills/runs/{run_id}/replay").status_code == 404


def test_practice_is_for_oneself_and_ones_trainers(trainee: Person, app: Flask) -> None:
    trainer, foreign = a_person(Role.TRAINER, name="本批"), a_person(Role.TRAINER, name="别批")
    a_cohort(trainee, trainers=(trainer,))
    a_cohort(a_person(), trainers=(foreign,), code="other")
    run = practised(trainee)
    run_id = run.id
    play(signed_in(trainee), run, MONDAY)
    expected = [
        (trainee, 200), (trainer, 200), (foreign, 404), (a_person(), 404), (a_person(Role.EXAMINER), 404),
        (a_person(Role.ADMINISTRATOR), 403), (a_person(Role.TEAM_LEADER), 403),
    ]  # fmt: skip
    for person, status in expected:
        reply = Visitor(app).sign_in(person).get(f"/drills/runs/{run_id}/replay")
        assert reply.status_code == status, person.name
    assert "练习者甲" in words(
        Visitor(app).sign_in(trainer).get(f"/drills/runs/{run_id}/replay").get_data(as_text=True)
    )


def test_certification_shows_itself_to_the_candidate_only_once_released(app: Flask, clock: SettableClock) -> None:
    sitting, (person,), trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    play_all(who, attempt_id, MONDAY, wrong=(1,))
    run_id = runs_in(attempt_id)[0].id
    clock.moment = LATER
    own = Visitor(app).sign_in(person)
    assert own.get(f"/drills/runs/{run_id}/replay").status_code == 404
    assert Visitor(app).sign_in(trainer).get(f"/drills/runs/{run_id}/replay").status_code == 200
    release.release(trainer.id, sitting.id, None, LATER)
    said = words(own.get(f"/drills/runs/{run_id}/replay").get_data(as_text=True))
    assert "逐处说明" in said and "填错" in said
    assert "标准答案" not in said, "what was right is told for errors, and for nothing else"


def test_an_examiner_sees_a_number_and_no_name(app: Flask, clock: SettableClock) -> None:
    sitting, (person,), trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    play_all(who, attempt_id, MONDAY)
    clock.moment = LATER
    number = db.session.get_one(Attempt, attempt_id).candidate_number
    run_id, name = runs_in(attempt_id)[0].id, person.name
    examiner = a_person(Role.EXAMINER, name="考官")
    said = words(Visitor(app).sign_in(examiner).get(f"/drills/runs/{run_id}/replay").get_data(as_text=True))
    assert number in said and name not in said
    with writing(None, MONDAY) as deed:
        deed.session.get_one(Person, person.id).leader_id = examiner.id
    assert Visitor(app).sign_in(examiner).get(f"/drills/runs/{run_id}/replay").status_code == 404


def test_while_the_attempt_is_open_nobody_watches(app: Flask) -> None:
    sitting, (person,), trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    play(who, runs_in(attempt_id)[0], MONDAY)
    run_id = runs_in(attempt_id)[0].id
    for viewer in (person, trainer, a_person(Role.EXAMINER)):
        with pytest.raises(NotForYou):
            drill_replay.film(signed_in(viewer), run_id, Language.ZH)
