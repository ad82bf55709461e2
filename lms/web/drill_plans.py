"""Drill plans, for trainers: what a drill sitting is made from, every number a setting, saved version by version."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.domain.drills.plans import DrillKind, DrillPlan
from lms.domain.people import Role
from lms.services import blueprints as service
from lms.services.drill_plans import offered_templates
from lms.web.access import allow, who
from lms.web.drill_plan_forms import PlanForm, plan_form, typed_plan
from lms.web.drill_words import formula
from lms.web.language import language
from lms.web.moment import now
from lms.web.plan_saving import created, saved

page = Blueprint("drill_plans", __name__, url_prefix="/drills/plans")

Page = str | tuple[str, int] | Response


@page.route("/new/<any(lookup, workflow):drill>", methods=["GET", "POST"])
@allow(Role.TRAINER)
def new(drill: str) -> Page:
    kind = DrillKind(drill)
    form = plan_form(kind, offered_templates(kind, language()))
    if request.method == "GET":
        return _show(form, kind, None)
    plan = typed_plan(form, kind)
    made = created(form, plan) if plan else None
    if made is None:
        return _show(form, kind, None), 422
    flash(_("演练方案已保存。"), "success")
    return redirect(url_for("drill_plans.plan_page", plan_id=made))


@page.route("/<int:plan_id>", methods=["GET", "POST"])
@allow(Role.TRAINER)
def plan_page(plan_id: int) -> Page:
    found = _found(plan_id)
    kind = found.drill.kind
    form = plan_form(kind, offered_templates(kind, language()), found.drill, base=found.number)
    if request.method == "GET":
        return _show(form, kind, found)
    form.code.data = found.plan.code  # a code is never changed
    plan = typed_plan(form, kind)
    if plan is None:
        return _show(form, kind, found), 422
    if newest := saved(form, plan_id, plan):
        return _show(form, kind, newest, conflict=newest), 409
    return redirect(url_for("drill_plans.plan_page", plan_id=plan_id))


def _found(plan_id: int) -> service.BlueprintPage:
    try:
        found = service.blueprint_page(plan_id)
        _drill: DrillPlan = found.drill  # an exam's blueprint has a page of its own
    except service.NoSuchBlueprint:
        abort(404)
    return found


@page.post("/<int:plan_id>/use")
@allow(Role.TRAINER)
def use(plan_id: int) -> Response:
    """Take the plan out of use (``in_use=0``), or back."""
    _found(plan_id)
    in_use = request.form.get("in_use") == "1"
    service.set_retired(who().person_id, now(), plan_id, not in_use)
    flash(_("演练方案已重新启用。") if in_use else _("演练方案已停用，已建的考试场次不受影响。"), "success")
    return redirect(url_for("drill_plans.plan_page", plan_id=plan_id))


def _show(form: PlanForm, kind: DrillKind, found: service.BlueprintPage | None, conflict: Any = None) -> str:
    return render_template(
        "drill_plans/plan.html",
        form=form,
        kind=kind.value,
        found=found,
        conflict=conflict,
        formula=formula(found.drill) if found else [],
        shown_in=language(),
    )
