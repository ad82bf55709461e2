"""``flask statistics``: item and test statistics of marks from elsewhere, without touching the database."""

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from lms.content.responses import ResponsesRefused, load_responses
from lms.domain.statistics import ExamStatistics, ItemStatistics, Marks, exam_statistics, item_statistics

ITEM_FIGURES = (
    "facility",
    "sd",
    "discrimination_index",
    "discriminative_efficiency",
    "intended_weight",
    "effective_weight",
)
HEADS = ("item", "n", "likely", "facility", "sd", "DI", "DE", "intended", "effective", "flags")
EXAM_FIGURES = ("mean", "sd", "skewness", "kurtosis", "cic", "error_ratio", "standard_error")

statistics = AppGroup("statistics", help="Item and test statistics.")


# No app context: the figures need neither settings nor tables.
@statistics.command("items", with_appcontext=False)
@click.argument("responses", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def items(responses: Path, as_json: bool) -> None:
    """Statistics of the marks in RESPONSES, a CSV file.

    Its first column names the candidate, then follows one column a question; the second line begins with
    'max' and holds the maxima. An empty cell means that the candidate was not given the question.
    """
    marks = _loaded(responses)
    by_item, exam = item_statistics(marks), exam_statistics(marks)
    click.echo(_as_json(by_item, exam) if as_json else _as_text(by_item, exam))


def _loaded(path: Path) -> Marks:
    try:
        return load_responses(path).marks
    except ResponsesRefused as refusal:
        raise click.ClickException(f"{path}: {refusal}") from refusal
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error


def _as_json(by_item: Sequence[ItemStatistics], exam: ExamStatistics) -> str:
    result = {
        "items": {
            item.code: {name: getattr(item, name) for name in ITEM_FIGURES} | {"flags": list(item.flags)}
            for item in by_item
        },
        "test": {"n": exam.n} | {name: getattr(exam, name) for name in EXAM_FIGURES},
    }
    return json.dumps(result, ensure_ascii=False, indent=2, allow_nan=False)


def _as_text(by_item: Sequence[ItemStatistics], exam: ExamStatistics) -> str:
    figures = [f"{name.replace('_', ' ')}  {_shown(getattr(exam, name))}" for name in EXAM_FIGURES]
    return "\n".join([*_table([HEADS, *map(_row, by_item)]), "", f"candidates  {exam.n}", *figures])


def _row(item: ItemStatistics) -> list[str]:
    low, high = item.facility_interval or (None, None)
    likely = "–" if low is None else f"{low:.0f}…{high:.0f}"
    figures = [_shown(getattr(item, name)) for name in ITEM_FIGURES]
    return [item.code, str(item.n), likely, *figures, ", ".join(item.flags)]


def _shown(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.2f}"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines of aligned columns: the first and last set left, the figures between them right."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(_padded(row, widths)).rstrip() for row in rows]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    gaps = [" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
    between = [gap + cell for cell, gap in zip(row[1:-1], gaps[1:-1], strict=True)]
    return [row[0] + gaps[0], *between, row[-1]]


def _width(text: str) -> int:
    """Columns on a terminal, where a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
