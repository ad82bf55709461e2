"""Drill sittings through real requests: planned, started, done, released, contested, revised; and what is refused."""

import re
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask

from lms.clock import SettableClock
from lms.domain.people import Role
from lms.extensions import db
from lms.models.audit import Proposal
from lms.models.bank import Blueprint, BlueprintVersion
from lms.models.drills import World
from lms.models.exams import Attempt, Sitting
from lms.models.marking import Appeal, Result
from lms.models.people import Person
from lms.services import extra_time, hand_in, run_scores, run_sweep
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.drill_room import a_drill_room, deeds, drill_plans, runs_in
from tests.exam_room import a_bank
from tests.factories import a_person

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def words(page: str) -> str:
    """A page's words, without tags and the tokens in them."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.sub(r"<script.*?</script>", "", page, flags=re.S)))


class Desk:
    """A candidate's browser at the desk; the test moves the clock."""

    def __init__(self, app: Flask, person: Person, sitting: Sitting) -> None:
        self.clock: SettableClock = app.extensions["clock"]
        self.visitor = Visitor(app).sign_in(person)
        self.person_id, self.sitting_id = person.id, sitting.id

    def start(self) -> int:
        reply = self.visitor.post(f"/exams/{self.sitting_id}/start", {"language": "zh"})
        assert reply.status_code == 302, reply.text
        self.attempt_id = int(reply.headers["Location"].rsplit("/", 1)[1])
        return self.attempt_id

    def act(self, run_id: int, number: int, kind: str, data: dict[str, Any]) -> Any:
        body = {"op": f"{run_id}-{number:06d}", "kind": kind, "data": data, "lag_ms": 50}
        return self.visitor.post(f"/drills/runs/{run_id}/act", json=body)

    def play(self, *, wrong: int = 0, seconds: float = 20) -> None:
        """The task that is next, as the attempt's page leads to it."""
        place = self.visitor.get(f"/attempts/{self.attempt_id}").headers["Location"]
        run_id = int(place.rsplit("/", 1)[1])
        task = next(run_scores.task_of(run) for run in runs_in(self.attempt_id) if run.id == run_id)
        for number, (kind, data) in enumerate([("begin", {}), *deeds(task, wrong=wrong)]):
            assert self.act(run_id, number, kind, data).status_code == 200
        self.clock.moment += timedelta(seconds=seconds)
        assert self.act(run_id, 999, "submit", {}).json["state"] == "ended"
        self.clock.moment += 5 * SECOND

    def play_all(self, wrong: tuple[int, ...] = (), tasks: int = 5) -> None:
        for place in range(tasks):
            self.play(wrong=wrong[place] if place < len(wrong) else 0)


@pytest.fixture
def room(app: Flask) -> Iterator[tuple[Sitting, Person, Person]]:
    sitting, (person,), trainer = a_drill_room()
    yield sitting, person, trainer


def the_attempt(attempt_id: int) -> Attempt:
    return db.session.get_one(Attempt, attempt_id, populate_existing=True)


def test_the_start_page_tells_what_awaits(app: Flask, room: tuple[Sitting, Person, Person]) -> None:
    sitting, person, _trainer = room
    visitor = Visitor(app).sign_in(person)
    assert "5 道题" in words(visitor.get("/exams").text)
    assert "5 道题" in words(visitor.get("/").text)
    page = words(visitor.get(f"/exams/{sitting.id}").text)
    for said in ("查询演练", "5 道，依次完成", "30 秒内提交", "至少计入 4 题", "机器慢不算您的错"):
        assert said in page, said


def test_extra_time_is_in_the_formula(app: Flask, room: tuple[Sitting, Person, Person]) -> None:
    sitting, person, trainer = room
    extra_time.allow(trainer.id, MONDAY, sitting.id, person.id, factor=Fraction(5, 4), extra_attempts=0, reason="手伤")
    assert "37.5 秒内提交" in words(Visitor(app).sign_in(person).get(f"/exams/{sitting.id}").text)


def test_from_start_to_the_revised_result(app: Flask, room: tuple[Sitting, Person, Person]) -> None:
    sitting, person, trainer = room
    first, second = (a_person(Role.EXAMINER, name=f"考官{name}") for name in "甲乙")
    desk = Desk(app, person, sitting)
    attempt_id = desk.start()
    desk.play_all(wrong=(1, 1))
    assert the_attempt(attempt_id).state == "marked"

    done = desk.visitor.get(f"/attempts/{attempt_id}", follow_redirects=True)
    assert "演练已结束" in done.text and "5 / 5 道题" in words(done.text)
    waiting = words(desk.visitor.get(f"/results/{attempt_id}").text)
    assert "待发布" in waiting
    for leak in ("60", "未通过", "不知道", "严重失误"):
        assert leak not in waiting, leak
    run_id = runs_in(attempt_id)[0].id
    assert desk.visitor.get(f"/drills/runs/{run_id}/replay").status_code == 404

    staff = Visitor(app).sign_in(trainer)
    listed = words(staff.get(f"/sittings/{sitting.id}/results").text)
    assert "待发布 60 60 未通过" in listed
    assert "查询" in staff.get(f"/sittings/{sitting.id}/results.csv").text
    assert staff.post(f"/sittings/{sitting.id}/results/release", {"all": "1"}).status_code == 302

    page = desk.visitor.get(f"/results/{attempt_id}").text
    said = words(page)
    for part in ("未通过", "60", "计入 3 / 5 题", "不知道", "界面延迟中位数 50 毫秒", "20.0 秒"):
        assert part in said, part
    assert f"/drills/runs/{run_id}/replay" in page
    assert desk.visitor.get(f"/drills/runs/{run_id}/replay").status_code == 200

    form = desk.visitor.get(f"/results/{attempt_id}/appeal").text
    assert "第 5 道题" in form
    raised = desk.visitor.post(f"/results/{attempt_id}/appeal", {"position": "1", "reason": "题面有歧义"})
    assert raised.status_code == 302
    appeal_id = db.session.query(Appeal.id).scalar()

    examiner = Visitor(app).sign_in(first)
    assert examiner.post(f"/appeals/{appeal_id}/take").status_code == 302
    contest = examiner.get(f"/appeals/{appeal_id}").text
    assert person.name not in contest
    assert "操作日志" in contest and "第 2 道题" not in contest
    key = re.search(rf'name="strike-{run_id}" value="([^"]+)"', contest)
    assert key is not None
    strike = {f"strike-{run_id}": key[1], "verdict": "upheld", "answer": "同意撤销。"}
    without = examiner.post(f"/appeals/{appeal_id}/strikes", strike)
    assert without.status_code == 422 and "写明理由" in without.text
    strike[f"why-{run_id}-{key[1]}"] = "题面没有说清日期"
    assert examiner.post(f"/appeals/{appeal_id}/strikes", strike).status_code == 302
    assert "等待另一人确认" in examiner.get(f"/appeals/{appeal_id}").text

    proposal_id = db.session.query(Proposal.id).scalar()
    confirmer = Visitor(app).sign_in(second)
    preview = words(confirmer.get(f"/proposals/{proposal_id}").text)
    assert "第 1 道题 0 100 总分 60 80 结论 未通过 通过" in preview
    assert "题面没有说清日期" in preview and "回放操作过程" in preview
    assert confirmer.post(f"/proposals/{proposal_id}/confirm").status_code == 302

    revised = words(desk.visitor.get(f"/results/{attempt_id}").text)
    for part in ("通过", "80", "申诉成立，成绩已更正", "已撤销", "题面没有说清日期", "同意撤销。"):
        assert part in revised, part
    assert [r.revision for r in db.session.query(Result).order_by(Result.revision)] == [1, 2]


def test_a_double_start_is_one_start(app: Flask, room: tuple[Sitting, Person, Person]) -> None:
    sitting, person, _trainer = room
    desk = Desk(app, person, sitting)
    assert desk.start() == desk.start()
    assert db.session.query(Attempt).count() == 1


def test_the_book_is_closed_while_the_drill_is_open(app: Flask, room: tuple[Sitting, Person, Person]) -> None:
    sitting, person, _trainer = room
    desk = Desk(app, person, sitting)
    attempt_id = desk.start()
    for path in ("/results", "/exams", "/"):
        reply = desk.visitor.get(path)
        assert reply.headers.get("Location", "").endswith(f"/attempts/{attempt_id}"), path
    assert desk.visitor.get(f"/attempts/{attempt_id}").headers["Location"].startswith("/drills/runs/")


def test_a_strangers_attempt_and_tasks_are_not_there(app: Flask) -> None:
    sitting, (one, other), _trainer = a_drill_room(candidates=2)
    mine, theirs = Desk(app, one, sitting), Desk(app, other, sitting)
    attempt_id = mine.start()
    theirs.start()
    run_id = runs_in(attempt_id)[0].id
    assert theirs.visitor.get(f"/attempts/{attempt_id}").status_code == 404
    assert theirs.visitor.post(f"/attempts/{attempt_id}/hand-in").status_code == 404
    assert theirs.visitor.get(f"/drills/runs/{run_id}").status_code == 404
    assert theirs.act(run_id, 1, "begin", {}).status_code == 404
    assert mine.visitor.post(f"/attempts/{attempt_id}/answers", json={"epoch": 1, "ops": []}).status_code == 404


def test_a_second_device_takes_over(app: Flask, room: tuple[Sitting, Person, Person]) -> None:
    sitting, person, _trainer = room
    first, second = Desk(app, person, sitting), Desk(app, person, sitting)
    attempt_id = second.attempt_id = first.start()
    first.play()
    assert "另一台设备" in second.visitor.get(f"/attempts/{attempt_id}").text
    assert second.visitor.post(f"/attempts/{attempt_id}/takeover").status_code == 302
    run_id = runs_in(attempt_id)[1].id
    assert first.act(run_id, 1, "begin", {}).status_code == 409
    second.play()
    assert [run.state for run in runs_in(attempt_id)][:2] == ["ended", "ended"]


def test_a_second_device_that_must_be_unlocked_asks_for_it(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room(takeover="unlock")
    first, second = Desk(app, person, sitting), Desk(app, person, sitting)
    attempt_id = first.start()
    assert second.visitor.post(f"/attempts/{attempt_id}/takeover").status_code == 302
    assert "等待解锁" in second.visitor.get(f"/attempts/{attempt_id}").text


def live(visitor: Visitor, sitting_id: int) -> dict[str, Any]:
    tile: dict[str, Any] = visitor.get(f"/sittings/{sitting_id}/live.json").json["tiles"][0]
    return tile


def test_the_room_is_watched_paused_and_resumed(app: Flask) -> None:
    watcher = a_person(Role.EXAMINER, name="监考")
    sitting, (person,), _trainer = a_drill_room(invigilator_ids=[watcher.id])
    desk, room = Desk(app, person, sitting), Visitor(app).sign_in(watcher)
    assert live(room, sitting.id)["condition"] == "not-started"
    attempt_id = desk.start()
    desk.play()
    run_id = runs_in(attempt_id)[1].id
    desk.act(run_id, 0, "begin", {})
    tile = live(room, sitting.id)
    assert tile["progress"] == "任务 2 / 5 进行中"
    assert "界面延迟 50 毫秒" in tile["saved"]
    assert tile["condition"] == "working"

    def deed(**data: object) -> Any:
        seen = live(room, sitting.id)["deed"]
        return room.post(
            f"/sittings/{sitting.id}/deeds", {"attempt": attempt_id, "seen": seen, "reason": "停电", **data}
        )

    assert deed(deed="pause").status_code == 200
    assert desk.act(run_id, 1, "search", {"q": "12900010017"}).json["reason"] == "paused"
    desk.clock.moment += 10 * MINUTE
    assert deed(deed="resume").status_code == 200
    assert desk.act(run_id, 1, "search", {"q": "12900010017"}).status_code == 200
    assert the_attempt(attempt_id).deadline == MONDAY + 25 * MINUTE
    log = words(room.get(f"/sittings/{sitting.id}/attempts/{attempt_id}").text)
    for said in ("开始任务", "任务结束", "第 1 道题", "界面延迟中位数 50 毫秒"):
        assert said in log, said
    assert deed(deed="force").status_code == 200
    assert desk.act(run_id, 2, "submit", {}).status_code == 409
    assert the_attempt(attempt_id).state == "marked"
    assert live(room, sitting.id)["condition"] == "handed-in"


def test_time_is_over_for_whoever_goes_on(app: Flask, room: tuple[Sitting, Person, Person]) -> None:
    sitting, person, _trainer = room
    desk = Desk(app, person, sitting)
    attempt_id = desk.start()
    desk.play()
    desk.clock.moment = MONDAY + 15 * MINUTE + SECOND
    assert "演练时间到" in desk.visitor.get(f"/attempts/{attempt_id}").text
    assert desk.act(runs_in(attempt_id)[1].id, 0, "begin", {}).status_code == 409
    assert desk.visitor.post(f"/attempts/{attempt_id}/hand-in").status_code == 302
    assert (the_attempt(attempt_id).submitted_by, the_attempt(attempt_id).submitted_at) == (
        "deadline", MONDAY + 15 * MINUTE,
    )  # fmt: skip


def test_the_sweep_closes_tasks_and_drills(app: Flask, room: tuple[Sitting, Person, Person]) -> None:
    sitting, person, _trainer = room
    desk = Desk(app, person, sitting)
    attempt_id = desk.start()
    desk.act(runs_in(attempt_id)[0].id, 0, "begin", {})
    assert run_sweep.sweep(MONDAY + 2 * MINUTE) == 1
    assert hand_in.sweep(MONDAY + 16 * MINUTE) == 1
    assert the_attempt(attempt_id).submitted_by == "deadline"


def test_a_void_drill_shows_no_result(app: Flask, room: tuple[Sitting, Person, Person]) -> None:
    sitting, person, trainer = room
    second = a_person(Role.EXAMINER, name="考官甲")
    desk = Desk(app, person, sitting)
    attempt_id = desk.start()
    desk.play_all()
    staff = Visitor(app).sign_in(trainer)
    path = f"/sittings/{sitting.id}/results/{attempt_id}/void"
    assert staff.post(path, {"reason": "代考"}).status_code == 302
    proposal_id = db.session.query(Proposal.id).scalar()
    assert Visitor(app).sign_in(second).post(f"/proposals/{proposal_id}/confirm").status_code == 302
    assert "已作废" in desk.visitor.get(f"/results/{attempt_id}").text


def test_no_world_no_start(app: Flask, room: tuple[Sitting, Person, Person]) -> None:
    sitting, person, _trainer = room
    with writing(None, MONDAY) as deed:
        deed.session.query(World).update({"built_at": None})
    reply = Visitor(app).sign_in(person).post(f"/exams/{sitting.id}/start", {"language": "zh"})
    assert reply.status_code == 409 and "正在准备" in reply.text
    assert db.session.query(Attempt).count() == 0


# --- plans ------------------------------------------------------------------------------------------------------------


def a_plan_form(**changes: str) -> dict[str, str]:
    return {
        "base": "0", "code": "lookup-mine", "title_zh": "我的查询", "title_en": "My lookups", "tasks": "3",
        "minutes": "8", "rule_within": "45", "rule_ends": "120", "rule_pass_tasks": "2", "rule_error_cost": "3",
        **changes,
    }  # fmt: skip


@pytest.fixture
def trainer(app: Flask) -> Iterator[Visitor]:
    drill_plans()
    yield Visitor(app).sign_in(a_person(Role.TRAINER, name="培训师"))


def test_drill_plans_are_listed_with_their_kind(trainer: Visitor) -> None:
    page = words(trainer.get("/blueprints").text)
    assert "查询演练认证 lookup-certification 查询演练 认证" in page
    assert "全流程演练认证 workflow-certification 全流程演练 认证" in page


def test_a_plans_numbers_are_settings_saved_version_by_version(trainer: Visitor) -> None:
    assert trainer.post("/drills/plans/new/lookup", a_plan_form()).status_code == 302
    plan_id = db.session.query(Blueprint.id).filter_by(code="lookup-mine").scalar()
    page = words(trainer.get(f"/drills/plans/{plan_id}").text)
    for said in ("45 秒内提交", "120 秒时强制结束", "3 题中至少计入 2 题为通过"):
        assert said in page, said
    again = a_plan_form(base="1", rule_within="40", templates="pack-expiry")
    assert trainer.post(f"/drills/plans/{plan_id}", again).status_code == 302
    newest = db.session.query(BlueprintVersion).order_by(BlueprintVersion.id.desc()).first()
    assert newest is not None
    assert (newest.number, newest.body["lookup"]["within"], newest.body["templates"]) == (2, 40, ["pack-expiry"])
    stale = trainer.post(f"/drills/plans/{plan_id}", a_plan_form(base="1", rule_within="35"))
    assert stale.status_code == 409 and "保存了第 2 版" in stale.text
    moved = trainer.get(f"/blueprints/{plan_id}")
    assert moved.headers["Location"].endswith(f"/drills/plans/{plan_id}")
    assert trainer.post(f"/drills/plans/{plan_id}/use", {"in_use": "0"}).status_code == 302
    assert "停用" in words(trainer.get(f"/drills/plans/{plan_id}").text)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rule_within": "130"}, "强制结束不能早于限时"),
        ({"rule_pass_tasks": "4"}, "不能多于任务数"),
        ({"minutes": "5"}, "放不下这么多任务"),
        ({"rule_within": "soon"}, "请填写整数"),
        ({"rule_within": "1"}, "不能小于 5"),
        ({"title_zh": "", "title_en": ""}, "请填写"),
        ({"code": "Lookup!"}, "小写字母"),
        ({"code": "lookup-certification"}, "代号已被使用"),
    ],
)
def test_a_plan_that_cannot_be_says_why_at_its_field(trainer: Visitor, changes: dict[str, str], said: str) -> None:
    reply = trainer.post("/drills/plans/new/lookup", a_plan_form(**changes))
    assert reply.status_code == 422
    assert said in words(reply.text)


def test_a_workflow_plan_must_sum_to_100(trainer: Visitor) -> None:
    plan_id = db.session.query(Blueprint.id).filter_by(code="workflow-certification").scalar()
    numbers = {
        "accuracy": "60", "error_cost": "3", "efficiency": "30", "full_until": "120", "zero_at": "240", "ends": "300",
        "pass_total": "80",
    }  # fmt: skip
    form = {"base": "1", "title_zh": "全流程", "tasks": "2", "minutes": "15"}
    reply = trainer.post(f"/drills/plans/{plan_id}", form | {f"rule_{name}": value for name, value in numbers.items()})
    assert reply.status_code == 422 and "合计必须是 100" in reply.text
    numbers["accuracy"] = "70"
    again = trainer.post(f"/drills/plans/{plan_id}", form | {f"rule_{name}": value for name, value in numbers.items()})
    assert again.status_code == 302


def test_an_exams_blueprint_is_no_drill_plan(app: Flask) -> None:
    a_bank()
    exam_id = db.session.query(Blueprint.id).filter_by(code="certification").scalar()
    assert Visitor(app).sign_in(a_person(Role.TRAINER)).get(f"/drills/plans/{exam_id}").status_code == 404


def test_a_sitting_is_planned_from_a_drill_plan(app: Flask, room: tuple[Sitting, Person, Person]) -> None:
    sitting, _person, trainer = room
    staff = Visitor(app).sign_in(trainer)
    assert "查询演练" in staff.get("/sittings/new").text
    version = sitting.blueprint_version_id
    form = {
        "title": "四月查询认证", "blueprint": str(version), "cohort": str(sitting.cohort_id),
        "opens_at": "2026-03-17T09:00", "closes_at": "2026-03-17T18:00", "minutes": "", "attempts_allowed": "1",
        "navigation": "free", "takeover": "free", "feedback": ["total", "sections"],
    }  # fmt: skip
    assert staff.post("/sittings/new", {**form, "minutes": "5"}).status_code == 422
    assert staff.post("/sittings/new", form).status_code in (302, 303)
    made = db.session.query(Sitting).filter_by(title="四月查询认证").one()
    assert made.minutes == 15
    page = words(staff.get(f"/sittings/{made.id}").text)
    assert "查询演练认证" in page and "题库不足" not in page


def test_statistics_of_items_leave_drills_alone(app: Flask, room: tuple[Sitting, Person, Person]) -> None:
    sitting, person, trainer = room
    desk = Desk(app, person, sitting)
    desk.start()
    desk.play_all()
    staff = Visitor(app).sign_in(trainer)
    assert sitting.title not in words(staff.get("/statistics").text)
    assert staff.get(f"/statistics/sittings/{sitting.id}").status_code == 404
