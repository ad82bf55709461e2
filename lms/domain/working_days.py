"""Working days 工作日: weekdays, less the public holidays, plus the weekend days that are worked to make up for them.

``overrides`` names the days that are not what their weekday says: ``True`` is worked, ``False`` is off.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Overrides = Mapping[date, bool]
SATURDAY = 5
END_OF_DAY = time(23, 59, 59)


def is_working_day(day: date, overrides: Overrides) -> bool:
    return overrides.get(day, day.weekday() < SATURDAY)


def working_day_after(day: date, count: int, overrides: Overrides) -> date:
    """The ``count``-th working day after ``day``, which itself is not counted. ``count`` is at least 1."""
    if count < 1:
        raise ValueError(f"count is {count}; it must be at least 1")
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, overrides)
    return day


def due_after(start: datetime, days: int, zone: tzinfo, overrides: Overrides) -> datetime:
    """When something is due that has ``days`` working days from ``start``: the end of the last one, in UTC.

    Days are those of ``zone``. Friday 20 March 2026 and 3 days: 23:59:59 of Wednesday 25 March.
    """
    last = working_day_after(start.astimezone(zone).date(), days, overrides)
    return datetime.combine(last, END_OF_DAY, tzinfo=zone).astimezone(UTC)
