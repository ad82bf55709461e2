"""Everything that happened around one attempt, in order, for the invigilator: no answers, no marks."""

import json
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import select

from lms.domain.invigilation import HANDED_IN
from lms.extensions import db
from lms.models.exams import Attempt, AttemptEvent, PaperQuestion, Save, Sitting
from lms.models.people import Person
from lms.services.attempts import answers_that_count
from lms.services.drill_results import runs_of
from lms.services.invigilation import NoSuchAttempt, marked_by_people
from lms.services.late_work import NO_LATE_WORK, late_work, same_answer
from lms.services.live_view import watched
from lms.services.run_scores import journal_of
from lms.services.sitting_progress import is_drill_sitting


@dataclass(frozen=True)
class Event:
    """``kind`` as stored, or ``started``, ``saves`` (details: count, until), ``handed-in`` (details: by), and of a
    drill ``task-begun`` and ``task-ended`` (details: position; actions, lag_ms)."""

    at: datetime
    kind: str
    actor: str
    details: dict[str, Any]


@dataclass(frozen=True)
class LateSave:
    """``same``: it says what counts already."""

    position: int
    kind: str
    saved_at: datetime
    blank: bool
    same: bool


@dataclass(frozen=True)
class AttemptLog:
    sitting: Sitting
    attempt: Attempt
    name: str
    number: str
    saves: int
    devices: int
    events: list[Event]
    late: list[LateSave]
    newest_id: int
    drill: bool
    late_waits: bool  # for a decision
    marked_by_people: bool

    @property
    def over_at(self) -> datetime:
        """From when on work was late: the hand-in, or the deadline."""
        return min(self.attempt.submitted_at or self.attempt.deadline, self.attempt.deadline)

    @property
    def late_deeds(self) -> list[str]:
        """What may be decided on the late work; before release a decision may also be made anew."""
        if self.attempt.state not in HANDED_IN or all(save.same for save in self.late):
            return []
        if self.marked_by_people:
            return ["leave-late"] if self.late_waits else []
        return ["count-late", "leave-late"] if self.late_waits else ["count-late"]


def attempt_log(person_id: int, sitting_id: int, attempt_id: int) -> AttemptLog:
    """Raises NoSuchSitting where the person does not watch over it, NoSuchAttempt where it is another sitting's."""
    sitting = watched(person_id, sitting_id)
    attempt = db.session.get(Attempt, attempt_id)
    if attempt is None or attempt.sitting_id != sitting_id:
        raise NoSuchAttempt
    rows = db.session.execute(
        select(AttemptEvent, Person.name)
        .outerjoin(Person, Person.id == AttemptEvent.actor_id)
        .where(AttemptEvent.attempt_id == attempt_id)
        .order_by(AttemptEvent.at, AttemptEvent.id)
    ).all()
    events = [Event(row.at, row.kind, name or "", row.details) for row, name in rows] + _of_tasks(attempt_id)
    saved = db.session.execute(
        select(Save.saved_at).where(Save.attempt_id == attempt_id).order_by(Save.saved_at)
    ).scalars()
    moments = list(saved)
    person = attempt.person
    return AttemptLog(
        sitting, attempt, person.name, person.number, len(moments), attempt.epoch,
        _in_order(attempt, events, moments), _late(attempt_id), max((row.id for row, _name in rows), default=0),
        is_drill_sitting(sitting), late_work([attempt_id]).get(attempt_id, NO_LATE_WORK).waiting > 0,
        marked_by_people(attempt_id),
    )  # fmt: skip


def _of_tasks(attempt_id: int) -> list[Event]:
    """A drill's tasks, begun and ended, with how quick the desk was: no answers, no score."""
    events = []
    for run in runs_of(attempt_id):
        if run.begun_at is not None:
            events.append(Event(run.begun_at, "task-begun", "", {"position": run.position}))
        if run.ended_at is not None:
            journal = journal_of(run.id)
            lags = [one.lag_ms for one in journal if one.lag_ms is not None]
            lag = {"lag_ms": int(median(lags))} if lags else {}
            events.append(
                Event(run.ended_at, "task-ended", "", {"position": run.position, "actions": len(journal), **lag})
            )
    return events


def _in_order(attempt: Attempt, events: list[Event], saves: list[datetime]) -> list[Event]:
    """Events with the saves between them gathered to one line each, so that hundreds of saves stay readable."""
    whole = [Event(attempt.started_at, "started", "", {}), *events]
    if attempt.submitted_at is not None:
        whole.append(Event(attempt.submitted_at, "handed-in", "", {"by": attempt.submitted_by}))
    whole.sort(key=lambda event: event.at)
    lines: list[Event] = []
    for event, following in zip(whole, [*whole[1:], None], strict=True):
        lines.append(event)
        between = [at for at in saves if at >= event.at and (following is None or at < following.at)]
        if between:
            lines.append(Event(between[0], "saves", "", {"count": len(between), "until": between[-1]}))
    return lines


def _late(attempt_id: int) -> list[LateSave]:
    """The newest late save of each question that has one."""
    rows = db.session.execute(
        select(Save, PaperQuestion.kind)
        .join(
            PaperQuestion,
            (PaperQuestion.attempt_id == Save.attempt_id) & (PaperQuestion.position == Save.position),
        )
        .where(Save.attempt_id == attempt_id, Save.standing == "late")
        .order_by(Save.position, Save.epoch, Save.seq)
    )
    newest = {save.position: (save, kind, json.loads(save.value).get("a")) for save, kind in rows}
    counting = answers_that_count(attempt_id) if newest else {}
    return [
        LateSave(
            position, kind, save.saved_at, blank=not answer,
            same=same_answer(answer, counting[position].value if position in counting else None),
        )
        for position, (save, kind, answer) in newest.items()
    ]  # fmt: skip
