"""Putting a wrong key right: say what is right, see every mark that changes, ask a second trainer."""

import json
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.domain.people import Role
from lms.domain.proposals import LONGEST_REASON
from lms.domain.questions import Multiple, Numeric, Ordering, Single
from lms.domain.regrade import Treatment
from lms.services import appeal_watch
from lms.services import regrade as service
from lms.services.proposals import ProposalRefused
from lms.services.regrade import BadKey, CannotRegrade, Correction, NothingToChange, UsedVersion
from lms.web.access import allow, who
from lms.web.language import language
from lms.web.moment import now
from lms.web.results import proposed_already, refusal_text

page = Blueprint("regrades", __name__, url_prefix="/regrades")

Reply = Response | str | tuple[str, int]


@page.get("")
@allow(Role.TRAINER)
def find_page() -> str:
    code = request.args.get("code", "").strip()[:40]
    return render_template(
        "regrades/find.html",
        code=code,
        versions=service.used_versions(code) if code else [],
        keys_in_doubt=appeal_watch.keys_in_doubt(),
        ui=language(),
    )


def _trimmed(text: str | None) -> str | None:
    return text.strip() if text else text


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    """``key`` takes another shape for each kind; only the one that fits the question is shown and read."""

    treatment = RadioField(
        __("怎样更正"),
        choices=[
            SelectChoice(Treatment.KEY.value, __("改正答案，按新答案重新判分")),
            SelectChoice(Treatment.ANSWERED.value, __("凡作答者均得满分")),
            SelectChoice(Treatment.EVERYONE.value, __("本题作废：所有人得满分，未作答的也一样")),
        ],
        validators=[InputRequired(__("请选择一种方式。"))],
    )
    single = SelectField(__("正确答案"), validators=[Optional()], validate_choice=False)
    multiple = SelectMultipleField(
        __("正确答案"),
        validators=[Optional()],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    number = StringField(
        __("正确答案"), validators=[Optional(), Length(max=20)], filters=[lambda t: t.strip() if t else t]
    )
    tolerance = StringField(
        __("允许误差"), validators=[Optional(), Length(max=20)], filters=[lambda t: t.strip() if t else t]
    )
    order = StringField(
        __("正确顺序"),
        description=__("按顺序写出步骤编号，如 B A C D。"),
        validators=[Optional(), Length(max=40)],
    )
    reason = TextAreaField(
        __("原因"),
        description=__("写明哪里有误、依据是什么；会记入审计记录。"),
        validators=[
            DataRequired(__("请写明原因。")),
            Length(max=LONGEST_REASON, message=__("原因最多 2000 字。")),
        ],
        render_kw={"rows": 4},
    )

    def suit(self, version: UsedVersion) -> "CorrectionForm":
        """Offer the question's own options, and start from the key that stands."""
        question = version.question
        if isinstance(question, Single | Multiple):
            named = {option.id: f"{option.id}. {option.text.in_(language())}" for option in question.options}
            options = [SelectChoice(*option) for option in named.items()]
            self.single.choices = self.multiple.choices = options
        if self.is_submitted():
            return self
        self.treatment.data = version.treatment.value
        match question:
            case Single():
                self.single.data = question.key
            case Multiple():
                self.multiple.data = list(question.key)
            case Numeric():
                self.number.data, self.tolerance.data = question.key, question.tolerance
            case Ordering():
                self.order.data = " ".join(question.key)
        return self

    def key(self, version: UsedVersion) -> dict[str, Any]:
        """The key's fields as the bank keeps them."""
        if self.treatment.data != Treatment.KEY:
            return {}
        match version.question:
            case Single():
                return {"key": self.single.data}
            case Multiple():
                return {"key": sorted(self.multiple.data or [])}
            case Numeric():
                return {"key": self.number.data or "", "tolerance": self.tolerance.data or "0"}
            case Ordering():
                return {"key": [letter for letter in (self.order.data or "").upper() if letter.isalnum()]}
        return {}

    @property
    def key_field(self) -> dict[str, Any]:
        return {"single": self.single, "multiple": self.multiple, "numeric": self.number, "ordering": self.order}


def _version(version_id: int) -> UsedVersion:
    try:
        version = service.used_version(version_id)
    except CannotRegrade:
        abort(404)
    if not version.question.OBJECTIVE:
        abort(404)
    return version


@page.get("/versions/<int:version_id>")
@allow(Role.TRAINER)
def correction_page(version_id: int) -> str:
    version = _version(version_id)
    return _render(version, CorrectionForm(formdata=None).suit(version))


def _render(version: UsedVersion, form: CorrectionForm) -> str:
    return render_template("regrades/correction.html", version=version, form=form, ui=language())


@page.post("/versions/<int:version_id>")
@allow(Role.TRAINER)
def try_correction(version_id: int) -> Reply:
    """The dry run: every mark that would change; nothing is written."""
    version = _version(version_id)
    form = CorrectionForm().suit(version)
    if not form.validate_on_submit():
        return _render(version, form), 422
    correction = Correction(version_id, Treatment(form.treatment.data), form.key(version))
    try:
        dry_run = service.dry_run(correction)
    except BadKey:
        form.key_field[version.question.kind.value].errors = [_("这个答案不符合本题，请检查。")]
        return _render(version, form), 422
    return render_template(
        "regrades/dry_run.html",
        version=version,
        correction=correction,
        dry_run=dry_run,
        ui=language(),
        form=ProposeForm(formdata=None, key=json.dumps(correction.key), treatment=correction.treatment.value,
                         reason=form.reason.data),
    )  # fmt: skip


class ProposeForm(FlaskForm):  # type: ignore[misc]
    """What the dry run showed, sent on as it stands; it is checked again."""

    treatment = HiddenField(validators=[InputRequired()])
    key = HiddenField(validators=[InputRequired(), Length(max=400)])
    reason = HiddenField(validators=[InputRequired(), Length(max=LONGEST_REASON)])


@page.post("/versions/<int:version_id>/propose")
@allow(Role.TRAINER)
def propose(version_id: int) -> Reply:
    version = _version(version_id)
    form = ProposeForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        key = json.loads(form.key.data)
        correction = Correction(version_id, Treatment(form.treatment.data), key if isinstance(key, dict) else {})
        if not correction.key.keys() <= {"key", "tolerance"}:
            abort(400)
        number = service.correct_key(who().person_id, correction, form.reason.data, now())
    except (ValueError, CannotRegrade) as error:
        if isinstance(error, NothingToChange):
            flash(_("答案本来就是这样，没有需要改变的。"), "warning")
        elif isinstance(error, ProposalRefused):
            again = service.proposed_again(who().person_id, correction, form.reason.data)
            if again is not None:
                return proposed_already(again)
            flash(refusal_text(error.problem), "error")
        else:
            abort(400)
        return redirect(url_for("regrades.correction_page", version_id=version.version_id))
    flash(_("已提出更正，由另一位培训师确认后生效。"), "success")
    return redirect(url_for("proposals.detail_page", proposal_id=number))
