"""The form of a role-play plan; errors stand at the field they are about."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from wtforms import BooleanField, Field, IntegerField, RadioField, SelectChoice, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from lms.domain.call_marks import HIGHEST, PassRules
from lms.domain.roleplay_plans import CRITERIA, LONGEST_CALL, PATIENCE, Customer, RolePlayPlan
from lms.domain.values import Language, shown
from lms.services.roleplay_plans import without_criterion
from lms.web.blueprint_forms import share, whole
from lms.web.plan_saving import fault

Plain = dict[str, Any]


def _number(label: Any, default: object, **rest: Any) -> StringField:
    attributes = {"inputmode": "numeric", "maxlength": 4, "autocomplete": "off"}
    return StringField(label, default=str(default), render_kw=attributes, **rest)


class RolePlayPlanForm(FlaskForm):  # type: ignore[misc]
    base = IntegerField(default=0, widget=HiddenInput())
    code = StringField(
        __("代号"), description=__("小写字母、数字和连字符，例如 roleplay-certification；保存后不能更改。"),
        render_kw={"maxlength": 40, "spellcheck": "false", "autocomplete": "off"},
    )  # fmt: skip
    title_zh, title_en = StringField(__("名称（中文）")), StringField(__("名称（英文）"))
    certification = BooleanField(__("认证通话（通过后计入上岗认证）"))
    scenarios = SelectMultipleField(
        __("情景"), description=__("每位考生的通话从这里随机抽取，各不相同。只列出启用中的情景。"),
        validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip
    count = _number(__("通话数"), 2, description=__("每位考生接几通，不多于所选情景。"))
    minutes = _number(__("整场时间（分钟）"), 40, description=__("每通至少留 %(minutes)s 分钟。", minutes=LONGEST_CALL))
    customer = RadioField(__("客户由谁扮演"), default=Customer.SCRIPTED.value, validate_choice=False)
    wait_minutes = _number(
        __("等待考官（分钟）"), PATIENCE,
        description=__("由考官扮演时：超过多久没有考官接入，就告知考生并提示监考。等待时停表。"),
    )  # fmt: skip
    each = _number(__("各维度至少（级）"), PassRules().each)
    strict_at_least = _number(__("合规维度至少（级）"), PassRules().strict_at_least)
    total = _number(__("合计至少（级）"), PassRules().total)
    double_share = _number(__("双评比例（%）"), 20, description=__("多少比例的通话由两位考官分别评。"))
    near = _number(__("及格线附近（级）"), RolePlayPlan.model_fields["near"].default,
                   description=__("合计离及格线不超过这么多级的通话，另由第二位考官评。"))  # fmt: skip

    strict = PassRules().strict  # the criterion with a line of its own
    playable: Sequence[str] = ()

    def plain(self) -> Plain:
        titles = {language.value: (self[f"title_{language}"].data or "").strip() for language in Language}
        return {
            "code": (self.code.data or "").strip(),
            "title": {language: title for language, title in titles.items() if title},
            "certification": self.certification.data,
            "minutes": whole(self.minutes),
            "scenarios": list(dict.fromkeys(self.scenarios.data or ())),
            "count": whole(self.count),
            "customer": self.customer.data,
            "wait_minutes": whole(self.wait_minutes),
            "passing": {
                "each": whole(self.each),
                "strict": self.strict,
                "strict_at_least": whole(self.strict_at_least),
                "total": whole(self.total),
            },
            "double_share": share(self.double_share),
            "near": whole(self.near),
        }


def plan_form(
    offered: Sequence[tuple[str, str]], plan: RolePlayPlan | None = None, base: int = 0, *, llm_is_on: bool
) -> RolePlayPlanForm:
    """The form as it was sent, else ``plan``, else the rulebook's numbers; ``offered``: (live scenario, title)."""
    form = RolePlayPlanForm(data={**(_data_of(plan) if plan else {}), "base": base})
    if plan:
        form.strict = plan.passing.strict
    form.playable = [code for code, _title in offered]
    gone = [code for code in form.scenarios.data or () if code not in form.playable]
    out_of_use = [(code, _("%(code)s（没有启用的版本）", code=code)) for code in gone]
    form.scenarios.choices = [SelectChoice(code, title) for code, title in [*offered, *out_of_use]]
    form.customer.choices = [SelectChoice(value, said) for value, said in _customers(llm_is_on).items()]
    return form


def _customers(llm_is_on: bool) -> dict[str, str]:
    model = _("大模型：大模型按情景措辞，剧情仍由脚本掌握；考前告知考生，成绩上注明客户由 AI 扮演。")
    absent = _("大模型：目前没有启用，通话将由脚本代替。启用后考前告知考生，成绩上注明客户由 AI 扮演。")
    return {
        Customer.SCRIPTED.value: _("脚本：客户按脚本应答，随时可考，人人一样。"),
        Customer.EXAMINER.value: _("考官：一位考官在另一台电脑上扮演客户，考生要等考官接入。"),
        Customer.LLM.value: model if llm_is_on else absent,
    }


def _data_of(plan: RolePlayPlan) -> Plain:
    return {
        "code": plan.code,
        "title_zh": plan.title.zh or "",
        "title_en": plan.title.en or "",
        "certification": plan.certification,
        "minutes": str(plan.minutes),
        "scenarios": list(plan.scenarios),
        "count": str(plan.count),
        "customer": plan.customer.value,
        "wait_minutes": str(plan.wait_minutes),
        "each": str(plan.passing.each),
        "strict_at_least": str(plan.passing.strict_at_least),
        "total": str(plan.passing.total),
        "double_share": shown(plan.double_share * 100, 4),
        "near": str(plan.near),
    }


def typed_plan(form: RolePlayPlanForm) -> RolePlayPlan | None:
    """The plan that was typed; None where something is wrong, which then stands at its field."""
    sound = form.validate()
    _playable(form)
    try:
        plan = RolePlayPlan.model_validate(form.plain())
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _place(form, detail)
        return None
    return plan if sound and not form.scenarios.errors else None


def _playable(form: RolePlayPlanForm) -> None:
    """A new version names only what can be played and judged; sittings that are made keep theirs."""
    titles = {choice.value: choice.label for choice in form.scenarios.choices}
    chosen = form.scenarios.data or ()
    gone = [code for code in chosen if code not in form.playable]
    unjudged = without_criterion(form.strict, chosen)
    if gone:
        form.scenarios.errors = [_("没有启用的版本，请去掉：%(names)s", names=_("、").join(gone))]
    elif unjudged:
        names = _("、").join(titles[code] for code in unjudged)
        told = _("评分量表没有合规维度（%(id)s），不能按它判定：%(names)s", id=form.strict, names=names)
        form.scenarios.errors = [told]


# What a rule that spans several fields says → the field that a trainer should look at.
_RULE_FIELDS = {"count is more": "count", "do not fit": "minutes", "more than all levels": "total"}


def _place(form: RolePlayPlanForm, detail: ErrorDetails) -> None:
    loc = list(detail["loc"])
    field: Field | None = None
    if loc[:1] == ["title"]:
        field = form[f"title_{loc[1]}"] if len(loc) > 1 and loc[1] in set(Language) else form.title_zh
    elif loc:
        field = form._fields.get(loc[1] if loc[0] == "passing" else loc[0])
    else:
        named = next((name for words, name in _RULE_FIELDS.items() if words in detail["msg"]), "scenarios")
        field = form[named]
    if field is None:
        form.form_errors.append(_message(detail))
    elif not field.errors:
        field.errors = [_message(detail)]


def _message(detail: ErrorDetails) -> str:
    if detail["type"] == "too_short":
        return _("请至少选择一个情景。")
    if detail["type"] == "enum":
        return _("请选择客户由谁扮演。")
    return fault(detail, {
        "count is more": _("通话数不能多于所选的情景数。"),
        "do not fit": _("整场时间放不下这么多通话，每通至少 %(minutes)s 分钟。", minutes=LONGEST_CALL),
        "more than all levels": _("合计不能超过 %(most)s。", most=HIGHEST * CRITERIA),
    })  # fmt: skip
