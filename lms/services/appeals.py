"""Appeals 申诉: a candidate objects, an examiner who has not marked it takes it over.

How an examiner looks anew stands in `appeal_marking` for exams, in `drill_appeals` for drills, in `call_appeals` for
role-plays; how one is answered in `appeal_answers`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from lms.domain.attempts import AttemptState
from lms.domain.marking import Round
from lms.domain.plans import kind_of
from lms.domain.proposals import LONGEST_REASON
from lms.domain.roleplay_plans import KIND as ROLEPLAY
from lms.extensions import db
from lms.models.audit import Proposal
from lms.models.exams import Attempt, Sitting
from lms.models.marking import Appeal, MarkingTask, Marksheet
from lms.services import call_remarking, call_results
from lms.services.calendar import due_after
from lms.services.calibration import may_mark_calls
from lms.services.drill_results import runs_of
from lms.services.marking import ZONE, questions_of
from lms.services.marking_access import impartial
from lms.services.results import newest_results
from lms.services.sitting_papers import plan_of
from lms.services.writing import Deed, writing

RAISED_WITHIN_DAYS = 5
ANSWERED_WITHIN_DAYS = 5


class AppealRefused(ValueError):
    """``problem``: no-result, too-late, appealed-already, no-question, no-reason, long-reason, not-calibrated,
    no-answer, marks-missing, no-strikes, no-strike-reason, decided, waiting."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class NoSuchAppeal(LookupError):
    """There is none, or it is not for this person: the caller cannot tell which."""


def open_until(released_at: datetime) -> datetime:
    """Until when a released result may be appealed."""
    return due_after(released_at, RAISED_WITHIN_DAYS, ZONE)


def raise_appeal(person_id: int, attempt_id: int, position: int | None, reason: str, now: datetime) -> int:
    """Object to one's own released result, or to one question of it. Raises NoSuchAppeal, :class:`AppealRefused`."""
    given = reason.strip()
    if not given or len(given) > LONGEST_REASON:
        raise AppealRefused("long-reason" if given else "no-reason")
    with writing(person_id, now) as deed:
        attempt = deed.session.execute(
            select(Attempt)
            .where(Attempt.id == attempt_id, Attempt.person_id == person_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).scalar_one_or_none()
        if attempt is None:
            raise NoSuchAppeal
        _check_window(attempt, now)
        if position is not None and position not in _positions(attempt_id):
            raise AppealRefused("no-question")
        appeal = Appeal(
            attempt_id=attempt_id,
            position=position,
            reason=given,
            raised_at=now,
            due_at=due_after(now, ANSWERED_WITHIN_DAYS, ZONE),
            state="open",
            answer="",
        )
        deed.session.add(appeal)
        try:
            deed.session.flush()
        except IntegrityError as error:
            raise AppealRefused("appealed-already") from error
        deed.note("appeal.raised", f"attempt:{attempt_id}", appeal=appeal.id, position=position)
        return appeal.id


def _positions(attempt_id: int) -> set[int]:
    """The places of what may be contested: an exam's questions, a drill's tasks, the calls that were marked."""
    questions = {one.position for one in questions_of(attempt_id)}
    calls = {call.position for call in call_results.calls_of(attempt_id) if call.result}
    return questions or calls or {run.position for run in runs_of(attempt_id)}


def _check_window(attempt: Attempt, now: datetime) -> None:
    result = newest_results([attempt.id]).get(attempt.id)
    if attempt.state != AttemptState.RELEASED or result is None or result.released_at is None:
        raise AppealRefused("no-result")
    if now > open_until(result.released_at):
        raise AppealRefused("too-late")
    if appealed(attempt.id):
        raise AppealRefused("appealed-already")


def appealed(attempt_id: int) -> bool:
    """One appeal an attempt: it may name as many reasons as there are."""
    return db.session.execute(select(Appeal.id).where(Appeal.attempt_id == attempt_id)).first() is not None


# ---- for examiners ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AppealRow:
    """``kind`` of what is contested: exam, lookup, workflow or roleplay."""

    id: int
    kind: str
    candidate_number: str
    sitting: str
    position: int | None
    reason: str
    raised_at: datetime
    due_at: datetime
    state: str
    mine: bool
    waiting: bool  # for the second person


def _impartial(examiner_id: int) -> Any:
    return (
        select(Appeal, Attempt, Sitting.title)
        .join(Attempt, Attempt.id == Appeal.attempt_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(impartial(examiner_id))
    )


def _visible(examiner_id: int) -> Any:
    return _impartial(examiner_id).where(Appeal.examiner_id.is_(None) | (Appeal.examiner_id == examiner_id))


def appeals_for(examiner_id: int) -> Sequence[AppealRow]:
    """What the examiner may take, or has taken: open ones first, by when they are due."""
    rows = db.session.execute(_visible(examiner_id).order_by(Appeal.state != "open", Appeal.due_at)).all()
    waiting = waiting_of([appeal.id for appeal, *_rest in rows])
    return [
        AppealRow(
            id=appeal.id,
            kind=kind_of_attempt(attempt),
            candidate_number=attempt.candidate_number,
            sitting=title,
            position=appeal.position,
            reason=appeal.reason,
            raised_at=appeal.raised_at,
            due_at=appeal.due_at,
            state=appeal.state,
            mine=appeal.examiner_id == examiner_id,
            waiting=appeal.id in waiting,
        )
        for appeal, attempt, title in rows
    ]


def open_for(examiner_id: int) -> int:
    """How many open appeals the examiner may take, or has taken."""
    found = _visible(examiner_id).where(Appeal.state == "open").with_only_columns(func.count())
    return int(db.session.execute(found).scalar_one())


def kind_of_attempt(attempt: Attempt) -> str:
    """``exam``, ``lookup``, ``workflow`` or ``roleplay``."""
    return kind_of(plan_of(attempt.sitting.blueprint_version_id))


def waiting_of(appeal_ids: Sequence[int]) -> set[int]:
    """Appeals whose new marks wait for a second person."""
    payloads = db.session.execute(
        select(Proposal.payload).where(Proposal.state == "open", Proposal.deed == "change-mark")
    ).scalars()
    return {payload["appeal"] for payload in payloads if payload.get("appeal") in set(appeal_ids)}


def is_waiting(appeal_id: int) -> bool:
    """Whether what the examiner proposed waits for a second person."""
    return bool(waiting_of([appeal_id]))


def load_appeal(examiner_id: int, appeal_id: int, *, own: bool) -> tuple[Appeal, Attempt, str]:
    """(appeal, attempt, title of the sitting); ``own``: only one that the examiner has taken. Raises NoSuchAppeal."""
    query = _visible(examiner_id).where(Appeal.id == appeal_id).execution_options(populate_existing=True)
    if own:
        query = query.where(Appeal.examiner_id == examiner_id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NoSuchAppeal
    return row[0], row[1], row[2]


def take(examiner_id: int, appeal_id: int, now: datetime) -> None:
    """Take an appeal over; of two examiners the first, again: nothing. Its calls then wait on their desk to be
    marked anew.

    Raises :class:`NoSuchAppeal`; :class:`AppealRefused` (taken; not-calibrated where calls are contested).
    """
    row = db.session.execute(_impartial(examiner_id).where(Appeal.id == appeal_id)).one_or_none()
    if row is None:
        raise NoSuchAppeal
    appeal, attempt, _title = row
    about_calls = kind_of_attempt(attempt) == ROLEPLAY
    if about_calls and not may_mark_calls(examiner_id):
        raise AppealRefused("not-calibrated")
    try:
        with writing(examiner_id, now) as deed:
            _hold(deed, appeal_id, before=None, after=examiner_id)
            if about_calls:
                call_remarking.begin(deed, attempt.id, appeal.position, appeal.due_at)
    except NoSuchAppeal:  # pressed twice, or another was quicker
        db.session.refresh(appeal)
        if appeal.examiner_id != examiner_id:
            raise AppealRefused("taken") from None


def put_back(examiner_id: int, appeal_id: int, now: datetime) -> None:
    """Leave an appeal to another examiner, before marks are given; again: nothing.

    Raises NoSuchAppeal, AppealRefused.
    """
    appeal, attempt, _title = load_appeal(examiner_id, appeal_id, own=False)
    if appeal.examiner_id is None:
        return
    if _has_marked_anew(examiner_id, attempt.id) or is_waiting(appeal_id):
        raise AppealRefused("waiting")
    with writing(examiner_id, now) as deed:
        _hold(deed, appeal_id, before=examiner_id, after=None)
        call_remarking.leave(deed, attempt.id)


def _has_marked_anew(examiner_id: int, attempt_id: int) -> bool:
    sheets = (
        select(Marksheet.id)
        .join(MarkingTask, MarkingTask.id == Marksheet.task_id)
        .where(
            MarkingTask.attempt_id == attempt_id,
            MarkingTask.round >= Round.APPEAL,
            Marksheet.marker_id == examiner_id,
            Marksheet.submitted_at.is_not(None),
        )
    )
    return call_remarking.given_by(examiner_id, attempt_id) or db.session.execute(sheets).first() is not None


def _hold(deed: Deed, appeal_id: int, *, before: int | None, after: int | None) -> None:
    held_as_before = Appeal.examiner_id.is_(None) if before is None else Appeal.examiner_id == before
    moved: Any = deed.session.execute(
        update(Appeal)
        .where(Appeal.id == appeal_id, Appeal.state == "open", held_as_before)
        .values(examiner_id=after)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount == 0:
        raise NoSuchAppeal
    deed.note("appeal.taken" if after else "appeal.put-back", f"appeal:{appeal_id}")
