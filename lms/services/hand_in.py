"""Hand-in 交卷: by the candidate, by an invigilator, or by itself at the deadline; once, whoever comes first."""

import json
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from functools import partial
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, case, exists, select, update
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningUpdate

from lms.domain.attempts import GRACE, AttemptState, counts
from lms.domain.blueprints import Blueprint
from lms.domain.frozen_paper import FrozenPaper
from lms.domain.questions import Answer
from lms.domain.regrade import share_under
from lms.domain.values import exact
from lms.extensions import db
from lms.models.columns import Moment
from lms.models.drills import DrillSet, Run
from lms.models.exams import Attempt, AttemptEvent, PaperQuestion
from lms.models.roleplays import Call
from lms.services import call_attempts, call_results, drill_results, json_rows, key_shelf, marking, paper_shelf
from lms.services.attempts import NotYours, answers_that_count, check_hand_in, is_own
from lms.services.marking import OnPaper
from lms.services.one_by_one import one_by_one
from lms.services.sign_in import SignedIn
from lms.services.sitting_papers import blueprint_of
from lms.services.writing import Deed, writing

_ATTEMPTS: Any = Attempt.__table__
_NOW = bindparam("now", type_=Moment)
# The finish is by the deadline that stands when the attempt's turn comes: it may have been extended meanwhile.
_CLOSE = (
    update(_ATTEMPTS)
    .where(_ATTEMPTS.c.id == bindparam("attempt"), _ATTEMPTS.c.state == AttemptState.OPEN.value)
    .values(
        state=AttemptState.SUBMITTED.value,
        submitted_by=bindparam("by"),
        submitted_at=case((_ATTEMPTS.c.deadline < _NOW, _ATTEMPTS.c.deadline), else_=_NOW),
    )
    .returning(_ATTEMPTS.c.submitted_at)
)
_TABLE: Any = PaperQuestion.__table__


def _answered(dialect: str) -> ReturningUpdate[Any]:
    position, answer, share, key_id = json_rows.unpacked(dialect, int, str, str, int)
    return (
        update(_TABLE)
        .where(_TABLE.c.attempt_id == bindparam("attempt"), _TABLE.c.position == position)
        .values(answer=answer, share=share, key_id=key_id)
        .returning(*marking.on_paper(_TABLE))
    )


_ANSWERED = {dialect: _answered(dialect) for dialect in json_rows.DIALECTS}


def hand_in_own(person: SignedIn, attempt_id: int, now: datetime) -> None:
    """The candidate's own hand-in; a second one changes nothing.

    Raises :class:`NotYours`; and while there is time left attempts.Paused, attempts.HeldElsewhere.
    """
    if not is_own(person, attempt_id):
        raise NotYours
    hand_in(attempt_id, by="candidate", actor_id=person.person_id, now=now, presser=person)


def hand_in(
    attempt_id: int,
    *,
    by: str,
    actor_id: int | None,
    now: datetime,
    reason: str = "",
    presser: SignedIn | None = None,
) -> bool:
    """Close the attempt and mark what a machine can mark; False where it was closed before.

    ``by``: candidate, deadline or invigilator. The finish is never later than the deadline; a candidate whose time is
    up hands in by the deadline, whether a person or the page pressed. ``presser``: the candidate at their device,
    where they pressed; before the deadline it must be the one that holds the attempt.
    """
    attempt = db.session.get_one(Attempt, attempt_id, options=[joinedload(Attempt.sitting)], populate_existing=True)
    paper = paper_shelf.any_paper(attempt_id)
    calls = call_results.plan_for(attempt)
    if attempt.state != AttemptState.OPEN or (paper is None and not calls and not drill_results.is_drill(attempt_id)):
        return False
    if paper is not None:
        key_shelf.warm(attempt_id, [question.version_id for question in paper.questions])
    with writing(actor_id, now) as deed:
        if by != "invigilator":
            # Read anew behind the lock: an extension or a pause may have come since, and it stands.
            attempt = deed.session.get_one(Attempt, attempt_id, populate_existing=True, with_for_update=True)
            if by == "deadline" and not is_over(attempt, now):
                return False
            if attempt.deadline <= now and not _stands_still(attempt):
                by = "deadline"
            elif presser is not None and attempt.state == AttemptState.OPEN:
                check_hand_in(presser, attempt, now)
        closing = {"attempt": attempt_id, "by": by, "now": now}
        finish: datetime | None = deed.session.connection().execute(_CLOSE, closing).scalar_one_or_none()
        if finish is None:
            return False
        set_committed_value(attempt, "submitted_at", finish)
        if paper is not None:
            marking.settle(deed, attempt, mark_objective(deed, attempt))
        else:
            attempt = deed.session.get_one(Attempt, attempt_id, populate_existing=True)
            if calls is not None:
                call_results.settle(deed, attempt, calls)
            else:
                drill_results.settle(deed, attempt, by=by)
        if by == "invigilator":
            details = {"reason": reason.strip()}
            deed.session.add(
                AttemptEvent(attempt_id=attempt_id, kind="forced", at=now, actor_id=actor_id, details=details)
            )
        deed.note("attempt.handed-in", f"attempt:{attempt_id}", by=by, finish=finish.isoformat(), reason=reason)
    return True


def after_run(run_id: int, now: datetime) -> bool:
    """A drill whose last task has ended hands itself in; True where this run was it."""
    done = (
        select(Attempt.id, Attempt.person_id)
        .join(DrillSet, DrillSet.attempt_id == Attempt.id)
        .join(Run, Run.set_id == DrillSet.id)
        .where(Run.id == run_id, DrillSet.ended_at.is_not(None), Attempt.state == AttemptState.OPEN.value)
    )
    found = db.session.execute(done).one_or_none()
    return found is not None and hand_in(found[0], by="candidate", actor_id=found[1], now=now)


def is_over(attempt: Attempt, now: datetime) -> bool:
    """Whether deadline and grace have passed."""
    return not counts(now, attempt.deadline) and not _stands_still(attempt)


def _stands_still(attempt: Attempt) -> bool:
    """Whether the clock stands: while paused, or waiting for an examiner since before the deadline."""
    waits = call_results.waiting_since(attempt.id)
    return attempt.paused_at is not None or (waits is not None and waits <= attempt.deadline)


def mark_objective(deed: Deed, attempt: Attempt) -> list[OnPaper]:
    """Write down what counts of every question, and the share of its points that a machine can tell."""
    paper = paper_shelf.any_paper(attempt.id)
    if paper is None:
        raise LookupError(f"attempt {attempt.id} has no paper")
    blueprint = blueprint_of(attempt.sitting.blueprint_version_id)
    answers = {position: given.value for position, given in answers_that_count(attempt.id).items()}
    rows = json_rows.packed(_marked(attempt.id, paper, answers, blueprint))
    connection = deed.session.connection()
    marked = connection.execute(_ANSWERED[connection.dialect.name], {"attempt": attempt.id, **rows})
    return sorted((OnPaper(*row) for row in marked), key=attrgetter("position"))


def _marked(
    attempt_id: int, paper: FrozenPaper, answers: dict[int, Any], blueprint: Blueprint
) -> Iterator[tuple[int, str | None, str | None, int]]:
    """Position, answer as JSON, share as ``n/d`` (None: a person's to give), key revision."""
    keyed = key_shelf.newest(attempt_id)
    for frozen in paper.questions:
        key = keyed[frozen.version_id]
        question = key.question
        answer: Answer = frozen.in_ids(answers.get(frozen.position))
        blank = question.is_blank(answer)
        share: Fraction | None = None
        if question.OBJECTIVE:
            share = share_under(key.treatment, question, answer, blueprint.multiple_rule)
        elif blank:
            share = Fraction(0)
        given = None if blank else json.dumps(answer, ensure_ascii=False)
        yield frozen.position, given, None if share is None else exact(share), key.key_id


# Whose call waits for an examiner, and began to before the time was over: their clock stands still.
_IN_THE_LOBBY = exists(
    select(1).where(
        Call.attempt_id == Attempt.id, Call.state == call_results.WAITING, call_results.waits_from <= Attempt.deadline
    )
)


def sweep(now: datetime, most: int = 200) -> int:
    """Hand in every attempt whose deadline and grace are over, and every one whose tasks or calls have all ended.

    How many there were. Safe to run twice at once; one that cannot be handed in keeps no other open.
    """
    expired = db.session.execute(
        select(Attempt.id)
        .where(Attempt.state == AttemptState.OPEN.value, Attempt.paused_at.is_(None), Attempt.deadline < now - GRACE)
        .where(~_IN_THE_LOBBY)
        .order_by(Attempt.deadline)
        .limit(most)
    ).scalars()
    swept = one_by_one(
        partial(hand_in, attempt_id, by="deadline", actor_id=None, now=now) for attempt_id in list(expired)
    )
    swept += one_by_one(
        partial(hand_in, attempt_id, by="candidate", actor_id=person_id, now=ended_at or now)
        for attempt_id, person_id, ended_at in db.session.execute(_DRILLED.limit(most)).all()
    )
    return swept + one_by_one(
        partial(hand_in, attempt_id, by="candidate", actor_id=person_id, now=now)
        for attempt_id, person_id in call_attempts.all_ended(now)
    )


# Drills whose last task has ended: they hand themselves in at once; this finds those whose server died in between.
_DRILLED = (
    select(Attempt.id, Attempt.person_id, DrillSet.ended_at)
    .join(DrillSet, DrillSet.attempt_id == Attempt.id)
    .where(Attempt.state == AttemptState.OPEN.value, DrillSet.ended_at.is_not(None))
    .order_by(DrillSet.id)
)
