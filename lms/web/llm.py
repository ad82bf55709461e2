"""The administrator's page of the LLM: off or on as customer and for examiners, whom to ask, exactly what is sent."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from lms.domain.people import Role
from lms.domain.values import Language
from lms.services import call_proposals, llm, scenarios
from lms.services.llm import BadLlmSettings, LlmChoice
from lms.web.access import allow, who
from lms.web.language import language as page_language
from lms.web.moment import now
from lms.web.words import word

page = Blueprint("llm", __name__, url_prefix="/settings/llm")

LATIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class LlmForm(FlaskForm):  # type: ignore[misc]
    enabled = BooleanField(
        __("允许由大模型扮演客户"),
        description=__("默认关闭。练习中由学员选择，认证中只在方案写明时才用。关闭时，客户由脚本或考官扮演。"),
    )
    proposals = BooleanField(
        __("允许大模型为考官提示引文和是非检查"),
        description=__(
            "默认关闭。考官提交自己的评分后，才显示大模型找到的原话和“是、否、说不清”；从不给级别，不写入评分和成绩，学员看不到。"
        ),
    )
    base_url = StringField(
        __("接口地址"),
        validators=[Length(max=300)],
        description=__("OpenAI 兼容接口，例如 http://127.0.0.1:8091/v1。密钥只从环境变量 LLM_API_KEY 读取。"),
        render_kw={**LATIN, "inputmode": "url"},
    )
    model = StringField(__("模型名称"), validators=[Length(max=120)], render_kw=LATIN)
    hosts = TextAreaField(
        __("允许访问的主机和端口"),
        validators=[Length(max=1000)],
        description=__("每行一个“主机:端口”。只会访问这里列出的地址，本机地址也须列出；不跟随跳转，不使用代理。"),
        render_kw={**LATIN, "rows": 3},
    )


@page.get("")
@allow(Role.ADMINISTRATOR)
def settings_page() -> str:
    chosen = llm.choice()
    form = LlmForm(
        formdata=None, enabled=chosen.enabled, proposals=chosen.proposals, base_url=chosen.base_url,
        model=chosen.model, hosts=chosen.hosts,
    )  # fmt: skip
    return _render(form)


@page.post("")
@allow(Role.ADMINISTRATOR)
def change() -> Response | tuple[str, int]:
    form = LlmForm()
    if form.validate_on_submit():
        hosts = "\n".join((form.hosts.data or "").split())
        model = "".join(one for one in form.model.data or "" if one.isprintable()).strip()
        wanted = LlmChoice(
            form.enabled.data, (form.base_url.data or "").strip(), model, hosts, form.proposals.data
        )  # fmt: skip
        try:
            llm.choose(who().person_id, now(), wanted)
        except BadLlmSettings as bad:
            for name, code in bad.problems.items():
                form[name].errors = [word("llm-problem", code)]
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for("llm.settings_page"))
    return _render(form), 422


def _render(form: LlmForm) -> str:
    language = Language.EN if request.args.get("language", page_language()) == "en" else Language.ZH
    scripts = scenarios.live_scripts()
    chosen = next((one for one in scripts if one.id == request.args.get("scenario")), scripts[0] if scripts else None)
    for_examiners = request.args.get("purpose") == "proposals"
    what_is_sent = call_proposals.what_is_sent if for_examiners else llm.what_is_sent
    sent = what_is_sent(chosen, language) if chosen else []
    return render_template(
        "llm/settings.html", form=form, shown=page_language(), scripts=scripts, chosen=chosen, language=language,
        sent=sent, for_examiners=for_examiners, tokens=llm.MOST_TOKENS, calls=call_proposals.MOST_A_DAY,
    )  # fmt: skip
