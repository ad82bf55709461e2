"""The field's terms as people read them (design §2), by family and value."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

WORDS: dict[str, dict[str, LazyString]] = {
    "role": {
        "new_hire": _("新员工"),
        "trainer": _("培训师"),
        "examiner": _("考官"),
        "team_leader": _("直属主管"),
        "administrator": _("管理员"),
    },
    "section": {
        "business": _("业务知识"),
        "compliance": _("合规知识"),
        "case": _("案例分析"),
    },
    "kind": {
        "single": _("单选"),
        "multiple": _("多选"),
        "numeric": _("计算"),
        "ordering": _("排序"),
        "written": _("案例简答"),
    },
    "difficulty": {"1": _("易"), "2": _("中"), "3": _("难")},
    "question_state": {
        "draft": _("草稿"),
        "review": _("待复核"),
        "live": _("启用"),
        "retired": _("停用"),
    },
    "attempt_state": {
        "open": _("作答中"),
        "submitted": _("已交卷"),
        "marking": _("评分中"),
        "marked": _("待发布"),
        "released": _("已发布"),
        "void": _("作废"),
    },
    "multiple_rule": {
        "half": _("全对满分，少选得一半，错选零分"),
        "exact": _("全对得分，否则零分"),
        "net": _("对减错，不低于零"),
        "each": _("逐项判断"),
        "coverage": _("按覆盖与准确计分"),
    },
    "navigation": {"free": _("自由切换"), "forward": _("只能向前")},
    "takeover": {"free": _("换设备可直接接管"), "unlock": _("换设备须监考解锁")},
    "language": {"zh": _("中文"), "en": _("英文")},
    "submitted_by": {
        "candidate": _("考生交卷"),
        "deadline": _("到时自动交卷"),
        "invigilator": _("监考收卷"),
    },
}


def word(family: str, value: object) -> str:
    """The term for ``value``; the value itself where no term is known (never an error on a page)."""
    return str(WORDS.get(family, {}).get(str(value), value))
