"""The words of the agent desktop's page: what its script says, why an action was refused, what went wrong in a run."""

from flask_babel import gettext as _

from lms.domain.crm.search import Refusal as QueryRefusal
from lms.domain.drills.ledger import CriticalKind, ErrorKind
from lms.domain.drills.scoring import StageName
from lms.domain.drills.tasks import Proof
from lms.services.run_desk import Shown
from lms.services.run_journal import Refusal
from lms.web.prose import prose


def worded(shown: Shown) -> Shown:
    """The article that is read as safe HTML."""
    if shown.get("article"):
        shown["article"]["html"] = str(prose(shown["article"].pop("body")))
    return shown


def refusal_text(reason: Refusal) -> str:
    return {
        Refusal.CLOSED_BOOK: _("考试进行中，练习在交卷前暂不开放。"),
        Refusal.ATTEMPT_OVER: _("本场考核已经结束。"),
        Refusal.HELD_ELSEWHERE: _("本场考核正在另一台设备上进行。"),
        Refusal.PAUSED: _("监考人员已暂停考核，计时已停止。"),
        Refusal.NOT_BEGUN: _("请先开始本题。"),
        Refusal.EARLIER_FIRST: _("请先完成前一题。"),
        Refusal.ENDED: _("本题已经结束，操作未计入。"),
        Refusal.OUT_OF_ORDER: _("请先打开客户记录。"),
        Refusal.TOO_MANY: _("操作次数过多，请直接提交。"),
    }[reason]


def bad_action_text(field: str) -> str:
    return {
        "customer": _("没有这个客户。"),
        "article": _("知识库没有这篇文章。"),
        "ref": _("这一行不能作为依据。"),
        "q": _("查询内容过长，请只输入号码、姓名、地址或工单号。"),
        "value": _("内容过长。"),
    }.get(field, _("请求有误"))


def query_text(reason: QueryRefusal) -> str:
    return {
        QueryRefusal.EMPTY: _("请输入号码、姓名、地址或工单号。"),
        QueryRefusal.SHORT: _("请至少输入 4 位数字或 2 个字母。"),
        QueryRefusal.LONG: _("查询内容过长，请只输入号码、姓名、地址或工单号。"),
    }[reason]


def proof_words() -> dict[str, str]:
    return {
        Proof.OWN_NUMBER.value: _("本机来电"),
        Proof.NAME.value: _("姓名"),
        Proof.ADDRESS.value: _("地址"),
        Proof.ID_LAST4.value: _("证件后四位"),
        Proof.CODE.value: _("短信验证码或服务密码"),
        Proof.FACE.value: _("营业厅或 APP 人脸"),
        Proof.AUTHORISED.value: _("登记的授权联系人"),
    }


def error_word(kind: str) -> str:
    return {
        ErrorKind.WRONG_CUSTOMER.value: _("打开了其他客户的记录"),
        ErrorKind.WRONG_RECORD.value: _("提交时打开的不是该客户的记录"),
        ErrorKind.UNMASKED.value: _("查看了不需要的敏感信息"),
        ErrorKind.VERIFICATION.value: _("核验级别不对"),
        ErrorKind.MISSING.value: _("漏填"),
        ErrorKind.WRONG.value: _("填错"),
        ErrorKind.STALE.value: _("用了过期的信息"),
        ErrorKind.WRONG_ARTICLE.value: _("依据不对"),
        ErrorKind.SUPERSEDED.value: _("用了旧版文章"),
        ErrorKind.EVIDENCE_MISSING.value: _("缺少证据"),
        ErrorKind.EVIDENCE_WRONG.value: _("证据与本事无关"),
        ErrorKind.NOTE_UNMASKED.value: _("备注中有未脱敏的信息"),
        CriticalKind.DISCLOSURE.value: _("核验之前查看信息"),
        CriticalKind.WRONG_CUSTOMER_WRITE.value: _("工单写入了其他客户的记录"),
    }.get(kind, kind)


def stage_words() -> dict[str, str]:
    return {
        StageName.IDENTIFY.value: _("查找与核验"),
        StageName.DIAGNOSE.value: _("诊断取证"),
        StageName.SOLVE.value: _("方案与权限"),
        StageName.TICKET.value: _("工单"),
    }


def page_words() -> dict[str, str]:
    """What the script says; `{name}` is filled in the browser."""
    return {
        "article": _("依据文章"),
        "back_to_list": _("返回列表"),
        "choose": _("请选择"),
        "closed": _("已结束"),
        "confirm_verify": _("确认核验"),
        "empty_panel": _("没有记录"),
        "enterprise": _("政企"),
        "evidence": _("证据"),
        "flag_contact": _("有授权联系人"),
        "flag_security": _("有安全备注"),
        "hits": _("{count} 条结果"),
        "kept": _("{count} 项操作待上传"),
        "left_10": _("剩余 10 秒"),
        "more": _("还有更多结果，请补充条件。"),
        "needs": _("需 V{level}"),
        "no_articles": _("没有找到文章。"),
        "no_evidence": _("还没有选证据。在记录中按“作为证据”。"),
        "no_hits": _("没有找到客户。"),
        "notice_since": _("{start} 起 · {area}"),
        "notices": _("中断公告"),
        "offline": _("网络已断开：操作保存在本机，恢复后自动上传。时间照常计算。"),
        "over_limit": _("已超过规定时间，仍可提交"),
        "past": _("已失效"),
        "pin": _("作为证据"),
        "pinned": _("已作为证据"),
        "proofs": _("来电人已出示"),
        "record": _("客户记录"),
        "rule": _("条款 {rule}"),
        "saved": _("已保存"),
        "saving": _("正在保存…"),
        "signed_out": _("登录已失效：请在新窗口重新登录，再刷新本页。时间照常计算。"),
        "still_empty": _("还有 {count} 项未填：{fields}。再按一次提交。"),
        "submitting": _("正在提交…"),
        "superseded": _("旧版，已停用"),
        "time_over": _("时间到"),
        "unmask": _("显示"),
        "unmask_field": _("显示完整的{field}"),
        "unpin": _("移除"),
        "use_article": _("用作依据"),
        "used_article": _("已用作依据"),
        "verified": _("已核验 V{level}"),
        "verify": _("核验 V{level}"),
        "verify_level": _("核验级别"),
        "withheld": _("未显示号码"),
        "comma": _("、"),
    }
