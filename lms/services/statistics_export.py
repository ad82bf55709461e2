"""Statistics and the marks behind them as files for a spreadsheet, or for another program."""

from collections.abc import Callable, Iterable

from lms.content.tables import Cell, Rows, csv_of, xlsx_of
from lms.services.mark_tables import MarkTable
from lms.services.statistics import ItemLine

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
FIGURES = (
    "facility", "sd", "discrimination_index", "discriminative_efficiency", "intended_weight", "effective_weight",
)  # fmt: skip
COLUMNS = ("code", "title", "section", "kind", "topic", "n", *FIGURES, "facility_low", "facility_high", "flags")


def item_rows(lines: Iterable[ItemLine], word: Callable[[str, object], str]) -> list[list[Cell]]:
    """A heading, then a row a question. ``word(family, value)`` says terms in the reader's language."""
    heading: list[Cell] = [word("item_column", column) for column in COLUMNS]
    return [heading, *(_item_row(line, word) for line in lines)]


def _item_row(line: ItemLine, word: Callable[[str, object], str]) -> list[Cell]:
    item, figures = line.item, line.figures
    low, high = figures.facility_interval or (None, None)
    names: list[Cell] = [item.code, item.title, word("section", item.section), word("kind", item.kind), item.topic]
    numbers = [getattr(figures, name) for name in FIGURES]
    flags = "; ".join(word("item_flag", flag) for flag in figures.flags)
    return [*names, figures.n, *numbers, low, high, flags]


def mark_rows(table: MarkTable) -> list[list[Cell]]:
    """Marks as ``flask statistics items`` reads them: candidate numbers, a column a question, empty: not given."""
    rows: list[list[Cell]] = [["candidate", *table.marks.codes], ["max", *table.marks.maxima]]
    for candidate, marks in zip(table.candidates, table.marks.rows, strict=True):
        rows.append([candidate.number, *marks])
    return rows


def file_of(rows: Rows, kind: str, sheet: str) -> bytes:
    """The rows as ``csv`` or ``xlsx``."""
    return csv_of(rows) if kind == "csv" else xlsx_of(rows, sheet)
