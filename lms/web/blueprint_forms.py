"""The form of a blueprint: sections by picks, and what it takes to pass; errors stand at the field they are about."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.widgets import HiddenInput

from lms.domain.blueprints import Blueprint as Plan
from lms.domain.blueprints import Pick
from lms.domain.questions import Section
from lms.domain.values import Language, shown
from lms.web.choices import choices
from lms.web.plan_saving import fault

Plain = dict[str, Any]

MOST_PICKS = 60
TOTAL = 100
_NUMBER = {"inputmode": "numeric", "maxlength": 4, "autocomplete": "off"}


def _number(label: Any, **rest: Any) -> StringField:
    return StringField(label, render_kw=_NUMBER, **rest)


class PickRow(Form):  # type: ignore[misc]
    kind = SelectField(__("题型"), choices=choices("kind"))
    topic = SelectField(__("主题"), default="", choices=[], validate_choice=False)
    difficulty = SelectField(__("难度"), default="", choices=choices("difficulty", __("不限")))
    count = _number(__("题数"))
    points = _number(__("每题分值"))


class SectionForm(Form):  # type: ignore[misc]
    weight = _number(__("权重（分）"))
    pass_points = _number(__("及格线（分）"))
    picks = FieldList(FormField(PickRow), __("抽题"), max_entries=MOST_PICKS)
    topic_choices: Sequence[SelectChoice] = ()

    @property
    def used(self) -> bool:
        return bool((self.weight.data or "").strip()) or len(self.picks) > 0

    @property
    def blank_pick(self) -> PickRow:
        """A row without content, whose number the page's script fills in."""
        pick = PickRow(prefix=f"{self.picks.name}-__-")
        pick.topic.choices = self.topic_choices
        return pick


class BlueprintForm(FlaskForm):  # type: ignore[misc]
    base = IntegerField(default=0, widget=HiddenInput())
    code = StringField(__("代号"), description=__("小写字母、数字和连字符，例如 certification；保存后不能更改。"),
                       render_kw={"maxlength": 40, "spellcheck": "false", "autocomplete": "off"})  # fmt: skip
    title_zh, title_en = StringField(__("名称（中文）")), StringField(__("名称（英文）"))
    certification = BooleanField(__("认证考试（通过后计入上岗认证）"))
    minutes = _number(__("时间（分钟）"), default="90")
    pass_total = _number(__("总分及格线"), default="80")
    multiple_rule = SelectField(__("多选计分"), choices=choices("multiple_rule"))
    shuffle_questions = BooleanField(__("打乱题目顺序"), default=True)
    shuffle_options = BooleanField(__("打乱选项顺序"), default=True)
    exposure_cap = _number(__("曝光上限（%）"), default="40", description=__("一道题最多出现在多少比例的试卷上。"))
    double_share = _number(__("双评比例（%）"), default="20", description=__("多少比例的案例简答由两位考官评。"))
    near_pass = _number(__("及格线附近（分）"), default="5", description=__("总分离及格线这么近时也双评。"))
    tolerance = _number(__("双评允许差（分）"), default="2", description=__("两位考官相差更多时由第三位评。"))
    business = FormField(SectionForm, __("业务知识"))
    compliance = FormField(SectionForm, __("合规知识"))
    case = FormField(SectionForm, __("案例分析"))

    def sections(self) -> list[tuple[Section, SectionForm]]:
        return [(section, self[section.value].form) for section in Section]

    def used(self) -> list[tuple[Section, SectionForm]]:
        return [(section, form) for section, form in self.sections() if form.used]

    def plain(self) -> Plain:
        titles = {language.value: (self[f"title_{language}"].data or "").strip() for language in Language}
        return {
            "code": (self.code.data or "").strip(),
            "title": {language: title for language, title in titles.items() if title},
            "certification": self.certification.data,
            "minutes": whole(self.minutes),
            "pass_total": whole(self.pass_total),
            "multiple_rule": self.multiple_rule.data,
            "shuffle_questions": self.shuffle_questions.data,
            "shuffle_options": self.shuffle_options.data,
            "exposure_cap": share(self.exposure_cap),
            "marking": {
                "double_share": share(self.double_share),
                "near_pass": whole(self.near_pass),
                "tolerance": whole(self.tolerance),
            },
            "sections": [
                {
                    "section": section.value,
                    "weight": whole(form.weight),
                    "pass_points": whole(form.pass_points) if (form.pass_points.data or "").strip() else None,
                    "picks": [_pick(entry.form) for entry in form.picks],
                }
                for section, form in self.used()
            ],
        }

    def weight_sum(self) -> int:
        return sum(number for _section, form in self.used() if isinstance(number := whole(form.weight), int))


def _pick(row: PickRow) -> Plain:
    return {
        "kind": row.kind.data,
        "topic": row.topic.data or None,
        "difficulty": row.difficulty.data or None,
        "count": whole(row.count),
        "points": whole(row.points),
    }


def whole(field: Field) -> int | str:
    """The whole number that was typed, else the text, which the domain then refuses."""
    text = (field.data or "").strip()
    return int(text) if text.isdecimal() and len(text) <= 6 else text


def share(field: Field) -> Fraction | str:
    """A percentage as a share of one."""
    text = (field.data or "").strip().removesuffix("%")
    return Fraction(text) / 100 if text.replace(".", "", 1).isdecimal() and len(text) <= 8 else "?"


def blueprint_form(topics: Sequence[tuple[str, str, str]], plan: Plan | None = None, **data: Any) -> BlueprintForm:
    """The form as it was sent, else ``plan``, else empty sections; ``topics``: (section, code, title)."""
    form = BlueprintForm(data={**(data_of(plan) if plan else {}), **data})
    for section, part in form.sections():
        offered = [SelectChoice(code, title) for home, code, title in topics if home == section.value]
        part.topic_choices = [SelectChoice("", _("不限")), *offered]
        for entry in part.picks:
            entry.form.topic.choices = [*part.topic_choices]
            if (own := entry.form.topic.data) and own not in [choice.value for choice in offered]:
                entry.form.topic.choices.append(SelectChoice(own, own))
    return form


def data_of(plan: Plan) -> Plain:
    data: Plain = {
        "code": plan.code,
        "title_zh": plan.title.zh or "",
        "title_en": plan.title.en or "",
        "certification": plan.certification,
        "minutes": str(plan.minutes),
        "pass_total": str(plan.pass_total),
        "multiple_rule": plan.multiple_rule.value,
        "shuffle_questions": plan.shuffle_questions,
        "shuffle_options": plan.shuffle_options,
        "exposure_cap": shown(plan.exposure_cap * 100, 4),
        "double_share": shown(plan.marking.double_share * 100, 4),
        "near_pass": str(plan.marking.near_pass),
        "tolerance": str(plan.marking.tolerance),
    }
    for part in plan.sections:
        data[part.section.value] = {
            "weight": str(part.weight),
            "pass_points": "" if part.pass_points is None else str(part.pass_points),
            "picks": [
                {
                    "kind": pick.kind.value,
                    "topic": pick.topic or "",
                    "difficulty": str(pick.difficulty or ""),
                    "count": str(pick.count),
                    "points": str(pick.points),
                }
                for pick in part.picks
            ],
        }
    return data


def plan_of(form: BlueprintForm) -> Plan | None:
    """The plan that was typed; None where something is wrong, which then stands at its field."""
    sound = form.validate()
    if (total := form.weight_sum()) != TOTAL:
        form.form_errors.append(_("各模块权重之和必须是 100，现在是 %(sum)s。", sum=total))
    try:
        plan = Plan.model_validate(form.plain())
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _place(form, detail)
        return None
    return plan if sound else None


def countable(form: BlueprintForm) -> tuple[Plan, list[str]] | None:
    """The plan as far as the bank can be asked about it, and the field names of its picks, in its order.

    What is unfinished elsewhere does not hinder the counting; None where not even one pick is whole.
    """
    names, sections = [], []
    for section, part in form.used():
        whole_picks = [(entry.name, pick) for entry in part.picks if (pick := _whole_pick(entry.form))]
        names += [name for name, _pick in whole_picks]
        if whole_picks:
            sections.append({"section": section, "weight": 1, "picks": [pick for _name, pick in whole_picks]})
    if not sections:
        return None
    sections[0]["weight"] = 101 - len(sections)
    plain = {"code": "draft", "title": {"zh": "-"}, "minutes": 1, "pass_total": 0, "sections": sections}
    try:
        return Plan.model_validate({**plain, "exposure_cap": share(form.exposure_cap)}), names
    except ValidationError:
        return Plan.model_validate(plain), names


def _whole_pick(row: PickRow) -> Pick | None:
    try:
        return Pick.model_validate(_pick(row))
    except ValidationError:
        return None


def _place(form: BlueprintForm, detail: ErrorDetails) -> None:
    if "sum to 100" in detail["msg"]:
        return  # said already, also where other errors keep the domain from summing
    field = _field_at(form, list(detail["loc"]))
    message = _message(detail)
    if field is None:
        form.form_errors.append(message)
    elif not field.errors:
        field.errors = [message]


def _field_at(form: BlueprintForm, loc: list[Any]) -> Field | None:
    if loc[:1] == ["sections"] and len(loc) > 1:
        return _field_of_section(form.used()[loc[1]][1], loc[2:])
    if loc[:1] == ["marking"]:
        loc = loc[1:]
    if loc[:1] == ["title"]:
        return form[f"title_{loc[1]}"] if len(loc) > 1 and loc[1] in set(Language) else form.title_zh
    return form._fields.get(loc[0]) if loc else None


def _field_of_section(form: SectionForm, loc: list[Any]) -> Field | None:
    if loc[:1] == ["picks"] and len(loc) > 2:
        return form.picks[loc[1]].form[loc[2]]
    if not loc:
        return form.pass_points
    return form._fields.get(loc[0])


def _message(detail: ErrorDetails) -> str:
    if detail["type"] == "too_short":
        return _("至少要有一个模块，每个模块至少抽一种题。")
    return fault(detail, {"pass_points": _("及格线不能高于模块的权重。")})
