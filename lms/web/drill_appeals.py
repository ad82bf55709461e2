"""The examiner's desk for an appeal against a drill: the ledger with its moments, errors to be struck, the answer."""

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.domain.people import Role
from lms.services import drill_appeals as service
from lms.services.appeal_answers import AppealTaken
from lms.services.appeals import NoSuchAppeal
from lms.services.drill_appeals import DrillContest
from lms.web.access import allow, who
from lms.web.appeal_forms import Decision, DecisionForm, concluded
from lms.web.drill_words import formula
from lms.web.language import language
from lms.web.moment import now
from lms.web.replay_words import LEDGER_WORDS, deed_word

page = Blueprint("drill_appeals", __name__)

Reply = Response | str | tuple[str, int]


def contest_page(appeal_id: int) -> str:
    contest = _contest(appeal_id)
    return _render(contest, DecisionForm(formdata=None))


def _contest(appeal_id: int) -> DrillContest:
    try:
        return service.contest(who().person_id, appeal_id, language())
    except NoSuchAppeal:
        abort(404)


def _render(contest: DrillContest, form: DecisionForm, *, conflict: bool = False) -> str:
    return render_template(
        "appeals/drill_contest.html",
        contest=contest,
        form=form.on(contest.appeal),
        conflict=conflict,
        sent=request.form,
        strike_reasons="".join(f"\n{text}" for name, text in request.form.items() if name.startswith("why-") and text),
        formula=formula(contest.plan),
        deed_word=deed_word,
        **LEDGER_WORDS,
    )


@page.post("/appeals/<int:appeal_id>/strikes")
@allow(Role.EXAMINER)
def decide(appeal_id: int) -> Reply:
    """Errors to be struck come as ``strike-<run>`` with the error's key, their reasons as ``why-<run>-<key>``."""
    contest, form = _contest(appeal_id), DecisionForm()
    strikes = {
        run.run_id: {
            key: request.form.get(f"why-{run.run_id}-{key}", "") for key in request.form.getlist(f"strike-{run.run_id}")
        }
        for run in contest.runs
    }

    def put_through(uphold: bool, answer: str) -> int | None:
        return service.decide(who().person_id, appeal_id, uphold=uphold, strikes=strikes, answer=answer, now=now())

    def stands(appeal: AppealTaken, uphold: bool, answer: str) -> bool:
        return service.stands(appeal, uphold, strikes, answer)

    waits = _("撤销错误须由另一位考官确认，确认后答复考生。")
    reply = concluded(form, appeal_id, Decision(put_through, stands, waits))
    if isinstance(reply, Response):
        return reply
    return _render(_contest(appeal_id), form, conflict=reply == 409), reply
