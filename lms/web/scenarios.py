"""Writing scenarios 情景: the list, the script as a graph, its text with every problem at its line, its versions."""

from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from lms.domain.bank_states import Move
from lms.domain.people import Role
from lms.domain.scenarios import Scenario
from lms.domain.scenarios.graph import graph
from lms.services import scenario_authoring as service
from lms.services import scenario_pages
from lms.services.scenario_pages import ScenarioPage, Version
from lms.services.scenarios import NoSuchScenario
from lms.web import scenario_words
from lms.web.access import allow, who
from lms.web.bank import MoveForm
from lms.web.language import language
from lms.web.moment import now
from lms.web.problem_words import problems, said
from lms.web.scenario_graph import NODE, drawn
from lms.web.scenario_rehearsal import MOST_LINES, RehearsalRefused, rehearsal

page = Blueprint("scenarios", __name__, url_prefix="/scenarios")

Page = str | tuple[str, int] | Response


@page.get("")
@allow(Role.TRAINER)
def list_page() -> str:
    return render_template("scenarios/list.html", rows=scenario_pages.listed(), language=language())


def _page(scenario_id: int) -> ScenarioPage:
    try:
        return scenario_pages.scenario_page(scenario_id)
    except NoSuchScenario:
        abort(404)


def _script(found: ScenarioPage, number: int) -> Scenario:
    try:
        return scenario_pages.script(found, number)
    except NoSuchScenario:
        abort(404)


@page.get("/<int:scenario_id>")
@allow(Role.TRAINER)
def scenario(scenario_id: int) -> str:
    """The newest version, or ``?version=``."""
    found = _page(scenario_id)
    number = request.args.get("version", found.newest.number, type=int)
    script = _script(found, number)
    shown = next(version for version in found.versions if version.number == number)
    laid_out = graph(script)
    return render_template(
        "scenarios/scenario.html",
        found=found,
        shown=shown,
        script=script,
        graph=laid_out,
        drawing=drawn(laid_out, lambda reasons: scenario_words.label(reasons, script)),
        node_size=NODE,
        failed=[(flaw.place[1], said(flaw.what)) for flaw in scenario_pages.own_tests_failed(shown.id)],
        said=scenario_words,
        language=language(),
        move_form=MoveForm(formdata=None, base=found.newest.number),
        mine=who().person_id in found.authors_to_review,
        most_lines=MOST_LINES,
    )


class TextForm(FlaskForm):  # type: ignore[misc]
    """The script as its file, on top of the version that the person saw."""

    base = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    text = TextAreaField(__("脚本文本"))


@page.route("/<int:scenario_id>/edit", methods=["GET", "POST"])
@allow(Role.TRAINER)
def edit(scenario_id: int) -> Page:
    found = _page(scenario_id)
    form = TextForm()
    if request.method == "GET":
        form.base.data, form.text.data = found.newest.number, scenario_pages.text_of(found, found.newest.number)
        return _editor(found, form)
    typed = form.text.data or ""
    try:
        number = service.save(who().person_id, now(), scenario_id, form.base.data or 0, typed)
    except service.Unsound as unsound:
        return _editor(found, form, problems=problems(unsound.problems)), 422
    except service.Stale as stale:
        return _conflict(form, scenario_id, stale.newest), 409
    except service.NotNow:
        flash(_("未保存：情景已停用，请先重新打开。"), "warning")
        return _editor(found, form), 422
    except service.Unchanged:
        flash(_("没有改动，未产生新版本。"), "warning")
    else:
        flash(_("已保存为第 %(number)s 版草稿。提交复核并通过后启用。", number=number), "success")
    return _back(scenario_id)


def _editor(found: ScenarioPage, form: TextForm, **more: Any) -> str:
    shown = {"problems": (), "conflict": None, "theirs": (), "newest_text": "", **more}
    newest_is_mine = found.newest.author_id == who().person_id
    return render_template(
        "scenarios/edit.html", found=found, form=form, words=scenario_words.editor_words(),
        newest_is_mine=newest_is_mine, kept=request.method == "POST", **shown,
    )  # fmt: skip


def _conflict(form: TextForm, scenario_id: int, newest: Version) -> str:
    """Somebody else saved meanwhile: the typed text stays, what they changed and their whole text stand above it."""
    found = _page(scenario_id)
    seen = form.base.data or 0
    theirs = scenario_pages.differences(found, seen, newest.number) if 0 < seen < newest.number else ()
    form.base.data = newest.number
    form.base.raw_data = None
    whole = scenario_pages.text_of(found, newest.number)
    return _editor(found, form, conflict=newest, theirs=theirs, newest_text=whole)


@page.post("/<int:scenario_id>/check")
@allow(Role.TRAINER, json=True)
def check(scenario_id: int) -> Response | tuple[Response, int]:
    """The problems of a text as it stands: ``{"text"}`` → ``{"sound", "problems"}``; nothing is saved."""
    found = _page(scenario_id)
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("text"), str):
        return jsonify(error=_("请求格式不对。")), 400
    checked = service.check(found.code, sent["text"])
    return jsonify(sound=checked.script is not None, problems=problems(checked.problems))


@page.post("/<int:scenario_id>/move")
@allow(Role.TRAINER)
def move(scenario_id: int) -> Response:
    form = MoveForm()
    if not form.validate_on_submit():
        unknown = _("未执行：没有这样的操作，请在本页上重试。")
        flash(_("未执行：意见最多 2000 个字符。") if form.comment.errors else unknown, "error")
        return _back(scenario_id)
    wanted = Move(form.move.data)
    comment = (form.comment.data or "").strip()
    if wanted in (Move.RETURN, Move.RETIRE) and not comment:
        flash(_("请写明原因，让作者和同事看得懂。"), "error")
        return _back(scenario_id)
    try:
        service.move(who().person_id, now(), scenario_id, form.base.data, wanted, comment)
    except NoSuchScenario:
        abort(404)
    except service.Stale as stale:
        flash(_("未执行：%(name)s 刚刚保存了第 %(number)s 版，请先看过新版。",
                name=stale.newest.author or _("文件载入"), number=stale.newest.number), "warning")  # fmt: skip
    except service.NotNow:
        flash(_("未执行：情景的状态已经改变。"), "warning")
    except service.OwnWork:
        flash(_("未执行：复核人不能是本次修改的作者，请另一位培训师复核。"), "error")
    else:
        flash(_done(wanted), "success")
    return _back(scenario_id)


def _back(scenario_id: int) -> Response:
    return redirect(url_for("scenarios.scenario", scenario_id=scenario_id))


def _done(move: Move) -> str:
    return {
        Move.SUBMIT: _("已提交复核。"),
        Move.APPROVE: _("已通过复核，新的通话从此用这一版；已开始的通话不受影响。"),
        Move.RETURN: _("已退回作者修改。"),
        Move.RETIRE: _("情景已停用，不能再开始新的通话；已开始的通话不受影响。"),
        Move.REOPEN: _("已重新打开，启用的版本可以再次使用。"),
    }[move]


@page.get("/<int:scenario_id>/versions/<int:number>")
@allow(Role.TRAINER)
def version(scenario_id: int, number: int) -> str:
    """One version's text, and what changed in it: against the one before, or against ``?against=``."""
    found = _page(scenario_id)
    shown = next((one for one in found.versions if one.number == number), None)
    if shown is None:
        abort(404)
    against = request.args.get("against", number - 1, type=int)
    if against and against not in {one.number for one in found.versions}:
        abort(404)
    rows = scenario_pages.differences(found, against, number) if against else ()
    return render_template(
        "scenarios/version.html", found=found, shown=shown, against=against, rows=rows,
        text=scenario_pages.text_of(found, number),
    )  # fmt: skip


@page.post("/<int:scenario_id>/rehearse")
@allow(Role.TRAINER, json=True)
def rehearse(scenario_id: int) -> Response | tuple[Response, int]:
    """All lines of a rehearsal played anew: nothing is kept between two requests."""
    found = _page(scenario_id)
    try:
        return jsonify(rehearsal(lambda number: _script(found, number), request.get_json(silent=True)))
    except RehearsalRefused as refused:
        return jsonify(error=str(refused)), 400
