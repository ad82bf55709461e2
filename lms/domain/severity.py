"""Severity of examiners 评分宽严: how much higher or lower one marks than the others do on the same calls.

The additive model level = call + examiner, by least squares, the examiners' parts summing to 0. It is shown to people
and never applied to marks.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Mark = tuple[str, str, int]  # examiner, what was marked (a call, or one criterion of it), level


@dataclass(frozen=True, slots=True)
class Severities:
    """In levels, exact. ``of``: examiner → part, above 0 marks higher than the others, below 0 lower.
    ``levels``: what was marked → the mean of its levels less their examiners' parts, for showing beside the raw mean.
    """

    of: Mapping[str, Fraction]
    levels: Mapping[str, Fraction]


def severities(marks: Iterable[Mark]) -> Severities | None:
    """None where it cannot be told: fewer than two examiners, or examiners whom no chain of shared calls connects."""
    given: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for examiner, marked, level in marks:
        given[marked].append((examiner, level))
    examiners = sorted({examiner for levels in given.values() for examiner, _ in levels})
    if len(examiners) < 2 or not _connected(examiners, given):
        return None
    parts = dict(zip(examiners, _solved(_equations(examiners, given)), strict=True))
    return Severities(parts, {marked: _less_parts(levels, parts) for marked, levels in given.items()})


def _less_parts(levels: Sequence[tuple[str, int]], parts: Mapping[str, Fraction]) -> Fraction:
    return sum((level - parts[examiner] for examiner, level in levels), Fraction(0)) / len(levels)


def _connected(examiners: Sequence[str], given: Mapping[str, Sequence[tuple[str, int]]]) -> bool:
    reached: set[str] = set()
    waiting = [examiners[0]]
    while waiting:
        reached.add(examiner := waiting.pop())
        for levels in given.values():
            together = {one for one, _ in levels}
            if examiner in together:
                waiting += together - reached
    return len(reached) == len(examiners)


def _equations(examiners: Sequence[str], given: Mapping[str, Sequence[tuple[str, int]]]) -> list[list[Fraction]]:
    """The normal equations with the calls' parts eliminated: a row each, its right side last.

    Each examiner's residuals from the calls' means sum to 0. One such row follows from the others; in the last one's
    place stands that all parts sum to 0.
    """
    place = {examiner: at for at, examiner in enumerate(examiners)}
    rows = [[Fraction(0)] * (len(examiners) + 1) for _ in examiners]
    for levels in given.values():
        mean = Fraction(sum(level for _, level in levels), len(levels))
        for examiner, level in levels:
            row = rows[place[examiner]]
            row[place[examiner]] += 1
            row[-1] += level - mean
            for other, _ in levels:
                row[place[other]] -= Fraction(1, len(levels))
    rows[-1] = [Fraction(1)] * len(examiners) + [Fraction(0)]
    return rows


def _solved(rows: list[list[Fraction]]) -> list[Fraction]:
    """Gauss and Jordan; the examiners are connected, so there is one solution."""
    for at in range(len(rows)):
        pivot = next(number for number in range(at, len(rows)) if rows[number][at])
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for number, row in enumerate(rows):
            if number != at and row[at]:
                rows[number] = [value - row[at] * lead for value, lead in zip(row, rows[at], strict=True)]
    return [row[-1] for row in rows]
