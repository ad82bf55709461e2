"""Role-play plans 模拟通话方案, for trainers: which scenarios, how many calls, who is the customer, what passes."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.domain.call_marks import HIGHEST
from lms.domain.people import Role
from lms.domain.roleplay_plans import CRITERIA, RolePlayPlan
from lms.services import blueprints as service
from lms.services import llm
from lms.services.roleplay_plans import offered_scenarios
from lms.web.access import allow, who
from lms.web.call_sittings import rules_of
from lms.web.language import language
from lms.web.moment import now
from lms.web.plan_saving import created, saved
from lms.web.roleplay_plan_forms import RolePlayPlanForm, plan_form, typed_plan

page = Blueprint("roleplay_plans", __name__, url_prefix="/calls/plans")

Page = str | tuple[str, int] | Response


def _form(plan: RolePlayPlan | None = None, base: int = 0) -> RolePlayPlanForm:
    offered = [(one.id, one.title.in_(language())) for one in offered_scenarios()]
    return plan_form(offered, plan, base, llm_is_on=llm.choice().enabled)


@page.route("/new", methods=["GET", "POST"])
@allow(Role.TRAINER)
def new() -> Page:
    form = _form()
    if request.method == "GET":
        return _show(form, None)
    plan = typed_plan(form)
    made = created(form, plan) if plan else None
    if made is None:
        return _show(form, None), 422
    flash(_("模拟通话方案已保存。"), "success")
    return redirect(url_for("roleplay_plans.plan_page", roleplay_id=made))


@page.route("/<int:roleplay_id>", methods=["GET", "POST"])
@allow(Role.TRAINER)
def plan_page(roleplay_id: int) -> Page:
    found = _found(roleplay_id)
    form = _form(found.roleplay, found.number)
    if request.method == "GET":
        return _show(form, found)
    form.code.data = found.plan.code  # a code is never changed
    plan = typed_plan(form)
    if plan is None:
        return _show(form, found), 422
    if newest := saved(form, roleplay_id, plan):
        return _show(form, newest, conflict=newest), 409
    return redirect(url_for("roleplay_plans.plan_page", roleplay_id=roleplay_id))


@page.post("/<int:roleplay_id>/use")
@allow(Role.TRAINER)
def use(roleplay_id: int) -> Response:
    """Take the plan out of use (``in_use=0``), or back."""
    _found(roleplay_id)
    in_use = request.form.get("in_use") == "1"
    service.set_retired(who().person_id, now(), roleplay_id, not in_use)
    flash(_("模拟通话方案已重新启用。") if in_use else _("模拟通话方案已停用，已建的考试场次不受影响。"), "success")
    return redirect(url_for("roleplay_plans.plan_page", roleplay_id=roleplay_id))


def _found(roleplay_id: int) -> service.BlueprintPage:
    try:
        found = service.blueprint_page(roleplay_id)
        _plan: RolePlayPlan = found.roleplay  # exams and drills have pages of their own
    except service.NoSuchBlueprint:
        abort(404)
    return found


def _show(
    form: RolePlayPlanForm, found: service.BlueprintPage | None, conflict: service.BlueprintPage | None = None
) -> str:
    return render_template(
        "roleplay_plans/plan.html",
        form=form,
        found=found,
        conflict=conflict,
        rules=rules_of(found.roleplay) if found else [],
        criteria=CRITERIA,
        most=HIGHEST * CRITERIA,
        shown_in=language(),
    )
