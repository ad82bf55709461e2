"""Sitting an exam through real requests: start, save, deadline, takeover, hand-in."""

import json
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.clock import SettableClock
from lms.extensions import db
from lms.models.exams import AttemptEvent, Paper, PaperQuestion, Save
from lms.models.people import Person, PersonRole
from lms.services import extra_time, hand_in
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.exam_room import an_exam_room, the_attempt
from tests.factories import a_person


class Candidate:
    """A visitor who sits an exam: what the exam page's script does, request by request."""

    def __init__(self, app: Flask, person: Person) -> None:
        self.visitor = Visitor(app).sign_in(person)
        self.person = person
        self.seq = 0
        self.epoch = 0
        self.id = 0

    def start(self, sitting_id: int, **form: Any) -> "Candidate":
        reply = self.visitor.post(f"/exams/{sitting_id}/start", {"language": "zh", **form})
        assert reply.status_code == 302, reply.text
        self.id = the_attempt(self.person).id
        return self.open()

    def open(self) -> "Candidate":
        page = self.visitor.get(f"/attempts/{self.id}")
        assert page.status_code == 200
        self.epoch = self.visitor.post(f"/attempts/{self.id}/hold", json={}).json["epoch"]
        return self

    def op(self, position: int, answer: Any, flagged: bool = False, op: str | None = None) -> dict[str, Any]:
        self.seq += 1
        return {
            "op": op or f"op-{self.person.id}-{self.seq:06d}",
            "seq": self.seq,
            "q": position,
            "a": answer,
            "f": flagged,
        }

    def send(self, *ops: dict[str, Any], epoch: int | None = None) -> Any:
        body = {"epoch": self.epoch if epoch is None else epoch, "ops": list(ops)}
        return self.visitor.post(f"/attempts/{self.id}/answers", json=body)

    def questions(self) -> list[dict[str, Any]]:
        return json.loads(db.session.get_one(Paper, self.id).body)["questions"]


@pytest.fixture
def room(app: Flask) -> tuple[Any, list[Person]]:
    return an_exam_room(candidates=2)


@pytest.fixture
def candidate(app: Flask, room: tuple[Any, list[Person]]) -> Candidate:
    sitting, people = room
    return Candidate(app, people[0]).start(sitting.id)


def counted(attempt_id: int) -> list[tuple[int, str, str]]:
    db.session.rollback()
    rows = db.session.execute(
        select(Save.position, Save.value, Save.standing).where(Save.attempt_id == attempt_id).order_by(Save.id)
    )
    return [tuple(row) for row in rows]


def test_a_candidate_starts_saves_and_hands_in(candidate: Candidate) -> None:
    reply = candidate.send(candidate.op(1, "A"), candidate.op(2, "B", flagged=True))
    assert (reply.status_code, reply.json["standing"], reply.json["saved_at"]) == (200, "counts", "10:00:00")
    assert candidate.visitor.post(f"/attempts/{candidate.id}/hand-in").status_code == 302
    page = candidate.visitor.get(f"/attempts/{candidate.id}/done")
    assert "2 / 10" in page.text
    assert the_attempt(candidate.person).state == "marked"  # nothing written to mark in this paper


def test_a_double_start_is_one_start(app: Flask, candidate: Candidate, room: tuple[Any, list[Person]]) -> None:
    again = candidate.visitor.post(f"/exams/{room[0].id}/start", {"language": "zh"})
    assert again.headers["Location"] == f"/attempts/{candidate.id}"
    assert db.session.execute(select(func.count()).select_from(Paper)).scalar_one() == 1


def test_the_same_seed_gives_the_same_paper(candidate: Candidate, room: tuple[Any, list[Person]]) -> None:
    from lms.domain.values import Language
    from lms.models.exams import Sitting
    from lms.services import sitting_papers

    attempt = the_attempt(candidate.person)
    sitting = db.session.get_one(Sitting, room[0].id)
    again = sitting_papers.prepared(sitting, Language.ZH).paper(attempt.seed)
    assert again.dump() == db.session.get_one(Paper, attempt.id).body


def test_the_same_op_twice_is_one_row_and_the_same_reply(candidate: Candidate, clock: SettableClock) -> None:
    op = candidate.op(1, "A")
    first = candidate.send(op)
    clock.advance(seconds=40)
    second = candidate.send(op)
    assert (first.json["saved_at"], second.json["saved_at"]) == ("10:00:00", "10:00:00")
    assert counted(candidate.id) == [(1, '{"a":"A","f":false}', "counts")]


def test_the_same_op_id_with_another_answer_is_refused(candidate: Candidate) -> None:
    candidate.send(candidate.op(1, "A", op="op-used-once"))
    reply = candidate.send(candidate.op(1, "B", op="op-used-once"))
    assert reply.status_code == 422
    assert len(counted(candidate.id)) == 1


def test_an_older_save_never_overwrites_a_newer_one(candidate: Candidate) -> None:
    older, newer = candidate.op(1, "A"), candidate.op(1, "B")
    candidate.send(newer)
    candidate.send(older)  # arrives last
    page = candidate.visitor.get(f"/attempts/{candidate.id}")
    setup = json.loads(page.text.split('id="exam-setup">')[1].split("</script>")[0])
    assert setup["answers"] == {"1": {"a": "B", "f": False}}


def test_a_save_within_the_grace_counts_and_a_later_one_is_kept_apart(
    candidate: Candidate, clock: SettableClock
) -> None:
    clock.moment = MONDAY + timedelta(minutes=15, seconds=30)
    assert candidate.send(candidate.op(1, "A")).status_code == 200
    clock.advance(seconds=1)
    late = candidate.send(candidate.op(1, "B"))
    assert (late.status_code, late.json["standing"]) == (202, "late")
    hand_in.sweep(clock.now())
    after = candidate.send(candidate.op(1, "C"))
    assert (after.status_code, after.json["standing"]) == (202, "late")
    assert [standing for _p, _v, standing in counted(candidate.id)] == ["counts", "late", "late"]
    row = db.session.get_one(PaperQuestion, (candidate.id, 1))
    first = candidate.questions()[0]
    assert row.answer == json.dumps(first["order"][0])


def test_the_sweep_hands_in_what_is_over_with_the_deadline_as_finish(
    candidate: Candidate, clock: SettableClock
) -> None:
    candidate.send(candidate.op(1, "A"))
    clock.moment = MONDAY + timedelta(minutes=15, seconds=30)
    assert hand_in.sweep(clock.now()) == 0
    clock.moment = MONDAY + timedelta(hours=3)
    assert hand_in.sweep(clock.now()) == 1
    assert hand_in.sweep(clock.now()) == 0
    attempt = the_attempt(candidate.person)
    assert (attempt.submitted_at, attempt.submitted_by) == (MONDAY + timedelta(minutes=15), "deadline")


@pytest.mark.parametrize(
    ("at", "by", "words"),
    [
        (timedelta(minutes=14, seconds=59), "candidate", "考生交卷"),
        (timedelta(minutes=15), "deadline", "到时自动交卷"),
        (timedelta(minutes=15, seconds=5), "deadline", "到时自动交卷"),
    ],
)
def test_a_hand_in_when_the_time_is_up_says_so(
    candidate: Candidate, clock: SettableClock, at: timedelta, by: str, words: str
) -> None:
    clock.moment = MONDAY + at
    candidate.visitor.post(f"/attempts/{candidate.id}/hand-in", {})
    attempt = the_attempt(candidate.person)
    assert (attempt.submitted_by, attempt.submitted_at) == (by, MONDAY + min(at, timedelta(minutes=15)))
    assert words in candidate.visitor.get(f"/attempts/{candidate.id}/done").text


def paused(candidate: Candidate, at: datetime | None) -> None:
    with writing(None, MONDAY):
        the_attempt(candidate.person).paused_at = at


def test_while_the_clock_stands_nothing_is_handed_in(candidate: Candidate, clock: SettableClock) -> None:
    paused(candidate, MONDAY + timedelta(minutes=5))
    clock.moment = MONDAY + timedelta(minutes=16)
    reply = candidate.visitor.post(f"/attempts/{candidate.id}/hand-in", {})
    assert (reply.status_code, the_attempt(candidate.person).state) == (302, "open")
    assert "监考人员已暂停考试，刚才的操作没有生效" in candidate.visitor.get(f"/attempts/{candidate.id}").text
    paused(candidate, None)
    clock.moment = MONDAY + timedelta(minutes=6)
    candidate.visitor.post(f"/attempts/{candidate.id}/hand-in", {})
    assert the_attempt(candidate.person).submitted_by == "candidate"


def test_only_the_device_that_holds_the_attempt_hands_it_in(app: Flask, candidate: Candidate) -> None:
    other = Visitor(app).sign_in(candidate.person)
    reply = other.post(f"/attempts/{candidate.id}/hand-in", {})
    assert (reply.status_code, the_attempt(candidate.person).state) == (302, "open")
    page = other.get(f"/attempts/{candidate.id}").text
    assert "考试正在另一台设备上进行，刚才的操作没有生效" in page
    assert "/takeover" in page
    assert candidate.send(candidate.op(1, "A")).status_code == 200  # the holder goes on undisturbed
    other.post(f"/attempts/{candidate.id}/takeover")
    other.post(f"/attempts/{candidate.id}/hand-in", {})
    assert the_attempt(candidate.person).submitted_by == "candidate"
    late = candidate.visitor.post(f"/attempts/{candidate.id}/hand-in", {})  # handed in is handed in, said to all alike
    assert late.headers["Location"] == f"/attempts/{candidate.id}/done"


def test_when_the_time_is_up_any_device_of_the_candidate_hands_in(
    app: Flask, candidate: Candidate, clock: SettableClock
) -> None:
    clock.moment = MONDAY + timedelta(minutes=15)
    Visitor(app).sign_in(candidate.person).post(f"/attempts/{candidate.id}/hand-in", {})
    assert the_attempt(candidate.person).submitted_by == "deadline"


def test_who_may_neither_go_on_nor_take_over_hands_in_on_any_device(app: Flask, candidate: Candidate) -> None:
    with writing(None, MONDAY) as deed:
        deed.session.add(PersonRole(person_id=candidate.person.id, role="trainer"))
    other = Visitor(app).sign_in(candidate.person)
    assert f"/attempts/{candidate.id}/hand-in" in other.get(f"/attempts/{candidate.id}").text
    other.post(f"/attempts/{candidate.id}/hand-in", {})
    assert the_attempt(candidate.person).submitted_by == "candidate"


def test_going_on_is_for_the_device_that_holds_the_attempt_while_the_clock_runs(app: Flask) -> None:
    sitting, people = an_exam_room(navigation="forward")
    candidate = Candidate(app, people[0]).start(sitting.id)
    other = Visitor(app).sign_in(people[0])
    assert other.post(f"/attempts/{candidate.id}/next", {"place": "1"}).status_code == 302
    assert "考试正在另一台设备上进行，刚才的操作没有生效" in other.get(f"/attempts/{candidate.id}").text
    paused(candidate, MONDAY)
    candidate.visitor.post(f"/attempts/{candidate.id}/next", {"place": "1"})
    assert "监考人员已暂停考试，刚才的操作没有生效" in candidate.visitor.get(f"/attempts/{candidate.id}").text
    assert the_attempt(people[0]).place == 1
    paused(candidate, None)
    for _press in range(2):
        candidate.visitor.post(f"/attempts/{candidate.id}/next", {"place": "1"})
    page = candidate.visitor.get(f"/attempts/{candidate.id}").text
    assert ("没有生效" in page, the_attempt(people[0]).place) == (False, 2)


@pytest.mark.parametrize("granted", ["extension", "pause"])
def test_the_deadline_closes_nothing_that_was_extended_or_paused_meanwhile(
    candidate: Candidate, clock: SettableClock, granted: str
) -> None:
    """The sweep lists first and closes one by one: what an invigilator grants in between must stand."""
    clock.moment = MONDAY + timedelta(minutes=16)
    with writing(None, clock.now()):
        attempt = the_attempt(candidate.person)
        if granted == "extension":
            attempt.deadline = clock.now() + timedelta(minutes=5)
        else:
            attempt.paused_at = clock.now()
    assert hand_in.hand_in(candidate.id, by="deadline", actor_id=None, now=clock.now()) is False
    assert the_attempt(candidate.person).state == "open"


def test_a_second_device_takes_over_and_the_first_is_told(app: Flask, candidate: Candidate) -> None:
    other = Candidate(app, candidate.person)
    other.id = candidate.id
    page = other.visitor.get(f"/attempts/{candidate.id}")
    assert "另一台设备" in page.text
    assert candidate.questions()[0]["stem"] not in page.text
    assert other.visitor.post(f"/attempts/{candidate.id}/hold", json={}).status_code == 409
    assert other.visitor.post(f"/attempts/{candidate.id}/takeover").status_code == 302
    other.open()
    lost = candidate.send(candidate.op(1, "A"))
    assert (lost.status_code, lost.json["standing"]) == (409, "stale")
    assert other.send(other.op(1, "C", op="op-of-the-second-device")).status_code == 200
    kinds = db.session.execute(select(AttemptEvent.kind)).scalars().all()
    assert kinds == ["takeover"]
    assert [standing for _p, _v, standing in counted(candidate.id)] == ["stale", "counts"]


def test_where_the_sitting_says_so_a_takeover_waits_for_the_invigilator(app: Flask) -> None:
    sitting, people = an_exam_room(takeover="unlock")
    first = Candidate(app, people[0]).start(sitting.id)
    other = Visitor(app).sign_in(people[0])
    other.post(f"/attempts/{first.id}/takeover")
    assert "请求解锁" in other.get(f"/attempts/{first.id}").text
    assert first.send(first.op(1, "A")).status_code == 200
    assert db.session.execute(select(AttemptEvent.kind)).scalars().all() == ["unlock-asked"]


def test_nobody_reaches_anothers_attempt(app: Flask, candidate: Candidate, room: tuple[Any, list[Person]]) -> None:
    thief = Visitor(app).sign_in(room[1][1])
    assert thief.get(f"/attempts/{candidate.id}").status_code == 404
    for path, body in (
        ("answers", {"epoch": 2, "ops": [candidate.op(1, "A")]}),
        ("hold", {}),
        ("pulse", {"signals": []}),
    ):
        assert thief.post(f"/attempts/{candidate.id}/{path}", json=body).status_code == 404, path
    for path in ("hand-in", "takeover", "next"):
        assert thief.post(f"/attempts/{candidate.id}/{path}", {"place": "1"}).status_code == 404, path
    assert counted(candidate.id) == []
    assert the_attempt(candidate.person).state == "open"


@pytest.mark.parametrize(
    "ops",
    [
        None,
        [],
        "text",
        [1],
        [{"op": "short", "seq": 1, "q": 1, "a": "A"}],
        [{"op": "long-enough-1", "seq": "1", "q": 1, "a": "A"}],
        [{"op": "long-enough-1", "seq": 1, "q": 99, "a": "A"}],
        [{"op": "long-enough-1", "seq": 1, "q": 1, "a": "Z"}],
        [{"op": "long-enough-1", "seq": 1, "q": 1, "a": ["A"]}],
        [{"op": "long-enough-1", "seq": 1, "q": 1, "a": {"deep": []}}],
        [{"op": "long-enough-1", "seq": 1, "q": True, "a": "A"}],
        [{"op": "long-enough-1", "seq": -1, "q": 1, "a": "A"}],
        [{"op": "long-enough-1", "seq": 1, "q": 1, "a": "A", "f": "yes"}],
        [{"op": "x" * 41, "seq": 1, "q": 1, "a": "A"}],
    ],
)
def test_what_is_not_an_answer_is_refused_and_nothing_is_kept(candidate: Candidate, ops: Any) -> None:
    reply = candidate.visitor.post(f"/attempts/{candidate.id}/answers", json={"epoch": candidate.epoch, "ops": ops})
    assert reply.status_code == 422
    assert reply.json["error"]
    assert counted(candidate.id) == []


def test_one_bad_op_keeps_the_whole_request_out(candidate: Candidate) -> None:
    assert candidate.send(candidate.op(1, "A"), candidate.op(2, "Z")).status_code == 422
    assert counted(candidate.id) == []


def test_a_body_that_is_no_json_object_is_a_bad_request(candidate: Candidate) -> None:
    for body in (b"", b"[]", b"{", b"[" * 100_000):
        reply = candidate.visitor.post(f"/attempts/{candidate.id}/answers", data=body, content_type="application/json")
        assert reply.status_code == 400, body[:10]


def test_during_an_attempt_other_pages_are_shut(candidate: Candidate) -> None:
    reply = candidate.visitor.get("/exams")
    assert (reply.status_code, reply.headers["Location"]) == (302, f"/attempts/{candidate.id}")


def test_a_pause_refuses_saves_and_stops_the_clock(candidate: Candidate, clock: SettableClock) -> None:
    with writing(None, clock.now()):
        the_attempt(candidate.person).paused_at = clock.now()
    clock.advance(minutes=5)
    reply = candidate.send(candidate.op(1, "A"))
    assert (reply.status_code, reply.json["standing"], reply.json["left_ms"]) == (409, "paused", 15 * 60 * 1000)
    assert counted(candidate.id) == []


def test_signals_are_kept_with_the_servers_time(candidate: Candidate) -> None:
    reply = candidate.visitor.post(
        f"/attempts/{candidate.id}/pulse",
        json={
            "epoch": candidate.epoch,
            "signals": [{"kind": "left", "ago": 2000}, {"kind": "pasted", "ago": 0, "count": 12}],
        },
    )
    assert (reply.status_code, reply.json["held"], reply.json["left_ms"]) == (200, True, 900_000)
    events = db.session.execute(select(AttemptEvent).order_by(AttemptEvent.at)).scalars().all()
    assert [(event.kind, event.details) for event in events] == [("left", {}), ("pasted", {"count": 12})]
    assert events[0].at == MONDAY - timedelta(seconds=2)


def test_forward_navigation_shows_one_question_and_never_an_earlier_one(app: Flask) -> None:
    sitting, people = an_exam_room(navigation="forward")
    candidate = Candidate(app, people[0]).start(sitting.id)
    page = candidate.visitor.get(f"/attempts/{candidate.id}").text
    assert page.count('class="question ') == 1
    candidate.visitor.post(f"/attempts/{candidate.id}/next", {"place": "1"})
    candidate.visitor.post(f"/attempts/{candidate.id}/next", {"place": "1"})  # a double click
    page = candidate.visitor.get(f"/attempts/{candidate.id}").text
    assert 'id="q2"' in page
    assert 'id="q1"' not in page
    candidate.open()
    back = candidate.send(candidate.op(1, "A"))
    assert (back.status_code, back.json["standing"]) == (409, "stale")
    assert the_attempt(people[0]).place == 2


def test_the_access_code_is_asked(app: Flask) -> None:
    sitting, people = an_exam_room(access_code="ZK4TJ3")
    visitor = Visitor(app).sign_in(people[0])
    wrong = visitor.post(f"/exams/{sitting.id}/start", {"language": "zh", "code": "guess"})
    assert (wrong.status_code, "口令不正确" in wrong.text) == (422, True)
    right = visitor.post(f"/exams/{sitting.id}/start", {"language": "zh", "code": "ｚｋ４ tj3"})
    assert right.status_code == 302


def test_who_is_due_more_time_reads_their_own_before_the_start(app: Flask, clock: SettableClock) -> None:
    sitting, people = an_exam_room(candidates=2)
    extra_time.allow(None, MONDAY, sitting.id, people[0].id, factor=Fraction(3, 2), extra_attempts=0, reason="右手受伤")
    due, usual = (Visitor(app).sign_in(person) for person in people)
    for path in ("/", "/exams", f"/exams/{sitting.id}"):
        assert "22 分 30 秒（含额外时间 ×1.5）" in due.get(path).text, path
        assert "15 分钟" in usual.get(path).text, path
    clock.moment = MONDAY - timedelta(hours=2)
    assert "限时 22 分 30 秒（含额外时间 ×1.5）" in due.get("/").text


def test_a_stranger_to_the_cohort_finds_nothing(app: Flask, room: tuple[Any, list[Person]]) -> None:
    stranger = Visitor(app).sign_in(a_person())
    assert stranger.get(f"/exams/{room[0].id}").status_code == 404
    assert stranger.post(f"/exams/{room[0].id}/start", {"language": "zh"}).status_code == 404


def test_an_english_paper_on_a_chinese_page_says_so_to_screen_readers(
    app: Flask, room: tuple[Any, list[Person]]
) -> None:
    sitting, people = room
    candidate = Candidate(app, people[0]).start(sitting.id, language="en")
    page = candidate.visitor.get(f"/attempts/{candidate.id}").text
    assert page.count('lang="en"') >= 10
    assert candidate.questions()[0]["stem"].isascii() or "yuan" in page


def test_on_an_english_page_a_chinese_title_says_so_and_has_its_english_beside_it(app: Flask) -> None:
    sitting, people = an_exam_room()
    title = '<span lang="zh-Hans">入门小测</span>'
    named = f'{title} <span class="quiet">First check</span>'
    english, chinese = Visitor(app, "en-GB").sign_in(people[0]), Visitor(app).sign_in(people[0])
    for path in ("/", "/exams", f"/exams/{sitting.id}"):
        assert named in english.get(path).text, path
        page = chinese.get(path).text
        assert ("入门小测" in page, title in page, "First check" in page) == (True, False, False), path
    english.post(f"/exams/{sitting.id}/start", {"language": "zh"})
    bar = english.get(f"/attempts/{the_attempt(people[0]).id}").text
    assert named in bar
    assert "<title>入门小测 ·" in bar  # no markup in a title
    english.post(f"/attempts/{the_attempt(people[0]).id}/hand-in")
    assert title in english.get("/results").text
    assert named in english.get(f"/results/{the_attempt(people[0]).id}").text


def test_whoever_comes_to_read_the_keys_cannot_go_on(candidate: Candidate) -> None:
    with writing(None, MONDAY) as deed:
        deed.session.add(PersonRole(person_id=candidate.person.id, role="trainer"))
    page = candidate.visitor.get(f"/attempts/{candidate.id}").text
    assert "能查看答案的人员" in page
    assert candidate.questions()[0]["stem"] not in page
    assert candidate.visitor.post(f"/attempts/{candidate.id}/hold", json={}).status_code == 403
