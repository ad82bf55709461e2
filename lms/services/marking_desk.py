"""The marking desk: one answer under one's lease, its draft saved as one marks, submitted once and for good."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from lms.domain.marking import LONGEST_COMMENT, Marks, Round, read_marks
from lms.domain.questions import Written
from lms.extensions import db
from lms.models.exams import Attempt, PaperQuestion
from lms.models.marking import MarkingTask, Marksheet
from lms.models.people import Person
from lms.services import marking, paper_shelf
from lms.services.key_shelf import whole_question
from lms.services.marking_queue import LEASE
from lms.services.writing import Deed, writing


class NotForYou(LookupError):
    """There is no such answer, or it is not under this examiner's hand: the caller cannot tell which."""


class TakenByAnother(Exception):
    """The lease ran out and another examiner took the answer, or it no longer counts; ``draft`` is what one saved."""

    def __init__(self, draft: "Draft") -> None:
        self.draft = draft
        super().__init__()


class DraftConflict(Exception):
    """Another window of the same examiner saved meanwhile; ``theirs`` is what it saved."""

    def __init__(self, theirs: "Draft") -> None:
        self.theirs = theirs
        super().__init__()


class AlreadySubmitted(Exception):
    """The marks are in; they are changed by an appeal or by two persons, not here."""


@dataclass(frozen=True, slots=True)
class Draft:
    marks: Marks
    comment: str
    version: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class OtherMarks:
    """What another examiner gave for the same answer; nobody is named."""

    round: int
    marks: Marks
    comment: str


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the desk shows. Of the candidate nothing but the number (no name, no cohort, no attempt id)."""

    task_id: int
    version_id: int
    candidate_number: str
    language: str  # of the paper
    stem: str
    answer: str
    question: Written
    draft: Draft
    due_at: datetime | None
    lease_until: datetime | None
    submitted_at: datetime | None
    others: Sequence[OtherMarks]  # only once one's own marks are in


_MINE = (
    select(MarkingTask, Marksheet, Attempt, PaperQuestion.answer)
    .join(Marksheet, Marksheet.task_id == MarkingTask.id)
    .join(Attempt, Attempt.id == MarkingTask.attempt_id)
    .join(
        PaperQuestion,
        (PaperQuestion.attempt_id == MarkingTask.attempt_id) & (PaperQuestion.position == MarkingTask.position),
    )
)


def _load(examiner_id: int, task_id: int) -> Any:
    """(task, own sheet, attempt, answer); raises :class:`NotForYou`."""
    row = db.session.execute(
        _MINE.where(
            MarkingTask.id == task_id, Marksheet.marker_id == examiner_id, MarkingTask.round < Round.APPEAL
        ).execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotForYou
    return row


def desk(examiner_id: int, task_id: int) -> Desk:
    """Raises :class:`NotForYou`, or :class:`TakenByAnother` where one lost the lease."""
    task, sheet, attempt, answer = _load(examiner_id, task_id)
    submitted = sheet.submitted_at is not None
    if not submitted and (task.lease_holder_id != examiner_id or task.state != "open"):
        raise TakenByAnother(_draft(sheet))
    paper = paper_shelf.any_paper(attempt.id)
    if paper is None:
        raise NotForYou
    return Desk(
        task_id=task.id,
        version_id=task.version_id,
        candidate_number=attempt.candidate_number,
        language=paper.language,
        stem=paper.question(task.position).stem,
        answer=json.loads(answer),
        question=_guide(task.version_id, sheet.key_id),
        draft=_draft(sheet),
        due_at=attempt.due_at,
        lease_until=task.lease_until,
        submitted_at=sheet.submitted_at,
        others=_others(task, examiner_id) if submitted else [],
    )


def _guide(version_id: int, key_id: int) -> Written:
    question = whole_question(key_id)
    if not isinstance(question, Written):
        raise TypeError(f"version {version_id} is not marked by people")
    return question


def _draft(sheet: Marksheet) -> Draft:
    return Draft(dict(sheet.marks), sheet.comment, sheet.version, sheet.saved_at)


def _others(task: MarkingTask, examiner_id: int) -> list[OtherMarks]:
    rows = db.session.execute(
        select(MarkingTask.round, Marksheet.marks, Marksheet.comment)
        .join(Marksheet, Marksheet.task_id == MarkingTask.id)
        .where(
            MarkingTask.attempt_id == task.attempt_id,
            MarkingTask.position == task.position,
            Marksheet.marker_id != examiner_id,
            Marksheet.submitted_at.is_not(None),
        )
        .order_by(MarkingTask.round)
    )
    return [OtherMarks(*row) for row in rows]


def save_draft(
    examiner_id: int, task_id: int, sent: Mapping[str, object], comment: str, version: int, now: datetime
) -> tuple[Draft, datetime]:
    """Save what is marked so far and renew the lease: (the draft with its new version, lease until).

    Raises MarksRejected, :class:`NotForYou`, :class:`TakenByAnother`, :class:`DraftConflict`,
    :class:`AlreadySubmitted`.
    """
    task, sheet, _attempt, _answer = _load(examiner_id, task_id)
    marks = read_marks(sent, _guide(task.version_id, sheet.key_id).guide, whole=False)
    with writing(examiner_id, now) as deed:
        _renew(deed, examiner_id, task_id)
        saved = _write_sheet(deed, examiner_id, task_id, marks, comment, version, submitted_at=None)
    return saved, now + LEASE


def renew_lease(examiner_id: int, task_id: int, now: datetime) -> datetime:
    """The examiner is still at it (reads, scrolls). Raises as :func:`save_draft`."""
    _load(examiner_id, task_id)
    with writing(examiner_id, now) as deed:
        _renew(deed, examiner_id, task_id)
    return now + LEASE


def _renew(deed: Deed, examiner_id: int, task_id: int, *, done: bool = False) -> None:
    """Compare-and-set on the lease; a lapsed one that nobody took is still one's own."""
    renewed: Any = deed.session.execute(
        update(MarkingTask)
        .where(MarkingTask.id == task_id, MarkingTask.state == "open", MarkingTask.lease_holder_id == examiner_id)
        .values(lease_until=None if done else deed.now + LEASE, **({"state": "done"} if done else {}))
        .execution_options(synchronize_session=False)
    )
    if renewed.rowcount == 0:
        _task, sheet, *_rest = _load(examiner_id, task_id)
        if sheet.submitted_at is not None:
            raise AlreadySubmitted
        raise TakenByAnother(_draft(sheet))


def _write_sheet(
    deed: Deed,
    examiner_id: int,
    task_id: int,
    marks: Marks,
    comment: str,
    version: int,
    *,
    submitted_at: datetime | None,
) -> Draft:
    text = comment[:LONGEST_COMMENT]
    written: Any = deed.session.execute(
        update(Marksheet)
        .where(
            Marksheet.task_id == task_id,
            Marksheet.marker_id == examiner_id,
            Marksheet.version == version,
            Marksheet.submitted_at.is_(None),
        )
        .values(marks=marks, comment=text, version=version + 1, saved_at=deed.now, submitted_at=submitted_at)
        .execution_options(synchronize_session=False)
    )
    if written.rowcount == 0:
        raise DraftConflict(_draft(_load(examiner_id, task_id)[1]))
    return Draft(marks, text, version + 1, deed.now)


def submit(
    examiner_id: int, task_id: int, sent: Mapping[str, object], comment: str, version: int, now: datetime
) -> int:
    """Give the marks for good; the version id of the question, to go on with. A second time changes nothing.

    Raises as :func:`save_draft`, save that marks already submitted are no error.
    """
    task, sheet, attempt, _answer = _load(examiner_id, task_id)
    if sheet.submitted_at is not None:
        return int(task.version_id)
    marks = read_marks(sent, _guide(task.version_id, sheet.key_id).guide, whole=True)
    try:
        with writing(examiner_id, now) as deed:
            # The attempt before its tasks, as whoever voids or reopens it takes them.
            deed.session.execute(select(Attempt.id).where(Attempt.id == attempt.id).with_for_update())
            _renew(deed, examiner_id, task_id, done=True)
            _write_sheet(deed, examiner_id, task_id, marks, comment, version, submitted_at=now)
            deed.note("mark.submitted", f"task:{task_id}", attempt=attempt.id, round=task.round, marks=marks)
            marking.advance(deed, attempt, task.position)
    except AlreadySubmitted:
        pass
    return int(task.version_id)


def give_back(examiner_id: int, task_id: int, now: datetime) -> None:
    """Let another examiner take the answer; one's own draft stays."""
    _load(examiner_id, task_id)
    with writing(examiner_id, now) as deed:
        deed.session.execute(
            update(MarkingTask)
            .where(MarkingTask.id == task_id, MarkingTask.state == "open", MarkingTask.lease_holder_id == examiner_id)
            .values(lease_holder_id=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )


def choose_digit_keys(person_id: int, on: bool, now: datetime) -> None:
    """Single-key shortcuts can be switched off (WCAG 2.1.4)."""
    with writing(person_id, now) as deed:
        deed.session.execute(update(Person).where(Person.id == person_id).values(digit_keys=on))
