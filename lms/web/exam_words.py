"""The exam pages' words: why one may not start, and what the page's script says."""

from fractions import Fraction

from flask_babel import gettext as _

from lms.domain.access_rules import Reason
from lms.domain.values import shown


def refusal_text(reason: Reason) -> str:
    return {
        Reason.CANCELLED: _("本场考试已取消。"),
        Reason.NOT_YET_OPEN: _("考试尚未开始。"),
        Reason.CLOSED: _("考试已经结束。"),
        Reason.NOT_A_MEMBER: _("您不在本场考试的批次中。"),
        Reason.KNOWS_THE_KEYS: _("能查看答案的人员不能参加本场考试。"),
        Reason.NO_ATTEMPT_LEFT: _("作答次数已用完。"),
        Reason.OPEN_ELSEWHERE: _("您有另一场考试正在作答，请先交卷。"),
        Reason.CODE_MISSING: _("请输入考试口令。"),
        Reason.CODE_WRONG: _("考试口令不正确。"),
    }[reason]


def time_limit(minutes: int, factor: Fraction) -> str:
    """``15 分钟``; with a person's extra time what they really have: ``22 分 30 秒（含额外时间 ×1.5）``."""
    whole, seconds = divmod(int(minutes * 60 * factor), 60)
    time = _("%(minutes)s 分钟", minutes=whole)
    if seconds:
        time = _("%(minutes)s 分 %(seconds)s 秒", minutes=whole, seconds=seconds)
    return time if factor == 1 else _("%(time)s（含额外时间 ×%(factor)s）", time=time, factor=shown(factor))


def page_words() -> dict[str, str]:
    """What the script says; `{name}` is filled in the browser."""
    return {
        "ready": _("已就绪"),
        "saving": _("正在保存…"),
        "saved": _("已保存 {time}"),
        "not_saved": _("未保存：{count} 项留在本机"),
        "late": _("迟到：已另存"),
        "late_long": _("这些作答在截止后到达，已另行保存，由监考人员决定是否计入。"),
        "unstored": _("浏览器无法写入本机存储，请保持网络连接。"),
        "offline": _("网络已断开：作答保存在本机，恢复后自动上传（{count} 项待传）。考试时间照常计算。"),
        "server_trouble": _("服务器暂时未能保存：作答保存在本机，将自动重试（{count} 项待传）。考试时间照常计算。"),
        "refused": _("服务器没有接受第 {numbers} 题的作答，内容留在本机，其他题照常保存。请重答该题，或告知监考人员。"),
        "not_connected": _("未连接"),
        "unreached": _("连接不上服务器，正在重试：目前没有待传的作答，新的作答先存在本机。考试时间照常计算。"),
        "signed_out": _("登录已失效：作答保存在本机。请在新窗口重新登录，再刷新本页。"),
        "answered": _("已答"),
        "blank": _("未答"),
        "flagged": _("已标记"),
        "unread": _("认不出数字：请只填一个数，例如 12.5，单位可以不写。已填的内容照样保存。"),
        "comma": _("、"),
        "question": _("第 {number} 题"),
        "left": _("剩余 {minutes} 分钟"),
        "extended": _("考试时间延长了 {minutes} 分钟。"),
        "confirm_blanks": _("还有 {count} 题未答：{numbers}。交卷后不能再修改。"),
        "confirm_full": _("全部题目已作答。交卷后不能再修改。"),
        "handing_in": _("正在交卷…"),
        "still_saving": _("正在上传最后 {count} 项作答…"),
        "hand_in_waits": _("连接不上服务器，还没有交卷。恢复后自动交卷；按“继续作答”则取消。考试时间照常计算。"),
        "next_waits": _("连接不上服务器，还不能进入下一题。本题作答不会丢失，恢复后请再按一次。"),
    }
