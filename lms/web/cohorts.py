"""Cohorts, for trainers and administrators: list, name, trainees, trainers."""

import re

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length, Optional, ValidationError

from lms.domain.people import BadName, Role, clean_name
from lms.services import cohorts as service
from lms.services import people_list
from lms.services.cohorts import BadCode, CodeTaken, CohortDetail, NotAdded
from lms.web.access import allow, who
from lms.web.moment import now

page = Blueprint("cohorts", __name__, url_prefix="/cohorts")
SEPARATORS = re.compile(r"[\s,，;；、]+")


class CohortForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        __("名称"), validators=[DataRequired(__("请输入名称。")), Length(max=80, message=__("名称最多 80 个字。"))],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    starts_on = DateField(__("开班日期"), validators=[Optional()])

    def validate_name(self, field: StringField) -> None:
        try:
            field.data = clean_name(field.data or "")
        except BadName:
            raise ValidationError(_("名称中有不可见的字符，请重新输入。")) from None


class NewCohortForm(CohortForm):
    code = StringField(
        __("编号"), validators=[DataRequired(__("请输入编号。")), Length(max=64)],
        description=__("如 2026-03a；字母、数字、点、横线，导入人员时用它指明批次，建立后不可更改。"),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )  # fmt: skip


class MembersForm(FlaskForm):  # type: ignore[misc]
    numbers = TextAreaField(
        __("工号"), validators=[DataRequired(__("请输入至少一个工号。")), Length(max=20000)],
        description=__("可一次粘贴多个，用空格、逗号或换行分隔。"),
        render_kw={"rows": 3, "autocapitalize": "none", "spellcheck": "false"},
    )  # fmt: skip
    part = HiddenField(validators=[AnyOf(("trainee", "trainer"))])


@page.get("")
@allow(Role.TRAINER, Role.ADMINISTRATOR)
def list_page() -> str:
    return render_template("cohorts/list.html", cohorts=service.list_cohorts())


@page.get("/new")
@allow(Role.TRAINER, Role.ADMINISTRATOR)
def new_page() -> str:
    return render_template("cohorts/new.html", form=NewCohortForm())


@page.post("/new")
@allow(Role.TRAINER, Role.ADMINISTRATOR)
def create() -> Response | tuple[str, int]:
    form = NewCohortForm()
    if form.validate_on_submit():
        try:
            cohort_id = service.create_cohort(
                who().person_id, now(), form.code.data or "", form.name.data or "", form.starts_on.data
            )
        except BadCode:
            form.code.errors = [_("编号须为 1–40 位字母、数字、点、横线或下划线，并以字母或数字开头。")]
        except CodeTaken:
            form.code.errors = [_("这个编号已被使用。")]
        else:
            trains = Role.TRAINER in who().roles
            flash(
                _("批次已建立，您是它的培训师；现在可以添加学员。") if trains
                else _("批次已建立，请添加培训师和学员：没有培训师，成绩无人发布。"),
                "success",
            )  # fmt: skip
            return redirect(url_for("cohorts.cohort_page", cohort_id=cohort_id))
    return render_template("cohorts/new.html", form=form), 422


@page.get("/<int:cohort_id>")
@allow(Role.TRAINER, Role.ADMINISTRATOR)
def cohort_page(cohort_id: int) -> str:
    found = _found(cohort_id)
    return _render(found, CohortForm(formdata=None, name=found.name, starts_on=found.starts_on))


@page.post("/<int:cohort_id>")
@allow(Role.TRAINER, Role.ADMINISTRATOR)
def change(cohort_id: int) -> Response | tuple[str, int]:
    found = _found(cohort_id)
    form = CohortForm()
    if not form.validate_on_submit():
        return _render(found, form), 422
    service.change_cohort(who().person_id, now(), cohort_id, form.name.data or "", form.starts_on.data)
    flash(_("已保存。"), "success")
    return redirect(url_for("cohorts.cohort_page", cohort_id=cohort_id))


@page.post("/<int:cohort_id>/members")
@allow(Role.TRAINER, Role.ADMINISTRATOR)
def add_members(cohort_id: int) -> Response | tuple[str, int]:
    found = _found(cohort_id)
    part = "trainer" if MembersForm(prefix="trainer").part.data == "trainer" else "trainee"
    form = MembersForm(prefix=part)
    if form.validate_on_submit():
        numbers = [number for number in SEPARATORS.split(form.numbers.data or "") if number]
        try:
            count = service.add_members(who().person_id, now(), cohort_id, part, numbers)
        except NotAdded as refused:
            form.numbers.errors = [refusal_text(number, reason) for number, reason in refused.reasons.items()]
        else:
            flash(ngettext("已添加 %(num)s 人。", "已添加 %(num)s 人。", count), "success")
            return redirect(url_for("cohorts.cohort_page", cohort_id=cohort_id))
    return _render(found, CohortForm(formdata=None, name=found.name, starts_on=found.starts_on), form), 422


@page.post("/<int:cohort_id>/members/<int:person_id>/remove")
@allow(Role.TRAINER, Role.ADMINISTRATOR)
def remove_member(cohort_id: int, person_id: int) -> Response:
    if not service.remove_member(who().person_id, now(), _found(cohort_id).id, person_id):
        abort(404)
    flash(_("已移出批次；此人已有的作答和成绩不受影响。"), "success")
    return redirect(url_for("cohorts.cohort_page", cohort_id=cohort_id))


def refusal_text(number: str, reason: str) -> str:
    number = number[:64]
    texts: dict[str, str] = {
        "unknown": _("%(number)s：没有这个工号。", number=number),
        "left": _("%(number)s：此人已离职。", number=number),
        "role": _("%(number)s：此人没有相应的角色，请先由管理员授予。", number=number),
        "other-part": _("%(number)s：同一批次中不能既是学员又是培训师。", number=number),
        "many": _("一次最多添加 500 人。"),
    }
    return texts[reason]


def _render(found: CohortDetail, form: CohortForm, members: MembersForm | None = None) -> str:
    forms = {part: MembersForm(formdata=None, prefix=part, part=part) for part in ("trainee", "trainer")}
    if members is not None:
        forms[members.part.data] = members
    return render_template(
        "cohorts/cohort.html", cohort=found, form=form, forms=forms, trainers=people_list.holders(Role.TRAINER)
    )


def _found(cohort_id: int) -> CohortDetail:
    return service.cohort_detail(cohort_id) or abort(404)
