"""Tables written for spreadsheets, CSV and XLSX: numbers stay numbers, and no text can run as a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from lms.domain.values import shown

# A table is its heading and its lines.
Cell = str | int | float | Fraction | None
Rows = Iterable[Sequence[Cell]]

# With these a spreadsheet takes a text for a formula (ASVS 1.2.10), the full-width forms included.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
LONGEST_SHEET_NAME = 31
WIDEST = 420  # pixels
MOST_PLACES = 6


def harmless(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet would run it: ``=1+1`` → ``'=1+1``.

    A second apostrophe stands before one that a formula sign follows, so that :func:`as_typed` is its inverse.
    """
    bare = text.lstrip(" \u3000").lstrip("'")
    return f"'{text}" if bare.startswith(FORMULA) else text


def as_typed(text: str) -> str:
    """What :func:`harmless` was given: for importing what was exported."""
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def exact_text(number: Fraction) -> str:
    """A mark exactly: as a decimal where it has a short one (``3.5``), else with a fraction (``1 1/3``, ``0 2/7``).

    The whole number stands before it even where it is 0: a spreadsheet reads ``0 2/7`` as the number that it is, but
    takes ``2/7`` for a day in February.
    """
    places = next((places for places in range(MOST_PLACES + 1) if 10**places % number.denominator == 0), None)
    if places is not None:
        return f"{number.numerator / number.denominator:.{places}f}"
    whole, rest = divmod(abs(number.numerator), number.denominator)
    return f"{'-' if number < 0 else ''}{whole} {rest}/{number.denominator}"


def csv_of(rows: Rows, number: Callable[[Fraction], str] = shown) -> bytes:
    """UTF-8 with a byte order mark, without which Excel shows Chinese as gibberish.

    Fractions are written as ``number`` says: by default as the pages show them, rounded down.
    """
    file = io.StringIO(newline="")
    csv.writer(file).writerows([_csv_cell(cell, number) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell, number: Callable[[Fraction], str]) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, Fraction):
        return number(cell)
    return harmless(cell) if isinstance(cell, str) else cell


def xlsx_of(rows: Rows, sheet: str) -> bytes:
    """One sheet, its heading kept in view; texts are written as texts, never as formulas or links."""
    import xlsxwriter  # 2 MiB that only an export needs

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet(_sheet_name(sheet))
        heading = book.add_format({"bold": True, "bottom": 1})
        page.freeze_panes(1, 1)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                style = None if number else heading
                if isinstance(cell, str):
                    page.write_string(number, column, harmless(cell), style)
                elif cell is not None:
                    page.write_number(number, column, float(cell), style)
        page.autofit(max_width=WIDEST)
    return file.getvalue()


def _sheet_name(wanted: str) -> str:
    """A name that Excel takes: no ``[]:*?/\\``, no apostrophe at its ends, at most 31 characters."""
    name = "".join(" " if char in "[]:*?/\\" else char for char in wanted).strip(" '")
    return name[:LONGEST_SHEET_NAME].rstrip(" '") or "Sheet"
