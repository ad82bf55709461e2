"""The working-day calendar: seeded with China's public holidays, kept by the administrator (contract 12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import bindparam, select

from lms.domain import working_days
from lms.extensions import db
from lms.models.audit import WorkingDayOverride
from lms.services.writing import writing

LONGEST_NAME = 60


@dataclass(frozen=True)
class SpecialDay:
    """A day that is not what its weekday says, or a holiday that has a name."""

    day: date
    working: bool
    name: str


@dataclass(frozen=True)
class Loaded:
    """What loading a year did: days ``added``, and days ``kept`` as they were although the list differs."""

    added: tuple[SpecialDay, ...]
    kept: tuple[SpecialDay, ...]


_FROM = select(WorkingDayOverride.day, WorkingDayOverride.working).where(
    WorkingDayOverride.day >= bindparam("first"), WorkingDayOverride.day < bindparam("end")
)
AHEAD = timedelta(days=60)  # no row of holidays is as long


def due_after(start: datetime, days: int, zone: tzinfo) -> datetime:
    """The end (23:59:59 in ``zone``) of the ``days``-th working day after ``start``, in UTC.

    The day of ``start`` is not counted. What was stored as due stays so when the calendar is changed later.
    """
    first = start.astimezone(zone).date()
    end = first + AHEAD + days * timedelta(days=2)
    between = {"first": first.isoformat(), "end": end.isoformat()}
    rows = db.session.connection().execute(_FROM, between)
    overrides = {date.fromisoformat(day): working for day, working in rows}
    return working_days.due_after(start, days, zone, overrides)


def special_days(year: int) -> Sequence[SpecialDay]:
    """The special days of ``year``, in order; empty where nobody has loaded it yet."""
    query = select(WorkingDayOverride).where(WorkingDayOverride.day.between(f"{year}-01-01", f"{year}-12-31"))
    rows = db.session.execute(query.order_by(WorkingDayOverride.day)).scalars()
    return [SpecialDay(date.fromisoformat(row.day), row.working, row.name) for row in rows]


def published_days(year: int) -> Sequence[SpecialDay]:
    """China's holidays and make-up days of ``year`` as far as they are published, with their Chinese names.

    Make-up days are announced each autumn for the next year only; a year further ahead has none.
    """
    from holidays import country_holidays  # 2 MiB that only the loading of a year needs

    calendar = country_holidays("CN", years=year, language="zh_CN")
    off = [SpecialDay(day, False, name[:LONGEST_NAME]) for day, name in calendar.items() if day.year == year]
    made_up = [SpecialDay(day, True, "调休上班") for day in calendar.weekend_workdays if day.year == year]
    return sorted(off + made_up, key=lambda special: special.day)


def load_year(actor_id: int | None, now: datetime, year: int) -> Loaded:
    """Add the published days of ``year``. A day that is there already stays as the administrator left it."""
    with writing(actor_id, now) as deed:
        present = {special.day: special for special in special_days(year)}
        published = published_days(year)
        added = tuple(special for special in published if special.day not in present)
        kept = tuple(special for special in published if present.get(special.day, special).working != special.working)
        for special in added:
            deed.session.add(
                WorkingDayOverride(day=special.day.isoformat(), working=special.working, name=special.name)
            )
        if added:
            days = [special.day.isoformat() for special in added]
            deed.note("calendar.year-loaded", f"calendar:{year}", days=days)
    return Loaded(added, kept)


def set_day(actor_id: int | None, now: datetime, special: SpecialDay) -> None:
    """Say that a day is worked or off, whatever its weekday."""
    with writing(actor_id, now) as deed:
        row = deed.session.get(WorkingDayOverride, special.day.isoformat(), populate_existing=True)
        before = row.working if row else None
        if row is None:
            row = WorkingDayOverride(day=special.day.isoformat())
            deed.session.add(row)
        row.working, row.name = special.working, special.name.strip()[:LONGEST_NAME]
        deed.note("calendar.day-set", f"calendar:{special.day}", working=special.working, before=before, name=row.name)


def clear_day(actor_id: int | None, now: datetime, day: date) -> None:
    """Let a day be what its weekday says."""
    with writing(actor_id, now) as deed:
        row = deed.session.get(WorkingDayOverride, day.isoformat(), populate_existing=True)
        if row is not None:
            deed.session.delete(row)
            deed.note("calendar.day-cleared", f"calendar:{day}", before=row.working, name=row.name)
