"""One's own account: password, language, marking keys, where one is signed in."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from lms.domain.people import Role
from lms.domain.people_devices import device_words
from lms.services import account
from lms.services import sign_in as service
from lms.services.sign_in import PasswordRefused
from lms.web.access import allow, who
from lms.web.moment import now

page = Blueprint("account", __name__, url_prefix="/account")


class PasswordForm(FlaskForm):  # type: ignore[misc]
    present = PasswordField(__("现有密码"), validators=[InputRequired(__("请输入现有密码。")), Length(max=200)],
                            render_kw={"autocomplete": "current-password"})  # fmt: skip
    wanted = PasswordField(__("新密码"), validators=[InputRequired(__("请输入新密码。")), Length(max=200)],
                           description=__("至少 10 个字符，不含工号或姓名。"),
                           render_kw={"autocomplete": "new-password"})  # fmt: skip
    again = PasswordField(
        __("再次输入新密码"), validators=[EqualTo("wanted", __("两次输入的新密码不一致。"))],
        render_kw={"autocomplete": "new-password"},
    )  # fmt: skip


class KeysForm(FlaskForm):  # type: ignore[misc]
    digit_keys = BooleanField(
        __("评分时用数字键打分"), description=__("使用语音输入或读屏软件时，可关闭单键快捷键以免误触。")
    )


def password_problem_text(problem: str) -> str:
    return {
        "wrong": _("现有密码不正确。"),
        "short": _("密码至少需要 10 个字符。"),
        "long": _("密码最多 200 个字符。"),
        "plain": _("密码过于简单：不能包含工号或姓名，也不能只有少数几种字符。"),
    }[problem]


@page.get("")
@allow()
def account_page() -> str:
    return _render(PasswordForm())


def _render(form: PasswordForm) -> str:
    keys = KeysForm(formdata=None, digit_keys=who().digit_keys)
    sign_ins = [(row, *device_words(row.device)) for row in account.own_sign_ins(who().person_id)]
    return render_template("account/account.html", form=form, keys=keys, sign_ins=sign_ins)


@page.post("/password")
@allow()
def password_change() -> Response | tuple[str, int]:
    form = PasswordForm()
    if not form.validate_on_submit():
        return _render(form), 422
    try:
        service.change_own_password(
            who().person_id, form.present.data or "", form.wanted.data or "",
            sign_in_id=who().sign_in_id, now=now(),
        )  # fmt: skip
    except PasswordRefused as refused:
        field = form.present if refused.problem == "wrong" else form.wanted
        field.errors = [password_problem_text(refused.problem)]
        return _render(form), 422
    flash(_("密码已更改，其他设备上的登录已全部退出。"), "success")
    return redirect(url_for("account.account_page"))


@page.post("/digit-keys")
@allow(Role.EXAMINER)
def digit_keys() -> Response:
    account.choose_digit_keys(who().person_id, bool(KeysForm().digit_keys.data), now())
    flash(_("已保存。"), "success")
    return redirect(url_for("account.account_page"))


@page.post("/sign-ins/<int:sign_in_id>/end")
@allow()
def end_sign_in(sign_in_id: int) -> Response:
    if not account.end_own_sign_in(who().person_id, sign_in_id, now()):
        abort(404)
    flash(_("该设备已退出登录。"), "success")
    return redirect(url_for("account.account_page"))


@page.post("/sign-ins/end-others")
@allow()
def end_other_sign_ins() -> Response:
    account.end_other_sign_ins(who().person_id, who().sign_in_id, now())
    flash(_("其他设备已全部退出登录。"), "success")
    return redirect(url_for("account.account_page"))
