"""Writing a question: the form with the candidate's own rendering beside it, its history, who has seen it."""

from contextlib import suppress
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from lms.domain import bank_differences
from lms.domain.bank_differences import Change
from lms.domain.bank_states import State
from lms.domain.frozen_paper import FrozenQuestion, freeze_question
from lms.domain.people import Role
from lms.domain.questions import Kind
from lms.domain.values import Language
from lms.services import bank as service
from lms.services import bank_search
from lms.web.access import allow, who
from lms.web.bank import MoveForm, page
from lms.web.bank_errors import content_of
from lms.web.bank_forms import Plain, QuestionForm, faults, pair, typed_form
from lms.web.language import language
from lms.web.moment import now
from lms.web.words import word

Page = str | tuple[str, int] | Response


def _kind(name: str) -> Kind:
    if name not in set(Kind):
        abort(404)
    return Kind(name)


def _places() -> list[SelectChoice]:
    """Topics by section."""
    return [
        SelectChoice(f"{topic.section}/{topic.code}", topic.in_(language()), optgroup=word("section", topic.section))
        for topic in bank_search.topics()
    ]


@page.route("/new/<kind>", methods=["GET", "POST"])
@allow(Role.TRAINER)
def new(kind: str) -> Page:
    form = typed_form(_kind(kind), _places())
    if request.method == "GET":
        first = form.place.choices[0].value.rpartition("/")[2] if form.place.choices else ""
        form.code.data = service.next_codes().get(first, "")
        return _show(form, None)
    content = content_of(form)
    with suppress(service.CodeTaken, service.UnknownEnemies, service.ForeignPrefix):
        if content is not None:
            made = service.create(who().person_id, now(), content, _note(form))
            flash(_("试题已保存为草稿。写好后请提交复核。"), "success")
            return redirect(url_for("bank.question", question_id=made))
    _compare_codes(form, own=None)
    return _show(form, None), 422


@page.route("/<int:question_id>", methods=["GET", "POST"])
@allow(Role.TRAINER)
def question(question_id: int) -> Page:
    try:
        found = service.question_page(question_id)
    except service.NoSuchQuestion:
        abort(404)
    content = found.newest.content
    form = typed_form(content.kind, _places(), content, base=found.newest.number)
    if request.method == "GET":
        return _show(form, found)
    form.code.data = found.code  # a code is never changed
    typed = content_of(form)
    if typed is None:
        _compare_codes(form, own=found.code)
        return _show(form, found), 422
    try:
        number = service.save(who().person_id, now(), question_id, form.base.data or 0, typed, _note(form))
    except service.Unchanged:
        flash(_("没有改动，未产生新版本。"), "warning")
    except service.UnknownEnemies:
        _compare_codes(form, own=found.code)
        return _show(form, found), 422
    except service.Stale as stale:
        return _conflict(form, question_id, stale.newest), 409
    else:
        flash(_("已保存为第 %(number)s 版草稿。提交复核并通过后启用。", number=number), "success")
    return redirect(url_for("bank.question", question_id=question_id))


def _conflict(form: QuestionForm, question_id: int, newest: service.Version) -> str:
    """Somebody else saved meanwhile: the typed text stays, what they changed is shown beside it."""
    seen = form.base.data or 0
    theirs = service.changes(question_id, seen, newest.number) if 0 < seen < newest.number else []
    form.base.data = newest.number
    form.base.raw_data = None
    return _show(form, service.question_page(question_id), conflict=newest, theirs=theirs)


def _note(form: QuestionForm) -> str:
    return (form.note.data or "").strip()[:300]


def _compare_codes(form: QuestionForm, own: str | None) -> None:
    """Says at their fields which codes the bank has already or has not, whatever else is wrong; ``own`` may stand."""
    typed = form.plain()
    if not form.code.errors and typed["code"] != own and not service.unknown_codes([typed["code"]]):
        form.code.errors = [_("题号已被使用，题号不能重复使用。")]
    if not form.code.errors and own is None and typed["topic"]:
        form.code.errors = _prefix_faults(typed["topic"], typed["code"])
    named = [code for code in typed["enemies"] if code != typed["code"]]
    if not form.enemies.errors and (unknown := service.unknown_codes(named)):
        form.enemies.errors = [_("题库里没有：%(codes)s。", codes=", ".join(unknown))]


def _prefix_faults(topic: str, code: str) -> list[str]:
    try:
        service.check_prefix(topic, code)
    except service.ForeignPrefix as foreign:
        if foreign.offered:
            return [_("题号的前缀要与主题的其他试题一致，例如 %(code)s。", code=foreign.offered)]
        return [_("这个前缀已属于另一个主题，请换一个前缀。")]
    return []


def _show(
    form: QuestionForm,
    found: service.QuestionPage | None,
    conflict: service.Version | None = None,
    theirs: Any = (),
) -> str:
    seen, papers = service.seen_by(found.id) if found else ((), 0)
    shown = form.plain()
    return render_template(
        "bank/question.html",
        form=form,
        kind=form.KIND.value,
        found=found,
        faults=faults(form),
        conflict=conflict,
        theirs=theirs,
        label=label_of,
        move_form=MoveForm(formdata=None, base=found.newest.number) if found else None,
        alike=_alike(form, found.id) if found and found.state is State.REVIEW else (),
        mine=found is not None and who().person_id in found.authors_to_review,
        versions=service.versions(found.id) if found else (),
        named_by=service.named_as_enemy_by(found.code) if found else (),
        seen=seen,
        papers=papers,
        q=rendering(shown, _preview_language(shown)),
        preview_language=_preview_language(shown).value,
        codes={} if found else service.next_codes(),
    )


def _preview_language(plain: Plain) -> Language:
    wanted = request.form.get("preview_language", "")
    if wanted in set(Language):
        return Language(wanted)
    return language() if language().value in plain["stem"] or not plain["stem"] else Language(next(iter(plain["stem"])))


def rendering(plain: Plain, shown: Language) -> FrozenQuestion:
    """What was typed so far as a candidate would see it; the same value and partials as on a paper."""
    parts = [part for part in (*plain.get("options", ()), *plain.get("steps", ())) if part["text"]]
    criteria = [
        {"name": line["name"], "points": line["points"] or "–"} for line in plain.get("guide", ()) if line["name"]
    ]
    face = {**plain, "guide": criteria, "section": plain["section"] or "business"}
    order = [part["id"] for part in parts][:8]
    return freeze_question(1, 2, order, 0, face, shown)


@page.post("/preview/<kind>")
@allow(Role.TRAINER)
def preview(kind: str) -> Response:
    """The candidate's rendering of the form as it stands, whole or not."""
    plain = typed_form(_kind(kind), ()).plain()
    shown = rendering(plain, _preview_language(plain))
    return jsonify(html=render_template("exam/question.html", q=shown))


@page.post("/alike/<kind>")
@allow(Role.TRAINER)
def alike(kind: str) -> Response:
    """Questions near to the form as it stands."""
    return jsonify(alike=_alike(typed_form(_kind(kind), ()), request.args.get("but", type=int)))


def _alike(form: QuestionForm, but_id: int | None) -> list[dict[str, str]]:
    """What the bank has near to the form's texts, save the question itself."""
    rows = [row for _number, row in form.kept()] if form.ROWS in ("options", "steps") else []
    stems = {Language(name): text for name, text in form.pair("stem").items()}
    options = {one: [text for row in rows if (text := pair(row, "text").get(one.value))] for one in Language}
    return [
        {
            "address": url_for("bank.question", question_id=one.id),
            "code": one.code,
            "title": one.title,
            "why": _("仅数字不同") if one.numbers_only else _("相似度 %(likeness)s%%", likeness=one.likeness),
        }
        for one in bank_search.alike(stems, options, but_id)
    ]


@page.get("/<int:question_id>/versions/<int:number>")
@allow(Role.TRAINER)
def version(question_id: int, number: int) -> str:
    """One version, and what changed in it: against the one before, or against ``?against=``."""
    try:
        found = service.question_page(question_id)
        all_versions = service.versions(question_id)
        shown = next((one for one in all_versions if one.number == number), None)
        against = request.args.get("against", number - 1, type=int)
        changes = service.changes(question_id, against, number) if against else []
    except service.NoSuchQuestion:
        abort(404)
    if shown is None:
        abort(404)
    form = typed_form(shown.content.kind, _places(), shown.content)
    plain = form.plain()
    return render_template(
        "bank/version.html",
        found=found,
        shown=shown,
        against=against,
        changes=changes,
        whole=bank_differences.whole(shown.content),
        versions=all_versions,
        label=label_of,
        q=rendering(plain, _preview_language(plain)),
    )


def label_of(change: Change) -> str:
    """A changed field as an author calls it: ``options.B.why`` → 选项 B 的解析."""
    parts = change.field.split(".")
    if len(parts) == 3:
        named = {
            ("options", "text"): _("选项 %(id)s", id=parts[1]),
            ("options", "why"): _("选项 %(id)s 的解析", id=parts[1]),
            ("steps", "text"): _("步骤 %(id)s", id=parts[1]),
            ("guide", "name"): _("维度 %(id)s", id=parts[1]),
            ("guide", "points"): _("维度 %(id)s 的分值", id=parts[1]),
            ("guide", "look_for"): _("维度 %(id)s 的评分要点", id=parts[1]),
        }
        return named.get((parts[0], parts[2]), change.field)
    named_alone = {
        "stem": _("题干"),
        "rationale": _("答案解析"),
        "key": _("正确答案"),
        "tolerance": _("允许误差"),
        "unit": _("单位"),
        "rule": _("规则依据"),
        "difficulty": _("难度"),
        "enemies": _("互斥试题"),
        "section": _("模块"),
        "topic": _("主题"),
        "model_answer": _("参考答案"),
    }
    return named_alone.get(change.field, change.field)
