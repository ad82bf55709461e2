"""One question under the glass: what it looked like, who chose what, and how it did from sitting to sitting."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select

from lms.domain.statistics import OptionUse, wilson
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import Question, QuestionVersion
from lms.models.exams import Attempt, PaperQuestion, Sitting
from lms.services.mark_tables import MarkTable, Scope, mark_table
from lms.services.statistics import ItemLine, item_lines


class NoSuchItem(LookupError):
    """The bank has no question of this code."""


@dataclass(frozen=True, slots=True)
class OptionTable:
    """Who chose which option of one version of a question; ``texts``: option → language → text."""

    number: int
    uses: tuple[OptionUse, ...]
    texts: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class SittingFacility:
    sitting_id: int
    title: str
    opens_at: datetime
    n: int
    facility: float
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class ItemReport:
    """``face`` is that of the newest version; ``line`` is None where nobody in the scope was marked on the question.

    ``options`` has a table a version that was sat, the newest first; ``by_sitting`` is over all sittings.
    """

    code: str
    state: str
    version_id: int
    face: dict[str, Any]
    points: int
    line: ItemLine | None
    options: tuple[OptionTable, ...]
    by_sitting: tuple[SittingFacility, ...]

    @property
    def languages(self) -> list[Language]:
        return [language for language in Language if self.face["stem"].get(language.value)]


def item_report(code: str, scope: Scope) -> ItemReport:
    """Raises :class:`NoSuchItem`."""
    found = db.session.execute(
        select(Question, QuestionVersion)
        .join(QuestionVersion, QuestionVersion.id == Question.newest_id)
        .where(Question.code == code)
    ).one_or_none()
    if found is None:
        raise NoSuchItem(code)
    question, version = found
    table = mark_table(scope)
    line = next((line for line in item_lines(table) if line.item.code == code), None)
    points = db.session.execute(
        select(func.max(PaperQuestion.points)).where(PaperQuestion.question_id == question.id)
    ).scalar_one()
    return ItemReport(
        code=code,
        state=question.state,
        version_id=version.id,
        face=version.face,
        points=points or 0,
        line=line,
        options=_options(table, code),
        by_sitting=_by_sitting(question.id, scope.every_attempt),
    )


def _options(table: MarkTable, code: str) -> tuple[OptionTable, ...]:
    uses = table.options_by_version(code)
    rows = db.session.execute(
        select(QuestionVersion.id, QuestionVersion.number, QuestionVersion.face).where(QuestionVersion.id.in_(uses))
    )
    versions = {row[0]: (row[1], row[2]) for row in rows}
    return tuple(
        OptionTable(
            versions[version][0],
            of_version,
            {option["id"]: option["text"] for option in versions[version][1]["options"]},
        )
        for version, of_version in uses.items()
    )


def _by_sitting(question_id: int, every_attempt: bool) -> tuple[SittingFacility, ...]:
    """How hard the question was in each sitting, the earliest first: a rise may be a leak, a fall a changed rule.

    The first attempts are those of each sitting, as on its own page.
    """
    held = (
        select(Attempt.sitting_id)
        .join(PaperQuestion, PaperQuestion.attempt_id == Attempt.id)
        .where(PaperQuestion.question_id == question_id)
        .distinct()
    )
    scope = Scope(tuple(db.session.execute(held).scalars()), every_attempt=every_attempt)
    rows = db.session.execute(
        scope.narrow(
            select(Sitting.id, Sitting.title, Sitting.opens_at, PaperQuestion.share)
            .join(Attempt, Attempt.id == PaperQuestion.attempt_id)
            .join(Sitting, Sitting.id == Attempt.sitting_id)
            .where(PaperQuestion.question_id == question_id, PaperQuestion.share.is_not(None))
            .order_by(Sitting.opens_at, Sitting.id)
        )
    )
    shares: defaultdict[tuple[int, str, datetime], list[Fraction]] = defaultdict(list)
    for sitting, title, opens_at, share in rows:
        shares[sitting, title, opens_at].append(share)
    return tuple(_facility(*sitting, of_sitting) for sitting, of_sitting in shares.items())


def _facility(sitting_id: int, title: str, opens_at: datetime, shares: list[Fraction]) -> SittingFacility:
    n, percent = len(shares), float(100 * sum(shares, Fraction(0)) / len(shares))
    return SittingFacility(sitting_id, title, opens_at, n, percent, wilson(percent, n))
