"""A drill attempt from hand-in to result: open runs are closed, all are put together, and nobody has to mark it.

Everything here runs within the caller's deed, as `marking` does for exams.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy import select, update

from lms.domain.attempts import AttemptState
from lms.domain.drills.outcome import drill_outcome
from lms.domain.results import Outcome
from lms.extensions import db
from lms.models.drills import DrillSet, Run
from lms.models.exams import Attempt
from lms.services import run_journal
from lms.services.marking import move_to_marked, result_due, store_result
from lms.services.run_scores import plan_of_set, score_of, share_of, share_of_score, waived_of
from lms.services.writing import Deed

# Who ends the attempt → whom the journal names as having ended the run that was open.
_ENDS = {
    "candidate": run_journal.BY_TRAINEE,
    "deadline": run_journal.BY_TIME,
    "invigilator": run_journal.BY_INVIGILATOR,
}


def is_drill(attempt_id: int) -> bool:
    return db.session.execute(select(DrillSet.id).where(DrillSet.attempt_id == attempt_id)).first() is not None


def set_of(attempt_id: int) -> DrillSet | None:
    """The set of a certification attempt, read anew; None where it is an exam's."""
    return db.session.execute(
        select(DrillSet).where(DrillSet.attempt_id == attempt_id).execution_options(populate_existing=True)
    ).scalar_one_or_none()


def runs_of(attempt_id: int, *, lock: bool = False) -> Sequence[Run]:
    """The attempt's runs by position, read anew; ``lock``: held until the commit."""
    of_attempt = (
        select(Run)
        .join(DrillSet, DrillSet.id == Run.set_id)
        .where(DrillSet.attempt_id == attempt_id)
        .order_by(Run.position)
        .execution_options(populate_existing=True)
    )
    return db.session.execute(of_attempt.with_for_update(of=Run) if lock else of_attempt).scalars().all()


def close_set(deed: Deed, attempt_id: int, *, by: str, finish: datetime) -> None:
    """End the run that is open, and the set; tasks that were never begun stay so, for an extension may bring them
    back."""
    connection = deed.session.connection()
    for run in runs_of(attempt_id, lock=True):
        if run.state == run_journal.OPEN:
            over = finish if run.ends_at is None else min(finish, run.ends_at)
            run_journal.close(connection, run.id, over, by=_ENDS[by])
    deed.session.execute(
        update(DrillSet)
        .where(DrillSet.attempt_id == attempt_id, DrillSet.ended_at.is_(None))
        .values(ended_at=finish)
        .execution_options(synchronize_session=False)
    )


def settle(deed: Deed, attempt: Attempt, *, by: str) -> None:
    """Take over a drill attempt that was just handed in: submitted → marked, with its result."""
    finish = attempt.submitted_at or deed.now
    close_set(deed, attempt.id, by=by, finish=finish)
    found = outcome_of(attempt.id)
    store_result(deed, attempt.id, found, cause="marking", revision=1, critical=critical_of(attempt.id))
    move_to_marked(deed, attempt.id, before=AttemptState.SUBMITTED, due=result_due(finish))
    deed.session.expire(attempt)


def outcome_of(attempt_id: int, struck: Mapping[int, frozenset[str]] | None = None) -> Outcome:
    """What the attempt comes to by its kept scores; ``struck``: run id → keys of errors, as if they were waived too."""
    drill_set = set_of(attempt_id)
    if drill_set is None:
        raise LookupError(f"attempt {attempt_id} is no drill")
    shares = []
    for run in runs_of(attempt_id):
        if run.state != run_journal.ENDED:
            continue
        if struck and run.id in struck:
            shares.append(share_of_score(score_of(run, frozenset(waived_of(run.id)) | struck[run.id])))
        else:
            shares.append(share_of(run))
    return drill_outcome(plan_of_set(drill_set), shares)


def critical_of(attempt_id: int) -> list[str]:
    """The critical failures that stand, as ``task:key``, so that a result's entry in the trail names them."""
    return [
        f"{run.position}:{one['key']}"
        for run in runs_of(attempt_id)
        if run.score
        for one in run.score.get("critical", ())
    ]


def reopen(deed: Deed, attempt_id: int) -> bool:
    """Let the tasks that were never begun be done after all; False where there are none."""
    left = [run for run in runs_of(attempt_id) if run.state == run_journal.READY]
    if left:
        deed.session.execute(
            update(DrillSet)
            .where(DrillSet.attempt_id == attempt_id)
            .values(ended_at=None)
            .execution_options(synchronize_session=False)
        )
    return bool(left)


def give_back(attempt_id: int, seconds: int) -> None:
    """Within a deed, after a pause: the open run's clock stood still for so long; `follow_deadline` moves its end."""
    for run in runs_of(attempt_id, lock=True):
        if run.state == run_journal.OPEN:
            run.paused_seconds += seconds


def set_factor(attempt_id: int, factor: Fraction) -> None:
    """Within a deed, while the attempt is open: every time of the set follows what the person is due."""
    drill_set = set_of(attempt_id)
    if drill_set is None or drill_set.factor == factor:
        return
    runs_of(attempt_id, lock=True)  # before the set, as a run takes them that ends
    drill_set.factor = factor


def follow_deadline(attempt: Attempt) -> None:
    """Within a deed, after deadline, pauses or factor have changed: the open run ends with its own time, or with the
    attempt."""
    db.session.flush()  # what the caller has changed of the runs is read anew below
    for run in runs_of(attempt.id, lock=True):
        if run.state == run_journal.OPEN and run.begun_at is not None:
            limit = float(plan_of_set(run.drill_set).ends * run.drill_set.factor)
            own = run.begun_at + timedelta(seconds=limit + run.paused_seconds)
            run.ends_at = min(own, attempt.deadline)
