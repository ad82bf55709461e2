"""The YAML reader: text stays text, nothing unfolds, and whatever is wrong has a line and a mend."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lms.content import yaml_lines
from lms.content.yaml_lines import DEEPEST, LARGEST, Fault, YamlRefused, read_yaml


@pytest.fixture(
    params=[yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)], ids=["python", "libyaml"]
)
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Both of PyYAML's parsers: a machine without libyaml must say the same."""
    monkeypatch.setattr(yaml_lines, "Parser", request.param)
    yield


pytestmark = pytest.mark.usefixtures("_parser")


def data_of(text: str) -> Any:
    return read_yaml(text.encode()).data


def faults_of(text: str | bytes) -> list[Fault]:
    with pytest.raises(YamlRefused) as refused:
        read_yaml(text.encode() if isinstance(text, str) else text)
    return refused.value.faults


@pytest.mark.parametrize(
    "text",
    ["on", "No", "yes", "off", "Y", "010", "007", "1_000", "12:30", "2025-03-16", "2025-03-16 10:00:00",
     "0x1F", "0o7", "1e3", ".5", ".inf", ".nan", "+5", "0.5.1", "99999999999999999999", "你好"],
)  # fmt: skip
def test_text_without_quotes_stays_text(text: str) -> None:
    assert data_of(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("35.61", 35.61),
    ],
)
def test_truth_nothing_and_plain_numbers_are_what_they_seem(text: str, value: object) -> None:
    assert data_of(f"a: {text}") == {"a": value}
    assert data_of(f"a: '{text}'") == {"a": text}


def test_keys_are_always_text() -> None:
    assert data_of("on: 1\n1: 2\ntrue: 3\nnull: 4") == {"on": 1, "1": 2, "true": 3, "null": 4}


def test_every_node_has_its_line_and_its_name() -> None:
    document = read_yaml(
        b"questions:\n  - code: BIL-001\n    options:\n      - id: A\n        why:\n          en: x\n"
    )
    place = ("questions", 0, "options", 0, "why", "en")
    assert document.line_of(place) == 6
    assert document.name_of(place) == "questions.BIL-001.options.A.why.en"
    assert document.line_of(("questions", 0)) == 2
    assert document.line_of(("questions", 0, "options", 0, "why", "zh")) == 5, "the nearest that exists"


def test_a_block_text_has_the_line_of_its_key() -> None:
    document = read_yaml(b"a: 1\nstem: |\n  one\n  two\n")
    assert document.line_of(("stem",)) == 2
    assert document.data["stem"] == "one\ntwo\n"


def test_the_typed_form_of_a_number_is_remembered() -> None:
    assert read_yaml(b"key: 35.10").sources["key",] == "35.10"


def test_a_comment_that_cuts_a_text_is_noticed() -> None:
    document = read_yaml("zh: 请按 #1 键\nen: 'press #1'\n".encode())
    assert document.data["zh"] == "请按"
    assert document.cut == (("zh",),)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3", 3, "stands twice (first on line 1)"),
        ("a: &x text", 1, "&x names a place"),
        ("a: 1\nb: *x", 2, "*x refers to another place"),
        ("a: 1\n<<: {b: 2}", 2, "merge keys"),
        ("a: !!python/object:os.system x", 1, "the tag"),
        ("a: 1\n---\nb: 2", 2, "a second document"),
        ("? [a, b]\n: c", 1, "a key must be a plain word"),
        ("a: 1\nb: c: d", 2, "a second ': '"),
        ("a:\n\t- b", 2, "a tab"),
        ("a: 1\nb: @home", 2, "cannot begin with this sign"),
        ("a: 1\nb: 'open\nc: 2\n", 2, "never closed"),
        ('a: "open\n---\n', 1, "never closed"),
        ('a: "C:\\qd"', 1, "backslash"),
        ('a: "\\U99999999"', 1, "escape"),
        ("a: [1, 2", 1, "not closed"),
        ("a: {b: 1", 1, "not closed"),
        ("a:\n  - b\n c: d", 3, ""),
        ('a: "你好"，再见', 1, "goes on after its closing quote"),
        ("a: 1\nstem\nb: c", 2, "a key without ': '"),
        ("a: text\n  b: c", 2, "does not fit the line above"),
        ("stem：你好\nb: c", 2, "full-width colon ：after the key on the line above"),
        ("a: 1\nstem：你好", 2, "full-width colon"),
        ("a: [1,,2]", 1, "a value is missing"),
        ("", 1, "empty"),
        ("# only a comment\n", 1, "empty"),
        ("a: 1\nb: \u200bx", 2, "U+200B"),
        ("a: 1\nb: \x07", 2, "U+0007"),
        ('a: "\\0"', 1, "U+0000"),
        ('a: "\\u202e"', 1, "U+202E"),
        ("[" * 100, 1, "deeper than"),
        ("- " * 100, 1, "deeper than"),
        ("a: " + "{b: " * (DEEPEST + 1), 1, "deeper than"),
    ],
)
def test_what_is_refused_has_its_line_and_a_mend(text: str, line: int, words: str) -> None:
    fault = faults_of(text)[0]
    assert fault.line == line
    assert words in fault.what
    assert fault.mend


def test_a_billion_laughs_is_refused_at_once() -> None:
    rows = ["a0: &a0 lol"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert "refers to another place" in faults_of("\n".join(rows))[-1].what


def test_several_small_faults_are_told_together() -> None:
    assert [fault.line for fault in faults_of("a: 1\na: 2\nb: !x y\nb: 3")] == [2, 3, 4]


def test_a_large_file_is_refused_unread() -> None:
    assert "larger than" in faults_of(b"a" * (LARGEST + 1))[0].what


def test_utf_8_with_and_without_a_mark_and_windows_lines() -> None:
    text = "zh: 计费\r\nen: Billing\r\n"
    plain, marked = read_yaml(text.encode()), read_yaml(text.encode("utf-8-sig"))
    assert plain.data == marked.data == {"zh": "计费", "en": "Billing"}
    assert plain.encoding == marked.encoding == "utf-8"


def test_gb18030_is_read_and_said() -> None:
    document = read_yaml("zh: 客户要求退费\n".encode("gb18030"))
    assert document.data == {"zh": "客户要求退费"}
    assert document.encoding == "gb18030"


def test_a_damaged_utf_8_file_is_not_taken_for_gb18030() -> None:
    raw = "a: 客户要求退费\nb: 客户".encode()[:-1]
    fault = faults_of(raw)[0]
    assert (fault.line, fault.mend) == (2, "save the file as UTF-8")


def test_utf_16_is_named() -> None:
    assert "UTF-16" in faults_of("zh: 客户".encode("utf-16"))[0].what


def test_texts_are_composed() -> None:
    assert data_of("a: e\u0301") == {"a": "\u00e9"}


_PIECES = st.sampled_from(
    ["a", ": ", "\n", "  ", "- ", "[", "]", "{", "}", ",", "'", '"', "|", ">", "&x", "*x", "!t", "#", "?",
     "\t", "%", "---", "...", "\\", "\\x0", "\\ud800", "\\U00110000", "<<", "你", "：", "\r", "\u2028", "1",
     "null", "@", "`"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(raw=b'"\\UFFFFFFFF')
@example(raw=b"%YAML 9999999999.1\n---\n")
@given(
    raw=st.one_of(
        st.binary(max_size=200), st.lists(_PIECES, max_size=40).map(lambda parts: "".join(parts).encode())
    )
)
def test_any_bytes_are_read_or_refused_with_a_line(raw: bytes) -> None:
    try:
        document = read_yaml(raw)
    except YamlRefused as refused:
        rows = raw.count(b"\n") + raw.count(b"\r") + 1
        assert refused.faults
        assert all(1 <= fault.line <= rows and fault.what and fault.mend for fault in refused.faults)
    else:
        assert all(line >= 1 for line in document.lines.values())
