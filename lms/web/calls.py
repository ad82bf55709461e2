"""The trainee's calls 模拟通话: choose a scenario, the call room, and what practice tells afterwards."""

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import InputRequired

from lms.domain.people import Role
from lms.domain.values import Language
from lms.services import call_desk, call_past, call_seat, call_view, call_watch, calls, llm, practice_marks, scenarios
from lms.services.call_view import CallView
from lms.services.calls import CallRefused, MessageReused, NotYours
from lms.web.access import allow, back_to_the_exam, who
from lms.web.call_desk import setup as desk_setup
from lms.web.call_marking import stamp
from lms.web.call_requests import BadRequest, json_object, message_of, storable, text_of
from lms.web.call_words import departments, ends, levels, players, room_words, rules, ticket_types, tone, verdicts
from lms.web.language import language
from lms.web.moment import now, show_time
from lms.web.streams import stream as event_stream
from lms.web.words import word

page = Blueprint("calls", __name__)

ROLES = (Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER)
TICKET = ("type", "level", "department", "summary", "contact", "due")
LONGEST_FIELD = 500


class StartForm(FlaskForm):  # type: ignore[misc]
    scenario = RadioField(__("情景"), validators=[InputRequired(__("请选择一个情景。"))])
    language = RadioField(__("通话语言"), validators=[InputRequired(__("请选择通话语言。"))])
    customer = RadioField(__("谁来扮演客户"), validators=[InputRequired(__("请选择谁来扮演客户。"))])


def _start_form() -> StartForm:
    form = StartForm()
    form.scenario.choices = [(one.id, one.title.in_(language())) for one in scenarios.live_scripts()]
    form.language.choices = [(one.value, word("language", one)) for one in Language]
    players = {"scripted": _("脚本（随时可练，立即回应）"), "examiner": _("考官（等待一位考官接入）")}
    if llm.endpoint() is not None:
        players["llm"] = _("大模型（您的客户可能是 AI）")
    form.customer.choices = list(players.items())
    if not form.is_submitted():
        form.language.data, form.customer.data = language().value, "scripted"
        form.scenario.data = request.args.get("scenario") or next(iter(form.scenario.choices), ("",))[0]
    return form


@page.get("/calls")
@allow(*ROLES)
def home_page() -> str:
    return _home(_start_form())


def _home(form: StartForm) -> str:
    me = who()
    return render_template(
        "calls/home.html", form=form, scripts=scenarios.live_scripts(), shown=language(), ends=ends(),
        players=players(), is_examiner=me.has(Role.EXAMINER),
        going_on=calls.going_on(me.person_id), past=call_past.own_calls(me.person_id, language()),
        waiting=call_seat.lobby(me.person_id, language()) if me.has(Role.EXAMINER) else [],
        seats=call_seat.seats(me.person_id),
    )  # fmt: skip


@page.post("/calls")
@allow(*ROLES)
def begin() -> Response | tuple[str, int]:
    form = _start_form()
    if not form.validate_on_submit():
        return _home(form), 422
    try:
        call_id = calls.begin_practice(
            who(), form.scenario.data, Language(form.language.data), form.customer.data,
            seed=secrets.randbits(62), now=now(),
        )  # fmt: skip
    except scenarios.NoSuchScenario:
        form.scenario.errors = [_("这个情景已下线，请另选一个。")]
        return _home(form), 422
    except CallRefused as refused:
        if refused.reason != "going-on":
            form.customer.errors = [_("大模型客户未开启，请另选。")]
            return _home(form), 422
        flash(_("您还有一通未结束的通话。"), "warning")
        call_id = calls.going_on(who().person_id) or abort(409)
    return redirect(url_for("calls.room_page", call_id=call_id))


@page.get("/calls/<int:call_id>")
@allow(*ROLES, during_attempt=True)
def room_page(call_id: int) -> Response | str:
    view = _view(call_id)
    if view.state == "ended" and view.attempt_id is not None and view.attempt_id == who().open_attempt_id:
        # On to the next call, or to hand in.
        return redirect(url_for("exams.attempt_page", attempt_id=view.attempt_id))
    if view.state == "ended":
        return _after(view)
    with force_locale(view.language.value):  # a ticket is part of the transcript
        ticket = {"departments": departments(), "ticket_types": ticket_types(), "levels": levels()}
        ticket["transfer_to"] = [*ticket["departments"], _("班组长")]
    desk = desk_setup(view)
    return render_template(
        "calls/room.html", view=view, script=view.script, setup={**_setup(view), "desk": desk}, desk=desk,
        records=[] if desk else _records(view), shown=view.language, **ticket,
    )  # fmt: skip


def _after(view: CallView) -> str:
    """Practice tells the evidence at once; certification waits for its marks."""
    past = call_past.past(view, now()) if view.practice else None
    marks = practice_marks.marks_of(who().person_id, view.id) if view.practice else None
    looks = call_desk.own_looks(who(), view.id) if view.practice else []
    return render_template(
        "calls/after.html", view=view, past=past, marks=marks, ends=ends(), rules=rules(), verdicts=verdicts(),
        tone=tone, players=players(), what=_what, deeds=room_words(), ui=language(), looks=looks, stamp=stamp,
    )  # fmt: skip


def _records(view: CallView) -> list[str]:
    """What the systems show where the script has no record: the facts that only they know."""
    return [fact.text.in_(view.language) for fact in view.script.facts if fact.known_by == "crm_only"]


def _setup(view: CallView) -> dict[str, Any]:
    call_id = view.id
    return {
        "call": call_id,
        "person": who().person_id,
        "urls": {
            "turns": url_for("calls.turns", call_id=call_id),
            "say": url_for("calls.say", call_id=call_id),
            "do": url_for("calls.do", call_id=call_id),
            "answer": url_for("calls.answer", call_id=call_id),
            "stream": url_for("calls.watch", call_id=call_id),
            "self": url_for("calls.room_page", call_id=call_id),
        },
        "live_customer": view.customer == "examiner",
        "limit_ms": 10_000,
        "state": _state(view),
        "words": room_words(),
    }


def _state(view: CallView) -> dict[str, Any]:
    return {
        "state": view.state,
        "count": view.turns_count,
        "mark": call_watch.mark(view.turns_count, view.state, view.composing),
        "waiting_ms": view.waiting_ms,
        "silence_ms": view.silence_ms,
        "talk_ms": _talked(view),
        "on_hold": view.on_hold,
        "composing": view.composing,
        "nobody_in_ms": _milliseconds(view.nobody_in) if view.nobody_in is not None else None,
        "turns": [
            {
                "seq": turn.seq,
                "speaker": turn.speaker,
                "kind": turn.kind,
                "text": turn.text if turn.kind == "say" else "",
                "what": _what(turn.kind, turn.text),
                "at": show_time(turn.at),
                "seconds": round(turn.seconds, 1),
            }
            for turn in view.turns
        ],
    }


def _milliseconds(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)


def _talked(view: CallView) -> int | None:
    """Milliseconds since the call was answered, while it goes on."""
    if view.answered_at is None or view.state == "ended":
        return None
    return _milliseconds(now() - view.answered_at)


def _what(kind: str, text: str) -> str:
    """A deed in a few words: the ticket's type and department, the transfer's goal."""
    if kind not in ("ticket", "transfer") or not text:
        return ""
    data = json.loads(text)
    return " · ".join(str(data[name]) for name in ("type", "level", "department", "to") if data.get(name))


def _view(call_id: int, after: int = 0) -> CallView:
    try:
        return call_view.view(who(), call_id, now(), after)
    except NotYours:
        abort(404)
    except CallRefused:
        abort(back_to_the_exam(who().open_attempt_id))


@page.get("/calls/<int:call_id>/turns")
@allow(*ROLES, during_attempt=True)
def turns(call_id: int) -> Response:
    return jsonify(_state(_view(call_id, max(0, request.args.get("after", 0, type=int)))))


@page.get("/calls/<int:call_id>/stream")
@allow(*ROLES, during_attempt=True)
def watch(call_id: int) -> Response:
    """Tells the call's mark whenever that is another; 204 where it is over, and a browser asks no more."""
    state = call_watch.watched_state(call_id, who().person_id, seat=False)
    if state is None:
        abort(404)
    if state == "ended":
        return Response(status=204)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return event_stream(app, call_watch.watching(call_id, who(), ROLES))


@page.post("/calls/<int:call_id>/answer")
@allow(*ROLES, during_attempt=True, json=True)
def answer(call_id: int) -> Response | tuple[Response, int]:
    return _acted(call_id, lambda body: calls.answer(who(), call_id, now()))


@page.post("/calls/<int:call_id>/say")
@allow(*ROLES, during_attempt=True, json=True)
def say(call_id: int) -> Response | tuple[Response, int]:
    """200 committed (again or for the first time) · 409 not now · 422 cannot be said."""
    clock = current_app.extensions["clock"].now
    return _acted(call_id, lambda body: calls.say(who(), call_id, message_of(body), text_of(body), now(), clock))


@page.post("/calls/<int:call_id>/deed")
@allow(*ROLES, during_attempt=True, json=True)
def do(call_id: int) -> Response | tuple[Response, int]:
    return _acted(
        call_id,
        lambda body: calls.do(who(), call_id, message_of(body), str(body.get("do", "")), _data(body), now()),
    )


@page.post("/calls/<int:call_id>/leave")
@allow(*ROLES, during_attempt=True)
def leave(call_id: int) -> Response:
    try:
        calls.leave(who(), call_id, now())
    except NotYours:
        abort(404)
    except CallRefused as refused:
        told = {"certification": _("认证通话不能放弃：等待不计入考试时间，可以关掉本页，稍后再回来。")}
        flash(told.get(refused.reason, _("通话已经接通，请在通话中挂断。")), "warning")
        return redirect(url_for("calls.room_page", call_id=call_id))
    return redirect(url_for("calls.home_page"))


def _acted(call_id: int, deed: Callable[[dict[str, Any]], None]) -> Response | tuple[Response, int]:
    """Do it, and answer with what has happened since the turn that the page knows."""
    body = json_object()
    try:
        deed(body)
    except NotYours:
        abort(404)
    except BadRequest as bad:
        return jsonify(error=_("请求有误"), field=str(bad)), 422
    except MessageReused:
        return jsonify(error=_("同一条消息内容不同，请刷新页面。"), reason="reused"), 422
    except CallRefused as refused:
        status = 422 if refused.reason in ("empty", "too-long", "unknown") else 409
        return jsonify(error=_refused(refused.reason), reason=refused.reason), status
    after = body.get("after", 0)
    return jsonify(_state(_view(call_id, after if type(after) is int and after >= 0 else 0)))


def _refused(reason: str) -> str:
    return {
        "empty": _("请先输入要说的话。"),
        "too-long": _("一次最多 2000 字，请分几句说。"),
        "not-live": _("通话不在进行中。"),
        "in-exam": _("考试进行中，不能通话。"),
        "unknown": _("没有这个操作。"),
    }.get(reason, _("现在不能这样做。"))


def _data(body: dict[str, Any]) -> dict[str, str]:
    data = body.get("data") or {}
    if not isinstance(data, dict):
        raise BadRequest("data")
    given = {name: storable(str(data.get(name) or ""))[:LONGEST_FIELD] for name in (*TICKET, "to")}
    return {name: text for name, text in given.items() if text}
