"""Calibration of examiners 校准: rounds of benchmark calls, the gate before marking live.

A round holds the benchmark calls that were in use when it began. It is judged once all of them are marked; a failed
one may be tried again, a passed one stays passed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lms.domain.agreement import Pair, passes_gate

Levels = Mapping[str, int]  # by criterion


class Standing(StrEnum):
    """``UNASKED``: there is no benchmark call, so nobody is kept from marking."""

    UNASKED = "unasked"
    UNFINISHED = "unfinished"
    FAILED = "failed"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Benchmarked:
    """One benchmark call: since when it is used, and its agreed levels."""

    id: int
    since: datetime
    retired: bool
    levels: Levels


@dataclass(frozen=True, slots=True)
class Marked:
    """What the examiner gave it in one round."""

    benchmark_id: int
    round: int
    levels: Levels
    at: datetime


@dataclass(frozen=True, slots=True)
class Gate:
    """Where an examiner stands. ``round`` is the one to be marked now (when passed: the one that was), ``needed`` its
    calls and ``done`` those marked; ``judged`` is the last whole round with its marks, None before there is one."""

    standing: Standing
    round: int
    needed: Sequence[int]
    done: frozenset[int]
    judged: Sequence[Marked]
    judged_at: datetime | None


def pairs_of(agreed: Levels, given: Levels) -> list[Pair]:
    """(agreed, given) of every criterion that both have."""
    return [(level, given[name]) for name, level in agreed.items() if name in given]


def gate(benchmarks: Sequence[Benchmarked], sheets: Sequence[Marked]) -> Gate:
    """The sheets are one examiner's; the benchmarks all that there are, retired ones too."""
    rounds = sorted({sheet.round for sheet in sheets})
    whole: list[Marked] = []
    for number in rounds:
        marked = [sheet for sheet in sheets if sheet.round == number]
        needed, done = _needed(benchmarks, marked), frozenset(sheet.benchmark_id for sheet in marked)
        if done != frozenset(needed):
            return Gate(Standing.UNFINISHED, number, needed, done, whole, _ended(whole))
        whole = marked
        if passes_gate(_pairs(benchmarks, whole)):
            return Gate(Standing.PASSED, number, needed, done, whole, _ended(whole))
    following = [one.id for one in benchmarks if not one.retired]
    standing = (Standing.FAILED if rounds else Standing.UNFINISHED) if following else Standing.UNASKED
    return Gate(standing, len(rounds) + 1, following, frozenset(), whole, _ended(whole))


def _needed(benchmarks: Sequence[Benchmarked], marked: Sequence[Marked]) -> list[int]:
    """What a begun round holds: a call that came later is not asked for, one withdrawn since no longer."""
    began, done = min(sheet.at for sheet in marked), {sheet.benchmark_id for sheet in marked}
    return [one.id for one in benchmarks if one.id in done or (one.since <= began and not one.retired)]


def _pairs(benchmarks: Sequence[Benchmarked], marked: Sequence[Marked]) -> list[Pair]:
    agreed = {one.id: one.levels for one in benchmarks}
    return [pair for sheet in marked for pair in pairs_of(agreed[sheet.benchmark_id], sheet.levels)]


def _ended(marked: Sequence[Marked]) -> datetime | None:
    return max((sheet.at for sheet in marked), default=None)
