"""Calibration 校准: an examiner marks benchmark calls before marking live; how alike all examiners mark."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from lms.domain.agreement import GATE_EXACT, WhyNot
from lms.domain.calibration import Standing
from lms.domain.call_sheets import SheetRejected
from lms.domain.hidden_benchmarks import TOLD_FROM
from lms.domain.people import Role
from lms.services import calibration as service
from lms.services import calibration_report, hidden_benchmarks
from lms.services.calibration import NotInGate
from lms.web.access import allow, who
from lms.web.language import language
from lms.web.moment import now

page = Blueprint("calibration", __name__, url_prefix="/calibration")


@page.get("")
@allow(Role.EXAMINER)
def home_page() -> str:
    own = service.calibration(who().person_id, language())
    hidden = hidden_benchmarks.agreement_so_far(who().person_id)
    return render_template("calibration/home.html", own=own, hidden=hidden, needed=100 * GATE_EXACT)


class LevelsForm(FlaskForm):  # type: ignore[misc]
    """Levels come as ``level-<criterion>``, one for each of the rubric's, failures seen as ``critical-<failure>``."""


@page.get("/calls/<int:benchmark_id>")
@allow(Role.EXAMINER)
def desk_page(benchmark_id: int) -> Response | str:
    """The call to be marked; one that is marked already leads back to the list."""
    try:
        return _render_desk(benchmark_id, {}, {})
    except NotInGate:
        return _back_to_the_list(benchmark_id)


def _back_to_the_list(benchmark_id: int) -> Response:
    own = service.calibration(who().person_id, language())
    if benchmark_id not in {call.id for call in (*own.calls, *own.judged)}:
        abort(404)
    return redirect(url_for("calibration.home_page"))


def _render_desk(benchmark_id: int, sent: dict[str, str], problems: dict[str, str]) -> str:
    desk = service.desk(who().person_id, benchmark_id)
    return render_template(
        "calibration/desk.html",
        desk=desk,
        sent=sent,
        problems=problems,
        ui=language(),
        form=LevelsForm(formdata=None),
        digit_keys=who().digit_keys,
    )


@page.post("/calls/<int:benchmark_id>")
@allow(Role.EXAMINER)
def submit(benchmark_id: int) -> Response | tuple[str, int]:
    sent = {name: text for name, text in request.form.items() if name.startswith(("level-", "critical-"))}
    if not LevelsForm().validate_on_submit():
        abort(400)
    try:
        standing = service.submit(who().person_id, benchmark_id, sent, now())
    except NotInGate:
        return _back_to_the_list(benchmark_id)
    except SheetRejected as rejected:
        return _render_desk(benchmark_id, sent, rejected.problems), 422
    return _onward(standing)


def _onward(standing: Standing) -> Response:
    following = service.calibration(who().person_id, language()).next_id
    if standing is Standing.UNFINISHED and following is not None:
        flash(_("已提交，请评下一通。"), "success")
        return redirect(url_for("calibration.desk_page", benchmark_id=following))
    return redirect(url_for("calibration.home_page"))


@page.get("/results/<int:benchmark_id>")
@allow(Role.EXAMINER)
def comparison_page(benchmark_id: int) -> str:
    try:
        compared = service.comparison(who().person_id, benchmark_id, language())
    except NotInGate:
        abort(404)
    return render_template("calibration/comparison.html", compared=compared, ui=language())


@page.get("/report")
@allow(Role.TRAINER, Role.ADMINISTRATOR)
def report_page() -> str:
    report = calibration_report.report(language(), who().person_id)
    return render_template(
        "calibration/report.html", report=report, standings=_standings(), why_not=_why_not(), told_from=TOLD_FROM
    )


def _standings() -> dict[Standing, tuple[str, str]]:
    """Standing → (its word, a badge's tone)."""
    return {
        Standing.UNASKED: (_("无须校准"), "quiet"),
        Standing.UNFINISHED: (_("未完成"), "soon"),
        Standing.FAILED: (_("未通过"), "bad"),
        Standing.PASSED: (_("已通过"), "good"),
    }


def _why_not() -> dict[WhyNot, Any]:
    return {
        WhyNot.FEW: _("无法计算：不足两个分数"),
        WhyNot.ALL_EQUAL: _("无法计算：所有分数都相同"),
    }
