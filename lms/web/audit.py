"""The audit trail, for the administrator: newest first, filtered, and whether its chain is whole."""

import json
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from lms.domain.people import Role
from lms.services import audit as service
from lms.services.audit import Verdict
from lms.web.access import allow
from lms.web.words import word

page = Blueprint("audit", __name__, url_prefix="/audit")
ROWS = 50


@page.get("")
@allow(Role.ADMINISTRATOR)
def audit_page() -> str:
    return _render(None)


@page.post("/verify")
@allow(Role.ADMINISTRATOR)
def verify() -> str:
    """A post, because walking the whole chain is work that nobody should cause by following a link."""
    return _render(service.verify())


def _render(verdict: Verdict | None) -> str:
    # no table holds a NUL, and PostgreSQL refuses to look for one
    given = (request.args.get(name, "").replace("\0", "") for name in ("action", "subject", "before"))
    action, subject, before = (text.strip()[:80] for text in given)
    at = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None
    rows = service.entries(action=action, subject=subject, before=at, limit=ROWS + 1)
    return render_template(
        "audit/audit.html", rows=rows[:ROWS], more=len(rows) > ROWS, names=service.subjects(rows), verdict=verdict,
        action=action, subject=subject, first=at is None, actions=service.actions(), said=said,
    )  # fmt: skip


CHANGED = ("name", "roles", "leader", "active")  # details of person.changed: [before, after]


def said(action: str, name: str, value: Any) -> str:
    """A detail of an entry on one line."""
    if action == "person.changed" and name in CHANGED and isinstance(value, list) and len(value) == 2:
        return " → ".join(_plain(side) for side in value)
    return _plain(value)


def _plain(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, list) and all(isinstance(each, str | int) for each in value):
        return str(_("、")).join(word("role", each) for each in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
