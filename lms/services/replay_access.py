"""Who may watch the film of a run: oneself, one's trainers, and for certification an examiner who may mark it."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from lms.domain.attempts import AttemptState
from lms.domain.people import Role
from lms.extensions import db
from lms.models.drills import DrillSet, Run
from lms.models.exams import Attempt, Sitting
from lms.models.marking import Result
from lms.models.people import TRAINEE, TRAINER, CohortMember
from lms.services.marking_access import may_mark
from lms.services.run_journal import ENDED
from lms.services.sign_in import SignedIn

Seat = Literal["own", "trainer", "examiner"]


class NotForYou(LookupError):
    """There is no such run, or it is not for this person to see: they cannot tell which."""


@dataclass(frozen=True, slots=True)
class Watched:
    """``seat``: as whom one watches; an examiner is told a candidate number and no name."""

    run: Run
    attempt: Attempt | None
    seat: Seat


def watched(viewer: SignedIn, run_id: int) -> Watched:
    """The ended run, if one may see it. Raises NotForYou."""
    row = db.session.execute(
        select(Run, Attempt, *_seats(viewer))
        .join(DrillSet, DrillSet.id == Run.set_id)
        .outerjoin(Attempt, Attempt.id == DrillSet.attempt_id)
        .where(Run.id == run_id, Run.state == ENDED, Run.begun_at.is_not(None))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotForYou
    run, attempt, own, trainer, examiner = row
    if own:
        return Watched(run, attempt, "own")
    if trainer:
        return Watched(run, attempt, "trainer")
    if examiner:
        return Watched(run, attempt, "examiner")
    raise NotForYou


def _seats(viewer: SignedIn) -> tuple[Any, Any, Any]:
    """Conditions on ``Run`` and ``Attempt``; a role that is not held is never true."""
    nobody = Run.id < 0
    return (
        and_(Run.person_id == viewer.person_id, or_(Attempt.id.is_(None), _released())),
        trains(viewer.person_id) if viewer.has(Role.TRAINER) else nobody,
        _examines(viewer.person_id) if viewer.has(Role.EXAMINER) else nobody,
    )


def _released() -> ColumnElement[bool]:
    return and_(
        Attempt.state == AttemptState.RELEASED.value,
        exists(select(1).where(Result.attempt_id == Attempt.id, Result.released_at.is_not(None))),
    )


def trains(trainer_id: int) -> ColumnElement[bool]:
    """A condition on ``Run`` with ``Attempt`` beside it: of somebody else in a cohort that one trains, or in a sitting
    of such a cohort; not while the attempt is open."""
    mine, theirs = aliased(CohortMember), aliased(CohortMember)
    sitting_cohort = select(Sitting.cohort_id).where(Sitting.id == Attempt.sitting_id).correlate(Attempt)
    teaches = exists(
        select(1)
        .select_from(mine)
        .outerjoin(theirs, and_(theirs.cohort_id == mine.cohort_id, theirs.part == TRAINEE))
        .where(
            mine.person_id == trainer_id,
            mine.part == TRAINER,
            or_(theirs.person_id == Run.person_id, mine.cohort_id == sitting_cohort.scalar_subquery()),
        )
    )
    return and_(Run.person_id != trainer_id, teaches, _over())


def _examines(examiner_id: int) -> ColumnElement[bool]:
    return and_(Attempt.id.is_not(None), Attempt.state != AttemptState.VOID.value, _over(), may_mark(examiner_id))


def _over() -> ColumnElement[bool]:
    return or_(Attempt.id.is_(None), Attempt.state != AttemptState.OPEN.value)
