"""``flask evidence``: what the rules find in lines of an agent's, without touching the database."""

import json
from collections.abc import Iterator
from typing import BinaryIO

import click
from flask.cli import AppGroup

from lms.domain.evidence import Explained, Span, explain
from lms.domain.values import Language

BYTE_ORDER_MARK = "\ufeff"

evidence = AppGroup("evidence", help="What the rules find in what agents say.")


# No app context: the rules need neither settings nor tables.
@evidence.command("explain", with_appcontext=False)
@click.argument("lines", type=click.File("rb"), default="-")
@click.option(
    "--language", type=click.Choice([language.value for language in Language]), default="zh", show_default=True
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
def explain_(lines: BinaryIO, language: str, as_json: bool) -> None:
    """Label every line of LINES (default: standard input), each a sentence of an agent's.

    ABS absolute promise, EMP specific empathy, EMP0 formula empathy, DISM dismissal, PII personal data; no label
    where the line is clean. Bytes that are no UTF-8 are read as U+FFFD.
    """
    for text in _texts(lines):
        found = explain(text, Language(language))
        click.echo(_as_json(text, found) if as_json else _as_text(text, found))


def _texts(lines: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(lines):
        text = line.decode("utf-8", errors="replace").rstrip("\r\n")
        yield text.removeprefix(BYTE_ORDER_MARK) if number == 0 else text


def _as_json(text: str, found: Explained) -> str:
    row = {
        "text": text,
        "labels": [label.value for label in found.labels],
        "spans": [_span(text, span) for span in found.spans],
    }
    return json.dumps(row, ensure_ascii=False)


def _span(text: str, span: Span) -> dict[str, str | int]:
    return {
        "label": span.label.value,
        "start": span.start,
        "end": span.end,
        "text": text[span.start : span.end],
        "rule": span.rule,
        "version": span.version,
    }


def _as_text(text: str, found: Explained) -> str:
    """One row: labels, then each span with its rule, then the line; what a person should judge has a question mark."""
    spans = [f"{text[span.start : span.end]} [{span.rule}]" for span in found.spans]
    spans += [f"{text[span.start : span.end]} [{span.rule}]?" for span in found.suspected]
    return "\t".join(("+".join(found.labels) or "–", "; ".join(spans) or "–", text))
