"""The forms of appeals, raised and decided, and what is said where one is refused."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.domain.proposals import LONGEST_REASON
from lms.services.appeal_answers import AppealTaken, taken
from lms.services.appeals import AppealRefused
from lms.services.proposals import ProposalRefused
from lms.web.access import who
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
    asked = HiddenField()  # how often a second person had been asked when the page was shown

    def on(self, appeal: AppealTaken) -> "DecisionForm":
        """As a page about the appeal shows it: with what was answered, or what has just been sent."""
        if not self.is_submitted():
            self.answer.data = appeal.answer
        self.asked.data = str(appeal.asked.times if appeal.asked else 0)
        return self


@dataclass(frozen=True, slots=True)
class Decision:
    """How an appeal is decided (upheld, the answer), and whether that very decision was made already; ``waits`` is
    said where a second person must confirm."""

    decide: Callable[[bool, str], int | None]
    stands: Callable[[AppealTaken, bool, str], bool]
    waits: str


def concluded(form: DecisionForm, appeal_id: int, decision: Decision) -> Response | int:
    """Decide as the form says. Otherwise the status of the page that is shown again: 422, what is wrong stands at the
    fields, or 409, something else was decided meanwhile.
    """
    if not form.validate_on_submit():
        return 422
    uphold, answer = form.verdict.data == "upheld", form.answer.data
    if _is_stale(form, taken(who().person_id, appeal_id)):
        return 409
    try:
        proposal = decision.decide(uphold, answer)
    except (AppealRefused, ProposalRefused) as refused:
        appeal = taken(who().person_id, appeal_id)
        if appeal.decidable:
            known = refusal_text if isinstance(refused, ProposalRefused) else appeal_refusal
            form.answer.errors = [known(refused.problem)]
            return 422
        return _shown(appeal_id) if decision.stands(appeal, uphold, answer) else 409
    flash(_("已答复考生。") if proposal is None else decision.waits, "success")
    return redirect(url_for("appeals.list_page"))


def _is_stale(form: DecisionForm, appeal: AppealTaken) -> bool:
    """Whether the page was made before the second person refused what was proposed."""
    times = appeal.asked.times if appeal.asked else 0
    return appeal.decidable and form.asked.data not in (None, "", str(times))


def _shown(appeal_id: int) -> Response:
    flash(_("已经处理过了，结论如下。"), "info")
    return redirect(url_for("appeals.contest_page", appeal_id=appeal_id), 303)


def appeal_refusal(problem: str) -> str:
    texts: dict[str, str] = {
        "no-result": _("成绩尚未公布。"),
        "too-late": _("申诉期限已过。"),
        "appealed-already": _("这份成绩已经提出过申诉。"),
        "no-question": _("没有这道题或这通电话。"),
        "no-reason": _("请写明理由。"),
        "long-reason": _("最多 2000 字。"),
        "taken": _("这项申诉已由另一位考官受理。"),
        "not-calibrated": _("评学员的通话之前，请先通过校准。"),
        "no-answer": _("请写出答复。"),
        "marks-missing": _("请先重新评分。"),
        "no-strikes": _("申诉成立时，请勾选要撤销的错误。"),
        "no-strike-reason": _("请为每处要撤销的错误写明理由（最多 500 字）。"),
        "waiting": _("新的评分正在等待另一人确认。"),
    }
    return texts[problem]
