"""The working calendar's page, through real requests."""

from datetime import date

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.services import calendar
from tests.browser_like import Visitor
from tests.factories import a_person


@pytest.fixture
def desk(app: Flask, visitor: Visitor) -> Visitor:
    return visitor.sign_in(a_person(Role.ADMINISTRATOR))


def test_a_year_is_loaded_and_shown(desk: Visitor) -> None:
    assert "还没有载入节假日" in desk.get("/calendar?year=2026").text
    assert desk.post("/calendar/year", {"year": "2026"}).status_code == 302
    page = desk.get("/calendar?year=2026").text
    assert "调休上班" in page
    assert "还没有载入节假日" not in page
    assert desk.post("/calendar/year", {"year": "2026"}).status_code == 302


def test_a_year_without_make_up_days_says_so(desk: Visitor) -> None:
    desk.post("/calendar/year", {"year": "2031"})
    assert "调休上班日尚未公布" in desk.get("/calendar?year=2031").text


@pytest.mark.parametrize("year", ["", "abcd", "1999", "2100", "２０２６", "99999"])
def test_a_year_that_is_none_is_refused(desk: Visitor, year: str) -> None:
    assert desk.get("/calendar", query_string={"year": year}).status_code == 200
    assert desk.post("/calendar/year", {"year": year}).status_code == 400


def test_a_day_is_set_and_cleared(desk: Visitor) -> None:
    form = {"day": "2026-03-18", "kind": "off", "name": "系统停机"}
    assert desk.post("/calendar/day", form).headers["Location"] == "/calendar?day=2026-03-18"
    assert "系统停机" in desk.get("/calendar?day=2026-03-18").text
    assert [(s.day, s.working) for s in calendar.special_days(2026)] == [(date(2026, 3, 18), False)]
    desk.post("/calendar/day", {**form, "kind": "weekday"})
    assert calendar.special_days(2026) == []


@pytest.mark.parametrize(
    "wrong",
    [
        *({"day": day} for day in ("2026-02-30", "", "1900-01-01")),
        *({"kind": kind} for kind in ("maybe", "")),
        *({"name": name} for name in ("x" * 61, "\0")),
    ],
)
def test_a_bad_day_is_told_and_changes_nothing(desk: Visitor, wrong: dict[str, str]) -> None:
    reply = desk.post("/calendar/day", {"day": "2026-03-18", "kind": "off", "name": "", **wrong})
    assert reply.status_code == 422
    assert "-errors" in reply.text
    assert calendar.special_days(2026) == []
