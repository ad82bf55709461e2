"""Runs whose time is over are closed, whether or not anybody looks: from the jobs, every minute."""

from datetime import datetime
from functools import partial

from sqlalchemy import or_, select

from lms.extensions import db
from lms.models.drills import DrillSet, Run
from lms.models.exams import Attempt
from lms.services.one_by_one import one_by_one
from lms.services.run_journal import OPEN
from lms.services.runs import close_if_over


def sweep(now: datetime, most: int = 500) -> int:
    """Close every open run past its end, those of paused attempts apart; how many there were."""
    statement = (
        select(Run.id)
        .join(DrillSet, DrillSet.id == Run.set_id)
        .outerjoin(Attempt, Attempt.id == DrillSet.attempt_id)
        .where(Run.state == OPEN, Run.ends_at < now, or_(Attempt.id.is_(None), Attempt.paused_at.is_(None)))
        .order_by(Run.ends_at)
        .limit(most)
    )
    run_ids = list(db.session.execute(statement).scalars())
    return one_by_one(partial(close_if_over, run_id, now) for run_id in run_ids)
