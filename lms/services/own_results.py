"""A candidate's own results: before release only that it is being marked; after it, what the sitting lets them see.

The views here are the allow-list: what they have no field for cannot reach a candidate (contract 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import or_, select

from lms.domain.attempts import AttemptState
from lms.domain.blueprints import Blueprint
from lms.domain.drills.plans import DrillPlan
from lms.domain.marking import Round
from lms.domain.results import Feedback, SectionScore, TopicShare, by_topic, load_sections, strengths, to_improve
from lms.domain.roleplay_plans import KIND, RolePlayPlan
from lms.domain.values import Language, Texts
from lms.extensions import db
from lms.models.bank import Topic
from lms.models.exams import Attempt, Sitting
from lms.models.marking import Appeal, MarkingTask, Marksheet, Result
from lms.services import appeals, call_results
from lms.services.attempts import NotYours
from lms.services.call_feedback import CallSeen, calls_seen
from lms.services.drill_results import is_drill, runs_of, set_of
from lms.services.late_work import NO_LATE_WORK, LateWork, late_work
from lms.services.marking import blueprint_for, questions_of
from lms.services.results import newest_results
from lms.services.run_ledgers import RunLedger, ledger_of
from lms.services.run_scores import plan_of_set
from lms.services.shown_answers import AnswerShown, answers_of
from lms.services.sitting_papers import plan_of


@dataclass(frozen=True, slots=True)
class TopicTitle:
    section: str
    title: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Released:
    """What a candidate may see of a released result; a part that the sitting hides is None or empty.

    ``plan`` and ``tasks`` are a drill's: how it is scored, and each task with its time and its errors one by one.
    """

    passed: bool
    total: Fraction | None
    pass_total: Fraction | int
    sections: Sequence[SectionScore] | None
    improve: Sequence[TopicTitle]
    strong: Sequence[TopicTitle]
    shows_topics: bool
    answers: Sequence[AnswerShown]
    comments: Sequence[tuple[int, str]]
    released_at: datetime
    revised: str | None  # why it was put right after the first marking: regrade, appeal, change
    plan: DrillPlan | None = None
    tasks: Sequence[RunLedger] = ()
    calls: Sequence[CallSeen] = ()  # of role-plays


@dataclass(frozen=True, slots=True)
class OwnAppeal:
    position: int | None
    reason: str
    raised_at: datetime
    due_at: datetime
    state: str
    answer: str  # empty until decided


@dataclass(frozen=True, slots=True)
class OwnResult:
    """The result page of one's own attempt; ``released`` is None until a person has released it."""

    attempt_id: int
    sitting_title: str
    plan_title: Texts
    candidate_number: str
    language: str
    drill: bool
    roleplay: bool
    certification: bool  # whether passing is a step of the path
    for_examiners: bool  # whether people mark something of it
    customer: str  # llm or mixed, where a model played the customer of a role-play
    state: AttemptState
    submitted_at: datetime | None
    due_at: datetime | None
    late: LateWork
    released: Released | None
    appeal: OwnAppeal | None
    appeal_until: datetime | None  # while one may still appeal


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One attempt in the list of one's own; passed is None before release."""

    attempt_id: int
    sitting_title: str
    state: AttemptState
    submitted_at: datetime | None
    due_at: datetime | None
    passed: bool | None


def own_results(person_id: int) -> Sequence[OwnRow]:
    """What one has handed in, newest first."""
    rows = db.session.execute(
        select(Attempt, Sitting.title)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(Attempt.person_id == person_id, Attempt.state != AttemptState.OPEN.value)
        .order_by(Attempt.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    results = newest_results([attempt.id for attempt, _title in rows])
    return [
        OwnRow(
            attempt_id=attempt.id,
            sitting_title=title,
            state=AttemptState(attempt.state),
            submitted_at=attempt.submitted_at,
            due_at=attempt.due_at,
            passed=result.passed if (result := _released(attempt, results.get(attempt.id))) else None,
        )
        for attempt, title in rows
    ]


def _released(attempt: Attempt, result: Result | None) -> Result | None:
    """The result, if a candidate may know of it."""
    if attempt.state != AttemptState.RELEASED or result is None or result.released_at is None:
        return None
    return result


def own_result(person_id: int, attempt_id: int, language: Language, now: datetime) -> OwnResult:
    """One's own attempt, handed in; topic titles in ``language``. Raises NotYours."""
    row = db.session.execute(
        select(Attempt, Sitting)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(
            Attempt.id == attempt_id,
            Attempt.person_id == person_id,
            Attempt.state != AttemptState.OPEN.value,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotYours
    attempt, sitting = row
    result = _released(attempt, newest_results([attempt_id]).get(attempt_id))
    plan = plan_of(sitting.blueprint_version_id)
    roleplay = isinstance(plan, RolePlayPlan)
    return OwnResult(
        attempt_id=attempt.id,
        sitting_title=sitting.title,
        plan_title=plan.title,
        candidate_number=attempt.candidate_number,
        language=attempt.language,
        drill=is_drill(attempt_id),
        roleplay=roleplay,
        certification=plan.certification,
        for_examiners=roleplay or (isinstance(plan, Blueprint) and plan.has_written),
        customer=call_results.played_by_models([attempt_id]).get(attempt_id, "") if roleplay else "",
        state=AttemptState(attempt.state),
        submitted_at=attempt.submitted_at,
        due_at=attempt.due_at,
        late=late_work([attempt_id]).get(attempt_id, NO_LATE_WORK),
        released=_view(attempt, result, Feedback.model_validate(sitting.feedback), language) if result else None,
        appeal=_own_appeal(attempt_id) if result else None,
        appeal_until=_may_appeal_until(result, now) if result else None,
    )


def _may_appeal_until(result: Result, now: datetime) -> datetime | None:
    if result.released_at is None or appeals.appealed(result.attempt_id):
        return None
    until = appeals.open_until(result.released_at)
    return until if now <= until else None


def _own_appeal(attempt_id: int) -> OwnAppeal | None:
    appeal = db.session.execute(
        select(Appeal).where(Appeal.attempt_id == attempt_id).order_by(Appeal.id.desc()).limit(1)
    ).scalar_one_or_none()
    if appeal is None:
        return None
    answer = appeal.answer if appeal.state != "open" else ""
    return OwnAppeal(appeal.position, appeal.reason, appeal.raised_at, appeal.due_at, appeal.state, answer)


def _view(attempt: Attempt, result: Result, feedback: Feedback, language: Language) -> Released:
    assert result.released_at is not None
    if (drill_set := set_of(attempt.id)) is not None:
        return _drill_view(attempt.id, plan_of_set(drill_set), result, feedback, language)
    if (plan := call_results.plan_for(attempt)) is not None:
        return _calls_view(attempt, plan, result, feedback)
    questions = questions_of(attempt.id)
    topics = by_topic(one.earned for one in questions) if feedback.topics else []
    titles = _topic_titles(language) if topics else {}
    return Released(
        passed=result.passed,
        total=result.total if feedback.total else None,
        pass_total=blueprint_for(attempt).pass_total,
        sections=load_sections(result.sections) if feedback.sections else None,
        improve=[_titled(one, titles) for one in to_improve(topics)],
        strong=[_titled(one, titles) for one in strengths(topics)],
        shows_topics=feedback.topics,
        answers=answers_of(attempt.id, questions, feedback) if feedback.own_answers else [],
        comments=_comments(attempt.id) if feedback.comments else [],
        released_at=result.released_at,
        revised=None if result.cause == "marking" else result.cause,
    )


def _drill_view(attempt_id: int, plan: DrillPlan, result: Result, feedback: Feedback, language: Language) -> Released:
    """A drill's tasks are made anew for everybody: what was right gives nothing away, so errors are always shown."""
    assert result.released_at is not None
    return Released(
        passed=result.passed,
        total=result.total if feedback.total else None,
        pass_total=plan.pass_total,
        sections=load_sections(result.sections) if feedback.sections else None,
        improve=[],
        strong=[],
        shows_topics=False,
        answers=[],
        comments=[],
        released_at=result.released_at,
        revised=None if result.cause == "marking" else result.cause,
        plan=plan,
        tasks=[ledger_of(run, language) for run in runs_of(attempt_id)],
    )


def _calls_view(attempt: Attempt, plan: RolePlayPlan, result: Result, feedback: Feedback) -> Released:
    """What examiners saw is always shown: the anchors are how one learns to do better."""
    assert result.released_at is not None
    return Released(
        passed=result.passed,
        total=result.total if feedback.total else None,
        pass_total=plan.pass_total,
        sections=load_sections(result.sections) if feedback.sections else None,
        improve=[],
        strong=[],
        shows_topics=False,
        answers=[],
        comments=[],
        released_at=result.released_at,
        revised=None if result.cause == "marking" else result.cause,
        calls=calls_seen(attempt, plan, comments=feedback.comments),
    )


def _topic_titles(language: Language) -> dict[str, str]:
    rows = db.session.execute(select(Topic.code, Topic.title))
    return {code: title.get(language.value) or next(iter(title.values()), code) for code, title in rows}


def _titled(topic: TopicShare, titles: dict[str, str]) -> TopicTitle:
    return TopicTitle(topic.section, titles.get(topic.topic, topic.topic), topic.share)


def _comments(attempt_id: int) -> list[tuple[int, str]]:
    """What examiners wrote, question by question; nobody is named. An appeal's examiner is read once it is decided."""
    contested = select(Appeal.id).where(Appeal.attempt_id == attempt_id, Appeal.state == "open").exists()
    rows = db.session.execute(
        select(MarkingTask.position, Marksheet.comment)
        .join(Marksheet, Marksheet.task_id == MarkingTask.id)
        .where(MarkingTask.attempt_id == attempt_id, Marksheet.submitted_at.is_not(None), Marksheet.comment != "")
        .where(or_(MarkingTask.round < Round.APPEAL, ~contested))
        .order_by(MarkingTask.position, MarkingTask.round)
    )
    return [(position, comment) for position, comment in rows]


def question_list(attempt_id: int) -> list[tuple[int, str, str]]:
    """(position, section, kind) of every question on a paper: enough to say which one is meant.

    Of a drill its tasks: the section is lookup or workflow, the kind ``task``.
    """
    if (drill_set := set_of(attempt_id)) is not None:
        return [(run.position, drill_set.kind, "task") for run in runs_of(attempt_id)]
    if begun := call_results.calls_of(attempt_id):
        return [(call.position, KIND, "call") for call in begun]
    return [(one.position, one.section, one.kind) for one in questions_of(attempt_id)]
