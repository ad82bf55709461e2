"""What each role's first screen counts; one statement a figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import Select, func, select

from lms.domain.attempts import AttemptState
from lms.domain.next_step import Chance, NextStep, next_step
from lms.extensions import db
from lms.models.bank import Question
from lms.models.exams import Attempt, Sitting
from lms.models.marking import MarkingTask, Result
from lms.models.people import TRAINER, CohortMember, Person
from lms.models.roleplays import Call
from lms.services import appeals
from lms.services.marking_access import may_examine
from lms.services.marking_queue import held_by_no_other, markable
from lms.services.my_exams import MySitting
from lms.services.proposals import to_decide
from lms.services.sign_in import SignedIn


def my_next_step(sittings: Sequence[MySitting], now: datetime) -> NextStep:
    return next_step([_chance(sitting) for sitting in sittings], now)


def _chance(sitting: MySitting) -> Chance:
    def newest(state: AttemptState) -> int | None:
        return next((attempt.attempt_id for attempt in sitting.attempts if attempt.state is state), None)

    return Chance(
        sitting.sitting_id,
        sitting.opens_at,
        sitting.closes_at,
        sitting.may_start,
        bool(sitting.attempts),
        newest(AttemptState.OPEN),
        newest(AttemptState.RELEASED),
    )


@dataclass(frozen=True)
class TrainerFigures:
    running: int
    to_release: int
    overdue: int
    in_review: int
    proposals: int


def trainer_figures(person: SignedIn, now: datetime) -> TrainerFigures:
    """Sittings that run now; results of one's own cohorts; what waits for a second pair of eyes."""
    mine = (
        select(Sitting.id)
        .join(CohortMember, CohortMember.cohort_id == Sitting.cohort_id)
        .where(CohortMember.person_id == person.person_id, CohortMember.part == TRAINER)
    )
    unreleased = select(func.count()).where(
        Attempt.sitting_id.in_(mine), Attempt.state.in_(("submitted", "marking", "marked"))
    )
    return TrainerFigures(
        running=_count(
            select(func.count()).where(Sitting.opens_at <= now, Sitting.closes_at > now, Sitting.cancelled_at.is_(None))
        ),
        to_release=_count(
            select(func.count()).where(Attempt.sitting_id.in_(mine), Attempt.state == AttemptState.MARKED.value)
        ),
        overdue=_count(unreleased.where(Attempt.due_at < now)),
        in_review=_count(select(func.count()).where(Question.state == "review")),
        proposals=to_decide(person),
    )


@dataclass(frozen=True)
class ExaminerFigures:
    waiting: int
    earliest_due: datetime | None
    appeals: int
    calling: int  # calls that wait for somebody to play their customer


def examiner_figures(person_id: int, now: datetime) -> ExaminerFigures:
    """Answers that this examiner can take now, however many rounds they have, and the first due date among them."""
    answers = (
        select(MarkingTask.attempt_id, MarkingTask.position, Attempt.due_at)
        .join(Attempt, Attempt.id == MarkingTask.attempt_id)
        .where(markable(person_id), held_by_no_other(person_id, now))
        .distinct()
        .subquery()
    )
    waiting, due = db.session.execute(select(func.count(), func.min(answers.c.due_at)).select_from(answers)).one()
    calling = _count(select(func.count()).where(Call.state == "waiting", may_examine(person_id)))
    return ExaminerFigures(waiting, due, appeals.open_for(person_id), calling)


def active_people() -> int:
    return _count(select(func.count()).where(Person.active))


@dataclass(frozen=True)
class TeamResult:
    name: str
    number: str
    sitting: str
    total: Fraction
    passed: bool
    released_at: datetime | None


def team_results(leader_id: int, limit: int = 20) -> list[TeamResult]:
    """The newest released results of the people whom this person leads, to be talked through one to one."""
    newest = (
        select(func.max(Result.revision)).where(Result.attempt_id == Attempt.id).correlate(Attempt).scalar_subquery()
    )
    rows = db.session.execute(
        select(Person.name, Person.number, Sitting.title, Result.total, Result.passed, Result.released_at)
        .join(Attempt, Attempt.person_id == Person.id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(Result, (Result.attempt_id == Attempt.id) & (Result.revision == newest))
        .where(Person.leader_id == leader_id, Attempt.state == AttemptState.RELEASED.value)
        .order_by(Result.released_at.desc())
        .limit(limit)
    )
    return [TeamResult(*row) for row in rows]


def _count(statement: Select[int]) -> int:
    return db.session.execute(statement).scalar_one()
