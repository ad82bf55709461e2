"""Typed answers against the right one, kind by kind, in the notations that people use; garbage is simply wrong."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from lms.domain.drills.tasks import Asked, FieldKind

# Values compared only with their like: a date, a moment, an amount, a folded text.
Read = date | datetime | Decimal | str

_NAMES = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names}
_WORD = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号]?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<m>\d{1,2})\s*[-/月]\s*(?P<d>\d{1,2})\s*[日号]?"),
    re.compile(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*(?P<w>{_WORD})\.?,?\s*(?P<y>\d{{4}})?"),
    re.compile(rf"(?P<w>{_WORD})\.?\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s*(?P<y>\d{{4}})?"),
)
_CLOCK = re.compile(r"(?P<day>.*?)[\st,]*(?P<h>\d{1,2})\s*[:点时]\s*(?P<n>\d{1,2})?\s*分?(?::\d{2})?")
_AMOUNT = re.compile(r"(?P<sign>-?)\s*(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,12})?(?P<rest>\.\d{0,6})?")
_MONEY_WORDS = re.compile(r"[¥￥]|人民币|rmb|cny|yuan|[元块]", re.IGNORECASE)
_UNIT = re.compile(r"[^\W\d_]+$")
_SEPARATORS = re.compile(r"[\s+,、;/]+")


class Verdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    STALE = "stale"  # it stood on the record once
    MISSING = "missing"


def verdict(asked: Asked, typed: str | None, today: date) -> Verdict:
    """How ``typed`` stands to what was asked. A date without a year is meant in the year of ``today``."""
    if not (typed or "").strip():
        return Verdict.RIGHT if not asked.expected else Verdict.MISSING
    given = read(asked, typed or "", today)
    if given is None:
        return Verdict.WRONG

    def among(texts: tuple[str, ...]) -> bool:
        return any(given == read(asked, text, today) for text in texts)

    if among((asked.expected, *asked.accepted)):
        return Verdict.RIGHT
    return Verdict.STALE if among(asked.stale) else Verdict.WRONG


def read(asked: Asked, text: str, today: date) -> Read | None:
    """``text`` as a value of the field's kind, or None where it is none. Never raises."""
    return _READERS[asked.kind](asked, folded(text), today)


def folded(text: str) -> str:
    """Full-width signs made narrow, small letters, no spaces around."""
    return unicodedata.normalize("NFKC", text).replace("−", "-").casefold().strip()


def _date(_asked: Asked, text: str, today: date) -> date | None:
    return _date_in(text, today)


def _date_in(text: str, today: date) -> date | None:
    for form in _DATES:
        if found := form.fullmatch(text):
            said = found.groupdict()
            month = int(said["m"]) if said.get("m") else _MONTHS[said["w"]]
            try:
                return date(int(said.get("y") or today.year), month, int(said["d"]))
            except ValueError:
                return None
    return None


def _moment(_asked: Asked, text: str, today: date) -> datetime | None:
    found = _CLOCK.fullmatch(text)
    day = _date_in(found["day"].strip(), today) if found else None
    if found is None or day is None:
        return None
    try:
        return datetime.combine(day, time(int(found["h"]), int(found["n"] or 0)))
    except ValueError:
        return None


def _amount(text: str) -> Decimal | None:
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or not re.search(r"\d", text):
        return None
    return Decimal(f"{found['sign']}{(found['whole'] or '0').replace(',', '')}{found['rest'] or '.'}0")


def _money(_asked: Asked, text: str, _today: date) -> Decimal | None:
    return _amount(_MONEY_WORDS.sub("", text))


def _number(asked: Asked, text: str, _today: date) -> Decimal | None:
    """A number, with or without the unit that its label names."""
    labels = f"{asked.label.zh or ''} {asked.label.en or ''}".casefold()
    unit = _UNIT.search(text)
    if unit and unit[0] in labels:
        text = text[: unit.start()]
    return _amount(text)


def _plain(_asked: Asked, text: str, _today: date) -> str | None:
    return "".join(letter for letter in text if letter.isalnum() or letter in "+-")


def _choice(asked: Asked, text: str, today: date) -> str | None:
    """The choice's code, whether its code or its label was given; several codes in any order."""
    for choice in asked.choices:
        if text in {folded(choice.code), *(folded(choice.label.in_(one)) for one in choice.label.languages)}:
            return choice.code
    parts = [part for part in _SEPARATORS.split(text) if part]
    return "+".join(sorted(set(parts)))


_READERS: dict[FieldKind, Callable[[Asked, str, date], Read | None]] = {
    FieldKind.DATE: _date,
    FieldKind.MOMENT: _moment,
    FieldKind.MONEY: _money,
    FieldKind.NUMBER: _number,
    FieldKind.TEXT: _plain,
    FieldKind.CHOICE: _choice,
}
