"""Sittings: create, change, cancel, enter; what one person is due."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.domain.access_rules import Reason
from lms.domain.people import Role
from lms.domain.results import Feedback
from lms.domain.sittings import BadSitting
from lms.domain.values import Language
from lms.extensions import db
from lms.models.audit import AuditEntry
from lms.models.bank import Question
from lms.models.exams import Attempt, Invigilator, Sitting
from lms.models.people import Person
from lms.services import attempts, extra_time, hand_in, passwords, sitting_lists, sittings
from lms.services.sittings import HasAttempts, plan_of
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.exam_factories import Exam, an_exam, join, signed_in
from tests.factories import a_person


@pytest.fixture
def exam(app: Flask) -> Exam:
    return an_exam()


def wish(exam: Exam, **changes: Any) -> dict[str, Any]:
    plan = {
        "title": "补考", "blueprint_version_id": exam.sitting.blueprint_version_id, "cohort_id": exam.cohort.id,
        "opens_at": MONDAY, "closes_at": MONDAY + timedelta(hours=2), "minutes": 60, "seed": 2**61,
    }  # fmt: skip
    return {**plan, **changes}


def start(exam: Exam, person: Person) -> Attempt:
    attempt_id = attempts.start(signed_in(person), exam.sitting.id, Language.ZH, MONDAY)
    return db.session.get_one(Attempt, attempt_id)


def watchers(sitting: Sitting) -> set[int]:
    return set(db.session.execute(select(Invigilator.person_id).where(Invigilator.sitting_id == sitting.id)).scalars())


def test_the_creator_watches_over_a_sitting(exam: Exam) -> None:
    examiner = a_person(Role.EXAMINER)
    sitting = sittings.create_sitting(
        exam.trainer.id, MONDAY, **wish(exam, access_code="K7MP42", invigilator_ids=[examiner.id])
    )
    assert watchers(sitting) == {exam.trainer.id, examiner.id}
    assert sitting.feedback == Feedback().model_dump()
    assert sitting.code_hash is not None and "K7MP42" not in sitting.code_hash
    assert db.session.get_one(Sitting, sitting.id, populate_existing=True).seed == 2**61


def test_what_is_not_there_is_named(exam: Exam) -> None:
    hire = exam.a_candidate()
    with pytest.raises(BadSitting) as bad:
        sittings.create_sitting(
            None, MONDAY, **wish(exam, blueprint_version_id=999, cohort_id=998, invigilator_ids=[hire.id])
        )
    assert bad.value.problems == {
        "blueprint_version_id": "unknown", "cohort_id": "unknown", "invigilator_ids": "not-staff",
    }  # fmt: skip
    assert db.session.execute(select(Sitting)).scalars().all() == [exam.sitting]


def test_the_rules_are_told_what_is_true(exam: Exam) -> None:
    person, stranger = exam.a_candidate(), a_person()
    roles = {Role.NEW_HIRE}
    assert sittings.refusals_to_start(exam.sitting, person.id, roles, MONDAY) == []
    assert sittings.refusals_to_start(exam.sitting, stranger.id, roles, MONDAY) == [Reason.NOT_A_MEMBER]
    join(exam.cohort, exam.trainer, "trainee")
    assert sittings.refusals_to_start(exam.sitting, exam.trainer.id, {Role.TRAINER}, MONDAY) == [Reason.KNOWS_THE_KEYS]
    start(exam, person)
    found = sittings.refusals_to_start(exam.sitting, person.id, roles, MONDAY)
    assert found == [Reason.OPEN_ELSEWHERE, Reason.NO_ATTEMPT_LEFT]
    late = MONDAY + timedelta(hours=8)
    assert sittings.refusals_to_start(exam.sitting, exam.a_candidate().id, roles, late) == [Reason.CLOSED]


def test_an_access_code_opens_only_when_it_is_right(exam: Exam) -> None:
    person = exam.a_candidate()
    sittings.change_code(exam.trainer.id, MONDAY, exam.sitting.id, "K7MP42")
    sitting = db.session.get_one(Sitting, exam.sitting.id)

    def asked(code: str | None) -> list[Reason]:
        return sittings.refusals_to_start(sitting, person.id, {Role.NEW_HIRE}, MONDAY, code)

    assert asked(None) == asked("") == [Reason.CODE_MISSING]
    assert asked("k7mp42!") == [Reason.CODE_WRONG]
    assert asked("K7MP42") == []


@pytest.mark.parametrize("typed", ["k7mp42", "K7M P42", " k7 mp42 ", "Ｋ７ＭＰ４２", "ｋ７ｍｐ\u3000４２"])
def test_an_access_code_is_taken_however_it_is_typed(exam: Exam, typed: str) -> None:
    person = exam.a_candidate()
    sittings.change_code(exam.trainer.id, MONDAY, exam.sitting.id, "k7mp 42")
    assert sittings.refusals_to_start(exam.sitting, person.id, {Role.NEW_HIRE}, MONDAY, typed) == []


def test_an_access_code_hashed_as_it_was_typed_still_opens(exam: Exam) -> None:
    """Codes of sittings made before they were folded."""
    person = exam.a_candidate()
    with writing(None, MONDAY):
        exam.sitting.code_hash = passwords.hash_password("Früh 42")
    assert sittings.refusals_to_start(exam.sitting, person.id, {Role.NEW_HIRE}, MONDAY, "Früh 42") == []


def test_a_second_attempt_is_given_to_one_person(exam: Exam) -> None:
    person = exam.a_candidate()
    attempt = exam.sit(person)
    assert attempt.state != "open"
    allow(exam, person, extra_attempts=1)
    assert sittings.refusals_to_start(exam.sitting, person.id, {Role.NEW_HIRE}, MONDAY) == []
    assert start(exam, person).number == 2


def allow(exam: Exam, person: Person, *, factor: Fraction = Fraction(1), extra_attempts: int = 0) -> None:
    extra_time.allow(
        exam.trainer.id, MONDAY, exam.sitting.id, person.id, factor=factor, extra_attempts=extra_attempts, reason="证明"
    )


def test_extra_time_reaches_an_attempt_that_is_open(exam: Exam) -> None:
    person = exam.a_candidate()
    attempt = start(exam, person)
    allow(exam, person, factor=Fraction(5, 4))
    db.session.refresh(attempt)
    assert attempt.deadline == MONDAY + timedelta(minutes=75)
    notes = db.session.execute(select(AuditEntry.action, AuditEntry.details)).all()
    told = dict(notes)
    assert told["sitting.allowance"]["reason"] == "证明" and told["sitting.allowance"]["factor"] == "5/4"
    assert "attempt.deadline-moved" in told


@pytest.mark.parametrize("factor", [Fraction(99, 100), Fraction(6)])
def test_extra_time_has_bounds(exam: Exam, factor: Fraction) -> None:
    with pytest.raises(BadSitting):
        allow(exam, exam.a_candidate(), factor=factor)


def test_nobody_outside_of_the_cohort_is_due_anything(exam: Exam) -> None:
    with pytest.raises(extra_time.NotInTheCohort):
        allow(exam, a_person())


def test_a_later_close_gives_back_what_the_close_had_cut_off(exam: Exam) -> None:
    person = exam.a_candidate()
    attempt_id = attempts.start(
        signed_in(person), exam.sitting.id, Language.ZH, MONDAY + timedelta(hours=7, minutes=30)
    )
    attempt = db.session.get_one(Attempt, attempt_id)
    assert attempt.deadline == MONDAY + timedelta(hours=8)
    change(exam, closes_at=MONDAY + timedelta(hours=9))
    db.session.refresh(attempt)
    assert attempt.deadline == MONDAY + timedelta(hours=8, minutes=30)


def change(exam: Exam, **changes: Any) -> None:
    sitting = db.session.get_one(Sitting, exam.sitting.id, populate_existing=True)
    wanted = replace(plan_of(sitting, watchers(sitting)), **changes)
    sittings.change_sitting(exam.trainer.id, MONDAY, sitting.id, wanted, feedback=Feedback())


def test_after_the_first_start_the_paper_stays(exam: Exam) -> None:
    change(exam, minutes=45, navigation="forward")
    start(exam, exam.a_candidate())
    with pytest.raises(BadSitting) as bad:
        change(exam, minutes=30)
    assert bad.value.problems == {"minutes": "started"}
    change(exam, title="新名称", invigilator_ids=frozenset({exam.trainer.id}))
    assert watchers(exam.sitting) == {exam.trainer.id}
    assert db.session.get_one(Sitting, exam.sitting.id, populate_existing=True).minutes == 45


def test_a_sitting_without_attempts_is_cancelled_and_shuts(exam: Exam) -> None:
    person = exam.a_candidate()
    sittings.cancel_sitting(exam.trainer.id, MONDAY, exam.sitting.id, "停电")
    sitting = db.session.get_one(Sitting, exam.sitting.id, populate_existing=True)
    assert Reason.CANCELLED in sittings.refusals_to_start(sitting, person.id, {Role.NEW_HIRE}, MONDAY)


def test_a_sitting_with_attempts_is_not_cancelled(exam: Exam) -> None:
    start(exam, exam.a_candidate())
    with pytest.raises(HasAttempts):
        sittings.cancel_sitting(exam.trainer.id, MONDAY, exam.sitting.id, "停电")
    assert db.session.get_one(Sitting, exam.sitting.id, populate_existing=True).cancelled_at is None


def test_lists_count_who_is_in_and_who_is_done(exam: Exam) -> None:
    exam.sit()
    start(exam, exam.a_candidate())
    exam.a_candidate()
    row = sitting_lists.sittings(MONDAY)[0]
    assert (row.stage, row.candidates, row.open, row.handed_in) == ("running", 3, 1, 1)
    assert sitting_lists.sittings(MONDAY, watched_by=exam.trainer.id) == []
    hand_in.sweep(MONDAY + timedelta(hours=2))
    found = sitting_lists.detail(exam.sitting.id, MONDAY)
    assert found is not None and found.started
    assert [len(candidate.attempts) for candidate in found.candidates] == [1, 1, 0]


def test_the_bank_s_gaps_are_told_by_language(exam: Exam) -> None:
    assert sitting_lists.gaps(exam.sitting.blueprint_version_id) == {}
    with writing(None, MONDAY) as deed:
        deed.session.execute(update(Question).where(Question.code == "BUS-0").values(state="retired", live_id=None))
    found = sitting_lists.gaps(exam.sitting.blueprint_version_id)
    assert {language: [short.missing for short in cells] for language, cells in found.items()} == {"zh": [1], "en": [1]}
