"""Deadlines that the agent promises for something to be done 承诺时限: the desk keeps them beside what the ticket says.

A time alone is none: "your bill of 12 March", "you waited three days", "within seven days you may cancel" promise
nothing. Something of the house's must be going to happen by then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms.domain.evidence.clauses import Clause, clauses, unquoted
from lms.domain.evidence.patterns import Pattern
from lms.domain.evidence.reading import Line, Reading, unheard
from lms.domain.evidence.values import Evidence, Verdict

_N = "(?:[0-9]{1,3}|[一二两三四五六七八九十半几]{1,3})"
_UNIT = "(?:个)?(?:自然|工作)?(?:小时|天|日|分钟|月|周|星期|钟头)"
_DAY = (
    "(?:今天|今日|今晚|今早|明天|明日|明早|明晚|后天|当天|当日|本周|这周|下周|月底|周末|(?:下?周|星期|礼拜)"
    f"[一二三四五六日天]|{_N}月{_N}[日号]|{_N}[日号])"
)  # fmt: skip
_CLOCK = f"(?:上午|中午|下午|晚上|傍晚|早上|凌晨)?(?:{_N}(?:点半?|:[0-9]{{2}})|下班|上班)?"
_UNTIL = "(?:以前|之前|前|以内|之内|内)"
TERM_ZH = Pattern(
    f"(?:最晚|最迟|不超过|不晚于)(?:在|于)?[^,。!?的]{{0,6}}?(?:{_DAY}{_CLOCK}|{_N}{_UNIT}){_UNTIL}?",
    f"{_N}{_UNIT}(?:以内|之内|内|(?:以|之)?后)", f"{_DAY}(?:的)?{_CLOCK}{_UNTIL}",
    f"{_DAY}(?:的)?(?:上午|中午|下午|晚上|傍晚|早上){_N}(?:点半?|:[0-9]{{2}})", f"{_N}(?:点半?|:[0-9]{{2}}){_UNTIL}",
    f"(?:每|一般|大概|大约|通常|需要|要|预计)(?:隔)?{_N}{_UNIT}", f"{_N}(?:个)?工作日",
    "(?:今天|今日|今晚|明天|明早|后天)(?:之)?内",
)  # fmt: skip
# What the house does by then, in the clause of the term or the next.
_DONE_ZH = Pattern(
    "到账|到帐|入账|退(?:款|费|回|还|给|您|到|$|,|成)|恢复|修(?:好|复|$)|回(?:电|复|您|一次|话|访)|答复|联系|打给|"
    "电话|处理|上门|办(?:好|结|"
    "妥|完)|开通|寄|发(?:给|到|短信|您)|短信|解决|完成|通知|反馈|核实|核查|复机|审批|审核|派|跟进|安装|装(?:好|机)|"
    "送(?:到|达)|结果|"
    "给(?:您|你)|查(?:清|明|完|到)|更新|告诉|收到|出(?:来|结果)|到(?:您|家|场)"
)  # fmt: skip
# The customer's part, the past, somebody else's words, a rule about leaving.
_NOT_OURS_ZH = Pattern(
    "(?:请|麻烦|建议|需要)(?:您|你)[^,]{0,10}$",
    "(?:^|[^给跟向为帮替对让和与同系复知诉])(?:您|你)(?:本人|自己|也|如果|要是|需要?|要|"
    "可以|可|得|应该?|最好|务必|尽量|先|说|之前|上次|已经|是|在|于|从)+[^,]{0,8}$",
    "(?:如果|要是|若|倘若|万一|假如|一旦|只要)[^,]{0,14}$",
    "(?:同事|客服|销售|师傅|营业厅|营业员|当时|上次|之前|那位|规定|合同|条款)[^,我]{0,10}(?:说|讲|答应|承诺|告诉|写|"
    "称)[^,我]{0,8}$",
    "(?:已经|过去|最近|近|前|昨天|昨晚|前天|上周|上个?月|当时|等了|断了|停了|用了|花了|连续|足足|整整|持续了?|拖了|满|"
    "了)[^,]{0,3}$",
)  # fmt: skip
_NOT_OURS_BEHIND_ZH = Pattern(
    "^(?:的|没|未|都没|还没|就没|才|发生|产生|扣|前的|可以?(?:取消|退订|退货|反悔)|(?:内)?(?:取消|退订|解约|缴清|缴费|"
    "交费|退货|反悔))"
    "|^[^,]{0,6}(?:没有?人?|未)(?:收到|联系|回|恢复|到|修|来|处理|解决)|^[^,]{0,4}(?:缴清|缴费|交费|付款|付清|取消|"
    "退订|解约|办理)"
)  # fmt: skip

_N_EN = (
    "(?:[0-9]{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|twenty-four|thirty|"
    "forty-eight|half an|a couple of|the)"
)  # fmt: skip
_UNIT_EN = (
    "(?:(?:next |more |further |full )?(?:\\w+ to )?(?:working |business |calendar )?(?:hours?|days?|minutes?|weeks?|"
    "months?))"
)  # fmt: skip
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?)"
)  # fmt: skip
_WEEKDAY = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_WHEN_EN = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?|the \d{{1,2}}(?:st|nd|rd|th)|"
    r"(?:about |around )?\d{1,2}(?:[:.]\d\d)? ?(?:am|pm|o'clock)?\b|noon|midday|midnight|lunch(?:time)?|tonight|"
    r"tomorrow|today|this (?:morning|afternoon|evening)|(?:the )?end of (?:the )?(?:day|week|month|business|today|"
    rf"tomorrow|{_WEEKDAY})|close of business|(?:next |this )?{_WEEKDAY}|(?:two|three|four|five|six|seven|eight|nine|"
    rf"ten|"
    r"eleven|twelve)(?: o'clock)?\b)"
)  # fmt: skip
TERM_EN = Pattern(
    rf"\b(?:within|in|inside|no (?:later|more) than|at most|up to|every|takes?(?: about| around|"
    rf" up to)?) (?:the )?{_N_EN} "
    rf"{_UNIT_EN}\b(?: at the latest)?",
    rf"\b(?:by|before|no later than) {_WHEN_EN}(?: (?:tomorrow|today|tonight|on {_WEEKDAY}|at the latest))?",
    rf"\b(?:tomorrow|today|tonight|this afternoon|this evening|(?:on |next )?{_WEEKDAY})(?: (?:morning|afternoon|"
    rf"evening))?"
    rf" (?:at|between|by|before) {_WHEN_EN}",
    rf"\bat {_WHEN_EN} (?:tomorrow|today|tonight|on {_WEEKDAY})", rf"\b{_WHEN_EN} at the latest\b",
)  # fmt: skip
_DONE_EN = Pattern(
    r"\b(?:will|'ll|shall|is going to|are going to|'re going to|'m going to|i can|we can|takes?|take|should (?:be|"
    r"reach|"
    r"arrive|have)|is (?:due|expected|scheduled)|aims? to|usually|normally)\b",
    r"'ll\b",
)
_NOT_OURS_EN = Pattern(
    r"\b(?:if|unless|in case|once|when|until|provided)\b[^.]{0,60}$", r"\bplease\b[^.]{0,40}$",
    r"\byou(?:'ll|'d)? (?:can|may|must|need|have|should|could|might|want|will need|will have) (?:to )?(?:pay|cancel|"
    r"return|call|"
    r"bring|reply|send|visit|apply|opt|confirm|settle|leave|go|do|change|switch|come|contact|let)\b[^.]{0,40}$",
    r"\b(?:said|told|promised|says|claimed|mentioned|wrote|was|were|has been|have been|had|called|waited|waiting|did|"
    r"didn't|"
    r"last|past|for|ago|since|paid|went)\b[^.]{0,30}$",
)  # fmt: skip
_NOT_OURS_BEHIND_EN = Pattern(
    r"^,? (?:you (?:can|may|must|need|have to|should|could)|ago|of (?:the|your)|to (?:cancel|pay|return|decide))\b"
)


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language's terms, what makes one a promise of the house, and what does not."""

    term: Pattern
    done: Pattern
    not_ours: Pattern
    not_ours_behind: Pattern


TONGUES = (
    Tongue(TERM_ZH, _DONE_ZH, _NOT_OURS_ZH, _NOT_OURS_BEHIND_ZH),
    Tongue(TERM_EN, _DONE_EN, _NOT_OURS_EN, _NOT_OURS_BEHIND_EN),
)


def deadlines(call: Reading) -> Iterator[Evidence]:
    """A hit for each deadline in the agent's lines; clear if there is none; not evaluated without lines."""
    rule = "deadline.named"
    found = [evidence for line in call.agent for evidence in named(line, rule)]
    yield from found or [Evidence(rule, Verdict.CLEAR) if call.agent else unheard(rule)]


def first_named(rule: str, lines: Sequence[Line]) -> Evidence:
    """The first deadline of ``lines`` as evidence of ``rule``; clear if there is none; not evaluated without lines."""
    found = (evidence for line in lines for evidence in named(line, rule))
    return next(found, Evidence(rule, Verdict.CLEAR) if lines else unheard(rule))


def named(line: Line, rule: str) -> Iterator[Evidence]:
    """The deadlines of a line in reading order, without overlaps; what is quoted is left out."""
    parts = clauses(unquoted(line.plain.text).text)
    reached = 0
    for place, clause in enumerate(parts):
        for start, end in _terms(clause, parts[place + 1 : place + 2]):
            if clause.start + start >= reached:
                reached = clause.start + end
                yield Evidence(rule, Verdict.HIT, line.at, *line.plain.original(clause.start + start, reached))


def _terms(clause: Clause, following: Sequence[Clause]) -> list[tuple[int, int]]:
    near = clause.text + "".join(f",{one.text}" for one in following if one.sentence == clause.sentence)
    return sorted(
        (start, end)
        for tongue in TONGUES
        for start, end in tongue.term.all(clause.text)
        if tongue.done.within(near)
        and not tongue.not_ours.within(clause.text[:start])
        and not tongue.not_ours_behind.within(near[end:])
    )
