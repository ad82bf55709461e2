"""Words of the call room that its script needs, and of what the rules found in a call."""

from flask_babel import gettext as _

from lms.domain.evidence import FAULTS, Evidence, Verdict


def room_words() -> dict[str, str]:
    return {
        "customer": _("客户"),
        "agent": _("我"),
        "composing": _("客户正在说话…"),
        "sending": _("发送中…"),
        "retrying": _("网络已断开，恢复后自动发送；通话时间照常计算。"),
        "back": _("网络已恢复。"),
        "too_long": _("一次最多 2000 字，请分几句说。"),
        "refused": _("没有送达，请重试。"),
        "hold": _("已保持通话"),
        "resume": _("已恢复通话"),
        "transfer": _("已转接：%(what)s"),
        "ticket": _("已建工单：%(what)s"),
        "hang-up": _("已挂断"),
        "silence": _("无人应答 %(seconds)s 秒"),
        "hand": _("客户换由另一方扮演"),
        "ended": _("通话已结束"),
        "seconds": _("%(seconds)s 秒"),
        "your_turn": _("请回应客户"),
        "their_turn": _("等待客户"),
        "on_hold": _("保持中"),
        "unsent": _("这条消息还没有送达。"),
        "late": _("已超过 10 秒"),
        "limit": _("/ 10 秒"),
        "signed_out": _("登录已失效，请在新窗口登录后回到本页，消息会自动发送。"),
        "live": _("通话中"),
        "ringing": _("来电中"),
        "waiting": _("等待考官接入"),
        "answer": _("已接通"),
        "end": _("通话已结束"),
        "hold_button": _("保持"),
        "resume_button": _("恢复"),
        "characters": _("%(count)s / 2000 字"),
    }


def players() -> dict[str, str]:
    """Who plays the customer."""
    return {"scripted": _("脚本"), "examiner": _("考官"), "llm": _("大模型")}


def ticket_types() -> list[str]:
    """The kinds of tickets (rulebook 1.7)."""
    return [
        _("T1 计费争议"), _("T2 故障"), _("T3 装移机"), _("T4 投诉"), _("T5 隐私"), _("T6 退费"),
        _("T7 合约/携号"), _("T8 终端"),
    ]  # fmt: skip


def departments() -> list[str]:
    """Where a ticket or a call may go (rulebook 1.1)."""
    return [
        _("客服中心"), _("计费账务部"), _("网络运维部"), _("装维调度中心"), _("客户关系部"), _("合规与信息安全部"),
        _("终端支撑部"), _("产品部"),
    ]  # fmt: skip


def levels() -> list[str]:
    return [_("一级"), _("二级"), _("三级")]


def seat_words() -> dict[str, str]:
    return {
        **room_words(),
        "customer": _("客户（我）"),
        "agent": _("坐席"),
        "script": _("脚本"),
        "examiner": _("考官"),
        "locked": _("还不能说"),
        "open": _("可以说"),
        "told": _("已说出"),
        "silence": _("坐席没有应答"),
        "transfer": _("坐席已转接"),
        "ticket": _("坐席已建工单"),
        "here": _("当前"),
        "emotion": _("客户情绪 %(degree)s / 10"),
        "good_agent": _("好的坐席会：%(what)s"),
        "visited": _("已经过"),
        "due": _("接下来"),
        "no_lines": _("现在没有可直接说的台词，请自由回应。"),
        "ready": _("已满足好结局的条件"),
        "not_ready": _("还未满足好结局的条件"),
        "your_turn": _("等待坐席"),
        "their_turn": _("请以客户身份回应"),
        "crm_only": _("仅系统可查"),
        "customer_knows": _("客户知道"),
        "note_at": _("第 %(seq)s 条 %(time)s"),
        "to_script": _("交给脚本"),
        "take_over": _("收回扮演"),
        "in_hand": _("由您扮演"),
        "in_script": _("由脚本扮演"),
        "ringing": _("等待坐席接听"),
    }


def ends() -> dict[str, str]:
    return {
        "resolved": _("问题解决，客户接受"),
        "unresolved": _("客户未得到答复，放弃"),
        "walked-out": _("客户愤而挂断"),
        "silent": _("长时间无人应答，客户离开"),
        "failed": _("出现关键失误，通话终止"),
        "hung-up": _("坐席提前挂断"),
        "transferred": _("转接他人"),
        "left": _("未接听"),
    }


def rules() -> dict[str, str]:
    return {
        "wording.absolute-promise": _("绝对化承诺"),
        "wording.dismissal": _("推诿或指责"),
        "privacy.identifier": _("说出完整个人信息"),
        "privacy.before-verification": _("核验前透露信息"),
        "empathy.specific": _("具体共情"),
        "empathy.formula": _("套话共情"),
        "response.late": _("响应超过 10 秒"),
        "response.substance": _("实质回应用时"),
        "hold.too-long": _("保持超过 60 秒"),
        "greeting.brand": _("开场报品牌"),
        "greeting.agent-number": _("开场报工号"),
        "greeting.salutation": _("开场问候"),
        "greeting.surname": _("以姓氏称呼客户"),
        "verification.asked": _("核验身份"),
        "verification.reason": _("说明核验原因"),
        "question.open": _("开放式提问"),
        "question.closed": _("封闭式提问"),
        "confirmation.problem": _("确认问题"),
        "confirmation.responsibility": _("确认责任"),
        "confirmation.plan": _("确认方案"),
        "offer.price": _("说明价格"),
        "offer.content": _("说明内容"),
        "offer.start": _("说明生效时间"),
        "offer.term": _("说明有效期或合约期"),
        "offer.leaving": _("说明退订及违约金"),
        "handover.in-time": _("10 分钟内转办"),
        "handover.queue": _("转办写明部门"),
        "handover.summary": _("转办写明摘要"),
        "handover.contact": _("转办写明联系方式"),
        "ticket.ending-told": _("告知工单尾号"),
        "ticket.department-told": _("告知责任部门"),
        "ticket.time-told": _("告知办理时限"),
        "deadline.named": _("承诺的时限"),
        "closing.owner": _("收尾说明由谁跟进"),
        "closing.time": _("收尾说明时间"),
        "closing.hotline": _("收尾告知热线"),
        "closing.app": _("收尾告知 APP"),
        "talk.share": _("坐席说话占比"),
    }


def verdicts() -> dict[str, str]:
    return {"hit": _("有"), "suspected": _("待判断"), "clear": _("无"), "not-evaluated": _("未评估")}


def tone(found: Evidence) -> str:
    """How a finding is coloured: never green for what nobody looked at."""
    if found.verdict is Verdict.NOT_EVALUATED:
        return "quiet"
    if found.verdict is Verdict.SUSPECTED:
        return "warning"
    fault = found.rule in FAULTS
    return ("error" if fault else "success") if found.verdict is Verdict.HIT else ("success" if fault else "quiet")
