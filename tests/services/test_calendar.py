"""The stored calendar: loaded, changed by hand, asked for a due date."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from lms.services import audit, calendar
from lms.services.calendar import SpecialDay
from tests.conftest import MONDAY

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _database(app: Flask) -> None:
    """Every test here has one."""


def test_an_empty_calendar_knows_weekends() -> None:
    friday = datetime(2026, 3, 20, 9, tzinfo=SHANGHAI)
    assert calendar.due_after(friday, 3, SHANGHAI) == datetime(2026, 3, 25, 15, 59, 59, tzinfo=UTC)


def test_a_loaded_year_has_the_holidays_and_the_days_worked_for_them() -> None:
    calendar.load_year(None, MONDAY, 2026)
    before_may = datetime(2026, 4, 30, 9, tzinfo=SHANGHAI)
    assert calendar.due_after(before_may, 5, SHANGHAI).astimezone(SHANGHAI).date() == date(2026, 5, 11)
    worked = [special.day for special in calendar.special_days(2026) if special.working]
    assert date(2026, 10, 10) in worked
    assert len(worked) == 6


def test_loading_again_adds_nothing_and_keeps_what_was_changed_by_hand() -> None:
    calendar.load_year(None, MONDAY, 2026)
    calendar.set_day(None, MONDAY, SpecialDay(date(2026, 5, 1), True, "加班"))
    loaded = calendar.load_year(None, MONDAY, 2026)
    assert loaded.added == ()
    assert [special.day for special in loaded.kept] == [date(2026, 5, 1)]
    assert next(s for s in calendar.special_days(2026) if s.day == date(2026, 5, 1)).working


def test_a_cleared_day_is_what_its_weekday_says() -> None:
    calendar.set_day(None, MONDAY, SpecialDay(date(2026, 3, 23), False, "停电"))
    friday = datetime(2026, 3, 20, 9, tzinfo=SHANGHAI)
    assert calendar.due_after(friday, 1, SHANGHAI).astimezone(SHANGHAI).date() == date(2026, 3, 24)
    calendar.clear_day(None, MONDAY, date(2026, 3, 23))
    assert calendar.due_after(friday, 1, SHANGHAI).astimezone(SHANGHAI).date() == date(2026, 3, 23)


def test_every_change_is_in_the_audit_trail() -> None:
    calendar.load_year(None, MONDAY, 2026)
    calendar.set_day(None, MONDAY, SpecialDay(date(2026, 3, 23), False, "停电"))
    calendar.clear_day(None, MONDAY, date(2026, 3, 23))
    assert [row.action for row in audit.entries()] == [
        "calendar.day-cleared", "calendar.day-set", "calendar.year-loaded",
    ]  # fmt: skip
