"""What one candidate is due in one sitting: extra time, another attempt."""

from decimal import Decimal
from fractions import Fraction

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DecimalField, IntegerField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.domain.people import Role
from lms.domain.sittings import BadSitting
from lms.services import extra_time, sitting_lists
from lms.services.extra_time import MOST_EXTRA_ATTEMPTS, NotInTheCohort
from lms.services.sitting_lists import Candidate, Detail
from lms.web.access import allow, who
from lms.web.moment import now
from lms.web.sitting_words import show_problems

page = Blueprint("dues", __name__)

USUAL = {"1": Fraction(1), "1.25": Fraction(5, 4), "1.5": Fraction(3, 2), "2": Fraction(2)}


class DueForm(FlaskForm):  # type: ignore[misc]
    factor = RadioField(
        __("答题时间"),
        choices=[
            SelectChoice("1", __("标准")), SelectChoice("1.25", "× 1.25"), SelectChoice("1.5", "× 1.5"),
            SelectChoice("2", "× 2"), SelectChoice("other", __("其他倍数")),
        ],
    )  # fmt: skip
    other = DecimalField(
        __("其他倍数"), places=2, validators=[Optional(), NumberRange(1, 5, __("时间倍数须在 1 到 5 之间。"))],
        description=__("例如 1.33"),
    )  # fmt: skip
    extra_attempts = IntegerField(
        __("加考次数"), description=__("在规定次数之外再给几次；作废的作答也算用过一次。"),
        validators=[
            InputRequired(__("请填写次数，没有填 0。")), NumberRange(0, MOST_EXTRA_ATTEMPTS, __("加考次数为 0–5。")),
        ],
    )  # fmt: skip
    reason = StringField(
        __("原因"), validators=[InputRequired(__("请填写原因。")), Length(max=300, message=__("原因最多 300 个字。"))],
        description=__("记入审计，考生看不到。不要写病情细节。"),
    )  # fmt: skip

    def chosen(self) -> Fraction:
        """The factor; 0 (refused by the service) where "other" was chosen and none was given."""
        if self.factor.data == "other":
            return Fraction(self.other.data or Decimal(0))
        return USUAL[self.factor.data]


def _find(sitting_id: int, person_id: int) -> tuple[Detail, Candidate]:
    found = sitting_lists.detail(sitting_id, now())
    candidates = found.candidates if found else ()
    candidate = next((one for one in candidates if one.person_id == person_id), None)
    if found is None or candidate is None:
        abort(404)
    return found, candidate


@page.get("/<int:sitting_id>/candidates/<int:person_id>")
@allow(Role.TRAINER)
def due_page(sitting_id: int, person_id: int) -> str:
    found, candidate = _find(sitting_id, person_id)
    usual = next((name for name, factor in USUAL.items() if factor == candidate.factor), "other")
    present = {
        "factor": usual,
        "other": Decimal(f"{float(candidate.factor):.2f}") if usual == "other" else None,
        "extra_attempts": candidate.extra_attempts,
        "reason": candidate.reason,
    }
    return render_template("sittings/due.html", form=DueForm(data=present), found=found, candidate=candidate)


@page.post("/<int:sitting_id>/candidates/<int:person_id>")
@allow(Role.TRAINER)
def set_due(sitting_id: int, person_id: int) -> Response | tuple[str, int]:
    found, candidate = _find(sitting_id, person_id)
    form = DueForm()
    if not form.validate_on_submit():
        return render_template("sittings/due.html", form=form, found=found, candidate=candidate), 422
    try:
        extra_time.allow(
            who().person_id, now(), sitting_id, person_id, factor=form.chosen(),
            extra_attempts=form.extra_attempts.data, reason=form.reason.data,
        )  # fmt: skip
    except NotInTheCohort:
        abort(404)
    except BadSitting as bad:
        show_problems(form, bad)
        return render_template("sittings/due.html", form=form, found=found, candidate=candidate), 422
    flash(_("已保存。"), "success")
    return redirect(url_for("sittings.detail_page", sitting_id=sitting_id), 303)
