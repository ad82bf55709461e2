"""Drills in figures 演练分析: which templates, skills and fields go wrong, how long they take, and the runs behind."""

from typing import Any, Literal

from flask import Blueprint, abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from lms.domain.drills.plans import DrillKind
from lms.domain.drills.run_figures import ENOUGH
from lms.domain.people import Role
from lms.services import drill_statistics as service
from lms.services.drill_practice import pool
from lms.services.drill_samples import NoSuchTemplate, specimen
from lms.services.drill_statistics import Mode, Scope
from lms.services.drill_titles import field_title, skill_title, template_title
from lms.web.access import allow, who
from lms.web.desk_words import error_word, proof_words
from lms.web.language import language
from lms.web.replay_words import desk_field

page = Blueprint("drill_statistics", __name__)

MODES: tuple[Mode, ...] = ("practice", "certification")
LARGEST_SEED = 2**48
MOST_PAGES = 10_000


@page.get("/drills/statistics")
@allow(Role.TRAINER)
def overview_page() -> str:
    scope = _scope()
    report = service.report(scope)
    tried = {one.name for one in report.templates}
    untried = [code for code in pool(scope.kind) if code not in tried]
    return render_template("drills/statistics.html", report=report, untried=untried, **_common(scope))


@page.get("/drills/statistics/runs")
@allow(Role.TRAINER)
def runs_page() -> str:
    scope, field = _scope(), request.args.get("field") or None
    number = min(MOST_PAGES, max(1, request.args.get("page", 1, type=int)))
    lines, pages = service.runs_behind(who().person_id, scope, field, number)
    return render_template(
        "drills/runs_behind.html", lines=lines, pages=pages, page=number, field=field, **_common(scope)
    )


@page.get("/drills/statistics/<any(templates, fields):what>.csv")
@allow(Role.TRAINER)
def file(what: Literal["templates", "fields"]) -> Response:
    reply = make_response(service.csv_file(service.report(_scope()), what))
    reply.headers["Content-Type"] = "text/csv; charset=utf-8"
    reply.headers["Content-Disposition"] = f'attachment; filename="drills-{what}.csv"'
    return reply


@page.get("/drills/templates/<template>")
@allow(Role.TRAINER)
def template_page(template: str) -> str:
    seed = min(LARGEST_SEED, max(0, request.args.get("seed", 1, type=int)))
    try:
        found = specimen(template, seed)
    except NoSuchTemplate:
        abort(404)
    reports = {mode: service.report(Scope(mode=mode, kind=found.template.kind, template=template)) for mode in MODES}
    return render_template(
        "drills/template.html",
        found=found,
        seed=seed,
        reports=reports,
        **_common(Scope(kind=found.template.kind, template=template)),
    )


def _scope() -> Scope:
    """What the address asks for; what it names and is not there is left out."""
    mode: Mode = "certification" if request.args.get("mode") == "certification" else "practice"
    kind = request.args.get("kind", "")
    cohort = request.args.get("cohort", type=int)
    known = {id_ for id_, _name in service.cohorts()}
    template = request.args.get("template", "")
    return Scope(
        mode=mode,
        kind=DrillKind(kind) if kind in set(DrillKind) else DrillKind.LOOKUP,
        cohort_id=cohort if cohort in known else None,
        template=template if template.isprintable() and template else None,  # no database stores a NUL
    )


def _common(scope: Scope) -> dict[str, object]:
    return {
        "scope": scope,
        "modes": MODES,
        "kinds": list(DrillKind),
        "cohorts": service.cohorts(),
        "enough": ENOUGH,
        "address": Addresses(scope),
        "template_title": lambda code: template_title(code, language()),
        "skill_title": lambda code: skill_title(code, language()),
        "field_title": lambda code: field_title(code, language()) or desk_field(code),
        "error_word": error_word,
        "proof_words": proof_words(),
    }


class Addresses:
    """Where a page's links lead, the scope kept."""

    def __init__(self, scope: Scope) -> None:
        self.kept: dict[str, Any] = {"mode": scope.mode, "kind": scope.kind.value, "cohort": scope.cohort_id}

    def overview(self, **changed: Any) -> str:
        return url_for("drill_statistics.overview_page", **{**self.kept, **changed})

    def runs(self, **more: Any) -> str:
        return url_for("drill_statistics.runs_page", **{**self.kept, **more})

    def file(self, what: str) -> str:
        return url_for("drill_statistics.file", what=what, **self.kept)
