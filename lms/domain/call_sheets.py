"""An examiner's sheet 评分表 of one call: levels, pinned turns, comments, critical failures, one global rating."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lms.domain.call_marks import LEVELS, Given, Overall

LONGEST_COMMENT = 1000
MOST_PINS = 20
NEEDS_PINS = (1, 2, 5)  # levels that must be shown at a turn
_SEPARATORS = re.compile(r"[\s,，、;；]+")


class SheetRejected(ValueError):
    """What is wrong, by field (``level-<criterion>``, ``pins-…``, ``comment-…``, ``overall``): missing, out-of-range,
    unpinned, no-such-turn or too-long."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(", ".join(f"{name}: {problem}" for name, problem in problems.items()))


@dataclass(frozen=True, slots=True)
class Sheet:
    """``pins``: criterion → numbers of turns; ``critical``: failure → numbers of the turns at which it happened."""

    levels: dict[str, int] = field(default_factory=dict)
    pins: dict[str, list[int]] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    critical: dict[str, list[int]] = field(default_factory=dict)
    overall: Overall | None = None

    @property
    def given(self) -> Given:
        return Given(dict(self.levels), frozenset(self.critical))


def read_sheet(
    sent: Mapping[str, str],
    *,
    criteria: Sequence[str],
    failures: Sequence[str],
    turns: Collection[int],
    whole: bool,
) -> Sheet:
    """The sheet that a form holds: ``level-<criterion>``, ``pins-<criterion>`` (numbers of turns), ``comment-<…>``,
    ``critical-<failure>`` (any text: it happened), ``turns-<failure>``, ``overall``; other names are ignored.

    ``whole``: nothing may be missing, and levels 1, 2 and 5 and every critical failure must be pinned to a turn (a
    draft may lack anything). Raises :class:`SheetRejected`.
    """
    problems: dict[str, str] = {}
    sheet = Sheet(overall=_overall(sent, problems))
    for name in criteria:
        _read_level(name, sent, sheet, problems)
        if pins := _numbers(f"pins-{name}", sent, turns, problems):
            sheet.pins[name] = pins
        if comment := sent.get(f"comment-{name}", "").strip():
            sheet.comments[name] = comment
            if len(comment) > LONGEST_COMMENT:
                problems[f"comment-{name}"] = "too-long"
    for failure in failures:
        if sent.get(f"critical-{failure}"):
            sheet.critical[failure] = _numbers(f"turns-{failure}", sent, turns, problems)
    if whole:
        problems = {**_gaps(sheet, criteria), **problems}
    if problems:
        raise SheetRejected(problems)
    return sheet


def _overall(sent: Mapping[str, str], problems: dict[str, str]) -> Overall | None:
    text = sent.get("overall", "")
    if text and text not in list(Overall):
        problems["overall"] = "out-of-range"
        return None
    return Overall(text) if text else None


def _read_level(name: str, sent: Mapping[str, str], sheet: Sheet, problems: dict[str, str]) -> None:
    text = sent.get(f"level-{name}", "")
    if text in map(str, LEVELS):
        sheet.levels[name] = int(text)
    elif text:
        problems[f"level-{name}"] = "out-of-range"


def _numbers(name: str, sent: Mapping[str, str], turns: Collection[int], problems: dict[str, str]) -> list[int]:
    words = [word.lstrip("#＃") for word in _SEPARATORS.split(sent.get(name, "")) if word]
    known = {str(seq) for seq in turns}
    if any(word not in known for word in words) or len(words) > MOST_PINS:
        problems[name] = "no-such-turn"
        return []
    return sorted({int(word) for word in words})


def _gaps(sheet: Sheet, criteria: Sequence[str]) -> dict[str, str]:
    gaps = {f"level-{name}": "missing" for name in criteria if name not in sheet.levels}
    pinned = [name for name, level in sheet.levels.items() if level in NEEDS_PINS]
    gaps |= {f"pins-{name}": "unpinned" for name in pinned if not sheet.pins.get(name)}
    gaps |= {f"turns-{failure}": "unpinned" for failure, turns in sheet.critical.items() if not turns}
    return gaps if sheet.overall else {**gaps, "overall": "missing"}
