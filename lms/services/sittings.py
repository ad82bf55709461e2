"""Sittings 考试场次: create, change, cancel one, and ask whether somebody may enter it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, func, select, update

from lms.domain.access_rules import RULES, AccessRequest, Intent, Reason, refusals
from lms.domain.drills.plans import DrillPlan
from lms.domain.people import Role
from lms.domain.results import Feedback
from lms.domain.sittings import BadSitting, SittingPlan, check_change, check_code, fold_code, reads_keys
from lms.extensions import db
from lms.models.bank import BlueprintVersion
from lms.models.exams import Allowance, Attempt, Invigilator, Sitting
from lms.models.people import TRAINEE, Cohort, CohortMember, Person, PersonRole
from lms.services import passwords
from lms.services.extra_time import set_deadlines
from lms.services.sitting_papers import plan_of as plan_of_version
from lms.services.writing import Deed, writing

MAY_INVIGILATE = (Role.TRAINER, Role.EXAMINER)


class NoSuchSitting(LookupError):
    """There is none, or it is not for this person to see: the caller is not told which."""


class HasAttempts(Exception):
    """Somebody has started: the sitting can no longer be cancelled."""


def create_sitting(
    actor_id: int | None,
    now: datetime,
    *,
    title: str,
    blueprint_version_id: int,
    cohort_id: int,
    opens_at: datetime,
    closes_at: datetime,
    minutes: int,
    attempts_allowed: int = 1,
    navigation: str = "free",
    takeover: str = "free",
    access_code: str | None = None,
    feedback: Feedback | None = None,
    seed: int,
    invigilator_ids: Iterable[int] = (),
    demonstration: bool = False,
) -> Sitting:
    """A new sitting; its creator watches over it too. Raises BadSitting naming each field that cannot be."""
    watchers = frozenset(invigilator_ids) | (frozenset() if actor_id is None else {actor_id})
    plan = SittingPlan(
        title.strip(), blueprint_version_id, cohort_id, opens_at, closes_at, minutes,
        attempts_allowed, navigation, takeover, watchers,
    )  # fmt: skip
    plan.check(now)
    hashed = None if access_code is None else _hashed(access_code)
    with writing(actor_id, now) as deed:
        _check_references(deed, plan)
        sitting = Sitting(
            **_columns(plan),
            code_hash=hashed,
            feedback=(feedback or Feedback()).model_dump(),
            seed=seed,
            demonstration=demonstration,
            created_by=actor_id,
            created_at=now,
        )
        deed.session.add(sitting)
        deed.session.flush()
        _set_invigilators(deed, sitting.id, plan.invigilator_ids)
        deed.note("sitting.created", f"sitting:{sitting.id}", **_told(plan), access_code=access_code is not None)
        return sitting


def change_sitting(actor_id: int, now: datetime, sitting_id: int, wanted: SittingPlan, *, feedback: Feedback) -> None:
    """Put ``wanted`` in the place of the plan. Raises BadSitting; once started only little may change.

    A later close reaches those who are in: their deadlines are worked out anew.
    """
    with writing(actor_id, now) as deed:
        sitting = _locked(deed, sitting_id)
        before = plan_of(sitting, _invigilators(sitting_id))
        if wanted.closes_at != before.closes_at:
            wanted.check(now)
        check_change(before, wanted, started=_has_attempts(sitting_id))
        _check_references(deed, wanted)
        for column, value in _columns(wanted).items():
            setattr(sitting, column, value)
        sitting.feedback = feedback.model_dump()
        _set_invigilators(deed, sitting_id, wanted.invigilator_ids)
        old, new = _told(before), _told(wanted)
        changes = {name: [old[name], new[name]] for name in new if old[name] != new[name]}
        deed.note("sitting.changed", f"sitting:{sitting_id}", **changes)
        set_deadlines(deed, sitting)


def change_code(actor_id: int, now: datetime, sitting_id: int, code: str | None) -> None:
    """Set another access code, or ask for none. Only its hash is kept."""
    hashed = None if code is None else _hashed(code)
    with writing(actor_id, now) as deed:
        _locked(deed, sitting_id).code_hash = hashed
        deed.note("sitting.code-changed", f"sitting:{sitting_id}", access_code=code is not None)


def _hashed(code: str) -> str:
    """Raises BadSitting."""
    folded = fold_code(code)
    check_code(folded)
    return passwords.hash_password(folded)


def _opens(hashed: str | None, typed: str) -> bool:
    """The text as typed is asked, too: codes set before they were folded are kept so."""
    return any(passwords.matches(hashed, code) for code in dict.fromkeys((fold_code(typed), typed)))


def cancel_sitting(actor_id: int, now: datetime, sitting_id: int, reason: str) -> None:
    """Raises :class:`HasAttempts` where somebody has started."""
    with writing(actor_id, now) as deed:
        _locked(deed, sitting_id)
        if _has_attempts(sitting_id):
            raise HasAttempts
        deed.session.execute(
            update(Sitting).where(Sitting.id == sitting_id, Sitting.cancelled_at.is_(None)).values(cancelled_at=now)
        )
        deed.note("sitting.cancelled", f"sitting:{sitting_id}", reason=reason)


def refusals_to_start(
    sitting: Sitting, person_id: int, roles: Collection[str], now: datetime, code: str | None = None
) -> list[Reason]:
    """What keeps the person from a new attempt, in the order of the rules; empty: they may start."""
    request = start_request(sitting, person_id, roles, now, code)
    return [refusal.reason for refusal in refusals(RULES, request)]


_SITTING: BindParameter[int] = bindparam("sitting")
_COHORT: BindParameter[int] = bindparam("cohort")
_PERSON: BindParameter[int] = bindparam("person")
_STANDING = select(
    select(CohortMember.person_id)
    .where(CohortMember.cohort_id == _COHORT, CohortMember.person_id == _PERSON, CohortMember.part == TRAINEE)
    .exists(),
    select(Invigilator.person_id).where(Invigilator.sitting_id == _SITTING, Invigilator.person_id == _PERSON).exists(),
    select(Allowance.extra_attempts)
    .where(Allowance.sitting_id == _SITTING, Allowance.person_id == _PERSON)
    .scalar_subquery(),
    select(func.count())
    .select_from(Attempt)
    .where(Attempt.sitting_id == _SITTING, Attempt.person_id == _PERSON)
    .scalar_subquery(),
    select(Attempt.id).where(Attempt.person_id == _PERSON, Attempt.state == "open").exists(),
)


def start_request(
    sitting: Sitting, person_id: int, roles: Collection[str], now: datetime, code: str | None = None
) -> AccessRequest:
    """What the rules want to know of a person before a new attempt: one statement, and the code's hash if asked."""
    known = {"sitting": sitting.id, "cohort": sitting.cohort_id, "person": person_id}
    is_member, invigilates, more, used, open_elsewhere = db.session.connection().execute(_STANDING, known).one()
    return AccessRequest(
        intent=Intent.START,
        now=now,
        opens_at=sitting.opens_at,
        closes_at=sitting.closes_at,
        cancelled=sitting.cancelled_at is not None,
        is_member=is_member,
        reads_keys=reads_keys(roles, invigilates=invigilates),
        # A void attempt stays used: whether there is another go is decided by a person (allowances).
        attempts_used=used,
        attempts_allowed=sitting.attempts_allowed + (more or 0),
        open_elsewhere=open_elsewhere,
        code_asked=sitting.code_hash is not None,
        code_right=None if not code else _opens(sitting.code_hash, code),
    )


def get_sitting(sitting_id: int) -> Sitting:
    """Raises :class:`NoSuchSitting`."""
    sitting = db.session.get(Sitting, sitting_id)
    if sitting is None:
        raise NoSuchSitting
    return sitting


def plan_of(sitting: Sitting, invigilator_ids: Iterable[int]) -> SittingPlan:
    return SittingPlan(
        sitting.title, sitting.blueprint_version_id, sitting.cohort_id, sitting.opens_at, sitting.closes_at,
        sitting.minutes, sitting.attempts_allowed, sitting.navigation, sitting.takeover, frozenset(invigilator_ids),
    )  # fmt: skip


def _columns(plan: SittingPlan) -> dict[str, Any]:
    names = (
        "title", "blueprint_version_id", "cohort_id", "opens_at", "closes_at",
        "minutes", "attempts_allowed", "navigation", "takeover",
    )  # fmt: skip
    return {name: getattr(plan, name) for name in names}


def _told(plan: SittingPlan) -> dict[str, Any]:
    """The plan as the audit trail keeps it."""
    return {**_columns(plan), "invigilators": sorted(plan.invigilator_ids)}


def _locked(deed: Deed, sitting_id: int) -> Sitting:
    """The row, read anew and held until the commit, so that a first start and a change exclude each other."""
    found = deed.session.execute(
        select(Sitting).where(Sitting.id == sitting_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if found is None:
        raise NoSuchSitting
    return found


def _has_attempts(sitting_id: int) -> bool:
    count = select(func.count()).select_from(Attempt).where(Attempt.sitting_id == sitting_id)
    return bool(db.session.execute(count).scalar_one())


def _invigilators(sitting_id: int) -> set[int]:
    found = db.session.execute(select(Invigilator.person_id).where(Invigilator.sitting_id == sitting_id))
    return set(found.scalars())


def _set_invigilators(deed: Deed, sitting_id: int, person_ids: Collection[int]) -> None:
    present = _invigilators(sitting_id)
    deed.session.execute(
        delete(Invigilator).where(
            Invigilator.sitting_id == sitting_id, Invigilator.person_id.in_(present - set(person_ids))
        )
    )
    deed.session.add_all(
        Invigilator(sitting_id=sitting_id, person_id=person_id) for person_id in set(person_ids) - present
    )


def _check_references(deed: Deed, plan: SittingPlan) -> None:
    """Raises BadSitting where blueprint, cohort or invigilators are not there or may not be what they should."""
    problems = {}
    if deed.session.get(BlueprintVersion, plan.blueprint_version_id) is None:
        problems["blueprint_version_id"] = "unknown"
    elif _too_short(plan):
        problems["minutes"] = "too-short"
    if deed.session.get(Cohort, plan.cohort_id) is None:
        problems["cohort_id"] = "unknown"
    may = deed.session.execute(
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(Person.id.in_(plan.invigilator_ids), PersonRole.role.in_(MAY_INVIGILATE))
    ).scalars()
    if not plan.invigilator_ids <= set(may):
        problems["invigilator_ids"] = "not-staff"
    if problems:
        raise BadSitting(**problems)


def _too_short(plan: SittingPlan) -> bool:
    """Whether a drill's tasks, each with its whole time, do not fit into the sitting's limit."""
    drill = plan_of_version(plan.blueprint_version_id)
    return isinstance(drill, DrillPlan) and plan.minutes * 60 < drill.tasks * drill.ends
