"""Personal data spoken in full 完整个人信息 (rulebook 1.8): told by form, check digit and the words before it.

Masked forms (129****0017, the last four digits) have too few digits to be found; ticket numbers and amounts are told
by their context. A number that the agent calls a card's or an identity number needs no right check digit: it was
meant to be one. What is no run of digits (addresses, e-mails, passports ...) stands in ``personal_forms``.
"""

from collections.abc import Iterator
from datetime import date

from lms.domain.evidence.patterns import Pattern, either, longest, words_of
from lms.domain.evidence.personal_forms import other_forms

# Digits in groups with at most two signs between; X may close an identity number.
_DIGITS = Pattern(r"\d(?:[ \-.·()/—–]{0,2}\d){9,40}(?:[ \-.]?x)?")
_SPELLED = "[零〇一二三四五六七八九幺两洞拐勾壹贰叁肆伍陆柒捌玖0-9]"
_PAUSE_ZH = r"[ ,、。.~\-]{0,8}(?:(?:然后|接着|后面|再)(?:是)?[ ,、]?)?"
_SPELLED_ZH = Pattern(f"{_SPELLED}(?:{_PAUSE_ZH}{_SPELLED}){{9,40}}")
_NUMBER = longest(*words_of("zero oh o nil nought one two three four five six seven eight nine double triple [0-9]+"))
_PAUSE_EN = r"[ ,.\-]{1,4}(?:(?:then|and|and then|followed by)[ ,]{1,2})?"
_SPELLED_EN = Pattern(rf"\b{_NUMBER}(?:{_PAUSE_EN}{_NUMBER}){{5,40}}\b")
_WORD = Pattern("[a-z]+|[0-9]")
_LETTERS = Pattern("[a-z]{2}")
_ZH_DIGITS = dict(zip("零〇洞幺一壹二两贰三叁四肆五伍六陆七拐柒八捌九勾玖", "0001112223344556677788999", strict=True))
_EN_DIGITS = dict.fromkeys(words_of("zero oh o nil nought"), "0") | {
    word: str(number) for number, word in enumerate(words_of("one two three four five six seven eight nine"), 1)
}

_RECORD = Pattern(
    either("工单", "单号", "订单", "流水", "受理", "编号", "序列号", "快递", "运单", "合同号", "参考号", "申请号",
    "票号", "设备号", "金额", "交易号", "凭证", r"\bsn\b", r"\btickets?\b", r"\borders?\b", r"\bcases?\b",
    r"\bref(?:erence)?\b", r"\bserial\b", r"\btracking\b", r"\binvoice\b", r"\bconfirmation\b", r"\btransaction\b",
    r"\bdevice\b", r"\bimei\b", r"\bmodel\b", r"\baccount balance\b",)
)  # fmt: skip
# What the agent calls the number.
_IDENTITY = Pattern(
    "身份证|证件号|证件是", r"\b(?:your|his|her|their|\w+'s) (?:\w+ )?id\b", r"\bid (?:card|number)\b", r"\bidentity\b"
)
_CARD = Pattern(
    "卡号|银行卡|信用卡|储蓄卡|借记卡|账号|工行|建行|农行|中行|招行|交行|邮储|张卡", r"\bcards?\b", r"\bvisa\b",
    r"\bmaster ?card\b", r"\bamex\b", r"\biban\b",
)  # fmt: skip
_PHONE = Pattern(
    "手机|电话|座机|固话|联系方式|本机|拨打|号主|机主|(?:打|拨)(?:给|到|过)?",
    r"\b(?:phone|mobile|cell(?:phone)?|landline|telephone|call(?:ing|ed)?|ring|reach|text(?:ed|ing)?|dial|contact|"
    r"(?:your|her|his|their|the) (?:\w+ )?numbers?)\b",
)  # fmt: skip
_PUBLIC = Pattern(
    "热线|客服|营业厅|门店|网点|官方|投诉|申诉|公司|大厅|服务台|我们(?:的)?(?:电话|号码)",
    r"\b(?:hotline|helpline|switchboard|our|store|shop|branch|office|ombudsman|regulator|toll|freephone|department)\b",
)  # fmt: skip
_CALLED = {"identity": _IDENTITY, "card": _CARD, "phone": _PHONE, "public": _PUBLIC}
_PERSONAL = Pattern(either("手机|电话|联系方式|本机|拨打|号主", r"\b(?:phone|mobile|cell|call)\b"))
_AMOUNT = Pattern(r"^ ?(?:元|块|yuan|rmb|cny|mb|gb|kb|兆|次|笔|条)")
_IS_YOURS = Pattern(
    "^[ ,-]{0,3}(?:是|这是)(?:您|你|他|她|机主)", r"^[ ,-]{0,3}(?:is|that's|was) (?:your|her|his|their)\b"
)
_SENTENCE = Pattern("[;!?。]|[.] ")
_BEFORE = 28  # characters before a number that may name it
SHORTEST = 10  # digits of an identifier

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def personal_data(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and rule of every identifier in the plain ``text``."""
    for start, end in _DIGITS.all(text):
        places = [place for place in range(start, end) if text[place].isdigit() or text[place] == "x"]
        yield from _in_run(text, [(text[place], place, place + 1) for place in places])
    for start, end in _SPELLED_ZH.all(text):
        run = [(_ZH_DIGITS.get(text[place], text[place]), place, place + 1) for place in range(start, end)]
        if any(text[place] in _ZH_DIGITS for place in range(start, end)):
            yield from _in_run(text, [digit for digit in run if digit[0].isdigit()])
    for start, end in _SPELLED_EN.all(text):
        if _LETTERS.within(text[start:end]):
            yield from _in_run(text, list(_spoken(text, start, end)))
    yield from other_forms(text)


def _spoken(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    times = 1
    for first, last in _WORD.all(text[start:end]):
        word = text[start + first : start + last]
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
        elif digit := word if word.isdigit() else _EN_DIGITS.get(word):
            yield from ((digit, start + first, start + last) for _ in range(times))
            times = 1


def _in_run(text: str, digits: list[tuple[str, int, int]]) -> Iterator[tuple[int, int, str]]:
    """Identifiers in a run of digits; each begins where a group of digits begins and ends where one ends."""
    at = 0
    number = "".join(digit for digit, _, _ in digits)
    names = _names(text, digits[0][1], digits[-1][2]) if digits else frozenset()
    while at + SHORTEST <= len(digits):
        length, rule = _identifier(text, digits, at, number, names)
        if rule:
            start, end = digits[at][1], digits[at + length - 1][2]
            if not _is_record(text, start, end):
                yield start, end, rule
            at += length
        else:
            at += 1


def _identifier(
    text: str, digits: list[tuple[str, int, int]], at: int, number: str, names: frozenset[str]
) -> tuple[int, str]:
    if at and _joined(digits, at) and not _country_code(digits, at):
        return 0, ""
    if _stuck(text, digits[at][1] - 1):
        return 0, ""
    for length in (19, 18, 17, 16, 15, 12, 11, 10):
        end = at + length
        if end > len(digits) or (end < len(digits) and _joined(digits, end)) or _stuck(text, digits[end - 1][2]):
            continue
        if rule := _kind(number[at:end]) or _named_kind(number[at:end], names):
            return length, rule
    return 0, ""


def _joined(digits: list[tuple[str, int, int]], at: int) -> bool:
    """Whether digit ``at`` follows the one before it without any gap."""
    return at > 0 and digits[at - 1][2] == digits[at][1]


def _country_code(digits: list[tuple[str, int, int]], at: int) -> bool:
    return "".join(digit for digit, _, _ in digits[:at]) in ("86", "0086", "086")


def _stuck(text: str, place: int) -> bool:
    """Whether a letter or a mask stands there: part of a code, or of a masked number."""
    return 0 <= place < len(text) and (text[place] in "*×•_" or (text[place].isascii() and text[place].isalpha()))


def _kind(number: str) -> str:
    """The kind of a number that its form alone tells."""
    if _is_mobile(number):
        return "personal.mobile"
    if len(number) == 18 and is_identity_number(number):
        return "personal.identity-number"
    if 15 <= len(number) <= 19 and number.isdigit() and number[0] in "3456" and passes_luhn(number):
        return "personal.card"
    return ""


def _is_mobile(number: str) -> bool:
    """Eleven digits of a Chinese mobile (129 is the invented operator's) or a British one, or 44 and ten."""
    if not number.isdigit():
        return False
    if len(number) == 12:
        return number.startswith("447")
    return len(number) == 11 and (number.startswith(("07", "129")) or (number[0] == "1" and number[1] in "3456789"))


def _names(text: str, start: int, end: int) -> frozenset[str]:
    """What a run of digits is called by the words of its sentence: those before it, and "is your ..." behind it."""
    before, behind = text[max(0, start - _BEFORE) : start], text[end : end + _BEFORE]
    named = before[max((place for _, place in _SENTENCE.all(before)), default=0) :]
    if _IS_YOURS.within(behind):
        named = f"{named} {behind}"
    return frozenset(name for name, pattern in _CALLED.items() if pattern.within(named))


def _named_kind(number: str, names: frozenset[str]) -> str:
    """The kind of a number that the words round it tell, whatever its check digit."""
    if len(number) == 18 and number[:17].isdigit() and "identity" in names:
        return "personal.identity-number"
    if 15 <= len(number) <= 19 and number.isdigit() and "card" in names:
        return "personal.card"
    landline = (len(number) in (10, 11, 12) and number[0] == "0") or (len(number) == 10 and number[0] in "23456789")
    dated = number.startswith("20") and number[4:6] <= "12" and number[6:8] <= "31"
    if landline and number.isdigit() and not dated and "phone" in names and "public" not in names:
        return "" if number.startswith(("0800", "0808", "400", "800", "888", "95")) else "personal.telephone"
    return ""


def is_identity_number(number: str) -> bool:
    """GB 11643: 17 digits with a date of birth, and a check character by ISO 7064 MOD 11-2."""
    if not number[:17].isdigit():
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return 1900 <= born.year <= 2100 and "10x98765432"[total % 11] == number[17].lower()


def passes_luhn(number: str) -> bool:
    """The check digit of bank cards; a number of one digit repeated is none."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in number[-2::-2])
    plain = (int(digit) for digit in number[::-2])
    return len(set(number)) > 1 and (sum(doubled) + sum(plain)) % 10 == 0


def _is_record(text: str, start: int, end: int) -> bool:
    """Whether the number is a ticket's, an order's or an amount by the words round it."""
    if _AMOUNT.within(text[end : end + 5]):
        return True
    before = text[max(0, start - _BEFORE) : start]
    personal = [place for named in (_IDENTITY, _CARD, _PERSONAL) for place in named.all(before)]
    record = _RECORD.all(before)
    return bool(record) and max((start for start, _ in personal), default=-1) < record[-1][0]
