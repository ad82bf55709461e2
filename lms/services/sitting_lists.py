"""What trainers and invigilators read about sittings: lists, the roster, the choices of the form."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, case, func, select

from lms.domain.drills.plans import DrillPlan
from lms.domain.papers import Shortage, shortages
from lms.domain.people import Role
from lms.domain.plans import EXAM, kind_of
from lms.domain.roleplay_plans import RolePlayPlan
from lms.domain.sittings import Stage, stage
from lms.domain.values import Language, Texts
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion
from lms.models.exams import Allowance, Attempt, Invigilator, Save, Sitting
from lms.models.people import TRAINEE, TRAINER, Cohort, CohortMember, Person, PersonRole
from lms.services.sitting_papers import live_stock, plan_of
from lms.services.sittings import MAY_INVIGILATE


@dataclass(frozen=True)
class SittingRow:
    id: int
    title: str
    cohort: str
    stage: Stage
    opens_at: datetime
    closes_at: datetime
    minutes: int
    candidates: int
    open: int
    handed_in: int


def sittings(now: datetime, *, watched_by: int | None = None) -> list[SittingRow]:
    """Running ones first, then upcoming (the next first), then past (the latest first)."""
    trainees = (
        select(func.count())
        .select_from(CohortMember)
        .where(CohortMember.cohort_id == Sitting.cohort_id, CohortMember.part == TRAINEE)
        .scalar_subquery()
    )
    query = (
        select(
            Sitting,
            Cohort.name,
            trainees,
            func.count(case((Attempt.state == "open", 1))),
            func.count(case((and_(Attempt.state != "open", Attempt.state != "void"), 1))),
        )
        .join(Cohort, Cohort.id == Sitting.cohort_id)
        .outerjoin(Attempt, Attempt.sitting_id == Sitting.id)
        .group_by(Sitting.id, Cohort.name)
    )
    if watched_by is not None:
        query = query.join(Invigilator, Invigilator.sitting_id == Sitting.id).where(
            Invigilator.person_id == watched_by, Sitting.cancelled_at.is_(None)
        )
    rows = [
        SittingRow(
            s.id, s.title, cohort, stage(s.opens_at, s.closes_at, now, cancelled=s.cancelled_at is not None),
            s.opens_at, s.closes_at, s.minutes, candidates, open_, handed_in,
        )
        for s, cohort, candidates, open_, handed_in in db.session.execute(query)
    ]  # fmt: skip
    coming = [row for row in rows if row.stage in (Stage.RUNNING, Stage.UPCOMING)]
    gone = [row for row in rows if row not in coming]
    return sorted(coming, key=lambda row: row.opens_at) + sorted(gone, key=lambda row: row.closes_at, reverse=True)


@dataclass(frozen=True)
class AttemptRow:
    id: int
    number: int
    state: str
    started_at: datetime
    submitted_at: datetime | None
    submitted_by: str | None
    late_saves: int


@dataclass(frozen=True)
class Candidate:
    """One person of the roster with their attempts (the first first) and what they are due."""

    person_id: int
    name: str
    number: str
    attempts: tuple[AttemptRow, ...]
    factor: Fraction
    extra_attempts: int
    reason: str


@dataclass(frozen=True)
class Detail:
    sitting: Sitting
    stage: Stage
    cohort: str
    blueprint: Texts
    invigilators: tuple[tuple[int, str], ...]
    candidates: tuple[Candidate, ...]
    created_by: str
    untrained: bool  # the cohort has no trainer, so nobody would release the results

    @property
    def started(self) -> bool:
        return any(candidate.attempts for candidate in self.candidates)


def detail(sitting_id: int, now: datetime) -> Detail | None:
    sitting = db.session.get(Sitting, sitting_id)
    if sitting is None:
        return None
    people = select(Invigilator.person_id, Person.name).join(Person, Person.id == Invigilator.person_id)
    invigilators = db.session.execute(people.where(Invigilator.sitting_id == sitting_id).order_by(Person.sort_key))
    creator = db.session.get(Person, sitting.created_by) if sitting.created_by else None
    return Detail(
        sitting,
        stage(sitting.opens_at, sitting.closes_at, now, cancelled=sitting.cancelled_at is not None),
        sitting.cohort.name,
        plan_of(sitting.blueprint_version_id).title,
        tuple(invigilators),
        _candidates(sitting),
        creator.name if creator else "",
        sitting.cohort_id in untrained_cohorts(),
    )


def _candidates(sitting: Sitting) -> tuple[Candidate, ...]:
    """The cohort's new hires and whoever has an attempt here although they left the cohort, by name."""
    attempts = _attempts(sitting.id)
    members = select(CohortMember.person_id).where(
        CohortMember.cohort_id == sitting.cohort_id, CohortMember.part == TRAINEE
    )
    rows = db.session.execute(
        select(Person.id, Person.name, Person.number, Allowance)
        .outerjoin(Allowance, and_(Allowance.person_id == Person.id, Allowance.sitting_id == sitting.id))
        .where(Person.id.in_(members) | Person.id.in_(list(attempts)))
        .order_by(Person.sort_key, Person.id)
    )
    return tuple(
        Candidate(
            person_id, name, number, tuple(attempts.get(person_id, ())),
            due.factor if due else Fraction(1), due.extra_attempts if due else 0, due.reason if due else "",
        )
        for person_id, name, number, due in rows
    )  # fmt: skip


def _attempts(sitting_id: int) -> dict[int, list[AttemptRow]]:
    late: dict[int, int] = dict(
        db.session.execute(
            select(Save.attempt_id, func.count())
            .join(Attempt, Attempt.id == Save.attempt_id)
            .where(Attempt.sitting_id == sitting_id, Save.standing == "late")
            .group_by(Save.attempt_id)
        ).all()
    )
    found: dict[int, list[AttemptRow]] = defaultdict(list)
    for attempt in db.session.execute(
        select(Attempt).where(Attempt.sitting_id == sitting_id).order_by(Attempt.number)
    ).scalars():
        found[attempt.person_id].append(
            AttemptRow(
                attempt.id, attempt.number, attempt.state, attempt.started_at, attempt.submitted_at,
                attempt.submitted_by, late.get(attempt.id, 0),
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class BlueprintChoice:
    version_id: int
    kind: str
    title: Texts
    number: int
    minutes: int


def blueprint_choices(present: int | None = None) -> list[BlueprintChoice]:
    """The newest version of every blueprint in use, and the one that a sitting already has (``present``)."""
    query = select(BlueprintVersion).join(Blueprint, Blueprint.id == BlueprintVersion.blueprint_id)
    newest = and_(Blueprint.newest_id == BlueprintVersion.id, Blueprint.retired.is_(False))
    chosen = newest if present is None else newest | (BlueprintVersion.id == present)
    versions = db.session.execute(query.where(chosen).order_by(Blueprint.code, BlueprintVersion.number)).scalars()
    plans = [(version, plan_of(version.id)) for version in versions]
    plans.sort(key=lambda pair: (kind_of(pair[1]) != EXAM, not pair[1].certification))  # certification first
    return [
        BlueprintChoice(version.id, kind_of(plan), plan.title, version.number, plan.minutes) for version, plan in plans
    ]


def cohort_choices() -> Sequence[tuple[int, str, int]]:
    """(id, name, new hires), the newest cohort first."""
    trainees = and_(CohortMember.cohort_id == Cohort.id, CohortMember.part == TRAINEE)
    query = select(Cohort.id, Cohort.name, func.count(CohortMember.person_id)).outerjoin(CohortMember, trainees)
    return db.session.execute(query.group_by(Cohort.id, Cohort.name).order_by(Cohort.id.desc())).all()


def untrained_cohorts() -> frozenset[int]:
    """Cohorts without a trainer who is here and may still train: their sittings' results would be nobody's."""
    trained = (
        select(CohortMember.cohort_id)
        .join(Person, Person.id == CohortMember.person_id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(CohortMember.part == TRAINER, Person.active, PersonRole.role == Role.TRAINER.value)
    )
    return frozenset(db.session.execute(select(Cohort.id).where(Cohort.id.not_in(trained))).scalars())


def invigilator_choices() -> Sequence[tuple[int, str, str]]:
    """(id, name, number) of those who may invigilate."""
    roles = select(PersonRole.person_id).where(PersonRole.role.in_(MAY_INVIGILATE))
    query = select(Person.id, Person.name, Person.number).where(Person.active, Person.id.in_(roles))
    return db.session.execute(query.order_by(Person.sort_key)).all()


def gaps(blueprint_version_id: int) -> dict[Language, list[Shortage]]:
    """Language → the cells that the live bank cannot fill; languages without a gap are left out. Drills and role-plays
    have none."""
    blueprint = plan_of(blueprint_version_id)
    if isinstance(blueprint, DrillPlan | RolePlayPlan):
        return {}
    stock = live_stock()
    found: dict[Language, Any] = {language: shortages(blueprint, stock, language) for language in Language}
    return {language: short for language, short in found.items() if short}
