"""A candidate's drill attempt: what awaits, the way to its tasks, what stands in the way, and its end."""

from flask import abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.domain.attempts import AttemptState
from lms.services import drill_attempts, extra_time
from lms.services.attempts import NotYours
from lms.services.drill_attempts import DrillAttempt
from lms.services.my_exams import MySitting
from lms.services.sittings import get_sitting
from lms.web.access import who
from lms.web.drill_words import formula
from lms.web.exam_words import refusal_text
from lms.web.moment import now


def formula_for(mine: MySitting) -> list[str]:
    """The rules of a drill's sitting with the person's own times; nothing for an exam."""
    plan = drill_attempts.drill_plan(get_sitting(mine.sitting_id))
    return formula(plan, extra_time.factor_of(mine.sitting_id, who().person_id)) if plan else []


def _view(attempt_id: int) -> DrillAttempt:
    try:
        return drill_attempts.view(who(), attempt_id, now())
    except NotYours:
        abort(404)


def attempt_page(attempt_id: int) -> Response | str:
    """On to the tasks, unless something stands in the way."""
    view = _view(attempt_id)
    if view.state is not AttemptState.OPEN:
        return redirect(url_for("exams.done_page", attempt_id=attempt_id))
    if view.refusals:
        return render_template("exam/refused.html", view=view, reason=refusal_text(view.refusals[0]))
    over = not view.left and not view.paused
    if not view.held_here and not over:
        return render_template("exam/takeover.html", view=view)
    if over or view.run_id is None:
        return render_template("drill_sittings/over.html", view=view)
    return redirect(url_for("drill_desk.run_page", run_id=view.run_id))


def done_page(attempt_id: int) -> Response | str:
    view = _view(attempt_id)
    if view.state is AttemptState.OPEN:
        return redirect(url_for("exams.attempt_page", attempt_id=attempt_id))
    if view.state is AttemptState.VOID:
        return redirect(url_for("results.result_page", attempt_id=attempt_id))
    return render_template("drill_sittings/done.html", view=view)
