"""Appeals 申诉: raised by the candidate, looked at by an examiner who has not marked the paper."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from lms.domain.marking import LONGEST_COMMENT, MarksRejected
from lms.domain.people import Role
from lms.domain.plans import EXAM
from lms.domain.roleplay_plans import KIND as ROLEPLAY
from lms.services import appeal_marking, own_results
from lms.services import appeals as service
from lms.services.appeal_answers import stands, taken
from lms.services.appeal_marking import Contest
from lms.services.appeals import AppealRefused, NoSuchAppeal
from lms.services.attempts import NotYours
from lms.services.shown_answers import given_answer, right_answer
from lms.web import call_appeals, drill_appeals
from lms.web.access import allow, who
from lms.web.appeal_forms import AppealForm, Decision, DecisionForm, appeal_refusal, concluded
from lms.web.language import language
from lms.web.marking import sent_marks
from lms.web.moment import now
from lms.web.words import word

page = Blueprint("appeals", __name__)

Reply = Response | str | tuple[str, int]


def _appeal_form(attempt_id: int) -> tuple[own_results.OwnResult, AppealForm]:
    """The form for one's own released result; 404 for anybody else's, and where there is nothing to appeal."""
    try:
        result = own_results.own_result(who().person_id, attempt_id, language(), now())
    except NotYours:
        abort(404)
    if result.released is None:
        abort(404)
    form = AppealForm()
    questions = own_results.question_list(attempt_id)
    form.position.choices = [SelectChoice(0, _("整份成绩")), *(_question_choice(*one) for one in questions)]
    return result, form


def _question_choice(position: int, section: str, kind: str) -> SelectChoice:
    if kind == "task":
        return SelectChoice(position, _("第 %(position)s 道题", position=position))
    if kind == "call":
        return SelectChoice(position, _("第 %(position)s 通", position=position))
    names = {"position": position, "section": word("section", section), "kind": word("kind", kind)}
    return SelectChoice(position, _("第 %(position)s 题（%(section)s，%(kind)s）", **names))


@page.get("/results/<int:attempt_id>/appeal")
@allow(Role.NEW_HIRE)
def raise_page(attempt_id: int) -> Reply:
    result, form = _appeal_form(attempt_id)
    if result.appeal_until is None:
        return redirect(url_for("results.result_page", attempt_id=attempt_id))
    return render_template("appeals/raise.html", result=result, form=form)


@page.post("/results/<int:attempt_id>/appeal")
@allow(Role.NEW_HIRE)
def raise_appeal(attempt_id: int) -> Reply:
    result, form = _appeal_form(attempt_id)
    if not form.validate_on_submit():
        return render_template("appeals/raise.html", result=result, form=form), 422
    try:
        service.raise_appeal(who().person_id, attempt_id, form.position.data or None, form.reason.data, now())
    except NoSuchAppeal:
        abort(404)
    except AppealRefused as refused:
        flash(appeal_refusal(refused.problem), "warning")
        return redirect(url_for("results.result_page", attempt_id=attempt_id))
    flash(_("申诉已提出，答复会显示在本页。"), "success")
    return redirect(url_for("results.result_page", attempt_id=attempt_id))


@page.get("/appeals")
@allow(Role.EXAMINER)
def list_page() -> str:
    return render_template("appeals/list.html", rows=service.appeals_for(who().person_id))


@page.post("/appeals/<int:appeal_id>/take")
@allow(Role.EXAMINER)
def take(appeal_id: int) -> Response:
    try:
        service.take(who().person_id, appeal_id, now())
    except NoSuchAppeal:
        abort(404)
    except AppealRefused as refused:
        flash(appeal_refusal(refused.problem), "warning")
        calibrates_first = refused.problem == "not-calibrated"  # calls are marked by calibrated examiners
        return redirect(url_for("calibration.home_page" if calibrates_first else "appeals.list_page"))
    return redirect(url_for("appeals.contest_page", appeal_id=appeal_id))


@page.post("/appeals/<int:appeal_id>/put-back")
@allow(Role.EXAMINER)
def put_back(appeal_id: int) -> Response:
    try:
        service.put_back(who().person_id, appeal_id, now())
    except NoSuchAppeal:
        abort(404)
    except AppealRefused as refused:
        flash(appeal_refusal(refused.problem), "warning")
    return redirect(url_for("appeals.list_page"))


@page.get("/appeals/<int:appeal_id>")
@allow(Role.EXAMINER)
def contest_page(appeal_id: int) -> str:
    kind = _kind(appeal_id)
    if kind == ROLEPLAY:
        return call_appeals.contest_page(appeal_id)
    if kind != EXAM:
        return drill_appeals.contest_page(appeal_id)
    contest = _contest(appeal_id)
    return _render(contest, DecisionForm(formdata=None))


def _kind(appeal_id: int) -> str:
    """What an appeal that one has taken is about."""
    try:
        return taken(who().person_id, appeal_id).kind
    except NoSuchAppeal:
        abort(404)


def _contest(appeal_id: int) -> Contest:
    try:
        return appeal_marking.contest(who().person_id, appeal_id)
    except NoSuchAppeal:
        abort(404)


def _render(
    contest: Contest, form: DecisionForm, problems: dict[str, str] | None = None, *, conflict: bool = False
) -> str:
    return render_template(
        "appeals/contest.html",
        contest=contest,
        form=form.on(contest.appeal),
        conflict=conflict,
        ui=language(),
        problems=problems or {},
        sent=request.form,
        raised=appeal_marking.raised_shares(contest),
        given=given_answer,
        right=right_answer,
    )


@page.post("/appeals/<int:appeal_id>/marks")
@allow(Role.EXAMINER)
def mark_anew(appeal_id: int) -> Reply:
    """Marks come as ``<position>-<criterion>``, comments as ``comment-<position>``."""
    contest = _contest(appeal_id)
    positions = [one.shown.position for one in contest.to_mark]
    sent = {position: sent_marks(request.form, f"{position}-") for position in positions}
    comments = {position: request.form.get(f"comment-{position}", "")[:LONGEST_COMMENT] for position in positions}
    try:
        appeal_marking.mark_anew(who().person_id, appeal_id, sent, comments, now())
    except MarksRejected as rejected:
        return _render(contest, DecisionForm(formdata=None), rejected.problems), 422
    return redirect(url_for("appeals.contest_page", appeal_id=appeal_id))


@page.post("/appeals/<int:appeal_id>/decide")
@allow(Role.EXAMINER)
def decide(appeal_id: int) -> Reply:
    if _kind(appeal_id) == ROLEPLAY:
        return call_appeals.decide(appeal_id)
    form = DecisionForm()
    _contest(appeal_id)

    def put_through(uphold: bool, answer: str) -> int | None:
        return appeal_marking.decide(who().person_id, appeal_id, uphold=uphold, answer=answer, now=now())

    waits = _("新的评分须由另一位考官确认，确认后答复考生。")
    reply = concluded(form, appeal_id, Decision(put_through, stands, waits))
    if isinstance(reply, Response):
        return reply
    return _render(_contest(appeal_id), form, conflict=reply == 409), reply
