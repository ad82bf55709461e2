"""People, for the administrator: find, create, change, reset a password."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from lms.domain.people import BadName, BadNumber, Role, clean_name
from lms.services import people as service
from lms.services import people_list
from lms.services.people import BadLeader, LastAdministrator, NumberTaken, OwnAdministration, Wanted
from lms.services.people_list import PersonDetail
from lms.web import people_import
from lms.web.access import allow, who
from lms.web.moment import now
from lms.web.words import WORDS

page = Blueprint("people", __name__, url_prefix="/people")
page.register_blueprint(people_import.page)


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise


@page.get("")
@allow(Role.ADMINISTRATOR)
def people_page() -> str:
    # no table holds a NUL, and PostgreSQL refuses to look for one
    query, role, state = (request.args.get(name, "").replace("\0", "")[:80] for name in ("q", "role", "state"))
    found = people_list.list_people(
        query,
        Role(role) if role in set(Role) else None,
        {"left": False, "all": None}.get(state, True),
        _whole(request.args.get("page"), 1),
    )
    chosen = {"q": query, "role": role, "state": state}

    def address(number: int) -> str:
        return url_for("people.people_page", page=number, q=query or None, role=role or None, state=state or None)

    return render_template(
        "people/list.html", found=found, chosen=chosen, roles=list(Role), filtered=any(chosen.values()), address=address
    )


class PersonForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        __("姓名"), validators=[DataRequired(__("请输入姓名。")), Length(max=80, message=__("姓名最多 80 个字。"))],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip
    roles = SelectMultipleField(
        __("角色"), validators=[DataRequired(__("请至少选择一个角色。"))],
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip
    leader = SelectField(
        __("直属主管"), coerce=int, description=__("列出所有在职的直属主管；结果发布后由主管负责面谈。")
    )

    def __init__(self, present: PersonDetail | None = None, **defaults: Any) -> None:
        super().__init__(**defaults)
        self.roles.choices = [SelectChoice(role.value, WORDS["role"][role.value]) for role in Role]
        leaders = people_list.holders(Role.TEAM_LEADER, also=present.leader_id if present else None)
        own = present.id if present else None
        others = [SelectChoice(id_, label) for id_, label in leaders if id_ != own]
        self.leader.choices = [SelectChoice(0, _("（无）")), *others]

    def validate_name(self, field: StringField) -> None:
        try:
            field.data = clean_name(field.data or "")
        except BadName:
            raise ValidationError(_("姓名中有不可见的字符，请重新输入。")) from None

    def wanted(self, active: bool) -> Wanted:
        roles = frozenset(Role(role) for role in self.roles.data or [])
        return Wanted(self.name.data, roles, active, self.leader.data or None)


class NewPersonForm(PersonForm):
    number = StringField(
        __("工号"), validators=[DataRequired(__("请输入工号。")), Length(max=64)],
        description=__("2–32 位字母、数字、点、横线或下划线；不分大小写，建立后不可更改。"),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )  # fmt: skip


class ChangePersonForm(PersonForm):
    active = BooleanField(
        __("在职"), description=__("取消勾选后，此人立即在所有设备上退出，不能再登录；已有记录全部保留。")
    )


@page.get("/new")
@allow(Role.ADMINISTRATOR)
def new_page() -> str:
    return render_template("people/new.html", form=NewPersonForm(roles=[Role.NEW_HIRE.value]))


@page.post("/new")
@allow(Role.ADMINISTRATOR)
def create() -> str | tuple[str, int]:
    """The password is on this page and nowhere else, so success renders it rather than redirecting."""
    form = NewPersonForm()
    if form.validate_on_submit():
        wanted = form.wanted(active=True)
        try:
            person_id, password = service.create_with_one_time_password(
                who().person_id, now(), form.number.data or "", wanted
            )
        except BadNumber:
            form.number.errors = [_("工号须为 2–32 位字母、数字、点、横线或下划线，并以字母或数字开头。")]
        except NumberTaken:
            form.number.errors = [_("这个工号已有人使用。")]
        except BadLeader:
            form.leader.errors = [_leader_text()]
        else:
            person = people_list.person_detail(person_id)
            return render_template("people/password.html", someone=person, password=password, created=True)
    return render_template("people/new.html", form=form), 422


@page.get("/<int:person_id>")
@allow(Role.ADMINISTRATOR)
def person_page(person_id: int) -> str:
    found = _found(person_id)
    form = ChangePersonForm(
        found, name=found.name, roles=sorted(found.roles), leader=found.leader_id or 0, active=found.active
    )
    return render_template("people/person.html", form=form, someone=found)


@page.post("/<int:person_id>")
@allow(Role.ADMINISTRATOR)
def change(person_id: int) -> Response | tuple[str, int]:
    found = _found(person_id)
    form = ChangePersonForm(found)
    if form.validate_on_submit():
        try:
            changed = service.change_person(who().person_id, now(), person_id, form.wanted(form.active.data))
        except OwnAdministration:
            field = form.roles if form.active.data else form.active
            field.errors = [_("不能取消自己的管理员角色，也不能停用自己；请由另一位管理员操作。")]
        except LastAdministrator:
            form.roles.errors = [_("这是最后一位在职的管理员，不能取消。")]
        except BadLeader:
            form.leader.errors = [_leader_text()]
        else:
            flash(_("已保存，下一次请求即生效。") if changed else _("没有需要保存的更改。"), "success")
            return redirect(url_for("people.person_page", person_id=person_id))
    return render_template("people/person.html", form=form, someone=found), 422


@page.post("/<int:person_id>/password")
@allow(Role.ADMINISTRATOR)
def reset_password(person_id: int) -> Response | str:
    """Renders the new password once; see :func:`create`."""
    found = _found(person_id)
    try:
        password = service.reset_password(who().person_id, now(), person_id)
    except OwnAdministration:
        flash(_("自己的密码请在“我的账户”中更改。"), "warning")
        return redirect(url_for("account.account_page"))
    return render_template("people/password.html", someone=found, password=password, created=False)


def _found(person_id: int) -> PersonDetail:
    return people_list.person_detail(person_id) or abort(404)


def _leader_text() -> str:
    return str(_("请选择一位在职且具有直属主管角色的人员。"))
