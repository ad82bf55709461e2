"""A new scenario: its id and title, and what it begins with."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from lms.domain.people import Role
from lms.domain.scenarios.texts import Both
from lms.services import scenario_authoring as service
from lms.services import scenario_pages
from lms.services.scenarios import NoSuchScenario
from lms.web.access import allow, who
from lms.web.language import language
from lms.web.moment import now
from lms.web.scenarios import page

LONGEST_TITLE = 120


def _title(label: LazyString) -> StringField:
    return StringField(
        label,
        validators=[DataRequired(__("请填写名称。")), Length(max=LONGEST_TITLE, message=__("最多 120 个字符。"))],
        filters=[lambda text: text.strip() if text else text],
        render_kw={"maxlength": LONGEST_TITLE, "autocomplete": "off"},
    )


class NewScenarioForm(FlaskForm):  # type: ignore[misc]
    code = StringField(
        __("代号"),
        description=__("小写字母、数字和连字符，例如 late-refund；保存后不能更改。"),
        validators=[
            DataRequired(__("请填写代号。")),
            Length(max=40, message=__("最多 40 个字符。")),
            Regexp(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\Z", message=__("代号用小写字母、数字和连字符，以字母开头。")),
        ],
        filters=[lambda text: text.strip() if text else text],
        render_kw={"maxlength": 40, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"},
    )
    title_zh, title_en = _title(__("名称（中文）")), _title(__("名称（英文）"))
    source = SelectField(
        __("从哪里开始"),
        default="",
        description=__("无论选哪一项，都会得到一份完整的脚本，可在此基础上修改；原来的情景不变。"),
    )


@page.route("/new", methods=["GET", "POST"])
@allow(Role.TRAINER)
def new() -> str | tuple[str, int] | Response:
    form = NewScenarioForm()
    copies = [
        SelectChoice(str(row.id), _("复制：%(title)s", title=row.title.in_(language())))
        for row in scenario_pages.listed()
    ]
    form.source.choices = [SelectChoice("", _("最小的示例：两个节点，每一部分各有一例")), *copies]
    if not form.is_submitted():
        return render_template("scenarios/new.html", form=form)
    if not form.validate():
        return render_template("scenarios/new.html", form=form), 422
    title = Both(zh=form.title_zh.data, en=form.title_en.data)
    source_id = int(form.source.data) if form.source.data else None
    try:
        made = service.create(who().person_id, now(), form.code.data, title, source_id)
    except service.CodeTaken:
        form.code.errors = [_("代号已被使用。")]
        return render_template("scenarios/new.html", form=form), 422
    except NoSuchScenario:
        abort(404)
    flash(_("已建立草稿。改好后试演，再提交复核；另一位培训师通过后才启用。"), "success")
    return redirect(url_for("scenarios.edit", scenario_id=made))
