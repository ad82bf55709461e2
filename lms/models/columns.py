"""Column types: UTC moments, exact fractions, JSON that compares as text."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Annotated, Any

from sqlalchemy import JSON, DateTime, Dialect, String, TypeDecorator
from sqlalchemy.orm import mapped_column

from lms.domain.values import exact, parse_exact


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite keeps it naive, PostgreSQL with its zone (contract 12)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime must not reach a table")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Fraction]):
    """A fraction as the text ``n/d`` (contract 6)."""

    impl = String(60)
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:
        return None if value is None else exact(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:
        return None if value is None else parse_exact(value)


# JSON null and SQL NULL are one thing here.
Document = JSON(none_as_null=True)

Id = Annotated[int, mapped_column(primary_key=True)]
Json = dict[str, Any]


def plain_type(kind: str, item: object, _context: object) -> str | bool:
    """How a migration writes our column types: as the plain ones below them, so that it never changes with us."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Exact):
        return "sa.String(length=60)"
    return False
