"""The working-day calendar, for the administrator: look at a year, load its holidays, say what a day is."""

from calendar import Calendar
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from lms.domain.people import Role
from lms.domain.working_days import is_working_day
from lms.services import calendar as service
from lms.services.calendar import SpecialDay
from lms.web.access import allow, who
from lms.web.moment import local, now

page = Blueprint("calendar", __name__, url_prefix="/calendar")
FIRST_YEAR, LAST_YEAR = 2020, 2099
WEEKS = Calendar(firstweekday=0)


class DayForm(FlaskForm):  # type: ignore[misc]
    day = DateField(__("日期"), validators=[InputRequired(__("请选择日期。"))])
    kind = RadioField(
        __("这一天"), validators=[InputRequired(__("请选择一项。"))],
        choices=[
            SelectChoice("off", __("放假")),
            SelectChoice("working", __("上班")),
            SelectChoice("weekday", __("恢复为按星期")),
        ],
    )  # fmt: skip
    name = StringField(__("名称"), validators=[Length(max=60)], render_kw={"autocomplete": "off"})

    def validate_name(self, field: StringField) -> None:
        if not (field.data or "").isprintable():
            raise ValidationError(_("名称中有不可见的字符，请重新输入。"))

    def validate_day(self, field: DateField) -> None:
        if field.data and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(_("请选择 2020 至 2099 年的日期。"))


@page.get("")
@allow(Role.ADMINISTRATOR)
def calendar_page() -> str:
    day = _day(request.args.get("day", ""))
    year = _year(request.args.get("year", "")) or (day or local(now())).year
    known = {special.day: special for special in service.special_days(year)}
    special = known.get(day) if day else None
    kind = ("working" if special.working else "off") if special else "off"
    form = DayForm(formdata=None, day=day or local(now()).date(), kind=kind, name=special.name if special else "")
    return _render(year, form)


@page.post("/year")
@allow(Role.ADMINISTRATOR)
def load_year() -> Response:
    year = _year(request.form.get("year", "")) or abort(400)
    loaded = service.load_year(who().person_id, now(), year)
    if loaded.added:
        flash(_("已载入 %(year)s 年 %(count)s 个节假日和调休日。", year=year, count=len(loaded.added)), "success")
    else:
        flash(_("%(year)s 年没有可补充的日子。", year=year), "info")
    if loaded.kept:
        days = _("、").join(special.day.isoformat() for special in loaded.kept)
        flash(_("以下日子与公布的安排不同，保留您的设置：%(days)s", days=days), "warning")
    return redirect(url_for("calendar.calendar_page", year=year))


@page.post("/day")
@allow(Role.ADMINISTRATOR)
def set_day() -> Response | tuple[str, int]:
    form = DayForm()
    if not form.validate_on_submit():
        return _render(local(now()).year, form), 422
    day: date = form.day.data
    if form.kind.data == "weekday":
        service.clear_day(who().person_id, now(), day)
    else:
        name = (form.name.data or "").strip()
        service.set_day(who().person_id, now(), SpecialDay(day, form.kind.data == "working", name))
    flash(_("已保存。已经排定的截止时间不变，此后按新日历计算。"), "success")
    return redirect(url_for("calendar.calendar_page", day=day.isoformat()))


def _render(year: int, form: DayForm) -> str:
    specials = {special.day: special for special in service.special_days(year)}
    overrides = {day: special.working for day, special in specials.items()}
    months = [
        (date(year, month, 1), [list(week) for week in WEEKS.monthdatescalendar(year, month)]) for month in range(1, 13)
    ]
    return render_template(
        "calendar/calendar.html", year=year, months=months, specials=specials, form=form,
        is_working=lambda day: is_working_day(day, overrides), today=local(now()).date(),
        makeup_known=any(special.working for special in specials.values()),
        earlier=year > FIRST_YEAR, later=year < LAST_YEAR,
    )  # fmt: skip


def _year(text: str) -> int | None:
    year = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
