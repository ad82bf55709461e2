"""The world's calendar: it is always the same Monday morning, with a past behind it. No holidays in March."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.domain.working_days import working_day_after

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 3, 16)
START = datetime(2026, 3, 16, 10, 0, tzinfo=ZONE)
BILLED = ("2026-02", "2026-01", "2025-12")  # the last three bills, newest first
THIS_MONTH = "2026-03"
END_OF_DAY = time(23, 59)


def at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=ZONE)


def months_on(day: date, count: int) -> date:
    """The 1st of the month ``count`` months after (before, if negative) that of ``day``."""
    index = day.year * 12 + day.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def month_of(day: date) -> str:
    """``2026-03``."""
    return f"{day:%Y-%m}"


def first_of(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def last_of(month: str) -> date:
    return months_on(first_of(month), 1) - timedelta(days=1)


def due_by(opened: datetime, clock: str) -> datetime:
    """When a ticket's ``clock`` runs out (rulebook 1.7): natural hours and days, or working days ("3wd") to 23:59."""
    count, unit = int("".join(filter(str.isdigit, clock))), clock.lstrip("0123456789")
    if unit == "wd":
        return datetime.combine(working_day_after(opened.date(), count, {}), END_OF_DAY, tzinfo=ZONE)
    return opened + {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[unit] * count
