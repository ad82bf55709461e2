"""The examiner's pages for calls: queue and desk (a focus page); the trainee's own call played again.

Addresses carry ids of tasks and calls, never a candidate.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from lms.domain.call_marks import LEVELS, Overall
from lms.domain.call_sheets import LONGEST_COMMENT, NEEDS_PINS, SheetRejected
from lms.domain.people import Role
from lms.domain.values import Language
from lms.services import call_appeals, call_desk, call_feedback, call_marking_queue
from lms.services import call_marking as service
from lms.services import comments as bank
from lms.services.calibration import may_mark_calls
from lms.services.call_marking import (
    AlreadySubmitted,
    CallDesk,
    DraftConflict,
    NotForYou,
    SheetDraft,
    TakenByAnother,
)
from lms.services.calls import NotYours
from lms.web.access import allow, who
from lms.web.call_words import ends, rules, tone, verdicts
from lms.web.language import language
from lms.web.moment import local, now, show_time

page = Blueprint("call_marking", __name__)

Reply = Response | str | tuple[str, int]


@page.get("/call-marking")
@allow(Role.EXAMINER)
def queue_page() -> str:
    midnight = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    page = request.args.get("page", 1, type=int)
    queue = call_marking_queue.queue(who().person_id, language(), now(), midnight, page)
    return render_template("call_marking/queue.html", queue=queue, address=_queue_address)


def _queue_address(page: int) -> str:
    return url_for("call_marking.queue_page", page=page)


class NextForm(FlaskForm):  # type: ignore[misc]
    number = StringField(validators=[Length(max=12)])


@page.post("/call-marking/next")
@allow(Role.EXAMINER)
def take_next() -> Response:
    """Lease the most urgent call, or the one of that number, and open it."""
    form = NextForm()
    if not form.validate_on_submit():
        abort(400)
    task_id = call_marking_queue.take_next(who().person_id, form.number.data or None, now())
    if task_id is None and not may_mark_calls(who().person_id):
        flash(_("评学员的通话之前，请先通过校准。"), "warning")
        return redirect(url_for("calibration.home_page"))
    if task_id is None:
        flash(_("目前没有可评的通话了。"), "success")
        return redirect(url_for("call_marking.queue_page"))
    return redirect(url_for("call_marking.desk_page", call_task_id=task_id))


class SheetForm(FlaskForm):  # type: ignore[misc]
    """The draft's version; the sheet itself comes as the fields that `domain.call_sheets.read_sheet` names."""

    version = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=2**31 - 1)])


@page.get("/call-marking/tasks/<int:call_task_id>")
@allow(Role.EXAMINER)
def desk_page(call_task_id: int) -> Reply:
    try:
        desk = service.desk(who().person_id, call_task_id)
    except NotForYou:
        abort(404)
    except TakenByAnother:
        return _taken()
    return _render_desk(desk, fields_of(desk.draft), desk.draft.version)


def fields_of(draft: SheetDraft) -> dict[str, str]:
    """A sheet as the form's fields: what `read_sheet` reads back."""
    sheet = draft.sheet
    fields = {f"level-{name}": str(level) for name, level in sheet.levels.items()}
    fields |= {f"pins-{name}": _listed(pins) for name, pins in sheet.pins.items()}
    fields |= {f"comment-{name}": comment for name, comment in sheet.comments.items()}
    for failure, turns in sheet.critical.items():
        fields |= {f"critical-{failure}": "1", f"turns-{failure}": _listed(turns)}
    return {**fields, "overall": sheet.overall.value if sheet.overall else ""}


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _render_desk(
    desk: CallDesk,
    fields: Mapping[str, str],
    version: int,
    *,
    problems: dict[str, str] | None = None,
    conflict: bool = False,
) -> str:
    """``fields`` stand in the form; ``conflict``: another window saved meanwhile."""
    return render_template(
        "call_marking/done.html" if desk.submitted_at else "call_marking/desk.html",
        desk=desk,
        looks=call_desk.looked_at(desk.call_number),
        appeal=call_appeals.appeal_of_task(who().person_id, desk.task_id),
        fields=fields,
        version=version,
        problems=problems or {},
        problem_words=_problem_words(),
        conflict=conflict,
        phrases=bank.phrases(who().person_id),
        ui=language(),
        digit_keys=who().digit_keys,
        levels=sorted(LEVELS, reverse=True),
        needs_pins=NEEDS_PINS,
        overalls=[one.value for one in Overall],
        longest_comment=LONGEST_COMMENT,
        **margin_words(desk.language),
    )


def margin_words(spoken_in: str) -> dict[str, Any]:
    """What a transcript with its margin needs."""
    return {
        "lang": "zh-Hans" if spoken_in == Language.ZH else "en",
        "rules": rules(),
        "verdicts": verdicts(),
        "tone": tone,
        "kinds": _kinds(),
        "ends": {**ends(), "time": _("时间到")},
        "stamp": stamp,
    }


def stamp(seconds: float) -> str:
    """``01:05`` since the call was answered."""
    whole = max(0, int(seconds))
    return f"{whole // 60:02}:{whole % 60:02}"


def _kinds() -> dict[str, str]:
    return {
        "answer": _("接听"),
        "hold": _("保持通话"),
        "resume": _("恢复通话"),
        "transfer": _("转接"),
        "ticket": _("建工单"),
        "hang-up": _("已挂断"),
        "silence": _("无人应答"),
        "hand": _("客户换由另一方扮演"),
        "go-on": _("暂停后继续"),
        "end": _("通话结束"),
    }


def _problem_words() -> dict[str, str]:
    return {
        "missing": _("还没有选。"),
        "out-of-range": _("请选 1 至 5。"),
        "unpinned": _("请指出证据所在的话轮。"),
        "no-such-turn": _("请填写本通话里的话轮编号，用逗号分开，最多 20 个。"),
        "too-long": _("评语最多 1000 字。"),
    }


def _taken() -> tuple[str, int]:
    return render_template("call_marking/taken.html"), 409


@page.post("/call-marking/tasks/<int:call_task_id>/submit")
@allow(Role.EXAMINER)
def submit(call_task_id: int) -> Reply:
    form, me = SheetForm(), who().person_id
    version = form.version.data if form.validate_on_submit() else 1
    try:
        service.submit(me, call_task_id, request.form, version, now())
    except NotForYou:
        abort(404)
    except TakenByAnother:
        return _taken()
    except SheetRejected as rejected:
        return _shown_again(call_task_id, version, 422, problems=rejected.problems)
    except DraftConflict as conflict:
        return _shown_again(call_task_id, conflict.theirs.version, 409, conflict=True)
    flash(_("已提交。"), "success")
    return redirect(url_for("call_marking.desk_page", call_task_id=call_task_id))


@page.get("/call-marking/tasks/<int:call_task_id>/submit")
@allow(Role.EXAMINER)
def back_to_desk(call_task_id: int) -> Response:
    """What a browser asks for that opens a refused sheet's address once more."""
    try:
        service.desk(who().person_id, call_task_id)
    except NotForYou:
        abort(404)
    except TakenByAnother:
        pass  # the desk says so
    return redirect(url_for("call_marking.desk_page", call_task_id=call_task_id))


def _shown_again(task_id: int, version: int, status: int, **how: Any) -> tuple[str, int]:
    """The desk with what was typed; where the call has meanwhile gone to another examiner, that is said instead."""
    try:
        desk = service.desk(who().person_id, task_id)
    except TakenByAnother:
        return _taken()
    return _render_desk(desk, request.form, version, **how), status


@page.post("/call-marking/tasks/<int:call_task_id>/draft")
@allow(Role.EXAMINER, json=True)
def save_draft(call_task_id: int) -> Response | tuple[Response, int]:
    """The desk's form as it stands; 422 with the fields that cannot be kept as they are."""
    form = SheetForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        draft = service.save_draft(who().person_id, call_task_id, request.form, form.version.data, now())
    except NotForYou:
        abort(404)
    except SheetRejected as rejected:
        words = _problem_words()
        return jsonify(problems={name: words[what] for name, what in rejected.problems.items()}), 422
    except DraftConflict:
        return jsonify(conflict="version"), 409
    except (TakenByAnother, AlreadySubmitted):
        return jsonify(conflict="taken"), 409
    return jsonify(version=draft.version, saved_at=show_time(draft.saved_at))


@page.post("/call-marking/tasks/<int:call_task_id>/lease")
@allow(Role.EXAMINER, json=True)
def renew_lease(call_task_id: int) -> Response | tuple[Response, int]:
    """The examiner reads: nothing to save, but the call stays theirs."""
    try:
        service.renew_lease(who().person_id, call_task_id, now())
    except NotForYou:
        abort(404)
    except (TakenByAnother, AlreadySubmitted):
        return jsonify(conflict="taken"), 409
    return jsonify(kept=True)


@page.post("/call-marking/tasks/<int:call_task_id>/give-back")
@allow(Role.EXAMINER)
def give_back(call_task_id: int) -> Response:
    try:
        service.give_back(who().person_id, call_task_id, now())
    except NotForYou:
        abort(404)
    flash(_("已放回队列，您的草稿保留。"), "success")
    return redirect(url_for("call_marking.queue_page"))


@page.get("/calls/<int:call_id>/replay")
@allow(Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER)
def replay_page(call_id: int) -> Response | str:
    """One's own call again: practice at once, certification once its result is released."""
    try:
        film = call_feedback.film(who().person_id, call_id)
    except NotYours:
        abort(404)
    except call_feedback.NotYet:
        return redirect(url_for("calls.room_page", call_id=call_id))
    return render_template("call_marking/replay.html", film=film, ui=language(), **margin_words(film.language))
