"""What a trainee sees of a certification call once its result is released: the anchors reached, the turns that were
pinned, what a level higher looks like. No examiner is named, and no single sheet is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from sqlalchemy import or_, select

from lms.domain.attempts import AttemptState
from lms.domain.call_marks import HIGHEST, Judged, PassRules, Round, judged
from lms.domain.roleplay_plans import RolePlayPlan
from lms.domain.scenarios.rubric import Criterion
from lms.domain.scenarios.texts import Both
from lms.extensions import db
from lms.models.exams import Attempt
from lms.models.marking import Appeal, Result
from lms.models.people import Person
from lms.models.roleplays import Call, CallSheet, CallTask
from lms.services import call_log, call_results
from lms.services.call_log import ENDED
from lms.services.call_margin import MarginTurn, margin
from lms.services.calls import NotYours


@dataclass(frozen=True, slots=True)
class CriterionSeen:
    """``level``: agreed, a half where two examiners were a level apart; ``reached``: the anchor below or at it."""

    title: Both
    level: Fraction
    line: int  # what passing asks
    reached: Both
    higher: Both | None  # None at level 5
    pins: Sequence[int]
    comments: Sequence[str]


@dataclass(frozen=True, slots=True)
class CallSeen:
    """``judged`` None: the call was never answered. ``mixed``: the model gave way to the script."""

    call_id: int
    position: int
    title: Both
    language: str
    customer: str
    mixed: bool
    judged: Judged | None
    criteria: Sequence[CriterionSeen]
    critical: Sequence[Both]


def calls_seen(attempt: Attempt, plan: RolePlayPlan, *, comments: bool) -> list[CallSeen]:
    """The calls of an attempt whose result is released; the caller has seen to that."""
    return [_seen(call, plan, comments=comments) for call in call_results.calls_of(attempt.id)]


def _seen(call: Call, plan: RolePlayPlan, *, comments: bool) -> CallSeen:
    return _told(call, Judged.load(call.result) if call.result else None, plan.passing, comments=comments)


def practice_seen(call: Call) -> CallSeen | None:
    """What the one examiner gave a practice call; None before. It is neither passed nor failed: the usual lines only
    show how far the levels are from what certification asks."""
    sheet = next(iter(_sheets(call.id)), None)
    if sheet is None:
        return None
    rules = PassRules()
    return _told(call, judged(sheet.levels, sorted(sheet.critical), rules), rules, comments=True)


def _told(call: Call, found: Judged | None, rules: PassRules, *, comments: bool) -> CallSeen:
    script = call_log.script_of_call(call)
    sheets = _sheets(call.id)
    criteria = [
        _criterion(one, found.levels[one.id], rules.strict_at_least if one.id == rules.strict else rules.each, sheets,
                   comments=comments)
        for one in (script.rubric.own if found else ())
        if found is not None
    ]  # fmt: skip
    failures = [one.text for one in script.critical if found and one.id in found.critical]
    return CallSeen(
        call.id, call.position, script.title, call.language, call.customer, call.mixed, found, criteria, failures
    )


def _criterion(
    criterion: Criterion, level: Fraction, line: int, sheets: Sequence[CallSheet], *, comments: bool
) -> CriterionSeen:
    reached = floor(level)
    pins = sorted({seq for sheet in sheets for seq in sheet.pins.get(criterion.id, ())})
    written = [text for sheet in sheets if (text := sheet.comments.get(criterion.id))]
    return CriterionSeen(
        criterion.title, level, line, criterion.anchors.at(reached),
        criterion.anchors.at(reached + 1) if reached < HIGHEST else None, pins, written if comments else [],
    )  # fmt: skip


def _sheets(call_id: int) -> Sequence[CallSheet]:
    """Of all rounds; what an appeal's examiner gave only once the appeal is decided."""
    contested = select(Appeal.id).join(Call, Call.attempt_id == Appeal.attempt_id)
    told = ~contested.where(Call.id == call_id, Appeal.state == "open").exists()
    return (
        db.session.execute(
            select(CallSheet)
            .join(CallTask, CallTask.id == CallSheet.task_id)
            .where(
                CallTask.call_id == call_id,
                CallSheet.submitted_at.is_not(None),
                or_(CallTask.round < Round.APPEAL, told),
            )
            .order_by(CallTask.round)
        )
        .scalars()
        .all()
    )


class NotYet(Exception):
    """One's own call, but it goes on, was never answered, or its result is not released."""


@dataclass(frozen=True, slots=True)
class Film:
    """One's own call to be played again; ``pins``: turn → titles of the criteria that examiners pinned it to."""

    call_id: int
    attempt_id: int | None
    title: Both
    language: str
    turns: Sequence[MarginTurn]
    pins: dict[int, list[Both]]


def film(person_id: int, call_id: int) -> Film:
    """One's own call that has ended: practice at once, certification once its result is released.

    Raises NotYours, :class:`NotYet`.
    """
    call = db.session.get(Call, call_id, populate_existing=True)
    if call is None or call.person_id != person_id:
        raise NotYours
    over = call.state == ENDED and call.answered_at is not None
    if not over or (call.attempt_id is not None and not _released(call.attempt_id)):
        raise NotYet
    script = call_log.script_of_call(call)
    turns, _not_evaluated = margin(call, db.session.get_one(Person, person_id))
    pins: dict[int, list[Both]] = {}
    titles = {one.id: one.title for one in script.rubric.own}
    for sheet in _sheets(call.id):
        for criterion, seqs in sheet.pins.items():
            for seq in seqs:
                if titles[criterion] not in pins.setdefault(seq, []):
                    pins[seq].append(titles[criterion])
    return Film(call.id, call.attempt_id, script.title, call.language, turns, pins)


def _released(attempt_id: int) -> bool:
    attempt = db.session.get_one(Attempt, attempt_id, populate_existing=True)
    told = select(Result.id).where(Result.attempt_id == attempt_id, Result.released_at.is_not(None))
    return attempt.state == AttemptState.RELEASED and db.session.execute(told.limit(1)).first() is not None
