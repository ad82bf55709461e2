"""The path's step 模拟通话 on a trainee's first screen: what is certified, what was practised, what goes on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from lms.domain.attempts import AttemptState
from lms.extensions import db
from lms.models.exams import Attempt
from lms.models.marking import Result
from lms.models.roleplays import Call, ScenarioVersion
from lms.services import calls, scenarios

RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class CallStep:
    """``tried`` of ``scenarios`` live ones were practised at least once; ``recent``: calls within a week;
    ``going_on``: the practice call that has not ended."""

    certified: bool
    tried: int
    scenarios: int
    recent: int
    going_on: int | None


def path_step(person_id: int, now: datetime) -> CallStep:
    newest = (
        select(func.max(Result.revision)).where(Result.attempt_id == Attempt.id).correlate(Attempt).scalar_subquery()
    )
    passed = (
        select(Call.id)
        .join(Attempt, Attempt.id == Call.attempt_id)
        .join(Result, (Result.attempt_id == Attempt.id) & (Result.revision == newest))
        .where(Attempt.person_id == person_id, Attempt.state == AttemptState.RELEASED.value, Result.passed)
        .limit(1)
    )
    practised = (
        select(ScenarioVersion.scenario_id, Call.ended_at)
        .join(ScenarioVersion, ScenarioVersion.id == Call.scenario_version_id)
        .where(Call.person_id == person_id, Call.attempt_id.is_(None), Call.answered_at.is_not(None))
        .where(Call.ended_at.is_not(None))
    )
    held = db.session.execute(practised).all()
    return CallStep(
        certified=db.session.execute(passed).first() is not None,
        tried=len({row.scenario_id for row in held}),
        scenarios=len(scenarios.live_versions()),
        recent=sum(row.ended_at > now - RECENT for row in held),
        going_on=calls.going_on(person_id),
    )
