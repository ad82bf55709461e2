"""Marking from hand-in to result: which written answers wait for examiners, and what all marks come to.

Everything here runs within the caller's deed: hand-in settles an attempt, a submitted marksheet advances it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update

from lms.domain.attempts import AttemptState
from lms.domain.blueprints import Blueprint
from lms.domain.double_marking import agreed, chosen, near_a_line
from lms.domain.marking import Round
from lms.domain.questions import Kind
from lms.domain.results import Earned, Outcome, outcome
from lms.extensions import db
from lms.models.bank import Question
from lms.models.exams import Attempt, PaperQuestion
from lms.models.marking import MarkingTask, Marksheet, Result
from lms.services.calendar import due_after
from lms.services.sitting_papers import blueprint_of
from lms.services.writing import Deed

RESULT_DUE_DAYS = 3
ZONE = ZoneInfo("Asia/Shanghai")  # working days are China's (contract 12), wherever a page is read

_ON_PAPER: Any = PaperQuestion.__table__


def on_paper(table: Any) -> list[ColumnElement[Any]]:
    """The columns of :class:`OnPaper`, of the table of paper questions."""
    names = ("position", "version_id", "section", "kind", "points", "answer", "share", "key_id")
    topic = select(Question.topic).where(Question.id == table.c.question_id).correlate(table).scalar_subquery()
    return [*(table.c[name] for name in names), topic]


_QUESTIONS = (
    select(*on_paper(_ON_PAPER)).where(_ON_PAPER.c.attempt_id == bindparam("attempt")).order_by(_ON_PAPER.c.position)
)
_QUESTIONS_OF_ALL = (
    select(_ON_PAPER.c.attempt_id, *on_paper(_ON_PAPER))
    .where(_ON_PAPER.c.attempt_id.in_(bindparam("attempts", expanding=True)))
    .order_by(_ON_PAPER.c.attempt_id, _ON_PAPER.c.position)
)
_SET_SHARE = (
    update(_ON_PAPER)
    .where(_ON_PAPER.c.attempt_id == bindparam("attempt"), _ON_PAPER.c.position == bindparam("at"))
    .values(share=bindparam("earned"))
)
_MARKED_TWICE = select(MarkingTask.attempt_id, MarkingTask.position).where(
    MarkingTask.attempt_id.in_(bindparam("attempts", expanding=True)), MarkingTask.round == Round.SECOND
)
_NEWEST_REVISION = select(func.coalesce(func.max(Result.revision), 0)).where(Result.attempt_id == bindparam("attempt"))
_ADD_TASKS = insert(MarkingTask.__table__)  # type: ignore[arg-type]
_ADD_RESULT = insert(Result.__table__)  # type: ignore[arg-type]
_ATTEMPTS: Any = Attempt.__table__
_MOVE = (
    update(_ATTEMPTS)
    .where(_ATTEMPTS.c.id == bindparam("attempt"), _ATTEMPTS.c.state == bindparam("before"))
    .values(state=bindparam("after"))
)
_MOVE_AND_SET_DUE = _MOVE.values(due_at=bindparam("due"))
_TASKS = select(MarkingTask.position, MarkingTask.round, MarkingTask.state).where(
    MarkingTask.attempt_id == bindparam("attempt")
)
_GIVEN = (
    select(Marksheet.marks)
    .join(MarkingTask, MarkingTask.id == Marksheet.task_id)
    .where(
        MarkingTask.attempt_id == bindparam("attempt"),
        MarkingTask.position == bindparam("at"),
        MarkingTask.round < Round.APPEAL,
        Marksheet.submitted_at.is_not(None),
    )
    .order_by(MarkingTask.round)
)


@dataclass(frozen=True, slots=True)
class OnPaper:
    """One question of a paper as marking knows it; ``answer`` is JSON text, None where left blank."""

    position: int
    version_id: int
    section: str
    kind: str
    points: int
    answer: str | None
    share: Fraction | None
    key_id: int | None
    topic: str

    @property
    def for_people(self) -> bool:
        """A written answer: examiners mark it; a blank one is nothing to be marked."""
        return self.kind == Kind.WRITTEN and self.answer is not None

    @property
    def earned(self) -> Earned:
        if self.share is None:
            raise LookupError(f"question {self.position} has not been marked")
        return Earned(self.section, self.points, self.share, self.topic)


def questions_of(attempt_id: int) -> list[OnPaper]:
    return [OnPaper(*row) for row in db.session.execute(_QUESTIONS, {"attempt": attempt_id})]


def questions_of_all(attempt_ids: Collection[int]) -> dict[int, list[OnPaper]]:
    """Attempt id → its questions, in one statement."""
    papers: dict[int, list[OnPaper]] = {attempt_id: [] for attempt_id in attempt_ids}
    for attempt_id, *row in db.session.execute(_QUESTIONS_OF_ALL, {"attempts": list(attempt_ids)}):
        papers[attempt_id].append(OnPaper(*row))
    return papers


def blueprint_for(attempt: Attempt) -> Blueprint:
    return blueprint_of(attempt.sitting.blueprint_version_id)


def settle(deed: Deed, attempt: Attempt, questions: Sequence[OnPaper]) -> None:
    """Take over an attempt that was just handed in, what a machine can tell written: submitted → marking or marked.

    Every written answer becomes a task, a seeded share of them two. With nothing for people to mark the result is
    computed. Costs three statements.
    """
    blueprint = blueprint_for(attempt)
    waiting = [one for one in questions if one.for_people]
    if waiting:
        double = blueprint.marking.double_share
        rounds = [(attempt.id, one, Round.FIRST) for one in waiting]
        rounds += [(attempt.id, one, Round.SECOND) for one in waiting if chosen(attempt.seed, one.position, double)]
        add_tasks(deed, rounds)
        after = AttemptState.MARKING
    else:
        computed = outcome(blueprint, [one.earned for one in questions])
        store_result(deed, attempt.id, computed, cause="marking", revision=1)
        after = AttemptState.MARKED
    deed.session.execute(
        _MOVE_AND_SET_DUE,
        {
            "attempt": attempt.id,
            "before": AttemptState.SUBMITTED.value,
            "after": after.value,
            "due": result_due(attempt.submitted_at or deed.now),
        },
    )
    deed.session.expire(attempt)


def result_due(submitted_at: datetime) -> datetime:
    return due_after(submitted_at, RESULT_DUE_DAYS, ZONE)


def set_shares(deed: Deed, attempt_id: int, shares: dict[int, Fraction]) -> None:
    """Position → share of the question's points."""
    if shares:
        rows = [{"attempt": attempt_id, "at": position, "earned": share} for position, share in shares.items()]
        deed.session.connection().execute(_SET_SHARE, rows)


def add_tasks(deed: Deed, asked: Sequence[tuple[int, OnPaper, Round]]) -> None:
    """(attempt id, written answer, round), in one statement."""
    rows = [
        {
            "attempt_id": attempt_id,
            "position": question.position,
            "version_id": question.version_id,
            "round": int(round_),
            "state": "open",
            "created_at": deed.now,
        }
        for attempt_id, question, round_ in asked
    ]
    if rows:
        deed.session.connection().execute(_ADD_TASKS, rows)


def move_to_marked(deed: Deed, attempt_id: int, *, before: AttemptState, due: datetime) -> None:
    """For an attempt that no person has to mark."""
    after = AttemptState.MARKED.value
    moving = {"attempt": attempt_id, "before": before.value, "after": after, "due": due}
    deed.session.execute(_MOVE_AND_SET_DUE, moving)


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a result, to be stored; ``released`` with it, by the deed's actor."""

    attempt_id: int
    number: int
    computed: Outcome
    released: bool = False


def store_result(deed: Deed, attempt_id: int, computed: Outcome, *, cause: str, revision: int, **told: Any) -> None:
    """The next revision of a result; ``told``: what its entry in the trail says besides."""
    store_results(deed, [Revision(attempt_id, revision, computed)], cause, **told)


def store_results(deed: Deed, revisions: Sequence[Revision], cause: str, **told: Any) -> None:
    """The next revisions of several results, in one statement."""
    rows = [
        {
            "attempt_id": one.attempt_id,
            "revision": one.number,
            "sections": one.computed.dump_sections(),
            "total": one.computed.total,
            "passed": one.computed.passed,
            "cause": cause,
            "computed_at": deed.now,
            "released_at": deed.now if one.released else None,
            "released_by": deed.actor_id if one.released else None,
        }
        for one in revisions
    ]
    if rows:
        deed.session.connection().execute(_ADD_RESULT, rows)
    for one in revisions:
        deed.note(
            "result.computed",
            f"attempt:{one.attempt_id}",
            revision=one.number,
            total=str(one.computed.total),
            passed=one.computed.passed,
            cause=cause,
            **told,
        )


def advance(deed: Deed, attempt: Attempt, position: int) -> None:
    """After one more marksheet: call a third marker, wait for the second, or take what they agree on.

    The last answer of an attempt gives its result, unless it lies so near a pass line that a second examiner
    marks all written answers first. Nothing happens to an attempt that is no longer being marked (void). The caller
    holds the attempt.
    """
    blueprint = blueprint_for(attempt)
    questions = {one.position: one for one in questions_of(attempt.id)}
    tasks = deed.session.execute(_TASKS, {"attempt": attempt.id}).all()
    if any(task.position == position and task.state == "open" for task in tasks):
        return
    given = deed.session.execute(_GIVEN, {"attempt": attempt.id, "at": position}).scalars()
    question = questions[position]
    points = agreed([sum(marks.values()) for marks in given], blueprint.marking.tolerance)
    if points is None:
        add_tasks(deed, [(attempt.id, question, Round.THIRD)])
        return
    set_shares(deed, attempt.id, {position: points / question.points})
    if not any(task.state == "open" for task in tasks):
        _finish(deed, attempt, blueprint, {(task.position, task.round) for task in tasks})


def _finish(deed: Deed, attempt: Attempt, blueprint: Blueprint, rounds: set[tuple[int, int]]) -> None:
    questions = questions_of(attempt.id)
    computed = outcome(blueprint, [one.earned for one in questions])
    near = _written_near_a_line(blueprint, computed, questions)
    if single := [one for one in near if (one.position, Round.SECOND) not in rounds]:
        add_tasks(deed, [(attempt.id, one, Round.SECOND) for one in single])
        deed.note("attempt.second-marking", f"attempt:{attempt.id}", total=str(computed.total))
        return
    moved: Any = deed.session.execute(
        _MOVE,
        {"attempt": attempt.id, "before": AttemptState.MARKING.value, "after": AttemptState.MARKED.value},
    )
    if moved.rowcount:
        # There are earlier ones where a regrade has called the second examiner.
        revision = deed.session.execute(_NEWEST_REVISION, {"attempt": attempt.id}).scalar_one() + 1
        store_result(deed, attempt.id, computed, cause="marking", revision=revision)
    deed.session.expire(attempt)


def _written_near_a_line(blueprint: Blueprint, computed: Outcome, questions: Sequence[OnPaper]) -> list[OnPaper]:
    """The written answers of a result so near a pass line that two examiners mark them; none where it is not."""
    written = [one for one in questions if one.for_people]
    return written if near_a_line(blueprint, computed, {one.section for one in written}) else []


def second_markings(
    attempts: Sequence[Attempt], computed: Mapping[int, Outcome], papers: Mapping[int, Sequence[OnPaper]]
) -> dict[int, list[OnPaper]]:
    """Attempt id → the written answers that a second examiner has to mark before the release: of attempts that count
    as marked, and whose results (``computed``) have only now come near a pass line."""
    near = {
        one.id: _written_near_a_line(blueprint_for(one), computed[one.id], papers[one.id])
        for one in attempts
        if one.state == AttemptState.MARKED and one.id in computed
    }
    near = {attempt_id: written for attempt_id, written in near.items() if written}
    if not near:
        return {}
    twice = {tuple(row) for row in db.session.execute(_MARKED_TWICE, {"attempts": list(near)})}
    single = {
        attempt_id: [one for one in written if (attempt_id, one.position) not in twice]
        for attempt_id, written in near.items()
    }
    return {attempt_id: written for attempt_id, written in single.items() if written}


def mark_again(deed: Deed, asked: Mapping[int, Sequence[OnPaper]], computed: Mapping[int, Outcome]) -> None:
    """Marked → marking, for the second examiner (:func:`second_markings`). The caller holds the attempts."""
    if not asked:
        return
    add_tasks(deed, [(attempt_id, one, Round.SECOND) for attempt_id, single in asked.items() for one in single])
    moves = [
        {"attempt": attempt_id, "before": AttemptState.MARKED.value, "after": AttemptState.MARKING.value}
        for attempt_id in asked
    ]
    deed.session.connection().execute(_MOVE, moves)
    for attempt_id in asked:
        deed.note("attempt.second-marking", f"attempt:{attempt_id}", total=str(computed[attempt_id].total))
