"""The examiner's seat 考官席: take a waiting call from the lobby and play its customer; never who the trainee is."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.domain.people import Role
from lms.services import call_seat, call_watch
from lms.services.call_log import MessageReused
from lms.services.call_seat import SeatView
from lms.services.calls import CallRefused, NotYours
from lms.web import streams
from lms.web.access import allow, who
from lms.web.call_requests import BadRequest, json_object, message_of, text_of
from lms.web.call_words import seat_words
from lms.web.moment import now, show_time

page = Blueprint("call_seat", __name__)


@page.post("/calls/<int:seat_id>/take")
@allow(Role.EXAMINER)
def take(seat_id: int) -> Response:
    """Of two examiners the first; whoever plays the customer already comes back to the seat."""
    try:
        call_seat.take(who().person_id, seat_id, now())
    except NotYours:
        if seat_id not in call_seat.seats(who().person_id):
            if not call_seat.open_to(who().person_id, seat_id):
                abort(404)
            flash(_("这通来电已由别的考官接入，或学员已离开。"), "warning")
            return redirect(url_for("calls.home_page"))
    return redirect(url_for("call_seat.seat_page", seat_id=seat_id))


@page.get("/calls/<int:seat_id>/seat")
@allow(Role.EXAMINER)
def seat_page(seat_id: int) -> str:
    view = _view(seat_id)
    return render_template("calls/seat.html", view=view, setup=_setup(view))


def _setup(view: SeatView) -> dict[str, Any]:
    names = ("state", "speak", "hand", "hang_up", "note")
    return {
        "call": view.id,
        "person": who().person_id,
        "urls": {
            **{name: url_for(f"call_seat.{name}", seat_id=view.id) for name in names},
            "stream": url_for("call_seat.watch", seat_id=view.id),
        },
        "single_keys": who().digit_keys,
        "state": _state(view),
        "words": seat_words(),
    }


def _state(view: SeatView) -> dict[str, Any]:
    """All that the seat shows; of the turns those that the page does not know yet."""
    return {
        "state": view.state,
        "end": view.end,
        "hand": view.hand,
        "count": view.turns_count,
        "mark": call_watch.mark(view.turns_count, view.state, view.due),
        "emotion": view.emotion,
        "emotion_good": view.emotion_good,
        "mood": view.mood,
        "ready": view.ready,
        "waiting_ms": view.waiting_ms,
        "turns": [
            {
                "seq": turn.seq, "speaker": turn.speaker, "kind": turn.kind, "by": turn.by,
                "text": turn.text if turn.kind == "say" else "", "at": show_time(turn.at), "emotion": turn.emotion,
            }
            for turn in view.turns
        ],
        "beats": [
            {"id": one.id, "acts": one.acts, "expects": one.expects, "here": one.here, "visited": one.visited}
            for one in view.beats
        ],
        "facts": [
            {"text": one.text, "known_by": one.known_by, "locked": one.locked, "told": one.told} for one in view.facts
        ],
        "lines": [{"id": one.id, "text": one.text, "due": one.due} for one in view.lines],
        "notes": [{"seq": seq, "text": text} for seq, text in view.notes],
    }  # fmt: skip


def _view(seat_id: int, after: int = 0) -> SeatView:
    try:
        return call_seat.view(who(), seat_id, now(), after)
    except NotYours:
        abort(404)


@page.get("/calls/<int:seat_id>/seat.json")
@allow(Role.EXAMINER)
def state(seat_id: int) -> Response:
    return jsonify(_state(_view(seat_id, max(0, request.args.get("after", 0, type=int)))))


@page.get("/calls/<int:seat_id>/seat/stream")
@allow(Role.EXAMINER)
def watch(seat_id: int) -> Response:
    """As the trainee's: marks, and 204 where the call is over."""
    state = call_watch.watched_state(seat_id, who().person_id, seat=True)
    if state is None:
        abort(404)
    if state == "ended":
        return Response(status=204)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return streams.stream(app, call_watch.watching(seat_id, who(), (Role.EXAMINER,)))


@page.post("/calls/<int:seat_id>/seat/speak")
@allow(Role.EXAMINER, json=True)
def speak(seat_id: int) -> Response | tuple[Response, int]:
    """``line``: the id of a line that may be said now; else ``text`` as it was typed."""

    def deed(body: dict[str, Any]) -> None:
        line = body.get("line")
        if line is not None and not isinstance(line, str):
            raise BadRequest("line")
        text = "" if line is not None else text_of(body)
        call_seat.speak(who(), seat_id, message_of(body), text, now(), line_id=line)

    return _acted(seat_id, deed)


@page.post("/calls/<int:seat_id>/seat/hand")
@allow(Role.EXAMINER, json=True)
def hand(seat_id: int) -> Response | tuple[Response, int]:
    return _acted(seat_id, lambda body: call_seat.hand_over(who(), seat_id, str(body.get("to", "")), now()))


@page.post("/calls/<int:seat_id>/seat/hang-up")
@allow(Role.EXAMINER, json=True)
def hang_up(seat_id: int) -> Response | tuple[Response, int]:
    return _acted(seat_id, lambda body: call_seat.hang_up(who(), seat_id, now()))


@page.post("/calls/<int:seat_id>/seat/note")
@allow(Role.EXAMINER, json=True)
def note(seat_id: int) -> Response | tuple[Response, int]:
    return _acted(seat_id, lambda body: call_seat.note(who(), seat_id, text_of(body), now()))


def _acted(seat_id: int, deed: Callable[[dict[str, Any]], None]) -> Response | tuple[Response, int]:
    """Do it, and answer with the seat as it is then."""
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
    try:
        view = call_seat.view(who(), seat_id, now(), after if type(after) is int and after >= 0 else 0)
    except NotYours:  # the deed gave the seat up: the call is back in the lobby
        return jsonify(left=True)
    return jsonify(_state(view))


def _refused(reason: str) -> str:
    return {
        "empty": _("请先输入内容。"),
        "too-long": _("内容过长，请分几次。"),
        "not-live": _("通话不在进行中。"),
        "not-in-hand": _("客户现由脚本扮演，请先收回扮演。"),
        "unknown": _("这句台词现在不能说。"),
        "paused": _("监考人员暂停了这场考试，恢复后才能说话。"),
        "over": _("考试时间已到，通话即将结束。"),
    }.get(reason, _("现在不能这样做。"))
