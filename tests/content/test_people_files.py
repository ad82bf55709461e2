"""Files of people: every encoding, every spreadsheet's habit, and files that mean harm."""

import io
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from lms.content.people_files import FileRefused, read_table, write_xlsx
from lms.content.tables import csv_of

TABLE = [["工号", "姓名"], ["00123", "=HYPERLINK(1)"], ["x1", "'+俊"]]
SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows: list[object], formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cell, pattern in (formats or {}).items():
        sheet[cell].number_format = pattern
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_member(content: bytes, name: str, body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, body)
    return out.getvalue()


def cells(content: bytes) -> list[list[str]]:
    return [list(cells) for _, cells in read_table(content)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_each_encoding_and_with_each_delimiter(encoding: str, delimiter: str) -> None:
    text = f"工号{delimiter}姓名\r\n00123{delimiter}张晓\r\n\r\n"
    assert cells(text.encode(encoding)) == [["工号", "姓名"], ["00123", "张晓"]]


@pytest.mark.parametrize("content", [csv_of(TABLE), write_xlsx(TABLE, "人员", ["说明"], "说明")])
def test_what_was_written_is_read_and_no_cell_is_a_formula(content: bytes) -> None:
    assert cells(content) == TABLE


@given(st.lists(st.lists(st.text(max_size=12).map(str.strip), min_size=2, max_size=2), min_size=1, max_size=5))
def test_any_text_survives_csv(rows: list[list[str]]) -> None:
    table = [["工号", "姓名"], *[row for row in rows if any(row)]]
    table = [[cell.replace("\r", "").replace("\n", "") for cell in row] for row in table]
    table = [row for row in table if row[1].strip()]
    if any("\0" in cell for row in table for cell in row):
        return
    assert cells(csv_of(table)) == table


def test_numbers_in_a_sheet_keep_zeros_and_lose_their_point() -> None:
    content = workbook(["工号", "x"], [123, 7.0], [True, 1.5], formats={"A2": "00000"})
    assert cells(content)[1:] == [["00123", "7"], ["1", "1.5"]]


def test_a_line_keeps_its_number_where_lines_above_are_empty() -> None:
    assert read_table(b"number\n\n\nx1\n")[1][0] == 4


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xff\xff", "encoding"),
        (b"a\0b", "encoding"),
        (b'number\n"open', "csv"),
        (b"\xd0\xcf\x11\xe0rest", "old-excel"),
        (b"PK\x03\x04rubbish", "xlsx"),
        (b"x" * (2 * 1024 * 1024 + 1), "large"),
        (b"n\n" * 6000, "rows"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_table(content)
    assert refused.value.code == code


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c t="inlineStr">
<is><t>&d;</t></is></c></row></sheetData></worksheet>"""
FAR = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1"><v>1</v></c></row>
<row r="999999999"><c r="A999999999"><v>1</v></c></row></sheetData></worksheet>"""


@pytest.mark.parametrize(
    ("member", "body", "code"),
    [
        (SHEET, LAUGHS, "xlsx"),
        (SHEET, FAR, "rows"),
        (SHEET, b"<worksheet", "xlsx"),
        ("xl/workbook.xml", b"<workbook/>", "xlsx"),
        ("xl/bomb.xml", b" " * 13_000_000, "large"),
        ("xl/sharedStrings.xml", b"<sst>" + b"<si><t/></si>" * 500_000 + b"</sst>", "large"),
    ],
)
def test_a_hostile_workbook_is_refused_at_once(member: str, body: bytes, code: str) -> None:
    content = with_member(workbook(["工号"], ["x1"]), member, body)
    start = time.monotonic()
    with pytest.raises(FileRefused) as refused:
        read_table(content)
    assert refused.value.code == code
    assert time.monotonic() - start < 2


def test_too_many_members_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(200):
            archive.writestr(f"{n}.xml", b"")
    with pytest.raises(FileRefused):
        read_table(out.getvalue())


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for body in (content, b"PK" + content):
        try:
            read_table(body)
        except FileRefused as refused:
            assert refused.code in ("encoding", "csv", "xlsx", "large", "rows", "old-excel")
