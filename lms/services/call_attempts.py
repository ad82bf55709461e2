"""Certification calls as attempts: started and held like an exam's; the calls come one after another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from lms.domain.access_rules import Reason
from lms.domain.attempts import AttemptState, remaining, stands_since
from lms.domain.roleplay_plans import Customer, RolePlayPlan
from lms.domain.values import Language
from lms.extensions import db
from lms.models.exams import Attempt, Sitting
from lms.models.roleplays import Scenario
from lms.services import attempts, call_results, calls, llm
from lms.services.attempts import NotYours
from lms.services.call_log import ENDED, script_of_call
from lms.services.sign_in import SignedIn
from lms.services.sitting_papers import plan_of
from lms.services.writing import writing


class NoScript(LookupError):
    """A scenario of the plan has no live version."""


class CallGoingOn(Exception):
    """The person has a call that has not ended; it must end before the next."""


class NotNow(Exception):
    """No further call may begin: the attempt is over, paused, held elsewhere, or all its calls have ended."""


def roleplay_plan(sitting: Sitting) -> RolePlayPlan | None:
    plan = plan_of(sitting.blueprint_version_id)
    return plan if isinstance(plan, RolePlayPlan) else None


def start(person: SignedIn, sitting_id: int, language: Language, now: datetime) -> int:
    """The id of the person's open attempt in the sitting: a new one, or the one that is already open.

    As `attempts.start`: whether they may is asked before, and a double start is one start. Raises :class:`NoScript`,
    :class:`CallGoingOn`.
    """
    sitting = db.session.get_one(Sitting, sitting_id)
    plan = roleplay_plan(sitting)
    if plan is None:
        raise LookupError(f"sitting {sitting_id} is no role-play's")
    _versions(plan)
    if (open_id := attempts.open_attempt(person.person_id)) is not None:
        return open_id
    if calls.going_on(person.person_id) is not None:
        raise CallGoingOn
    values, _factor = attempts.opening(person, sitting, language, now)
    try:
        with writing(person.person_id, now) as deed:
            attempt_id: int = deed.session.execute(insert(Attempt).values(values).returning(Attempt.id)).scalar_one()
            deed.note("attempt.started", f"attempt:{attempt_id}", sitting=sitting_id, roleplay=plan.code)
    except IntegrityError:
        open_id = attempts.open_attempt(person.person_id)
        if open_id is None:
            raise
        return open_id
    return attempt_id


def _versions(plan: RolePlayPlan) -> dict[str, int]:
    """Scenario → its live version, of all that the plan lists; a retired one is still played by sittings made."""
    rows = db.session.execute(
        select(Scenario.code, Scenario.live_id).where(Scenario.code.in_(plan.scenarios), Scenario.live_id.is_not(None))
    )
    found = {code: version_id for code, version_id in rows if version_id is not None}
    if len(found) < len(plan.scenarios):
        raise NoScript
    return found


def next_call(person: SignedIn, attempt_id: int, now: datetime) -> int:
    """The id of the call that is going on, or of the next one, which begins to ring. Twice is once.

    Raises NotYours, :class:`NotNow`, :class:`CallGoingOn`, :class:`NoScript`.
    """
    try:
        with writing(person.person_id, now) as deed:
            attempt = deed.session.execute(
                select(Attempt)
                .where(Attempt.id == attempt_id, Attempt.person_id == person.person_id)
                .with_for_update()
                .execution_options(populate_existing=True)
            ).scalar_one_or_none()
            plan = call_results.plan_for(attempt) if attempt else None
            if attempt is None or plan is None:
                raise NotYours
            done = call_results.calls_of(attempt_id)
            if done and done[-1].state != ENDED:
                return done[-1].id
            barred = attempt.state != AttemptState.OPEN or attempt.paused_at is not None or now > attempt.deadline
            if barred or attempt.holder_id != person.sign_in_id or len(done) >= plan.count:
                raise NotNow
            version_id = _versions(plan)[plan.drawn(attempt.seed)[len(done)]]
            call = calls.add_call(
                deed, person.person_id, version_id, Language(attempt.language), _customer(plan),
                seed=attempt.seed + len(done), attempt_id=attempt_id, position=len(done) + 1,
            )  # fmt: skip
            return call.id
    except IntegrityError as error:  # one call at a time, by the unique index
        raise CallGoingOn from error


def _customer(plan: RolePlayPlan) -> str:
    """As the plan has it; while no model can be asked, the script speaks in its place."""
    if plan.customer is Customer.LLM and llm.endpoint() is None:
        return Customer.SCRIPTED.value
    return plan.customer.value


@dataclass(frozen=True, slots=True)
class CallAttempt:
    """One's own role-play attempt: where it stands, and whether this device may go on. No story, no mark.

    ``call_id``: the call that is going on; ``done``: titles of those that have ended.
    """

    attempt_id: int
    call_id: int | None
    sitting_title: str
    candidate_number: str
    state: AttemptState
    held_here: bool
    may_take_over: bool
    refusals: list[Reason]
    paused: bool
    left: timedelta
    count: int
    customer: str
    done: Sequence[str]
    submitted_at: datetime | None
    submitted_by: str | None
    due_at: datetime | None


def view(person: SignedIn, attempt_id: int, now: datetime) -> CallAttempt:
    """Raises NotYours, for an exam or a drill too."""
    row = db.session.execute(
        select(Attempt, Sitting, attempts.WATCHES)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Attempt.id == attempt_id, Attempt.person_id == person.person_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    plan = call_results.plan_for(row[0]) if row else None
    if row is None or plan is None:
        raise NotYours
    attempt, sitting, watches = row
    begun = call_results.calls_of(attempt_id)
    language = Language(attempt.language)
    return CallAttempt(
        attempt_id=attempt.id,
        call_id=next((call.id for call in begun if call.state != ENDED), None),
        sitting_title=sitting.title,
        candidate_number=attempt.candidate_number,
        state=AttemptState(attempt.state),
        held_here=attempt.holder_id == person.sign_in_id,
        may_take_over=sitting.takeover == "free" or attempt.takeover_allowed,
        refusals=attempts.refusals_to_continue(sitting, person, now, watches=watches),
        paused=attempt.paused_at is not None,
        left=remaining(attempt.deadline, now, stands_since(attempt.paused_at, call_results.waiting_since(attempt_id))),
        count=plan.count,
        customer=plan.customer.value,
        done=[script_of_call(call).title.in_(language) for call in begun if call.state == ENDED],
        submitted_at=attempt.submitted_at,
        submitted_by=attempt.submitted_by,
        due_at=attempt.due_at,
    )


def is_roleplay(person: SignedIn, attempt_id: int) -> bool:
    """Whether this is a role-play attempt of this person."""
    attempt = db.session.get(Attempt, attempt_id)
    return attempt is not None and attempt.person_id == person.person_id and call_results.is_roleplay(attempt_id)


def all_ended(now: datetime) -> Sequence[tuple[int, int]]:
    """(attempt, person) of the open attempts whose last call has ended: they hand themselves in."""
    rows = db.session.execute(
        select(Attempt).where(Attempt.state == AttemptState.OPEN.value, Attempt.paused_at.is_(None))
    ).scalars()
    return [(one.id, one.person_id) for one in rows if _ended(one)]


def _ended(attempt: Attempt) -> bool:
    plan = call_results.plan_for(attempt)
    if plan is None:
        return False
    begun = call_results.calls_of(attempt.id)
    return len(begun) == plan.count and all(call.state == ENDED for call in begun)
