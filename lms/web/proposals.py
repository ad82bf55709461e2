"""Deeds that take two persons: what waits for a second one, and what was decided."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.domain.people import Role
from lms.domain.proposals import DeedKind
from lms.services import change_marks, decisions, regrade
from lms.services import proposals as service
from lms.services.proposals import NoSuchProposal, ProposalRefused, ProposalView
from lms.web.access import allow, who
from lms.web.language import language
from lms.web.moment import now
from lms.web.results import refusal_text

page = Blueprint("proposals", __name__, url_prefix="/proposals")


@page.get("")
@allow(Role.TRAINER, Role.EXAMINER)
def list_page() -> str:
    waiting, decided = service.proposals(who())
    return render_template("proposals/list.html", waiting=waiting, decided=decided)


@page.get("/<int:proposal_id>")
@allow(Role.TRAINER, Role.EXAMINER)
def detail_page(proposal_id: int) -> str:
    try:
        found = service.proposal(who(), proposal_id)
    except NoSuchProposal:
        abort(404)
    return render_template("proposals/detail.html", proposal=found, ui=language(), **_preview(found))


def _preview(found: ProposalView) -> dict[str, Any]:
    """What confirming would do now; for a decided one nothing is worked out."""
    nothing: dict[str, Any] = {"change": None, "dry_run": None, "version": None, "correction": None}
    if found.deed is DeedKind.REGRADE:
        correction = regrade.read_correction(found.payload)
        version = regrade.used_version(correction.version_id)
        dry_run = regrade.dry_run(correction) if found.state == "open" else None
        return {**nothing, "correction": correction, "version": version, "dry_run": dry_run}
    if found.deed is DeedKind.CHANGE_MARK and found.state == "open" and found.attempt_id is not None:
        return {**nothing, "change": change_marks.preview(found.attempt_id, found.payload)}
    return nothing


@page.post("/<int:proposal_id>/confirm")
@allow(Role.TRAINER, Role.EXAMINER)
def confirm(proposal_id: int) -> Response:
    return _decide(proposal_id, confirmed=True)


@page.post("/<int:proposal_id>/refuse")
@allow(Role.TRAINER, Role.EXAMINER)
def refuse(proposal_id: int) -> Response:
    return _decide(proposal_id, confirmed=False)


def _decide(proposal_id: int, *, confirmed: bool) -> Response:
    try:
        (decisions.confirm if confirmed else decisions.refuse)(who(), proposal_id, now())
    except NoSuchProposal:
        abort(404)
    except ProposalRefused as refused:
        flash(refusal_text(refused.problem), "error")
        return redirect(url_for("proposals.detail_page", proposal_id=proposal_id))
    flash(_("已确认，即刻生效。") if confirmed else _("已驳回，什么都没有改变。"), "success")
    return redirect(url_for("proposals.list_page"))
