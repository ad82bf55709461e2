"""The form of a drill plan: every number of its rules is a setting; errors stand at the field they are about."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from wtforms import BooleanField, Field, IntegerField, SelectChoice, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from lms.domain.drills.plans import DrillKind, DrillPlan, LookupRules, WorkflowRules
from lms.domain.values import Language
from lms.web.blueprint_forms import whole
from lms.web.plan_saving import fault

Plain = dict[str, Any]


def _number(label: Any, **rest: Any) -> StringField:
    return StringField(label, render_kw={"inputmode": "numeric", "maxlength": 4, "autocomplete": "off"}, **rest)


class PlanForm(FlaskForm):  # type: ignore[misc]
    """What both kinds have; ``rules`` names the fields of the kind's own rules."""

    rules: Sequence[str] = ()

    base = IntegerField(default=0, widget=HiddenInput())
    code = StringField(
        __("代号"), description=__("小写字母、数字和连字符，例如 lookup-certification；保存后不能更改。"),
        render_kw={"maxlength": 40, "spellcheck": "false", "autocomplete": "off"},
    )  # fmt: skip
    title_zh, title_en = StringField(__("名称（中文）")), StringField(__("名称（英文）"))
    certification = BooleanField(__("认证演练（通过后计入上岗认证）"))
    tasks = _number(__("任务数"), default="5")
    minutes = _number(__("整场时间（分钟）"), description=__("不少于任务数 × 每题强制结束的时间。"))
    templates = SelectMultipleField(
        __("任务模板"), description=__("不选即用这一类的全部模板。"), validate_choice=False,
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip

    def plain(self, kind: DrillKind) -> Plain:
        titles = {language.value: (self[f"title_{language}"].data or "").strip() for language in Language}
        return {
            "code": (self.code.data or "").strip(),
            "kind": kind.value,
            "title": {language: title for language, title in titles.items() if title},
            "certification": self.certification.data,
            "tasks": whole(self.tasks),
            "minutes": whole(self.minutes),
            "templates": sorted(self.templates.data or ()),
            kind.value: {name: _value(self[f"rule_{name}"]) for name in self.rules},
        }

    def rule_fields(self) -> list[Field]:
        return [self[f"rule_{name}"] for name in self.rules]


def _value(field: Field) -> Any:
    return field.data if isinstance(field, BooleanField) else whole(field)


class LookupPlanForm(PlanForm):
    rules = ("within", "ends", "pass_tasks", "error_cost")

    rule_within = _number(__("限时（秒）"), description=__("从提示出现到提交。"))
    rule_ends = _number(__("强制结束（秒）"))
    rule_pass_tasks = _number(__("通过所需题数"))
    rule_error_cost = _number(__("每处错误显示扣分"), description=__("查询演练只显示，不扣分。"))


class WorkflowPlanForm(PlanForm):
    rules = (
        "accuracy", "error_cost", "efficiency", "full_until", "zero_at", "ends", "pass_total", "tie_to_accuracy",
    )  # fmt: skip

    rule_accuracy = _number(__("准确分满分"))
    rule_error_cost = _number(__("每处错误扣分"))
    rule_efficiency = _number(__("效率分满分"), description=__("准确分与效率分合计 100。"))
    rule_full_until = _number(__("效率满分截止（秒）"))
    rule_zero_at = _number(__("效率归零（秒）"))
    rule_ends = _number(__("强制结束（秒）"))
    rule_pass_total = _number(__("及格线"))
    rule_tie_to_accuracy = BooleanField(__("效率分随准确分打折，防止只求快"))


FORMS: dict[DrillKind, type[PlanForm]] = {DrillKind.LOOKUP: LookupPlanForm, DrillKind.WORKFLOW: WorkflowPlanForm}
DEFAULTS = {DrillKind.LOOKUP: LookupRules(), DrillKind.WORKFLOW: WorkflowRules()}
FIRST_MINUTES = {DrillKind.LOOKUP: 10, DrillKind.WORKFLOW: 30}


def plan_form(
    kind: DrillKind, offered: Sequence[tuple[str, str]], plan: DrillPlan | None = None, base: int = 0
) -> PlanForm:
    """The form as it was sent, else ``plan``, else the rulebook's numbers; ``offered``: (template, what it is)."""
    form = FORMS[kind](data={**_data_of(kind, plan), "base": base})
    known = [code for code, _title in offered]
    gone = [code for code in form.templates.data or () if code not in known]
    form.templates.choices = [SelectChoice(code, title) for code, title in [*offered, *((one, one) for one in gone)]]
    return form


def _data_of(kind: DrillKind, plan: DrillPlan | None) -> Plain:
    rules = (plan.lookup or plan.workflow) if plan else DEFAULTS[kind]
    assert rules is not None  # held by the plan's validator
    numbers = {
        f"rule_{name}": value if isinstance(value, bool) else str(value) for name, value in rules.model_dump().items()
    }
    if plan is None:
        return {**numbers, "minutes": str(FIRST_MINUTES[kind])}
    return {
        **numbers,
        "code": plan.code,
        "title_zh": plan.title.zh or "",
        "title_en": plan.title.en or "",
        "certification": plan.certification,
        "tasks": str(plan.tasks),
        "minutes": str(plan.minutes),
        "templates": list(plan.templates),
    }


def typed_plan(form: PlanForm, kind: DrillKind) -> DrillPlan | None:
    """The plan that was typed; None where something is wrong, which then stands at its field."""
    sound = form.validate()
    try:
        plan = DrillPlan.model_validate(form.plain(kind))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _place(form, kind, detail)
        return None
    return plan if sound else None


def _place(form: PlanForm, kind: DrillKind, detail: ErrorDetails) -> None:
    loc = list(detail["loc"])
    field: Field | None = None
    if loc[:1] == ["title"]:
        field = form[f"title_{loc[1]}"] if len(loc) > 1 and loc[1] in set(Language) else form.title_zh
    elif loc[:1] == [kind.value]:
        field = form[f"rule_{loc[1]}"] if len(loc) > 1 else form[_RULE_FIELDS.get(_rule(detail), "tasks")]
    elif loc:
        field = form._fields.get(loc[0])
    else:
        field = form[_RULE_FIELDS.get(_rule(detail), "minutes")]
    if field is None:
        form.form_errors.append(_message(detail))
    elif not field.errors:
        field.errors = [_message(detail)]


# What a rule that spans several fields says → the field that a trainer should look at.
_RULE_FIELDS = {
    "sum to 100": "rule_efficiency",
    "full_until": "rule_zero_at",
    "ends must not": "rule_ends",
    "pass_tasks is more": "rule_pass_tasks",
    "do not fit": "minutes",
}


def _rule(detail: ErrorDetails) -> str:
    return next((words for words in _RULE_FIELDS if words in detail["msg"]), "")


def _message(detail: ErrorDetails) -> str:
    return fault(detail, {
        "sum to 100": _("准确分与效率分合计必须是 100。"),
        "full_until": _("须依次为：效率满分截止 < 效率归零 ≤ 强制结束。"),
        "ends must not": _("强制结束不能早于限时。"),
        "pass_tasks is more": _("通过所需题数不能多于任务数。"),
        "do not fit": _("整场时间放不下这么多任务，请延长时间或减少任务。"),
    })  # fmt: skip
