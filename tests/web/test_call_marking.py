"""The pages of certification calls: sitting, desk, result and replay, by real requests."""

import re

import pytest
from flask import Flask

from lms.domain.results import Feedback
from lms.extensions import db
from lms.models.people import Person
from lms.models.roleplays import Call, CallSheet, CallTask
from lms.services import call_marking_queue, calls, release
from tests.browser_like import Visitor
from tests.call_sitting import MINUTE, a_call_sitting, a_sheet, an_examiner, held, mark_next, started, the_call
from tests.conftest import MONDAY

pytestmark = pytest.mark.usefixtures("_at_monday")


@pytest.fixture()
def _at_monday(app: Flask) -> None:
    app.extensions["clock"].moment = MONDAY + 10 * MINUTE


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def a_desk(app: Flask) -> tuple[Visitor, int, Call, Person]:
    """An examiner who has a call on the desk."""
    sitting, (person,), _trainer = a_call_sitting()
    held(sitting, person)
    examiner = an_examiner()
    task_id = call_marking_queue.take_next(examiner.id, None, MONDAY + 9 * MINUTE)
    assert task_id is not None
    call = the_call(db.session.get_one(CallTask, task_id).call_id)
    return Visitor(app).sign_in(examiner), task_id, call, person


def test_a_candidate_goes_from_the_exams_to_the_calls_and_hands_in(app: Flask) -> None:
    app.extensions["clock"].moment = MONDAY
    sitting, (person,), _trainer = a_call_sitting()
    visitor = Visitor(app).sign_in(person)
    page = text_of(visitor.get(f"/exams/{sitting.id}").text)
    assert "2 通，依次进行" in page and "合计不低于 20 / 30" in page and "客户由脚本扮演" in page
    reply = visitor.post(f"/exams/{sitting.id}/start", {"language": "zh"})
    attempt = reply.headers["Location"]
    assert "第 1 通，共 2 通" in text_of(visitor.get(attempt).text)
    room = visitor.post(f"{attempt}/next-call").headers["Location"]
    assert re.fullmatch(r"/calls/\d+", room)
    assert visitor.get(attempt).headers["Location"] == room  # a reload leads back to the call
    assert visitor.get("/exams").headers["Location"] == attempt  # other doors are shut
    visitor.post(f"{room}/answer", json={})
    visitor.post(f"{room}/deed", json={"message": "message-hang-up", "do": "hang-up"})
    assert visitor.get(room).headers["Location"] == attempt  # on to the next call
    assert "第 2 通，共 2 通" in text_of(visitor.get(attempt).text)
    visitor.post(f"{attempt}/hand-in")
    done = visitor.get(f"{attempt}/done")
    assert done.status_code == 200 and "模拟通话已结束" in done.text
    assert visitor.get(attempt).headers["Location"] == f"{attempt}/done"


def test_the_queue_names_calls_and_nobody(app: Flask) -> None:
    visitor, task_id, call, person = a_desk(app)
    page = visitor.get("/call-marking").text
    assert call.call_number in page and person.name not in page and person.number not in page
    reply = visitor.post("/call-marking/next", {"number": call.call_number})
    assert reply.headers["Location"] == f"/call-marking/tasks/{task_id}"


def test_the_desk_has_six_criteria_with_five_anchors_each(app: Flask) -> None:
    visitor, task_id, call, person = a_desk(app)
    page = visitor.get(f"/call-marking/tasks/{task_id}").text
    assert len(re.findall(r'type="radio" name="level-', page)) == 30
    script = calls.call_log.script_of_call(call)
    for criterion in script.rubric.own:
        for level in range(1, 6):
            assert criterion.anchors.at(level).zh in page.replace("&#34;", '"').replace("&#39;", "'")
    assert person.name not in page and person.number not in page
    assert "系统听到的要点" not in page  # proposals come after one's own sheet


def test_a_sheet_with_gaps_is_shown_again_with_what_was_typed(app: Flask) -> None:
    visitor, task_id, call, _person = a_desk(app)
    name = calls.call_log.script_of_call(call).rubric.own[0].id
    fields = {**a_sheet(call), f"level-{name}": "5", f"pins-{name}": "", f"comment-{name}": "开场自然", "version": "1"}
    reply = visitor.post(f"/call-marking/tasks/{task_id}/submit", fields)
    assert reply.status_code == 422
    assert "请指出证据所在的话轮" in reply.text and "开场自然" in reply.text
    assert db.session.query(CallSheet).one().submitted_at is None


def test_the_address_of_a_refused_sheet_leads_back_to_the_desk(app: Flask) -> None:
    visitor, task_id, _call, _person = a_desk(app)
    address = f"/call-marking/tasks/{task_id}"
    assert visitor.post(f"{address}/submit", {"version": "1"}).status_code == 422
    opened = visitor.get(f"{address}/submit")
    assert (opened.status_code, opened.headers["Location"]) == (302, address)


def test_a_whole_sheet_is_submitted_once_and_then_read_only(app: Flask) -> None:
    visitor, task_id, call, _person = a_desk(app)
    reply = visitor.post(f"/call-marking/tasks/{task_id}/submit", {**a_sheet(call), "version": "1"})
    assert reply.headers["Location"] == f"/call-marking/tasks/{task_id}"
    page = visitor.get(f"/call-marking/tasks/{task_id}").text
    assert "系统听到的要点" in page and 'name="level-' not in page
    again = visitor.post(f"/call-marking/tasks/{task_id}/submit", {**a_sheet(call, 1), "version": "1"})
    assert again.status_code == 302
    assert set(db.session.query(CallSheet).one().levels.values()) == {4}


def test_drafts_are_saved_as_one_marks_and_another_window_is_told(app: Flask) -> None:
    visitor, task_id, call, _person = a_desk(app)
    name = calls.call_log.script_of_call(call).rubric.own[0].id
    address = f"/call-marking/tasks/{task_id}/draft"
    saved = visitor.post(address, {f"level-{name}": "2", "version": "1"})
    assert saved.status_code == 200 and saved.get_json()["version"] == 2
    stale = visitor.post(address, {f"level-{name}": "3", "version": "1"})
    assert (stale.status_code, stale.get_json()) == (409, {"conflict": "version"})
    wrong = visitor.post(address, {f"pins-{name}": "999", "version": "2"})
    assert wrong.status_code == 422 and f"pins-{name}" in wrong.get_json()["problems"]
    assert visitor.post(address, {}).status_code == 400
    late = visitor.post(f"/call-marking/tasks/{task_id}/submit", {**a_sheet(call), "version": "1"})
    assert late.status_code == 409 and "另一个窗口" in late.text


def test_a_call_that_went_to_another_examiner_says_so(app: Flask) -> None:
    visitor, task_id, call, _person = a_desk(app)
    assert call_marking_queue.take_next(an_examiner("乙").id, call.call_number, MONDAY + 60 * MINUTE) == task_id
    assert visitor.get(f"/call-marking/tasks/{task_id}").status_code == 409
    lease = visitor.post(f"/call-marking/tasks/{task_id}/lease", json={})
    assert (lease.status_code, lease.get_json()) == (409, {"conflict": "taken"})
    submitted = visitor.post(f"/call-marking/tasks/{task_id}/submit", {**a_sheet(call), "version": "1"})
    assert submitted.status_code == 409


def test_the_result_is_told_only_after_release(app: Flask) -> None:
    sitting, (person,), trainer = a_call_sitting(feedback=Feedback(comments=True))
    attempt_id = held(sitting, person)
    examiner = an_examiner()
    mark_next(examiner, level=4, comment__compliance="核验完整")
    mark_next(examiner, level=3)
    call = db.session.query(Call).order_by(Call.id).first()
    assert call is not None
    anchors = calls.call_log.script_of_call(call).rubric.own[0].anchors
    visitor = Visitor(app).sign_in(person)
    before = visitor.get(f"/results/{attempt_id}").text
    assert "通话由考官评级" in before and anchors.four.zh not in before
    assert visitor.get(f"/calls/{call.id}/replay").headers["Location"] == f"/calls/{call.id}"
    release.release(trainer.id, sitting.id, None, MONDAY + 9 * MINUTE)
    after = visitor.get(f"/results/{attempt_id}").text
    assert anchors.four.zh in after and anchors.five.zh in after and "核验完整" in after
    assert examiner.name not in after
    replay = visitor.get(f"/calls/{call.id}/replay")
    assert replay.status_code == 200 and "考官引用" in replay.text
    assert Visitor(app).sign_in(trainer).get(f"/calls/{call.id}/replay").status_code == 404
    listed = Visitor(app).sign_in(trainer).get(f"/sittings/{sitting.id}/results")
    assert listed.status_code == 200 and person.name in listed.text


def test_the_plan_has_a_page_for_trainers_and_can_be_chosen_for_a_sitting(app: Flask) -> None:
    sitting, _people, trainer = a_call_sitting()
    visitor = Visitor(app).sign_in(trainer)
    blueprint = sitting.blueprint_version.blueprint_id
    assert visitor.get(f"/blueprints/{blueprint}").headers["Location"] == f"/calls/plans/{blueprint}"
    assert "模拟通话认证" in visitor.get("/blueprints").text
    assert "模拟通话认证" in visitor.get("/sittings/new").text


def test_an_invigilator_sees_the_sitting(app: Flask) -> None:
    watcher = an_examiner("监考")
    sitting, (person,), _trainer = a_call_sitting(invigilator_ids=[watcher.id])
    _who, attempt_id = started(sitting, person)
    visitor = Visitor(app).sign_in(watcher)
    assert set(visited(app, visitor, sitting.id, attempt_id)) == {200}


def visited(app: Flask, visitor: Visitor, sitting_id: int, attempt_id: int) -> list[int]:
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("invigilation.")
             and "GET" in (rule.methods or ())]  # fmt: skip
    filled = [re.sub(r"<int:attempt_id>", str(attempt_id), re.sub(r"<int:sitting_id>", str(sitting_id), rule))
              for rule in rules]  # fmt: skip
    return [visitor.get(path).status_code for path in filled if "<" not in path]
