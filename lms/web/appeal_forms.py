"""The forms of appeals, raised and decided, and what is said where one is refused."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.domain.proposals import LONGEST_REASON
from lms.services.appeals import AppealRefused
from lms.services.proposals import ProposalRefused
from lms.web.results import refusal_text


class AppealForm(FlaskForm):  # type: ignore[misc]
    position = SelectField(__("针对"), coerce=int)
    reason = TextAreaField(
        __("理由"),
        description=__("写明您认为哪里评得不对、依据是什么。"),
        validators=[
            DataRequired(__("请写明理由。")),
            Length(max=LONGEST_REASON, message=__("理由最多 2000 字。")),
        ],
        render_kw={"rows": 8},
    )


class DecisionForm(FlaskForm):  # type: ignore[misc]
    verdict = RadioField(
        __("结论"),
        choices=[SelectChoice("rejected", __("不成立")), SelectChoice("upheld", __("成立"))],
        validators=[InputRequired(__("请选择结论。"))],
    )
    answer = TextAreaField(
        __("给考生的答复"),
        description=__("考生会看到这段文字。"),
        validators=[
            DataRequired(__("请写出答复。")),
            Length(max=LONGEST_REASON, message=__("答复最多 2000 字。")),
        ],
        render_kw={"rows": 5},
    )


def concluded(form: DecisionForm, decide: Callable[[bool, str], int | None], waits: str) -> Response | None:
    """Decide as the form says (upheld, the answer); ``waits`` is said where a second person must confirm.

    None where the form is not whole, or the decision is refused: what is wrong stands at the fields.
    """
    if not form.validate_on_submit():
        return None
    try:
        proposal = decide(form.verdict.data == "upheld", form.answer.data)
    except AppealRefused as refused:
        form.answer.errors = [appeal_refusal(refused.problem)]
        return None
    except ProposalRefused as refused:
        form.answer.errors = [refusal_text(refused.problem)]
        return None
    flash(_("已答复考生。") if proposal is None else waits, "success")
    return redirect(url_for("appeals.list_page"))


def appeal_refusal(problem: str) -> str:
    texts: dict[str, str] = {
        "no-result": _("成绩尚未公布。"),
        "too-late": _("申诉期限已过。"),
        "appealed-already": _("这份成绩已经提出过申诉。"),
        "no-question": _("没有这道题或这通电话。"),
        "no-reason": _("请写明理由。"),
        "long-reason": _("最多 2000 字。"),
        "not-calibrated": _("评学员的通话之前，请先通过校准。"),
        "no-answer": _("请写出答复。"),
        "marks-missing": _("请先重新评分。"),
        "no-strikes": _("申诉成立时，请勾选要撤销的错误。"),
        "no-strike-reason": _("请为每处要撤销的错误写明理由（最多 500 字）。"),
        "decided": _("这项申诉已经处理。"),
        "waiting": _("新的评分正在等待另一人确认。"),
    }
    return texts[problem]
