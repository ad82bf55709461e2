"""The invigilator's live view through real requests."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from lms.clock import SettableClock
from lms.domain.people import Role
from lms.extensions import db
from lms.models.exams import Attempt, Invigilator
from lms.models.people import Person
from lms.services import call_attempts, calls, hand_in
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.call_sitting import MINUTE, a_call_sitting, started
from tests.conftest import MONDAY
from tests.exam_factories import SENTINEL, Exam, an_exam
from tests.factories import a_person


class Candidate:
    """Somebody in the exam, as their page's script acts."""

    def __init__(self, app: Flask, exam: Exam, name: str) -> None:
        self.person = exam.a_candidate(name)
        self.visitor = Visitor(app).sign_in(self.person)
        self.visitor.post(f"/exams/{exam.sitting.id}/start", {"language": "zh"})
        db.session.rollback()
        self.id = db.session.query(Attempt.id).filter_by(person_id=self.person.id).scalar()
        self.visitor.get(f"/attempts/{self.id}")
        self.epoch = self.visitor.post(f"/attempts/{self.id}/hold", json={}).json["epoch"]

    def save(self, position: int, answer: Any, op: str) -> Any:
        change = {"op": op, "seq": position, "q": position, "a": answer, "f": False}
        return self.visitor.post(f"/attempts/{self.id}/answers", json={"epoch": self.epoch, "ops": [change]}).json


@pytest.fixture
def exam(app: Flask) -> Exam:
    return an_exam()


def an_invigilator(app: Flask, exam: Exam, role: Role = Role.EXAMINER) -> Visitor:
    person: Person = a_person(role, name="监考")
    with writing(None, MONDAY) as deed:
        deed.session.add(Invigilator(sitting_id=exam.sitting.id, person_id=person.id))
    return Visitor(app).sign_in(person)


def live(visitor: Visitor, exam: Exam) -> dict[str, Any]:
    reply = visitor.get(f"/sittings/{exam.sitting.id}/live.json")
    assert reply.status_code == 200
    return reply.json


def tile(visitor: Visitor, exam: Exam, candidate: Candidate) -> dict[str, Any]:
    return next(tile for tile in live(visitor, exam)["tiles"] if tile["attempt"] == candidate.id)


def do(visitor: Visitor, exam: Exam, name: str, candidate: Candidate | None = None, **form: Any) -> Any:
    state = live(visitor, exam)
    seen = state["deed"] if candidate is None else tile(visitor, exam, candidate)["deed"]
    sent = {"deed": name, "seen": seen, "reason": "火警", "attempt": candidate.id if candidate else "", **form}
    return visitor.post(f"/sittings/{exam.sitting.id}/deeds", sent)


def test_the_board_says_how_everybody_stands(app: Flask, exam: Exam) -> None:
    one = Candidate(app, exam, "甲")
    exam.a_candidate("乙")
    one.save(1, "A", "op-000001")
    watcher = an_invigilator(app, exam)
    page = watcher.get(f"/sittings/{exam.sitting.id}/live")
    assert page.status_code == 200 and "甲" not in page.text.split("<script")[0]
    tiles = live(watcher, exam)["tiles"]
    assert [(t["name"], t["word"], t["answered"]) for t in tiles] == [("甲", "作答中", 1), ("乙", "未开考", 0)]
    assert tiles[0]["saved"] == "10:00:00 已保存"
    assert tiles[0]["left"] == 60 * 60 * 1000
    assert tiles[1]["deeds"] == [] and tiles[1]["log"] is None


def test_the_board_holds_no_secret_and_no_marker_s_number(app: Flask, exam: Exam) -> None:
    one = Candidate(app, exam, "甲")
    watcher = an_invigilator(app, exam)
    number = db.session.get_one(Attempt, one.id).candidate_number
    for path in ("live", "live.json", f"attempts/{one.id}"):
        text = watcher.get(f"/sittings/{exam.sitting.id}/{path}").text
        assert SENTINEL not in text and number not in text, path


def test_silence_of_a_minute_is_a_lost_connection(app: Flask, exam: Exam, clock: SettableClock) -> None:
    one = Candidate(app, exam, "甲")
    watcher = an_invigilator(app, exam)
    clock.advance(seconds=59)
    assert tile(watcher, exam, one)["condition"] == "working"
    clock.advance(seconds=1)
    assert tile(watcher, exam, one)["condition"] == "disconnected"


def test_signals_are_counted_and_never_judged(app: Flask, exam: Exam) -> None:
    one = Candidate(app, exam, "甲")
    signals = [{"kind": "left", "ago": 10}, {"kind": "left", "ago": 5}, {"kind": "pasted", "ago": 1, "count": 80}]
    reply = one.visitor.post(f"/attempts/{one.id}/pulse", json={"epoch": one.epoch, "signals": signals})
    assert reply.status_code == 200, reply.text
    found = tile(an_invigilator(app, exam), exam, one)
    assert found["signals"] == "离开页面 ×2 · 粘贴 ×1"
    assert found["condition"] == "signal"


def test_an_extension_reaches_the_page_that_is_open(app: Flask, exam: Exam) -> None:
    one = Candidate(app, exam, "甲")
    before = one.save(1, "A", "op-000001")["left_ms"]
    watcher = an_invigilator(app, exam)
    reply = do(watcher, exam, "extend", one, minutes="15")
    assert reply.status_code == 200 and reply.json["done"] == "延长时间已执行"
    after = one.save(2, "A", "op-000002")["left_ms"]
    assert after - before == 15 * 60 * 1000
    assert tile(watcher, exam, one)["extra"] == "含加时"


def test_while_paused_nothing_is_taken_and_the_time_stands_still(app: Flask, exam: Exam, clock: SettableClock) -> None:
    one, watcher = Candidate(app, exam, "甲"), an_invigilator(app, exam)
    assert do(watcher, exam, "pause", one).status_code == 200
    left = tile(watcher, exam, one)["left"]
    clock.advance(minutes=7)
    assert tile(watcher, exam, one)["left"] == left
    assert one.save(1, "A", "op-000001").get("paused") is True
    assert do(watcher, exam, "resume", one).status_code == 200
    assert tile(watcher, exam, one)["left"] == left


def test_time_that_ran_out_is_given_back_and_the_page_goes_on(app: Flask, exam: Exam, clock: SettableClock) -> None:
    one, watcher = Candidate(app, exam, "甲"), an_invigilator(app, exam)
    one.save(1, "A", "op-000001")
    clock.advance(minutes=62)
    hand_in.sweep(clock.now())
    found = tile(watcher, exam, one)
    assert (found["condition"], found["deeds"]) == ("handed-in", ["extend", "void"])
    assert do(watcher, exam, "extend", one, minutes="5").status_code == 200
    found = tile(watcher, exam, one)
    assert (found["answered"], found["left"]) == (1, 5 * 60 * 1000)
    assert one.save(2, "B", "op-000002")["standing"] == "counts"


def test_each_deed_wants_a_reason_and_minutes_that_can_be(app: Flask, exam: Exam) -> None:
    one, watcher = Candidate(app, exam, "甲"), an_invigilator(app, exam)
    for deed in ("extend", "pause", "resume", "unlock", "force", "void", "count-late", "leave-late"):
        reply = do(watcher, exam, deed, one, reason=" ", minutes="5")
        assert (reply.status_code, reply.json["field"]) == (422, "reason"), deed
    for minutes in ("", "0", "100000"):
        reply = do(watcher, exam, "extend", one, minutes=minutes)
        assert (reply.status_code, reply.json["field"]) == (422, "minutes")
    for broken in ({"deed": "release"}, {"seen": "x"}, {"attempt": "x"}):
        assert do(watcher, exam, "pause", one, **broken).status_code == 400
    assert tile(watcher, exam, one)["deed"] == 0


def test_the_second_of_two_invigilators_is_told(app: Flask, exam: Exam) -> None:
    one = Candidate(app, exam, "甲")
    first, second = an_invigilator(app, exam), an_invigilator(app, exam, Role.TRAINER)
    seen = tile(second, exam, one)["deed"]
    assert do(first, exam, "extend", one, minutes="5").status_code == 200
    reply = do(second, exam, "extend", one, minutes="5", seen=seen)
    assert (reply.status_code, reply.json["code"]) == (409, "overtaken")


def test_everybody_at_once(app: Flask, exam: Exam) -> None:
    people = [Candidate(app, exam, name) for name in ("甲", "乙")]
    watcher = an_invigilator(app, exam)
    assert do(watcher, exam, "pause").json["done"] == "暂停：2 份作答。"
    assert [tile(watcher, exam, person)["paused"] for person in people] == [True, True]


def test_everybody_is_counted_once(app: Flask, exam: Exam, clock: SettableClock) -> None:
    people = {name: Candidate(app, exam, name) for name in ("甲", "乙", "丙", "丁")}
    exam.a_candidate("戊")
    watcher = an_invigilator(app, exam)
    assert do(watcher, exam, "pause", people["乙"]).status_code == 200
    assert do(watcher, exam, "force", people["丁"]).status_code == 200
    clock.advance(seconds=61)
    for name in ("乙", "丙"):
        people[name].visitor.post(f"/attempts/{people[name].id}/pulse", json={"epoch": 1, "signals": []})
    counts = {count["name"]: count["count"] for count in live(watcher, exam)["counts"]}
    assert counts == {"应考": 5, "作答中": 1, "中断": 1, "已暂停": 1, "未开考": 1, "已交卷": 1}


def test_a_forced_hand_in_ends_the_exam(app: Flask, exam: Exam) -> None:
    one, watcher = Candidate(app, exam, "甲"), an_invigilator(app, exam)
    assert do(watcher, exam, "force", one).status_code == 200
    assert tile(watcher, exam, one)["condition"] == "handed-in"
    assert one.save(1, "A", "op-000001")["standing"] == "late"


def test_the_log_names_what_happened_and_who_did_it(app: Flask, exam: Exam, clock: SettableClock) -> None:
    one, watcher = Candidate(app, exam, "甲"), an_invigilator(app, exam)
    do(watcher, exam, "extend", one, minutes="5")
    clock.advance(minutes=70)
    hand_in.sweep(clock.now())
    one.save(9, "我先安抚客户。", "op-late-1")
    page = watcher.get(f"/sittings/{exam.sitting.id}/attempts/{one.id}").text
    assert "延长时间" in page and "火警" in page and "监考" in page and "迟到的作答" in page
    assert "我先安抚客户" not in page
    board = watcher.get(f"/sittings/{exam.sitting.id}/live").text
    assert "甲 有 1 处迟到的作答" in board
    reply = do(watcher, exam, "count-late", one)
    assert reply.status_code == 200 and reply.json["done"] == "已处理 1 处迟到作答。"
    db.session.rollback()
    assert db.session.get_one(Attempt, one.id).state == "marking"


def test_a_void_attempt_is_void_on_every_page(app: Flask, exam: Exam, clock: SettableClock) -> None:
    open_, handed_in = Candidate(app, exam, "甲"), Candidate(app, exam, "乙")
    handed_in.visitor.post(f"/attempts/{handed_in.id}/hand-in", {})
    watcher, second = an_invigilator(app, exam), Visitor(app).sign_in(a_person(Role.EXAMINER, name="第二人"))
    for one in (open_, handed_in):
        assert do(watcher, exam, "void", one, reason="替考").status_code == 200
    clock.advance(minutes=3)
    for number in re.findall(r'href="/proposals/(\d+)"', second.get("/proposals").text):
        assert second.post(f"/proposals/{number}/confirm", {}).status_code == 302
    for one in (open_, handed_in):
        page = one.visitor.get(f"/attempts/{one.id}/done").text
        assert "本次作答已作废" in page and "exam-done" in page, "what the browser still keeps is removed"
        for untrue in ("已交卷", "None", "成绩公布", "方式"):
            assert untrue not in page, untrue
        assert "本次作答已作废" in one.visitor.get(f"/results/{one.id}").text
        log = watcher.get(f"/sittings/{exam.sitting.id}/attempts/{one.id}").text
        last = log[log.rindex("<tr") :]
        assert "10:03:00" in last and "作废" in last and "第二人" in last and "替考" in last


@pytest.mark.parametrize("role", [Role.TRAINER, Role.EXAMINER])
def test_whoever_watches_over_another_sitting_finds_nothing_here(app: Flask, exam: Exam, role: Role) -> None:
    one = Candidate(app, exam, "甲")
    stranger = Visitor(app).sign_in(a_person(role))
    for path in ("live", "live.json", f"attempts/{one.id}"):
        assert stranger.get(f"/sittings/{exam.sitting.id}/{path}").status_code == 404, path
    sent = {"deed": "force", "seen": "0", "reason": "火警", "attempt": one.id}
    assert stranger.post(f"/sittings/{exam.sitting.id}/deeds", sent).status_code == 404
    assert db.session.get_one(Attempt, one.id).state == "open"
    assert "没有由您监考的场次" in stranger.get("/invigilation").text


@pytest.mark.parametrize("role", [Role.NEW_HIRE, Role.TEAM_LEADER, Role.ADMINISTRATOR])
def test_who_may_not_invigilate_stays_outside(app: Flask, exam: Exam, role: Role) -> None:
    visitor = Visitor(app).sign_in(a_person(role))
    assert visitor.get("/invigilation").status_code == 403
    assert visitor.get(f"/sittings/{exam.sitting.id}/live").status_code == 403
    assert visitor.post(f"/sittings/{exam.sitting.id}/deeds", {}).status_code == 403


def test_an_attempt_of_another_sitting_is_not_there(app: Flask, exam: Exam) -> None:
    watcher = an_invigilator(app, exam)
    assert watcher.get(f"/sittings/{exam.sitting.id}/attempts/987654").status_code == 404
    sent = {"deed": "force", "seen": "0", "reason": "火警", "attempt": "987654"}
    assert watcher.post(f"/sittings/{exam.sitting.id}/deeds", sent).status_code == 404


def test_my_sittings_lead_to_the_room(app: Flask, exam: Exam) -> None:
    page = an_invigilator(app, exam).get("/invigilation").text
    assert f"/sittings/{exam.sitting.id}/live" in page and exam.sitting.title in page


@pytest.mark.parametrize(
    ("language", "answering", "between"),
    [("zh-CN", "第 1 / 2 通进行中", "已完成 1 / 2 通"), ("en-US", "Call 1 of 2 running", "1 of 2 calls done")],
    ids=["zh", "en"],
)
def test_a_sitting_of_calls_speaks_of_calls(app: Flask, language: str, answering: str, between: str) -> None:
    examiner = a_person(Role.EXAMINER, name="监考")
    sitting, (person,), _trainer = a_call_sitting(invigilator_ids=[examiner.id])
    watcher = Visitor(app, language).sign_in(examiner)
    who, attempt_id = started(sitting, person)

    def progress() -> Any:
        return watcher.get(f"/sittings/{sitting.id}/live.json").json["tiles"][0]["progress"]

    call_id = call_attempts.next_call(who, attempt_id, MONDAY)
    assert progress() == answering
    calls.answer(who, call_id, MONDAY + timedelta(seconds=2))
    calls.do(who, call_id, "invented-000001", "hang-up", {}, MONDAY + MINUTE)
    assert progress() == between


def test_the_log_tells_the_handing_in_as_something_done(app: Flask, exam: Exam) -> None:
    one, person = Candidate(app, exam, "甲"), a_person(Role.EXAMINER, name="Watcher")
    with writing(None, MONDAY) as deed:
        deed.session.add(Invigilator(sitting_id=exam.sitting.id, person_id=person.id))
    hand_in.hand_in(one.id, by="candidate", actor_id=one.person.id, now=MONDAY)
    page = Visitor(app, "en-US").sign_in(person).get(f"/sittings/{exam.sitting.id}/attempts/{one.id}").text
    assert '<th scope="row">Handed in</th>' in page and "Hand in<" not in page
