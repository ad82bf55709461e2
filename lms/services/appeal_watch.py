"""Appeals as trainers watch them: those that wait for an answer, and those whose question has a wrong key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select

from lms.domain.proposals import DeedKind
from lms.domain.questions import Kind
from lms.domain.roleplay_plans import KIND as ROLEPLAY
from lms.extensions import db
from lms.models.audit import Proposal
from lms.models.bank import Question, QuestionKey, QuestionVersion
from lms.models.exams import Attempt, PaperQuestion, Sitting
from lms.models.marking import Appeal
from lms.models.people import TRAINER, CohortMember, Person
from lms.services.appeals import kind_of_attempt, waiting_of
from lms.services.calibration import may_mark_calls
from lms.services.marking_access import impartial_examiners


@dataclass(frozen=True, slots=True)
class PendingAppeal:
    """``nobody``: it is not taken, and no active examiner could take it."""

    id: int
    sitting_id: int
    sitting: str
    kind: str
    name: str
    candidate_number: str
    position: int | None
    due_at: datetime
    overdue: bool
    taken: bool
    waiting: bool  # for the second person
    nobody: bool


def pending(trainer_id: int, now: datetime, sitting_id: int | None = None) -> Sequence[PendingAppeal]:
    """Appeals of the trainer's cohorts, or of one sitting among theirs, that are not answered yet: first due first."""
    mine = exists(
        select(1).where(
            CohortMember.cohort_id == Sitting.cohort_id,
            CohortMember.person_id == trainer_id,
            CohortMember.part == TRAINER,
        )
    )
    query = (
        select(Appeal, Attempt, Sitting.title, Person.name)
        .join(Attempt, Attempt.id == Appeal.attempt_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(Person, Person.id == Attempt.person_id)
        .where(mine, Appeal.state == "open")
        .order_by(Appeal.due_at, Appeal.id)
    )
    if sitting_id is not None:
        query = query.where(Sitting.id == sitting_id)
    rows = db.session.execute(query).all()
    waiting = waiting_of([appeal.id for appeal, *_rest in rows])
    untaken = {attempt.id for appeal, attempt, *_rest in rows if appeal.examiner_id is None}
    impartial = impartial_examiners(untaken)
    found = []
    for appeal, attempt, title, name in rows:
        kind = kind_of_attempt(attempt)
        may_take = (
            one for one in impartial.get(attempt.id, ()) if kind != ROLEPLAY or may_mark_calls(one)
        )  # calls are marked by calibrated examiners
        found.append(
            PendingAppeal(
                id=appeal.id,
                sitting_id=attempt.sitting_id,
                sitting=title,
                kind=kind,
                name=name,
                candidate_number=attempt.candidate_number,
                position=appeal.position,
                due_at=appeal.due_at,
                overdue=appeal.due_at < now,
                taken=appeal.examiner_id is not None,
                waiting=appeal.id in waiting,
                nobody=appeal.examiner_id is None and next(may_take, None) is None,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class KeyInDoubt:
    """An objective question about which an appeal was upheld; ``proposal_id``: of its correction that waits."""

    version_id: int
    code: str
    number: int
    candidate_number: str
    answer: str
    decided_at: datetime | None
    proposal_id: int | None


def keys_in_doubt() -> Sequence[KeyInDoubt]:
    """Upheld appeals against objective questions whose key nobody has corrected since they were raised: no mark
    moves until a trainer does."""
    corrected = exists(
        select(1).where(QuestionKey.version_id == PaperQuestion.version_id, QuestionKey.saved_at > Appeal.raised_at)
    )
    rows = db.session.execute(
        select(
            QuestionVersion.id, Question.code, QuestionVersion.number, Attempt.candidate_number, Appeal.answer,
            Appeal.decided_at,
        )
        .select_from(Appeal)
        .join(Attempt, Attempt.id == Appeal.attempt_id)
        .join(
            PaperQuestion,
            and_(PaperQuestion.attempt_id == Appeal.attempt_id, PaperQuestion.position == Appeal.position),
        )
        .join(QuestionVersion, QuestionVersion.id == PaperQuestion.version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(
            Appeal.state == "upheld", PaperQuestion.kind != Kind.WRITTEN.value, Attempt.state != "void", ~corrected
        )
        .order_by(Appeal.decided_at, Appeal.id)
    ).all()  # fmt: skip
    proposed = _proposed({row[0] for row in rows})
    return [KeyInDoubt(*row, proposal_id=proposed.get(row[0])) for row in rows]


def _proposed(version_ids: set[int]) -> dict[int, int]:
    """Versions whose correction waits for a second trainer → the proposal."""
    subjects = {f"version:{version_id}": version_id for version_id in version_ids}
    waiting = select(Proposal.subject, Proposal.id).where(
        Proposal.state == "open", Proposal.deed == DeedKind.REGRADE.value, Proposal.subject.in_(subjects)
    )
    return {subjects[subject]: proposal_id for subject, proposal_id in db.session.execute(waiting)}
