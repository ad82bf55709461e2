"""Deadlines that the agent names 承诺时限: kept by the desk beside what the ticket says; neither good nor bad."""

from collections.abc import Iterator

from lms.domain.evidence.patterns import Pattern
from lms.domain.evidence.reading import Reading
from lms.domain.evidence.values import Evidence

_ZH = "[0-9一二两三四五六七八九十半几]{1,3}"
_EN = "(?:[0-9]{1,3}|an?|one|two|three|four|five|six|seven|ten|fifteen|twenty|twenty-four|thirty|forty-eight|half an)"
DEADLINE = Pattern(
    f"{_ZH}(?:个)?(?:自然|工作)?(?:小时|天|日|分钟|月|周|钟头)(?:以内|之内|内|后)?",
    f"(?:今天|明天|后天|今晚|明早|本周|下周|月底|周[一二三四五六日天]|{_ZH}月{_ZH}[日号]|"
    f"{_ZH}[日号])[^,。!?]{{0,8}}(?:前|之前|以前|内)", "(?:最晚|最迟)[^,。!?]{2,12}",
    rf"\b(?:within|in|in the next|no later than|at the latest) (?:the next )?{_EN} (?:working |"
    r"business )?(?:hours?|days?|minutes?|weeks?|months?)\b",
    rf"\b(?:{_EN}) (?:working |business )?(?:hours?|days?|minutes?)\b",
    r"\b(?:by|before|no later than) (?:\d{1,2}(?::\d\d)? ?(?:am|pm|o'clock)?|noon|midnight|tonight|tomorrow|today|"
    r"the end of|monday|tuesday|wednesday|thursday|friday|saturday|sunday|\w+ \d{1,2}(?:st|nd|rd|th)?)\b",
)  # fmt: skip


def deadlines(call: Reading) -> Iterator[Evidence]:
    return call.every("deadline.named", DEADLINE)
