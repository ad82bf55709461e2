"""Statistics and the marks behind them as files for a spreadsheet, or for another program."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from lms.content.tables import Cell, Rows, csv_of, exact_text, xlsx_of
from lms.domain.statistics import Flag
from lms.services.mark_tables import MarkTable
from lms.services.statistics import ItemLine

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
FIGURES = (
    "facility", "sd", "discrimination_index", "discriminative_efficiency", "intended_weight", "effective_weight",
)  # fmt: skip
COLUMNS = ("code", "title", "section", "kind", "topic", "n", *FIGURES, "facility_low", "facility_high", "flags")


@dataclass(frozen=True, slots=True)
class Words:
    """Terms in the reader's language. ``term(family, value)``; ``flag(flag, kind)``: what a flag is called for a
    question of this kind; ``topics``: code → title."""

    term: Callable[[str, object], str]
    flag: Callable[[Flag, str], str]
    topics: Mapping[str, str]


def item_rows(lines: Iterable[ItemLine], words: Words) -> list[list[Cell]]:
    """A heading, then a row a question."""
    heading: list[Cell] = [words.term("item_column", column) for column in COLUMNS]
    return [heading, *(_item_row(line, words) for line in lines)]


def _item_row(line: ItemLine, words: Words) -> list[Cell]:
    item, figures = line.item, line.figures
    low, high = figures.facility_interval or (None, None)
    terms = [words.term("section", item.section), words.term("kind", item.kind)]
    names: list[Cell] = [item.code, item.title, *terms, words.topics.get(item.topic, item.topic)]
    numbers = [getattr(figures, name) for name in FIGURES]
    flags = "; ".join(words.flag(flag, item.kind) for flag in figures.flags)
    return [*names, figures.n, *numbers, low, high, flags]


def mark_rows(table: MarkTable) -> list[list[Cell]]:
    """Marks as ``flask statistics items`` reads them: candidate numbers, a column a question, empty: not given."""
    rows: list[list[Cell]] = [["candidate", *table.marks.codes], ["max", *table.marks.maxima]]
    for candidate, marks in zip(table.candidates, table.marks.rows, strict=True):
        rows.append([candidate.number, *marks])
    return rows


def file_of(rows: Rows, kind: str, sheet: str) -> bytes:
    """The rows as ``csv`` or ``xlsx``; marks are exact in both."""
    return csv_of(rows, exact_text) if kind == "csv" else xlsx_of(rows, sheet)
