"""The examiner's page for an appeal against role-plays; the calls themselves are marked on the desk of all calls."""

from flask import abort, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.services import call_appeals as service
from lms.services.appeal_answers import stands
from lms.services.appeals import NoSuchAppeal
from lms.services.call_appeals import CallContest
from lms.web.access import who
from lms.web.appeal_forms import Decision, DecisionForm, concluded
from lms.web.language import language
from lms.web.moment import now


def contest_page(appeal_id: int) -> str:
    contest = _contest(appeal_id)
    return _render(contest, DecisionForm(formdata=None))


def _contest(appeal_id: int) -> CallContest:
    try:
        return service.contest(who().person_id, appeal_id)
    except NoSuchAppeal:
        abort(404)


def _render(contest: CallContest, form: DecisionForm, *, conflict: bool = False) -> str:
    shown = {"contest": contest, "form": form.on(contest.appeal), "conflict": conflict, "ui": language()}
    return render_template("appeals/call_contest.html", **shown)


def decide(appeal_id: int) -> Response | tuple[str, int]:
    form = DecisionForm()
    _contest(appeal_id)

    def put_through(uphold: bool, answer: str) -> int | None:
        return service.decide(who().person_id, appeal_id, uphold=uphold, answer=answer, now=now())

    waits = _("新的评级须由另一位考官确认，确认后答复考生。")
    reply = concluded(form, appeal_id, Decision(put_through, stands, waits))
    if isinstance(reply, Response):
        return reply
    return _render(_contest(appeal_id), form, conflict=reply == 409), reply
