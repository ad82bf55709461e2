"""Calibration in the browser: the whole way of an examiner, what the page refuses, and the trainer's report."""

import re

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.extensions import db
from lms.models.people import Person
from lms.models.roleplays import Benchmark, BenchmarkSheet
from lms.services.writing import writing
from tests.benchmark_calls import in_use, levels_sent, load_shipped, mark_all
from tests.browser_like import Visitor
from tests.call_room import load_scripts
from tests.conftest import MONDAY
from tests.factories import a_person


@pytest.fixture
def examiner(app: Flask) -> Person:
    load_scripts()
    load_shipped()
    return a_person(Role.EXAMINER, name="评分人")


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_whole_way_from_the_queue_through_the_gate(app: Flask, examiner: Person) -> None:
    visitor = Visitor(app).sign_in(examiner)
    assert 'href="/calibration"' in visitor.get("/call-marking").text
    home = visitor.get("/calibration")
    assert "已评 0 / 4 通" in words_of(home.text) and 'href="/calibration/report"' not in home.text
    calls = in_use()
    for number, call in enumerate(calls):
        desk = visitor.get(f"/calibration/calls/{call.id}")
        assert f"第 {number + 1} / 4 通" in words_of(desk.text)
        assert visitor.get(f"/calibration/results/{call.id}").status_code == 404
        reply = visitor.post(f"/calibration/calls/{call.id}", data=levels_sent(call))
        onward = f"/calibration/calls/{calls[number + 1].id}" if number < 3 else "/calibration"
        assert (reply.status_code, reply.location) == (302, onward)
    passed = words_of(visitor.get("/calibration").text)
    assert "已通过" in passed and "24 个分数中，100% 与定分完全一致" in passed
    compared = visitor.get(f"/calibration/results/{calls[0].id}").text
    assert "“周女士”" in compared and 'href="#turn-2"' in compared
    assert "请先通过校准" not in visitor.get("/call-marking").text
    assert visitor.get(f"/calibration/calls/{calls[0].id}").location == "/calibration"


def test_the_desk_has_every_anchor_and_no_agreed_level(app: Flask, examiner: Person) -> None:
    call = in_use()[0]
    desk = Visitor(app).sign_in(examiner).get(f"/calibration/calls/{call.id}").text
    assert desk.count('type="radio"') == 30 and "checked" not in desk.split('<form class="desk-mark"')[1]
    assert all(why["reason"]["zh"] not in desk for why in call.reasons.values())


def test_a_sheet_with_gaps_is_shown_again_with_what_was_chosen(app: Flask, examiner: Person) -> None:
    visitor = Visitor(app).sign_in(examiner)
    call = in_use()[0]
    sent = levels_sent(call) | {"critical-abuse": "1"}
    del sent["level-level"]
    reply = visitor.post(f"/calibration/calls/{call.id}", data=sent)
    assert reply.status_code == 422 and "还有 1 个维度没有定级" in words_of(reply.text)
    assert reply.text.count("checked") == 5 + 1 + 1  # levels, the failure, the switch of keys
    assert db.session.query(BenchmarkSheet).count() == 0


def test_what_was_submitted_stays_whatever_is_sent_again(app: Flask, examiner: Person) -> None:
    visitor = Visitor(app).sign_in(examiner)
    call = in_use()[0]
    visitor.post(f"/calibration/calls/{call.id}", data=levels_sent(call))
    again = visitor.post(f"/calibration/calls/{call.id}", data=levels_sent(call, opening=1))
    assert (again.status_code, again.location) == (302, "/calibration")
    db.session.rollback()
    assert db.session.query(BenchmarkSheet).one().levels == call.levels
    assert visitor.post("/calibration/calls/999999", data={}).status_code == 404


def test_a_failed_round_says_where_and_offers_another(app: Flask, examiner: Person) -> None:
    mark_all(examiner.id, failing=True)
    visitor = Visitor(app).sign_in(examiner)
    home = words_of(visitor.get("/calibration").text)
    assert "未通过" in home and "再评一轮" in home and "第 2 轮" in home
    assert "低 2 级" in words_of(visitor.get(f"/calibration/results/{in_use()[0].id}").text)


def test_the_report_has_its_counts_and_what_severity_is_not_for(app: Flask, examiner: Person) -> None:
    mark_all(examiner.id)
    another = a_person(Role.EXAMINER, name="还没评的人")
    trainer = Visitor(app).sign_in(a_person(Role.TRAINER))
    page = words_of(trainer.get("/calibration/report").text)
    assert f"评分人 {examiner.number}" in page and f"还没评的人 {another.number}" in page
    assert "从不用来修改任何分数" in page and "宽严无法计算" in page
    assert "无法计算：不足两个分数" in page  # criteria that only one scenario has
    assert Visitor(app).sign_in(another).get("/calibration/report").status_code == 403


def test_without_benchmarks_the_pages_say_so(app: Flask) -> None:
    visitor = Visitor(app).sign_in(a_person(Role.EXAMINER, Role.TRAINER))
    assert "还没有标杆通话" in visitor.get("/calibration").text
    assert "没有标杆通话" in visitor.get("/calibration/report").text
    assert "请先通过校准" not in visitor.get("/call-marking").text


def test_in_english(app: Flask, examiner: Person) -> None:
    mark_all(examiner.id, failing=True)
    visitor = Visitor(app, "en-US").sign_in(examiner)
    call = next(one for one in in_use() if one.code.startswith("angry-complaint-good"))
    assert "Speaks after 4 seconds" in visitor.get(f"/calibration/results/{call.id}").text


def hidden_given(examiner: Person, number: int, *, apart: int) -> None:
    """So many hidden benchmarks marked among live work, every level ``apart`` from the agreed one."""
    rows = db.session.query(Benchmark).filter_by(hidden=True).order_by(Benchmark.code).limit(number).all()
    with writing(None, MONDAY) as deed:
        for row in rows:
            levels = {name: level - apart if level > apart else level + apart for name, level in row.levels.items()}
            deed.session.add(
                BenchmarkSheet(
                    benchmark_id=row.id, examiner_id=examiner.id, gate=False, levels=levels, critical={},
                    submitted_at=MONDAY,
                )
            )  # fmt: skip


def test_hidden_benchmarks_are_told_from_three_on_and_drift_to_trainers(app: Flask, examiner: Person) -> None:
    mark_all(examiner.id)
    hidden_given(examiner, 2, apart=1)
    visitor, trainer = Visitor(app).sign_in(examiner), Visitor(app).sign_in(a_person(Role.TRAINER))
    assert "日常评分中的一致性" not in visitor.get("/calibration").text
    assert "有漂移" not in words_of(trainer.get("/calibration/report").text).replace("提示“有漂移”", "")
    for sheet in db.session.query(BenchmarkSheet).filter_by(gate=False):
        with writing(None, MONDAY) as deed:
            deed.session.delete(deed.session.get_one(BenchmarkSheet, sheet.id))
    hidden_given(examiner, 3, apart=1)
    home = words_of(visitor.get("/calibration").text)
    assert "混有 3 通有定分的标杆通话：18 个分数中，0% 与定分完全一致，100% 相差不超过一级" in home
    assert "已通过" in home  # no right is withdrawn
    report = words_of(trainer.get("/calibration/report").text).replace("提示“有漂移”", "")
    assert "有漂移" in report and "从不用来修改任何分数" in report
