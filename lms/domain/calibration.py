"""Calibration of examiners 校准: rounds of benchmark calls, the gate before marking live.

A round holds the benchmark calls of one series that were in use when it began. It is judged once all of them are
marked; a failed one may be tried again with the series that the examiner has seen least, a passed one stays passed.
"""

from collections import Counter
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
    """One benchmark call: since when it is used, its agreed levels, and the series that it belongs to."""

    id: int
    since: datetime
    retired: bool
    levels: Levels
    series: int


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
    following = _least_seen(benchmarks, sheets)
    standing = (Standing.FAILED if rounds else Standing.UNFINISHED) if following else Standing.UNASKED
    return Gate(standing, len(rounds) + 1, following, frozenset(), whole, _ended(whole))


def _least_seen(benchmarks: Sequence[Benchmarked], sheets: Sequence[Marked]) -> list[int]:
    """The calls in use of the series that came up in the fewest rounds; of several the first."""
    series = {one.id: one.series for one in benchmarks}
    rounds = Counter(which for which, _round in {(series[sheet.benchmark_id], sheet.round) for sheet in sheets})
    in_use = [one for one in benchmarks if not one.retired]
    least = min({one.series for one in in_use}, key=lambda which: (rounds[which], which), default=None)
    return [one.id for one in in_use if one.series == least]


def _needed(benchmarks: Sequence[Benchmarked], marked: Sequence[Marked]) -> list[int]:
    """What a begun round holds: a call that came later is not asked for, one withdrawn since no longer."""
    began, done = min(sheet.at for sheet in marked), {sheet.benchmark_id for sheet in marked}
    series = {one.series for one in benchmarks if one.id in done}
    return [
        one.id
        for one in benchmarks
        if one.id in done or (one.since <= began and not one.retired and one.series in series)
    ]


def _pairs(benchmarks: Sequence[Benchmarked], marked: Sequence[Marked]) -> list[Pair]:
    agreed = {one.id: one.levels for one in benchmarks}
    return [pair for sheet in marked for pair in pairs_of(agreed[sheet.benchmark_id], sheet.levels)]


def _ended(marked: Sequence[Marked]) -> datetime | None:
    return max((sheet.at for sheet in marked), default=None)
