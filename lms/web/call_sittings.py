"""A candidate's role-play attempt: what awaits, the way from call to call, what stands in the way, and its end."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.domain.attempts import AttemptState
from lms.domain.call_marks import HIGHEST
from lms.domain.people import Role
from lms.domain.roleplay_plans import CRITERIA, Customer, RolePlayPlan
from lms.services import call_attempts
from lms.services.attempts import NotYours
from lms.services.call_attempts import CallAttempt, CallGoingOn, NoScript, NotNow
from lms.services.my_exams import MySitting
from lms.services.sittings import get_sitting
from lms.web.access import allow, who
from lms.web.exam_words import refusal_text
from lms.web.moment import now

page = Blueprint("call_sittings", __name__)


def rules_for(mine: MySitting) -> list[str]:
    """How a role-play's sitting is judged; nothing for an exam or a drill."""
    plan = call_attempts.roleplay_plan(get_sitting(mine.sitting_id))
    return rules_of(plan) if plan else []


def rules_of(plan: RolePlayPlan) -> list[str]:
    """The plan in sentences."""
    customers = {
        Customer.SCRIPTED: _("客户由脚本扮演。"),
        Customer.EXAMINER: _("客户由考官扮演；等考官接入时停表，不占考试时间。"),
        Customer.LLM: _("您的客户可能是 AI（大模型），成绩会注明。"),
    }
    rules = plan.passing
    return [
        customers[plan.customer],
        _(
            "每通由考官按 %(criteria)s 个维度评 1–5 级；其中一部分，以及接近及格线的，由两位考官分别评。",
            criteria=CRITERIA,
        ),
        _(
            "一通合格：没有关键失误，合规维度不低于 %(strict)s 级，其他维度不低于 %(each)s 级，"
            "合计不低于 %(total)s / %(most)s。",
            strict=rules.strict_at_least, each=rules.each, total=rules.total, most=HIGHEST * CRITERIA,
        ),
        _("%(count)s 通全部合格才算通过；没有接听的通话不得分。", count=plan.count),
    ]  # fmt: skip


def _view(attempt_id: int) -> CallAttempt:
    try:
        return call_attempts.view(who(), attempt_id, now())
    except NotYours:
        abort(404)


def attempt_page(attempt_id: int) -> Response | str:
    """On to the call that is going on; between calls, a page from which the next one rings."""
    view = _view(attempt_id)
    if view.state is not AttemptState.OPEN:
        return redirect(url_for("exams.done_page", attempt_id=attempt_id))
    if view.refusals:
        return render_template("exam/refused.html", view=view, reason=refusal_text(view.refusals[0]))
    if not view.held_here:
        return render_template("exam/takeover.html", view=view)
    if view.call_id is not None and view.left and not view.paused:
        return redirect(url_for("calls.room_page", call_id=view.call_id))
    return render_template("call_marking/between.html", view=view)


def done_page(attempt_id: int) -> Response | str:
    view = _view(attempt_id)
    if view.state is AttemptState.OPEN:
        return redirect(url_for("exams.attempt_page", attempt_id=attempt_id))
    if view.state is AttemptState.VOID:
        return redirect(url_for("results.result_page", attempt_id=attempt_id))
    return render_template("call_marking/handed_in.html", view=view)


@page.post("/attempts/<int:attempt_id>/next-call")
@allow(Role.NEW_HIRE, during_attempt=True)
def next_call(attempt_id: int) -> Response:
    """Let the next call ring; pressed twice, it is the same call."""
    try:
        call_id = call_attempts.next_call(who(), attempt_id, now())
    except NotYours:
        abort(404)
    except (NotNow, NoScript, CallGoingOn):
        flash(_("现在不能开始下一通。"), "warning")
        return redirect(url_for("exams.attempt_page", attempt_id=attempt_id))
    return redirect(url_for("calls.room_page", call_id=call_id))
