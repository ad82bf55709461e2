"""A new hire's own exams: what is open to them, what they have sat."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import BindParameter, bindparam, select

from lms.domain.access_rules import Reason
from lms.domain.attempts import AttemptState
from lms.domain.plans import kind_of
from lms.domain.sittings import Stage, stage
from lms.domain.values import Texts
from lms.extensions import db
from lms.models.exams import Allowance, Attempt, Sitting
from lms.models.people import TRAINEE, CohortMember
from lms.services.sign_in import SignedIn
from lms.services.sitting_papers import plan_of
from lms.services.sittings import refusals_to_start


@dataclass(frozen=True)
class MyAttempt:
    attempt_id: int
    number: int
    state: AttemptState
    started_at: datetime
    submitted_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True)
class MySitting:
    """One sitting as its candidate sees it; ``refusals`` is empty when they may start now.

    ``kind``: exam, or lookup or workflow for a drill, whose ``questions`` are tasks. ``factor``: by how much the
    person's own time is longer than the sitting's ``minutes``.
    """

    sitting_id: int
    title: str
    plan_title: Texts
    opens_at: datetime
    closes_at: datetime
    minutes: int
    factor: Fraction
    kind: str
    questions: int
    stage: Stage
    code_asked: bool
    navigation: str
    attempts_left: int
    refusals: tuple[Reason, ...]
    attempts: tuple[MyAttempt, ...]

    @property
    def may_start(self) -> bool:
        return not set(self.refusals) - {Reason.CODE_MISSING}


_PERSON: BindParameter[int] = bindparam("person")
_OWN = (
    select(Sitting)
    .where(
        Sitting.cohort_id.in_(
            select(CohortMember.cohort_id).where(CohortMember.person_id == _PERSON, CohortMember.part == TRAINEE)
        )
        | Sitting.id.in_(select(Attempt.sitting_id).where(Attempt.person_id == _PERSON)),
        Sitting.cancelled_at.is_(None),
    )
    .order_by(Sitting.opens_at)
)
_ONE_OF_THEM = _OWN.where(Sitting.id == bindparam("sitting"))
_FACTOR = (
    select(Allowance.factor)
    .where(Allowance.sitting_id == Sitting.id, Allowance.person_id == _PERSON)
    .correlate(Sitting)
    .scalar_subquery()
)


def my_sittings(person: SignedIn, now: datetime) -> list[MySitting]:
    """The sittings of one's cohorts, and those in which one has an attempt; the soonest first, past ones last."""
    own = db.session.execute(_OWN.add_columns(_FACTOR), {"person": person.person_id})
    mine = (_mine(sitting, factor, person, now) for sitting, factor in own)
    return sorted(mine, key=lambda sitting: sitting.stage is Stage.PAST)


def my_sitting(person: SignedIn, sitting_id: int, now: datetime) -> MySitting | None:
    """One of them; None where it is not one's own."""
    asked = {"person": person.person_id, "sitting": sitting_id}
    found = db.session.execute(_ONE_OF_THEM.add_columns(_FACTOR), asked).one_or_none()
    return None if found is None else _mine(found[0], found[1], person, now)


def sitting_for(person: SignedIn, sitting_id: int) -> Sitting | None:
    """The sitting itself where it is one's own: what the start rush asks for, and no more."""
    asked = {"person": person.person_id, "sitting": sitting_id}
    return db.session.execute(_ONE_OF_THEM, asked).scalar_one_or_none()


def _mine(sitting: Sitting, factor: Fraction | None, person: SignedIn, now: datetime) -> MySitting:
    plan = plan_of(sitting.blueprint_version_id)
    attempts = db.session.execute(
        select(Attempt)
        .where(Attempt.sitting_id == sitting.id, Attempt.person_id == person.person_id)
        .order_by(Attempt.number.desc())
    ).scalars()
    listed = tuple(
        MyAttempt(a.id, a.number, AttemptState(a.state), a.started_at, a.submitted_at, a.due_at) for a in attempts
    )
    return MySitting(
        sitting_id=sitting.id,
        title=sitting.title,
        plan_title=plan.title,
        opens_at=sitting.opens_at,
        closes_at=sitting.closes_at,
        minutes=sitting.minutes,
        factor=factor or Fraction(1),
        kind=kind_of(plan),
        questions=plan.question_count,
        stage=stage(sitting.opens_at, sitting.closes_at, now, cancelled=False),
        code_asked=sitting.code_hash is not None,
        navigation=sitting.navigation,
        attempts_left=max(0, sitting.attempts_allowed - len(listed)),
        refusals=tuple(refusals_to_start(sitting, person.person_id, _names(person.roles), now)),
        attempts=listed,
    )


def _names(roles: Collection[str]) -> list[str]:
    return [str(role) for role in roles]
