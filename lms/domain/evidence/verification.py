"""Identity first 先核验后告知 (rulebook 1.8): the check, its reason, and what was disclosed before it."""

from collections.abc import Iterator

from lms.domain.evidence.clauses import masked
from lms.domain.evidence.patterns import Pattern
from lms.domain.evidence.personal_data import personal_data
from lms.domain.evidence.reading import Line, Reading, unheard
from lms.domain.evidence.values import Evidence, Verdict

ASKED = Pattern(
    "核验|核对(?:一下)?(?:您的)?(?:身份|信息|机主)|验证(?:码|身份|一下)|服务密码|身份证(?:号码?)?(?:的)?(?:后|末|"
    "最后)(?:四|4)位|确认(?:一下)?(?:您的)?(?:身份|是机主|是否机主|机主)|机主姓名|报一下(?:您的)?(?:姓名|全名)",
    r"\b(?:verif\w+|security (?:code|check|question)s?|service password|one[- ]time (?:code|password)|"
    "text(?:ed)? (?:you )?(?:a )?code|last (?:four|4) (?:digits|numbers)|confirm (?:your|"
    r"that you are) (?:identity|the (?:account )?holder)|identity)\b",
)  # fmt: skip
REASON = Pattern(
    "(?:为了?|为确保|为保护|为保障|以免|避免|防止|保护|保障|确保|出于)[^。!?]{0,16}(?:安全|隐私|信息|账户|资料|"
    "权益|冒用|泄露|他人)",
    r"\b(?:to (?:protect|keep|safeguard|secure|make sure)|for (?:your|the) (?:security|safety|protection|privacy)|"
    r"so that (?:no ?one|nobody)|protects?)\b",
)  # fmt: skip
PASSED = Pattern(
    "(?:核验|验证|核对|身份)[^,。]{0,6}(?:通过|成功|无误|完成|一致|正确|没问题)|(?:通过|"
    "完成)(?:了)?(?:身份)?(?:核验|验证|核对)|核对上了",
    r"\b(?:you(?:'re| are)|that(?:'s| is)|now|successfully|fully) verified\b|\bverification (?:is |"
    r"was )?(?:complete|successful|passed|done|went)\b|\b(?:identity|details?|code)(?: is| are|'s)? (?:confirmed|"
    r"match\w*|correct|verified)\b|\bthat matches\b",
)  # fmt: skip
ANSWERED = Pattern(
    "[0-9]{4}", "[零〇一二三四五六七八九幺][零〇一二三四五六七八九幺]{3}",
    "输(?:入|进去?)?(?:好|完|过)?了|按(?:好|完)?了|好了|输完|完成了", r"\b(?:done|entered|typed|keyed|"
    r"there you go|(?:password|code|pin|digits) (?:is|are) in)\b",
    "(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)(?:[ ,-]+(?:zero|oh|one|two|three|four|five|six|seven|"
    "eight|nine)){3}",
)  # fmt: skip
# Four digits that are a year or an amount answer no check.
OTHER_FIGURES = Pattern(
    "[0-9]{4,}(?:\\.[0-9]+)? ?(?:年|元|块|兆|分钟|yuan|rmb|mb|minutes)",
    r"\b(?:in|of|since|year|from|until|till|during) (?:19|20)\d\d\b",
)


def verification(call: Reading) -> Iterator[Evidence]:
    asked = call.seek("verification.asked", ASKED, call.agent)
    yield asked
    yield _reason(call, asked)
    yield from _disclosures(call)


def _reason(call: Reading, asked: Evidence) -> Evidence:
    """The reason is given with the request, or in the line before it."""
    if asked.turn is None:
        return unheard("verification.reason", "no-verification")
    upto = [line for line in call.agent if line.at <= asked.turn]
    return call.seek("verification.reason", REASON, upto[-2:])


def verified_at(call: Reading) -> int | None:
    """The turn at which the check was passed: the agent says so, or the customer answered it."""
    asked = next((line for line in call.agent if ASKED.within(line.plain.text)), None)
    for line in call.lines:
        if asked is None or line.at <= asked.at:
            continue
        if PASSED.within(line.plain.text) if line in call.agent else _answers(line):
            return line.at
    return None


def _answers(line: Line) -> bool:
    return ANSWERED.within(masked(line.plain.text, OTHER_FIGURES))


def _disclosures(call: Reading) -> Iterator[Evidence]:
    """Personal facts and identifiers that the agent speaks before the check, unless the customer said them first."""
    rule = "privacy.before-verification"
    if call.told.facts is None:
        yield unheard(rule, "facts-unknown")
        return
    if not call.agent:
        yield unheard(rule)
        return
    verified = verified_at(call)
    early = [line for line in call.agent if verified is None or line.at < verified]
    found = [evidence for line in early for evidence in _disclosed(rule, line, call)]
    yield from found or [Evidence(rule, Verdict.CLEAR, note="" if verified is not None else "never-verified")]


def _disclosed(rule: str, line: Line, call: Reading) -> Iterator[Evidence]:
    heard = " ".join(said.plain.text for said in call.customer if said.at < line.at)
    text = line.plain.text
    places = [(start, end) for start, end, _ in personal_data(text)]
    for fact in call.told.facts or ():
        if fact and (start := _mentioned(text, fact.lower())) >= 0:
            places.append((start, start + len(fact)))
    for start, end in places:
        if text[start:end] not in heard:
            first, last = line.plain.original(start, end)
            yield Evidence(rule, Verdict.HIT, line.at, first, last)


def _mentioned(text: str, fact: str) -> int:
    """Where ``text`` names the fact, -1: nowhere. A figure is not named by a longer one: 60 is not in 6021."""
    start = text.find(fact)
    while start >= 0:
        before, after = text[:start][-1:], text[start + len(fact) :][:1]
        if not (fact[0].isdigit() and before.isdigit() or fact[-1].isdigit() and after.isdigit()):
            return start
        start = text.find(fact, start + 1)
    return -1
