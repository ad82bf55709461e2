"""The trainer's list of a sitting's results: narrowed, searched, a page at a time, and back at the same place."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from lms.clock import SettableClock
from lms.models.exams import Attempt
from lms.services import results_list
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.exam_factories import Exam, an_exam

NAMES = ("张甲", "李乙", "王丙", "赵丁", "钱戊")


@pytest.fixture
def exam(app: Flask, clock: SettableClock) -> Exam:
    clock.moment = MONDAY + timedelta(hours=2)
    return an_exam(written_count=0)


@pytest.fixture
def sat(exam: Exam) -> dict[str, Attempt]:
    """Everybody's results are ready; the first has failed."""
    return {name: exam.sit(exam.a_candidate(name=name), wrong=4 if name == NAMES[0] else 0) for name in NAMES}


@pytest.fixture
def trainer(app: Flask, exam: Exam) -> Visitor:
    return Visitor(app).sign_in(exam.trainer)


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row">(\w+)', page)


def test_the_list_is_narrowed_to_what_is_asked_for(trainer: Visitor, exam: Exam, sat: dict[str, Attempt]) -> None:
    address = f"/sittings/{exam.sitting.id}/results"
    assert sorted(names(trainer.get(address).text)) == sorted(NAMES)
    assert names(trainer.get(f"{address}?show=failed").text) == [NAMES[0]]
    trainer.post(f"{address}/release", {"attempt": str(sat["王丙"].id)})
    assert names(trainer.get(f"{address}?show=released").text) == ["王丙"]
    assert len(names(trainer.get(f"{address}?show=ready").text)) == 4
    assert len(names(trainer.get(f"{address}?show=no-such&page=x&q=%00").text)) == 5


def test_what_is_overdue_is_found(trainer: Visitor, exam: Exam, sat: dict[str, Attempt], clock: SettableClock) -> None:
    address = f"/sittings/{exam.sitting.id}/results"
    assert "show=overdue" not in trainer.get(address).text
    clock.moment = MONDAY + timedelta(days=9)
    page = Visitor(trainer.client.application).sign_in(exam.trainer).get(f"{address}?show=overdue").text
    assert len(names(page)) == 5


@pytest.mark.parametrize("query", ["王丙", "wangbing", "wb", "ＷＢ"])
def test_a_person_is_found_by_name_and_pinyin(
    trainer: Visitor, exam: Exam, sat: dict[str, Attempt], query: str
) -> None:
    address = f"/sittings/{exam.sitting.id}/results"
    assert names(trainer.get(address, query_string={"q": query}).text) == ["王丙"]
    assert names(trainer.get(address, query_string={"q": sat["李乙"].candidate_number}).text) == ["李乙"]
    page = trainer.get(address, query_string={"q": query, "show": "failed"}).text
    assert "没有符合条件的成绩" in page and "还没有人交卷" not in page


def test_a_long_list_has_pages_and_a_release_comes_back_to_its_own(
    trainer: Visitor, exam: Exam, sat: dict[str, Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results_list, "PAGE", 2)
    address = f"/sittings/{exam.sitting.id}/results"
    pages = [trainer.get(f"{address}?page={number}").text for number in (1, 2, 3, 99)]
    assert [len(names(page)) for page in pages] == [2, 2, 1, 1]
    assert sorted(sum(map(names, pages[:3]), [])) == sorted(NAMES)
    assert f'href="{address}?page=3"' in pages[1]
    form = re.search(r'<form method="post" action="([^"]+/release[^"]*)"', pages[1])
    assert form
    chosen = re.search(r'name="attempt" value="(\d+)"', pages[1])
    assert chosen
    reply = trainer.post(form[1], {"attempt": chosen[1]})
    assert reply.headers["Location"] == f"{address}?page=2"
    assert "已发布 1 份成绩" in trainer.get(reply.headers["Location"]).text


def test_the_file_holds_everybody_however_the_list_is_narrowed(
    trainer: Visitor, exam: Exam, sat: dict[str, Attempt]
) -> None:
    text = trainer.get(f"/sittings/{exam.sitting.id}/results.csv?show=failed").text
    assert all(name in text for name in NAMES)
