"""The words of a run's journal and ledger: what each action was, what went wrong, what the desk calls a field."""

from flask_babel import gettext as _

from lms.domain.drills.journal import ActionKind
from lms.domain.drills.ledger import VERIFICATION, ErrorKind
from lms.services.run_ledgers import LedgerLine, RunLedger
from lms.web.desk_words import error_word, proof_words


def deed_word(kind: str) -> str:
    """What somebody did, as the list of steps says it; a kind that is no more is itself."""
    return {
        ActionKind.BEGIN.value: _("来电，计时开始"),
        ActionKind.SEARCH.value: _("搜索"),
        ActionKind.OPEN.value: _("打开客户记录"),
        ActionKind.VERIFY.value: _("核验"),
        ActionKind.PANEL.value: _("查看资料页"),
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


def seen_text(ledger: RunLedger, line: LedgerLine) -> str:
    """What was seen or done at an error, in words."""
    if line.kind == ErrorKind.UNMASKED:
        return desk_field(line.seen)
    return _said(ledger, line, line.seen) or _("没有")


def right_text(ledger: RunLedger, line: LedgerLine) -> str:
    """What was right instead; empty where there is nothing to say."""
    if line.kind == ErrorKind.UNMASKED:
        return _("不需要查看")
    if line.kind in (ErrorKind.WRONG, ErrorKind.STALE) and not line.right:
        return _("留空")
    return _said(ledger, line, line.right)


def _said(ledger: RunLedger, line: LedgerLine, value: str) -> str:
    if line.field == "evidence":
        return _("；").join(ledger.evidence.get(ref, ref) for ref in value.split("+") if ref)
    if line.field == VERIFICATION or line.key.startswith("disclosure:proof:"):
        words = proof_words()
        return " ".join(_("、").join(words.get(one, one) for one in part.split("+")) for part in value.split())
    return value


# What templates of a ledger are given.
LEDGER_WORDS = {"error_word": error_word, "desk_field": desk_field, "seen_text": seen_text, "right_text": right_text}
