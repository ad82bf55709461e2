"""Who chose which option: the table of distractors 干扰项 of a single or multiple choice."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms.domain.statistics.marks import Marks


@dataclass(frozen=True)
class Picks:
    """What was chosen on one item: a set a candidate, in the order of ``Marks.rows``; an empty set: blank.

    Sets of candidates who did not have the item are not looked at. Raises ValueError on an unknown option.
    """

    options: tuple[str, ...]
    key: frozenset[str]
    chosen: tuple[frozenset[str], ...]

    def __post_init__(self) -> None:
        if not self.key <= set(self.options):
            raise ValueError("the key names an option that the item does not have")
        if not frozenset[str]().union(*self.chosen) <= set(self.options):
            raise ValueError("somebody chose an option that the item does not have")


@dataclass(frozen=True)
class OptionUse:
    """One option, or with ``option`` None the answers left blank.

    ``share``, ``top``, ``middle`` and ``bottom`` are percents: of all who had the item, and of each third of
    them by the total on their other items. ``mean_rest`` is the mean of that total, in marks, among those who
    chose it.
    """

    option: str | None
    is_key: bool
    count: int
    share: float
    mean_rest: float | None
    top: float
    middle: float
    bottom: float


def option_uses(marks: Marks, code: str, picks: Picks) -> tuple[OptionUse, ...]:
    """A row an option in the item's order, then the blanks; no rows if nobody had the item.

    Raises ValueError on a code that is not in the table, or picks of another number of candidates.
    """
    index = marks.codes.index(code)
    had = [chosen for row, chosen in zip(marks.rows, picks.chosen, strict=True) if row[index] is not None]
    rests = marks.columns[index].rests
    thirds = thirds_of(rests)
    takers = {option: [option in chosen for chosen in had] for option in picks.options}
    blanks = [not chosen for chosen in had]
    rows = [_use(option, option in picks.key, took, rests, thirds, marks.scale) for option, took in takers.items()]
    return (*rows, _use(None, False, blanks, rests, thirds, marks.scale)) if had else ()


def _use(
    option: str | None,
    is_key: bool,
    took: Sequence[bool],
    rests: Sequence[int],
    thirds: Mapping[int, tuple[Fraction, Fraction, Fraction]],
    scale: int,
) -> OptionUse:
    # Few different totals stand for many people: each is looked at once.
    takers = Counter(rest for rest, taken in zip(rests, took, strict=True) if taken)
    n, count = len(took), sum(takers.values())
    bottom, middle, top = (
        float(300 * sum(people * thirds[rest][third] for rest, people in takers.items()) / n) for third in range(3)
    )
    total = sum(rest * people for rest, people in takers.items())
    return OptionUse(
        option=option,
        is_key=is_key,
        count=count,
        share=100 * count / n,
        mean_rest=total / (count * scale) if count else None,
        top=top,
        middle=middle,
        bottom=bottom,
    )


def thirds_of(scores: Sequence[int]) -> dict[int, tuple[Fraction, Fraction, Fraction]]:
    """For each different score the part of it, summing to 1, that lies in the bottom, middle and top third of all.

    Equal scores across a border share it evenly; else the order of the list, which means nothing, decided.
    """
    ranked = sorted(scores)
    spans = {score: (bisect_left(ranked, score), bisect_right(ranked, score)) for score in set(ranked)}
    return {score: _parts(start, end, len(ranked)) for score, (start, end) in spans.items()}


def _parts(start: int, end: int, n: int) -> tuple[Fraction, Fraction, Fraction]:
    """How the ranks start…end of n fall into three equal stretches."""
    overlaps = [max(0, min(3 * end, (third + 1) * n) - max(3 * start, third * n)) for third in range(3)]
    bottom, middle, top = (Fraction(overlap, 3 * (end - start)) for overlap in overlaps)
    return bottom, middle, top


def rivals_key(uses: Sequence[OptionUse]) -> bool:
    """Whether the strongest third chose some distractor more often than some option of the key."""
    keys = [use.top for use in uses if use.is_key]
    distractors = [use.top for use in uses if not use.is_key and use.option is not None]
    return bool(keys and distractors) and max(distractors) > min(keys)
