"""The score of a run: a pure function of its task and its journal (rulebook 4, with the numbers of its plan).

Workflow: max(0, accuracy − cost·n) + efficiency · clamp((zero_at·f − t) ÷ ((zero_at − full_until)·f)), where n counts
the retrieval errors, t is the time from cue to submit without pauses and f the factor of extra time. Only a complete
four-stage submission earns efficiency. Lookup: all or nothing, and nothing with a critical failure; what went wrong is
told all the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from lms.domain.drills.journal import Action, ActionKind, RunState
from lms.domain.drills.ledger import (
    CriticalFailure,
    ErrorKind,
    RetrievalError,
    critical_failures,
    retrieval_errors,
)
from lms.domain.drills.plans import DrillPlan, LookupRules, WorkflowRules
from lms.domain.drills.replay import ARTICLE, Step, steps
from lms.domain.drills.tasks import Task
from lms.domain.values import exact

# What a lookup may do and still count: it is listed, and costs nothing.
_ON_THE_WAY = (ErrorKind.WRONG_CUSTOMER, ErrorKind.UNMASKED)


class StageName(StrEnum):
    IDENTIFY = "identify"  # the record opened, the caller verified
    DIAGNOSE = "diagnose"  # evidence pinned
    SOLVE = "solve"  # every field outside the ticket, and the article
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Stage:
    """``milliseconds``: from the cue to the last action that belongs to the stage, pauses included; None: none did."""

    name: StageName
    complete: bool
    milliseconds: int | None


@dataclass(frozen=True, slots=True)
class Score:
    """``points`` of 100. ``counted``: a lookup in time and right in everything; a workflow handed in whole.

    ``errors`` and ``critical`` are what stands: what was waived is in ``waived`` by its key. ``filled``: for each field
    the milliseconds from the cue to its last change, pauses included.
    """

    points: Fraction
    accuracy: Fraction
    efficiency: Fraction
    counted: bool
    milliseconds: int | None
    errors: tuple[RetrievalError, ...]
    critical: tuple[CriticalFailure, ...]
    stages: tuple[Stage, ...]
    waived: tuple[str, ...] = ()
    filled: tuple[tuple[str, int], ...] = ()


def score(
    task: Task,
    actions: Iterable[Action],
    plan: DrillPlan,
    factor: Fraction = Fraction(1),
    paused_seconds: int = 0,
    waived: frozenset[str] = frozenset(),
) -> Score:
    """What the run is worth. ``factor`` multiplies all times; ``waived`` are keys of errors that were struck out."""
    film = tuple(steps(task, actions))
    state = film[-1].after if film else RunState()
    every_error, every_failure = retrieval_errors(task, film), critical_failures(task, film)
    errors = tuple(one for one in every_error if one.key not in waived)
    critical = tuple(one for one in every_failure if one.key not in waived)
    taken = _milliseconds(state, paused_seconds)
    stages = _stages(task, film, state)
    if plan.lookup is not None:
        counted = _in_time(plan.lookup, state, taken, factor) and not critical
        counted = counted and all(one.kind in _ON_THE_WAY for one in errors)
        accuracy, efficiency = Fraction(100 if counted else 0), Fraction(0)
    else:
        assert plan.workflow is not None  # held by the plan
        counted = state.submitted and all(stage.complete for stage in stages)
        accuracy = Fraction(max(0, plan.workflow.accuracy - plan.workflow.error_cost * len(errors)))
        efficiency = _efficiency(plan.workflow, taken, factor, accuracy) if counted else Fraction(0)
    struck = tuple(
        key for key in (*(one.key for one in every_error), *(one.key for one in every_failure)) if key in waived
    )
    filled = tuple(_filled(film, state).items())
    return Score(accuracy + efficiency, accuracy, efficiency, counted, taken, errors, critical, stages, struck, filled)


def _milliseconds(state: RunState, paused_seconds: int) -> int | None:
    """From cue to end, without pauses; None while the run goes on."""
    if state.begun_at is None or state.ended_at is None:
        return None
    return max(0, (state.ended_at - state.begun_at) // timedelta(milliseconds=1) - 1000 * paused_seconds)


def _in_time(rules: LookupRules, state: RunState, taken: int | None, factor: Fraction) -> bool:
    return state.submitted and taken is not None and taken <= rules.within * factor * 1000


def _efficiency(rules: WorkflowRules, taken: int | None, factor: Fraction, accuracy: Fraction) -> Fraction:
    if taken is None:
        return Fraction(0)
    left = (rules.zero_at * factor - Fraction(taken, 1000)) / ((rules.zero_at - rules.full_until) * factor)
    earned = rules.efficiency * min(Fraction(1), max(Fraction(0), left))
    return earned * accuracy / rules.accuracy if rules.tie_to_accuracy else earned


def _stages(task: Task, film: Sequence[Step], state: RunState) -> tuple[Stage, ...]:
    """The four stages of a workflow, whether each was carried through, rightly or wrongly; none for a lookup."""
    if task.workflow is None:
        return ()
    done = {_stage_of(step): step for step in film if step.obeyed}
    verified = task.workflow.level == 0 or any(one.obeyed and one.action.kind == ActionKind.VERIFY for one in film)
    wanted = [asked.field for asked in task.fields if asked.expected or asked.field == "ticket.note"]
    ticket = [field for field in wanted if field.startswith("ticket.")]
    solution = [ARTICLE, *(field for field in wanted if not field.startswith("ticket."))]

    def given(fields: list[str]) -> bool:
        return all(state.answers.get(field, "").strip() for field in fields)

    complete = {
        StageName.IDENTIFY: state.customer is not None and verified,
        StageName.DIAGNOSE: bool(state.pins) or not task.workflow.evidence,
        StageName.SOLVE: given(solution),
        StageName.TICKET: given(ticket),
    }
    return tuple(Stage(name, complete[name], _since_cue(state, done.get(name))) for name in StageName)


def _stage_of(step: Step) -> StageName | None:
    kind, field = step.action.kind, step.action.data.get("field")
    if kind in (ActionKind.OPEN, ActionKind.VERIFY):
        return StageName.IDENTIFY
    if kind in (ActionKind.PANEL, ActionKind.PIN, ActionKind.UNPIN):
        return StageName.DIAGNOSE
    if kind == ActionKind.ANSWER:
        return StageName.TICKET if str(field).startswith("ticket.") else StageName.SOLVE
    return None


def _filled(film: Sequence[Step], state: RunState) -> dict[str, int]:
    """Field → when it was last changed; fields that stayed blank are not in it."""
    moments = {
        str(step.action.data.get("field")): _since_cue(state, step)
        for step in film
        if step.obeyed and step.action.kind == ActionKind.ANSWER
    }
    return {field: taken for field, taken in moments.items() if taken is not None and state.answers.get(field)}


def _since_cue(state: RunState, step: Step | None) -> int | None:
    if step is None or state.begun_at is None:
        return None
    return max(0, (step.action.at - state.begun_at) // timedelta(milliseconds=1))


def as_document(result: Score) -> dict[str, Any]:
    """The score as plain data for tables and JSON; marks are exact texts ``n/d``."""
    return {
        "points": exact(result.points),
        "accuracy": exact(result.accuracy),
        "efficiency": exact(result.efficiency),
        "counted": result.counted,
        "milliseconds": result.milliseconds,
        "errors": [
            {
                "key": one.key,
                "kind": one.kind.value,
                "field": one.field,
                "seen": one.seen,
                "right": one.right,
                "rule": one.rule,
                "at_seq": one.at_seq,
            }
            for one in result.errors
        ],
        "critical": [
            {
                "key": one.key,
                "kind": one.kind.value,
                "seen": one.seen,
                "right": one.right,
                "rule": one.rule,
                "at_seq": one.at_seq,
            }
            for one in result.critical
        ],
        "stages": [
            {"name": one.name.value, "complete": one.complete, "milliseconds": one.milliseconds}
            for one in result.stages
        ],
        "waived": list(result.waived),
        "filled": dict(result.filled),
    }
