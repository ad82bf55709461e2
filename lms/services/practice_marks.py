"""Practice calls that a trainee wants an examiner's opinion of 请考官点评: sent once, marked once, told at once.

Nothing of it counts for certification: there is no release, no second marker and no appeal.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select

from lms.extensions import db
from lms.models.roleplays import Call, CallTask, Turn
from lms.services import call_feedback
from lms.services.call_feedback import CallSeen
from lms.services.call_log import ENDED, locked
from lms.services.calls import NotYours
from lms.services.writing import writing

MOST_WAITING = 3  # calls of one trainee that may wait at a time


class Opinion(StrEnum):
    """Where a practice call stands."""

    UNASKED = "unasked"
    WAITING = "waiting"
    GIVEN = "given"


class NotSent(Exception):
    """``reason``: not-over, nothing-said, too-many."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class PracticeMarks:
    """``seen``: what the examiner gave, None before; ``spoken``: there is something to judge; ``waiting`` calls of the
    trainee's, of ``most``."""

    opinion: Opinion
    spoken: bool
    waiting: int
    most: int
    seen: CallSeen | None

    @property
    def may_send(self) -> bool:
        return self.opinion is Opinion.UNASKED and self.spoken and self.waiting < self.most


def send(person_id: int, call_id: int, now: datetime) -> None:
    """Put one's own practice call behind the examiners' certification work; a second press changes nothing.

    Raises NotYours (also of a certification call), :class:`NotSent`.
    """
    with writing(person_id, now) as deed:
        call = locked(deed, call_id)
        if call is None or call.person_id != person_id or call.attempt_id is not None:
            raise NotYours
        if call.state != ENDED or call.answered_at is None:
            raise NotSent("not-over")
        if _task_state(call_id) is not None:
            return
        if not _spoken(call_id):
            raise NotSent("nothing-said")
        if _waiting(person_id) >= MOST_WAITING:
            raise NotSent("too-many")
        deed.session.add(CallTask(call_id=call_id, round=1, state="open", due_at=None, created_at=now))
        deed.note("call.sent-for-marking", f"call:{call_id}")


def _task_state(call_id: int) -> str | None:
    return db.session.execute(select(CallTask.state).where(CallTask.call_id == call_id)).scalar_one_or_none()


def _spoken(call_id: int) -> bool:
    said = select(Turn.seq).where(Turn.call_id == call_id, Turn.speaker == "agent", Turn.kind == "say")
    return db.session.execute(said.limit(1)).first() is not None


def _waiting(person_id: int) -> int:
    return db.session.execute(
        select(func.count())
        .select_from(CallTask)
        .join(Call, Call.id == CallTask.call_id)
        .where(Call.person_id == person_id, Call.attempt_id.is_(None), CallTask.state == "open")
    ).scalar_one()


def marks_of(person_id: int, call_id: int) -> PracticeMarks:
    """Raises NotYours."""
    call = db.session.get(Call, call_id, populate_existing=True)
    if call is None or call.person_id != person_id or call.attempt_id is not None:
        raise NotYours
    state = _task_state(call_id)
    seen = call_feedback.practice_seen(call) if state == "done" else None
    opinion = Opinion.UNASKED if state is None else Opinion.GIVEN if seen else Opinion.WAITING
    return PracticeMarks(opinion, _spoken(call_id), _waiting(person_id), MOST_WAITING, seen)


def opinions(call_ids: list[int]) -> dict[int, Opinion]:
    """Call → where it stands, of those that were sent."""
    rows = db.session.execute(select(CallTask.call_id, CallTask.state).where(CallTask.call_id.in_(call_ids)))
    return {call_id: Opinion.GIVEN if state == "done" else Opinion.WAITING for call_id, state in rows}
