"""Marks from a CSV file: a column a question, a row a candidate, and the maxima in the second line.

    candidate,BUS-01,BUS-02
    max,2,5
    张三,2,3.5
    李四,0,

An empty cell means that the question was not on that candidate's paper.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from lms.domain.statistics import Marks
from lms.domain.values import shown

# 10,000 candidates on 34 items are less than two megabytes.
LARGEST_FILE = 10 * 1024 * 1024
LONGEST_NAME = 200
LONGEST_NUMBER = 40

# What spreadsheets and our own tables write. Plain digits on purpose: no NaN, no infinity, no "1_000".
# Denominators and exponents stay short because the sums run over the least common denominator of all cells.
NUMBER = re.compile(
    r"[+-]?(?:(?:(?P<whole>[0-9]+) )?(?P<part>[0-9]+/[1-9][0-9]{0,2})"
    r"|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?)"
)


class ResponsesRefused(ValueError):
    """The file cannot be read as marks; ``line`` and ``column`` count from 1, None where none is to blame."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None, code: str = "") -> None:
        self.reason, self.line, self.column = reason, line, column
        named = f"column {column} ({code})" if code else f"column {column}"
        place = ", ".join(([f"line {line}"] if line else []) + ([named] if column else []))
        super().__init__(f"{place}: {reason}" if place else reason)


@dataclass(frozen=True)
class Responses:
    """``candidates`` names the rows of ``marks``, in the order of the file."""

    candidates: tuple[str, ...]
    marks: Marks


@dataclass(frozen=True)
class _Line:
    number: int
    cells: list[str]


def load_responses(path: Path) -> Responses:
    """The marks in the file at ``path``; raises ResponsesRefused, or OSError if it cannot be opened."""
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    return read_responses(content)


def read_responses(content: bytes) -> Responses:
    """The marks in a CSV file's bytes (UTF-8, with or without BOM, or GB18030); raises ResponsesRefused."""
    if len(content) > LARGEST_FILE:
        raise ResponsesRefused(f"the file is larger than {LARGEST_FILE // 1024**2} MB")
    lines = list(_lines(_decoded(content)))
    if not lines:
        raise ResponsesRefused("the file is empty")
    codes = _codes(lines[0])
    maxima = _maxima(lines[1] if len(lines) > 1 else None, codes)
    if len(lines) < 3:
        raise ResponsesRefused("no candidate follows the line of maxima", lines[-1].number)
    seen: dict[str, int] = {}
    rows = {_name(line, seen): _marks(line, codes, maxima) for line in lines[2:]}
    return Responses(tuple(rows), Marks(codes, maxima, tuple(rows.values())))


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise ResponsesRefused("the file is not text in UTF-8 or GB18030 (in Excel, save it as CSV UTF-8)")


def _lines(text: str) -> Iterator[_Line]:
    """The lines that hold anything; cells are trimmed, for people put a space after the comma."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield _Line(start, cells)
            start = reader.line_num + 1
    except csv.Error as error:
        raise ResponsesRefused(f"this is not CSV: {error}", start) from error


def _codes(header: _Line) -> tuple[str, ...]:
    codes = header.cells[1:]
    if not codes:
        raise ResponsesRefused("a column for the candidate and one a question are expected", header.number)
    seen: dict[str, int] = {}
    for column, code in enumerate(codes, start=2):
        if not code or len(code) > LONGEST_NAME or not code.isprintable():
            raise ResponsesRefused("the question has no usable code", header.number, column)
        if code in seen:
            raise ResponsesRefused(f"this code already heads column {seen[code]}", header.number, column, code)
        seen[code] = column
    return tuple(codes)


def _maxima(line: _Line | None, codes: Sequence[str]) -> tuple[Fraction, ...]:
    if line is None or not _says_max(line):
        found = f", not {line.cells[0][:LONGEST_NAME]!r}" if line else ""
        number = line.number if line else 2
        raise ResponsesRefused(f"the second line must hold the maxima and begin with 'max'{found}", number, 1)
    _same_width(line, codes)
    maxima = []
    for column, (code, cell) in enumerate(zip(codes, line.cells[1:], strict=True), start=2):
        maximum = _number(cell) if cell else None
        if maximum is None or maximum <= 0:
            reason = f"the maximum must be a number above 0, not {cell[:LONGEST_NUMBER]!r}"
            raise ResponsesRefused(reason, line.number, column, code)
        maxima.append(maximum)
    return tuple(maxima)


def _says_max(line: _Line) -> bool:
    return line.cells[0].casefold() == "max"


def _same_width(line: _Line, codes: Sequence[str]) -> None:
    expected, found = len(codes) + 1, len(line.cells)
    if found != expected:
        raise ResponsesRefused(
            f"{expected} cells are expected, as in the first line, but there are {found}",
            line.number,
            min(found, expected) + 1,
        )


def _name(line: _Line, seen: dict[str, int]) -> str:
    name = line.cells[0]
    if not name or len(name) > LONGEST_NAME:
        raise ResponsesRefused("the candidate has no usable name", line.number, 1)
    if _says_max(line):
        raise ResponsesRefused("only the second line may begin with 'max'", line.number, 1)
    if name in seen:
        raise ResponsesRefused(f"the candidate {name!r} already stands in line {seen[name]}", line.number, 1)
    seen[name] = line.number
    return name


def _marks(line: _Line, codes: Sequence[str], maxima: Sequence[Fraction]) -> tuple[Fraction | None, ...]:
    _same_width(line, codes)
    return tuple(
        _mark(cell, maximum, line.number, column, codes[column - 2]) if cell else None
        for column, (cell, maximum) in enumerate(zip(line.cells[1:], maxima, strict=True), start=2)
    )


def _mark(cell: str, maximum: Fraction, line: int, column: int, code: str) -> Fraction:
    mark = _number(cell)
    if mark is None:
        raise ResponsesRefused(f"{cell[:LONGEST_NUMBER]!r} is not a number", line, column, code)
    if mark < 0:
        raise ResponsesRefused(f"the mark {cell} is negative", line, column, code)
    if mark > maximum:
        raise ResponsesRefused(f"the mark {cell} is above the maximum {shown(maximum)}", line, column, code)
    return mark


@lru_cache(maxsize=4096)  # a column holds few different marks, and parsing one costs more than finding it
def _number(cell: str) -> Fraction | None:
    found = NUMBER.fullmatch(cell) if len(cell) <= LONGEST_NUMBER else None
    if found is None:
        return None
    if found["whole"] is None:
        return Fraction(cell)
    size = int(found["whole"]) + Fraction(found["part"])
    return -size if cell.startswith("-") else size
