"""The question bank's list, and the moves of a question: submit, review, retire, reopen."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Form, IntegerField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from lms.domain.bank_states import Move
from lms.domain.people import Role
from lms.domain.questions import Kind, Section
from lms.services import bank as service
from lms.services import bank_search
from lms.services.bank_search import Filters
from lms.web.access import allow, who
from lms.web.choices import choices
from lms.web.language import language
from lms.web.moment import now

page = Blueprint("bank", __name__, url_prefix="/bank")


class FilterForm(Form):  # type: ignore[misc]
    """What the list is narrowed to; an unknown value is no filter."""

    text = StringField(__("搜索"), validators=[Length(max=bank_search.LONGEST_SEARCH)])
    section = SelectField(
        __("模块"), default="", choices=[one for one in choices("section", __("全部")) if one.value in ("", *Section)]
    )
    topic = SelectField(__("主题"), default="", choices=[])
    kind = SelectField(__("题型"), default="", choices=choices("kind", __("全部")))
    difficulty = SelectField(__("难度"), default="", choices=choices("difficulty", __("全部")))
    state = SelectField(__("状态"), default="", choices=choices("question_state", __("全部")))
    language = SelectField(__("语言"), default="", choices=choices("language", __("全部")))

    def filters(self) -> Filters:
        self.validate()
        sound = {field.name: "" if field.errors else (field.data or "") for field in self}
        difficulty = int(sound.pop("difficulty") or 0) or None
        return Filters(**{**sound, "text": (self.text.data or "")[: bank_search.LONGEST_SEARCH]}, difficulty=difficulty)


def topic_titles() -> dict[str, str]:
    """What the reader calls each topic, by its code; in the order of lists."""
    return {topic.code: topic.in_(language()) for topic in bank_search.topics()}


@page.context_processor
def _topic_title() -> dict[str, Callable[[str], str]]:
    return {"topic_title": lambda code: topic_titles().get(code, code)}


@page.get("")
@allow(Role.TRAINER)
def bank_list() -> str:
    form = FilterForm(request.args)
    titles = topic_titles()
    form.topic.choices = [SelectChoice("", _("全部")), *(SelectChoice(*topic) for topic in titles.items())]
    filters = form.filters()
    found = bank_search.search(filters, request.args.get("page", 1, type=int), language())
    narrowed: dict[str, Any] = {name: request.args[name] for name in form.data if request.args.get(name)}

    def address(number: int) -> str:
        return url_for("bank.bank_list", page=number, **narrowed)

    return render_template(
        "bank/list.html", form=form, found=found, topics=titles, address=address,
        narrowed=filters != Filters(), kinds=list(Kind),
    )  # fmt: skip


class MoveForm(FlaskForm):  # type: ignore[misc]
    """A move of the version that the person saw; a comment is asked where somebody else has to understand it."""

    base = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    move = SelectField(choices=[SelectChoice(move.value) for move in Move])
    comment = TextAreaField(__("意见"), validators=[Optional(), Length(max=2000, message=__("最多 2000 个字符。"))],
                            render_kw={"rows": 3})  # fmt: skip


@page.post("/<int:question_id>/move")
@allow(Role.TRAINER)
def move(question_id: int) -> Response:
    form = MoveForm()
    if not form.validate_on_submit():
        unknown = _("未执行：没有这样的操作，请在本页上重试。")
        flash(_("未执行：意见最多 2000 个字符。") if form.comment.errors else unknown, "error")
        return _back(question_id)
    wanted = Move(form.move.data)
    comment = (form.comment.data or "").strip()
    if wanted in (Move.RETURN, Move.RETIRE) and not comment:
        flash(_("请写明原因，让作者和同事看得懂。"), "error")
        return _back(question_id)
    try:
        service.move(who().person_id, now(), question_id, form.base.data, wanted, comment)
    except service.NoSuchQuestion:
        abort(404)
    except service.Stale as stale:
        flash(_("未执行：%(name)s 刚刚保存了第 %(number)s 版，请先看过新版。",
                name=stale.newest.author, number=stale.newest.number), "warning")  # fmt: skip
    except service.NotNow:
        flash(_("未执行：试题的状态已经改变。"), "warning")
    except service.OwnWork:
        flash(_("未执行：复核人不能是本次修改的作者，请另一位培训师复核。"), "error")
    else:
        flash(_done(wanted), "success")
    return _back(question_id)


def _back(question_id: int) -> Response:
    return redirect(url_for("bank.question", question_id=question_id))


def _done(move: Move) -> str:
    return {
        Move.SUBMIT: _("已提交复核。"),
        Move.APPROVE: _("已通过复核，试题启用。"),
        Move.RETURN: _("已退回作者修改。"),
        Move.RETIRE: _("试题已停用，今后组卷不再抽取；已考的试卷不受影响。"),
        Move.REOPEN: _("已重新打开为草稿，复核后启用。"),
    }[move]
