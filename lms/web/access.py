"""Doors: every route says who may enter; one that says nothing stays shut (contract 9).

    @page.get("/bank")
    @allow(Role.TRAINER)
    def bank_list(): …

`public` is for everybody, `allow()` without roles for everybody signed in. While a person's own attempt is open,
only doors declared with ``during_attempt=True`` open to them (contract 13).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import UserMixin, current_user
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from lms.domain.people import Role
from lms.extensions import login_manager
from lms.services.sign_in import SignedIn, load_signed_in

LARGEST_ID = 2**31 - 1
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Door:
    """``roles`` empty: everybody signed in. ``public``: everybody. ``json``: the body is a script's, not a form's."""

    roles: frozenset[Role] = frozenset()
    public: bool = False
    during_attempt: bool = False
    json: bool = False


def allow(*roles: Role, during_attempt: bool = False, json: bool = False) -> Callable[[View], View]:
    return _hang(Door(roles=frozenset(roles), during_attempt=during_attempt, json=json))


def public(view: View) -> View:
    return _hang(Door(public=True, during_attempt=True))(view)


def _hang(door: Door) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        view.door = door  # type: ignore[attr-defined]
        return view

    return decorate


def door_of(app: Flask, endpoint: str) -> Door | None:
    """The door of an endpoint; None where none was declared (such a route is shut, and a test fails)."""
    if endpoint == "static" or endpoint == "bootstrap.static":
        return Door(public=True, during_attempt=True)
    return getattr(app.view_functions.get(endpoint), "door", None)


class User(UserMixin):  # type: ignore[misc]
    """Flask-Login's user: the session token stands for the sign-in row, ``who`` is what the row says."""

    def __init__(self, token: str, who: SignedIn) -> None:
        self.token = token
        self.who = who

    def get_id(self) -> str:
        return self.token


def who() -> SignedIn:
    """The signed-in person of this request; only behind a door that is not public."""
    return cast(SignedIn, current_user.who)


def someone() -> SignedIn | None:
    """The signed-in person, or None on a public page."""
    return cast(SignedIn, current_user.who) if current_user.is_authenticated else None


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load_user(token: str) -> User | None:
    found = load_signed_in(token)
    return User(token, found) if found else None


def wants_json() -> bool:
    return request.is_json or request.accept_mimetypes.best == "application/json"


def guard() -> Response | None:
    """Runs before every view."""
    if request.endpoint is None:
        return None  # no such route: the 404 page
    door = door_of(current_app, request.endpoint)
    if door is None:
        abort(403)
    if request.is_json and request.method == "POST" and not door.json:
        abort(415)  # a form would read it, and take lists and numbers where its fields expect text
    if door.public:
        return None
    person = someone()
    if person is None:
        if request.method == "GET" and not wants_json():
            return redirect(url_for("sign_in.sign_in_page", next=request.full_path.rstrip("?")))
        abort(401)
    if door.roles and not person.has(*door.roles):
        abort(403)
    if person.must_change_password and not request.endpoint.startswith(("account.", "sign_in.")):
        return redirect(url_for("account.account_page"))
    if person.open_attempt_id is not None and not door.during_attempt:
        return back_to_the_exam(person.open_attempt_id)
    return None


def back_to_the_exam(attempt_id: int | None) -> Response:
    """To the open attempt; 403 where a script asked."""
    if request.method != "GET" or wants_json():
        abort(403)
    flash(_("考试进行中，其他页面在交卷前暂不开放。"), "warning")
    return redirect(url_for("exams.attempt_page", attempt_id=attempt_id))


class RowId(IntegerConverter):
    """``<int:…_id>`` in an address: no table's id is larger, so a larger one is no page (and breaks no statement)."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": LARGEST_ID, **options})


def init_app(app: Flask) -> None:
    app.url_map.converters["int"] = RowId
    app.before_request(guard)
