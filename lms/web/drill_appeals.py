"""The examiner's desk for an appeal against a drill: the ledger with its moments, errors to be struck, the answer."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms.domain.people import Role
from lms.services import drill_appeals as service
from lms.services.appeals import AppealRefused, NoSuchAppeal
from lms.services.drill_appeals import DrillContest
from lms.services.proposals import ProposalRefused
from lms.web.access import allow, who
from lms.web.appeal_forms import DecisionForm, appeal_refusal
from lms.web.drill_words import formula
from lms.web.language import language
from lms.web.moment import now
from lms.web.replay_words import LEDGER_WORDS, deed_word
from lms.web.results import refusal_text

page = Blueprint("drill_appeals", __name__)

Reply = Response | str | tuple[str, int]


def contest_page(appeal_id: int) -> str:
    contest = _contest(appeal_id)
    return _render(contest, DecisionForm(formdata=None, answer=contest.answer))


def _contest(appeal_id: int) -> DrillContest:
    try:
        return service.contest(who().person_id, appeal_id, language())
    except NoSuchAppeal:
        abort(404)


def _render(contest: DrillContest, form: FlaskForm) -> str:
    return render_template(
        "appeals/drill_contest.html",
        contest=contest,
        form=form,
        sent=request.form,
        formula=formula(contest.plan),
        deed_word=deed_word,
        **LEDGER_WORDS,
    )


@page.post("/appeals/<int:appeal_id>/strikes")
@allow(Role.EXAMINER)
def decide(appeal_id: int) -> Reply:
    """Errors to be struck come as ``strike-<run>`` with the error's key, their reasons as ``why-<run>-<key>``."""
    contest = _contest(appeal_id)
    form = DecisionForm()
    if not form.validate_on_submit():
        return _render(contest, form), 422
    strikes = {
        run.run_id: {
            key: request.form.get(f"why-{run.run_id}-{key}", "") for key in request.form.getlist(f"strike-{run.run_id}")
        }
        for run in contest.runs
    }
    uphold = form.verdict.data == "upheld"
    try:
        proposal = service.decide(
            who().person_id, appeal_id, uphold=uphold, strikes=strikes, answer=form.answer.data, now=now()
        )
    except AppealRefused as refused:
        form.answer.errors = [appeal_refusal(refused.problem)]
        return _render(contest, form), 422
    except ProposalRefused as refused:
        form.answer.errors = [refusal_text(refused.problem)]
        return _render(contest, form), 422
    if proposal is None:
        flash(_("已答复考生。"), "success")
    else:
        flash(_("撤销错误须由另一位考官确认，确认后答复考生。"), "success")
    return redirect(url_for("appeals.list_page"))
