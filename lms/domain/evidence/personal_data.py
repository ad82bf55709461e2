"""Personal data spoken in full 完整个人信息 (rulebook 1.8): told by form, check digit and the words before it.

Masked forms (129****0017, the last four digits) have too few digits to be found; ticket numbers and amounts are told
by their context.
"""

from collections.abc import Iterator
from datetime import date

from lms.domain.evidence.patterns import Pattern, either, longest, words_of

# Digits in groups with at most two signs between; X may close an identity number.
_DIGITS = Pattern(r"\d(?:[ \-.·]{0,2}\d){10,40}(?:[ \-.]?x)?")
_SPELLED = "[零〇一二三四五六七八九幺两洞拐勾壹贰叁肆伍陆柒捌玖0-9]"
_SPELLED_ZH = Pattern(f"{_SPELLED}(?:[ ,、。\\-]{{0,2}}{_SPELLED}){{10,40}}")
_NUMBER = longest(*words_of("zero oh nought one two three four five six seven eight nine double triple"))
_SPELLED_EN = Pattern(rf"\b{_NUMBER}(?:[ ,.\-]{{1,3}}{_NUMBER}){{8,40}}\b")
_WORD = Pattern("[a-z]+")
_EMAIL = Pattern(r"[a-z0-9][a-z0-9._%+\-]*@[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.[a-z]{2,}")
_OFFICE = Pattern(
    r"^(?:service|services|support|help|helpdesk|info|kefu|cs|care|customer|customercare|privacy|contact|complaints?|"
    r"feedback|no-?reply|office|admin|hotline|dpo|billing|sales|hr|tousu|fuwu|security)[a-z0-9]{0,4}[@._\-]"
)

_ZH_DIGITS = dict(zip("零〇洞幺一壹二两贰三叁四肆五伍六陆七拐柒八捌九勾玖", "0001112223344556677788999", strict=True))
_EN_DIGITS = {"zero": "0", "oh": "0", "nought": "0"} | {
    word: str(number) for number, word in enumerate(words_of("one two three four five six seven eight nine"), 1)
}

_RECORD = Pattern(
    either("工单", "单号", "订单", "流水", "受理", "编号", "序列号", "快递", "运单", "合同号", "参考号", "申请号",
    "票号", "设备号", "金额", "交易号", "凭证", r"\bsn\b", r"\btickets?\b", r"\borders?\b", r"\bcases?\b",
    r"\bref(?:erence)?\b", r"\bserial\b", r"\btracking\b", r"\binvoice\b", r"\bconfirmation\b", r"\btransaction\b",
    r"\bdevice\b", r"\bimei\b", r"\bmodel\b", r"\baccount balance\b",)
)  # fmt: skip
_PERSONAL = Pattern(
    either("手机", "电话", "联系方式", "卡号", "银行卡", "身份证", "证件号", "本机", "拨打", "号主", r"\bphone\b",
    r"\bmobile\b", r"\bcell\b", r"\bcard\b", r"\bcall\b", r"\bid\b", r"\bidentity\b")
)  # fmt: skip
_AMOUNT = Pattern(r"^ ?(?:元|块|yuan|rmb|cny|mb|gb|kb|兆|次|笔|条)")
_BEFORE = 28

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
        yield from _in_run(text, list(_spoken(text, start, end)))
    for start, end in _EMAIL.all(text):
        if not _OFFICE.within(text[start:end]) and text[start - 1 : start] not in ("*", "•", "×"):
            yield start, end, "personal.e-mail"


def _spoken(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    times = 1
    for first, last in _WORD.all(text[start:end]):
        word = text[start + first : start + last]
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
            continue
        yield from ((_EN_DIGITS[word], start + first, start + last) for _ in range(times))
        times = 1


def _in_run(text: str, digits: list[tuple[str, int, int]]) -> Iterator[tuple[int, int, str]]:
    """Identifiers in a run of digits; each begins where a group of digits begins and ends where one ends."""
    at = 0
    while at + 11 <= len(digits):
        length, rule = _identifier(text, digits, at)
        if rule:
            start, end = digits[at][1], digits[at + length - 1][2]
            if not _is_record(text, start, end):
                yield start, end, rule
            at += length
        else:
            at += 1


def _identifier(text: str, digits: list[tuple[str, int, int]], at: int) -> tuple[int, str]:
    if at and _joined(digits, at) and not _country_code(digits, at):
        return 0, ""
    if _stuck(text, digits[at][1] - 1):
        return 0, ""
    for length in (19, 18, 17, 16, 15, 11):
        end = at + length
        if end > len(digits) or (end < len(digits) and _joined(digits, end)) or _stuck(text, digits[end - 1][2]):
            continue
        if rule := _kind("".join(digit for digit, _, _ in digits[at:end])):
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
    if (
        len(number) == 11
        and number.isdigit()
        and (number[:3] == "129" or (number[0] == "1" and number[1] in "3456789"))
    ):
        return "personal.mobile"
    if len(number) == 18 and number[:17].isdigit() and is_identity_number(number):
        return "personal.identity-number"
    if 15 <= len(number) <= 19 and number.isdigit() and number[0] in "3456" and passes_luhn(number):
        return "personal.card"
    return ""


def is_identity_number(number: str) -> bool:
    """GB 11643: 17 digits with a date of birth, and a check character by ISO 7064 MOD 11-2."""
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
    record, personal = _RECORD.all(before), _PERSONAL.all(before)
    return bool(record) and (not personal or personal[-1][0] < record[-1][0])
