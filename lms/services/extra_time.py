"""What one person is due in one sitting: more time, another attempt; and deadlines worked out anew."""

from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import select

from lms.domain.attempts import AttemptState, deadline
from lms.domain.sittings import BadSitting
from lms.extensions import db
from lms.models.exams import Allowance, Attempt, Sitting
from lms.models.people import TRAINEE, CohortMember
from lms.services import drill_results
from lms.services.writing import Deed, writing

LARGEST_FACTOR = Fraction(5)
MOST_EXTRA_ATTEMPTS = 5


class NotInTheCohort(LookupError):
    """The person is no new hire of the sitting's cohort."""


def allow(
    actor_id: int,
    now: datetime,
    sitting_id: int,
    person_id: int,
    *,
    factor: Fraction,
    extra_attempts: int,
    reason: str,
) -> None:
    """Set what a person is due; an open attempt's deadline follows at once. Raises BadSitting, NotInTheCohort."""
    problems = {}
    if not 1 <= factor <= LARGEST_FACTOR:
        problems["factor"] = "out-of-range"
    if not 0 <= extra_attempts <= MOST_EXTRA_ATTEMPTS:
        problems["extra_attempts"] = "out-of-range"
    if not reason.strip():
        problems["reason"] = "missing"
    if problems:
        raise BadSitting(**problems)
    with writing(actor_id, now) as deed:
        sitting = deed.session.get(Sitting, sitting_id)
        if sitting is None or deed.session.get(CohortMember, (sitting.cohort_id, person_id, TRAINEE)) is None:
            raise NotInTheCohort
        allowance = deed.session.get(Allowance, (sitting_id, person_id))
        if allowance is None:
            allowance = Allowance(sitting_id=sitting_id, person_id=person_id, factor=Fraction(1), extra_attempts=0)
            deed.session.add(allowance)
        before = {"factor": str(allowance.factor), "extra_attempts": allowance.extra_attempts}
        allowance.factor, allowance.extra_attempts, allowance.reason = factor, extra_attempts, reason.strip()
        deed.session.flush()
        deed.note(
            "sitting.allowance",
            f"sitting:{sitting_id}",
            person=person_id,
            before=before,
            factor=str(factor),
            extra_attempts=extra_attempts,
            reason=reason.strip(),
        )
        set_deadlines(deed, sitting)


def factor_of(sitting_id: int, person_id: int) -> Fraction:
    """By how much the person's time in the sitting is lengthened; 1 where nothing is due."""
    allowance = db.session.get(Allowance, (sitting_id, person_id))
    return allowance.factor if allowance else Fraction(1)


def set_deadlines(deed: Deed, sitting: Sitting) -> None:
    """Work the open attempts' deadlines out anew, after the close or somebody's extra time has changed.

    What was given live (``extended_seconds``: extensions and returned pauses) comes on top, so nothing is lost.
    """
    rows = deed.session.execute(
        select(Attempt, Allowance.factor)
        .outerjoin(Allowance, (Allowance.sitting_id == Attempt.sitting_id) & (Allowance.person_id == Attempt.person_id))
        .where(Attempt.sitting_id == sitting.id, Attempt.state == AttemptState.OPEN.value)
        .order_by(Attempt.id)  # as an invigilator's deed takes them
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    ).all()
    for attempt, factor in rows:
        planned = deadline(attempt.started_at, sitting.closes_at, sitting.minutes, factor or Fraction(1))
        moved = planned + timedelta(seconds=attempt.extended_seconds)
        if moved != attempt.deadline:
            deed.note("attempt.deadline-moved", f"attempt:{attempt.id}", before=attempt.deadline, after=moved)
            attempt.deadline = moved
        drill_results.set_factor(attempt.id, factor or Fraction(1))
        drill_results.follow_deadline(attempt)
