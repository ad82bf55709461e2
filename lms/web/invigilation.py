"""The invigilator's pages: their sittings, the live view, the deeds, and the log of one attempt."""

from typing import Any

from flask import Blueprint, abort, flash, jsonify, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from lms.domain.invigilation import SIGNALS, Condition
from lms.domain.people import Role
from lms.domain.roleplay_plans import KIND as ROLEPLAY
from lms.services import invigilation as service
from lms.services import live_view, sitting_lists
from lms.services.attempt_log import attempt_log
from lms.services.invigilation import DeedRefused, NoSuchAttempt, Order
from lms.services.live_view import Board, Tile
from lms.services.sittings import NoSuchSitting
from lms.web.access import allow, who
from lms.web.moment import now, show_time
from lms.web.sitting_words import refusal_text
from lms.web.words import word

page = Blueprint("invigilation", __name__)

TONES = {
    Condition.UNLOCK: "bad",
    Condition.DISCONNECTED: "bad",
    Condition.AWAITING: "soon",
    Condition.PAUSED: "soon",
    Condition.SIGNAL: "soon",
    Condition.HANDED_IN: "good",
}
AT_WORK = (
    Condition.UNLOCK, Condition.AWAITING, Condition.DISCONNECTED, Condition.PAUSED, Condition.SIGNAL, Condition.WORKING,
)  # fmt: skip


@page.get("/invigilation")
@allow(Role.TRAINER, Role.EXAMINER)
def mine() -> str:
    return render_template("invigilation/mine.html", sittings=sitting_lists.sittings(now(), watched_by=who().person_id))


@page.get("/sittings/<int:sitting_id>/live")
@allow(Role.TRAINER, Role.EXAMINER)
def live_page(sitting_id: int) -> str:
    board = _board(sitting_id)
    return render_template(
        "invigilation/live.html", board=board, state=_state(board), form=DeedForm(), texts=_texts(),
        late=live_view.late_attempts(sitting_id),
    )  # fmt: skip


@page.get("/sittings/<int:sitting_id>/live.json")
@allow(Role.TRAINER, Role.EXAMINER)
def live_state(sitting_id: int) -> Response:
    """The live view as it stands, worded; the page asks every three seconds."""
    return jsonify(_state(_board(sitting_id)))


def _board(sitting_id: int) -> Board:
    try:
        return live_view.board(who().person_id, sitting_id, now())
    except NoSuchSitting:
        abort(404)


def _state(board: Board) -> dict[str, Any]:
    void = board.count(Condition.VOID)
    counts = [  # each person once: what follows the first adds up to it
        (_("应考"), len(board.tiles)),
        (_("作答中"), board.count(Condition.WORKING, Condition.SIGNAL, Condition.AWAITING)),
        (_("中断"), board.count(Condition.DISCONNECTED, Condition.UNLOCK)),
        (_("已暂停"), board.count(Condition.PAUSED)),
        (_("未开考"), board.count(Condition.NOT_STARTED)),
        (_("已交卷"), board.count(Condition.HANDED_IN)),
        *([(_("已作废"), void)] if void else []),
    ]
    return {
        "at": show_time(now()),
        "deed": board.deed,
        "counts": [{"name": name, "count": count} for name, count in counts],
        "tiles": [_tile(board, tile) for tile in board.tiles],
    }


def _tile(board: Board, tile: Tile) -> dict[str, Any]:
    open_ = tile.condition in AT_WORK
    return {
        "person": tile.person_id,
        "name": tile.name,
        "number": tile.number,
        "attempt": tile.attempt_id,
        "condition": tile.condition,
        "word": word("condition", tile.condition),
        "tone": "bad" if tile.nobody_comes else TONES.get(tile.condition, "quiet"),
        "answered": tile.answered,
        "questions": tile.questions,
        "progress": _progress(board.kind, tile) if tile.attempt_id else "",
        "saved": _saved(tile) if open_ else "",
        "left": int(tile.left.total_seconds() * 1000) if tile.left is not None else None,
        "paused": tile.paused,
        "stopped": tile.paused or tile.awaits_since is not None,
        "extra": _("含加时") if tile.extra_time else "",
        "again": _("第 %(number)s 次作答", number=tile.attempt_number) if tile.attempt_number > 1 else "",
        "ended": _("%(time)s %(how)s", time=show_time(tile.submitted_at),
                   how=word("submitted_by", tile.submitted_by)) if tile.submitted_at else "",
        "signals": _(" · ").join(
            _("%(signal)s ×%(times)s", signal=word("signal", kind), times=tile.signals[kind])
            for kind in SIGNALS if kind in tile.signals
        ),
        "deed": tile.deed,
        "deeds": _deeds(board, tile),
        "log": url_for("invigilation.log_page", sitting_id=board.sitting.id, attempt_id=tile.attempt_id)
        if tile.attempt_id else None,
    }  # fmt: skip


def _progress(kind: str, tile: Tile) -> str:
    if kind == ROLEPLAY and tile.running is not None:
        return _("第 %(running)s / %(calls)s 通进行中", running=tile.running, calls=tile.questions)
    if kind == ROLEPLAY:
        return _("已完成 %(done)s / %(calls)s 通", done=tile.answered, calls=tile.questions)
    if tile.running is not None:
        return _("任务 %(running)s / %(tasks)s 进行中", running=tile.running, tasks=tile.questions)
    return _("已答 %(answered)s / %(questions)s", answered=tile.answered, questions=tile.questions)


def _saved(tile: Tile) -> str:
    if tile.nobody_comes:
        return _("%(time)s 起等待考官，已停表；请安排一位考官接入", time=show_time(tile.awaits_since))
    if tile.awaits_since is not None:
        return _("%(time)s 起等待考官，已停表", time=show_time(tile.awaits_since))
    if tile.lag_ms is not None:
        named = {"time": show_time(tile.last_saved_at), "lag": tile.lag_ms}
        return _("%(time)s 最后操作 · 界面延迟 %(lag)s 毫秒", **named)
    if tile.last_saved_at is None:
        return _("尚未保存")
    return _("%(time)s 已保存", time=show_time(tile.last_saved_at))


def _deeds(board: Board, tile: Tile) -> list[str]:
    """What may be done with this candidate now, the likeliest first; the services decide it again."""
    if tile.condition in AT_WORK:
        deeds = ["extend", "resume" if tile.paused else "pause", "force", "void"]
        if tile.condition is Condition.UNLOCK:
            return ["unlock", *deeds]
        return [*deeds, "unlock"] if board.sitting.takeover == "unlock" else deeds
    if tile.condition is Condition.HANDED_IN:
        return ["extend", "void"] if tile.submitted_by == "deadline" else ["void"]
    return []


DEEDS = ("extend", "pause", "resume", "unlock", "force", "void", "count-late", "leave-late")


def _texts() -> dict[str, Any]:
    """Words for the script: each deed's name and what it will do; placeholders in braces."""
    return {
        "deeds": {deed: {"name": word("deed", deed), "effect": word("deed_effect", deed)} for deed in DEEDS},
        "handle": _("处理"),
        "log": _("记录"),
        "left": _("剩余"),
        "everybody": _("所有作答中的考生"),
        "announce": _("{name}：{word}"),
        "announceMany": _("{count} 名考生需要留意"),
        "stale": _("连不上服务器，以下为 {time} 的情况，正在重试。"),
        "fresh": _("{time} 更新"),
        "failed": _("未能执行，请重试。"),
    }


class DeedForm(FlaskForm):  # type: ignore[misc]
    deed = SelectField(choices=[SelectChoice(deed) for deed in DEEDS])
    attempt = IntegerField(validators=[Optional()])
    seen = IntegerField(validators=[InputRequired()])
    minutes = IntegerField(validators=[Optional()])
    reason = StringField()


@page.post("/sittings/<int:sitting_id>/deeds")
@allow(Role.TRAINER, Role.EXAMINER)
def do(sitting_id: int) -> Response:
    """One deed, asked for by script: 200 with what was done, 422 or 409 with why not and at which field."""
    form = DeedForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        order = Order(
            actor_id=who().person_id, now=now(), sitting_id=sitting_id, reason=form.reason.data or "",
            seen=form.seen.data, attempt_id=form.attempt.data,
        )  # fmt: skip
        count = _carry_out(order, form)
    except (NoSuchSitting, NoSuchAttempt):
        abort(404)
    except DeedRefused as refused:
        field = refused.code if refused.code in ("reason", "minutes") else ""
        reply = jsonify(error=refusal_text(refused.code), field=field, code=refused.code)
        reply.status_code = 422 if field else 409
        return reply
    done = _done(form.deed.data, count, one=order.attempt_id is not None)
    if form.deed.data.endswith("-late"):
        flash(done, "success")  # that page is loaded anew
    return jsonify(done=done)


def _carry_out(order: Order, form: DeedForm) -> int:
    match form.deed.data:
        case "extend":
            return service.extend(order, form.minutes.data or 0)
        case "pause":
            return service.pause(order)
        case "resume":
            return service.resume(order)
        case "unlock":
            return service.unlock(order)
        case "force":
            return service.force_hand_in(order)
        case "void":
            return service.propose_void(order)
        case late:
            return service.decide_late(order, count=late == "count-late")


def _done(deed: str, count: int, *, one: bool) -> str:
    """What was done; the page says of whom, where it was one."""
    if deed == "void":
        return _("已提出作废，等待另一人确认。")
    if deed.endswith("-late"):
        return _("已处理 %(count)s 处迟到作答。", count=count)
    if one:
        return _("%(deed)s已执行", deed=word("deed", deed))
    return ngettext("%(deed)s：%(num)s 份作答。", "%(deed)s：%(num)s 份作答。", count, deed=word("deed", deed))


@page.get("/sittings/<int:sitting_id>/attempts/<int:attempt_id>")
@allow(Role.TRAINER, Role.EXAMINER)
def log_page(sitting_id: int, attempt_id: int) -> str:
    try:
        log = attempt_log(who().person_id, sitting_id, attempt_id)
    except (NoSuchSitting, NoSuchAttempt):
        abort(404)
    return render_template("invigilation/log.html", log=log, form=DeedForm(), texts=_texts())
