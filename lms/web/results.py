"""Results: a candidate's own, and the trainer's list of a sitting with release, voiding and export."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from lms.domain.attempts import AttemptState
from lms.domain.people import Role
from lms.domain.proposals import LONGEST_REASON, DeedKind
from lms.services import appeal_watch, own_results, proposals, release, results_export
from lms.services.attempts import NotYours
from lms.services.proposals import ProposalRefused
from lms.services.release import Candidate, NotYourSitting, SittingResults
from lms.services.results_list import Shown, listed
from lms.web.access import allow, who
from lms.web.drill_words import formula
from lms.web.language import language
from lms.web.moment import local, now
from lms.web.replay_words import LEDGER_WORDS
from lms.web.words import word

page = Blueprint("results", __name__)

Reply = Response | str | tuple[str, int]


@page.get("/results")
@allow(Role.NEW_HIRE)
def own_list() -> str:
    return render_template("results/own_list.html", rows=own_results.own_results(who().person_id))


@page.get("/results/<int:attempt_id>")
@allow(Role.NEW_HIRE)
def result_page(attempt_id: int) -> str:
    """Before release a page that says when it is due, and nothing of the mark."""
    try:
        result = own_results.own_result(who().person_id, attempt_id, language(), now())
    except NotYours:
        abort(404)
    if result.released is None:
        return render_template("results/waiting.html", result=result)
    if result.roleplay:
        return render_template("call_marking/result.html", result=result, ui=language())
    if (plan := result.released.plan) is not None:
        return render_template("results/drill_result.html", result=result, formula=formula(plan), **LEDGER_WORDS)
    return render_template("results/result.html", result=result)


@page.get("/sittings/results")
@allow(Role.TRAINER)
def release_list() -> str:
    return render_template("results/release_list.html", rows=release.sittings_to_release(who().person_id, now()))


@page.get("/sittings/<int:sitting_id>/results")
@allow(Role.TRAINER)
def sitting_results(sitting_id: int) -> str:
    """The list; ``show``, ``q`` and ``page`` narrow it."""
    results, looking = _results(sitting_id), _looking()
    shown = Shown(looking["show"]) if looking.get("show") in set(Shown) else Shown.ALL
    found = listed(results, shown, looking.get("q", ""), request.args.get("page", 1, type=int))

    def address(page: int | None = None, **changed: str | None) -> str:
        return url_for("results.sitting_results", **{**looking, "sitting_id": sitting_id, "page": page, **changed})

    return render_template(
        "results/sitting.html", results=results, found=found, states=AttemptState, words=_shown_words(),
        query=looking.get("q", ""), looking=looking, address=address,
        pending_appeals=appeal_watch.pending(who().person_id, now(), sitting_id),
    )  # fmt: skip


def _looking() -> dict[str, Any]:
    """How the list was narrowed when a button on it was pressed, to come back to the same place."""
    asked = {name: request.args.get(name, "").replace("\0", "")[:80] for name in ("show", "q", "page")}
    return {name: value for name, value in asked.items() if value}


def _shown_words() -> dict[Shown, str]:
    return {
        Shown.ALL: _("全部"),
        Shown.MARKING: _("评分中"),
        Shown.READY: _("待发布"),
        Shown.LATE: _("迟到待决定"),
        Shown.OVERDUE: _("已超期"),
        Shown.FAILED: _("未通过"),
        Shown.RELEASED: _("已发布"),
        Shown.VOID: _("作废"),
    }


def _results(sitting_id: int) -> SittingResults:
    try:
        return release.sitting_results(who().person_id, sitting_id, now())
    except NotYourSitting:
        abort(404)


@page.post("/sittings/<int:sitting_id>/results/release")
@allow(Role.TRAINER)
def release_results(sitting_id: int) -> Response:
    """Release those whose boxes are ticked (``attempt``), or with ``all`` everything that is ready."""
    late = _results(sitting_id).late
    chosen = None if "all" in request.form else request.form.getlist("attempt", type=int)
    count = release.release(who().person_id, sitting_id, chosen, now())
    held = [one for one in late if one.state is AttemptState.MARKED and (chosen is None or one.attempt_id in chosen)]
    if count:
        flash(ngettext("已发布 %(num)s 份成绩。", "已发布 %(num)s 份成绩。", count), "success")
    elif not held:
        flash(_("没有可发布的成绩。"), "warning")
    if held:
        flash(_held_text(held), "warning")
    return redirect(url_for("results.sitting_results", sitting_id=sitting_id, **_looking()))


def _held_text(held: Sequence[Candidate]) -> str:
    """Why somebody's result was not released with the others."""
    if len(held) == 1:
        return _("%(name)s有迟到作答待决定，成绩未发布。", name=held[0].name)
    return _("%(count)s 份有迟到作答待决定，未发布。", count=len(held))


class VoidForm(FlaskForm):  # type: ignore[misc]
    reason = TextAreaField(
        __("原因"),
        validators=[
            DataRequired(__("请写明原因。")),
            Length(max=LONGEST_REASON, message=__("原因最多 2000 字。")),
        ],
        render_kw={"rows": 4},
    )


@page.get("/sittings/<int:sitting_id>/results/<int:attempt_id>/void")
@allow(Role.TRAINER)
def void_page(sitting_id: int, attempt_id: int) -> str:
    return _render_void(sitting_id, attempt_id, VoidForm(formdata=None))


def _render_void(sitting_id: int, attempt_id: int, form: VoidForm) -> str:
    results, candidate = _candidate(sitting_id, attempt_id)
    if candidate.state is AttemptState.VOID:
        abort(404)
    return render_template("results/void.html", results=results, candidate=candidate, form=form)


def _candidate(sitting_id: int, attempt_id: int) -> tuple[SittingResults, Candidate]:
    results = _results(sitting_id)
    candidate = next((one for one in results.candidates if one.attempt_id == attempt_id), None)
    if candidate is None:
        abort(404)
    return results, candidate


@page.post("/sittings/<int:sitting_id>/results/<int:attempt_id>/void")
@allow(Role.TRAINER)
def propose_void(sitting_id: int, attempt_id: int) -> Reply:
    form = VoidForm()
    _results_of, candidate = _candidate(sitting_id, attempt_id)
    if candidate.state is AttemptState.VOID:  # the form of a page that was gone back to
        flash(_("这份作答已经作废。"), "info")
        return redirect(url_for("results.sitting_results", sitting_id=sitting_id), 303)
    if not form.validate_on_submit():
        return _render_void(sitting_id, attempt_id, form), 422
    voiding: dict[str, Any] = {"deed": DeedKind.VOID_ATTEMPT, "subject": f"attempt:{attempt_id}", "payload": {}}
    try:
        proposals.propose(who().person_id, now(), reason=form.reason.data, **voiding)
    except ProposalRefused as refused:
        again = proposals.made_again(who().person_id, reason=form.reason.data, **voiding)
        if again is not None:
            return proposed_already(again)
        form.reason.errors = [refusal_text(refused.problem)]
        return _render_void(sitting_id, attempt_id, form), 409 if refused.problem == "open-already" else 422
    flash(_("已提出作废，由另一人确认后生效。"), "success")
    return redirect(url_for("results.sitting_results", sitting_id=sitting_id))


def proposed_already(proposal_id: int) -> Response:
    """Where the button of a proposal leads that is pressed again."""
    flash(_("您已经提出，正在等待另一人决定。"), "info")
    return redirect(url_for("proposals.detail_page", proposal_id=proposal_id), 303)


def refusal_text(problem: str) -> str:
    """Why a proposal was refused, in words."""
    texts: dict[str, str] = {
        "no-reason": _("请写明原因。"),
        "long-reason": _("原因最多 2000 字。"),
        "open-already": _("同样的提议已在等待确认。"),
        "own": _("不能确认自己提出的事项，须由另一人决定。"),
        "not-now": _("作答的状态已变化，此事项不再适用。"),
    }
    return texts[problem]


@page.get("/sittings/<int:sitting_id>/results.<any(csv, xlsx):kind>")
@allow(Role.TRAINER)
def export(sitting_id: int, kind: str) -> Response:
    results = _results(sitting_id)
    body = results_export.export(
        results, kind, word, lambda moment: local(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
    )
    reply = make_response(body)
    reply.headers["Content-Type"] = results_export.TYPES[kind]
    reply.headers["Content-Disposition"] = f"attachment; filename=results-{sitting_id}.{kind}"
    return reply
