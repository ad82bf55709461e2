"""Release, what a candidate then sees, putting results right, voiding: through the real services."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text, update

from lms.domain.attempts import AttemptState
from lms.domain.people import Role
from lms.domain.regrade import Treatment
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import Question, QuestionKey, QuestionVersion
from lms.models.exams import Attempt, PaperQuestion
from lms.models.marking import MarkingTask, Result
from lms.models.people import Person
from lms.services import audit, decisions, marking_queue, own_results, proposals, regrade, release, sitting_papers
from lms.services.attempts import NotYours
from lms.services.proposals import NoSuchProposal, ProposalRefused
from lms.services.results import mark_released
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.exam_factories import Exam, an_exam, an_examiner, join, shares_of, signed_in
from tests.factories import a_person
from tests.marked_sittings import Sat, a_choice, a_sitting, in_bank, sit
from tests.services.test_marking import mark_next, results, state_of, tasks_of

LATER = MONDAY + timedelta(hours=2)


def seen_by(person: Person, attempt_id: int) -> own_results.OwnResult:
    return own_results.own_result(person.id, attempt_id, Language.ZH, LATER)


def a_marked_attempt(exam: Exam, *, points: int = 8, **how: int) -> Attempt:
    attempt = exam.sit(cases=("甲", "乙"), **how)
    examiner = an_examiner()
    mark_next(examiner, points)
    mark_next(examiner, points)
    return db.session.get_one(Attempt, attempt.id, populate_existing=True)


def test_before_release_a_candidate_learns_only_when_it_is_due(app: Flask) -> None:
    exam = an_exam()
    attempt = a_marked_attempt(exam)
    assert state_of(attempt.id) == "marked"
    before = seen_by(attempt.person, attempt.id)
    assert before.released is None
    assert before.due_at == attempt.due_at
    assert own_results.own_results(attempt.person_id)[0].passed is None


def test_after_release_a_candidate_sees_what_the_sitting_lets_them_see(app: Flask) -> None:
    exam = an_exam()
    attempt = a_marked_attempt(exam, wrong=2)
    assert release.release(exam.trainer.id, exam.sitting.id, None, LATER) == 1
    seen = seen_by(attempt.person, attempt.id).released
    assert seen is not None
    assert (seen.total, seen.passed, seen.pass_total) == (76, False, 80)
    assert [topic.title for topic in seen.improve] == ["business主题"]
    assert [topic.title for topic in seen.strong] == ["compliance主题"]
    assert (seen.answers, seen.comments) == ([], [])


def test_a_sitting_may_show_less_or_more(app: Flask) -> None:
    exam = an_exam(feedback={"total": False, "sections": False, "topics": False, "own_answers": True})
    attempt = a_marked_attempt(exam)
    release.release(exam.trainer.id, exam.sitting.id, None, LATER)
    seen = seen_by(attempt.person, attempt.id).released
    assert seen is not None
    assert (seen.total, seen.sections, seen.improve) == (None, None, [])
    assert len(seen.answers) == 10
    assert all(answer.right == [] for answer in seen.answers)
    assert seen.answers[-1].given == ["乙"]


def test_results_are_released_by_a_trainer_of_the_cohort_and_once(app: Flask) -> None:
    exam = an_exam()
    attempt = a_marked_attempt(exam)
    stranger = a_person(Role.TRAINER)
    with pytest.raises(release.NotYourSitting):
        release.release(stranger.id, exam.sitting.id, None, LATER)
    with pytest.raises(release.NotYourSitting):
        release.sitting_results(stranger.id, exam.sitting.id, LATER)
    assert release.release(exam.trainer.id, exam.sitting.id, [attempt.id], LATER) == 1
    assert release.release(exam.trainer.id, exam.sitting.id, [attempt.id], LATER) == 0
    assert audit.verify().broken is None


def test_a_result_with_marks_still_to_come_is_not_released(app: Flask) -> None:
    exam = an_exam()
    attempt = exam.sit()
    assert release.release(exam.trainer.id, exam.sitting.id, [attempt.id], LATER) == 0
    shown = release.sitting_results(exam.trainer.id, exam.sitting.id, MONDAY + timedelta(days=5))
    [candidate] = shown.candidates
    assert (candidate.waiting_marks, candidate.overdue, candidate.total) == (2, True, None)


def test_another_persons_result_is_not_there(app: Flask) -> None:
    exam = an_exam()
    attempt = a_marked_attempt(exam)
    with pytest.raises(NotYours):
        seen_by(exam.a_candidate(), attempt.id)


# ---- regrade ------------------------------------------------------------------------------------------------------


def version_of(code: str) -> int:
    return db.session.execute(
        select(QuestionVersion.id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Question.code == code)
    ).scalar_one()


def test_a_wrong_key_is_put_right_after_a_dry_run_by_two_persons(app: Flask) -> None:
    exam = an_exam(written_count=0)
    right = exam.sit()  # answered A everywhere
    wrong = exam.sit(wrong=1)  # answered B on the first business question
    release.release(exam.trainer.id, exam.sitting.id, None, LATER)
    version = version_of("BUS-0")
    correction = regrade.Correction(version, Treatment.KEY, {"key": "B"})

    shown = regrade.dry_run(correction)
    assert shown.answers == 2
    assert [(c.points_before, c.points_after, c.total_before, c.total_after) for c in shown.changes] == [
        (2, 0, 100, 90),
        (0, 2, 90, 100),
    ]
    assert shares_of(right.id)[position_of(right.id, "BUS-0")] == 1, "a dry run writes nothing"

    number = regrade.correct_key(exam.trainer.id, correction, "答案录入错误", LATER)
    with pytest.raises(ProposalRefused, match="own"):
        decisions.confirm(signed_in(exam.trainer), number, LATER)
    second = signed_in(a_person(Role.TRAINER))
    decisions.confirm(second, number, LATER)

    [old, new] = results(wrong.id)
    assert (old.total, new.total, new.cause, new.revision) == (90, 100, "regrade", 2)
    assert new.released_at is not None
    assert seen_by(right.person, right.id).released.total == 90  # type: ignore[union-attr]
    assert db.session.query(QuestionKey).filter_by(version_id=version).count() == 2
    assert audit.verify().broken is None

    with pytest.raises(ProposalRefused, match="decided"):
        decisions.confirm(second, number, LATER)
    with pytest.raises(regrade.NothingToChange):
        regrade.correct_key(exam.trainer.id, correction, "再来一次", LATER)
    assert len(results(wrong.id)) == 2


def position_of(attempt_id: int, code: str) -> int:
    return db.session.execute(
        select(PaperQuestion.position)
        .join(Question, PaperQuestion.question_id == Question.id)
        .where(PaperQuestion.attempt_id == attempt_id, Question.code == code)
    ).scalar_one()


def test_running_a_regrade_again_is_a_no_op(app: Flask) -> None:
    exam = an_exam(written_count=0)
    attempt = exam.sit(wrong=1)
    correction = regrade.Correction(version_of("BUS-0"), Treatment.KEY, {"key": "B"})
    with writing(exam.trainer.id, LATER) as deed:
        assert regrade.apply_correction(deed, correction.dump(), "", exam.trainer.id) == 1
    head = audit.head_line("key", LATER)
    with writing(exam.trainer.id, LATER) as deed:
        assert regrade.apply_correction(deed, correction.dump(), "", exam.trainer.id) == 0
    assert audit.head_line("key", LATER) == head, "nothing was written"
    assert len(results(attempt.id)) == 2


def test_a_regrade_takes_as_many_statements_for_sixty_as_for_three(app: Flask) -> None:
    """Everybody who writes waits for it."""
    counted = [statements_of_a_regrade(candidates) for candidates in (3, 60)]
    assert counted[0] == counted[1] <= 13
    assert audit.verify().broken is None


def statements_of_a_regrade(candidates: int) -> int:
    """Of these results every second one is released."""
    sitting_papers.forget()
    asked, other = a_choice(f"REG-{candidates}"), a_choice(f"OTHER-{candidates}")
    known, sitting, trainer = in_bank(asked, other), a_sitting(), a_person(Role.TRAINER)
    papers = [Sat({asked.code: "BAC"[n % 3], other.code: "AB"[n % 2]}) for n in range(candidates)]
    ids = [attempt.id for attempt in sit(sitting, known, papers)]
    with writing(trainer.id, MONDAY) as deed:
        for attempt_id in ids[::2]:
            mark_released(deed, attempt_id, 1)
    correction = regrade.Correction(known[asked.code][1].id, Treatment.KEY, {"key": "B"})
    changed, statements = counted_regrade(trainer, correction)
    assert changed == sum(n % 3 < 2 for n in range(candidates))
    for n, attempt_id in enumerate(ids):
        shares = [Fraction(n % 3 == 0), Fraction(n % 2 == 0)]
        assert list(shares_of(attempt_id).values()) == shares
        first, *further = results(attempt_id)
        assert first.released_at == (MONDAY if n % 2 == 0 else None)
        released = (LATER, trainer.id) if n % 2 == 0 else (None, None)
        told = [(one.revision, one.total, one.cause, one.released_at, one.released_by) for one in further]
        assert told == ([(2, 50 * sum(shares), "regrade", *released)] if n % 3 < 2 else [])
    return statements


def counted_regrade(trainer: Person, correction: regrade.Correction) -> tuple[int, int]:
    """(marks changed, statements)."""
    seen: list[str] = []

    def listen(*event_arguments: Any) -> None:
        seen.append(event_arguments[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    with writing(trainer.id, LATER) as deed:
        changed = regrade.apply_correction(deed, correction.dump(), "答案录入错误", trainer.id)
    event.remove(db.engine, "before_cursor_execute", listen)
    return changed, len(seen)


def test_calling_the_second_examiner_takes_as_many_statements_for_four_results_as_for_one(app: Flask) -> None:
    exam, examiner = an_exam(near_pass=5), an_examiner()
    counted = []
    for code, candidates, wrong in (("BUS-1", 1, 1), ("BUS-2", 4, 0)):  # then BUS-1 is wrong by its corrected key
        near = [exam.sit(cases=("甲", "乙"), wrong=wrong) for _ in range(candidates)]
        for _ in range(2 * candidates):
            mark_next(examiner, 8)
        correction = regrade.Correction(version_of(code), Treatment.KEY, {"key": "B"})
        with writing(None, LATER) as deed:  # those of the round before are out of the way
            deed.session.execute(
                update(Attempt).where(Attempt.id.not_in([one.id for one in near])).values(state="void")
            )
        counted.append(counted_regrade(exam.trainer, correction))
        assert {state_of(one.id) for one in near} == {"marking"}
    assert [changed for changed, _statements in counted] == [1, 4]
    assert counted[0][1] == counted[1][1]


def test_a_total_that_a_regrade_brings_near_the_line_is_marked_by_a_second_examiner_before_release(app: Flask) -> None:
    """Each of 86 falls to 76, with the line at 80 and five points to either side of it."""
    exam = an_exam(near_pass=5)
    first = an_examiner()
    released, held, twice = [exam.sit(cases=("甲", "乙"), wrong=1) for _ in range(3)]
    for _ in range(6):
        mark_next(first, 8)
    with writing(None, LATER) as deed:
        for task in db.session.query(MarkingTask).filter_by(attempt_id=twice.id).all():
            deed.session.add(
                MarkingTask(
                    attempt_id=twice.id, position=task.position, version_id=task.version_id, round=2, state="done",
                    created_at=LATER,
                )
            )  # fmt: skip
    release.release(exam.trainer.id, exam.sitting.id, [released.id], LATER)
    correction = regrade.Correction(version_of("BUS-1"), Treatment.KEY, {"key": "B"})

    shown = regrade.dry_run(correction)
    assert [c.attempt_id for c in shown.changes if c.second_marking] == [held.id]
    assert (shown.second_markings, state_of(held.id)) == (1, "marked")

    with writing(exam.trainer.id, LATER) as deed:
        assert regrade.apply_correction(deed, correction.dump(), "", exam.trainer.id) == 3
    assert [state_of(one.id) for one in (released, held, twice)] == ["released", "marking", "marked"]
    assert [task[1:] for task in tasks_of(held.id)] == [(1, "done"), (2, "open")] * 2
    assert release.release(exam.trainer.id, exam.sitting.id, [held.id], LATER) == 0
    rows = release.sitting_results(exam.trainer.id, exam.sitting.id, LATER).candidates
    told = {row.attempt_id: (row.total, row.passed, row.waiting_marks) for row in rows}
    assert told[held.id] == (None, None, 2), "not a word on pass or fail while the second examiner marks"
    assert told[twice.id] == (76, False, 0)

    with writing(exam.trainer.id, LATER) as deed:
        again = regrade.apply_correction(deed, {**correction.dump(), "key": {"key": "A"}}, "", exam.trainer.id)
    assert (again, results(held.id)[-1].total) == (3, 86), "put right once more while the second examiner marks"
    second = an_examiner()
    mark_next(second, 10)
    mark_next(second, 10)
    assert state_of(held.id) == "marked"
    assert [(one.revision, one.total, one.cause) for one in results(held.id)] == [
        (1, 86, "marking"), (2, 76, "regrade"), (3, 86, "regrade"), (4, 88, "marking"),
    ]  # fmt: skip
    assert release.release(exam.trainer.id, exam.sitting.id, [held.id], LATER) == 1
    assert audit.verify().broken is None


def test_a_pass_that_flips_is_listed_first(app: Flask) -> None:
    exam = an_exam(written_count=0)
    exam.sit(wrong=1)
    failing = exam.sit(wrong=3)
    correction = regrade.Correction(version_of("BUS-0"), Treatment.KEY, {"key": "B"})
    shown = regrade.dry_run(correction)
    assert shown.flips == 1
    assert shown.changes[0].attempt_id == failing.id
    assert (shown.changes[0].passed_before, shown.changes[0].passed_after) == (False, True)


def test_everyone_right_spares_the_blank_and_dropping_spares_nobody(app: Flask) -> None:
    exam = an_exam(written_count=0)
    answered, blank = exam.sit(wrong=1), exam.sit(wrong=1)
    with writing(None, LATER) as deed:
        row = deed.session.get_one(PaperQuestion, (blank.id, position_of(blank.id, "BUS-0")))
        row.answer = None
    version = version_of("BUS-0")
    for treatment, after in (
        (Treatment.ANSWERED, {answered.id: 2}),
        (Treatment.EVERYONE, {answered.id: 2, blank.id: 2}),
    ):
        shown = regrade.dry_run(regrade.Correction(version, treatment, {}))
        assert {c.attempt_id: c.points_after for c in shown.changes} == after


def test_papers_handed_in_later_are_marked_by_the_treatment_too(app: Flask) -> None:
    exam = an_exam(written_count=0)
    exam.sit(wrong=1)
    number = regrade.correct_key(
        exam.trainer.id,
        regrade.Correction(version_of("BUS-0"), Treatment.EVERYONE, {}),
        "题目有误",
        LATER,
    )
    decisions.confirm(signed_in(a_person(Role.TRAINER)), number, LATER)
    later = exam.sit(wrong=1)
    assert results(later.id)[0].total == 100


def test_a_key_that_does_not_fit_and_a_written_case_are_refused(app: Flask) -> None:
    exam = an_exam()
    exam.sit()
    with pytest.raises(regrade.BadKey):
        regrade.dry_run(regrade.Correction(version_of("BUS-0"), Treatment.KEY, {"key": "F"}))
    with pytest.raises(regrade.CannotRegrade):
        regrade.dry_run(regrade.Correction(version_of("WRI-0"), Treatment.EVERYONE, {}))


# ---- two persons --------------------------------------------------------------------------------------------------


def propose_void(actor: Person, attempt: Attempt) -> int:
    return proposals.propose(
        actor.id, LATER, deed="void-attempt", subject=f"attempt:{attempt.id}", payload={}, reason="替考"
    )


def test_voiding_takes_two_keeps_everything_and_stops_the_marking(app: Flask) -> None:
    exam = an_exam()
    attempt = exam.sit()
    number = propose_void(exam.trainer, attempt)
    with pytest.raises(ProposalRefused, match="own"):
        decisions.confirm(signed_in(exam.trainer), number, LATER)
    assert state_of(attempt.id) == "marking"
    decisions.confirm(signed_in(an_examiner()), number, LATER)
    assert state_of(attempt.id) == "void"
    assert {task.state for task in db.session.query(MarkingTask)} == {"withdrawn"}
    assert marking_queue.take_next(an_examiner().id, None, LATER) is None
    assert seen_by(attempt.person, attempt.id).state is AttemptState.VOID


def test_a_refused_proposal_changes_nothing_and_can_be_made_again(app: Flask) -> None:
    exam = an_exam()
    attempt = exam.sit()
    number = propose_void(exam.trainer, attempt)
    with pytest.raises(ProposalRefused, match="open-already"):
        propose_void(exam.trainer, attempt)
    decisions.refuse(signed_in(an_examiner()), number, "证据不足", LATER)
    assert state_of(attempt.id) == "marking"
    assert propose_void(exam.trainer, attempt) != number


def test_nobody_decides_about_their_own_attempt_and_strangers_see_no_proposal(app: Flask) -> None:
    exam = an_exam()
    candidate = a_person(Role.NEW_HIRE, Role.EXAMINER)
    join(exam.cohort, candidate, "trainee")
    attempt = exam.sit(candidate)
    number = propose_void(exam.trainer, attempt)
    for other in (candidate, a_person(Role.TEAM_LEADER), a_person(Role.NEW_HIRE)):
        with pytest.raises(NoSuchProposal):
            decisions.confirm(signed_in(other), number, LATER)
        assert proposals.proposals(signed_in(other)) == ([], [])


def test_a_reason_is_asked_for(app: Flask) -> None:
    exam = an_exam()
    attempt = exam.sit()
    with pytest.raises(ProposalRefused, match="no-reason"):
        proposals.propose(
            exam.trainer.id,
            LATER,
            deed="void-attempt",
            subject=f"attempt:{attempt.id}",
            payload={},
            reason="  ",
        )


def test_marks_are_exact_texts_in_the_table(app: Flask) -> None:
    exam = an_exam()
    attempt = a_marked_attempt(exam, wrong=1)
    stored = db.session.execute(text("SELECT total FROM results WHERE attempt_id = :a"), {"a": attempt.id}).scalar_one()
    assert Fraction(stored) == 86
    assert db.session.query(Result).count() == 1
