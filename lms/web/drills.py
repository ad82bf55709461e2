"""A trainee's home of drills 演练: begin a set, personal bests, the curve, how each skill stands, the last runs."""

import secrets
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import AnyOf, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.domain.drills.plans import DrillKind
from lms.domain.drills.practice import RIGHT, Standing
from lms.domain.people import Role
from lms.domain.values import Language
from lms.services import crm_worlds, drill_practice, drill_progress
from lms.services.drill_practice import Choice, NothingToPractise, Wish
from lms.services.drill_titles import skill_title, template_title
from lms.services.runs import next_run
from lms.web.access import allow, who
from lms.web.drill_charts import curve
from lms.web.drill_words import formula
from lms.web.language import language
from lms.web.moment import now

page = Blueprint("drills", __name__)

Reply = Response | str | tuple[str, int]


class PracticeForm(FlaskForm):  # type: ignore[misc]
    """The button that sends it says which drill."""

    kind = StringField(
        __("演练"),
        validators=[
            InputRequired(__("请选择一种演练。")),
            AnyOf([one.value for one in DrillKind], __("没有这种演练。")),
        ],
    )
    language = RadioField(
        __("练习语言"),
        choices=[SelectChoice("zh", __("中文")), SelectChoice("en", __("英文"))],
        validators=[InputRequired(__("请选择语言。"))],
    )
    pace = RadioField(__("时钟"), validators=[InputRequired(__("请选择时钟。"))])
    choice = RadioField(__("练什么"), validators=[InputRequired(__("请选择练什么。"))])
    skills = SelectMultipleField(__("选定的技能"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.pace.choices = [SelectChoice(str(pace), _pace_text(pace)) for pace in drill_practice.PACES]
        self.choice.choices = [
            SelectChoice(Choice.ALL.value, _("全部技能，薄弱的多练")),
            SelectChoice(Choice.WEAK.value, _("只练薄弱技能")),
            SelectChoice(Choice.CHOSEN.value, _("只练选定的技能")),
        ]
        known = sorted({skill for kind in DrillKind for skill in drill_practice.skills_of(kind)})
        self.skills.choices = [SelectChoice(skill, skill_title(skill, language())) for skill in known]

    def wish(self) -> Wish:
        return Wish(
            kind=DrillKind(self.kind.data),
            language=Language(self.language.data),
            factor=Fraction(self.pace.data),
            choice=Choice(self.choice.data),
            skills=tuple(self.skills.data or ()),
        )


def _pace_text(pace: Fraction) -> str:
    if pace == 1:
        return _("标准时间")
    if pace == 4:
        return _("4 倍时间，先熟悉界面")
    return _("%(pace)s 倍时间", pace=f"{float(pace):g}")


@page.get("/drills")
@allow(Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER)
def home_page() -> str:
    form = PracticeForm(formdata=None, language=language().value, pace="1", choice=Choice.ALL.value)
    return _home(form)


@page.post("/drills/practice")
@allow(Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER)
def practise() -> Reply:
    form = PracticeForm()
    if not form.validate_on_submit():
        return _home(form), 422
    try:
        set_id = drill_practice.begin(who().person_id, form.wish(), seed=secrets.randbits(48), now=now())
    except NothingToPractise:
        form.skills.errors = [_("请至少选一项这种演练有的技能。")]
        return _home(form), 422
    except crm_worlds.NotBuilt:
        return _home(form), 409
    return redirect(url_for("drill_desk.run_page", run_id=next_run(set_id)))


def _home(form: PracticeForm) -> str:
    person_id = who().person_id
    runs = drill_progress.own_runs(person_id)
    shown = _shown_kind(runs)
    found = drill_progress.progress(runs, shown)
    plans = {kind: drill_practice.rules(kind) for kind in DrillKind}
    return render_template(
        "drills/home.html",
        form=form,
        plans=plans,
        formulas={kind: formula(plan) for kind, plan in plans.items()},
        weak={kind: _weak_text(drill_progress.progress(runs, kind).standings) for kind in DrillKind},
        world_share=drill_practice.world_share(),
        unfinished=drill_progress.unfinished(person_id, now()),
        progress=found,
        curve=curve(found.curve),
        recent=[run for run in runs if run.kind == shown][: drill_progress.RECENT],
        any_runs=bool(runs),
        skill_title=lambda code: skill_title(code, language()),
        template_title=lambda code: template_title(code, language()),
    )


def _shown_kind(runs: list[drill_progress.OwnRun]) -> DrillKind:
    """The one asked for, else that of the newest run."""
    wanted = request.args.get("kind", "")
    if wanted in set(DrillKind):
        return DrillKind(wanted)
    return DrillKind(runs[0].kind) if runs else DrillKind.LOOKUP


def _weak_text(standings: Sequence[Standing]) -> str:
    """Why the next set begins with a skill; empty where none is weak."""
    weakest = next((one for one in standings if one.weak), None)
    if weakest is None:
        return ""
    skill = skill_title(weakest.skill, language())
    if weakest.share < RIGHT:
        return _(
            "优先安排：%(skill)s（最近 %(recent)s 次对 %(right)s 次）",
            skill=skill, recent=weakest.recent, right=weakest.right,
        )  # fmt: skip
    return _(
        "优先安排：%(skill)s（最近 %(recent)s 次的中位用时 %(median)s 秒，超过 %(limit)s 秒）",
        skill=skill, recent=weakest.recent, median=f"{(weakest.median_ms or 0) / 1000:.0f}",
        limit=weakest.limit_ms // 1000,
    )  # fmt: skip
