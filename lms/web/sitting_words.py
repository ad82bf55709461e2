"""What pages say where a sitting cannot be as asked, and where an invigilator's deed is refused."""

from flask_babel import gettext as _
from flask_wtf import FlaskForm

from lms.domain.sittings import BadSitting


def problem_text(field: str, code: str) -> str:
    """The words for one problem of BadSitting."""
    texts = {
        ("title", "missing"): _("请填写名称。"),
        ("title", "too-long"): _("名称最多 120 个字。"),
        ("closes_at", "before-opening"): _("关闭时间须晚于开放时间。"),
        ("closes_at", "already-past"): _("关闭时间已经过去。"),
        ("closes_at", "only-later"): _("已有人开考，关闭时间只能推迟。"),
        ("minutes", "too-short"): _("限时放不下这份演练方案的全部任务。"),
        ("blueprint_version_id", "unknown"): _("请选择一份组卷蓝图。"),
        ("cohort_id", "unknown"): _("请选择一个批次。"),
        ("invigilator_ids", "not-staff"): _("只有培训师和考官可以监考。"),
        ("factor", "out-of-range"): _("时间倍数须在 1 到 5 之间。"),
        ("extra_attempts", "out-of-range"): _("加考次数为 0–5。"),
        ("reason", "missing"): _("请填写原因。"),
    }
    if code == "started":
        return _("已有人开考，此项不能再改。")
    return texts.get((field, code), _("请检查这一项。"))


def refusal_text(code: str) -> str:
    """The words for one DeedRefused."""
    return {
        "reason": _("请填写原因（最多 300 个字）。"),
        "minutes": _("请填写 1–240 之间的分钟数。"),
        "overtaken": _("另一位监考刚刚处理过。请看一下最新情况，再决定是否继续。"),
        "not-open": _("这份作答不在进行中，无法执行。"),
        "already-paused": _("已经暂停。"),
        "not-paused": _("没有暂停，无需继续。"),
        "already-marked": _("评分已经开始，不能再改动作答。"),
        "nothing-left": _("全部任务都已结束，延长时间没有可做的任务。"),
        "already-proposed": _("这份作答已有作废申请，正等待另一人确认。"),
        "open-elsewhere": _("该考生正在进行另一份作答，不能重新打开这一份。"),
    }[code]


# The fields of forms that are not called as the plan calls them.
FIELDS = {
    "blueprint_version_id": "blueprint",
    "cohort_id": "cohort",
    "invigilator_ids": "invigilators",
    "access_code": "ask_code",
}


def show_problems(form: FlaskForm, bad: BadSitting) -> None:
    """Each problem at its field."""
    for name, code in bad.problems.items():
        field = form[FIELDS.get(name, name)]
        field.errors = [*field.errors, problem_text(name, code)]
