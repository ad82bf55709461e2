"""The examiner's page for an appeal against role-plays; the calls themselves are marked on the desk of all calls."""

from flask import abort, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.services import call_appeals as service
from lms.services.appeals import NoSuchAppeal
from lms.services.call_appeals import CallContest
from lms.web.access import who
from lms.web.appeal_forms import DecisionForm, concluded
from lms.web.language import language
from lms.web.moment import now


def contest_page(appeal_id: int) -> str:
    contest = _contest(appeal_id)
    return _render(contest, DecisionForm(formdata=None, answer=contest.appeal.answer))


def _contest(appeal_id: int) -> CallContest:
    try:
        return service.contest(who().person_id, appeal_id)
    except NoSuchAppeal:
        abort(404)


def _render(contest: CallContest, form: DecisionForm) -> str:
    return render_template("appeals/call_contest.html", contest=contest, form=form, ui=language())


def decide(appeal_id: int) -> Response | tuple[str, int]:
    contest, form = _contest(appeal_id), DecisionForm()

    def put_through(uphold: bool, answer: str) -> int | None:
        return service.decide(who().person_id, appeal_id, uphold=uphold, answer=answer, now=now())

    reply = concluded(form, put_through, _("新的评级须由另一位考官确认，确认后答复考生。"))
    return reply or (_render(contest, form), 422)
