"""Signing in and out, and the choice of language."""

import re

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_limiter.util import get_remote_address
from flask_login import login_user, logout_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from lms.domain.people import BadNumber, fold_number
from lms.domain.values import Language
from lms.extensions import limiter
from lms.services import sign_in as service
from lms.services.sign_in import SignInRefused
from lms.web.access import User, public, someone
from lms.web.language import COOKIE
from lms.web.moment import now

page = Blueprint("sign_in", __name__)

SAFE_PATH = re.compile(r"^/(?![/\\])[^\x00-\x1f\\]*$")


def safe_next(path: str | None) -> str:
    """A path of this site, else the home page (an open redirect would carry people away)."""
    return path if path and SAFE_PATH.match(path) else url_for("home.home_page")


def _number_key() -> str:
    """Guessing one person's password from many addresses is slow."""
    try:
        return "number:" + fold_number(request.form.get("number", ""))
    except BadNumber:
        return "number:?"


def _here_key() -> str:
    """What one address tries in vain keeps no other from signing that person in."""
    return f"{_number_key()} from {get_remote_address()}"


def _was_refused(response: Response) -> bool:
    return response.status_code == 422


class SignInForm(FlaskForm):  # type: ignore[misc]
    number = StringField(
        __("工号"), validators=[InputRequired(__("请输入工号。")), Length(max=64)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )  # fmt: skip
    password = PasswordField(
        __("密码"), validators=[InputRequired(__("请输入密码。")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )  # fmt: skip


@page.get("/login")
@public
def sign_in_page() -> Response | str:
    if someone():
        return redirect(safe_next(request.args.get("next")))
    return render_template("sign_in/sign_in.html", form=SignInForm(), refused=False)


@page.post("/login")
@public
@limiter.limit("300 per minute")  # an address: a classroom behind one router signs in at once
@limiter.limit("10 per 5 minutes", key_func=_here_key, deduct_when=_was_refused)
@limiter.limit("60 per hour", key_func=_number_key, deduct_when=_was_refused)
def sign_in() -> Response | tuple[str, int]:
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("sign_in/sign_in.html", form=form, refused=False), 422
    try:
        token = service.sign_in(
            form.number.data or "",
            form.password.data or "",
            address=request.remote_addr or "",
            device=request.user_agent.string,
            now=now(),
        )
    except SignInRefused:
        return render_template("sign_in/sign_in.html", form=form, refused=True), 422
    found = service.load_signed_in(token)
    if found is None:  # the person was deactivated between the two statements
        return render_template("sign_in/sign_in.html", form=form, refused=True), 422
    session.clear()  # a fresh session, so that none that was planted before survives the sign-in
    login_user(User(token, found))
    return redirect(safe_next(request.args.get("next")))


@page.post("/logout")
@public
def sign_out() -> Response:
    person = someone()
    if person:
        service.sign_out(person.sign_in_id, person.person_id, now())
    logout_user()
    session.clear()
    flash(_("已退出登录。"), "success")
    return redirect(url_for("sign_in.sign_in_page"))


@page.post("/language")
@public
def choose_language() -> Response:
    wanted = request.form.get("language", "")
    reply = make_response(redirect(safe_next(request.form.get("next"))))
    if wanted in set(Language):
        person = someone()
        if person:
            service.choose_language(person.person_id, wanted, now())
        reply.set_cookie(COOKIE, wanted, max_age=31536000, httponly=True, samesite="Lax", secure=request.is_secure)
    return reply
