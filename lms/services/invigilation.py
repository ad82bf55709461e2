"""What an invigilator does in a sitting, each deed with its reason: extend, pause, resume, unlock, force hand-in, void.

All deeds are bound to the sitting's own invigilators, lock the attempts that they touch, decide on what is there then,
and leave an event beside the attempt and an entry in the audit trail.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from lms.domain.attempts import AttemptState, given_back, stands_since
from lms.domain.invigilation import HANDED_IN, LONGEST_EXTENSION, LONGEST_REASON, Intervention, may_reopen
from lms.domain.proposals import DeedKind
from lms.extensions import db
from lms.models.exams import Attempt, AttemptEvent, Save
from lms.models.marking import MarkingTask, Marksheet, Result
from lms.services import call_results, drill_results, marking, proposals
from lms.services import hand_in as hand_in_service
from lms.services.live_view import watched
from lms.services.proposals import ProposalRefused
from lms.services.sittings import NoSuchSitting
from lms.services.writing import Deed, writing


class DeedRefused(Exception):
    """``code``: reason, minutes, overtaken, not-open, already-paused, not-paused, already-marked, nothing-left,
    open-elsewhere or already-proposed."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class NoSuchAttempt(LookupError):
    """There is none in this sitting."""


@dataclass(frozen=True)
class Order:
    """Who acts in which sitting, when and why. ``attempt_id`` None: on all who are in.

    ``seen``: the newest intervention that the invigilator had before their eyes; if there is a newer one among the
    attempts concerned, somebody else has just acted and the deed is refused.
    """

    actor_id: int
    now: datetime
    sitting_id: int
    reason: str
    seen: int
    attempt_id: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.reason.strip()) <= LONGEST_REASON:
            raise DeedRefused("reason")


def extend(order: Order, minutes: int) -> int:
    """``minutes`` more; how many attempts got them. One that the deadline has closed is opened again.

    Who had time left keeps it; for whom it was over, the minutes count from now.
    """
    if not 1 <= minutes <= LONGEST_EXTENSION:
        raise DeedRefused("minutes")
    with _room(order) as (deed, attempts):
        for attempt in attempts:
            reopened = attempt.state != AttemptState.OPEN
            if reopened:
                _reopen(deed, attempt)
            before = attempt.deadline
            stopped = stands_since(attempt.paused_at, call_results.waiting_since(attempt.id))
            attempt.deadline = max(before, stopped or order.now) + timedelta(minutes=minutes)
            given = ceil((attempt.deadline - before).total_seconds())
            attempt.deadline = before + timedelta(seconds=given)
            attempt.extended_seconds += given
            drill_results.follow_deadline(attempt)
            kind = Intervention.REOPENED if reopened else Intervention.EXTENDED
            _record(deed, attempt, kind, order, minutes=minutes, before=before, after=attempt.deadline)
        return len(attempts)


def pause(order: Order) -> int:
    """Stop the clock; nothing is taken from the page until it goes on."""

    def stop(attempt: Attempt) -> dict[str, Any]:
        attempt.paused_at = order.now
        return {}

    return _each_open(order, Intervention.PAUSED, stop, fits=lambda a: a.paused_at is None, refused="already-paused")


def resume(order: Order) -> int:
    """Let the clock go on; the time of the pause is given back."""

    def go_on(attempt: Attempt) -> dict[str, Any]:
        assert attempt.paused_at is not None
        waits = call_results.waiting_since(attempt.id)  # its own time is given back when an examiner comes
        seconds = int(given_back(attempt.paused_at, waits, order.now).total_seconds())
        before, attempt.deadline = attempt.deadline, attempt.deadline + timedelta(seconds=seconds)
        attempt.extended_seconds += seconds
        attempt.paused_at = None
        drill_results.give_back(attempt.id, seconds)
        drill_results.follow_deadline(attempt)
        call_results.go_on(attempt.id, order.now)
        return {"seconds": seconds, "before": before, "after": attempt.deadline}

    return _each_open(order, Intervention.RESUMED, go_on, fits=lambda a: a.paused_at is not None, refused="not-paused")


def unlock(order: Order) -> int:
    """Let another device take the attempt over, once."""

    def allow(attempt: Attempt) -> dict[str, Any]:
        attempt.takeover_allowed = True
        return {}

    return _each_open(order, Intervention.UNLOCKED, allow, fits=lambda a: True, refused="not-open")


def force_hand_in(order: Order) -> int:
    """Close one attempt now; what was saved counts."""
    with _room(order) as (_deed, attempts):
        if order.attempt_id is None or attempts[0].state != AttemptState.OPEN:
            raise DeedRefused("not-open")
    closed = hand_in_service.hand_in(
        order.attempt_id, by="invigilator", actor_id=order.actor_id, now=order.now, reason=order.reason
    )
    if not closed:
        raise DeedRefused("not-open")
    return 1


def propose_void(order: Order) -> int:
    """Ask a second person to void the attempt; until they confirm, nothing changes."""
    with _room(order) as (deed, attempts):
        if order.attempt_id is None or attempts[0].state == AttemptState.VOID:
            raise DeedRefused("not-open")
        try:
            proposals.add_proposal(deed, DeedKind.VOID_ATTEMPT, f"attempt:{order.attempt_id}", {}, order.reason)
        except ProposalRefused as refused:
            raise DeedRefused("already-proposed") from refused
        _event(deed, order.attempt_id, Intervention.VOID_PROPOSED, order)
    return 1


def decide_late(order: Order, *, count: bool) -> int:
    """Let work that came too late count after all, or leave it apart; how many saves.

    Counted only before people marked; left out, which changes nothing, until the result is released.
    """
    with _room(order) as (deed, attempts):
        if order.attempt_id is None or attempts[0].state not in HANDED_IN:
            raise DeedRefused("already-marked")
        attempt = attempts[0]
        if drill_results.is_drill(attempt.id) or (count and marked_by_people(attempt.id)):
            raise DeedRefused("already-marked")
        if call_results.is_roleplay(attempt.id):
            raise DeedRefused("already-marked")
        saves = _late(deed, attempt.id)
        if count:
            _withdraw_marking(deed, attempt.id)
            _count_late(deed, attempt.id)
            attempt.state = AttemptState.SUBMITTED.value
            deed.session.flush()
            marking.settle(deed, attempt, hand_in_service.mark_objective(deed, attempt))
        _record(deed, attempt, Intervention.LATE_COUNTED if count else Intervention.LATE_LEFT, order, saves=saves)
        return saves


@contextmanager
def _room(order: Order) -> Iterator[tuple[Deed, Sequence[Attempt]]]:
    """The attempts that the order concerns, locked and read anew, none touched since the invigilator looked.

    Raises NoSuchSitting, NoSuchAttempt, :class:`DeedRefused`.
    """
    with writing(order.actor_id, order.now) as deed:
        watched(order.actor_id, order.sitting_id)
        chosen = select(Attempt).where(Attempt.sitting_id == order.sitting_id).order_by(Attempt.id)
        if order.attempt_id is None:
            chosen = chosen.where(Attempt.state == AttemptState.OPEN.value)
        else:
            chosen = chosen.where(Attempt.id == order.attempt_id)
        locked = chosen.with_for_update().execution_options(populate_existing=True)
        attempts = deed.session.execute(locked).scalars().all()
        if not attempts:
            raise NoSuchAttempt if order.attempt_id is not None else DeedRefused("not-open")
        newest = deed.session.execute(
            select(func.max(AttemptEvent.id)).where(
                AttemptEvent.attempt_id.in_([attempt.id for attempt in attempts]),
                AttemptEvent.kind.in_(list(Intervention)),
            )
        ).scalar_one()
        if (newest or 0) > order.seen:
            raise DeedRefused("overtaken")
        yield deed, attempts


def _each_open(
    order: Order,
    kind: Intervention,
    change: Callable[[Attempt], dict[str, Any]],
    *,
    fits: Callable[[Attempt], bool],
    refused: str,
) -> int:
    """Change the open attempts that the deed fits; refused where it fits none."""
    with _room(order) as (deed, attempts):
        still_open = [attempt for attempt in attempts if attempt.state == AttemptState.OPEN]
        if not still_open:
            raise DeedRefused("not-open")
        fitting = [attempt for attempt in still_open if fits(attempt)]
        if not fitting:
            raise DeedRefused(refused)
        for attempt in fitting:
            _record(deed, attempt, kind, order, **change(attempt))
        return len(fitting)


def _reopen(deed: Deed, attempt: Attempt) -> None:
    """Back to work, answers kept. Marking that nobody has begun is withdrawn, what came late now came in time."""
    marked = marked_by_people(attempt.id)
    if not may_reopen(AttemptState(attempt.state), attempt.submitted_by, marked_by_people=marked):
        raise DeedRefused("already-marked" if attempt.submitted_by == "deadline" else "not-open")
    if drill_results.is_drill(attempt.id) and not drill_results.reopen(deed, attempt.id):
        raise DeedRefused("nothing-left")
    if call_results.is_roleplay(attempt.id) and not call_results.reopen(deed, attempt):
        raise DeedRefused("nothing-left")
    _withdraw_marking(deed, attempt.id)
    _count_late(deed, attempt.id)
    attempt.state = AttemptState.OPEN.value
    attempt.submitted_at = attempt.submitted_by = attempt.due_at = None
    try:
        deed.session.flush()
    except IntegrityError as error:  # the unique index on open attempts: the person has begun another one
        raise DeedRefused("open-elsewhere") from error


def _withdraw_marking(deed: Deed, attempt_id: int) -> None:
    """Take back the tasks, the drafts on them and a result that only the machine has made: all will be made anew."""
    # The tasks before their sheets, as an examiner who saves takes them.
    of_attempt = select(MarkingTask.id).where(MarkingTask.attempt_id == attempt_id)
    tasks = deed.session.execute(of_attempt.order_by(MarkingTask.id).with_for_update()).scalars().all()
    deed.session.execute(delete(Marksheet).where(Marksheet.task_id.in_(tasks)))
    deed.session.execute(delete(MarkingTask).where(MarkingTask.id.in_(tasks)))
    deed.session.execute(delete(Result).where(Result.attempt_id == attempt_id))
    deed.note("attempt.marking-withdrawn", f"attempt:{attempt_id}", tasks=len(tasks))


def marked_by_people(attempt_id: int) -> bool:
    """Whether an examiner has submitted a sheet, or the result is out: answers stay as they are from then on."""
    sheets = (
        select(func.count())
        .select_from(Marksheet)
        .join(MarkingTask, MarkingTask.id == Marksheet.task_id)
        .where(MarkingTask.attempt_id == attempt_id, Marksheet.submitted_at.is_not(None))
    )
    released = (
        select(func.count()).select_from(Result).where(Result.attempt_id == attempt_id, Result.released_at.is_not(None))
    )
    return any(db.session.execute(query).scalar_one() for query in (sheets, released))


def _late(deed: Deed, attempt_id: int) -> int:
    late = select(func.count()).select_from(Save).where(Save.attempt_id == attempt_id, Save.standing == "late")
    return deed.session.execute(late).scalar_one()


def _count_late(deed: Deed, attempt_id: int) -> None:
    deed.session.execute(
        update(Save).where(Save.attempt_id == attempt_id, Save.standing == "late").values(standing="counts")
    )


def _record(deed: Deed, attempt: Attempt, kind: Intervention, order: Order, **details: Any) -> None:
    _event(deed, attempt.id, kind, order, **details)
    deed.note(f"attempt.{kind}", f"attempt:{attempt.id}", reason=order.reason.strip(), **details)


def _event(deed: Deed, attempt_id: int | None, kind: Intervention, order: Order, **details: Any) -> None:
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in details.items()}
    deed.session.add(
        AttemptEvent(
            attempt_id=attempt_id,
            kind=kind.value,
            at=order.now,
            actor_id=order.actor_id,
            details={"reason": order.reason.strip(), **plain},
        )
    )


__all__ = ["DeedRefused", "NoSuchAttempt", "NoSuchSitting", "Order"]
