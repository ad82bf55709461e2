"""The first reply 开场 (rulebook 1.9): brand, agent number, greeting, and the customer's surname."""

import re
from collections.abc import Iterator

from lms.domain.evidence.patterns import Pattern
from lms.domain.evidence.reading import Reading, unheard
from lms.domain.evidence.values import Evidence, Verdict

BRAND = Pattern("澄湾(?:通信)?", r"\bchengwan(?: telecom)?\b")
GREETING = Pattern(
    "您好|你好|早上好|上午好|中午好|下午好|晚上好|欢迎(?:致电|您)|很高兴为您",
    r"\b(?:hello|hi|good (?:morning|afternoon|evening|day)|welcome|thank you for calling|how (?:can|may) i help)\b",
)
NUMBER = Pattern(
    "(?:工号|坐席|客服代表|话务员|客服)(?:是|为|:)? ?[0-9a-z]{2,10}", "[0-9]{2,8}号(?:坐席|客服|为您)",
    r"\b(?:agent|my (?:agent |staff )?(?:number|id)|staff|adviser|advisor|representative)(?: (?:number|no\.?|"
    r"id))?(?: is|'s|:)? ?#?[0-9]{2,8}\b",
)  # fmt: skip
_HONORIFIC = "(?:女士|先生|小姐|太太|老师|阿姨|叔叔|大爷|大妈|大哥|大姐|总|师傅|老板)"


def opening(call: Reading) -> Iterator[Evidence]:
    first = call.agent[:1]
    yield call.seek("greeting.brand", BRAND, first)
    yield call.seek("greeting.salutation", GREETING, first)
    yield _agent_number(call)
    yield _surname(call)


def _agent_number(call: Reading) -> Evidence:
    """Some number in the first reply; one that is not the call's alias is for a person to judge."""
    found = call.seek("greeting.agent-number", NUMBER, call.agent[:1])
    expected = call.told.agent_number
    if found.verdict is Verdict.HIT and expected and expected.lower() not in call.agent[0].plain.text:
        return Evidence(found.rule, Verdict.SUSPECTED, found.turn, found.start, found.end, "other-number")
    return found


def _surname(call: Reading) -> Evidence:
    """The surname with its honorific in the first reply; said later, it is for a person to judge."""
    rule, surname = "greeting.surname", call.told.surname
    if not surname:
        return unheard(rule, "surname-unknown")
    name = re.escape(surname.lower())
    pattern = Pattern(f"{name}{_HONORIFIC}", rf"\b(?:mr|mrs|ms|miss|madam|sir|dr)\.? {name}\b")
    for line in call.agent:
        if found := line.found(rule, pattern):
            if line.at == call.agent[0].at:
                return found
            return Evidence(rule, Verdict.SUSPECTED, found.turn, found.start, found.end, "later")
    return Evidence(rule, Verdict.CLEAR) if call.agent else unheard(rule)
