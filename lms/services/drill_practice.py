"""Beginning to practise: which rules hold, which skills there are, and the tasks of the next set."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import func, select

from lms.domain.crm.terms import TermKind
from lms.domain.drills.drawing import draw_set
from lms.domain.drills.plans import DrillKind, DrillPlan
from lms.domain.drills.practice import Standing, portions, standings, weak_skills
from lms.domain.drills.practice_plan import practice_plan
from lms.domain.drills.tasks import Task
from lms.domain.drills.templates import Template
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion
from lms.models.drills import World, WorldTerm
from lms.services import crm_worlds, runs
from lms.services.drill_progress import own_runs, tried

_TRIES = 20  # for a set in which no customer comes twice
PACES = (Fraction(1), Fraction(5, 4), Fraction(3, 2), Fraction(2), Fraction(4))


class NothingToPractise(LookupError):
    """No template of the kind, or of the chosen skills."""


class Choice(StrEnum):
    """Which skills the next set trains."""

    ALL = "all"  # all, two of five tasks from the weakest
    WEAK = "weak"  # only weak ones; all, where none is weak
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a trainee asks for. ``factor`` slows the clock; ``skills`` with `Choice.CHOSEN`."""

    kind: DrillKind
    language: Language
    factor: Fraction = Fraction(1)
    choice: Choice = Choice.ALL
    skills: tuple[str, ...] = ()


def rules(kind: DrillKind, templates: Collection[str] = ()) -> DrillPlan:
    """Practice goes by the rules of the newest certification plan of its kind, else by the shipped ones."""
    plan = practice_plan(kind, templates)
    body = db.session.execute(
        select(BlueprintVersion.body)
        .join(Blueprint, Blueprint.newest_id == BlueprintVersion.id)
        .where(Blueprint.kind == kind.value, Blueprint.retired.is_(False))
        .order_by(BlueprintVersion.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if body is None:
        return plan
    newest = DrillPlan.model_validate(body)
    return plan.model_copy(update={"lookup": newest.lookup, "workflow": newest.workflow})


def pool(kind: DrillKind) -> dict[str, Template]:
    """The shipped templates of the kind, by code."""
    return {one.code: one for one in crm_worlds.templates() if one.kind is kind}


def skills_of(kind: DrillKind) -> list[str]:
    return sorted({one.skill for one in pool(kind).values()})


def standing(person_id: int, kind: DrillKind) -> tuple[Standing, ...]:
    """How one's skills stand, the weakest first."""
    return standings(tried(own_runs(person_id), kind))


def begin(person_id: int, wish: Wish, *, seed: int, now: datetime) -> int:
    """The id of a new practice set. Raises crm_worlds.NotBuilt, NothingToPractise."""
    if crm_worlds.find_world() is None:
        raise crm_worlds.NotBuilt
    templates = pool(wish.kind)
    weak = [skill for skill in weak_skills(standing(person_id, wish.kind)) if skill in _skills(templates.values())]
    wanted = {Choice.ALL: None, Choice.WEAK: weak or None, Choice.CHOSEN: wish.skills}[wish.choice]
    chosen = {code: one for code, one in templates.items() if wanted is None or one.skill in wanted}
    if not chosen:
        raise NothingToPractise
    plan = rules(wish.kind)
    tasks = _draw(list(chosen.values()), plan, weak[0] if weak else None, seed, wish.language)
    return runs.create_practice_set(
        person_id, _sized(plan, len(tasks)), tasks, factor=wish.factor, seed=seed, now=now
    )  # fmt: skip


def _skills(templates: Collection[Template]) -> set[str]:
    return {one.skill for one in templates}


def _draw(
    templates: Sequence[Template], plan: DrillPlan, weakest: str | None, seed: int, language: Language
) -> list[Task]:
    """Portion after portion; drawn anew where two tasks would be about the same customer."""
    wanted = portions({one.code: one.skill for one in templates}, plan.tasks, weakest)
    tasks: list[Task] = []
    for place, portion in enumerate(wanted):
        part = _sized(plan, portion.tasks).model_copy(update={"templates": portion.templates})
        taken = {one.customer for one in tasks}
        for again in range(_TRIES):
            drawn = draw_set(templates, crm_worlds.customers(), part, seed + 1000 * place + again, language)
            if taken.isdisjoint(one.customer for one in drawn):
                break
        tasks += drawn
    return tasks


def _sized(plan: DrillPlan, tasks: int) -> DrillPlan:
    """The plan for so many tasks; what must be right of a shorter set is no more than it has."""
    lookup = plan.lookup and plan.lookup.model_copy(update={"pass_tasks": min(plan.lookup.pass_tasks, tasks)})
    return plan.model_copy(update={"tasks": tasks, "lookup": lookup})


def world_share() -> int | None:
    """How much of the world's index is there, in percent; None when it is whole."""
    if crm_worlds.find_world() is not None:
        return None
    newest = db.session.execute(select(World).order_by(World.id.desc()).limit(1)).scalar_one_or_none()
    if newest is None:
        return 0
    accounts = db.session.execute(
        select(func.count()).where(WorldTerm.world_id == newest.id, WorldTerm.kind == TermKind.ACCOUNT.value)
    ).scalar_one()
    return min(99, 100 * accounts // newest.size)
