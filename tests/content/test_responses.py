"""Marks from CSV files, and the command that prints their statistics."""

import json
from fractions import Fraction as F
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from lms.cli.statistics import statistics
from lms.content.responses import LARGEST_FILE, ResponsesRefused, load_responses, read_responses

GOOD = "candidate,Q1,Q2\nmax,2,5\n张三,2,3.5\n李四,0,\n王五,1,1/3\n"


def refusal(text: str) -> ResponsesRefused:
    with pytest.raises(ResponsesRefused) as caught:
        read_responses(text.encode())
    return caught.value


def test_the_marks_are_read_exactly() -> None:
    found = read_responses(GOOD.encode())
    assert found.candidates == ("张三", "李四", "王五")
    assert found.marks.codes == ("Q1", "Q2")
    assert found.marks.maxima == (F(2), F(5))
    assert found.marks.rows == ((F(2), F(7, 2)), (F(0), None), (F(1), F(1, 3)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_of_spreadsheets_are_read_alike(encoding: str, ending: str) -> None:
    assert read_responses(GOOD.replace("\n", ending).encode(encoding)) == read_responses(GOOD.encode())


def test_spaces_empty_lines_capitals_and_quotes_are_forgiven() -> None:
    text = '\n"candidate", Q1,Q2\n\nMAX, 2 ,5\n"张三",2,3.50\n,,\n李四,0,\n\n王五,1.,1/3'
    assert read_responses(text.encode()) == read_responses(GOOD.encode())


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", None, None, "empty"),
        (" \n,,\n", None, None, "empty"),
        ("candidate\nmax\na\n", 1, None, "one a question"),
        ("candidate,Q1,\nmax,1,1\na,1,1\n", 1, 3, "code"),
        ("candidate,Q1,Q1\nmax,1,1\na,1,1\n", 1, 3, "already heads column 2"),
        ("candidate,Q1\n", 2, 1, "maxima"),
        ("candidate,Q1\na,1\nb,1\n", 2, 1, "not 'a'"),
        ("candidate,Q1\nmax,1\n", 2, None, "no candidate"),
        ("candidate,Q1,Q2\nmax,1\na,1,1\n", 2, 3, "3 cells are expected"),
        ("candidate,Q1\nmax,\na,1\n", 2, 2, "above 0"),
        ("candidate,Q1\nmax,0\na,0\n", 2, 2, "above 0"),
        ("candidate,Q1\nmax,-1\na,0\n", 2, 2, "above 0"),
        ("candidate,Q1\nmax,nan\na,0\n", 2, 2, "above 0"),
        ("candidate,Q1\nmax,1\n\nb,1,1\n", 4, 3, "2 cells are expected"),
        ("candidate,Q1,Q2\nmax,1,1\nb,1\n", 3, 3, "3 cells are expected"),
        ("candidate,Q1\nmax,1\n,1\n", 3, 1, "name"),
        ("candidate,Q1\nmax,1\na,1\na,0\n", 4, 1, "already stands in line 3"),
        ("candidate,Q1\nmax,1\na,1\nMax,1\n", 4, 1, "only the second line"),
        ("candidate,Q1\nmax,1\na,1.5\n", 3, 2, "above the maximum 1"),
        ("candidate,Q1\nmax,1\na,-0.5\n", 3, 2, "negative"),
        ("candidate,Q1\nmax,1\n'a,1\n\"b,1\n", 4, None, "not CSV"),
        ("candidate,Q1\nmax,1\na," + "1" * 200_000 + "\n", 3, None, "not CSV"),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, line: int | None, column: int | None, words: str) -> None:
    found = refusal(text)
    assert (found.line, found.column) == (line, column)
    assert words in str(found)


@pytest.mark.parametrize(
    "cell",
    [
        "x",
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1,0",
        "0x1",
        "1_0",
        "½",
        "１",
        "1/0",
        "1/1000",
        "1 / 2",
        "1  1/2",
        "1 1",
        "1e999",
        "--",
        "50%",
    ],
)
def test_what_is_not_a_plain_number_is_refused(cell: str) -> None:
    found = refusal(f'candidate,Q0,Q1\nmax,10,10\na,1,"{cell}"\n')
    assert (found.line, found.column) == (3, 3)
    assert "(Q1)" in str(found) and "is not a number" in str(found)


@pytest.mark.parametrize("cell", ["1" * 41, "0." + "3" * 40])
def test_numbers_without_end_are_refused(cell: str) -> None:
    assert "is not a number" in str(refusal(f"candidate,Q1\nmax,10\na,{cell}\n"))


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("0.30000000000000004", "0.30000000000000004"),
        (".5", "1/2"),
        ("+1", "1"),
        ("5e-1", "1/2"),
        ("1 1/3", "4/3"),
        ("0 2/7", "2/7"),
    ],
)
def test_numbers_as_programs_write_them_are_read(cell: str, mark: str) -> None:
    assert read_responses(f"candidate,Q1\nmax,10\na,{cell}\n".encode()).marks.rows == ((F(mark),),)


@pytest.mark.parametrize("content", [GOOD.encode("utf-16"), b"\xff\xff\xff", b"candidate,Q1\nmax,1\na\0,1\n"])
def test_what_is_not_text_is_refused(content: bytes) -> None:
    with pytest.raises(ResponsesRefused, match="not text"):
        read_responses(content)


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE * 100)
    with pytest.raises(ResponsesRefused, match="larger than"):
        load_responses(path)


@given(st.binary(max_size=200) | st.text(alphabet='max,Q1\n"2.5张\r -/e', max_size=80).map(str.encode))
def test_whatever_is_in_the_file_it_is_read_or_refused(content: bytes) -> None:
    try:
        found = read_responses(content)
    except ResponsesRefused as refused:
        assert str(refused)
    else:
        assert len(found.candidates) == len(found.marks.rows)


# --- the command ---


def run(tmp_path: Path, text: str, *options: str) -> Result:
    path = tmp_path / "responses.csv"
    path.write_text(text, encoding="utf-8")
    return CliRunner().invoke(statistics, ["items", str(path), *options])


def test_the_command_prints_one_json_object(tmp_path: Path) -> None:
    done = run(tmp_path, "candidate,A,B\nmax,2,4\na,0,1\nb,1,2\nc,2,3\n", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "items": {
            code: {
                "facility": 50.0,
                "sd": 1.0,
                "discrimination_index": 100.0,
                "discriminative_efficiency": 100.0,
                "intended_weight": pytest.approx(weight),
                "effective_weight": 50.0,
                "flags": ["few-candidates"],
            }
            for code, weight in (("A", 100 / 3), ("B", 200 / 3))
        },
        "test": {
            "n": 3,
            "mean": 3.0,
            "sd": 2.0,
            "skewness": 0.0,
            "kurtosis": None,
            "cic": 100.0,
            "error_ratio": 0.0,
            "standard_error": 0.0,
        },
    }


def test_what_does_not_exist_is_null(tmp_path: Path) -> None:
    found = json.loads(run(tmp_path, "candidate,A\nmax,2\na,1\n", "--json").stdout)
    assert found["items"]["A"] == {
        "facility": 50,
        "sd": None,
        "discrimination_index": None,
        "discriminative_efficiency": None,
        "intended_weight": 100,
        "effective_weight": None,
        "flags": ["few-candidates"],
    }
    assert found["test"] == {"n": 1, "mean": 1} | dict.fromkeys(
        ("sd", "skewness", "kurtosis", "cic", "error_ratio", "standard_error")
    )


def test_without_json_it_prints_a_table_with_aligned_columns(tmp_path: Path) -> None:
    done = run(tmp_path, "candidate,单选,B\nmax,2,4\na,0,1\nb,1,2\nc,2,3\n")
    assert done.exit_code == 0
    head, first, second = done.stdout.splitlines()[:3]
    # A Chinese character is one letter but two columns wide.
    assert head.index("flags") == first.index("few") + 2 == second.index("few")
    assert "cic  100.00" in done.stdout and "kurtosis  –" in done.stdout


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_bad_input_ends_with_1_and_an_error_and_no_output(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = run(tmp_path, "candidate,A\nmax,2\na,3\n", *options)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "line 3, column 2 (A): the mark 3 is above the maximum 2" in done.stderr


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.csv", tmp_path):
        done = CliRunner().invoke(statistics, ["items", str(path)])
        assert (done.exit_code, done.stdout) == (1, "")
        assert str(path) in done.stderr
