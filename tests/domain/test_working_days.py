"""Working days: known dates of the Chinese calendar of 2026, and properties that hold for every calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.working_days import due_after, is_working_day, working_day_after

SHANGHAI = ZoneInfo("Asia/Shanghai")
# State Council notice for 2026: Spring Festival 15–23 February with 14 and 28 February worked,
# Labour Day 1–5 May with 9 May worked, National Day 1–7 October with 20 September and 10 October worked.
CHINA = {
    **{date(2026, 2, day): False for day in range(15, 24)},
    date(2026, 2, 14): True,
    date(2026, 2, 28): True,
    **{date(2026, 5, day): False for day in range(1, 6)},
    date(2026, 5, 9): True,
    **{date(2026, 10, day): False for day in range(1, 8)},
    date(2026, 9, 20): True,
    date(2026, 10, 10): True,
}

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
calendars = st.dictionaries(days, st.booleans(), max_size=60)
counts = st.integers(1, 40)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2026, 3, 20), 3, date(2026, 3, 25)),  # the rulebook's example: over a weekend
        (date(2026, 3, 21), 1, date(2026, 3, 23)),  # from a Saturday
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a worked Saturday before Spring Festival
        (date(2026, 2, 14), 1, date(2026, 2, 24)),  # over the whole festival
        (date(2026, 2, 27), 3, date(2026, 3, 3)),  # Saturday 28 February is worked
        (date(2026, 4, 30), 5, date(2026, 5, 11)),  # Labour Day and Saturday 9 May
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # National Day and Saturday 10 October
    ],
)
def test_known_dates_of_2026(start: date, count: int, expected: date) -> None:
    assert working_day_after(start, count, CHINA) == expected


def test_due_is_the_end_of_the_local_day() -> None:
    start = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
    assert due_after(start, 3, SHANGHAI, {}) == datetime(2026, 3, 25, 15, 59, 59, tzinfo=UTC)


def test_the_day_is_the_one_of_the_zone_not_of_utc() -> None:
    late = datetime(2026, 3, 19, 16, 30, tzinfo=UTC)  # 00:30 on Friday in Shanghai
    assert due_after(late, 1, SHANGHAI, {}).astimezone(SHANGHAI).date() == date(2026, 3, 23)


@pytest.mark.parametrize("count", [0, -1])
def test_less_than_a_day_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        working_day_after(date(2026, 3, 20), count, {})


@given(days, counts, calendars)
def test_it_lands_on_a_working_day_with_exactly_that_many_between(
    day: date, count: int, calendar: dict[date, bool]
) -> None:
    end = working_day_after(day, count, calendar)
    between = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert is_working_day(end, calendar)
    assert sum(is_working_day(each, calendar) for each in between) == count


@given(days, counts, calendars)
def test_one_more_day_is_later_and_a_later_start_never_earlier(
    day: date, count: int, calendar: dict[date, bool]
) -> None:
    end = working_day_after(day, count, calendar)
    assert end < working_day_after(day, count + 1, calendar)
    assert end <= working_day_after(day + timedelta(days=1), count, calendar)
