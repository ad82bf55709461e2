"""Appeals 申诉: a candidate objects, an examiner who has not marked it looks anew, a second person confirms marks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from lms.domain.attempts import AttemptState
from lms.domain.frozen_paper import FrozenQuestion
from lms.domain.marking import LONGEST_COMMENT, Marks, Round, read_marks, share_of
from lms.domain.proposals import LONGEST_REASON
from lms.domain.questions import Question, Written
from lms.extensions import db
from lms.models.audit import Proposal
from lms.models.exams import Attempt, Sitting
from lms.models.marking import Appeal, MarkingTask, Marksheet
from lms.services import paper_shelf
from lms.services.calendar import due_after
from lms.services.change_marks import propose_change
from lms.services.key_shelf import newest_keys, whole_question
from lms.services.marking import ZONE, questions_of
from lms.services.marking_access import has_marked, may_mark
from lms.services.results import newest_results
from lms.services.writing import Deed, writing

RAISED_WITHIN_DAYS = 5
ANSWERED_WITHIN_DAYS = 5


class AppealRefused(ValueError):
    """``problem``: no-result, too-late, appealed-already, no-question, no-reason, long-reason, no-answer,
    marks-missing, decided, waiting."""

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
        if position is not None and position not in {one.position for one in questions_of(attempt_id)}:
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
    id: int
    candidate_number: str
    sitting: str
    position: int | None
    reason: str
    raised_at: datetime
    due_at: datetime
    state: str
    mine: bool
    waiting: bool  # for the second person


def _visible(examiner_id: int) -> Any:
    return (
        select(Appeal, Attempt, Sitting.title)
        .join(Attempt, Attempt.id == Appeal.attempt_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(
            may_mark(examiner_id),
            ~has_marked(examiner_id),
            Appeal.examiner_id.is_(None) | (Appeal.examiner_id == examiner_id),
        )
    )


def appeals_for(examiner_id: int) -> Sequence[AppealRow]:
    """What the examiner may take, or has taken: open ones first, by when they are due."""
    rows = db.session.execute(_visible(examiner_id).order_by(Appeal.state != "open", Appeal.due_at)).all()
    waiting = _waiting([appeal.id for appeal, *_rest in rows])
    return [
        AppealRow(
            id=appeal.id,
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


def _waiting(appeal_ids: Sequence[int]) -> set[int]:
    """Appeals whose new marks wait for a second person."""
    payloads = db.session.execute(
        select(Proposal.payload).where(Proposal.state == "open", Proposal.deed == "change-mark")
    ).scalars()
    return {payload["appeal"] for payload in payloads if payload.get("appeal") in set(appeal_ids)}


def _load(examiner_id: int, appeal_id: int, *, own: bool) -> tuple[Appeal, Attempt, str]:
    query = _visible(examiner_id).where(Appeal.id == appeal_id).execution_options(populate_existing=True)
    if own:
        query = query.where(Appeal.examiner_id == examiner_id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NoSuchAppeal
    return row[0], row[1], row[2]


def take(examiner_id: int, appeal_id: int, now: datetime) -> None:
    """Take an appeal over; of two examiners the first. Raises :class:`NoSuchAppeal`."""
    _load(examiner_id, appeal_id, own=False)
    _hold(examiner_id, appeal_id, now, before=None, after=examiner_id)


def put_back(examiner_id: int, appeal_id: int, now: datetime) -> None:
    """Leave an appeal to another examiner, before marks are given. Raises NoSuchAppeal, AppealRefused."""
    contested = contest(examiner_id, appeal_id)
    if contested.marked:
        raise AppealRefused("waiting")
    _hold(examiner_id, appeal_id, now, before=examiner_id, after=None)


def _hold(examiner_id: int, appeal_id: int, now: datetime, *, before: int | None, after: int | None) -> None:
    held_as_before = Appeal.examiner_id.is_(None) if before is None else Appeal.examiner_id == before
    with writing(examiner_id, now) as deed:
        moved: Any = deed.session.execute(
            update(Appeal)
            .where(Appeal.id == appeal_id, Appeal.state == "open", held_as_before)
            .values(examiner_id=after)
            .execution_options(synchronize_session=False)
        )
        if moved.rowcount == 0:
            raise NoSuchAppeal
        deed.note("appeal.taken" if after else "appeal.put-back", f"appeal:{appeal_id}")


@dataclass(frozen=True, slots=True)
class EarlierMarks:
    round: int
    marks: Marks
    comment: str


@dataclass(frozen=True, slots=True)
class Contested:
    """One contested question with what the candidate wrote; earlier marks only once one's own are in."""

    shown: FrozenQuestion
    question: Question
    given: Any
    points: int
    counted: Fraction
    version_id: int
    key_id: int
    own: Marks | None
    comment: str
    earlier: Sequence[EarlierMarks]

    @property
    def written(self) -> bool:
        return isinstance(self.question, Written) and self.given is not None


@dataclass(frozen=True, slots=True)
class Contest:
    """An appeal on the examiner's desk; of the candidate nothing but the number."""

    id: int
    attempt_id: int
    candidate_number: str
    sitting: str
    language: str
    position: int | None
    reason: str
    raised_at: datetime
    due_at: datetime
    state: str
    answer: str
    waiting: bool
    questions: Sequence[Contested]

    @property
    def to_mark(self) -> Sequence[Contested]:
        return [one for one in self.questions if one.written]

    @property
    def marked(self) -> bool:
        return bool(self.to_mark) and all(one.own is not None for one in self.to_mark)

    @property
    def ready(self) -> bool:
        """Everything that people mark has been marked anew: the appeal can be decided."""
        return all(one.own is not None for one in self.to_mark)


def contest(examiner_id: int, appeal_id: int) -> Contest:
    """An appeal that the examiner has taken. The whole result: its written answers. Raises NoSuchAppeal."""
    appeal, attempt, title = _load(examiner_id, appeal_id, own=True)
    paper = paper_shelf.any_paper(attempt.id)
    if paper is None:
        raise NoSuchAppeal
    on_paper = [one for one in questions_of(attempt.id) if _concerns(appeal, one.position, one.for_people)]
    keys = newest_keys([one.version_id for one in on_paper])
    questions = []
    for one in on_paper:
        own, earlier = _sheets(attempt.id, one.position, examiner_id)
        questions.append(
            Contested(
                shown=paper.question(one.position),
                question=whole_question(keys[one.version_id]),  # type: ignore[arg-type]
                given=json.loads(one.answer) if one.answer else None,
                points=one.points,
                counted=one.earned.share * one.points,
                version_id=one.version_id,
                key_id=keys[one.version_id],
                own=dict(own.marks) if own else None,
                comment=own.comment if own else "",
                earlier=earlier if own else [],
            )
        )
    return Contest(
        id=appeal.id,
        attempt_id=attempt.id,
        candidate_number=attempt.candidate_number,
        sitting=title,
        language=paper.language,
        position=appeal.position,
        reason=appeal.reason,
        raised_at=appeal.raised_at,
        due_at=appeal.due_at,
        state=appeal.state,
        answer=appeal.answer,
        waiting=bool(_waiting([appeal.id])),
        questions=questions,
    )


def _concerns(appeal: Appeal, position: int, for_people: bool) -> bool:
    return for_people if appeal.position is None else appeal.position == position


def _sheets(attempt_id: int, position: int, examiner_id: int) -> tuple[Marksheet | None, list[EarlierMarks]]:
    rows = db.session.execute(
        select(MarkingTask.round, Marksheet)
        .join(Marksheet, Marksheet.task_id == MarkingTask.id)
        .where(
            MarkingTask.attempt_id == attempt_id,
            MarkingTask.position == position,
            Marksheet.submitted_at.is_not(None),
        )
        .order_by(MarkingTask.round)
    ).all()
    own = next((s for round_, s in rows if round_ >= Round.APPEAL and s.marker_id == examiner_id), None)
    return own, [EarlierMarks(round_, dict(s.marks), s.comment) for round_, s in rows if s is not own]


def mark_anew(
    examiner_id: int,
    appeal_id: int,
    sent: Mapping[int, Mapping[str, object]],
    comments: Mapping[int, str],
    now: datetime,
) -> None:
    """Give one's own marks for every contested written answer (position → criterion → points), before any other's
    are seen. Once given they stay. Raises MarksRejected, NoSuchAppeal.
    """
    contested = contest(examiner_id, appeal_id)
    if contested.marked or contested.state != "open":
        return
    marks = {
        one.shown.position: read_marks(sent.get(one.shown.position, {}), _guide(one), whole=True)
        for one in contested.to_mark
    }
    try:
        with writing(examiner_id, now) as deed:
            for one in contested.to_mark:
                position = one.shown.position
                comment = comments.get(position, "")[:LONGEST_COMMENT]
                _add_sheet(deed, contested.attempt_id, one, marks[position], comment)
            deed.note("appeal.marked", f"appeal:{appeal_id}", marks=marks)
    except IntegrityError:  # a double click: the first one's marks stand
        return


def _guide(one: Contested) -> Any:
    assert isinstance(one.question, Written)
    return one.question.guide


def _add_sheet(deed: Deed, attempt_id: int, one: Contested, marks: Marks, comment: str) -> None:
    last = deed.session.execute(
        select(func.max(MarkingTask.round)).where(
            MarkingTask.attempt_id == attempt_id, MarkingTask.position == one.shown.position
        )
    ).scalar_one()
    task = MarkingTask(
        attempt_id=attempt_id,
        position=one.shown.position,
        version_id=one.version_id,
        round=max(int(Round.APPEAL), (last or 0) + 1),
        state="done",
        lease_holder_id=deed.actor_id,
        created_at=deed.now,
    )
    deed.session.add(task)
    deed.session.flush()
    sheet = Marksheet(
        task_id=task.id,
        marker_id=deed.actor_id,
        key_id=one.key_id,
        marks=marks,
        comment=comment,
        saved_at=deed.now,
        submitted_at=deed.now,
    )
    deed.session.add(sheet)


def raised_shares(contested: Contest) -> dict[int, Fraction]:
    """What upholding would change: position → new share. An appeal never costs the candidate anything."""
    raised = {}
    for one in contested.to_mark:
        if one.own is None:
            continue
        share = share_of(sum(one.own.values()), _guide(one))
        if share * one.points > one.counted:
            raised[one.shown.position] = share
    return raised


def decide(examiner_id: int, appeal_id: int, *, uphold: bool, answer: str, now: datetime) -> int | None:
    """Answer the appeal; where marks are to be raised, the id of the proposal that a second person must confirm.

    Raises NoSuchAppeal, :class:`AppealRefused`, ProposalRefused.
    """
    contested = contest(examiner_id, appeal_id)
    said = answer.strip()
    if not said or len(said) > LONGEST_REASON:
        raise AppealRefused("long-reason" if said else "no-answer")
    if not contested.ready:
        raise AppealRefused("marks-missing")
    if contested.waiting:
        raise AppealRefused("waiting")
    shares = raised_shares(contested) if uphold else {}
    with writing(examiner_id, now) as deed:
        if shares:
            _answer(deed, appeal_id, said, "open")
            return propose_change(deed, contested.attempt_id, shares, said, appeal_id=appeal_id)
        _answer(deed, appeal_id, said, "upheld" if uphold else "rejected")
    return None


def _answer(deed: Deed, appeal_id: int, answer: str, state: str) -> None:
    moved: Any = deed.session.execute(
        update(Appeal)
        .where(Appeal.id == appeal_id, Appeal.state == "open", Appeal.examiner_id == deed.actor_id)
        .values(state=state, answer=answer, decided_at=None if state == "open" else deed.now)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount == 0:
        raise AppealRefused("decided")
    deed.note("appeal.answered", f"appeal:{appeal_id}", state=state, answer=answer)


def after_decision(deed: Deed, appeal_id: int, *, confirmed: bool) -> None:
    """The second person has decided on the new marks: the appeal is upheld, or goes back to its examiner."""
    if confirmed:
        deed.session.execute(
            update(Appeal)
            .where(Appeal.id == appeal_id, Appeal.state == "open")
            .values(state="upheld", decided_at=deed.now)
            .execution_options(synchronize_session=False)
        )
    deed.note("appeal.upheld" if confirmed else "appeal.returned", f"appeal:{appeal_id}")
