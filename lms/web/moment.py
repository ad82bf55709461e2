"""The request's one moment: read once from the one clock, shown in the site's time zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import current_app, g
from flask_babel import get_locale


def now() -> datetime:
    """The moment at which this request is answered; the same however often it is asked."""
    if "moment" not in g:
        g.moment = current_app.extensions["clock"].now()
    moment: datetime = g.moment
    return moment


def local(moment: datetime) -> datetime:
    return moment.astimezone(_zone())


def from_local(naive: datetime) -> datetime:
    """What a person typed (in the site's zone) as an aware moment."""
    return naive.replace(tzinfo=_zone())


def _zone() -> ZoneInfo:
    # Not Babel's get_timezone: it is slower, and where pytz is installed, its zones put into a datetime are local
    # mean time (+08:06).
    return ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])


def show_moment(moment: datetime | None) -> str:
    """``3月16日 周一 14:02``; the year where it is another one."""
    if moment is None:
        return "—"
    here, today = local(moment), local(now())
    chinese = str(get_locale()) == "zh"
    pattern = (
        ("M月d日 EEE HH:mm" if chinese else "EEE d MMM HH:mm")
        if here.year == today.year
        else ("y年M月d日 HH:mm" if chinese else "d MMM y HH:mm")
    )
    return format_datetime(here, pattern, tzinfo=here.tzinfo, locale=get_locale())


def show_time(moment: datetime | None) -> str:
    """``14:02:11``"""
    return "—" if moment is None else f"{local(moment):%H:%M:%S}"


def show_day(day: date | datetime | None) -> str:
    if day is None:
        return "—"
    chinese = str(get_locale()) == "zh"
    here = local(day) if isinstance(day, datetime) else day
    return format_date(here, "y年M月d日" if chinese else "d MMM y", locale=get_locale())


def show_month(day: date) -> str:
    """``3月``, ``March``"""
    return format_date(day, "LLLL", locale=get_locale())


def show_duration(seconds: float) -> str:
    """``1:05:09`` or ``05:09``"""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"
