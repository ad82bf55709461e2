"""What keeps a typed question from being one, said at the field where it is to be mended."""

from typing import Any

from flask_babel import gettext as _
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from wtforms import Field, Form

from lms.domain.questions import Kind, parse_question
from lms.domain.questions import Question as Content
from lms.domain.values import Language
from lms.web.bank_forms import ChoiceForm, QuestionForm, pair

# Rules about languages; the form has already said which texts are missing.
_LANGUAGE_RULES = ("give the text in", "no language has all", "some texts are missing")


def content_of(form: QuestionForm) -> Content | None:
    """The question that was typed; None where something is wrong, which then stands at its field."""
    sound = form.validate()
    whole = _ask_for_missing_texts(form)
    try:
        content = parse_question(form.plain())
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _place(form, detail, spoken=not whole)
        return None
    return content if sound and whole else None


def _ask_for_missing_texts(form: QuestionForm) -> bool:
    """Each text must be there in every language that any text has; says so where one is not."""
    texts = list(form.texts())
    used = {language for holder, name in texts for language in pair(holder, name)} or {Language.ZH.value}
    whole = True
    for holder, name in texts:
        for language in sorted(used - pair(holder, name).keys()):
            holder[f"{name}_{language}"].errors = [_missing(Language(language), alone=len(used) == 1)]
            whole = False
    return whole


def _missing(language: Language, *, alone: bool) -> str:
    if alone:
        return _("请填写。")
    if language is Language.ZH:
        return _("请补上中文，或把其他各处的中文也删去。")
    return _("请补上英文，或把其他各处的英文也删去。")


def _place(form: QuestionForm, detail: ErrorDetails, *, spoken: bool) -> None:
    rule = detail["msg"] if detail["type"] == "value_error" else ""
    if spoken and any(words in rule for words in _LANGUAGE_RULES):
        return
    field, message = _field_at(form, list(detail["loc"][1:])), _message(detail)
    if rule:
        name, message = _rule(form, rule)
        field = form._fields.get(name, field)
    if isinstance(form, ChoiceForm) and field is form.key:
        message = _right_options(form)
    if field is None:
        form.form_errors.append(message)
    elif not field.errors:
        field.errors = [message]


def _field_at(form: QuestionForm, loc: list[Any]) -> Field | None:
    if not loc:
        return None
    name, rest = loc[0], loc[1:]
    if name in ("section", "topic"):
        return form.place
    if name == form.ROWS and rest:
        row = _row_at(form, rest[0])
        return _in(row, rest[1:]) if row else form[name]
    return _in(form, loc)


def _row_at(form: QuestionForm, number: int) -> Form | None:
    rows = [row for _number, row in form.kept()]
    if form.ROWS == "steps":  # these stand on the page in the right order, in the data by their letters
        return None
    return rows[number] if number < len(rows) else None


def _in(form: Form, loc: list[Any]) -> Field | None:
    name = str(loc[0]) if loc else ""
    language = str(loc[1]) if len(loc) > 1 and loc[1] in set(Language) else Language.ZH.value
    for candidate in (f"{name}_{language}", name):
        if candidate in form:
            return form[candidate]
    return None


def _right_options(form: QuestionForm) -> str:
    if form.KIND is Kind.MULTIPLE:
        return _("请至少选两项为正确，并至少留一项为错误。")
    return _("请选出正确的一项。")


def _rule(form: QuestionForm, rule: str) -> tuple[str, str]:
    """A rule that spans several fields → (the field to look at, how to mend it)."""
    said = {
        "is not one of the options": ("key", _right_options(form)),
        "the key must name two or more": ("key", _right_options(form)),
        "two options have the same text": ("options", _("两个选项的文字相同。")),
        "two options have the same id": ("options", _("选项过多，最多 8 项。")),
        "two steps": ("steps", _("两个步骤的文字相同。")),
        "the key must name every step": ("steps", _("每个步骤都要排进顺序。")),
        "two criteria": ("guide", _("两个维度的代号相同。")),
        "its own enemy": ("enemies", _("试题不能与自己互斥。")),
        "tolerance must not be negative": ("tolerance", _("允许误差不能是负数。")),
    }
    for words, found in said.items():
        if words in rule:
            return found
    return "", _("请检查此处。")


def _message(detail: ErrorDetails) -> str:
    limits = detail.get("ctx", {})
    names = [step for step in detail["loc"] if isinstance(step, str) and step not in set(Language)]
    name = names[-1] if names else ""
    kind = detail["type"]
    if kind == "string_too_long":
        return _("最多 %(most)s 个字符，现有 %(count)s 个。", most=limits["max_length"], count=len(detail["input"]))
    if kind == "too_short":
        return _("至少需要 %(least)s 项。", least=limits["min_length"])
    if kind == "too_long":
        return _("最多 %(most)s 项。", most=limits["max_length"])
    if kind in ("greater_than_equal", "less_than_equal"):
        return _("请填写 1 到 20 的整数。") if name == "points" else _("数值超出范围。")
    if kind == "string_pattern_mismatch" and detail["input"]:
        return _form_of(name)
    return _("请填写。")


def _form_of(name: str) -> str:
    said = {
        "code": _("题号用大写字母、数字和连字符，例如 BIL-001。"),
        "enemies": _("请写题号，例如 BIL-004，用空格隔开。"),
        "key": _("请写一个数，例如 35.61。"),
        "tolerance": _("请写一个数，例如 0.01。"),
        "id": _("选项过多，最多 8 项。"),
    }
    return said.get(name, _("格式不正确。"))
