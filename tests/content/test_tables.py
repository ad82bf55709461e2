"""What is written for spreadsheets: numbers exact, texts harmless, Chinese readable."""

import csv
import io
from fractions import Fraction

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.content.responses import read_responses
from lms.content.tables import as_typed, csv_of, exact_text, harmless, xlsx_of

HOSTILE = ['=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "＝1+1", "'=1", "\0=1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["张三", "K-3071", "O'Neill", "'quoted'", "", "3=3"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


@given(st.text())
def test_nothing_is_lost_on_the_way_back(text: str) -> None:
    assert as_typed(harmless(text)) == text


@given(st.fractions(min_value=0, max_value=100, max_denominator=999))
def test_a_number_is_written_exactly(number: Fraction) -> None:
    read = read_responses(f"candidate,Q1\nmax,100\na,{exact_text(number)}\n".encode())
    assert read.marks.rows == ((number,),)


def test_numbers_are_decimals_where_they_have_one_and_never_look_like_a_day() -> None:
    numbers = ["3", "7/2", "1/3", "4/3", "-4/3", "5/16", "0"]
    assert [exact_text(Fraction(number)) for number in numbers] == [
        "3",
        "3.5",
        "0 1/3",
        "1 1/3",
        "-1 1/3",
        "0.3125",
        "0",
    ]


def test_in_other_files_a_number_is_rounded_down_as_on_the_pages() -> None:
    rows = [[Fraction(4, 3), Fraction(59_999, 1000), Fraction(80), Fraction(1, 2)]]
    assert csv_of(rows).decode("utf-8-sig") == "1.33,59.99,80,0.5\r\n"


def test_a_csv_file_begins_with_the_mark_that_excel_needs_and_keeps_every_cell() -> None:
    rows = [["姓名", "分"], ["=1+1", Fraction(1, 2)], ["甲，\n乙", None]]
    content = csv_of(rows)
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert read == [["姓名", "分"], ["'=1+1", "0.5"], ["甲，\n乙", ""]]


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers() -> None:
    rows = [["a", "b"], ["=1+1", Fraction(1, 2)], ["http://x", None]]
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of(rows, "[表]:1")))
    page = book.worksheets[0]
    assert page.title == "表  1"
    found = [[cell.value for cell in row] for row in page.iter_rows()]
    assert found == [["a", "b"], ["'=1+1", 0.5], ["http://x", None]]
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s", "n"}
    assert page["A3"].hyperlink is None
