"""Statistics 试题分析: what a sitting measured, how each question did, and what to do about it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint, abort, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.domain.frozen_paper import FrozenQuestion, freeze_question
from lms.domain.people import Role
from lms.domain.statistics import Flag
from lms.domain.values import Language
from lms.services import bank_search
from lms.services import statistics as service
from lms.services import statistics_export as export
from lms.services.item_statistics import ItemReport, NoSuchItem, item_report
from lms.services.mark_tables import Scope, mark_table
from lms.services.sittings import NoSuchSitting
from lms.services.statistics import ENOUGH, ItemLine, SittingHead
from lms.web.access import allow
from lms.web.bank import topic_titles
from lms.web.charts import bars, scatter
from lms.web.language import language
from lms.web.statistics_words import figures_in_words, flag_word, tone_of
from lms.web.words import word

page = Blueprint("statistics", __name__)

SITTING = "/sittings/<int(max=2147483647):sitting_id>/statistics"
FILE = "<any(items, marks):what>.<any(csv, xlsx):kind>"

# What a table of items may be sorted by; a leading minus turns the order around.
SORTS = {
    "code": lambda line: line.item.code,
    "n": lambda line: line.figures.n,
    "facility": lambda line: line.figures.facility,
    "discrimination": lambda line: line.figures.discrimination_index,
    "efficiency": lambda line: line.figures.discriminative_efficiency,
    "intended": lambda line: line.figures.intended_weight,
    "effective": lambda line: line.figures.effective_weight,
}
GRAVEST_FIRST = list(Flag)
PER_PAGE = 50
EVERY = "all"


@page.get("/statistics")
@allow(Role.TRAINER)
def overview_page() -> str:
    number = max(1, request.args.get("page", 1, type=int))
    attempts = EVERY if _every_attempt() else None
    lines, pages = service.overview(number, every_attempt=_every_attempt())
    return render_template("statistics/overview.html", lines=lines, page=number, pages=pages, attempts=attempts)


@page.get(SITTING)
@allow(Role.TRAINER)
def sitting_page(sitting_id: int) -> str:
    return _report_page(_of_sitting(sitting_id), _head(sitting_id))


@page.get("/statistics/questions")
@allow(Role.TRAINER)
def questions_page() -> str:
    return _report_page(_chosen_scope(), None)


@page.get(f"{SITTING}/<code>")
@allow(Role.TRAINER)
def sitting_item_page(sitting_id: int, code: str) -> str:
    return _item_page(code, _of_sitting(sitting_id), _head(sitting_id))


@page.get("/statistics/questions/<code>")
@allow(Role.TRAINER)
def item_page(code: str) -> str:
    return _item_page(code, _chosen_scope(), None)


@page.get(f"{SITTING}/{FILE}")
@allow(Role.TRAINER)
def sitting_file(sitting_id: int, what: str, kind: str) -> Response:
    head = _head(sitting_id)
    return _file(_of_sitting(head.id), what, kind, f"sitting-{head.id}")


@page.get(f"/statistics/questions/{FILE}")
@allow(Role.TRAINER)
def questions_file(what: str, kind: str) -> Response:
    return _file(_chosen_scope(), what, kind, "questions")


def _head(sitting_id: int) -> SittingHead:
    try:
        return service.sitting_head(sitting_id)
    except NoSuchSitting:
        abort(404)


def _every_attempt() -> bool:
    """Whether ``?attempts=`` asks for all of whoever sat more than once; by default their first ones count."""
    return request.args.get("attempts") == EVERY


def _of_sitting(sitting_id: int) -> Scope:
    return Scope((sitting_id,), every_attempt=_every_attempt())


def _chosen_scope() -> Scope:
    """All papers, or those of the blueprint that ``?blueprint=`` names."""
    wanted = request.args.get("blueprint", type=int)
    known = {id_ for id_, _code in service.blueprints_sat()}
    return Scope(blueprint_id=wanted if wanted in known else None, every_attempt=_every_attempt())


def _report_page(scope: Scope, head: SittingHead | None) -> str:
    found = service.report(scope)
    flagged = request.args.get("flagged") == "1"
    number = max(1, request.args.get("page", 1, type=int))
    sort = request.args.get("sort", "")
    lines = in_order([line for line in found.lines if not flagged or needs_a_look(line)], sort)
    shown = lines[(number - 1) * PER_PAGE : number * PER_PAGE]
    return render_template(
        "statistics/report.html",
        report=found,
        head=head,
        scope=scope,
        blueprints=service.blueprints_sat(),
        figures=figures_in_words(found),
        totals=bars(found.outcomes.totals),
        map=scatter(found.lines),
        lines=shown,
        stems=bank_search.stems([line.item.code for line in shown], language()),
        page=number,
        pages=-(-len(lines) // PER_PAGE),
        enough=ENOUGH,
        tone_of=tone_of,
        flag_word=flag_word,
        worrying=sum(map(needs_a_look, found.lines)),
        flagged=flagged,
        sort=sort,
        address=Addresses(head, scope),
    )


def needs_a_look(line: ItemLine) -> bool:
    """Whether some flag says more of the question than that few people had it."""
    return any(tone_of(flag) != "quiet" for flag in line.figures.flags)


def in_order(lines: Sequence[ItemLine], sort: str) -> list[ItemLine]:
    """By the column ``sort`` (``-``: falling), figures that do not exist last; else the gravest flags first."""
    figure = SORTS.get(sort.removeprefix("-"))
    if figure is None:
        return sorted(lines, key=_gravity)
    there = [line for line in lines if figure(line) is not None]
    missing = [line for line in lines if figure(line) is None]
    return sorted(there, key=figure, reverse=sort.startswith("-")) + missing


def _gravity(line: ItemLine) -> tuple[bool, list[int]]:
    return not needs_a_look(line), [GRAVEST_FIRST.index(flag) for flag in line.figures.flags] or [len(Flag)]


class Addresses:
    """Where a page's links lead: the same page sorted or filtered otherwise, its files, its questions.

    The scope goes along: the sitting or blueprint, and which attempts count.
    """

    def __init__(self, head: SittingHead | None, scope: Scope) -> None:
        self.room = "sitting" if head else "questions"
        self.scope: dict[str, Any] = {"attempts": EVERY if scope.every_attempt else None}
        self.scope |= {"sitting_id": head.id} if head else {"blueprint": scope.blueprint_id}

    def here(self, **chosen: str | int | None) -> str:
        return url_for(f"statistics.{self.room}_page", **{**self.scope, **chosen})

    def item(self, code: str, **chosen: str | None) -> str:
        page = "sitting_item_page" if self.room == "sitting" else "item_page"
        return url_for(f"statistics.{page}", code=code, **{**self.scope, **chosen})

    def file(self, what: str, kind: str) -> str:
        return url_for(f"statistics.{self.room}_file", what=what, kind=kind, **self.scope)


def _item_page(code: str, scope: Scope, head: SittingHead | None) -> str:
    try:
        found = item_report(code, scope)
    except NoSuchItem:
        abort(404)
    spoken = language() if language() in found.languages else found.languages[0]
    return render_template(
        "statistics/item.html",
        report=found,
        head=head,
        q=as_seen(found, spoken),
        spoken=spoken,
        line=found.line,
        scope=scope,
        tone_of=tone_of,
        flag_word=flag_word,
        address=Addresses(head, scope),
    )


def as_seen(report: ItemReport, spoken: Language) -> FrozenQuestion:
    """The question as it stands on a paper, its options in the order in which they were authored."""
    parts = (*report.face.get("options", ()), *report.face.get("steps", ()))
    order = [part["id"] for part in parts]
    return freeze_question(1, report.points, order, report.version_id, report.face, spoken)


def _file(scope: Scope, what: str, kind: str, name: str) -> Response:
    table = mark_table(scope)
    words = export.Words(word, partial(flag_word, "item_flag"), topic_titles())
    rows = export.mark_rows(table) if what == "marks" else export.item_rows(service.item_lines(table), words)
    sheet = _("答题得分") if what == "marks" else _("试题分析")
    reply = make_response(export.file_of(rows, kind, sheet))
    reply.headers["Content-Type"] = export.TYPES[kind]
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}-{what}.{kind}"'
    return reply
