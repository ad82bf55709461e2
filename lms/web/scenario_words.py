"""What moves the customer, in words: short beside an edge of the graph, whole in the list of beats."""

from collections.abc import Sequence

from flask_babel import gettext as _

from lms.domain.scenarios import Scenario
from lms.domain.scenarios.conditions import Condition, Stimulus
from lms.domain.scenarios.graph import Reason
from lms.web.call_words import ends

LONGEST_LABEL = 22


def short(reason: Reason) -> str:
    """An edge's label; what is cut off stands in its tooltip and in the list."""
    match reason.kind:
        case "else":
            return _("其他 ×%(times)s", times=reason.times)
        case "anger":
            return _("太生气")
        case "silence":
            return _("无人应答")
        case "critical":
            return _("关键失误")
    text = " · ".join(_briefly(condition) for condition in reason.when)
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1]}…"


def _briefly(condition: Condition) -> str:
    names = condition.intents or condition.visited or ()
    listed = f"{names[0]} +{len(names) - 1}" if len(names) > 1 else "".join(names)
    if condition.never:
        return _("未说 %(names)s", names=listed)
    if condition.ever:
        return _("说过 %(names)s", names=listed)
    if condition.visited:
        return _("经过 %(names)s", names=listed)
    return listed or _state(condition)


def whole(reason: Reason, scenario: Scenario) -> str:
    match reason.kind:
        case "else":
            return _("以上都不符合，答过 %(times)s 次之后", times=reason.times)
        case "anger":
            return _("情绪到 %(degree)s 仍被激怒", degree=scenario.emotion.leaves.at)
        case "silence":
            return _("追问 %(times)s 次仍无人应答", times=scenario.silence.check_ins)
        case "critical":
            names = ", ".join(one.id for one in scenario.critical if one.ends)
            return _("出现关键失误：%(names)s", names=names)
    return all_of(reason.when)


def all_of(conditions: Sequence[Condition]) -> str:
    return _("，且").join(map(condition_words, conditions)) or _("始终不说")


def condition_words(condition: Condition) -> str:
    names = _(" 或 ").join(condition.intents or condition.visited or ())
    if condition.heard:
        return _("坐席说：%(names)s", names=names)
    if condition.ever:
        return _("坐席说过：%(names)s", names=names)
    if condition.never:
        return _("坐席没有说过：%(names)s", names=names)
    if condition.visited:
        return _("经过节点：%(names)s", names=names)
    return _state(condition)


def _state(condition: Condition) -> str:
    if condition.ready:
        return _("好结局的条件齐备")
    if condition.calm is not None:
        return _("情绪不高于 %(degree)s", degree=condition.calm)
    if condition.upset is not None:
        return _("情绪不低于 %(degree)s", degree=condition.upset)
    return _("一开始")


def stimulus_words(stimulus: Stimulus) -> str:
    if stimulus.slow_s is not None:
        return _("超过 %(seconds)s 秒才回应", seconds=stimulus.slow_s)
    if stimulus.deed is not None:
        return _("保持通话") if stimulus.deed == "hold" else _("建工单")
    return _("坐席说：%(names)s", names=_(" 或 ").join(stimulus.heard or ()))


def node_title(name: str) -> str:
    """A beat by its id, an ending by its word."""
    return ends().get(name, name)


def rehearsal_words() -> dict[str, str]:
    """What the rehearsal's script says."""
    return {
        "customer": _("客户"),
        "agent": _("坐席"),
        "hold": _("保持通话"),
        "ticket": _("建工单"),
        "transfer": _("转接"),
        "hang-up": _("挂断"),
        "silence": _("无人应答"),
        "beat": _("节点"),
        "emotion": _("情绪"),
        "heard": _("听到"),
        "nothing_heard": _("什么也没听懂"),
        "revealed": _("说出"),
        "evidence": _("证据"),
        "end": _("结束：%(what)s"),
        "seconds": _("%(seconds)s 秒后"),
        "failed": _("没有成功，请重试。"),
        "full": _("一次试演最多 %(lines)s 句。"),
        "undo": _("撤回到这句之前"),
    }


def editor_words() -> dict[str, str]:
    return {
        "sound": _("检查通过，没有问题。"),
        "problems": _("有 %(count)s 处需要修改："),
        "line": _("第 %(line)s 行"),
        "warning": _("提醒"),
        "failed": _("没有成功，请重试。"),
        "checking": _("正在检查…"),
        "changed": _("已修改，尚未保存"),
    }
