"""What the pages of all plans share: saving one as a row or as its next version, and what is wrong, in words."""

from collections.abc import Mapping

from flask import flash
from flask_babel import gettext as _
from pydantic_core import ErrorDetails
from wtforms import Form

from lms.domain.plans import Plan
from lms.services import blueprints as service
from lms.web.access import who
from lms.web.moment import now


def created(form: Form, plan: Plan) -> int | None:
    """The new plan's id; None where its code is another's, which then stands at the field ``code``."""
    try:
        made = service.create(who().person_id, now(), plan)
    except service.CodeTaken:
        form.code.errors = [_("代号已被使用。")]
        return None
    return made


def saved(form: Form, plan_id: int, plan: Plan) -> service.BlueprintPage | None:
    """Save a version on top of the form's ``base``; what somebody else saved meanwhile, on which the form now stands.

    None: saved, or there was nothing to save, and either is said on the next page.
    """
    try:
        number = service.save(who().person_id, now(), plan_id, form.base.data or 0, plan)
    except service.Unchanged:
        flash(_("没有改动，未产生新版本。"), "warning")
    except service.Stale as stale:
        form.base.data, form.base.raw_data = stale.newest.number, None
        return stale.newest
    else:
        flash(_("已保存为第 %(number)s 版。已建的考试场次仍用原来的版本。", number=number), "success")
    return None


def fault(detail: ErrorDetails, rules: Mapping[str, str]) -> str:
    """What pydantic found wrong; ``rules``: words of a rule that spans several fields → how this form says it."""
    kind, limits = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        told = next((said for words, said in rules.items() if words in detail["msg"]), "")
        return told or (_("请填写名称。") if "give the text" in detail["msg"] else _("请检查此处。"))
    if kind == "greater_than_equal":
        return _("不能小于 %(least)s。", least=limits["ge"])
    if kind == "greater_than":
        return _("必须大于 0。")
    if kind == "less_than_equal":
        most = limits["le"]
        return _("不能大于 %(most)s。", most="100%" if most == 1 else most)
    if kind == "too_long":
        return _("最多 %(most)s 项。", most=limits["max_length"])
    if kind == "string_pattern_mismatch" and detail["input"]:
        return _("代号用小写字母、数字和连字符，以字母开头。")
    if kind == "string_too_long":
        return _("最多 %(most)s 个字符，现有 %(count)s 个。", most=limits["max_length"], count=len(detail["input"]))
    if kind.startswith("fraction"):
        return _("请填写百分数，例如 20。")
    return _("请填写整数。") if kind.startswith("int") and detail["input"] else _("请填写。")
