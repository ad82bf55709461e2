"""An appeal against an exam: its written answers marked anew, unseen by what was given, then answered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.domain.frozen_paper import FrozenQuestion
from lms.domain.marking import LONGEST_COMMENT, Marks, Round, read_marks, share_of
from lms.domain.questions import Question, Written
from lms.extensions import db
from lms.models.marking import MarkingTask, Marksheet
from lms.services import paper_shelf
from lms.services.appeal_answers import AppealTaken, conclude, taken
from lms.services.appeals import AppealRefused, NoSuchAppeal
from lms.services.change_marks import propose_change
from lms.services.key_shelf import newest_keys, whole_question
from lms.services.marking import OnPaper, questions_of
from lms.services.writing import Deed, writing


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
    """An appeal against an exam on the examiner's desk."""

    appeal: AppealTaken
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
    appeal = taken(examiner_id, appeal_id)
    paper = paper_shelf.any_paper(appeal.attempt_id)
    if paper is None:
        raise NoSuchAppeal
    on_paper = [one for one in questions_of(appeal.attempt_id) if _concerns(appeal, one)]
    keys = newest_keys([one.version_id for one in on_paper])
    questions = []
    for one in on_paper:
        own, earlier = _sheets(appeal.attempt_id, one.position, examiner_id)
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
    return Contest(appeal, questions)


def _concerns(appeal: AppealTaken, one: OnPaper) -> bool:
    return one.for_people if appeal.position is None else appeal.position == one.position


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
    if contested.marked or contested.appeal.state != "open":
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
                _add_sheet(deed, contested.appeal.attempt_id, one, marks[position], comment)
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

    Raises NoSuchAppeal, AppealRefused, ProposalRefused.
    """
    contested = contest(examiner_id, appeal_id)
    if not contested.ready:
        raise AppealRefused("marks-missing")
    shares = raised_shares(contested) if uphold else {}

    def propose(deed: Deed, said: str) -> int:
        return propose_change(deed, contested.appeal.attempt_id, shares, said, appeal_id=appeal_id)

    verdict = "upheld" if uphold else "rejected"
    return conclude(contested.appeal, examiner_id, verdict=verdict, answer=answer, now=now,
                    propose=propose if shares else None)  # fmt: skip
