"""Many rows as one parameter: JSON that the database takes apart, so that forty rows cost one statement.

On PostgreSQL a statement a row is what an exam's start and hand-in would mostly consist of.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, cast, func, literal_column
from sqlalchemy.dialects.postgresql import JSONB

DIALECTS = ("sqlite", "postgresql")

_ROWS: Any = bindparam("rows", type_=String)
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def packed(rows: Iterable[Sequence[str | int | None]]) -> dict[str, str]:
    """The parameter that :func:`unpacked` reads: one list a row, its values in the order of the columns."""
    return {"rows": _dump(list(rows))}


def unpacked(dialect: str, *kinds: type[int] | type[str]) -> list[ColumnElement[Any]]:
    """One column for each of ``kinds``, over the rows of :func:`packed`."""
    row: Any
    parts: list[Any]
    if dialect == "sqlite":
        row = func.json_each(_ROWS).table_valued("value", joins_implicitly=True).c.value
        parts = [func.json_extract(row, literal_column(f"'$[{at}]'")) for at in range(len(kinds))]
    else:
        row = func.jsonb_array_elements(cast(_ROWS, JSONB)).table_valued("value", joins_implicitly=True).c.value
        parts = [row.op("->>")(literal_column(str(at))) for at in range(len(kinds))]
    return [cast(part, Integer) if kind is int else part for part, kind in zip(parts, kinds, strict=True)]
