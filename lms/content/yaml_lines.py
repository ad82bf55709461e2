"""YAML as authors mean it: strict, small, and with the line of every node.

Built on PyYAML's parser, not on its constructors: `yaml.safe_load` would turn the key ``on`` and the answer
``No`` into booleans, ``010`` into 8 and ``2025-03-16`` into a date, keep the second of two equal keys in
silence, and unfold aliases until the memory is full. Here only ``true``, ``false``, ``null``, plain whole
numbers and plain decimals are more than text.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from lms.content.yaml_mends import mend_for
from lms.domain.wording import Worded

# Where a node stands, by keys and indexes from the root: ("questions", 3, "options", 1, "why", "en").
Place = tuple[str | int, ...]

LARGEST = 2_000_000  # bytes; the whole shipped bank is smaller
DEEPEST = 32  # levels; a question needs 6

# libyaml's parser where PyYAML was built with it (some ten times faster), else the same parser in Python.
Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULLS = {"", "~", "null", "Null", "NULL"}
# No leading zero, no exponent, no underscore, no sexagesimal: 010, 1e3, 1_000 and 12:30 stay text.
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
# What YAML does not allow, and its old line breaks (U+0085, U+2028, U+2029), which put lines out of step.
_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Pasted along from web pages and word processors: nobody sees them, and they spoil comparison and search.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the YAML itself; ``key`` is a dotted place or empty."""

    line: int
    key: str
    what: Worded
    mend: Worded


class YamlRefused(ValueError):
    """The file cannot be read; ``faults`` holds one or more reasons in the order of their lines."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"line {fault.line}: {fault.what}" for fault in faults))
        self.faults = sorted(faults, key=lambda fault: fault.line)


@dataclass(frozen=True, slots=True)
class Document:
    """The file's plain ``data`` (dict, list, str, int, float, bool, None), and where each node stands.

    ``sources`` has each unquoted value as it was typed (``35.10``), ``cut`` the unquoted texts after which a
    ``#`` begins a comment, ``encoding`` how the bytes were read.
    """

    data: Any
    encoding: str = "utf-8"
    lines: Mapping[Place, int] = field(default_factory=dict)
    sources: Mapping[Place, str] = field(default_factory=dict)
    cut: tuple[Place, ...] = ()

    def line_of(self, place: Place) -> int:
        """The line of the node at ``place``, or of the nearest node above it that exists."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def name_of(self, place: Place) -> str:
        """``place`` in words, list items by their code or id: ``questions.BIL-001.options.B.why.en``."""
        node, names = self.data, []
        for step in place:
            node = _child(node, step)
            name = node.get("code", node.get("id")) if isinstance(step, int) and isinstance(node, dict) else None
            names.append(name if isinstance(name, str) else str(step))
        return ".".join(names)


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return node[step]
    return None


def read_yaml(raw: bytes) -> Document:
    """The one document in ``raw`` (UTF-8 with or without BOM, or GB18030); raises :class:`YamlRefused`."""
    if len(raw) > LARGEST:
        what = Worded("the file is larger than %(most)s bytes", most=f"{LARGEST:,}")
        raise YamlRefused([Fault(1, "", what, Worded("split it into several files"))])
    text, encoding = decode(raw)
    _refuse_characters(text)
    builder = _Builder(text)
    try:
        data = builder.document()
    except YamlRefused:
        raise
    except yaml.MarkedYAMLError as error:
        raise YamlRefused([_syntax_fault(error, text)]) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # The Python parser lets chr() and int() complain of impossible characters and numbers, with no mark.
        what = Worded("a broken \\ escape, or a number too large (%(reason)s)", reason=str(error))
        raise YamlRefused([Fault(builder.line, "", what, Worded("write the character itself"))]) from error
    if builder.faults:
        raise YamlRefused(builder.faults)
    return Document(data, encoding, builder.lines, builder.sources, tuple(builder.cut))


def decode(raw: bytes) -> tuple[str, str]:
    """``raw`` as text with ``\\n`` line ends, and the name of its encoding; raises :class:`YamlRefused`."""
    try:
        text, encoding = raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        text, encoding = _decode_gb18030(raw, error), "gb18030"
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), encoding


def _decode_gb18030(raw: bytes, error: UnicodeDecodeError) -> str:
    line = raw.count(b"\n", 0, error.start) + 1
    fault = Fault(line, "", Worded("this line is not UTF-8 text"), Worded("save the file as UTF-8"))
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise YamlRefused([Fault(1, "", Worded("the file is UTF-16 text"), Worded("save it as UTF-8"))])
    # Almost any bytes pass for GB18030. A file that is mostly good UTF-8 is a damaged one, and read as
    # GB18030 all its Chinese would turn into nonsense.
    lenient = raw.decode("utf-8", errors="replace")
    broken = lenient.count("\ufffd")
    if sum(not char.isascii() for char in lenient) - broken > broken:
        raise YamlRefused([fault])
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        raise YamlRefused([fault]) from None


def _refuse_characters(text: str) -> None:
    faults = []
    for pattern, kind in ((_FORBIDDEN, Worded("a control character")), (_INVISIBLE, Worded("an invisible character"))):
        if found := pattern.search(text):
            line = text.count("\n", 0, found.start()) + 1
            what = Worded("%(kind)s, %(code)s", kind=kind, code=f"U+{ord(found[0]):04X}")
            faults.append(Fault(line, "", what, Worded("delete it")))
    if faults:
        raise YamlRefused(faults)


def _syntax_fault(error: yaml.MarkedYAMLError, text: str) -> Fault:
    rows = text.split("\n")
    mark = error.problem_mark or error.context_mark
    number = min(mark.line, len(rows) - 1) if mark else 0
    context = error.context or ""
    what, mend = mend_for(error.problem or "", context, rows[number], rows[number - 1] if number else "")
    if error.context_mark is not None and ("quoted scalar" in context or "simple key" in context):
        number = error.context_mark.line  # where the quotation or the key begins, rather than where it fails
    return Fault(number + 1, "", what, mend)


class _Builder:
    """Plain data out of the parser's events. Small faults are collected, the others stop it."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self.sources: dict[Place, str] = {}
        self.cut: list[Place] = []
        self.faults: list[Fault] = []
        self.line = 1
        self._rows = text.split("\n")
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=Parser))

    def document(self) -> Any:
        self._next()  # the stream starts
        if isinstance(self._next(), yaml.StreamEndEvent):
            mend = Worded("write its content, or delete the file")
            raise YamlRefused([Fault(1, "", Worded("the file is empty"), mend)])
        data = self._value(self._next(), ())
        self._next()  # the document ends
        if not isinstance(self._next(), yaml.StreamEndEvent):
            self._stop(Worded("a second document begins here"), Worded("delete the line of dashes (---)"))
        return data

    def _next(self) -> Any:
        event = next(self._events)
        self.line = event.start_mark.line + 1
        return event

    def _value(self, event: Any, place: Place) -> Any:
        self.lines.setdefault(place, self.line)
        if len(place) > DEEPEST:
            what = Worded("the file nests deeper than %(most)s levels", most=DEEPEST)
            self._stop(what, Worded("bring the lists and mappings out of one another"))
        if isinstance(event, yaml.AliasEvent):
            mend = Worded("write the text out, or put it in quotes: '*%(anchor)s'", anchor=event.anchor)
            self._stop(Worded("*%(anchor)s refers to another place", anchor=event.anchor), mend)
        if event.anchor is not None:
            mend = Worded("write texts out where they belong; put a text in quotes")
            self._fault(place, Worded("&%(anchor)s names a place", anchor=event.anchor), mend)
        if getattr(event, "tag", None) is not None:
            what = Worded("the tag %(tag)s is not used here", tag=event.tag)
            self._fault(place, what, Worded("delete it, or put the text in quotes"))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place)
        return self._scalar(event, place)

    def _mapping(self, place: Place) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key, again = self._key(event), False
            if key in data:
                again = True
                first = self.lines[*place, key]
                what = Worded("the key stands twice (first on line %(line)s)", line=first)
                self._fault((*place, key), what, Worded("keep one of the two"))
            else:
                self.lines[*place, key] = self.line
            value = self._value(self._next(), (*place, key))
            if not again:
                data[key] = value
        return data

    def _key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            mend = Worded("put the text in quotes if it begins with [, {, * or ?")
            self._stop(Worded("a key must be a plain word"), mend)
        key = self._clean(event.value, ())
        if key == "<<" and not event.style:
            self._fault((), Worded("merge keys (<<) are not used here"), Worded("write the keys out"))
        if event.anchor is not None or event.tag is not None:
            what = Worded("the key %(key)r carries an anchor or a tag", key=key)
            self._fault((), what, Worded("delete it, or put the key in quotes"))
        return key

    def _sequence(self, place: Place) -> list[Any]:
        data: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            data.append(self._value(event, (*place, len(data))))
        return data

    def _scalar(self, event: Any, place: Place) -> str | int | float | bool | None:
        text = self._clean(event.value, place)
        if event.style:
            return text
        self.sources[place] = text
        end = event.end_mark
        if text and end.line < len(self._rows) and self._rows[end.line][end.column :].lstrip().startswith("#"):
            self.cut.append(place)
        return plain(text)

    def _clean(self, text: str, place: Place) -> str:
        """In NFC, so that one text is one text. Escapes in quotes may still bring what is forbidden."""
        for pattern in (_FORBIDDEN, _INVISIBLE):
            if found := pattern.search(text):
                what = Worded("the text holds %(code)s, which cannot be kept", code=f"U+{ord(found[0]):04X}")
                self._fault(place, what, Worded("delete it"))
        return unicodedata.normalize("NFC", text)

    def _fault(self, place: Place, what: Worded, mend: Worded) -> None:
        self.faults.append(Fault(self.line, ".".join(map(str, place)), what, mend))

    def _stop(self, what: Worded, mend: Worded) -> None:
        raise YamlRefused([*self.faults, Fault(self.line, "", what, mend)])


def plain(text: str) -> str | int | float | bool | None:
    """An unquoted value as YAML 1.2 reads it, in its narrowest form."""
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
