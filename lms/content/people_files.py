"""Tables of people: CSV or XLSX from anywhere in, a workbook that keeps every zero out."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from lms.content.tables import as_typed, harmless
from lms.domain.people_rows import Line

LARGEST_FILE = 2 * 1024 * 1024
LARGEST_UNPACKED = 12 * 1024 * 1024
LARGEST_RATIO = 100
MOST_MEMBERS = 100
MOST_ROWS = 5000
LAST_LINE = 20000  # of a sheet, empty lines counted
MOST_COLUMNS = 40
OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # also a workbook with a password

Table = Sequence[Sequence[str]]


class FileRefused(ValueError):
    """The file cannot be read; ``code`` is large, rows, old-excel, encoding, csv or xlsx."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def read_table(content: bytes) -> list[Line]:
    """The lines that hold anything, with their numbers; what the file is, its bytes say. Raises FileRefused."""
    if len(content) > LARGEST_FILE:
        raise FileRefused("large")
    if content.startswith(OLD_EXCEL):
        raise FileRefused("old-excel")
    lines: list[Line] = []
    for number, cells in _sheet_lines(content) if content.startswith(b"PK") else _csv_lines(content):
        kept = [as_typed(cell) for cell in cells[:MOST_COLUMNS]]
        while kept and not kept[-1].strip():
            kept.pop()
        if kept:
            lines.append((number, kept))
        if len(lines) > MOST_ROWS + 1:
            raise FileRefused("rows")
    return lines


def _csv_lines(content: bytes) -> Iterator[Line]:
    text = _decoded(content)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused("csv") from error


def _decoded(content: bytes) -> str:
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # our own export of a name that begins with a NUL is the one that may hold it: behind the apostrophe
        if "\0" in text.replace("'\0", ""):
            break
        return text
    raise FileRefused("encoding")


def _sheet_lines(content: bytes) -> Iterator[Line]:
    """The first sheet. Its parts are counted and measured before anything is unpacked."""
    _check_archive(content)
    from openpyxl import load_workbook  # a tenth of a second that only an import pays

    lines: list[Line] = []
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(max_row=LAST_LINE, max_col=MOST_COLUMNS), start=1):
            lines.append((number, [_cell_text(cell) for cell in cells]))
        book.close()
    except Exception as error:  # a hostile workbook makes the reader fail in any way; none is a fault of ours
        raise FileRefused("xlsx") from error
    if len(lines) >= LAST_LINE:
        raise FileRefused("rows")
    yield from lines


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise FileRefused("xlsx") from error
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or any(member.flag_bits & 1 for member in members):
        raise FileRefused("xlsx")
    if unpacked > LARGEST_UNPACKED or unpacked > LARGEST_RATIO * max(len(content), 10_000):
        raise FileRefused("large")


def _cell_text(cell: object) -> str:
    """A cell as it is shown: 10023.0 is 10023, and 00123 under the format 00000 keeps its zeros."""
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        pattern = getattr(cell, "number_format", "")
        return str(value).zfill(len(pattern)) if set(pattern) == {"0"} else str(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def write_xlsx(table: Table, sheet: str, notes: Iterable[str] = (), notes_sheet: str = "-") -> bytes:
    """A workbook whose cells are all text (numbers keep their zeros); ``notes`` go to a second sheet."""
    import xlsxwriter  # 2 MiB that only an export needs

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    text, head = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
    page = book.add_worksheet(sheet)
    page.set_column(0, MOST_COLUMNS, 18, text)
    page.freeze_panes(1, 0)
    for line, row in enumerate(table):
        for column, cell in enumerate(row):
            page.write_string(line, column, harmless(cell), text if line else head)
    if notes:
        second = book.add_worksheet(notes_sheet)
        second.set_column(0, 0, 100)
        for line, note in enumerate(notes):
            second.write_string(line, 0, note)
    book.close()
    return out.getvalue()
