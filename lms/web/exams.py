"""A candidate's pages: own exams, the start, the exam itself and what its page asks of the server."""

import json
from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length

from lms.domain.access_rules import Reason
from lms.domain.attempts import AttemptState
from lms.domain.frozen_paper import FrozenQuestion
from lms.domain.papers import CannotAssemble
from lms.domain.people import Role
from lms.domain.plans import EXAM
from lms.domain.questions import AnswerRejected
from lms.domain.roleplay_plans import KIND as ROLEPLAY
from lms.domain.values import Language
from lms.extensions import limiter
from lms.services import (
    attempts,
    call_attempts,
    drill_attempts,
    hand_in,
    my_exams,
    saves,
    signals,
    sitting_papers,
    sittings,
)
from lms.services.attempts import AttemptView, HeldElsewhere, MayNotContinue, NoLongerOpen, NotYours, Paused
from lms.services.crm_worlds import NotBuilt
from lms.services.late_work import NO_LATE_WORK, late_work
from lms.services.my_exams import MySitting
from lms.web import call_sittings, drill_sittings
from lms.web.access import allow, who
from lms.web.exam_words import page_words, refusal_text, time_limit
from lms.web.language import language
from lms.web.moment import now, show_time
from lms.web.words import word

page = Blueprint("exams", __name__)

PULSE_SECONDS = 15
PAUSED_PULSE_SECONDS = 2  # once the clock runs again, what passes before the page hears of it is lost to the candidate


class StartForm(FlaskForm):  # type: ignore[misc]
    language = RadioField(__("试卷语言"), validators=[InputRequired(__("请选择试卷语言。"))])
    code = StringField(
        __("考试口令"),
        validators=[Length(max=40)],
        description=__("由监考人员现场公布。"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


def _person_key() -> str:
    """Guesses at an access code count per person: a whole classroom may share one address."""
    return f"person:{who().person_id}"


@page.get("/exams")
@allow(Role.NEW_HIRE)
def exams_page() -> str:
    mine = my_exams.my_sittings(who(), now())
    return render_template("exams/exams.html", sittings=mine, refusal_text=refusal_text, time_limit=time_limit)


@page.get("/exams/<int:sitting_id>")
@allow(Role.NEW_HIRE)
def start_page(sitting_id: int) -> str:
    mine = _my_sitting(sitting_id)
    languages = sitting_papers.languages_of(sittings.get_sitting(sitting_id))
    return _start_page(mine, _start_form(mine.code_asked, languages))


@page.post("/exams/<int:sitting_id>/start")
@allow(Role.NEW_HIRE, during_attempt=True)
@limiter.limit("12 per minute", key_func=_person_key)
def start(sitting_id: int) -> Response | tuple[str, int]:
    already = who().open_attempt_id
    if already is not None:  # a double click, or a second tab: one start
        return redirect(url_for("exams.attempt_page", attempt_id=already))
    sitting = my_exams.sitting_for(who(), sitting_id)
    if sitting is None:
        abort(404)
    drill = drill_attempts.drill_plan(sitting) is not None
    calls = call_attempts.roleplay_plan(sitting) is not None
    form = _start_form(sitting.code_hash is not None, sitting_papers.languages_of(sitting))
    if not form.validate_on_submit():
        return _start_page(_my_sitting(sitting_id), form), 422
    code = (form.code.data or "").strip() or None
    refused = sittings.refusals_to_start(sitting, who().person_id, [str(role) for role in who().roles], now(), code)
    if refused:
        already = attempts.open_attempt(who().person_id)
        if already is not None:  # the other of two clicks was quicker, since the sign-in was read
            return redirect(url_for("exams.attempt_page", attempt_id=already))
        form.code.errors = [refusal_text(refused[0])]
        return _start_page(_my_sitting(sitting_id), form), 422
    starting = call_attempts.start if calls else drill_attempts.start if drill else attempts.start
    try:
        attempt_id = starting(who(), sitting_id, Language(form.language.data), now())
    except CannotAssemble:
        flash(_("题库暂时无法组成这份试卷，请联系培训师。"), "error")
        return _start_page(_my_sitting(sitting_id), form), 409
    except NotBuilt:
        flash(_("模拟客户系统正在准备，请一分钟后再试。"), "error")
        return _start_page(_my_sitting(sitting_id), form), 409
    except call_attempts.NoScript:
        flash(_("这场考试的情景还没有准备好，请联系培训师。"), "error")
        return _start_page(_my_sitting(sitting_id), form), 409
    except call_attempts.CallGoingOn:
        flash(_("您还有一通未结束的练习通话，请先结束它。"), "error")
        return _start_page(_my_sitting(sitting_id), form), 409
    return redirect(url_for("exams.attempt_page", attempt_id=attempt_id))


def _my_sitting(sitting_id: int) -> MySitting:
    mine = my_exams.my_sitting(who(), sitting_id, now())
    if mine is None:
        abort(404)
    return mine


def _start_form(code_asked: bool, languages: list[Language]) -> StartForm:
    form = StartForm()
    form.language.choices = [(choice.value, word("language", choice)) for choice in languages]
    if not form.language.data or form.language.data == "None":
        form.language.data = language().value if language() in languages else next(iter(languages), None)
    if not code_asked:
        del form.code
        form.code = _NoField()
    return form


class _NoField:
    """Stands where a sitting asks no code."""

    data = ""
    errors: list[str] = []


def _start_page(mine: MySitting, form: StartForm) -> str:
    if mine.kind != EXAM:
        form.language.label.text = _("通话语言") if mine.kind == ROLEPLAY else _("演练语言")
    return render_template(
        "exams/start.html", sitting=mine, form=form, refusal_text=refusal_text, code_missing=Reason.CODE_MISSING,
        time_limit=time_limit,
        formula=drill_sittings.formula_for(mine) or call_sittings.rules_for(mine),
    )  # fmt: skip


# --- the exam page ----------------------------------------------------------------------------------------------


def _view(attempt_id: int) -> AttemptView:
    try:
        return attempts.view(who(), attempt_id, now())
    except NotYours:
        abort(404)


@page.get("/attempts/<int:attempt_id>")
@allow(Role.NEW_HIRE, during_attempt=True)
def attempt_page(attempt_id: int) -> Response | str:
    if drill_attempts.is_drill(who(), attempt_id):
        return drill_sittings.attempt_page(attempt_id)
    if call_attempts.is_roleplay(who(), attempt_id):
        return call_sittings.attempt_page(attempt_id)
    view = _view(attempt_id)
    if view.state is not AttemptState.OPEN:
        return redirect(url_for("exams.done_page", attempt_id=attempt_id))
    if view.refusals:
        return render_template("exam/refused.html", view=view, reason=refusal_text(view.refusals[0]))
    if not view.left and not view.paused:
        return render_template("exam/over.html", view=view)
    if not view.held_here:
        return render_template("exam/takeover.html", view=view)
    forward = view.navigation == "forward"
    questions = [view.paper.question(view.place)] if forward else list(view.paper.questions)
    return render_template(
        "exam/attempt.html", view=view, questions=questions, forward=forward, setup=_setup(view, questions)
    )


def _setup(view: AttemptView, questions: Sequence[FrozenQuestion]) -> dict[str, object]:
    """What the page's script needs: addresses, words, and the answers saved so far of the questions shown."""
    shown = {question.position for question in questions}
    attempt_id = view.attempt_id
    return {
        "person": who().person_id,
        "attempt": attempt_id,
        "urls": {
            "answers": url_for("exams.answers", attempt_id=attempt_id),
            "hold": url_for("exams.hold", attempt_id=attempt_id),
            "pulse": url_for("exams.pulse", attempt_id=attempt_id),
        },
        "answers": {
            position: {"a": given.value, "f": given.flagged}
            for position, given in view.answers.items()
            if position in shown
        },
        "left_blank": [position for position in range(1, view.place) if view.is_blank(position)],
        "total_seconds": int(view.left.total_seconds()),
        "pulse_seconds": PULSE_SECONDS,
        "paused_pulse_seconds": PAUSED_PULSE_SECONDS,
        "words": page_words(),
    }


@page.post("/attempts/<int:attempt_id>/takeover")
@allow(Role.NEW_HIRE, during_attempt=True)
def takeover(attempt_id: int) -> Response:
    try:
        attempts.hold(who(), attempt_id, take_over=True, now=now())
    except NotYours:
        abort(404)
    except (NoLongerOpen, MayNotContinue):
        pass  # the page says so
    except HeldElsewhere:
        attempts.ask_for_unlock(who(), attempt_id, now())
        flash(_("已通知监考人员，请等待解锁后再试。"), "warning")
    return redirect(url_for("exams.attempt_page", attempt_id=attempt_id))


@page.post("/attempts/<int:attempt_id>/next")
@allow(Role.NEW_HIRE, during_attempt=True)
def next_question(attempt_id: int) -> Response:
    place = request.form.get("place", type=int)
    if place is None:
        abort(400)
    try:
        attempts.go_on(who(), attempt_id, place, now())
    except NotYours:
        abort(404)
    except (HeldElsewhere, Paused) as refused:
        _say_why(refused)
    return redirect(url_for("exams.attempt_page", attempt_id=attempt_id))


@page.post("/attempts/<int:attempt_id>/hand-in")
@allow(Role.NEW_HIRE, during_attempt=True)
def hand_in_attempt(attempt_id: int) -> Response:
    try:
        hand_in.hand_in_own(who(), attempt_id, now())
    except NotYours:
        abort(404)
    except (HeldElsewhere, Paused) as refused:
        _say_why(refused)
        return redirect(url_for("exams.attempt_page", attempt_id=attempt_id))
    return redirect(url_for("exams.done_page", attempt_id=attempt_id))


def _say_why(refused: HeldElsewhere | Paused) -> None:
    """The attempt's page follows, and offers the way on: a takeover, or to wait."""
    if isinstance(refused, Paused):
        flash(_("监考人员已暂停考试，刚才的操作没有生效。"), "warning")
    else:
        flash(_("考试正在另一台设备上进行，刚才的操作没有生效。"), "warning")


@page.get("/attempts/<int:attempt_id>/done")
@allow(Role.NEW_HIRE, during_attempt=True)
def done_page(attempt_id: int) -> Response | str:
    if drill_attempts.is_drill(who(), attempt_id):
        return drill_sittings.done_page(attempt_id)
    if call_attempts.is_roleplay(who(), attempt_id):
        return call_sittings.done_page(attempt_id)
    view = _view(attempt_id)
    if view.state is AttemptState.OPEN:
        return redirect(url_for("exams.attempt_page", attempt_id=attempt_id))
    answered = sum(given.value is not None for given in view.answers.values())
    late = late_work([attempt_id]).get(attempt_id, NO_LATE_WORK)
    return render_template("exam/done.html", view=view, answered=answered, late=late, person_id=who().person_id)


# --- what the exam page asks ------------------------------------------------------------------------------------


@page.post("/attempts/<int:attempt_id>/hold")
@allow(Role.NEW_HIRE, during_attempt=True, json=True)
def hold(attempt_id: int) -> Response | tuple[Response, int]:
    try:
        held = attempts.hold(who(), attempt_id, take_over=False, now=now())
    except NotYours:
        abort(404)
    except NoLongerOpen:
        return jsonify(error="closed"), 409
    except HeldElsewhere:
        return jsonify(error="held-elsewhere"), 409
    except MayNotContinue:
        abort(403)
    return jsonify(epoch=held.epoch, carries_from=held.carries_from, left_ms=_ms(held.left), paused=held.paused)


@page.post("/attempts/<int:attempt_id>/answers")
@allow(Role.NEW_HIRE, during_attempt=True, json=True)
def answers(attempt_id: int) -> Response | tuple[Response, int]:
    """200 counted · 202 kept apart as late · 409 not this device's any more, or paused · 422 not an answer."""
    body = _json_object()
    epoch = body.get("epoch")
    if type(epoch) is not int or not 0 <= epoch < 2**31:
        return jsonify(error=_("请求有误"), field="epoch"), 422
    try:
        saved = saves.save(who(), attempt_id, epoch, body.get("ops"), now())
    except NotYours:
        abort(404)
    except AnswerRejected as rejected:
        return jsonify(error=str(rejected)), 422
    except saves.OpReused as reused:
        return jsonify(error="this op id came before with another answer", op=str(reused)), 422
    status = {"counts": 200, "late": 202}.get(saved.standing, 409)
    return jsonify(
        standing=saved.standing,
        saved=saved.op_ids,
        saved_at=show_time(saved.saved_at),
        left_ms=_ms(saved.left),
        state=saved.state.value,
        paused=saved.paused,
    ), status


@page.post("/attempts/<int:attempt_id>/pulse")
@allow(Role.NEW_HIRE, during_attempt=True, json=True)
def pulse(attempt_id: int) -> Response | tuple[Response, int]:
    body = _json_object()
    epoch = body.get("epoch")
    try:
        beat = signals.pulse(who(), attempt_id, epoch if type(epoch) is int else -1, body.get("signals", []), now())
    except NotYours:
        abort(404)
    except signals.BadSignal as bad:
        return jsonify(error=str(bad)), 422
    return jsonify(left_ms=_ms(beat.left), state=beat.state.value, paused=beat.paused, held=beat.held)


def _json_object() -> dict[str, object]:
    try:
        body = json.loads(request.get_data(cache=False) or b"null")
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(body, dict):
        abort(400)
    return body


def _ms(left: timedelta) -> int:
    return int(left.total_seconds() * 1000)
