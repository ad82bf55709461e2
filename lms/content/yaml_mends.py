"""What the YAML parser's complaints mean for an author, and how to mend the line. Pure text to text."""

import re

_QUOTE = "put the whole text in quotes"

# Part of the parser's words (libyaml's and PyYAML's differ) → what is wrong, the mend. First match wins.
_COMPLAINTS = (
    (
        "mapping values are not allowed",
        "a second ': ' on this line",
        f"{_QUOTE}, or start a new line for the key",
    ),
    ("'\\t' that cannot start", "a tab", "use spaces to indent"),
    ("found character", "a text cannot begin with this sign", _QUOTE),
    (
        "expected ':'",
        "a key without ': ' after it",
        "write 'key: value', or indent the text under its key, or use quotes",
    ),
    ("unknown escape", "a backslash in double quotes", "use single quotes, or write the backslash twice"),
    ("escape", "a broken \\ escape in double quotes", "use single quotes, or write the backslash twice"),
    ("hexdecimal", "a broken \\ escape in double quotes", "use single quotes, or write the backslash twice"),
    ("unexpected end of stream", "the quotation that begins here is never closed", "add the closing quote"),
    ("document separator", "the quotation that begins here is never closed", "add the closing quote"),
    ("document indicator", "the quotation that begins here is never closed", "add the closing quote"),
    ("alphabetic or numeric", "a text cannot begin with & or *", _QUOTE),
    (
        "node content",
        "a value is missing, or a bracket or comma is too many",
        "check [ ] { } and the commas, or use quotes",
    ),
    ("comment or line break", "a text cannot begin with > or |", _QUOTE),
    (
        "',' or",
        "a [ or { list is not closed, or a text inside it needs quotes",
        "close it, and quote texts with , : [ ] { }",
    ),
    (
        "'-' indicator",
        "this line is not part of the list above",
        "begin it with '- ', or indent it like its neighbours",
    ),
    (
        "expected key",
        "this line does not fit what stands above",
        "indent it like its neighbours, or quote the text above",
    ),
    (
        "<block end>",
        "this line does not fit what stands above",
        "indent it like its neighbours, or quote the text above",
    ),
    ("<document start>", "this line does not fit what stands above", "indent it like its neighbours"),
    ("indentation", "the indentation is wrong", "indent with spaces, like the neighbouring lines"),
    ("sequence entries", "a list cannot begin on this line", "begin it on a new line, indented"),
    ("tag", "a text cannot begin with !", _QUOTE),
)

_GOES_ON = re.compile(r"""[^'"]*[:-]\s+(['"]).*\1\s*[^\s,\]}]""")


def mend_for(problem: str, context: str, row: str, above: str) -> tuple[str, str]:
    """(what is wrong, how to mend it) from the parser's words, the line they point at and the one above."""
    if "\t" in row[: len(row) - len(row.lstrip())]:
        return "a tab in the indentation", "use spaces to indent"
    for line, where in ((row, ""), (above, " on the line above")):
        if "：" in line and ":" not in line:
            return f"a full-width colon ：after the key{where}", "type a half-width colon and a space: ': '"
    if "mapping values" in problem and row.count(": ") < 2:
        return "this line does not fit the line above", "there, give the key its ': ' or the text its quotes"
    if ("expected key" in problem or "<block end>" in problem) and _GOES_ON.match(row):
        return "the text goes on after its closing quote", "put all of it in quotes, the other kind inside"
    for words, what, mend in _COMPLAINTS:
        if words in problem or (words == "tag" and words in context):
            return what, mend
    return f"not YAML: {problem or 'unreadable'}", "look at the indentation and the quotes here and above"
