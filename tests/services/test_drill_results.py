"""A drill's result on the same path as an exam's: computed, released, contested, errors struck by two, revised."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.audit import AuditEntry
from lms.models.drills import Run, WaivedError
from lms.models.exams import Attempt, Sitting
from lms.models.people import Person
from lms.services import appeals, audit, decisions, drill_appeals, own_results, release, runs, voiding
from lms.services.appeals import AppealRefused, NoSuchAppeal
from lms.services.proposals import proposals
from lms.services.results import newest_results
from lms.services.sign_in import SignedIn
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.drill_room import a_drill_room, play, play_all, runs_in, started
from tests.exam_factories import signed_in
from tests.factories import a_person

MINUTE = timedelta(minutes=1)
LATER = MONDAY + timedelta(hours=1)


class Drilled:
    """A drill that somebody has done: ``wrong`` fields in the first task, the second …"""

    def __init__(self, kind: str = "lookup", *, wrong: tuple[int, ...] = (), seconds: float = 20) -> None:
        self.sitting: Sitting
        self.sitting, (self.person,), self.trainer = a_drill_room(kind)
        self.who, self.attempt_id = started(self.sitting, self.person)
        play_all(self.who, self.attempt_id, MONDAY, wrong=wrong, seconds=seconds)

    def released(self) -> "Drilled":
        assert release.release(self.trainer.id, self.sitting.id, None, LATER) == 1
        return self

    def seen(self) -> own_results.OwnResult:
        return own_results.own_result(self.person.id, self.attempt_id, Language.ZH, LATER)


@pytest.fixture
def examiners(app: Flask) -> Iterator[tuple[SignedIn, SignedIn]]:
    yield signed_in(a_person(Role.EXAMINER, name="考官一")), signed_in(a_person(Role.EXAMINER, name="考官二"))


def total(attempt_id: int) -> tuple[Fraction, bool, int]:
    result = newest_results([attempt_id])[attempt_id]
    return result.total, result.passed, result.revision


def test_four_of_five_pass_and_three_do_not(app: Flask) -> None:
    assert total(Drilled(wrong=(1,)).attempt_id) == (80, True, 1)


def test_three_of_five_do_not_pass(app: Flask) -> None:
    assert total(Drilled(wrong=(1, 0, 1)).attempt_id) == (60, False, 1)


def test_too_late_is_not_counted(app: Flask) -> None:
    assert total(Drilled(seconds=31).attempt_id) == (0, False, 1)


def test_a_workflow_is_the_mean_of_its_tasks(app: Flask) -> None:
    # One error in the first of two tasks: accuracy (67 + 70) ÷ 2 = 68.5. Both in 180 s: efficiency 30·60/120 = 15.
    found = Drilled("workflow", wrong=(1,), seconds=180)
    assert total(found.attempt_id) == (Fraction(167, 2), True, 1)
    sections = newest_results([found.attempt_id])[found.attempt_id].sections
    assert {name: part["score"] for name, part in sections.items()} == {"accuracy": "137/2", "efficiency": "15/1"}


def test_one_critical_failure_fails_the_whole_and_the_trail_names_it(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room("workflow")
    who, attempt_id = started(sitting, person)
    first, second = runs_in(attempt_id)
    for number, (kind, data) in enumerate([("begin", {}), ("open", {"customer": 1}), ("panel", {"panel": "bills"})]):
        op = runs.read_op({"op": f"too-early-{number}", "kind": kind, "data": data})
        runs.act(who, first.id, op, MONDAY + timedelta(milliseconds=number))
    runs.close_if_over(first.id, MONDAY + 6 * MINUTE)
    play(who, second, MONDAY + 7 * MINUTE)
    _total, passed, _revision = total(attempt_id)
    assert passed is False
    computed = db.session.query(AuditEntry).filter_by(action="result.computed").one()
    assert "1:disclosure:panel:bills" in str(computed.details)


def test_before_release_the_candidate_learns_nothing(app: Flask) -> None:
    drilled = Drilled(wrong=(1,))
    before = drilled.seen()
    assert (before.released, before.drill, before.appeal_until) == (None, True, None)
    seen = drilled.released().seen().released
    assert seen is not None and seen.plan is not None
    assert (seen.total, seen.pass_total, seen.passed) == (80, 80, True)
    assert [task.counted for task in seen.tasks] == [False, True, True, True, True]
    (line,) = seen.tasks[0].errors
    assert (line.kind, line.seen, line.waived) == ("wrong", "不知道", None)
    assert line.right and line.rule
    assert [task.milliseconds for task in seen.tasks] == [20_000] * 5
    assert [task.lag_ms for task in seen.tasks] == [40] * 5


def test_the_trainer_sees_sections_and_total(app: Flask) -> None:
    drilled = Drilled(wrong=(1,))
    results = release.sitting_results(drilled.trainer.id, drilled.sitting.id, LATER)
    assert (list(results.sections), results.pass_total) == (["lookup"], 80)
    (one,) = results.candidates
    assert (one.total, one.passed, [part.score for part in one.sections]) == (80, True, [80])


def contested(drilled: Drilled, examiner: SignedIn, position: int | None = None) -> int:
    appeal_id = appeals.raise_appeal(drilled.person.id, drilled.attempt_id, position, "字段是对的", LATER)
    appeals.take(examiner.person_id, appeal_id, LATER)
    return appeal_id


def strikes_of(drilled: Drilled, examiner: SignedIn, appeal_id: int) -> dict[int, dict[str, str]]:
    contest = drill_appeals.contest(examiner.person_id, appeal_id, Language.ZH)
    return {run.run_id: {line.key: "题面有歧义" for line in run.standing} for run in contest.runs if run.standing}


def test_struck_errors_revise_the_result_once_a_second_person_confirms(
    app: Flask, examiners: tuple[SignedIn, SignedIn]
) -> None:
    first, second = examiners
    drilled = Drilled(wrong=(1, 1)).released()
    assert total(drilled.attempt_id) == (60, False, 1)
    appeal_id = contested(drilled, first)
    strikes = strikes_of(drilled, first, appeal_id)
    assert len(strikes) == 2
    one_run = dict([next(iter(strikes.items()))])
    proposal_id = drill_appeals.decide(
        first.person_id, appeal_id, uphold=True, strikes=one_run, answer="同意一处", now=LATER
    )
    assert proposal_id is not None
    assert total(drilled.attempt_id) == (60, False, 1)  # nothing changes before the second person
    with pytest.raises(AppealRefused, match="waiting"):
        drill_appeals.decide(first.person_id, appeal_id, uphold=False, strikes={}, answer="不", now=LATER)
    assert [one.id for one in proposals(second)[0]] == [proposal_id]
    decisions.confirm(second, proposal_id, LATER + MINUTE)
    assert total(drilled.attempt_id) == (80, True, 2)
    seen = drilled.seen()
    assert seen.released is not None and seen.released.revised == "appeal"
    assert seen.appeal is not None and (seen.appeal.state, seen.appeal.answer) == ("upheld", "同意一处")
    (waived,) = db.session.query(WaivedError).all()
    assert (waived.run_id, waived.reason, waived.by) == (next(iter(one_run)), "题面有歧义", second.person_id)
    assert db.session.get_one(Run, waived.run_id).counted is True
    assert audit.verify().fault is None


def test_a_refused_proposal_returns_the_appeal_and_changes_nothing(
    app: Flask, examiners: tuple[SignedIn, SignedIn]
) -> None:
    first, second = examiners
    drilled = Drilled(wrong=(1, 1)).released()
    appeal_id = contested(drilled, first, position=1)
    strikes = strikes_of(drilled, first, appeal_id)
    assert len(strikes) == 1  # one task is contested, not the other
    proposal_id = drill_appeals.decide(
        first.person_id, appeal_id, uphold=True, strikes=strikes, answer="同意", now=LATER
    )
    assert proposal_id is not None
    decisions.refuse(second, proposal_id, "没有依据", LATER)
    assert total(drilled.attempt_id) == (60, False, 1)
    assert db.session.query(WaivedError).count() == 0
    drill_appeals.decide(first.person_id, appeal_id, uphold=False, strikes={}, answer="维持", now=LATER)
    appeal = drilled.seen().appeal
    assert appeal is not None and appeal.state == "rejected"


@pytest.mark.parametrize(
    ("strikes", "problem"),
    [
        ({}, "no-strikes"),
        ({"run": {"field:nothing": "理由"}}, "no-question"),
        ({"run": {"key": " "}}, "no-strike-reason"),
        ({"run": {"key": "长" * 501}}, "no-strike-reason"),
    ],
)
def test_strikes_must_be_about_the_ledger_and_have_reasons(
    app: Flask, examiners: tuple[SignedIn, SignedIn], strikes: dict[str, dict[str, str]], problem: str
) -> None:
    first, _second = examiners
    drilled = Drilled(wrong=(1,)).released()
    appeal_id = contested(drilled, first)
    ((run_id, keys),) = strikes_of(drilled, first, appeal_id).items()
    named = {"key": next(iter(keys))}
    given = {run_id: {named.get(key, key): why for key, why in strikes.get("run", {}).items()}}
    with pytest.raises(AppealRefused, match=problem):
        drill_appeals.decide(first.person_id, appeal_id, uphold=True, strikes=given, answer="好", now=LATER)


def test_whoever_trains_or_leads_the_candidate_has_no_part_in_it(
    app: Flask, examiners: tuple[SignedIn, SignedIn]
) -> None:
    first, second = examiners
    drilled = Drilled(wrong=(1,)).released()
    appeal_id = appeals.raise_appeal(drilled.person.id, drilled.attempt_id, None, "请再看", LATER)
    leader = db.session.get_one(Person, drilled.person.id)
    with writing(None, LATER) as deed:
        deed.session.get_one(Person, leader.id).leader_id = first.person_id
    with pytest.raises(NoSuchAppeal):
        appeals.take(first.person_id, appeal_id, LATER)
    appeals.take(second.person_id, appeal_id, LATER)
    with pytest.raises(NoSuchAppeal):
        drill_appeals.contest(first.person_id, appeal_id, Language.ZH)


def test_a_task_that_there_is_not_cannot_be_contested(app: Flask) -> None:
    drilled = Drilled(wrong=(1,)).released()
    with pytest.raises(AppealRefused, match="no-question"):
        appeals.raise_appeal(drilled.person.id, drilled.attempt_id, 6, "第六个", LATER)


def test_a_drill_void_counts_no_more(app: Flask) -> None:
    drilled = Drilled().released()
    with writing(None, LATER) as deed:
        voiding.void(deed, drilled.attempt_id, "代考")
    assert db.session.get_one(Attempt, drilled.attempt_id, populate_existing=True).state == "void"
    assert drilled.seen().released is None
