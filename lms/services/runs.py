"""Sets of drill tasks and their runs: made, begun, acted in, ended. Every answer follows from task and journal."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, select

from lms.domain.drills.journal import Action
from lms.domain.drills.plans import DrillPlan
from lms.domain.drills.tasks import Task
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import DrillSet, Run
from lms.services import crm_search, crm_worlds, hand_in, run_desk, run_journal
from lms.services.run_desk import DeskView, Shown
from lms.services.run_journal import ENDED, READY, ActionRefused, Device, Entry, OpReused, Refusal
from lms.services.run_ops import BadAction, Op, read_op
from lms.services.shared_commit import SharedCommit
from lms.services.sign_in import SignedIn
from lms.services.writing import Deed, writing

__all__ = ["ActionRefused", "BadAction", "NotYours", "OpReused", "Refusal", "read_op"]


class NotYours(LookupError):
    """There is no such run or set, or it is another person's: the caller cannot tell which."""


_COMMITS: SharedCommit[Callable[[Connection], Any], Any] = SharedCommit(lambda connection, work: work(connection))


# --- sets -------------------------------------------------------------------------------------------------------------


def create_practice_set(
    person_id: int, plan: DrillPlan, tasks: Sequence[Task], *, factor: Fraction, seed: int, now: datetime
) -> int:
    """The id of a new practice set of ``tasks``; ``factor`` slows its clock."""
    with writing(person_id, now) as deed:
        return add_set(deed, person_id, plan, tasks, factor=factor, seed=seed).id


def add_set(
    deed: Deed,
    person_id: int,
    plan: DrillPlan,
    tasks: Sequence[Task],
    *,
    factor: Fraction,
    seed: int,
    attempt_id: int | None = None,
) -> DrillSet:
    """A set and its runs within the caller's deed: practice, or with ``attempt_id`` a certification attempt."""
    world = crm_worlds.find_world(tasks[0].world_seed, tasks[0].world_size)
    if world is None:
        raise crm_worlds.NotBuilt
    drill_set = DrillSet(
        person_id=person_id, attempt_id=attempt_id, kind=plan.kind.value, language=tasks[0].language.value, seed=seed,
        world_id=world.id, plan=plan.model_dump(mode="json"), factor=factor, created_at=deed.now,
    )  # fmt: skip
    deed.session.add(drill_set)
    deed.session.flush()
    for position, task in enumerate(tasks, start=1):
        text = task.model_dump_json()
        deed.session.add(Run(
            set_id=drill_set.id, person_id=person_id, position=position, template=task.template, skill=task.skill,
            seed=task.seed, task=text, task_sha256=hashlib.sha256(text.encode()).hexdigest(), state=READY,
        ))  # fmt: skip
    deed.session.flush()
    return drill_set


def next_run(set_id: int) -> int | None:
    """The id of the first run of the set that has not ended."""
    return db.session.execute(
        select(Run.id).where(Run.set_id == set_id, Run.state != ENDED).order_by(Run.position).limit(1)
    ).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class SetView:
    """One's own set: its runs in their order, what they came to so far."""

    id: int
    kind: str
    practice: bool
    plan: DrillPlan
    runs: tuple[Run, ...]

    @property
    def done(self) -> int:
        return sum(run.state == ENDED for run in self.runs)

    @property
    def counted(self) -> int:
        return sum(bool(run.counted) for run in self.runs)

    @property
    def passed(self) -> bool:
        return self.plan.lookup is not None and self.counted >= self.plan.lookup.pass_tasks

    @property
    def next_id(self) -> int | None:
        return next((run.id for run in self.runs if run.state != ENDED), None)


def set_view(person: SignedIn, set_id: int, now: datetime) -> SetView:
    """Raises :class:`NotYours`."""
    statement = select(DrillSet).where(DrillSet.id == set_id, DrillSet.person_id == person.person_id)
    found = db.session.execute(statement).scalar_one_or_none()
    if found is None:
        raise NotYours
    for run in found.runs:
        if found.attempt is None and run_journal.is_over(run.state, run.ends_at, None, now):
            close_if_over(run.id, now)
    rows = db.session.execute(
        select(Run).where(Run.set_id == set_id).order_by(Run.position).execution_options(populate_existing=True)
    )
    plan = DrillPlan.model_validate(found.plan)
    return SetView(found.id, found.kind, found.attempt_id is None, plan, tuple(rows.scalars()))


# --- one run ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as its own page shows it. ``left_ms`` is the server's; the task itself stays behind its cue."""

    run: Run
    drill_set: DrillSet
    plan: DrillPlan
    task: Task
    journal: tuple[Action, ...]
    total: int
    left_ms: int
    paused: bool
    next_id: int | None
    refusal: Refusal | None

    @property
    def practice(self) -> bool:
        return self.drill_set.attempt_id is None

    @property
    def limit(self) -> timedelta:
        """From the cue to the forced end."""
        return timedelta(seconds=float(self.plan.ends * self.drill_set.factor))

    @property
    def within(self) -> timedelta:
        """From the cue to where a lookup no longer counts, or a workflow's efficiency begins to fall."""
        rules = self.plan.lookup.within if self.plan.lookup else 0
        rules = self.plan.workflow.full_until if self.plan.workflow else rules
        return timedelta(seconds=float(rules * self.drill_set.factor))


def view(person: SignedIn, run_id: int, now: datetime) -> RunView:
    """One's own run, ended if its time is over; raises :class:`NotYours`."""
    run = _own(person, run_id)
    paused_at = run.drill_set.attempt.paused_at if run.drill_set.attempt else None
    if run_journal.is_over(run.state, run.ends_at, paused_at, now):
        close_if_over(run_id, now)
        run = _own(person, run_id)
    drill_set = run.drill_set
    connection = db.session.connection()
    return RunView(
        run=run,
        drill_set=drill_set,
        plan=DrillPlan.model_validate(drill_set.plan),
        task=run_journal.read_task(run.task),
        journal=tuple(run_journal.actions_of(connection, run_id)),
        total=len(drill_set.runs),
        left_ms=_left_ms(run.ends_at, paused_at or now),
        paused=paused_at is not None,
        next_id=next_run(drill_set.id),
        refusal=run_journal.refusal_to_enter(connection, run_id, _device(person), now),
    )


def _own(person: SignedIn, run_id: int) -> Run:
    statement = select(Run).where(Run.id == run_id, Run.person_id == person.person_id)
    run = db.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if run is None:
        raise NotYours
    return run


def _device(person: SignedIn) -> Device:
    return Device(person.person_id, person.sign_in_id, person.open_attempt_id)


def _left_ms(ends_at: datetime | None, at: datetime) -> int:
    return max(0, int((ends_at - at) / timedelta(milliseconds=1))) if ends_at else 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What an action brought: ``shown`` is computed from the journal up to it, so the same op has the same reply."""

    seq: int
    state: str
    left_ms: int
    shown: Shown
    next_id: int | None


def act(person: SignedIn, run_id: int, op: Op, now: datetime) -> Reply:
    """Take one action of one's own run.

    Raises :class:`NotYours`, :class:`BadAction` (it names what is not there), :class:`ActionRefused`,
    :class:`OpReused`.
    """
    run = _own(person, run_id)
    desk = desk_view(run)
    device = _device(person)

    def take(connection: Any) -> Entry:
        return run_journal.append(connection, run_id, device, op, now, desk)

    db.session.commit()  # ends the reading: nobody waits for the turn with a snapshot in hand
    try:
        entry = _COMMITS(db.engine, take)
    except ActionRefused as refused:
        if refused.reason is Refusal.ENDED:
            close_if_over(run_id, now)
        raise
    if entry.state == ENDED:
        hand_in.after_run(run_id, now)
    journal = [one for one in run_journal.actions_of(db.session.connection(), run_id) if one.seq <= entry.seq]
    next_id = next_run(run.set_id) if entry.state == ENDED else None
    return Reply(entry.seq, entry.state, _left_ms(entry.ends_at, now), run_desk.shown(desk, journal), next_id)


def desk_of(run_view: RunView) -> Shown:
    """The whole desk as the journal has left it, for a page that is loaded anew."""
    return run_desk.screen(desk_view(run_view.run), run_view.journal)


def desk_view(run: Run) -> DeskView:
    """The run's task and world, in the run's language."""
    task = run_journal.read_task(run.task)
    world = crm_worlds.customers(task.world_seed, task.world_size)
    look = crm_worlds.look(Language(run.drill_set.language), task.now.date())
    return DeskView(crm_search.stored(run.drill_set.world_id), world, look, task)


def close_if_over(run_id: int, now: datetime) -> bool:
    """Close a run whose time is over; safe to ask twice and by two at once."""
    db.session.commit()
    closed: bool = _COMMITS(db.engine, lambda connection: run_journal.close_over(connection, run_id, now))
    db.session.expire_all()
    if closed:
        hand_in.after_run(run_id, now)
    return closed
