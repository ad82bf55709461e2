"""A house with something in every room: two cohorts, each with its people, sittings and attempts in every state.

Of everything that an address can name there is one that is one's own (`Ids.own`) and one that is somebody else's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

from flask import Flask
from sqlalchemy import func

from lms.domain.drills.plans import DrillKind, DrillPlan, LookupRules
from lms.domain.people import Role
from lms.domain.values import Language, Texts
from lms.extensions import db, limiter
from lms.models.bank import Blueprint, Question
from lms.models.drills import Run
from lms.models.exams import Attempt, Invigilator, Sitting
from lms.models.marking import MarkingComment
from lms.models.people import TRAINEE, TRAINER, Cohort, Person, SignIn
from lms.models.roleplays import Benchmark, Scenario
from lms.services import (
    appeals,
    bank_pictures,
    call_marking_queue,
    call_seat,
    comments,
    drill_forms,
    hand_in,
    marking_queue,
    proposals,
    release,
    runs,
)
from lms.services.marking_desk import submit
from lms.services.writing import writing
from tests.benchmark_calls import load_shipped, mark_all, shipped_benchmarks
from tests.browser_like import Visitor
from tests.call_room import Phone, load_scripts
from tests.call_sitting import held, roleplay_plans
from tests.conftest import MONDAY, delete_all_rows
from tests.drill_room import drill_plans, play, runs_in, started
from tests.exam_factories import Exam, an_exam, join, signed_in
from tests.exam_room import a_sitting
from tests.factories import a_person

ROLES = list(Role)
PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)


@dataclass
class Wing:
    """One cohort's people: the candidate's result is released, another's attempt waits for its marks."""

    exam: Exam
    people: dict[Role, Person]
    released: Attempt
    waiting: Attempt
    appeal_id: int
    task_id: int
    proposal_id: int
    phrase_id: int
    runs: dict[Role, Run]  # each has done one task of practice
    call_task_id: int  # of a certification call that the examiner has begun to mark
    calls: dict[Role, int]  # the new hire talks with the examiner; the others' practice calls are over


@dataclass
class House:
    app: Flask
    mine: Wing
    other: Wing
    picture: str

    def visitor(self, person: Person, language: str = "zh-CN") -> Visitor:
        limiter.reset()
        return Visitor(self.app, language).sign_in(person)

    def ids(self, wing: Wing, visitor_role: Role | None) -> dict[str, Any]:
        """Every name that an address can hold → what it is in that wing, as somebody of that role would open it."""
        candidate = wing.people[Role.NEW_HIRE]
        question = db.session.query(Question).filter_by(code="BUS-0").one()
        return {
            "sitting_id": wing.exam.sitting.id,
            "cohort_id": wing.exam.cohort.id,
            "attempt_id": wing.released.id if visitor_role is Role.NEW_HIRE else wing.waiting.id,
            "person_id": candidate.id,
            "sign_in_id": db.session.query(func.max(SignIn.id)).filter_by(
                person_id=wing.people[visitor_role or Role.NEW_HIRE].id).scalar() or 0,
            "task_id": wing.task_id,
            "appeal_id": wing.appeal_id,
            "proposal_id": wing.proposal_id,
            "phrase_id": wing.phrase_id,
            "question_id": question.id,
            "number": 1,
            "version_id": question.newest_id,
            "code": question.code,
            "blueprint_id": db.session.query(Blueprint.id).filter_by(kind="exam").scalar(),
            "plan_id": db.session.query(Blueprint.id).filter_by(code="lookup-certification").scalar(),
            "roleplay_id": db.session.query(Blueprint.id).filter_by(code="roleplay-certification").scalar(),
            "run_id": wing.runs.get(visitor_role or Role.NEW_HIRE, wing.runs[Role.NEW_HIRE]).id,
            "set_id": wing.runs.get(visitor_role or Role.NEW_HIRE, wing.runs[Role.NEW_HIRE]).set_id,
            "call_id": wing.calls.get(visitor_role or Role.NEW_HIRE, wing.calls[Role.NEW_HIRE]),
            "scenario_id": db.session.query(Scenario.id).filter_by(code="new-product").scalar(),
            "call_task_id": wing.call_task_id,
            "benchmark_id": db.session.query(func.min(Benchmark.id)).scalar(),
            "seat_id": wing.calls[Role.NEW_HIRE],
            "template": wing.runs[Role.NEW_HIRE].template,
            "kind": "single",
            "digest": self.picture,
        }  # fmt: skip


@contextmanager
def furnished(app: Flask) -> Iterator[House]:
    """The house for all tests of a module, and its rows deleted afterwards."""
    with app.app_context():
        clock = app.extensions["clock"]
        clock.moment = MONDAY
        house = a_house(app)
        clock.moment = MONDAY + timedelta(hours=3)
        yield house
        db.session.rollback()
        delete_all_rows()
        db.session.remove()
    limiter.reset()


def a_house(app: Flask) -> House:
    """Nobody of one wing has anything to do with the other: its examiners lead the other wing's candidates, and so
    may neither mark them nor decide their appeals."""
    exam = an_exam(feedback={"own_answers": True, "comments": True})
    with writing(None, MONDAY) as deed:
        deed.session.query(Blueprint).one().newest_id = exam.sitting.blueprint_version_id
    drill_plans()
    load_scripts()
    exams = {"mine": exam, "other": _second_exam(exam)}
    people = {name: _people(exam, name) for name, exam in exams.items()}
    examiners = {"mine": people["other"][Role.EXAMINER], "other": people["mine"][Role.EXAMINER]}
    released = {name: _released(exam, people[name][Role.NEW_HIRE], examiners[name]) for name, exam in exams.items()}
    wings = {name: _wing(exams[name], name, people[name], examiners[name], released[name]) for name in exams}
    _calibrating(people)
    picture = bank_pictures.keep(wings["mine"].people[Role.TRAINER].id, MONDAY, PICTURE)
    return House(app, wings["mine"], wings["other"], picture)


def _calibrating(people: dict[str, dict[Role, Person]]) -> None:
    """Benchmark calls of one series, since now: both examiners failed it, may look at it, and may try it again."""
    load_shipped(*(one for one in shipped_benchmarks() if one.series == 1 and not one.hidden))
    for of_wing in people.values():
        mark_all(of_wing[Role.EXAMINER].id, failing=True)


def _second_exam(first: Exam) -> Exam:
    trainer = a_person(Role.TRAINER, name="Other Trainer")
    with writing(None, MONDAY) as deed:
        cohort = Cohort(code="c2", name="April")
        deed.session.add(cohort)
        deed.session.flush()
        sitting = Sitting(
            title="April exam", blueprint_version_id=first.sitting.blueprint_version_id, cohort_id=cohort.id,
            opens_at=MONDAY, closes_at=MONDAY + timedelta(hours=8), minutes=60, feedback={}, seed=9, created_at=MONDAY,
        )  # fmt: skip
        deed.session.add(sitting)
    join(cohort, trainer, TRAINER)
    return Exam(sitting, cohort, trainer)


def _people(exam: Exam, name: str) -> dict[Role, Person]:
    people = {role: a_person(role, name=f"{name} {role.value}") for role in ROLES if role is not Role.TRAINER}
    people[Role.TRAINER] = exam.trainer
    with writing(None, MONDAY) as deed:
        for watcher in (people[Role.EXAMINER], people[Role.TRAINER]):
            deed.session.add(Invigilator(sitting_id=exam.sitting.id, person_id=watcher.id))
    return people


def _released(exam: Exam, candidate: Person, leader: Person) -> Attempt:
    join(exam.cohort, candidate, TRAINEE)
    with writing(None, MONDAY) as deed:
        deed.session.get_one(Person, candidate.id).leader_id = leader.id
    attempt = exam.sit(candidate)
    _mark_everything(a_person(Role.EXAMINER, name="Somebody Else"))
    release.release(exam.trainer.id, exam.sitting.id, None, MONDAY + timedelta(hours=1))
    return attempt


def _wing(exam: Exam, name: str, people: dict[Role, Person], leader: Person, released: Attempt) -> Wing:
    later = MONDAY + timedelta(hours=2)
    appeal_id = appeals.raise_appeal(people[Role.NEW_HIRE].id, released.id, None, "please look again", later)
    appeals.take(people[Role.EXAMINER].id, appeal_id, later)
    waiting = exam.sit(exam.a_candidate(f"{name} neighbour", leader))
    examiner = people[Role.EXAMINER]
    task_id = marking_queue.take_next(examiner.id, None, MONDAY)
    assert task_id is not None
    proposal_id = proposals.propose(
        people[Role.TRAINER].id, MONDAY, deed="void-attempt", subject=f"attempt:{released.id}",
        payload={"attempt": released.id}, reason="power cut",
    )  # fmt: skip
    comments.add_phrase(examiner.id, f"{name} phrase", MONDAY)
    phrase_id = db.session.query(MarkingComment.id).filter_by(person_id=examiner.id).scalar()
    _drilled(exam, people[Role.NEW_HIRE])
    practised = {role: _practised(people[role]) for role in (Role.NEW_HIRE, Role.TRAINER, Role.EXAMINER)}
    return Wing(exam, people, released, waiting, appeal_id, task_id, proposal_id, phrase_id, practised,
                _certified(exam, exam.a_candidate(f"{name} caller", leader), examiner), _called(people))  # fmt: skip


def _drilled(exam: Exam, candidate: Person) -> None:
    """A drill's sitting of the cohort, done and waiting for its release."""
    sitting = a_sitting(exam.cohort, blueprint="lookup-certification", title="lookups", minutes=15)
    who, attempt_id = started(sitting, candidate)
    play(who, runs_in(attempt_id)[0], MONDAY)
    hand_in.hand_in_own(who, attempt_id, MONDAY + timedelta(minutes=1))


def _practised(person: Person) -> Run:
    """One task of practice, done."""
    plan = DrillPlan(code="practice", kind=DrillKind.LOOKUP, title=Texts(zh="练习"), minutes=2, tasks=1,
                     lookup=LookupRules(pass_tasks=1))  # fmt: skip
    tasks = drill_forms.tasks_of(plan, Language.ZH, person.id)
    set_id = runs.create_practice_set(person.id, plan, tasks, factor=Fraction(1), seed=person.id, now=MONDAY)
    run = db.session.query(Run).filter_by(set_id=set_id).one()
    play(signed_in(person), run, MONDAY)
    return db.session.query(Run).filter_by(set_id=set_id).one()


def _certified(exam: Exam, candidate: Person, examiner: Person) -> int:
    """A role-play's sitting of the cohort, held; one of its calls is under the examiner's hand."""
    roleplay_plans()
    sitting = a_sitting(exam.cohort, blueprint="roleplay-certification", title="calls", minutes=40)
    held(sitting, candidate)
    task_id = call_marking_queue.take_next(examiner.id, None, MONDAY)
    assert task_id is not None
    return task_id


def _called(people: dict[Role, Person]) -> dict[Role, int]:
    """Practice calls: two that are over, and one whose customer the examiner is playing."""
    over = {role: Phone(trainee=signed_in(people[role])).answer() for role in (Role.TRAINER, Role.EXAMINER)}
    for phone in over.values():
        phone.say("您好，澄湾通信，请您慢慢说。")
        phone.do("hang-up")
    talking = Phone(customer="examiner", trainee=signed_in(people[Role.NEW_HIRE]))
    call_seat.take(people[Role.EXAMINER].id, talking.id, talking.now)
    talking.answer()
    return {**{role: phone.id for role, phone in over.items()}, Role.NEW_HIRE: talking.id}


def _mark_everything(examiner: Person) -> None:
    while (task_id := marking_queue.take_next(examiner.id, None, MONDAY)) is not None:
        submit(examiner.id, task_id, {"empathy": 2, "feasible": 3, "compliant": 2}, "marked", 1, MONDAY)
