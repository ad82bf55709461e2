"""The examiner's pages: queue, desk (a focus page), comment bank. Addresses carry task ids, never a candidate."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from lms.domain.marking import LONGEST_COMMENT, LONGEST_PHRASE, MarksRejected
from lms.domain.people import Role
from lms.domain.values import Language
from lms.services import comments as bank
from lms.services import marking_desk as service
from lms.services import marking_queue
from lms.services.marking_desk import (
    AlreadySubmitted,
    Desk,
    Draft,
    DraftConflict,
    NotForYou,
    TakenByAnother,
)
from lms.web.access import allow, who
from lms.web.language import language
from lms.web.moment import local, now, show_time

page = Blueprint("marking", __name__, url_prefix="/marking")

Reply = Response | str | tuple[str, int]


@page.get("")
@allow(Role.EXAMINER)
def queue_page() -> str:
    midnight = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    queue = marking_queue.queue(who().person_id, language(), now(), midnight)
    return render_template("marking/queue.html", queue=queue, next=NextForm())


class NextForm(FlaskForm):  # type: ignore[misc]
    version = IntegerField(validators=[Optional(), NumberRange(min=1, max=2**31 - 1)])


@page.post("/next")
@allow(Role.EXAMINER)
def take_next() -> Response:
    """Lease the next answer, of one question or of all, and open it."""
    form = NextForm()
    if not form.validate_on_submit():
        abort(400)
    return _open_next(form.version.data)


def _open_next(version_id: int | None) -> Response:
    task_id = marking_queue.take_next(who().person_id, version_id, now())
    if task_id is None:
        flash(_("目前没有可评的作答了。") if version_id is None else _("这道题目前没有可评的作答了。"), "success")
        return redirect(url_for("marking.queue_page"))
    return redirect(url_for("marking.desk_page", task_id=task_id))


class MarksForm(FlaskForm):  # type: ignore[misc]
    """The comment and the draft's version; points come as ``marks-<criterion>``, one for each of the guide's."""

    comment = TextAreaField(__("评语"), validators=[Length(max=LONGEST_COMMENT, message=__("评语最多 2000 字。"))])
    version = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=2**31 - 1)])


def sent_marks(form: Mapping[str, Any], prefix: str = "marks-") -> dict[str, object]:
    return {name.removeprefix(prefix): value for name, value in form.items() if name.startswith(prefix)}


@page.get("/tasks/<int:task_id>")
@allow(Role.EXAMINER)
def desk_page(task_id: int) -> Reply:
    try:
        desk = service.desk(who().person_id, task_id)
    except NotForYou:
        abort(404)
    except TakenByAnother as taken:
        return _taken(taken.draft)
    return _render_desk(desk, desk.draft)


def _render_desk(
    desk: Desk,
    shown: Draft,
    *,
    problems: dict[str, str] | None = None,
    comment_errors: list[str] | None = None,
    theirs: Draft | None = None,
) -> str:
    """``shown`` is what stands in the form; ``theirs`` what another window saved meanwhile."""
    return render_template(
        "marking/done.html" if desk.submitted_at else "marking/desk.html",
        desk=desk,
        shown=shown,
        problems=problems or {},
        comment_errors=comment_errors or [],
        theirs=theirs,
        phrases=bank.phrases(who().person_id),
        ui=language(),
        paper_language=Language(desk.language),
        digit_keys=who().digit_keys,
    )


def _taken(draft: Draft, typed: str = "") -> tuple[str, int]:
    return render_template("marking/taken.html", comment=typed or draft.comment, draft=draft), 409


@page.post("/tasks/<int:task_id>/submit")
@allow(Role.EXAMINER)
def submit(task_id: int) -> Reply:
    form = MarksForm()
    sent = sent_marks(request.form)
    typed = Draft(_numbers(sent), form.comment.data or "", form.version.data or 1, now())
    valid = form.validate_on_submit()
    try:
        if not valid:
            desk = service.desk(who().person_id, task_id)
            return _render_desk(desk, typed, comment_errors=[str(e) for e in form.comment.errors]), 422
        version_id = service.submit(who().person_id, task_id, sent, form.comment.data or "", form.version.data, now())
    except NotForYou:
        abort(404)
    except TakenByAnother as taken:
        return _taken(taken.draft, typed.comment)
    except MarksRejected as rejected:
        return _shown_again(task_id, 422, typed, problems=rejected.problems)
    except DraftConflict as conflict:
        fresh = Draft(typed.marks, typed.comment, conflict.theirs.version, typed.saved_at)
        return _shown_again(task_id, 409, fresh, theirs=conflict.theirs)
    flash(_("已提交。"), "success")
    return _open_next(version_id)


@page.get("/tasks/<int:task_id>/submit")
@allow(Role.EXAMINER)
def back_to_desk(task_id: int) -> Response:
    """What a browser asks for that opens a refused sheet's address once more."""
    try:
        service.desk(who().person_id, task_id)
    except NotForYou:
        abort(404)
    except TakenByAnother:
        pass  # the desk says so
    return redirect(url_for("marking.desk_page", task_id=task_id))


def _shown_again(task_id: int, status: int, shown: Draft, **how: Any) -> tuple[str, int]:
    """The desk with what was typed; where the answer has meanwhile gone to another examiner, that is said instead."""
    try:
        return _render_desk(service.desk(who().person_id, task_id), shown, **how), status
    except TakenByAnother as taken:
        return _taken(taken.draft, shown.comment)


def _numbers(sent: Mapping[str, object]) -> dict[str, int]:
    """What was chosen, to be shown again; nonsense is left out."""
    texts = {name: text for name, text in sent.items() if isinstance(text, str)}
    return {name: int(text) for name, text in texts.items() if text.isascii() and text.isdigit() and len(text) <= 3}


@page.post("/tasks/<int:task_id>/draft")
@allow(Role.EXAMINER, json=True)
def save_draft(task_id: int) -> Response | tuple[Response, int]:
    """What the desk's script sends while one marks: ``{marks, comment, version}``."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("marks"), dict) or type(sent.get("version")) is not int:
        abort(400)
    comment = sent.get("comment")
    if not isinstance(comment, str) or len(comment) > LONGEST_COMMENT or not 1 <= sent["version"] < 2**31:
        abort(400)
    try:
        draft, until = service.save_draft(who().person_id, task_id, sent["marks"], comment, sent["version"], now())
    except NotForYou:
        abort(404)
    except MarksRejected:
        abort(400)
    except DraftConflict as conflict:
        return jsonify(conflict="version", theirs=_as_json(conflict.theirs)), 409
    except (TakenByAnother, AlreadySubmitted):
        return jsonify(conflict="taken"), 409
    return jsonify(version=draft.version, saved_at=show_time(draft.saved_at), lease_ms=_left_ms(until))


def _as_json(draft: Draft) -> dict[str, Any]:
    return {"marks": draft.marks, "comment": draft.comment, "version": draft.version}


def _left_ms(until: Any) -> int:
    return int((until - now()).total_seconds() * 1000)


@page.post("/tasks/<int:task_id>/lease")
@allow(Role.EXAMINER, json=True)
def renew_lease(task_id: int) -> Response | tuple[Response, int]:
    """The examiner reads: nothing to save, but the answer stays theirs."""
    try:
        until = service.renew_lease(who().person_id, task_id, now())
    except NotForYou:
        abort(404)
    except (TakenByAnother, AlreadySubmitted):
        return jsonify(conflict="taken"), 409
    return jsonify(lease_ms=_left_ms(until))


@page.post("/tasks/<int:task_id>/give-back")
@allow(Role.EXAMINER)
def give_back(task_id: int) -> Response:
    try:
        service.give_back(who().person_id, task_id, now())
    except NotForYou:
        abort(404)
    flash(_("已放回队列，您的草稿保留。"), "success")
    return redirect(url_for("marking.queue_page"))


@page.post("/keys")
@allow(Role.EXAMINER, json=True)
def choose_keys() -> Response:
    """Switch the single-key shortcuts on or off: ``{on}``."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("on"), bool):
        abort(400)
    service.choose_digit_keys(who().person_id, sent["on"], now())
    return jsonify(on=sent["on"])


class PhraseForm(FlaskForm):  # type: ignore[misc]
    text = StringField(
        __("评语短句"),
        validators=[
            DataRequired(__("请填写短句。")),
            Length(max=LONGEST_PHRASE, message=__("短句最多 500 字。")),
        ],
        filters=[lambda text: text.strip() if text else text],
    )


@page.get("/comments")
@allow(Role.EXAMINER)
def comments_page() -> str:
    return _render_comments(PhraseForm(formdata=None))


def _render_comments(form: PhraseForm, editing: int | None = None) -> str:
    phrases = bank.phrases(who().person_id)
    return render_template("marking/comments.html", phrases=phrases, form=form, editing=editing)


@page.post("/comments")
@allow(Role.EXAMINER)
def add_comment() -> Reply:
    form = PhraseForm()
    if not form.validate_on_submit():
        return _render_comments(form), 422
    try:
        bank.add_phrase(who().person_id, form.text.data, now())
    except bank.TooMany:
        form.text.errors = [_("评语库已满（100 条），请先删除一些。")]
        return _render_comments(form), 422
    return redirect(url_for("marking.comments_page"))


@page.get("/comments/<int:phrase_id>")
@allow(Role.EXAMINER)
def edit_comment(phrase_id: int) -> str:
    phrase = next((one for one in bank.phrases(who().person_id) if one.id == phrase_id), None)
    if phrase is None:
        abort(404)
    return _render_comments(PhraseForm(formdata=None, text=phrase.text), phrase_id)


@page.post("/comments/<int:phrase_id>")
@allow(Role.EXAMINER)
def change_comment(phrase_id: int) -> Reply:
    form = PhraseForm()
    if not form.validate_on_submit():
        return _render_comments(form, phrase_id), 422
    try:
        bank.change_phrase(who().person_id, phrase_id, form.text.data, now())
    except bank.NoSuchPhrase:
        abort(404)
    return redirect(url_for("marking.comments_page"))


@page.post("/comments/<int:phrase_id>/delete")
@allow(Role.EXAMINER)
def delete_comment(phrase_id: int) -> Response:
    bank.delete_phrase(who().person_id, phrase_id, now())
    return redirect(url_for("marking.comments_page"))


@page.post("/comments/<int:phrase_id>/use")
@allow(Role.EXAMINER, json=True)
def use_comment(phrase_id: int) -> Response:
    """The desk's script put the phrase into a comment."""
    try:
        bank.use_phrase(who().person_id, phrase_id, now())
    except bank.NoSuchPhrase:
        abort(404)
    return jsonify(used=phrase_id)
