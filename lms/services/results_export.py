"""A sitting's results as a file for a spreadsheet, safe against formulas."""

from collections.abc import Callable
from datetime import datetime

from lms.content.tables import Cell, csv_of, xlsx_of
from lms.services.release import Candidate, SittingResults

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
COLUMNS = ("number", "name", "candidate_number", "attempt", "state")
LAST = ("total", "passed", "submitted_at", "released_at", "revision")


def export(
    results: SittingResults, kind: str, word: Callable[[str, object], str], show: Callable[[datetime | None], str]
) -> bytes:
    """The rows as ``csv`` or ``xlsx``; ``word`` and ``show`` say terms and moments as the reader reads them."""
    heading: list[Cell] = [word("result_column", column) for column in COLUMNS]
    heading += [word("section", section) for section in results.sections]
    heading += [word("result_column", column) for column in LAST]
    if any(one.customer for one in results.candidates):
        heading.append(word("result_column", "customer"))
    rows = [heading, *(_row(one, results, word, show) for one in results.candidates)]
    return csv_of(rows) if kind == "csv" else xlsx_of(rows, results.title)


def _row(
    one: Candidate,
    results: SittingResults,
    word: Callable[[str, object], str],
    show: Callable[[datetime | None], str],
) -> list[Cell]:
    scores = {section.section: section.score for section in one.sections}
    passed = "" if one.passed is None else word("result_passed", one.passed)
    return [
        one.number,
        one.name,
        one.candidate_number,
        one.attempt,
        word("attempt_state", one.state),
        *(scores.get(section) for section in results.sections),
        one.total,
        passed,
        show(one.submitted_at) if one.submitted_at else "",
        show(one.released_at) if one.released_at else "",
        one.revision or None,
        *([word("played_by", one.customer)] if one.customer else []),
    ]
