"""The three confirmations of level 2 三级确认 (rulebook 1.7): problem, responsibility, plan, each answered."""

from collections.abc import Iterator

from lms.domain.evidence.clauses import clauses
from lms.domain.evidence.patterns import Pattern
from lms.domain.evidence.reading import Line, Reading, unheard
from lms.domain.evidence.values import Evidence, Verdict

ASPECTS = {
    "confirmation.problem": Pattern(
        "(?:确认|核对|复述|总结|归纳|梳理)[^。!?]{0,10}(?:问题|情况|诉求|反映|需求|经过)|(?:您|你)(?:的|反映的|说的|"
        "遇到的|主要的)?(?:问题|诉求|情况)(?:是|就是|主要是)|您(?:的意思)?是(?:说|指)?[^。!?]{2,40}(?:对吗|对吧|是吗|"
        "是吧|没错吧)",
        r"\b(?:(?:let me|just to|can i|i'd like to|to) (?:confirm|recap|summari[sz]e|check|make sure)|so (?:the|"
        r"your) (?:problem|issue|concern)|if i(?:'ve)? understood?|as i understand it|so you(?:'re| are|'ve| have)?)\b",
    ),
    "confirmation.responsibility": Pattern(
        "(?:初步|目前|经(?:过)?(?:核查|查询|核实)|从(?:系统|记录)(?:里|上|中|来)?看?|查(?:到|下来|询结果)|"
        "责任)[^。!?]{0,24}(?:责任|原因|由于|是因为|属于|造成|引起|导致|判断|我们(?:这边|公司)?(?:的)?(?:问题|责任|"
        "失误|错))|(?:责任|原因)(?:在|是|应)",
        r"\b(?:preliminar\w+|at first (?:sight|look)|initial(?:ly)?|our (?:check|records)|it looks like|"
        r"from what i can see|responsib\w+|the cause|was caused by|on our side|our (?:mistake|error|responsibility))\b",
    ),
    "confirmation.plan": Pattern(
        "方案|(?:这样|如此|以下)(?:处理|办|安排|操作)|处理(?:办法|方式|结果|意见)|解决(?:办法|方法|方式)|"
        "接下来[^。!?]{0,12}(?:我|我们|会)|(?:您看|您觉得)[^。!?]{0,14}(?:可以|行|合适|同意|接受)",
        r"\b(?:the plan is|my plan|here's what (?:i|we)|what i(?:'ll| will) do|i (?:suggest|propose)|"
        "would that (?:work|be)|does that (?:work|suit)|is that (?:ok|okay|acceptable|all right)|are you (?:happy|ok|"
        r"okay) with|do you (?:agree|accept))\b",
    ),
}
PRELIMINARY = Pattern(
    "初步|目前(?:看|来看)|暂时|有待|待(?:计费|网络|核实|进一步)",
    r"\b(?:preliminar\w+|at first|initial\w*|so far|it looks like|subject to|still to be)\b",
)
AGREES = Pattern(
    "^[^,。]{0,4}(?:对|是|嗯|行|好|可以|没错|同意|成|ok|中|要得|得嘞|没问题|接受)|就这(?:样|么)",
    r"^[ \"']*(?:yes|yeah|yep|right|correct|ok|okay|fine|sure|exactly|all right|alright|that's (?:right|it|fine|"
    r"correct)|agreed|i agree|sounds|go ahead|do that|good|deal)\b"
)  # fmt: skip
REFUSES = Pattern(
    "^[^,。]{0,3}(?:不对|不是|不行|不好|不可以|不同意|不成|不接受)|^(?:对|好|是|行)(?:什么|个)",
    r"^[ \"']*(?:yes|yeah|ok|okay|right|fine)?[, ]*(?:but )?(?:no|that's (?:not|wrong)|i (?:don't|do not|disagree|"
    r"won't))\b",
)


def confirmation(call: Reading) -> Iterator[Evidence]:
    for rule, pattern in ASPECTS.items():
        if call.told.level != 2:
            yield unheard(rule, "level-unknown" if call.told.level is None else "not-level-2")
        else:
            yield _confirmed(call, rule, pattern)


def _confirmed(call: Reading, rule: str, pattern: Pattern) -> Evidence:
    """Hit when the customer agrees; said without that answer, it is for a person to judge."""
    unanswered: Evidence | None = None
    for line in call.agent:
        if found := line.found(rule, pattern):
            note = "preliminary" if rule.endswith("responsibility") and PRELIMINARY.within(line.plain.text) else ""
            if _agreed(call.answer_to(line)):
                return Evidence(rule, Verdict.HIT, found.turn, found.start, found.end, note)
            unanswered = unanswered or Evidence(
                rule, Verdict.SUSPECTED, found.turn, found.start, found.end, "not-answered"
            )
    return unanswered or (Evidence(rule, Verdict.CLEAR) if call.agent else unheard(rule))


def _agreed(answer: Line | None) -> bool:
    """Whether the customer's next line begins with consent; "可以退多少？" only asks."""
    first = next(iter(clauses(answer.plain.text)), None) if answer else None
    if answer is None or first is None or first.asks:
        return False
    return AGREES.within(answer.plain.text) and not REFUSES.within(answer.plain.text)
