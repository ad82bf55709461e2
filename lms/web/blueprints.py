"""Blueprints: the grid of sections and picks against the bank, pass rules, a sample paper."""

from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.domain.papers import CannotAssemble
from lms.domain.people import Role
from lms.domain.plans import EXAM
from lms.domain.roleplay_plans import RolePlayPlan
from lms.domain.values import Language
from lms.services import bank_search
from lms.services import blueprints as service
from lms.services.blueprints import Fill
from lms.services.sitting_papers import live_stock
from lms.web.access import allow, who
from lms.web.bank_forms import faults
from lms.web.blueprint_forms import BlueprintForm, blueprint_form, countable, plan_of
from lms.web.language import language
from lms.web.moment import now
from lms.web.plan_saving import created, saved
from lms.web.words import word

page = Blueprint("blueprints", __name__, url_prefix="/blueprints")

Page = str | tuple[str, int] | Response
LARGEST_SEED = 2**31


def _topics() -> list[tuple[str, str, str]]:
    return [(topic.section, topic.code, topic.in_(language())) for topic in bank_search.topics()]


def _found(blueprint_id: int) -> service.BlueprintPage:
    try:
        return service.blueprint_page(blueprint_id)
    except service.NoSuchBlueprint:
        abort(404)


@page.get("")
@allow(Role.TRAINER)
def blueprint_list() -> str:
    pages = service.blueprint_pages()
    exams = [one for one in pages if one.kind == EXAM and not one.retired]
    stock = live_stock()
    short = {one.id: sum(bool(cell.missing) for cell in service.fill(one.exam, stock)) for one in exams}
    return render_template("blueprints/list.html", pages=pages, short=short, shown_in=language())


@page.route("/new", methods=["GET", "POST"])
@allow(Role.TRAINER)
def new() -> Page:
    form = blueprint_form(_topics())
    if request.method == "GET":
        return _show(form, None)
    plan = plan_of(form)
    made = created(form, plan) if plan else None
    if made is None:
        return _show(form, None), 422
    flash(_("蓝图已保存。"), "success")
    return redirect(url_for("blueprints.blueprint", blueprint_id=made))


@page.route("/<int:blueprint_id>", methods=["GET", "POST"])
@allow(Role.TRAINER)
def blueprint(blueprint_id: int) -> Page:
    found = _found(blueprint_id)
    if isinstance(found.plan, RolePlayPlan):
        return redirect(url_for("roleplay_plans.plan_page", roleplay_id=blueprint_id))
    if found.kind != EXAM:
        return redirect(url_for("drill_plans.plan_page", plan_id=blueprint_id))
    form = blueprint_form(_topics(), found.exam, base=found.number)
    if request.method == "GET":
        return _show(form, found)
    form.code.data = found.plan.code  # a code is never changed
    plan = plan_of(form)
    if plan is None:
        return _show(form, found), 422
    if newest := saved(form, blueprint_id, plan):
        return _show(form, newest, conflict=newest), 409
    return redirect(url_for("blueprints.blueprint", blueprint_id=blueprint_id))


@page.post("/<int:blueprint_id>/use")
@allow(Role.TRAINER)
def use(blueprint_id: int) -> Response:
    """Take the blueprint out of use (``in_use=0``), or back."""
    in_use = request.form.get("in_use") == "1"
    try:
        service.set_retired(who().person_id, now(), blueprint_id, not in_use)
    except service.NoSuchBlueprint:
        abort(404)
    flash(_("蓝图已重新启用。") if in_use else _("蓝图已停用，已建的考试场次不受影响。"), "success")
    return redirect(url_for("blueprints.blueprint", blueprint_id=blueprint_id))


def _show(form: BlueprintForm, found: service.BlueprintPage | None, conflict: Any = None) -> str:
    return render_template(
        "blueprints/blueprint.html",
        form=form,
        found=found,
        conflict=conflict,
        faults=faults(form),
        fills=_fills(form),
        shown_in=language(),
    )


def _fills(form: BlueprintForm) -> dict[str, dict[str, Any]]:
    """A pick's field name → what is said beside it; picks that are not whole yet are left out."""
    counted = countable(form)
    if counted is None:
        return {}
    plan, names = counted
    return {name: _said(fill) for name, fill in zip(names, service.fill(plan), strict=True)}


def _said(fill: Fill) -> dict[str, Any]:
    lines = []
    for one in Language:
        has = _("%(language)s %(has)s / %(need)s", language=word("language", one), has=fill.has[one], need=fill.need)
        if one in fill.impossible:
            lines.append(_("%(has)s，差 %(missing)s 题，无法组卷", has=has, missing=fill.missing[one]))
        elif one in fill.missing:
            lines.append(_("%(has)s，差 %(missing)s 题", has=has, missing=fill.missing[one]))
        else:
            lines.append(has)
    return {"lines": lines, "short": bool(fill.missing)}


@page.post("/fill")
@allow(Role.TRAINER)
def fill() -> Response:
    """The form as it stands, against the bank: what is said beside every pick."""
    return jsonify(fills=_fills(blueprint_form(_topics())))


@page.get("/<int:blueprint_id>/sample")
@allow(Role.TRAINER)
def sample(blueprint_id: int) -> str:
    """One paper as a candidate would see it, for ``?seed=`` and ``?in=``."""
    found = _found(blueprint_id)
    if found.kind != EXAM:
        abort(404)
    seed = min(max(request.args.get("seed", 1, type=int), 0), LARGEST_SEED)
    wanted = request.args.get("in", "")
    drawn_in = Language(wanted) if wanted in set(Language) else language()
    try:
        paper, problem = service.sample_paper(found.exam, drawn_in, seed), ""
    except CannotAssemble as error:
        paper, problem = None, str(error)
    return render_template(
        "blueprints/sample.html", found=found, paper=paper, problem=problem, seed=seed, drawn_in=drawn_in.value,
        shown_in=language(),
    )  # fmt: skip
