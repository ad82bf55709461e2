"""The drill console 坐席工作台: one timed task of one's own, from its ready card to what became of it."""

import json
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.domain.people import Role
from lms.services import run_lessons, runs
from lms.services.run_journal import ENDED, READY, Refusal
from lms.services.runs import ActionRefused, BadAction, NotYours, OpReused, RunView
from lms.web.access import allow, who
from lms.web.desk_words import (
    bad_action_text,
    error_word,
    page_words,
    proof_words,
    query_text,
    refusal_text,
    stage_words,
    worded,
)
from lms.web.drill_words import formula
from lms.web.moment import now
from lms.web.replay_words import desk_field

page = Blueprint("drill_desk", __name__)

LARGEST_BODY = 64 * 1024


@page.get("/drills/runs/<int:run_id>")
@allow(Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER, during_attempt=True)
def run_page(run_id: int) -> Response | str | tuple[str, int]:
    view = _view(run_id)
    if view.refusal is Refusal.CLOSED_BOOK:  # of what practice taught, too
        flash(refusal_text(view.refusal), "warning")
        return redirect(url_for("exams.attempt_page", attempt_id=who().open_attempt_id))
    if view.run.state == ENDED:
        return _after(view)
    if view.refusal in (Refusal.ATTEMPT_OVER, Refusal.HELD_ELSEWHERE):
        return redirect(url_for("exams.attempt_page", attempt_id=view.drill_set.attempt_id))
    if view.run.state == READY and view.next_id != run_id:
        return redirect(url_for("drill_desk.run_page", run_id=view.next_id))
    return render_template(
        "drills/desk.html", view=view, setup=_setup(view), stages=stage_words(),
        formula=formula(view.plan, view.drill_set.factor),
    )  # fmt: skip


def _view(run_id: int) -> RunView:
    try:
        return runs.view(who(), run_id, now())
    except NotYours:
        abort(404)


def _after(view: RunView) -> Response | str:
    """Practice explains itself; certification goes on, and says nothing."""
    if view.practice:
        lessons = run_lessons.lessons_of(view)
        return render_template(
            "drills/lesson.html", view=view, lessons=lessons, error_word=error_word, desk_field=desk_field,
            stages=stage_words(),
        )  # fmt: skip
    flash(_("第 %(number)s 题已提交。", number=view.run.position), "success")
    if view.next_id is not None:
        return redirect(url_for("drill_desk.run_page", run_id=view.next_id))
    return redirect(url_for("exams.attempt_page", attempt_id=view.drill_set.attempt_id))


def _setup(view: RunView) -> dict[str, Any]:
    """What the page's script needs. Before the clock runs the desk is empty, its cue unsaid."""
    run_id = view.run.id
    return {
        "person": who().person_id,
        "run": run_id,
        "kind": view.drill_set.kind,
        "verifies": view.drill_set.kind == "workflow",
        "pins": view.drill_set.kind == "workflow",
        "url": url_for("drill_desk.act", run_id=run_id),
        "state": view.run.state,
        "left_ms": view.left_ms,
        "limit_ms": _ms(view.limit),
        "within_ms": _ms(view.within),
        "paused": view.paused,
        "single_keys": who().digit_keys,
        "desk": worded(runs.desk_of(view)),
        "words": page_words(),
        "proofs": proof_words(),
    }


def _ms(span: timedelta) -> int:
    return int(span / timedelta(milliseconds=1))


@page.get("/drills/sets/<int:set_id>")
@allow(Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER)
def set_page(set_id: int) -> Response | str:
    try:
        found = runs.set_view(who(), set_id, now())
    except NotYours:
        abort(404)
    if not found.practice:  # its result comes with the sitting's release
        return redirect(url_for("results.own_list"))
    return render_template("drills/set.html", found=found)


@page.post("/drills/runs/<int:run_id>/act")
@allow(Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER, during_attempt=True, json=True)
def act(run_id: int) -> Response | tuple[Response, int]:
    """200 taken (again or for the first time) · 403 closed book · 409 not now · 422 not an action."""
    try:
        op = runs.read_op(_body())
        reply = runs.act(who(), run_id, op, now())
    except NotYours:
        abort(404)
    except BadAction as bad:
        error = query_text(bad.query) if bad.query else bad_action_text(bad.field)
        return jsonify(error=error, field=bad.field), 422
    except OpReused:
        return jsonify(error=_("同一操作编号已用于另一操作。"), field="op"), 422
    except ActionRefused as refused:
        status = 403 if refused.reason is Refusal.CLOSED_BOOK else 409
        return jsonify(error=refusal_text(refused.reason), reason=refused.reason.value), status
    return jsonify(seq=reply.seq, state=reply.state, left_ms=reply.left_ms, shown=worded(reply.shown))


def _body() -> object:
    raw = request.get_data(cache=False)
    if len(raw) > LARGEST_BODY:
        abort(413)
    try:
        return json.loads(raw or b"null")
    except (ValueError, RecursionError):
        abort(400)
