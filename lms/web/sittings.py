"""Sittings, for trainers: list, plan, change, cancel; the roster with what each candidate is due."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.domain.papers import Shortage
from lms.domain.people import Role
from lms.domain.plans import EXAM
from lms.domain.results import Feedback
from lms.domain.sittings import LONGEST_TITLE, MOST_ATTEMPTS, NAVIGATIONS, TAKEOVERS, BadSitting, SittingPlan
from lms.domain.values import Language
from lms.services import sitting_lists
from lms.services import sittings as service
from lms.services.sitting_lists import Detail
from lms.services.sittings import HasAttempts
from lms.web import dues
from lms.web.access import allow, who
from lms.web.language import language
from lms.web.moment import from_local, local, now
from lms.web.sitting_words import show_problems
from lms.web.words import WORDS, word

page = Blueprint("sittings", __name__, url_prefix="/sittings")
page.register_blueprint(dues.page)

MINUTE = "%Y-%m-%dT%H:%M"
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that sounds or looks like another


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _letter in range(6))


@page.get("")
@allow(Role.TRAINER)
def list_page() -> str:
    return render_template("sittings/list.html", sittings=sitting_lists.sittings(now()))


def _choices(widget_choices: Any) -> dict[str, Any]:
    return {"choices": widget_choices, "widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}


class StartedForm(FlaskForm):  # type: ignore[misc]
    """What may still change after the first start."""

    title = StringField(
        __("名称"),
        validators=[InputRequired(__("请填写名称。")), Length(max=LONGEST_TITLE, message=__("名称最多 120 个字。"))],
    )  # fmt: skip
    closes_at = DateTimeLocalField(__("关闭时间"), format=MINUTE, validators=[InputRequired(__("请填写关闭时间。"))])
    invigilators = SelectMultipleField(
        __("监考"), coerce=int, **_choices([]), description=__("只有列入的人能看到考场实况并处理。")
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.invigilators.choices = [
            SelectChoice(id_, f"{name} · {number}") for id_, name, number in sitting_lists.invigilator_choices()
        ]


class SittingForm(StartedForm):
    blueprint = SelectField(__("组卷蓝图或演练方案"), coerce=int)
    cohort = SelectField(__("批次"), coerce=int)
    opens_at = DateTimeLocalField(__("开放时间"), format=MINUTE, validators=[InputRequired(__("请填写开放时间。"))])
    minutes = IntegerField(
        __("限时（分钟，留空即按蓝图）"), validators=[Optional(), NumberRange(1, 600, __("限时为 1–600 分钟。"))]
    )
    attempts_allowed = IntegerField(
        __("可考次数"), default=1,
        validators=[InputRequired(__("请填写次数。")), NumberRange(1, MOST_ATTEMPTS, __("次数为 1–9。"))],
    )  # fmt: skip
    navigation = RadioField(__("答题顺序"), default="free")
    takeover = RadioField(__("更换设备"), default="free")
    ask_code = BooleanField(
        __("开考须输入考场口令"), description=__("口令由系统生成，保存后显示一次，请在考场当场宣读。")
    )
    feedback = SelectMultipleField(
        __("成绩发布后，考生可以看到"), default=["total", "sections", "topics"], **_choices([]),
        description=__("答案一旦可见，题目就会流传；默认不显示。"),
    )  # fmt: skip

    def __init__(self, present: Detail | None = None, **options: Any) -> None:
        super().__init__(**options)
        sitting = present.sitting if present else None
        blueprints = sitting_lists.blueprint_choices(sitting.blueprint_version_id if sitting else None)
        self.minutes_of = {choice.version_id: choice.minutes for choice in blueprints}
        self.blueprint.choices = [SelectChoice(c.version_id, _blueprint_label(c, language())) for c in blueprints]
        self.cohort.choices = [
            SelectChoice(id_, _("%(name)s（%(count)s 人）", name=name, count=count))
            for id_, name, count in sitting_lists.cohort_choices()
        ]
        self.untrained = sorted(sitting_lists.untrained_cohorts())
        self.navigation.choices = [SelectChoice(value, WORDS["navigation"][value]) for value in NAVIGATIONS]
        self.takeover.choices = [SelectChoice(value, WORDS["takeover"][value]) for value in TAKEOVERS]
        self.feedback.choices = [SelectChoice(value, WORDS["feedback"][value]) for value in Feedback.model_fields]

    def plan(self) -> SittingPlan:
        return SittingPlan(
            title=self.title.data.strip(),
            blueprint_version_id=self.blueprint.data,
            cohort_id=self.cohort.data,
            opens_at=from_local(self.opens_at.data),
            closes_at=from_local(self.closes_at.data),
            minutes=self.minutes.data or self.minutes_of[self.blueprint.data],
            attempts_allowed=self.attempts_allowed.data,
            navigation=self.navigation.data,
            takeover=self.takeover.data,
            invigilator_ids=frozenset(self.invigilators.data or ()),
        )

    def shown_feedback(self) -> Feedback:
        return Feedback(**{name: name in (self.feedback.data or ()) for name in Feedback.model_fields})


def _blueprint_label(choice: sitting_lists.BlueprintChoice, shown_in: Language) -> str:
    named = {"title": choice.title.in_(shown_in), "number": choice.number, "minutes": choice.minutes}
    if choice.kind == EXAM:
        return _("%(title)s（第 %(number)s 版，%(minutes)s 分钟）", **named)
    kind = word("plan_kind", choice.kind)
    return _("%(title)s（%(kind)s，第 %(number)s 版，%(minutes)s 分钟）", kind=kind, **named)


def _first_window() -> tuple[datetime, datetime]:
    """The next full hour, two hours long: something to change, not something to type."""
    start = (local(now()) + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    return start.replace(tzinfo=None), (start + timedelta(hours=2)).replace(tzinfo=None)


@page.get("/new")
@allow(Role.TRAINER)
def new_page() -> str:
    opens_at, closes_at = _first_window()
    form = SittingForm(data={"opens_at": opens_at, "closes_at": closes_at, "invigilators": [who().person_id]})
    return render_template("sittings/new.html", form=form)


@page.post("/new")
@allow(Role.TRAINER)
def create() -> Response | tuple[str, int]:
    form = SittingForm()
    if not form.validate_on_submit():
        return render_template("sittings/new.html", form=form), 422
    plan, code = form.plan(), new_code() if form.ask_code.data else None
    gaps = _gaps(plan.blueprint_version_id)
    if all(found["blocked"] for found in gaps) and len(gaps) == len(Language):
        form.blueprint.errors = [found["text"] for found in gaps]
        return render_template("sittings/new.html", form=form), 422
    try:
        sitting = service.create_sitting(
            who().person_id, now(), title=plan.title, blueprint_version_id=plan.blueprint_version_id,
            cohort_id=plan.cohort_id, opens_at=plan.opens_at, closes_at=plan.closes_at, minutes=plan.minutes,
            attempts_allowed=plan.attempts_allowed, navigation=plan.navigation, takeover=plan.takeover,
            access_code=code, feedback=form.shown_feedback(), seed=secrets.randbits(62),
            invigilator_ids=plan.invigilator_ids,
        )  # fmt: skip
    except BadSitting as bad:
        show_problems(form, bad)
        return render_template("sittings/new.html", form=form), 422
    flash(_("考试场次已创建。"), "success")
    _show_once(code)
    return redirect(url_for("sittings.detail_page", sitting_id=sitting.id), 303)


def _show_once(code: str | None) -> None:
    if code is not None:
        flash(_("考场口令：%(code)s。只显示这一次，请现在记下。", code=code), "warning")


@page.get("/gaps")
@allow(Role.TRAINER)
def gaps_of_blueprint() -> Response:
    """What the bank lacks for the blueprint chosen in the form, in words."""
    version_id = request.args.get("blueprint", type=int)
    known = {choice.version_id for choice in sitting_lists.blueprint_choices()}
    if version_id not in known:
        abort(404)
    return jsonify(gaps=_gaps(version_id))


def _gaps(blueprint_version_id: int) -> list[dict[str, Any]]:
    """One line a language: ``blocked`` where no paper can be drawn, else exposure cannot be kept."""
    return [_gap(spoken, short) for spoken, short in sitting_lists.gaps(blueprint_version_id).items()]


def _gap(spoken: Language, short: list[Shortage]) -> dict[str, Any]:
    blocking = [found for found in short if found.found < found.cell.pick.count]
    cells = _("、").join(_cell(found) for found in blocking or short)
    named = {"language": WORDS["language"][spoken], "cells": cells}
    if blocking:
        return {"blocked": True, "text": _("题库不足，%(language)s卷无法组成：%(cells)s。", **named)}
    return {"blocked": False, "text": _("%(language)s卷可以组成，但题量不足以控制曝光：%(cells)s。", **named)}


def _cell(short: Shortage) -> str:
    pick = short.cell.pick
    parts = [WORDS["section"][short.cell.section], WORDS["kind"][pick.kind], pick.topic]
    parts.append(WORDS["difficulty"][str(pick.difficulty)] if pick.difficulty else None)
    name = " · ".join(str(part) for part in parts if part)
    return _("%(name)s 缺 %(missing)s 题", name=name, missing=short.missing)


def the_detail(sitting_id: int) -> Detail:
    found = sitting_lists.detail(sitting_id, now())
    if found is None:
        abort(404)
    return found


@page.get("/<int:sitting_id>")
@allow(Role.TRAINER)
def detail_page(sitting_id: int) -> str:
    found = the_detail(sitting_id)
    gaps = [] if found.stage in ("past", "cancelled") else _gaps(found.sitting.blueprint_version_id)
    return _detail(found, gaps, CancelForm())


def _detail(found: Detail, gaps: list[dict[str, Any]], form: "CancelForm") -> str:
    watches = who().person_id in {person_id for person_id, _name in found.invigilators}
    blueprint = found.blueprint.in_(language())
    return render_template(
        "sittings/detail.html", found=found, gaps=gaps, watches=watches, blueprint=blueprint, form=form
    )


@page.get("/<int:sitting_id>/edit")
@allow(Role.TRAINER)
def edit_page(sitting_id: int) -> str:
    found = the_detail(sitting_id)
    sitting = found.sitting
    present = {
        "title": sitting.title,
        "blueprint": sitting.blueprint_version_id,
        "cohort": sitting.cohort_id,
        "opens_at": local(sitting.opens_at).replace(tzinfo=None),
        "closes_at": local(sitting.closes_at).replace(tzinfo=None),
        "minutes": sitting.minutes,
        "attempts_allowed": sitting.attempts_allowed,
        "navigation": sitting.navigation,
        "takeover": sitting.takeover,
        "ask_code": sitting.code_hash is not None,
        "feedback": [name for name, shown in sitting.feedback.items() if shown],
        "invigilators": [person_id for person_id, _name in found.invigilators],
    }
    form = StartedForm(data=present) if found.started else SittingForm(found, data=present)
    return render_template("sittings/edit.html", form=form, found=found)


@page.post("/<int:sitting_id>/edit")
@allow(Role.TRAINER)
def edit(sitting_id: int) -> Response | tuple[str, int]:
    found = the_detail(sitting_id)
    form = StartedForm() if found.started else SittingForm(found)
    if not form.validate_on_submit():
        return render_template("sittings/edit.html", form=form, found=found), 422
    before = service.plan_of(found.sitting, [person_id for person_id, _name in found.invigilators])
    wanted = _wanted(form, before)
    feedback = form.shown_feedback() if isinstance(form, SittingForm) else Feedback(**found.sitting.feedback)
    try:
        service.change_sitting(who().person_id, now(), sitting_id, wanted, feedback=feedback)
    except BadSitting as bad:
        show_problems(form, bad)
        return render_template("sittings/edit.html", form=form, found=found), 422
    flash(_("更改已保存。"), "success")
    if isinstance(form, SittingForm) and form.ask_code.data != (found.sitting.code_hash is not None):
        code = new_code() if form.ask_code.data else None
        service.change_code(who().person_id, now(), sitting_id, code)
        _show_once(code)
    return redirect(url_for("sittings.detail_page", sitting_id=sitting_id), 303)


def _wanted(form: StartedForm, before: SittingPlan) -> SittingPlan:
    """The form's plan. A time that was not touched stays to the second: the control shows minutes only."""
    closes_at = _kept(before.closes_at, form.closes_at.data)
    if isinstance(form, SittingForm):
        plan = form.plan()
        return replace(plan, opens_at=_kept(before.opens_at, form.opens_at.data), closes_at=closes_at)
    invigilators = frozenset(form.invigilators.data or ())
    return replace(before, title=form.title.data.strip(), closes_at=closes_at, invigilator_ids=invigilators)


def _kept(before: datetime, typed: datetime) -> datetime:
    untouched = local(before).strftime(MINUTE) == typed.strftime(MINUTE)
    return before if untouched else from_local(typed)


@page.post("/<int:sitting_id>/code")
@allow(Role.TRAINER)
def change_code(sitting_id: int) -> Response:
    """Another access code: the old one got out."""
    the_detail(sitting_id)
    code = new_code()
    service.change_code(who().person_id, now(), sitting_id, code)
    _show_once(code)
    return redirect(url_for("sittings.detail_page", sitting_id=sitting_id), 303)


class CancelForm(FlaskForm):  # type: ignore[misc]
    reason = StringField(
        __("取消原因"),
        validators=[InputRequired(__("请填写原因。")), Length(max=300, message=__("原因最多 300 个字。"))],
    )  # fmt: skip


@page.post("/<int:sitting_id>/cancel")
@allow(Role.TRAINER)
def cancel(sitting_id: int) -> Response | tuple[str, int]:
    found, form = the_detail(sitting_id), CancelForm()
    if not form.validate_on_submit():
        return _detail(found, [], form), 422
    try:
        service.cancel_sitting(who().person_id, now(), sitting_id, form.reason.data.strip())
    except HasAttempts:
        flash(_("已有人开考，场次不能取消。"), "error")
        return redirect(url_for("sittings.detail_page", sitting_id=sitting_id), 303)
    flash(_("场次已取消。"), "success")
    return redirect(url_for("sittings.list_page"), 303)
