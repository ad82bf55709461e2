"""Hand-in 交卷: by the candidate, by an invigilator, or by itself at the deadline; once, whoever comes first."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from lms.domain.attempts import GRACE, AttemptState, counts
from lms.domain.blueprints import Blueprint
from lms.domain.frozen_paper import FrozenPaper
from lms.domain.questions import Answer
from lms.domain.regrade import share_under
from lms.extensions import db
from lms.models.exams import Attempt, AttemptEvent, PaperQuestion
from lms.services import key_shelf, marking, paper_shelf
from lms.services.attempts import NotYours, answers_that_count
from lms.services.sign_in import SignedIn
from lms.services.sitting_papers import blueprint_of
from lms.services.writing import Deed, writing

_CLOSE = (
    update(Attempt)
    .where(Attempt.id == bindparam("attempt"), Attempt.state == AttemptState.OPEN.value)
    .values(state=AttemptState.SUBMITTED.value, submitted_by=bindparam("by"), submitted_at=bindparam("finish"))
    .execution_options(synchronize_session=False)
)
_TABLE: Any = PaperQuestion.__table__
_ANSWERED = (
    update(_TABLE)
    .where(_TABLE.c.attempt_id == bindparam("attempt"), _TABLE.c.position == bindparam("at"))
    .values(answer=bindparam("given"), share=bindparam("earned"), key_id=bindparam("key"))
)


def hand_in_own(person: SignedIn, attempt_id: int, now: datetime) -> None:
    """The candidate's own hand-in; a second one changes nothing. Raises :class:`NotYours`."""
    if paper_shelf.paper_of(attempt_id, person.person_id) is None:
        raise NotYours
    hand_in(attempt_id, by="candidate", actor_id=person.person_id, now=now)


def hand_in(attempt_id: int, *, by: str, actor_id: int | None, now: datetime, reason: str = "") -> bool:
    """Close the attempt and mark what a machine can mark; False where it was closed before.

    ``by``: candidate, deadline or invigilator. The finish is never later than the deadline.
    """
    attempt = db.session.get_one(Attempt, attempt_id, populate_existing=True)
    paper = paper_shelf.any_paper(attempt_id)
    if attempt.state != AttemptState.OPEN or paper is None:
        return False
    key_shelf.newest([question.version_id for question in paper.questions])  # read before anybody has to wait
    with writing(actor_id, now) as deed:
        # Read anew behind the lock: an extension or a pause may have come since, and it stands.
        attempt = deed.session.get_one(Attempt, attempt_id, populate_existing=True, with_for_update=True)
        if by == "deadline" and not is_over(attempt, now):
            return False
        finish = min(now, attempt.deadline)
        closed: Any = deed.session.execute(_CLOSE, {"attempt": attempt_id, "by": by, "finish": finish})
        if closed.rowcount == 0:
            return False
        mark_objective(deed, attempt)
        attempt = deed.session.get_one(Attempt, attempt_id, populate_existing=True)
        marking.settle(deed, attempt)
        if by == "invigilator":
            details = {"reason": reason.strip()}
            deed.session.add(
                AttemptEvent(attempt_id=attempt_id, kind="forced", at=now, actor_id=actor_id, details=details)
            )
        deed.note("attempt.handed-in", f"attempt:{attempt_id}", by=by, finish=finish.isoformat(), reason=reason)
    return True


def is_over(attempt: Attempt, now: datetime) -> bool:
    """Whether deadline and grace have passed; a paused attempt's clock stands still."""
    return attempt.paused_at is None and not counts(now, attempt.deadline)


def mark_objective(deed: Deed, attempt: Attempt) -> None:
    """Write down what counts of every question, and the share of its points that a machine can tell."""
    paper = paper_shelf.any_paper(attempt.id)
    if paper is None:
        raise LookupError(f"attempt {attempt.id} has no paper")
    blueprint = blueprint_of(attempt.sitting.blueprint_version_id)
    answers = {position: given.value for position, given in answers_that_count(attempt.id).items()}
    rows = [{"attempt": attempt.id, **row} for row in _marked(paper, answers, blueprint)]
    deed.session.connection().execute(_ANSWERED, rows)


def _marked(paper: FrozenPaper, answers: dict[int, Any], blueprint: Blueprint) -> list[dict[str, Any]]:
    keyed = key_shelf.newest([question.version_id for question in paper.questions])
    rows = []
    for frozen in paper.questions:
        key = keyed[frozen.version_id]
        question = key.question
        answer: Answer = frozen.in_ids(answers.get(frozen.position))
        share = share_under(key.treatment, question, answer, blueprint.multiple_rule) if question.OBJECTIVE else None
        rows.append(
            {
                "at": frozen.position,
                "given": None if question.is_blank(answer) else json.dumps(answer, ensure_ascii=False),
                "earned": share,
                "key": key.key_id,
            }
        )
    return rows


def sweep(now: datetime, most: int = 200) -> int:
    """Hand in every attempt whose deadline and grace are over; how many there were. Safe to run twice at once."""
    expired = db.session.execute(
        select(Attempt.id)
        .where(Attempt.state == AttemptState.OPEN.value, Attempt.paused_at.is_(None), Attempt.deadline < now - GRACE)
        .order_by(Attempt.deadline)
        .limit(most)
    ).scalars()
    return sum(hand_in(attempt_id, by="deadline", actor_id=None, now=now) for attempt_id in list(expired))
