"""The words of a run's film: what each action was, and what a field of the desk's own is called."""

from flask_babel import gettext as _

from lms.domain.drills.journal import ActionKind


def deed_word(kind: str) -> str:
    """What somebody did, as the list of steps says it; a kind that is no more is itself."""
    return {
        ActionKind.BEGIN.value: _("来电，计时开始"),
        ActionKind.SEARCH.value: _("搜索"),
        ActionKind.OPEN.value: _("打开客户记录"),
        ActionKind.VERIFY.value: _("核验"),
        ActionKind.PANEL.value: _("查看"),
        ActionKind.UNMASK.value: _("显示完整信息"),
        ActionKind.KNOWLEDGE.value: _("搜索知识库"),
        ActionKind.ARTICLE.value: _("阅读文章"),
        ActionKind.PIN.value: _("选为证据"),
        ActionKind.UNPIN.value: _("移除证据"),
        ActionKind.ANSWER.value: _("填写"),
        ActionKind.SUBMIT.value: _("提交"),
        ActionKind.CLOSE.value: _("时间到，由系统结束"),
    }.get(kind, kind)


def desk_field(field: str) -> str:
    """A field that belongs to the desk and to no task."""
    return {
        "customer": _("客户记录"),
        "verification": _("核验级别"),
        "evidence": _("证据"),
        "article": _("依据文章"),
        "solution": _("解决方案"),
        "amount": _("金额"),
        "authority": _("审批权限"),
        "ticket.type": _("工单类型"),
        "ticket.level": _("工单级别"),
        "ticket.department": _("受理部门"),
        "ticket.finish": _("办结时限"),
        "ticket.children": _("子单"),
        "ticket.note": _("工单备注"),
        "number": _("号码"),
        "id": _("证件"),
        "name": _("姓名"),
        "address": _("地址"),
    }.get(field, field)
