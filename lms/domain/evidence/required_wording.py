"""What must be said (rulebook 1.9): the five tariff elements, the ticket's ending, department and time, the closing."""

from collections.abc import Iterator

from lms.domain.evidence.deadlines import first_named
from lms.domain.evidence.patterns import Pattern
from lms.domain.evidence.reading import Reading, unheard
from lms.domain.evidence.transcript import Kind
from lms.domain.evidence.values import Evidence

_DIGITS = "[0-9零〇一二两三四五六七八九十百千]"
TARIFF = {
    "offer.price": Pattern(
        f"{_DIGITS}+(?:\\.[0-9]+)? ?(?:元|块|块钱)", r"\b\d[\d,]*(?:\.\d+)? ?(?:yuan|rmb|cny)\b", r"[¥￥]\s?\d"
    ),
    "offer.content": Pattern(
        f"{_DIGITS}+ ?(?:gb?|兆|m|分钟|条短信|张副卡|个副卡)|流量|通话时长|宽带|摄像头|千兆|含|包含|包括",
        r"\b\d+ ?(?:gb|mb|minutes?|mins?|sims?|texts)\b|\b(?:includes?|including|broadband|data|camera|gigabit|"
        r"allowance)\b",
    ),
    "offer.start": Pattern(
        "生效|次月|下(?:个)?月(?:1|一)(?:号|日)|(?:即时|立即|当月|当天|马上)(?:生效|开通|可用)|从[^,。]{1,8}(?:起|开始)",
        r"\b(?:takes? effect|effective|start\w*|begins?|as of|from (?:the )?(?:1st|first|next month)|activated)\b",
    ),
    "offer.term": Pattern(
        f"有效期|合约(?:期)?|协议期|在网|{_DIGITS}+个月|{_DIGITS}+年|无合约|不限期|长期有效|到期|当月有效",
        r"\b(?:contract|term|valid(?:ity)?|months?|expires?|expiry|no contract|commitment|minimum period|rolling)\b",
    ),
    "offer.leaving": Pattern(
        "退订|取消|违约金|解约|解除|提前(?:终止|退)|犹豫期|不收.{0,6}费用",
        r"\b(?:cancel\w*|terminat\w*|early exit|penalt\w+|unsubscrib\w*|opt out|cooling[- ]off|leave early)\b",
    ),
}
OFFERED = Pattern(
    "(?:推荐|建议|给您介绍|为您介绍|给您办|帮您办|可以办理|升级(?:到|成|为)|换(?:成|到)|订购|"
    "办理)[^。!?]{0,16}(?:套餐|畅湾|悦湾|全家湾|湾智家|保号|流量包|宽带|湾听|湾视|来电名片)",
    r"\b(?:recommend|offer|suggest|upgrade|switch|sign you up|sign up|order|introduce)\b[^.!?]{0,50}\b(?:plan|pack|"
    r"bay\w*|openbay|joybay|familybay|broadband|bundle|package)\b",
)  # fmt: skip
TICKET_ENDING = Pattern(
    f"(?:工单|单号|编号|受理)[^,。]{{0,6}}(?:尾号|后四位|末四位|是|为|:)? ?{_DIGITS}{{3,}}|"
    f"尾号[^,。]{{0,4}}{_DIGITS}{{3,}}",
    r"\b(?:ticket|case|reference|work order)\b[^.]{0,24}\d{3,}|\bending(?: in)? \d{3,}",
)  # fmt: skip
DEPARTMENT = Pattern(
    "客服中心|计费账务部|计费部|账务部|网络运维部|网络部|运维部|装维调度中心|装维|客户关系部|合规与信息安全部|"
    "合规部|信息安全部|终端支撑部|终端部|产品部|班组长",
    r"\b(?:billing|network operations|network ops|field dispatch|dispatch|customer relations|compliance|"
    r"device support|product (?:department|team)|team leader|customer service)\b",
)  # fmt: skip
CLOSING_HOTLINE = Pattern("8 ?0 ?9 ?0|八零九零")
CLOSING_APP = Pattern(
    "澄湾 ?app|app联系|通过app", r"\bchengwan app\b|\bin the app\b|\bthrough the app\b|\bvia the app\b|\bour app\b"
)
OWNER = Pattern(
    "(?:由|是)?我(?:来|会|负责|这边|一直)?(?:跟进|跟到底|负责|给您回电|联系您|回复您|盯|跟踪)|"
    "我会[^,。]{0,10}(?:您|跟)|(?:计费|网络|运维|装维|客户关系|合规|终端|班组长|专员|同事)[^,。]{0,12}(?:联系|回电|"
    "回复|处理|负责|跟进)",
    r"\b(?:i(?:'ll| will)(?: personally)? (?:follow|call|chase|stay|keep|get back|contact|own|take)|(?:billing|"
    "network|dispatch|customer relations|compliance|device support|team leader|colleague|"
    "specialist)[^.]{0,30}(?:will|'ll) (?:call|contact|reply|handle|reach|be in touch|get back))",
)  # fmt: skip
LAST = 3  # of the agent's lines: the closing is spread over a few when the customer answers in between


def required_wording(call: Reading) -> Iterator[Evidence]:
    yield from _offer(call)
    yield from _ticket(call)
    yield from _closing(call)


def _offer(call: Reading) -> Iterator[Evidence]:
    """From the offer on, anywhere: the customer's questions may part the elements."""
    offered = next((line.at for line in call.agent if OFFERED.within(line.plain.text)), None)
    for rule, pattern in TARIFF.items():
        if call.told.offers is False or (offered is None and not call.told.offers):
            yield unheard(rule, "no-offer")
        else:
            yield call.seek(rule, pattern, [line for line in call.agent if offered is None or line.at >= offered])


def _ticket(call: Reading) -> Iterator[Evidence]:
    opened = any(turn.kind is Kind.TICKET for turn in call.turns)
    for rule, pattern in (("ticket.ending-told", TICKET_ENDING), ("ticket.department-told", DEPARTMENT)):
        yield call.seek(rule, pattern, call.agent) if opened else unheard(rule, "no-ticket")
    yield first_named("ticket.time-told", call.agent) if opened else unheard("ticket.time-told", "no-ticket")


def _closing(call: Reading) -> Iterator[Evidence]:
    last = call.agent[-LAST:]
    for rule, pattern in (
        ("closing.hotline", CLOSING_HOTLINE),
        ("closing.app", CLOSING_APP),
        ("closing.owner", OWNER),
    ):
        yield call.seek(rule, pattern, last) if call.ended else unheard(rule, "call-not-ended")
    yield first_named("closing.time", last) if call.ended else unheard("closing.time", "call-not-ended")
