"""Deeds that take two persons: what waits for a second one, and what was decided."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from lms.domain.people import Role
from lms.domain.plans import EXAM
from lms.domain.proposals import DeedKind
from lms.domain.roleplay_plans import KIND as ROLEPLAY
from lms.services import (
    appeal_marking,
    bank,
    call_appeals,
    change_marks,
    decisions,
    drill_appeals,
    drill_changes,
    regrade,
)
from lms.services import proposals as service
from lms.services.appeal_answers import taken
from lms.services.appeals import NoSuchAppeal
from lms.services.proposals import NoSuchProposal, ProposalRefused, ProposalView
from lms.services.shown_answers import given_answer, right_answer
from lms.web.access import allow, who
from lms.web.language import language
from lms.web.moment import now
from lms.web.replay_words import LEDGER_WORDS
from lms.web.results import refusal_text

page = Blueprint("proposals", __name__, url_prefix="/proposals")

Reply = Response | tuple[str, int]


class RefusalForm(FlaskForm):  # type: ignore[misc]
    """Its length and that it is there are checked by the service, after whether there is anything left to refuse."""

    reason = TextAreaField(
        __("驳回理由"),
        description=__("驳回时必填；提出的人会看到，并记入审计记录。"),
        render_kw={"rows": 3},
    )


_REASON_WANTED = {"no-reason": __("请写明驳回理由。"), "long-reason": __("理由最多 2000 字。")}


@page.get("")
@allow(Role.TRAINER, Role.EXAMINER)
def list_page() -> str:
    waiting, decided = service.proposals(who())
    regrades = [one for one in (*waiting, *decided) if one.deed is DeedKind.REGRADE]
    versions = {one.id: regrade.read_correction(one.payload).version_id for one in regrades}
    named = bank.names_of(set(versions.values()))
    questions = {proposal_id: named[version_id] for proposal_id, version_id in versions.items()}
    return render_template("proposals/list.html", waiting=waiting, decided=decided, questions=questions)


@page.get("/<int:proposal_id>")
@allow(Role.TRAINER, Role.EXAMINER)
def detail_page(proposal_id: int) -> str:
    return _render(_proposal(proposal_id))


def _proposal(proposal_id: int) -> ProposalView:
    try:
        return service.proposal(who(), proposal_id)
    except NoSuchProposal:
        abort(404)


def _render(found: ProposalView, form: RefusalForm | None = None, conflict: str = "") -> str:
    shown = {"proposal": found, "form": form or RefusalForm(formdata=None), "conflict": conflict, "ui": language()}
    return render_template("proposals/detail.html", **shown, **_preview(found))


def _preview(found: ProposalView) -> dict[str, Any]:
    """What confirming would do now; for a decided one nothing is worked out."""
    nothing: dict[str, Any] = dict.fromkeys(("change", "contest", "dry_run", "version", "correction"))
    if found.deed is DeedKind.REGRADE:
        correction = regrade.read_correction(found.payload)
        version = regrade.used_version(correction.version_id)
        dry_run = regrade.dry_run(correction) if found.state == "open" else None
        return {**nothing, "correction": correction, "version": version, "dry_run": dry_run}
    if found.deed is DeedKind.CHANGE_MARK and found.state == "open" and found.attempt_id is not None:
        return {**nothing, "change": change_marks.preview(found.attempt_id, found.payload), **_evidence(found)}
    return nothing


def _evidence(found: ProposalView) -> dict[str, Any]:
    """What the new marks rest on, as their examiner sees it: the candidate's reason and answers, guide and sheets."""
    if "appeal" not in found.payload:
        return {}
    by, appeal_id = found.proposed_by, int(found.payload["appeal"])
    try:
        kind = taken(by, appeal_id).kind
        if kind == EXAM:
            contest = appeal_marking.contest(by, appeal_id)
            changed = change_marks.shares_in(found.payload)
            return {"contest": contest, "changed": changed, "given": given_answer, "right": right_answer}
        if kind == ROLEPLAY:
            return {"contest": call_appeals.contest(by, appeal_id)}
        strikes = drill_changes.strikes_in(found.payload)
        return {"contest": drill_appeals.contest(by, appeal_id, language()), "strikes": strikes, "words": LEDGER_WORDS}
    except NoSuchAppeal:  # its examiner has become somebody's trainer or leader since
        return {}


@page.post("/<int:proposal_id>/confirm")
@allow(Role.TRAINER, Role.EXAMINER)
def confirm(proposal_id: int) -> Reply:
    return _decide(proposal_id)


@page.post("/<int:proposal_id>/refuse")
@allow(Role.TRAINER, Role.EXAMINER)
def refuse(proposal_id: int) -> Reply:
    return _decide(proposal_id, RefusalForm())


def _decide(proposal_id: int, refusal: RefusalForm | None = None) -> Reply:
    try:
        if refusal is None:
            decisions.confirm(who(), proposal_id, now())
        else:
            decisions.refuse(who(), proposal_id, refusal.reason.data or "", now())
    except NoSuchProposal:
        abort(404)
    except ProposalRefused as refused:
        if refused.problem == "decided":
            return _decided_already(proposal_id, refusal)
        if refusal is not None and refused.problem in ("no-reason", "long-reason"):
            refusal.reason.errors = [_REASON_WANTED[refused.problem]]
            return _render(_proposal(proposal_id), refusal), 422
        flash(refusal_text(refused.problem), "error")
        return redirect(url_for("proposals.detail_page", proposal_id=proposal_id))
    flash(_("已确认，即刻生效。") if refusal is None else _("已驳回，什么都没有改变。"), "success")
    return redirect(url_for("proposals.list_page"))


def _decided_already(proposal_id: int, refusal: RefusalForm | None) -> Reply:
    """The same decision again leads to what was decided; another is a conflict that says who came first."""
    found = _proposal(proposal_id)
    own = found.decided_by == who().person_id
    if (found.state == "confirmed") != (refusal is None):
        return _render(found, refusal, _conflict(found, own)), 409
    same = _("已经处理过了，决定如下。") if own else _("%(name)s 已先作出同样的决定。", name=found.decider)
    flash(same, "info")
    return redirect(url_for("proposals.detail_page", proposal_id=proposal_id), 303)


def _conflict(found: ProposalView, own: bool) -> str:
    if found.state == "confirmed":
        return _("您已确认，不能再改。") if own else _("%(name)s 已先确认，您的“驳回”没有生效。", name=found.decider)
    return _("您已驳回，不能再改。") if own else _("%(name)s 已先驳回，您的“确认”没有生效。", name=found.decider)
