"""Marking calls 模拟通话评分: what one examiner's levels come to, and what two or three of them agree on.

Levels run from 1 to 5 by criterion (rulebook 3); everything is exact (contract 6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from fractions import Fraction
from itertools import combinations
from typing import Any

from pydantic import Field

from lms.domain.double_marking import chosen
from lms.domain.values import Value, exact, parse_exact

HIGHEST = 5
LEVELS = range(1, HIGHEST + 1)
APART = 2  # levels by which two examiners may not differ


class Round(IntEnum):
    """Why a call is marked."""

    FIRST = 1
    SECOND = 2  # double marking
    THIRD = 3  # the two before did not agree
    APPEAL = 4  # and beyond: marked anew by an examiner who has not marked it


class Overall(StrEnum):
    """The one global rating, given beside the levels and never computed from them."""

    CLEAR_FAIL = "clear-fail"
    BORDERLINE = "borderline"
    PASS = "pass"
    GOOD = "good"


class PassRules(Value):
    """When a call is passed: no critical failure, and levels that reach these lines (design.md 5)."""

    each: int = Field(default=3, ge=1, le=HIGHEST)
    strict: str = "compliance"  # the criterion with a line of its own
    strict_at_least: int = Field(default=4, ge=1, le=HIGHEST)
    total: int = Field(default=24, ge=0, le=50)  # of all levels summed


@dataclass(frozen=True, slots=True)
class Given:
    """What one examiner gave: level by criterion, and the critical failures seen."""

    levels: Mapping[str, int]
    critical: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """What a call came to; levels are halves at most, after a mean of two."""

    levels: Mapping[str, Fraction]
    critical: tuple[str, ...]
    passed: bool

    @property
    def total(self) -> Fraction:
        return sum(self.levels.values(), Fraction(0))

    @property
    def points(self) -> Fraction:
        """Of 100: 24 of 30 are 80."""
        return 100 * self.total / (HIGHEST * len(self.levels)) if self.levels else Fraction(0)

    def dump(self) -> dict[str, Any]:
        """As the table of calls keeps it: exact texts."""
        levels = {criterion: exact(level) for criterion, level in self.levels.items()}
        return {"levels": levels, "critical": list(self.critical), "passed": self.passed}

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> "Judged":
        """The inverse of :meth:`dump`."""
        levels = {criterion: parse_exact(level) for criterion, level in stored["levels"].items()}
        return cls(levels, tuple(stored["critical"]), stored["passed"])


def judged(levels: Mapping[str, Fraction | int], critical: Sequence[str], rules: PassRules) -> Judged:
    """The pass rule applied to levels as they stand; passed is decided exactly, nothing is rounded."""
    whole = {criterion: Fraction(level) for criterion, level in levels.items()}
    lines = {criterion: rules.strict_at_least if criterion == rules.strict else rules.each for criterion in whole}
    reached = all(level >= lines[criterion] for criterion, level in whole.items())
    passed = bool(whole) and not critical and reached and sum(whole.values()) >= rules.total
    return Judged(whole, tuple(sorted(critical)), passed)


def agreed(given: Sequence[Given], rules: PassRules) -> Judged | None:
    """What the examiners' sheets come to; None where a third must mark.

    One: as given. Two who are never two levels apart, saw the same critical failures and do not stand on either side
    of the pass line: the mean, criterion by criterion. Three: of each criterion the mean of the two closest, and where
    two pairs are equally close the higher, in the candidate's favour (as for written cases); a critical failure
    stands where two of the three saw it.
    """
    if len(given) == 1:
        return judged(given[0].levels, sorted(given[0].critical), rules)
    if len(given) == 2 and not _agree(given[0], given[1], rules):
        return None
    levels = {criterion: _closest([one.levels[criterion] for one in given]) for criterion in given[0].levels}
    seen = {failure for one in given for failure in one.critical}
    critical = sorted(failure for failure in seen if sum(failure in one.critical for one in given) >= 2)
    return judged(levels, critical, rules)


def next_round(given: Sequence[Given], rules: PassRules, near: int) -> Round | None:
    """Who must mark a call besides; None where its sheets suffice.

    A critical failure fails a call by itself, so it is never one person's word alone; nor is a verdict that a level
    or two would turn (:func:`near_the_line`).
    """
    if len(given) == 1 and (given[0].critical or near_the_line(given[0].levels, rules, near)):
        return Round.SECOND
    return Round.THIRD if agreed(given, rules) is None else None


def near_the_line(levels: Mapping[str, int], rules: PassRules, near: int) -> bool:
    """Whether a second examiner could decide between pass and fail of a call without a critical failure.

    True where the levels' total is within ``near`` of the line, on either side, the distance itself included; and
    where the call is failed but one level more in a single criterion would have passed it.
    """
    if abs(sum(levels.values()) - rules.total) <= near:
        return True
    raised = [{**levels, criterion: level + 1} for criterion, level in levels.items() if level < HIGHEST]
    return not judged(levels, (), rules).passed and any(judged(one, (), rules).passed for one in raised)


def raised(counted: Judged, anew: Given, rules: PassRules) -> Judged:
    """What a call comes to once an appeal against it is upheld; it never costs the candidate anything.

    Of each criterion the better of what counted and what was given anew; a critical failure that was not seen again
    is struck, and none is added.
    """
    levels = {criterion: max(level, Fraction(anew.levels[criterion])) for criterion, level in counted.levels.items()}
    return judged(levels, [failure for failure in counted.critical if failure in anew.critical], rules)


def _agree(one: Given, other: Given, rules: PassRules) -> bool:
    verdicts = {judged(sheet.levels, sorted(sheet.critical), rules).passed for sheet in (one, other)}
    apart = any(abs(level - other.levels[criterion]) >= APART for criterion, level in one.levels.items())
    return not apart and one.critical == other.critical and len(verdicts) == 1


def _closest(levels: Sequence[int]) -> Fraction:
    one, other = min(combinations(levels, 2), key=lambda pair: (abs(pair[0] - pair[1]), -sum(pair)))
    return Fraction(one + other, 2)


def rounds_of(seed: int, position: int, double_share: Fraction) -> tuple[Round, ...]:
    """How often a call is marked from the start: a seeded share of them twice, so that nobody chooses by hand."""
    return (Round.FIRST, Round.SECOND) if chosen(seed, position, double_share) else (Round.FIRST,)
