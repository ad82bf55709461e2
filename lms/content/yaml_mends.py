"""What the YAML parser's complaints mean for an author, and how to mend the line. Pure text to text."""

import re

from lms.domain.wording import Worded

_QUOTE = Worded("put the whole text in quotes")

# Part of the parser's words (libyaml's and PyYAML's differ) → what is wrong, the mend. First match wins.
_COMPLAINTS = (
    (
        "mapping values are not allowed",
        Worded("a second ': ' on this line"),
        Worded("put the whole text in quotes, or start a new line for the key"),
    ),
    ("'\\t' that cannot start", Worded("a tab"), Worded("use spaces to indent")),
    ("found character", Worded("a text cannot begin with this sign"), _QUOTE),
    (
        "expected ':'",
        Worded("a key without ': ' after it"),
        Worded("write 'key: value', or indent the text under its key, or use quotes"),
    ),
    (
        "unknown escape",
        Worded("a backslash in double quotes"),
        Worded("use single quotes, or write the backslash twice"),
    ),
    (
        "escape",
        Worded("a broken \\ escape in double quotes"),
        Worded("use single quotes, or write the backslash twice"),
    ),
    (
        "hexdecimal",
        Worded("a broken \\ escape in double quotes"),
        Worded("use single quotes, or write the backslash twice"),
    ),
    (
        "unexpected end of stream",
        Worded("the quotation that begins here is never closed"),
        Worded("add the closing quote"),
    ),
    ("document separator", Worded("the quotation that begins here is never closed"), Worded("add the closing quote")),
    ("document indicator", Worded("the quotation that begins here is never closed"), Worded("add the closing quote")),
    ("alphabetic or numeric", Worded("a text cannot begin with & or *"), _QUOTE),
    (
        "node content",
        Worded("a value is missing, or a bracket or comma is too many"),
        Worded("check [ ] { } and the commas, or use quotes"),
    ),
    ("comment or line break", Worded("a text cannot begin with > or |"), _QUOTE),
    (
        "',' or",
        Worded("a [ or { list is not closed, or a text inside it needs quotes"),
        Worded("close it, and quote texts with , : [ ] { }"),
    ),
    (
        "'-' indicator",
        Worded("this line is not part of the list above"),
        Worded("begin it with '- ', or indent it like its neighbours"),
    ),
    (
        "expected key",
        Worded("this line does not fit what stands above"),
        Worded("indent it like its neighbours, or quote the text above"),
    ),
    (
        "<block end>",
        Worded("this line does not fit what stands above"),
        Worded("indent it like its neighbours, or quote the text above"),
    ),
    ("<document start>", Worded("this line does not fit what stands above"), Worded("indent it like its neighbours")),
    ("indentation", Worded("the indentation is wrong"), Worded("indent with spaces, like the neighbouring lines")),
    ("sequence entries", Worded("a list cannot begin on this line"), Worded("begin it on a new line, indented")),
    ("tag", Worded("a text cannot begin with !"), _QUOTE),
)

_GOES_ON = re.compile(r"""[^'"]*[:-]\s+(['"]).*\1\s*[^\s,\]}]""")


def mend_for(problem: str, context: str, row: str, above: str) -> tuple[Worded, Worded]:
    """(what is wrong, how to mend it) from the parser's words, the line they point at and the one above."""
    if "\t" in row[: len(row) - len(row.lstrip())]:
        return Worded("a tab in the indentation"), Worded("use spaces to indent")
    for line, what in (
        (row, Worded("a full-width colon ：after the key")),
        (above, Worded("a full-width colon ：after the key on the line above")),
    ):
        if "：" in line and ":" not in line:
            return what, Worded("type a half-width colon and a space: ': '")
    if "mapping values" in problem and row.count(": ") < 2:
        mend = Worded("there, give the key its ': ' or the text its quotes")
        return Worded("this line does not fit the line above"), mend
    if ("expected key" in problem or "<block end>" in problem) and _GOES_ON.match(row):
        mend = Worded("put all of it in quotes, the other kind inside")
        return Worded("the text goes on after its closing quote"), mend
    for words, what, mend in _COMPLAINTS:
        if words in problem or (words == "tag" and words in context):
            return what, mend
    what = Worded("not YAML: %(problem)s", problem=problem or "unreadable")
    return what, Worded("look at the indentation and the quotes here and above")
