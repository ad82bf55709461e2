"""Releasing results: a trainer of the cohort sees them first and lets the candidates know, singly or all at once.

Who has late work that no invigilator has decided on is left out: once released, it could not count any more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, case, exists, func, select, update

from lms.domain.attempts import AttemptState
from lms.domain.invigilation import HANDED_IN
from lms.domain.results import SectionScore, load_sections
from lms.extensions import db
from lms.models.exams import Attempt, Invigilator, Sitting
from lms.models.marking import MarkingTask
from lms.models.people import TRAINER, CohortMember, Person
from lms.services import call_results
from lms.services.late_work import NO_LATE_WORK, late_work
from lms.services.person_names import fold
from lms.services.results import mark_released, newest_results
from lms.services.sitting_papers import plan_of
from lms.services.writing import writing

TO_COME = (AttemptState.SUBMITTED.value, AttemptState.MARKING.value, AttemptState.MARKED.value)


class NotYourSitting(LookupError):
    """There is none, or the person is no trainer of its cohort: the caller cannot tell which."""


@dataclass(frozen=True, slots=True)
class SittingRow:
    """One sitting of one's cohorts, with how many results stand where."""

    sitting_id: int
    title: str
    cohort: str
    closes_at: datetime
    marking: int
    ready: int
    released: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One attempt in the trainer's list of results."""

    attempt_id: int
    number: str
    name: str
    candidate_number: str
    attempt: int
    state: AttemptState
    submitted_at: datetime | None
    due_at: datetime | None
    overdue: bool
    waiting_marks: int
    total: Fraction | None
    passed: bool | None
    sections: Sequence[SectionScore]
    released_at: datetime | None
    revision: int
    cause: str
    search: str  # folded: what the attempt is found by
    late: int = 0  # answers that came late and wait for an invigilator's decision
    customer: str = ""  # llm or mixed, where a model played the customer of a role-play

    @property
    def ready(self) -> bool:
        """Whether the result may be released."""
        return self.state is AttemptState.MARKED and not self.late


@dataclass(frozen=True, slots=True)
class SittingResults:
    sitting_id: int
    title: str
    cohort: str
    closes_at: datetime
    pass_total: Fraction | int
    sections: Sequence[str]
    candidates: Sequence[Candidate]
    invigilators: Sequence[str]
    watches: bool  # whether the trainer is one of them

    @property
    def ready(self) -> int:
        return sum(one.ready for one in self.candidates)

    @property
    def late(self) -> Sequence[Candidate]:
        """Those who are not released before an invigilator has decided on their late work."""
        return [one for one in self.candidates if one.late]

    def count(self, *states: AttemptState) -> int:
        return sum(one.state in states for one in self.candidates)

    @property
    def passed(self) -> int:
        return sum(bool(one.passed) and one.state is not AttemptState.VOID for one in self.candidates)


def _trains(person_id: int) -> Any:
    return exists(
        select(1).where(
            CohortMember.cohort_id == Sitting.cohort_id,
            CohortMember.person_id == person_id,
            CohortMember.part == TRAINER,
        )
    )


def sittings_to_release(trainer_id: int, now: datetime) -> Sequence[SittingRow]:
    """The sittings of the trainer's cohorts in which somebody has handed in, newest first."""

    def counted(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    rows = db.session.execute(
        select(
            Sitting,
            counted(Attempt.state.in_((AttemptState.SUBMITTED.value, AttemptState.MARKING.value))),
            counted(Attempt.state == AttemptState.MARKED.value),
            counted(Attempt.state == AttemptState.RELEASED.value),
            counted(and_(Attempt.state.in_(TO_COME), Attempt.due_at < now)),
        )
        .join(Attempt, Attempt.sitting_id == Sitting.id)
        .where(_trains(trainer_id), Attempt.state.not_in((AttemptState.OPEN.value, AttemptState.VOID.value)))
        .group_by(Sitting.id)
        .order_by(Sitting.closes_at.desc(), Sitting.id.desc())
    )
    return [
        SittingRow(s.id, s.title, s.cohort.name, s.closes_at, marking, ready, released, overdue)
        for s, marking, ready, released, overdue in rows
    ]


def _sitting(trainer_id: int, sitting_id: int) -> Sitting:
    sitting = db.session.execute(
        select(Sitting).where(Sitting.id == sitting_id, _trains(trainer_id))
    ).scalar_one_or_none()
    if sitting is None:
        raise NotYourSitting
    return sitting


def sitting_results(trainer_id: int, sitting_id: int, now: datetime) -> SittingResults:
    """Everybody who handed in, by name. Raises :class:`NotYourSitting`."""
    sitting = _sitting(trainer_id, sitting_id)
    plan = plan_of(sitting.blueprint_version_id)
    rows = db.session.execute(
        select(Attempt, Person)
        .join(Person, Person.id == Attempt.person_id)
        .where(Attempt.sitting_id == sitting_id, Attempt.state != AttemptState.OPEN.value)
        .order_by(Person.sort_key, Attempt.number)
        .execution_options(populate_existing=True)
    ).all()
    ids = [attempt.id for attempt, _person in rows]
    results, waiting = newest_results(ids), _waiting_marks(ids)
    modelled = call_results.played_by_models(ids)
    late = late_work([attempt.id for attempt, _person in rows if attempt.state in HANDED_IN])
    candidates = []
    for attempt, person in rows:
        # Marked once more after a regrade, its earlier result says nothing yet.
        result = None if attempt.state == AttemptState.MARKING else results.get(attempt.id)
        candidates.append(
            Candidate(
                attempt_id=attempt.id,
                number=person.number,
                name=person.name,
                candidate_number=attempt.candidate_number,
                attempt=attempt.number,
                state=AttemptState(attempt.state),
                submitted_at=attempt.submitted_at,
                due_at=attempt.due_at,
                overdue=attempt.state in TO_COME and attempt.due_at is not None and attempt.due_at < now,
                waiting_marks=waiting.get(attempt.id, 0),
                total=result.total if result else None,
                passed=result.passed if result else None,
                sections=load_sections(result.sections) if result else (),
                released_at=result.released_at if result else None,
                revision=result.revision if result else 0,
                cause=result.cause if result else "",
                search=f"{person.search}\n{fold(attempt.candidate_number)}",
                late=late.get(attempt.id, NO_LATE_WORK).waiting,
                customer=modelled.get(attempt.id, ""),
            )
        )
    names = [part.section.value for part in plan.sections]
    watching = _invigilators(sitting_id)
    return SittingResults(
        sitting.id, sitting.title, sitting.cohort.name, sitting.closes_at, plan.pass_total, names, candidates,
        list(watching.values()), trainer_id in watching,
    )  # fmt: skip


def _invigilators(sitting_id: int) -> dict[int, str]:
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(Invigilator, Invigilator.person_id == Person.id)
        .where(Invigilator.sitting_id == sitting_id)
        .order_by(Person.sort_key)
    )
    return {row[0]: row[1] for row in rows}


def _waiting_marks(attempt_ids: Collection[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(MarkingTask.attempt_id, func.count())
        .where(MarkingTask.attempt_id.in_(attempt_ids), MarkingTask.state == "open")
        .group_by(MarkingTask.attempt_id)
    )
    return {row[0]: row[1] for row in rows}


def release(trainer_id: int, sitting_id: int, attempt_ids: Collection[int] | None, now: datetime) -> int:
    """Let the candidates see their results: those of ``attempt_ids``, or all that are ready; how many were released.

    Only an attempt with all marks in (marked) moves, only once, and not while late work waits for a decision. Nobody
    releases their own. Raises :class:`NotYourSitting`.
    """
    _sitting(trainer_id, sitting_id)
    query = select(Attempt.id).where(
        Attempt.sitting_id == sitting_id,
        Attempt.state == AttemptState.MARKED.value,
        Attempt.person_id != trainer_id,
    )
    if attempt_ids is not None:
        query = query.where(Attempt.id.in_(attempt_ids))
    # Held in the order in which a correction takes them, so that no newer revision comes in between.
    query = query.order_by(Attempt.id).with_for_update()
    with writing(trainer_id, now) as deed:
        marked = list(deed.session.execute(query).scalars())
        late = late_work(marked)
        ready = [attempt_id for attempt_id in marked if not late.get(attempt_id, NO_LATE_WORK).waiting]
        results = newest_results(ready)
        count = 0
        for attempt_id in ready:
            moved: Any = deed.session.execute(
                update(Attempt)
                .where(Attempt.id == attempt_id, Attempt.state == AttemptState.MARKED.value)
                .values(state=AttemptState.RELEASED.value)
                .execution_options(synchronize_session=False)
            )
            if moved.rowcount and mark_released(deed, attempt_id, results[attempt_id].revision):
                deed.note("result.released", f"attempt:{attempt_id}", revision=results[attempt_id].revision)
                count += 1
        return count
