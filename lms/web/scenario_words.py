"""What moves the customer, in words: short beside an edge of the graph, whole in the list of beats."""

import re
from collections.abc import Sequence

from flask_babel import gettext as _

from lms.domain.scenarios import Scenario
from lms.domain.scenarios.conditions import Condition, Stimulus
from lms.domain.scenarios.graph import Reason
from lms.domain.values import Language
from lms.web.call_words import ends
from lms.web.graph_labels import cut
from lms.web.language import language
from lms.web.scenario_graph import LABEL

MOST_LINES = 3


def label(reasons: Sequence[Reason], scenario: Scenario) -> list[str]:
    """The lines beside a way of the graph; what they leave out stands in the tooltip and in the list."""
    lines = [line for number, reason in enumerate(reasons) for line in _lines(reason, scenario, further=number > 0)]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], _("…… 共 %(count)s 项", count=len(lines))]
    return [cut(line, LABEL) for line in lines]


def _lines(reason: Reason, scenario: Scenario, *, further: bool) -> list[str]:
    match reason.kind:
        case "else":
            return [_("其他 ×%(times)s", times=reason.times)]
        case "anger":
            return [_("太生气")]
        case "silence":
            return [_("无人应答")]
        case "critical":
            return [_("关键失误")]
    first, *others = (_briefly(condition, scenario) for condition in reason.when)
    return [_("或 %(what)s", what=first) if further else first, *(_("且 %(what)s", what=other) for other in others)]


def _briefly(condition: Condition, scenario: Scenario) -> str:
    names = [_name(name, scenario) for name in condition.intents] or list(condition.visited or ())
    more = len(names) - 1
    listed = _("%(first)s 等 %(count)s 种", first=names[0], count=more + 1) if more > 0 else "".join(names)
    if condition.never:
        return _("未说 %(names)s", names=listed)
    if condition.ever:
        return _("说过 %(names)s", names=listed)
    if condition.visited:
        return _("经过 %(names)s", names=listed)
    return listed or _state(condition)


def _name(intent: str, scenario: Scenario) -> str:
    """What an intent is called beside a way: its meaning's first words in Chinese; its id is English already."""
    if language() is not Language.ZH:
        return intent
    return re.split("[，：、；（]", scenario.intents[intent].meaning.zh, maxsplit=1)[0]


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
    return all_of(reason.when, scenario)


def all_of(conditions: Sequence[Condition], scenario: Scenario) -> str:
    return _("，且").join(condition_words(condition, scenario) for condition in conditions) or _("始终不说")


def any_of(intents: Sequence[str], scenario: Scenario) -> str:
    """Intents by their meaning, and by the id that the script has for them."""
    meanings = {name: scenario.intents[name].meaning.in_(language()) for name in intents}
    return _(" 或 ").join(_("%(meaning)s（%(id)s）", meaning=meanings[name], id=name) for name in intents)


def condition_words(condition: Condition, scenario: Scenario) -> str:
    names = any_of(condition.intents, scenario) or _(" 或 ").join(condition.visited or ())
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


def stimulus_words(stimulus: Stimulus, scenario: Scenario) -> str:
    if stimulus.slow_s is not None:
        return _("超过 %(seconds)s 秒才回应", seconds=stimulus.slow_s)
    if stimulus.deed is not None:
        return _("保持通话") if stimulus.deed == "hold" else _("建工单")
    return _("坐席说：%(names)s", names=any_of(stimulus.heard or (), scenario))


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
        "and": _("、"),
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
