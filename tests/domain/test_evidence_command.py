"""`flask evidence explain`: a line in, a line out, whatever the line is."""

import json

import pytest
from click.testing import Result
from flask import Flask

from lms.cli.evidence import evidence


def explain(lines: bytes, *options: str) -> Result:
    return Flask(__name__).test_cli_runner().invoke(evidence, ["explain", *options], input=lines)


def rows(lines: bytes, language: str = "zh") -> list[dict[str, object]]:
    result = explain(lines, "--language", language, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_line_has_its_object() -> None:
    got = rows("我保证明天到账。\n\n您好。\n".encode())
    assert [(row["text"], row["labels"]) for row in got] == [("我保证明天到账。", ["ABS"]), ("", []), ("您好。", [])]
    assert got[0]["spans"] == [
        {"label": "ABS", "start": 1, "end": 3, "text": "保证", "rule": "promise.performed", "version": "2"}
    ]


@pytest.mark.parametrize(
    ("line", "text", "labels"),
    [
        (b"\xff\xfe\xe4\xbf\x9d\xe8\xaf\x81\n", "\ufffd\ufffd保证", ["ABS"]),
        ("\ufeff您好\n".encode(), "您好", []),
        ("您好\r\n".encode(), "您好", []),
        ("没有换行".encode(), "没有换行", []),
        (("长" * 20_000 + "\n").encode(), "长" * 20_000, []),
        (b"a\x00b\x85c\n", "a\x00b\ufffdc", []),
        ("一\u2028二\n".encode(), "一\u2028二", []),
    ],
)
def test_no_line_is_too_strange(line: bytes, text: str, labels: list[str]) -> None:
    result = explain(line, "--json")
    [row] = [json.loads(shown) for shown in result.stdout.split("\n") if shown]
    assert (row["text"], row["labels"]) == (text, labels)


def test_no_lines_give_no_lines() -> None:
    assert rows(b"") == []


def test_the_table_shows_what_a_person_should_judge() -> None:
    result = explain("这个我不能保证。\n".encode())
    assert result.stdout == "–\t保证 [promise.performed]?\t这个我不能保证。\n"


def test_a_language_that_is_not_there_is_refused() -> None:
    assert explain(b"", "--language", "fr").exit_code == 2
