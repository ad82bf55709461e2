"""The console over HTTP: what a page may learn and when, and every kind of bad input."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.clock import SettableClock
from lms.domain.drills.plans import DrillKind
from lms.domain.drills.tasks import Task
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import Run, RunAction
from lms.models.exams import Attempt
from lms.models.people import Person
from lms.services import crm_worlds, drill_practice, run_journal, run_sweep, runs
from lms.services.drill_practice import Wish
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.drill_room import a_drill_room, deeds, drill_plans, runs_in, started
from tests.factories import a_person


@pytest.fixture
def trainee(app: Flask) -> Person:
    drill_plans()
    return a_person(Role.NEW_HIRE)


@pytest.fixture
def page(app: Flask, trainee: Person) -> Visitor:
    return Visitor(app).sign_in(trainee)


def a_run(person: Person, kind: DrillKind = DrillKind.LOOKUP) -> int:
    set_id = drill_practice.begin(person.id, Wish(kind, Language.ZH), seed=11, now=MONDAY)
    run_id = runs.next_run(set_id)
    assert run_id is not None
    return run_id


def task_of(run_id: int) -> Task:
    return run_journal.read_task(db.session.get_one(Run, run_id).task)


def act(page: Visitor, run_id: int, kind: str, data: dict[str, Any] | None = None, op: str = "") -> TestResponse:
    body = {"op": op or f"{kind}-{json.dumps(data)}"[:40].ljust(8, "-"), "kind": kind, "data": data or {}}
    return page.post(f"/drills/runs/{run_id}/act", json=body)


def journal(run_id: int) -> list[str]:
    db.session.rollback()
    rows = select(RunAction.kind).where(RunAction.run_id == run_id).order_by(RunAction.seq)
    return list(db.session.execute(rows).scalars())


def setup_of(reply: TestResponse) -> dict[str, Any]:
    found = re.search(r'id="desk-setup">(.*?)</script>', reply.text, re.DOTALL)
    assert found, "the page has no console"
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_before_the_clock_runs_the_page_says_nothing_of_the_task(page: Visitor, trainee: Person) -> None:
    run_id = a_run(trainee)
    reply = page.get(f"/drills/runs/{run_id}")
    assert reply.status_code == 200
    assert setup_of(reply)["desk"] == {}
    assert task_of(run_id).cue not in reply.text


def test_a_task_from_its_cue_to_its_lesson(page: Visitor, trainee: Person, clock: SettableClock) -> None:
    run_id = a_run(trainee)
    task = task_of(run_id)
    assert act(page, run_id, "begin").json["shown"]["face"]["cue"] == task.cue
    for number, (kind, data) in enumerate(deeds(task)):
        assert act(page, run_id, kind, data, op=f"deed-{number:06}").status_code == 200
    clock.moment = MONDAY + timedelta(seconds=12)
    reloaded = setup_of(page.get(f"/drills/runs/{run_id}"))
    assert reloaded["left_ms"] == 78_000
    assert reloaded["desk"]["answers"]["article"] == task.article
    assert act(page, run_id, "submit").json["state"] == "ended"
    lesson = page.get(f"/drills/runs/{run_id}")
    assert "没有错误" in lesson.text and "计入" in lesson.text


def test_a_lesson_names_what_was_seen_and_what_was_right(page: Visitor, trainee: Person) -> None:
    run_id = a_run(trainee, DrillKind.WORKFLOW)
    task = task_of(run_id)
    other = task.similar[0]
    act(page, run_id, "begin")
    act(page, run_id, "open", {"customer": other})
    act(page, run_id, "panel", {"panel": "bills"})
    act(page, run_id, "submit")
    text = page.get(f"/drills/runs/{run_id}").text
    for told in ("打开了其他客户的记录", "核验之前查看信息", "工单写入了其他客户的记录", "漏填", "缺少证据", "−3"):
        assert told in text, told


def test_an_article_left_out_is_called_by_its_name_and_its_rule(page: Visitor, trainee: Person) -> None:
    run_id = a_run(trainee)
    task = task_of(run_id)
    act(page, run_id, "begin")
    for number, (kind, data) in enumerate(deeds(task)):
        if data.get("field") != "article":
            act(page, run_id, kind, data, op=f"deed-{number:06}")
    act(page, run_id, "submit")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.get(f"/drills/runs/{run_id}").text))
    article = crm_worlds.catalogue().article(task.article)
    assert "漏填 依据文章" in text
    assert f"依据 {article.rule} " in text
    assert text.count(f"{article.title.zh} {article.rule} · {article.version}") == 1, "to read once, beside the error"


@pytest.mark.parametrize(
    ("kind", "data", "status", "told"),
    [
        ("search", {"q": ""}, 422, "请输入号码"),
        ("search", {"q": " \u3000 "}, 422, "请输入号码"),
        ("search", {"q": "12"}, 422, "至少输入 4 位数字"),
        ("search", {"q": "9" * 10_000}, 422, "查询内容过长"),
        ("search", {}, 422, "查询内容过长"),
        ("knowledge", {"q": "费" * 10_000}, 422, "查询内容过长"),
        ("open", {"customer": 50_000}, 422, "没有这个客户"),
        ("open", {"customer": 2**40}, 422, "没有这个客户"),
        ("open", {"customer": "1; DROP TABLE runs"}, 422, "没有这个客户"),
        ("article", {"article": "KB-NOWHERE"}, 422, "没有这篇文章"),
        ("panel", {"panel": "bills"}, 409, "请先打开客户记录"),
        ("panel", {"panel": "../../etc"}, 422, "请求有误"),
        ("close", {}, 422, "请求有误"),
    ],
)
def test_bad_input_is_answered_clearly_and_leaves_no_trace(
    page: Visitor, trainee: Person, kind: str, data: dict[str, Any], status: int, told: str
) -> None:
    run_id = a_run(trainee)
    act(page, run_id, "begin")
    reply = act(page, run_id, kind, data, op="something-bad")
    assert (reply.status_code, told in reply.json["error"]) == (status, True), reply.json
    assert journal(run_id) == ["begin"]


def test_bodies_that_are_none(page: Visitor, trainee: Person) -> None:
    run_id = a_run(trainee)
    for body, status in ((b"", 422), (b"[]", 422), (b"{", 400), (b'{"op": 1}', 422), (b"[" * 90_000, 413)):
        reply = page.post(f"/drills/runs/{run_id}/act", content_type="application/json", input_stream=_stream(body))
        assert reply.status_code == status, body[:20]
    assert journal(run_id) == []


def _stream(body: bytes) -> Any:
    import io

    return io.BytesIO(body)


def test_after_the_end_and_before_the_beginning(page: Visitor, trainee: Person, clock: SettableClock) -> None:
    run_id = a_run(trainee)
    early = act(page, run_id, "open", {"customer": 1})
    assert (early.status_code, early.json["reason"]) == (409, "not-begun")
    act(page, run_id, "begin")
    clock.moment = MONDAY + timedelta(seconds=91)
    late = act(page, run_id, "submit")
    assert (late.status_code, late.json["reason"]) == (409, "ended")
    assert journal(run_id) == ["begin", "close"]
    assert "时间到" in page.get(f"/drills/runs/{run_id}").text


def test_a_clock_set_back_in_the_browser_changes_nothing(page: Visitor, trainee: Person, clock: SettableClock) -> None:
    run_id = a_run(trainee)
    act(page, run_id, "begin")
    clock.moment = MONDAY + timedelta(seconds=40)
    body = {"op": "from-the-past", "kind": "submit", "data": {"at": "2026-03-16T02:00:01Z"}, "at": 0, "left_ms": 89_000}
    assert page.post(f"/drills/runs/{run_id}/act", json=body).status_code == 200
    assert db.session.get_one(Run, run_id, populate_existing=True).milliseconds == 40_000


def test_the_same_op_is_one_action_and_another_content_is_refused(page: Visitor, trainee: Person) -> None:
    run_id = a_run(trainee)
    act(page, run_id, "begin")
    first = act(page, run_id, "open", {"customer": 5}, op="open-a-record")
    again = act(page, run_id, "open", {"customer": 5}, op="open-a-record")
    assert first.json["shown"] == again.json["shown"] and first.json["seq"] == again.json["seq"]
    assert act(page, run_id, "open", {"customer": 6}, op="open-a-record").status_code == 422
    assert journal(run_id) == ["begin", "open"]


def test_no_op_id_of_a_desk_stands_in_the_way_of_the_end(page: Visitor, trainee: Person, clock: SettableClock) -> None:
    run_id = a_run(trainee)
    act(page, run_id, "begin")
    act(page, run_id, "open", {"customer": 5}, op=run_journal.CLOSE_OP)
    clock.moment = MONDAY + timedelta(seconds=91)
    assert run_sweep.sweep(clock.moment) == 1
    assert journal(run_id)[-1] == "close"


def test_forged_ids_are_not_there(app: Flask, page: Visitor, trainee: Person) -> None:
    run_id = a_run(trainee)
    stranger = Visitor(app).sign_in(a_person(Role.NEW_HIRE))
    set_id = db.session.get_one(Run, run_id).set_id
    for path in (f"/drills/runs/{run_id}", f"/drills/sets/{set_id}"):
        assert stranger.get(path).status_code == 404
    assert act(stranger, run_id, "begin").status_code == 404
    assert act(page, run_id + 999, "begin").status_code == 404
    assert page.get(f"/drills/runs/{2**70}").status_code == 404
    assert journal(run_id) == []


def test_staff_and_strangers_have_no_desk(app: Flask, visitor: Visitor, trainee: Person) -> None:
    run_id = a_run(trainee)
    assert visitor.get(f"/drills/runs/{run_id}").status_code == 302
    administrator = Visitor(app).sign_in(a_person(Role.ADMINISTRATOR))
    assert administrator.get(f"/drills/runs/{run_id}").status_code == 403


# --- certification: the attempt's device, its pauses, its closed book ----------------------------------------------


@pytest.fixture
def certified(app: Flask) -> tuple[Visitor, int, int, Person]:
    """(the candidate's browser, the first run, the attempt, the candidate)"""
    sitting, (person,), _trainer = a_drill_room("lookup")
    candidate = Visitor(app).sign_in(person)
    _who, attempt_id = started(sitting, person)
    return candidate, runs_in(attempt_id)[0].id, attempt_id, person


def change(attempt_id: int, **values: Any) -> None:
    with writing(None, MONDAY) as deed:
        attempt = deed.session.get_one(Attempt, attempt_id, populate_existing=True)
        for name, value in values.items():
            setattr(attempt, name, value)


def own_device(person: Person) -> int:
    from lms.models.people import SignIn

    newest = select(SignIn.id).where(SignIn.person_id == person.id, SignIn.device != "").order_by(SignIn.id.desc())
    return db.session.execute(newest).scalars().first() or 0


def test_only_the_device_that_holds_the_attempt_may_act(certified: tuple[Visitor, int, int, Person]) -> None:
    candidate, run_id, attempt_id, person = certified
    elsewhere = act(candidate, run_id, "begin")
    assert (elsewhere.status_code, elsewhere.json["reason"]) == (409, "held-elsewhere")
    change(attempt_id, holder_id=own_device(person))
    assert act(candidate, run_id, "begin", op="begin-here").status_code == 200


def test_a_pause_and_a_closed_attempt_stop_the_desk(certified: tuple[Visitor, int, int, Person]) -> None:
    candidate, run_id, attempt_id, person = certified
    change(attempt_id, holder_id=own_device(person), paused_at=MONDAY)
    assert act(candidate, run_id, "begin").json["reason"] == "paused"
    change(attempt_id, paused_at=None, state="submitted")
    assert act(candidate, run_id, "begin").json["reason"] == "attempt-over"
    assert journal(run_id) == []


def test_practice_is_shut_while_an_attempt_is_open(certified: tuple[Visitor, int, int, Person]) -> None:
    candidate, _run_id, _attempt_id, person = certified
    practice = a_run(person)
    refused = act(candidate, practice, "begin")
    assert (refused.status_code, refused.json["reason"]) == (403, "closed-book")
    assert candidate.get(f"/drills/runs/{practice}").status_code == 302
    assert journal(practice) == []


def test_what_practice_taught_is_shut_while_an_attempt_is_open(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room("lookup")
    candidate, practice = Visitor(app).sign_in(person), a_run(person)
    act(candidate, practice, "begin")
    act(candidate, practice, "submit")
    assert candidate.get(f"/drills/runs/{practice}").status_code == 200
    assert act(candidate, practice, "begin").status_code == 200
    started(sitting, person)
    assert candidate.get(f"/drills/runs/{practice}").status_code == 302
    assert act(candidate, practice, "begin").status_code == 403, "not even what was answered before"


def test_certification_says_nothing_of_how_it_went(certified: tuple[Visitor, int, int, Person]) -> None:
    candidate, run_id, attempt_id, person = certified
    change(attempt_id, holder_id=own_device(person))
    act(candidate, run_id, "begin")
    act(candidate, run_id, "submit")
    after = candidate.get(f"/drills/runs/{run_id}")
    assert after.status_code == 302 and f"/drills/runs/{runs_in(attempt_id)[1].id}" in after.location


@pytest.mark.parametrize("kind", ["lookup", "workflow"])
def test_nothing_of_the_answer_travels_before_the_end(app: Flask, kind: str) -> None:
    """Contract 4: what is asked has a name, a kind, a label and choices; what is right stays on the server."""
    sitting, (person,), _trainer = a_drill_room(kind)
    candidate = Visitor(app).sign_in(person)
    attempt_id = int(candidate.post(f"/exams/{sitting.id}/start", {"language": "zh"}).headers["Location"].split("/")[2])
    run_id = runs_in(attempt_id)[0].id
    task = task_of(run_id)
    begun = act(candidate, run_id, "begin")
    reloaded = candidate.get(f"/drills/runs/{run_id}")
    wrong = [
        act(candidate, run_id, "answer", {"field": one.field, "value": "不知道"}, op=f"wrong-{at:06}")
        for at, one in enumerate(task.fields)
    ]
    ended = act(candidate, run_id, "submit")
    for shown in (begun.json["shown"], setup_of(reloaded)["desk"]):
        assert set(shown["face"]) == {"cue", "number", "says"}
        assert {name for field in shown["fields"] for name in field} == {"field", "kind", "label", "choices"}
    assert ended.json["shown"] == {}
    after = candidate.get(f"/drills/runs/{run_id}", follow_redirects=True)
    replies = [begun.text, reloaded.text, *(reply.text for reply in wrong), ended.text, after.text]
    for told in (task.article, *(task.workflow.evidence if task.workflow else ()), f'"customer": {task.customer},'):
        assert not [reply for reply in replies if told in reply], told
