"""The forms in which questions are written, one a kind, with both languages side by side."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import HiddenInput

from lms.domain.frozen_paper import LETTERS
from lms.domain.questions import Kind
from lms.domain.questions import Question as Content
from lms.domain.values import Language
from lms.web.choices import choices

Plain = dict[str, Any]

MOST_ROWS = 12
_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_BETWEEN_CODES = re.compile(r"[\s,，、;；]+")


def _text(label: Any, lines: int = 2) -> TextAreaField:
    return TextAreaField(label, render_kw={"rows": lines})


class Row(Form):  # type: ignore[misc]
    """One line of a list; ``id`` is the option's letter or the criterion's name, empty while it is new."""

    id = HiddenField()
    TEXTS: tuple[str, ...] = ()

    def is_blank(self) -> bool:
        return not any(self[f"{name}_{language}"].data for name in self.TEXTS for language in Language)


class OptionRow(Row):
    text_zh, text_en = _text(__("选项（中文）"), 1), _text(__("选项（英文）"), 1)
    why_zh, why_en = _text(__("解析（中文）"), 1), _text(__("解析（英文）"), 1)
    TEXTS = ("text", "why")


class StepRow(Row):
    text_zh, text_en = _text(__("步骤（中文）"), 1), _text(__("步骤（英文）"), 1)
    TEXTS = ("text",)


class CriterionRow(Row):
    name_zh, name_en = StringField(__("维度（中文）")), StringField(__("维度（英文）"))
    points = StringField(__("分值"), render_kw={"inputmode": "numeric", "maxlength": 2})
    look_for_zh, look_for_en = _text(__("评分要点（中文）")), _text(__("评分要点（英文）"))
    TEXTS = ("name", "look_for")


class QuestionForm(FlaskForm):  # type: ignore[misc]
    """What all kinds share. ``base`` is the version that the author saw: saving over a newer one is a conflict."""

    base = IntegerField(default=0, widget=HiddenInput())
    code = StringField(__("题号"), render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": 40})
    place = SelectField(__("主题"), choices=[])
    difficulty = SelectField(__("难度"), default="2", choices=choices("difficulty"))
    rule = StringField(__("规则依据"), description=__("规则手册的章节和条款，答案由它证明。"))
    enemies = StringField(
        __("互斥试题"), description=__("不与本题同卷的题号，用空格隔开。"), render_kw={"spellcheck": "false"}
    )
    stem_zh, stem_en = _text(__("题干（中文）"), 5), _text(__("题干（英文）"), 5)
    rationale_zh, rationale_en = _text(__("答案解析（中文）")), _text(__("答案解析（英文）"))
    note = StringField(__("修改说明"), render_kw={"maxlength": 300})

    KIND: Kind
    TEXTS: tuple[str, ...] = ("stem", "rationale")
    ROWS: str = ""  # the field list of this kind
    ROW_FORM: type[Row] | None = None
    FEWEST_ROWS = 0

    def kept(self) -> list[tuple[int, Row]]:
        """The rows that hold something, with their number on the page."""
        if not self.ROWS:
            return []
        entries = [(int(entry.name.rsplit("-", 1)[1]), entry.form) for entry in self[self.ROWS]]
        return [(number, row) for number, row in entries if not row.is_blank()]

    @property
    def blank_row(self) -> Row | None:
        """A row without content, whose number the page's script fills in."""
        return self.ROW_FORM(prefix=f"{self.ROWS}-__-") if self.ROW_FORM else None

    def pair(self, name: str) -> dict[str, str]:
        return pair(self, name)

    def plain(self) -> Plain:
        """What was typed as a question's plain data, whatever is wrong with it."""
        section, _slash, topic = (self.place.data or "").partition("/")
        return {
            "kind": self.KIND.value,
            "code": (self.code.data or "").strip().upper(),
            "section": section,
            "topic": topic,
            "difficulty": self.difficulty.data or "",
            "rule": tidy(self.rule.data or ""),
            "enemies": list(dict.fromkeys(filter(None, _BETWEEN_CODES.split((self.enemies.data or "").upper())))),
            "stem": self.pair("stem"),
            "rationale": self.pair("rationale"),
            **self.of_kind(),
        }

    def of_kind(self) -> Plain:
        raise NotImplementedError

    def texts(self) -> Iterator[tuple[Form, str]]:
        """(form or row, name) of every text in two languages that is in use."""
        for name in self.TEXTS:
            yield self, name
        for _number, row in self.kept():
            for name in row.TEXTS:
                yield row, name


def pair(form: Form, name: str) -> dict[str, str]:
    """The languages in which a text was typed."""
    typed = {language.value: form[f"{name}_{language}"].data or "" for language in Language}
    return {language: tidied for language, text in typed.items() if (tidied := tidy(text))}


def tidy(text: str) -> str:
    """Text as a file can hold it: one kind of line break (browsers send CRLF), composed, nothing invisible."""
    lined = _BREAKS.sub("\n", unicodedata.normalize("NFC", text))
    return _CONTROLS.sub("", lined).strip()


def lettered(rows: Sequence[tuple[int, Row]]) -> list[tuple[str, int, Row]]:
    """Rows with their letters: an old one keeps its own, a new one gets the first that is free."""
    taken = {row.id.data for _number, row in rows}
    free = iter([letter for letter in LETTERS if letter not in taken] + ["?"] * len(rows))
    return [(row.id.data if row.id.data in LETTERS and row.id.data else next(free), n, row) for n, row in rows]


def _row_number(raw: object) -> int:
    """The number of a row; -1, which is none, for anything else."""
    text = str(raw)
    return int(text) if text.isdecimal() and len(text) < 4 else -1


class ChoiceForm(QuestionForm):
    options = FieldList(FormField(OptionRow), __("选项"), max_entries=MOST_ROWS)
    # The numbers of the rows that are right.
    key = SelectMultipleField(__("正确答案"), coerce=_row_number, choices=[], validate_choice=False)
    ROWS = "options"
    ROW_FORM = OptionRow
    FEWEST_ROWS = 4

    def of_kind(self) -> Plain:
        rows = lettered(self.kept())
        right = [letter for letter, number, _row in rows if number in (self.key.data or ())]
        options = [{"id": letter, "text": pair(row, "text"), "why": pair(row, "why")} for letter, _n, row in rows]
        return {"options": options, "key": right if self.KIND is Kind.MULTIPLE else "".join(right[:1])}


class SingleForm(ChoiceForm):
    KIND = Kind.SINGLE


class MultipleForm(ChoiceForm):
    KIND = Kind.MULTIPLE
    FEWEST_ROWS = 5


class NumericForm(QuestionForm):
    key = StringField(__("正确答案"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
    tolerance = StringField(
        __("允许误差"), default="0", description=__("答案与此相差不超过该数即为正确。"),
        render_kw={"inputmode": "decimal"},
    )  # fmt: skip
    unit_zh, unit_en = StringField(__("单位（中文）")), StringField(__("单位（英文）"))
    KIND = Kind.NUMERIC
    TEXTS = ("stem", "unit", "rationale")

    def of_kind(self) -> Plain:
        key, tolerance = (self.key.data or "").strip(), (self.tolerance.data or "").strip()
        return {"key": key, "tolerance": tolerance or "0", "unit": self.pair("unit")}


class OrderingForm(QuestionForm):
    """The steps stand on the page in the right order; the paper shuffles them."""

    steps = FieldList(FormField(StepRow), __("步骤"), max_entries=MOST_ROWS)
    KIND = Kind.ORDERING
    ROWS = "steps"
    ROW_FORM = StepRow
    FEWEST_ROWS = 4

    def of_kind(self) -> Plain:
        rows = lettered(self.kept())
        steps = [{"id": letter, "text": pair(row, "text")} for letter, _number, row in rows]
        return {"steps": sorted(steps, key=lambda step: step["id"]), "key": [letter for letter, *_rest in rows]}


class WrittenForm(QuestionForm):
    guide = FieldList(FormField(CriterionRow), __("评分维度"), max_entries=MOST_ROWS)
    model_answer_zh, model_answer_en = _text(__("参考答案（中文）"), 4), _text(__("参考答案（英文）"), 4)
    KIND = Kind.WRITTEN
    TEXTS = ("stem", "model_answer", "rationale")
    ROWS = "guide"
    ROW_FORM = CriterionRow
    FEWEST_ROWS = 3

    def of_kind(self) -> Plain:
        rows = [row for _number, row in self.kept()]
        taken = {row.id.data for row in rows}
        free = iter([f"criterion-{letter}" for letter in "abcdefghijkl" if f"criterion-{letter}" not in taken])
        guide = [
            {
                "id": row.id.data or next(free),
                "name": pair(row, "name"),
                "points": int(points) if (points := (row.points.data or "").strip()).isdecimal() else points,
                "look_for": pair(row, "look_for"),
            }
            for row in rows
        ]
        return {"guide": guide, "model_answer": self.pair("model_answer")}


FORMS: dict[Kind, type[QuestionForm]] = {
    form.KIND: form for form in (SingleForm, MultipleForm, NumericForm, OrderingForm, WrittenForm)
}


def typed_form(kind: Kind, places: Sequence[SelectChoice], content: Content | None = None, **data: Any) -> QuestionForm:
    """The form of a kind: what the browser sent, else ``content``, else empty rows."""
    form = FORMS[kind](data={**(data_of(content) if content else {}), **data})
    form.place.choices = [*places]
    own = f"{content.section}/{content.topic}" if content else ""
    if content and own not in [place.value for place in places]:
        form.place.choices.append(SelectChoice(own, content.topic))
    if form.ROWS:
        while not form.is_submitted() and content is None and len(form[form.ROWS]) < form.FEWEST_ROWS:
            form[form.ROWS].append_entry()
    return form


def data_of(content: Content) -> Plain:
    """A question as the form's data."""
    whole = content.model_dump(mode="json")
    data: Plain = {name: str(whole[name]) for name in ("code", "difficulty", "rule")}
    data["place"] = f"{whole['section']}/{whole['topic']}"
    data["enemies"] = " ".join(whole["enemies"])
    for name in ("stem", "rationale", "unit", "model_answer"):
        data |= _spread(name, whole.get(name))
    if "options" in whole:
        data["options"] = [_row(option, "text", "why") for option in whole["options"]]
        data["key"] = [n for n, option in enumerate(whole["options"]) if option["id"] in whole["key"]]
    elif "steps" in whole:
        steps = {step["id"]: step for step in whole["steps"]}
        data["steps"] = [_row(steps[id_], "text") for id_ in whole["key"]]
    elif "guide" in whole:
        data["guide"] = [{**_row(line, "name", "look_for"), "points": str(line["points"])} for line in whole["guide"]]
    else:
        data |= {"key": whole["key"], "tolerance": whole["tolerance"]}
    return data


def _row(entry: Mapping[str, Any], *names: str) -> Plain:
    row: Plain = {"id": entry["id"]}
    for name in names:
        row |= _spread(name, entry[name])
    return row


def _spread(name: str, texts: Mapping[str, str | None] | None) -> dict[str, str]:
    return {f"{name}_{language}": text or "" for language, text in (texts or {}).items()}


def faults(form: Form) -> list[tuple[str, str, str]]:
    """(id, label, message) of every field with an error, rows included, in the order of the page."""
    found = [("", "", str(message)) for message in getattr(form, "form_errors", ())]
    for field in form:
        found += list(_faults_of(field))
    return found


def _faults_of(field: Field) -> Iterator[tuple[str, str, str]]:
    if isinstance(field, FieldList):
        for number, entry in enumerate(field, start=1):
            for id_, label, message in faults(entry.form):
                yield id_, _("第 %(number)s 行 %(label)s", number=number, label=label), message
        if own := [error for error in field.errors if isinstance(error, str)]:
            yield field.id, str(field.label.text), own[0]
    elif isinstance(field, FormField):
        for id_, label, message in faults(field.form):
            yield id_, _("%(part)s · %(label)s", part=field.label.text, label=label), message
    elif field.errors:
        yield field.id, str(field.label.text), str(field.errors[0])
