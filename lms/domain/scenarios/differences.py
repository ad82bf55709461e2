"""Two texts of a scenario, line by line: what a reviewer reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

AROUND = 3  # unchanged lines shown before and after a change


@dataclass(frozen=True, slots=True)
class Row:
    """One line; ``old`` and ``new`` are its numbers in either text, from 1, None where it is not in it.

    A ``gap`` stands for ``text`` unchanged lines that are left out (their count in digits).
    """

    kind: Literal["same", "out", "in", "gap"]
    old: int | None
    new: int | None
    text: str


def line_differences(old: str, new: str) -> Sequence[Row]:
    """The changed lines with some unchanged ones around them; empty where the texts are equal."""
    before, after = old.splitlines(), new.splitlines()
    rows: list[Row] = []
    shown = 0  # lines of the old text that are told, or stand in a gap
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND):
        if skipped := group[0][1] - shown:
            rows.append(Row("gap", None, None, str(skipped)))
        for kind, old_from, old_to, new_from, new_to in group:
            if kind == "equal":
                rows += [Row("same", old_from + n + 1, new_from + n + 1, text)
                         for n, text in enumerate(before[old_from:old_to])]  # fmt: skip
            else:
                rows += _changed(before, old_from, old_to, after, new_from, new_to)
        shown = group[-1][2]
    if rows and (left := len(before) - shown):
        rows.append(Row("gap", None, None, str(left)))
    return rows


def _changed(
    before: Sequence[str], old_from: int, old_to: int, after: Sequence[str], new_from: int, new_to: int
) -> Iterator[Row]:
    for number in range(old_from, old_to):
        yield Row("out", number + 1, None, before[number])
    for number in range(new_from, new_to):
        yield Row("in", None, number + 1, after[number])
