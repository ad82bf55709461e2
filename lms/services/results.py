"""Results as they stand and as they are put right: each is a revision of its own, and none is ever overwritten."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update

from lms.domain.attempts import AttemptState
from lms.domain.results import Outcome, outcome
from lms.extensions import db
from lms.models.exams import Attempt
from lms.models.marking import Result
from lms.services import call_results, drill_results
from lms.services.marking import (
    Revision,
    blueprint_for,
    mark_again,
    questions_of,
    questions_of_all,
    second_markings,
    store_results,
)
from lms.services.writing import Deed

HAVE_RESULTS = (AttemptState.MARKED.value, AttemptState.RELEASED.value)


def newest_results(attempt_ids: Collection[int]) -> dict[int, Result]:
    """Attempt id → its newest revision."""
    newest = (
        select(Result.attempt_id, func.max(Result.revision).label("revision"))
        .where(Result.attempt_id.in_(attempt_ids))
        .group_by(Result.attempt_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Result)
        .join(newest, (newest.c.attempt_id == Result.attempt_id) & (newest.c.revision == Result.revision))
        .execution_options(populate_existing=True)
    ).scalars()
    return {result.attempt_id: result for result in rows}


def recompute(attempt: Attempt) -> Outcome:
    """What the attempt comes to with the shares, or the runs' scores, that stand in the tables now."""
    if drill_results.is_drill(attempt.id):
        return drill_results.outcome_of(attempt.id)
    if call_results.plan_for(attempt) is not None:
        return call_results.outcome_of(attempt)
    return outcome(blueprint_for(attempt), [one.earned for one in questions_of(attempt.id)])


def revise(deed: Deed, attempt: Attempt, cause: str) -> bool:
    """Store a further revision where the shares have changed what an attempt comes to; False where they have not.

    A result that was released stays released: its new revision is seen at once, with its cause.
    """
    before = newest_results([attempt.id])
    return bool(before and _put_right(deed, before, {attempt.id: recompute(attempt)}, cause))


def revise_exams(deed: Deed, attempts: Sequence[Attempt], cause: str) -> list[int]:
    """The same for exams, in as many statements for many as for one; the ids of those that come to something else.

    What comes near a pass line by it, and is not released yet, is marked by a second examiner first.
    """
    before = newest_results([attempt.id for attempt in attempts])
    papers = questions_of_all(before)
    after = {
        attempt.id: outcome(blueprint_for(attempt), [one.earned for one in papers[attempt.id]])
        for attempt in attempts
        if attempt.id in before
    }
    revised = _put_right(deed, before, after, cause)
    mark_again(deed, second_markings(attempts, after, papers), after)
    return revised


def _put_right(deed: Deed, before: Mapping[int, Result], after: Mapping[int, Outcome], cause: str) -> list[int]:
    revisions = []
    for attempt_id, computed in after.items():
        stood = before[attempt_id]
        if (computed.total, computed.passed, computed.dump_sections()) != (stood.total, stood.passed, stood.sections):
            released = stood.released_at is not None
            revisions.append(Revision(attempt_id, stood.revision + 1, computed, released))
    store_results(deed, revisions, cause)
    return [one.attempt_id for one in revisions]


def mark_released(deed: Deed, attempt_id: int, revision: int) -> bool:
    """Stamp one revision as released by the deed's actor; False where it was before."""
    stamped: Any = deed.session.execute(
        update(Result)
        .where(Result.attempt_id == attempt_id, Result.revision == revision, Result.released_at.is_(None))
        .values(released_at=deed.now, released_by=deed.actor_id)
        .execution_options(synchronize_session=False)
    )
    return bool(stamped.rowcount)
