"""Certification calls from hand-in to result: closed, given to examiners, and what their sheets come to.

Everything here runs within the caller's deed, as `marking` does for exams.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from lms.domain.attempts import AttemptState, given_back
from lms.domain.call_marks import Given, Judged, Round, agreed, next_round, rounds_of
from lms.domain.results import Outcome
from lms.domain.roleplay_plans import PATIENCE, RolePlayPlan
from lms.extensions import db
from lms.models.exams import Attempt, AttemptEvent
from lms.models.roleplays import Call, CallSheet, CallTask
from lms.services import call_log
from lms.services.marking import move_to_marked, result_due, store_result
from lms.services.sitting_papers import plan_of
from lms.services.writing import Deed


def plan_for(attempt: Attempt) -> RolePlayPlan | None:
    """The plan of a role-play attempt; None of an exam's or a drill's."""
    plan = plan_of(attempt.sitting.blueprint_version_id)
    return plan if isinstance(plan, RolePlayPlan) else None


def is_roleplay(attempt_id: int) -> bool:
    attempt = db.session.get(Attempt, attempt_id)
    return attempt is not None and plan_for(attempt) is not None


def calls_of(attempt_id: int, *, lock: bool = False) -> Sequence[Call]:
    """The attempt's calls by position, read anew; those that were never begun are not there. ``lock``: held until the
    commit."""
    of_attempt = select(Call).where(Call.attempt_id == attempt_id).order_by(Call.position)
    of_attempt = of_attempt.execution_options(populate_existing=True)
    return db.session.execute(of_attempt.with_for_update() if lock else of_attempt).scalars().all()


def close_calls(deed: Deed, attempt_id: int, at: datetime) -> None:
    """End the call that is going on; one that was not answered is left."""
    for call in calls_of(attempt_id, lock=True):  # a sentence that was being said stands before the end
        if call.state != call_log.ENDED:
            call_log.finish(deed, call, "time" if call.answered_at else "left", at)


def settle(deed: Deed, attempt: Attempt, plan: RolePlayPlan) -> None:
    """Take over an attempt that was just handed in: every answered call waits for an examiner, a seeded share for two.

    With none answered there is nothing to mark, and the result is computed.
    """
    finish = attempt.submitted_at or deed.now
    close_calls(deed, attempt.id, finish)
    answered = [call for call in calls_of(attempt.id) if call.answered_at is not None]
    if not answered:
        store_result(deed, attempt.id, plan.outcome([]), cause="marking", revision=1)
        move_to_marked(deed, attempt.id, before=AttemptState.SUBMITTED, due=result_due(finish))
    else:
        for call in answered:
            for round_ in rounds_of(attempt.seed, call.position, plan.double_share):
                _add_task(deed, call, round_, result_due(finish))
        moving = {"state": AttemptState.MARKING.value, "due_at": result_due(finish)}
        _move(deed, attempt.id, AttemptState.SUBMITTED, moving)
    deed.session.expire(attempt)


def _move(deed: Deed, attempt_id: int, before: AttemptState, values: dict[str, Any]) -> bool:
    moved: Any = deed.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.state == before.value)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(moved.rowcount)


def _add_task(deed: Deed, call: Call, round_: Round, due: datetime | None) -> None:
    deed.session.add(CallTask(call_id=call.id, round=int(round_), state="open", due_at=due, created_at=deed.now))
    deed.session.flush()


def advance(deed: Deed, call_id: int) -> None:
    """After one more sheet: call a second or third marker, wait for the other, or take what they agree on.

    The last call of an attempt gives its result. Nothing happens to an attempt that is no longer being marked (void).
    The caller holds the attempt.
    """
    call = db.session.get_one(Call, call_id, populate_existing=True)
    assert call.attempt_id is not None  # practice is not marked
    attempt = deed.session.get_one(Attempt, call.attempt_id, populate_existing=True)
    plan = plan_for(attempt)
    if plan is None or attempt.state != AttemptState.MARKING or _open_tasks(Call.id == call_id):
        return
    given = sheets_given(call_id)
    if (further := next_round(given, plan.passing, plan.near)) is not None:
        _add_task(deed, call, further, attempt.due_at)
        return
    judged = agreed(given, plan.passing)
    assert judged is not None  # or a third would mark
    call.result, call.points = judged.dump(), judged.points
    deed.session.flush()
    if not _open_tasks(Call.attempt_id == attempt.id):
        _finish(deed, attempt)


def _open_tasks(of: Any) -> bool:
    waiting = select(CallTask.id).join(Call, Call.id == CallTask.call_id).where(of, CallTask.state == "open")
    return db.session.execute(waiting.limit(1)).first() is not None


def sheets_given(call_id: int) -> list[Given]:
    """What examiners have submitted for a call, by round."""
    rows = db.session.execute(
        select(CallSheet.levels, CallSheet.critical)
        .join(CallTask, CallTask.id == CallSheet.task_id)
        .where(CallTask.call_id == call_id, CallSheet.submitted_at.is_not(None))
        .order_by(CallTask.round)
    )
    return [Given(levels, frozenset(critical)) for levels, critical in rows]


def _finish(deed: Deed, attempt: Attempt) -> None:
    found = outcome_of(attempt)
    critical = [f"{call.position}:{one}" for call in calls_of(attempt.id) if call.result
                for one in call.result["critical"]]  # fmt: skip
    if _move(deed, attempt.id, AttemptState.MARKING, {"state": AttemptState.MARKED.value}):
        store_result(deed, attempt.id, found, cause="marking", revision=1, critical=critical)
    deed.session.expire(attempt)


def outcome_of(attempt: Attempt) -> Outcome:
    """What the attempt comes to by its calls' agreed levels."""
    plan = plan_for(attempt)
    if plan is None:
        raise LookupError(f"attempt {attempt.id} is no role-play")
    return plan.outcome([Judged.load(call.result) for call in calls_of(attempt.id) if call.result])


def played_by_models(attempt_ids: Collection[int]) -> dict[int, str]:
    """The attempts that had an LLM as customer: ``llm``, or ``mixed`` where the script or a person spoke as well."""
    rows = db.session.execute(
        select(Call.attempt_id, Call.customer, Call.mixed).where(
            Call.attempt_id.in_(attempt_ids), Call.answered_at.is_not(None)
        )
    )
    calls: dict[int, list[bool]] = {}  # attempt → of each answered call, whether a model alone was its customer
    modelled = set()
    for attempt_id, customer, mixed in rows:
        if attempt_id is not None:
            calls.setdefault(attempt_id, []).append(customer == "llm" and not mixed)
            modelled |= {attempt_id} if customer == "llm" else set()
    return {attempt_id: "llm" if all(calls[attempt_id]) else "mixed" for attempt_id in modelled}


def withdraw(deed: Deed, attempt_id: int) -> None:
    """The attempt is void: its call ends, and nobody marks it any more."""
    close_calls(deed, attempt_id, deed.now)
    of_attempt = select(Call.id).where(Call.attempt_id == attempt_id)
    deed.session.execute(
        update(CallTask)
        .where(CallTask.call_id.in_(of_attempt), CallTask.state == "open")
        .values(state="withdrawn", lease_until=None)
        .execution_options(synchronize_session=False)
    )


def go_on(attempt_id: int, now: datetime) -> None:
    """Within a deed, after a pause: what a customer waits is counted from now on, so that nobody loses patience."""
    for call in calls_of(attempt_id, lock=True):
        if call.state == "live":
            call_log.append(Deed(db.session, None, now), call, speaker="system", kind="go-on", by="clock", at=now)


def reopen(deed: Deed, attempt: Attempt) -> bool:
    """Let the calls that were never begun be held after all; False where there are none, or marking has begun."""
    plan, begun = plan_for(attempt), calls_of(attempt.id)
    if plan is None or len(begun) >= plan.count or any(sheets_given(call.id) for call in begun):
        return False
    # The tasks before their sheets, as an examiner who saves takes them.
    of_begun = select(CallTask.id).where(CallTask.call_id.in_([call.id for call in begun]))
    tasks = deed.session.execute(of_begun.order_by(CallTask.id).with_for_update()).scalars().all()
    deed.session.execute(delete(CallSheet).where(CallSheet.task_id.in_(tasks)))
    deed.session.execute(delete(CallTask).where(CallTask.id.in_(tasks)))
    return True


WAITING = "waiting"
waits_from = func.coalesce(Call.rang_at, Call.created_at)  # of a waiting call: begun, or put back by an examiner


def waiting_since(attempt_id: int) -> datetime | None:
    """Since when the attempt's call waits for an examiner, which stops its clock; None: none does."""
    of_attempt = select(waits_from).where(Call.attempt_id == attempt_id, Call.state == WAITING)
    return db.session.execute(of_attempt).scalar_one_or_none()


def nobody_in(call: Call, now: datetime) -> timedelta:
    """How long until a waiting call's trainee is told that no examiner comes; zero: it is time."""
    plan = plan_for(db.session.get_one(Attempt, call.attempt_id)) if call.attempt_id else None
    told_at = (call.rang_at or call.created_at) + timedelta(minutes=plan.wait_minutes if plan else PATIENCE)
    return max(timedelta(0), told_at - now)


def examiner_came(deed: Deed, attempt: Attempt, waited_since: datetime) -> dict[str, Any]:
    """The clock runs again: what was waited is given back. What the audit trail is to know of it."""
    before, waited = attempt.deadline, given_back(waited_since, attempt.paused_at, deed.now)
    seconds = int(waited.total_seconds())
    attempt.deadline = before + waited
    attempt.extended_seconds += seconds
    deed.session.add(
        AttemptEvent(attempt_id=attempt.id, kind="examiner-came", at=deed.now, details={"seconds": seconds})
    )
    return {"attempt": attempt.id, "waited": seconds, "before": before.isoformat(),
            "after": attempt.deadline.isoformat()}  # fmt: skip


def stands_still(call: Call, now: datetime, sign_in_id: int | None = None) -> str | None:
    """Why nothing may happen in a certification call now: over, paused, or held-elsewhere (not by the device of
    ``sign_in_id``); None: it goes on. Practice always does."""
    attempt = db.session.get(Attempt, call.attempt_id, populate_existing=True) if call.attempt_id else None
    if attempt is None:
        return None
    if attempt.state != AttemptState.OPEN:
        return "over"
    if attempt.paused_at is not None:
        return "paused"
    waits = (call.rang_at or call.created_at) if call.state == WAITING else None
    if (waits or now) > attempt.deadline:
        return "over"
    return "held-elsewhere" if sign_in_id is not None and attempt.holder_id != sign_in_id else None
