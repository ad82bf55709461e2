"""Who may mark whom: nobody marks a person whom they train, lead or are, nor one answer twice."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Set
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.domain import call_marks
from lms.domain.marking import Round
from lms.domain.people import Role
from lms.extensions import db
from lms.models.exams import Attempt, Sitting
from lms.models.marking import MarkingTask, Marksheet
from lms.models.people import TRAINEE, TRAINER, CohortMember, Person, PersonRole
from lms.models.roleplays import Call, CallSheet, CallTask

Examiner = int | InstrumentedAttribute[int]  # one person, or whoever a query goes through


def may_mark(examiner_id: Examiner) -> ColumnElement[bool]:
    """A condition on ``Attempt``: its candidate is not the examiner, their trainee, or led by them."""
    trainer, trainee = aliased(CohortMember), aliased(CohortMember)
    trains = exists(
        select(1)
        .select_from(trainer)
        .outerjoin(trainee, and_(trainee.cohort_id == trainer.cohort_id, trainee.part == TRAINEE))
        .where(
            trainer.person_id == examiner_id,
            trainer.part == TRAINER,
            or_(trainee.person_id == Attempt.person_id, trainer.cohort_id == _cohort_of_attempt()),
        )
    )
    leads = exists(select(1).where(Person.id == Attempt.person_id, Person.leader_id == examiner_id))
    return and_(Attempt.person_id != examiner_id, ~trains, ~leads)


def may_examine(examiner_id: int) -> ColumnElement[bool]:
    """A condition on ``Call``: the examiner may play its customer, or mark it."""
    trainer, trainee = aliased(CohortMember), aliased(CohortMember)
    trains = exists(
        select(1)
        .select_from(trainer)
        .join(trainee, and_(trainee.cohort_id == trainer.cohort_id, trainee.part == TRAINEE))
        .where(
            trainer.person_id == examiner_id, trainer.part == TRAINER, trainee.person_id == Call.person_id,
        )
    )  # fmt: skip
    leads = exists(select(1).where(Person.id == Call.person_id, Person.leader_id == examiner_id))
    return and_(Call.person_id != examiner_id, ~trains, ~leads)


def _cohort_of_attempt() -> Any:
    return select(Sitting.cohort_id).where(Sitting.id == Attempt.sitting_id).correlate(Attempt).scalar_subquery()


def holds_no_other_round(examiner_id: int) -> ColumnElement[bool]:
    """A condition on ``MarkingTask``: the examiner has no other round of the same answer."""
    other = aliased(MarkingTask)
    return ~exists(
        select(1).where(
            other.attempt_id == MarkingTask.attempt_id,
            other.position == MarkingTask.position,
            other.id != MarkingTask.id,
            other.lease_holder_id == examiner_id,
        )
    )


def has_marked(examiner_id: Examiner) -> ColumnElement[bool]:
    """A condition on ``Attempt``: the examiner has submitted a sheet for it before any appeal, or has played the
    customer of one of its calls."""
    return or_(_has_marked_answers(examiner_id), _has_marked_calls(examiner_id), _has_played(examiner_id))


def _has_marked_answers(examiner_id: Examiner) -> ColumnElement[bool]:
    return exists(
        select(1)
        .select_from(MarkingTask)
        .join(Marksheet, Marksheet.task_id == MarkingTask.id)
        .where(
            MarkingTask.attempt_id == Attempt.id,
            Marksheet.marker_id == examiner_id,
            Marksheet.submitted_at.is_not(None),
            MarkingTask.round < Round.APPEAL,
        )
    )


def _has_marked_calls(examiner_id: Examiner) -> ColumnElement[bool]:
    return exists(
        select(1)
        .select_from(CallTask)
        .join(CallSheet, CallSheet.task_id == CallTask.id)
        .join(Call, Call.id == CallTask.call_id)
        .where(
            Call.attempt_id == Attempt.id,
            CallSheet.marker_id == examiner_id,
            CallSheet.submitted_at.is_not(None),
            CallTask.round < call_marks.Round.APPEAL,
        )
    )


def _has_played(examiner_id: Examiner) -> ColumnElement[bool]:
    return exists(select(1).where(Call.attempt_id == Attempt.id, Call.examiner_id == examiner_id))


def impartial(examiner_id: Examiner) -> ColumnElement[bool]:
    """A condition on ``Attempt``: the examiner may look at it anew, for they may mark it and have not."""
    return and_(may_mark(examiner_id), ~has_marked(examiner_id))


def impartial_examiners(attempt_ids: Collection[int]) -> Mapping[int, Set[int]]:
    """Of each attempt the active examiners who may look at it anew; nobody: the set is empty."""
    examiner = aliased(Person)
    rows = db.session.execute(
        select(Attempt.id, examiner.id)
        .join(examiner, true())
        .join(PersonRole, and_(PersonRole.person_id == examiner.id, PersonRole.role == Role.EXAMINER.value))
        .where(Attempt.id.in_(attempt_ids), examiner.active, impartial(examiner.id))
    )
    found = defaultdict[int, set[int]](set)
    for attempt_id, examiner_id in rows:
        found[attempt_id].add(examiner_id)
    return found
