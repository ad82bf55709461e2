"""An examiner before the gate: marks blind, compares afterwards, tries again; what the report tells of all of them."""

from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask

from lms.domain.agreement import WhyNot
from lms.domain.benchmarks import BenchmarkCall
from lms.domain.calibration import Standing
from lms.domain.call_sheets import SheetRejected
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.audit import AuditEntry
from lms.models.roleplays import Benchmark, BenchmarkSheet
from lms.services import calibration, call_marking_queue
from lms.services.calibration import NotInGate, may_mark_calls
from lms.services.calibration_report import report
from lms.services.load_report import LoadReport
from tests.benchmark_calls import in_use, levels_sent, load_shipped, mark_all, shipped_benchmarks
from tests.call_room import load_scripts
from tests.call_sitting import a_call_sitting, held, mark_next
from tests.conftest import MONDAY
from tests.factories import a_person

ZH = Language.ZH
LATER = MONDAY + timedelta(minutes=20)


@pytest.fixture(autouse=True)
def _scripts(app: Flask) -> None:
    load_scripts()


def an_examiner(name: str = "评分人") -> int:
    return a_person(Role.EXAMINER, name=name).id


def codes(report: LoadReport) -> tuple[int, int, int]:
    return len(report.added), len(report.updated), report.unchanged


def test_loading_twice_changes_nothing_and_a_changed_file_is_a_new_benchmark() -> None:
    assert codes(load_shipped()) == (14, 0, 0)
    assert codes(load_shipped()) == (0, 0, 14)
    examiner = an_examiner()
    mark_all(examiner)
    first, *others = sorted(shipped_benchmarks(), key=lambda one: one.id != "angry-complaint-good")
    plain = first.model_dump()
    plain["marks"]["opening"]["reason"]["zh"] = "改写过的理由"
    changed = BenchmarkCall.model_validate(plain)
    assert codes(load_shipped(changed, *others, now=LATER)) == (0, 1, 13)
    assert (db.session.query(Benchmark).count(), len(in_use())) == (15, 4)
    assert may_mark_calls(examiner)  # what was passed stays passed
    assert codes(load_shipped(now=LATER)) == (0, 1, 13)  # the file as it was: the same benchmark again
    assert (db.session.query(Benchmark).count(), may_mark_calls(examiner)) == (15, True)


def test_a_benchmark_that_becomes_hidden_or_changes_its_series_is_another_one() -> None:
    load_shipped()
    first, *others = sorted(shipped_benchmarks(), key=lambda one: (one.hidden, one.series))
    assert not first.hidden and first.series == 1
    for change in ({"hidden": True}, {"series": 2}):
        moved = BenchmarkCall.model_validate(first.model_dump() | change)
        assert codes(load_shipped(moved, *others, now=LATER)) == (0, 1, 13)


def test_a_benchmark_that_the_live_script_cannot_mark_is_a_conflict() -> None:
    first = next(one for one in shipped_benchmarks() if one.id == "angry-complaint-good")
    stray = first.model_copy(update={"marks": {"opening": first.marks["opening"]}})
    assert [one.code for one in load_shipped(stray).conflicts] == ["benchmark:angry-complaint-good"]


def test_without_benchmarks_marking_is_open_and_with_them_it_waits_for_the_gate() -> None:
    examiner = an_examiner()
    assert may_mark_calls(examiner)
    load_shipped()
    assert not may_mark_calls(examiner)
    *most, last = in_use()
    for one in most:
        assert calibration.submit(examiner, one.id, levels_sent(one), MONDAY) is Standing.UNFINISHED
        assert not may_mark_calls(examiner)
    assert calibration.submit(examiner, last.id, levels_sent(last), LATER) is Standing.PASSED
    assert may_mark_calls(examiner) and not may_mark_calls(an_examiner("另一位"))
    own = calibration.calibration(examiner, ZH)
    assert (own.standing, own.round, own.judged_at, own.next_id) == (Standing.PASSED, 1, LATER, None)
    assert own.overall is not None and (own.overall.n, own.overall.exact) == (24, 1)
    noted = db.session.query(AuditEntry).filter_by(action="calibration.passed").one()
    assert noted.subject == f"person:{examiner}"
    with pytest.raises(NotInGate):  # a passed gate is not marked again
        calibration.submit(examiner, last.id, levels_sent(last), LATER)


def test_nothing_agreed_is_told_before_the_round_is_whole() -> None:
    load_shipped()
    examiner, first = an_examiner(), in_use()[0]
    desk = calibration.desk(examiner, first.id)
    assert (desk.place, desk.count, len(desk.turns)) == (1, 4, 16)
    assert "reason" not in repr(desk.turns) and not hasattr(desk, "levels")
    calibration.submit(examiner, first.id, levels_sent(first), MONDAY)
    with pytest.raises(NotInGate):
        calibration.comparison(examiner, first.id, ZH)
    with pytest.raises(NotInGate):
        calibration.desk(examiner, first.id)
    assert [call.agreement for call in calibration.calibration(examiner, ZH).calls] == [None] * 4


def test_a_failed_round_shows_where_and_may_be_tried_again() -> None:
    load_shipped()
    examiner = an_examiner()
    mark_all(examiner, failing=True)
    own = calibration.calibration(examiner, ZH)
    assert (own.standing, own.round, [call.marked for call in own.calls]) == (Standing.FAILED, 2, [False] * 4)
    assert own.overall is not None and (own.overall.exact, own.overall.within_one) == (Fraction(23, 24),) * 2
    compared = calibration.comparison(examiner, in_use()[0].id, ZH)
    (apart,) = [one for one in compared.criteria if one.given != one.agreed]
    assert abs(apart.given - apart.agreed) == 2 and apart.reason and apart.turns
    mark_all(examiner)
    assert may_mark_calls(examiner)
    assert {row.round for row in db.session.query(BenchmarkSheet)} == {1, 2}


def test_a_retry_has_other_calls() -> None:
    load_shipped()
    examiner = an_examiner()
    mark_all(examiner, failing=True)
    again = calibration.calibration(examiner, ZH)
    first, second = {one.id for one in in_use(1)}, {one.id for one in in_use(2)}
    assert {call.id for call in again.calls} == second and not first & second
    assert {call.language for call in again.calls} == {"zh", "en"}
    with pytest.raises(NotInGate):
        calibration.desk(examiner, min(first))
    mark_all(examiner, failing=True)
    assert {call.id for call in calibration.calibration(examiner, ZH).calls} == first


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [("level-opening", "", "missing"), ("level-opening", "6", "out-of-range"), ("level-opening", "４", "out-of-range")],
)
def test_every_criterion_needs_a_level(field: str, value: str, problem: str) -> None:
    load_shipped()
    first = in_use()[0]
    with pytest.raises(SheetRejected) as rejected:
        calibration.submit(an_examiner(), first.id, {**levels_sent(first), field: value}, MONDAY)
    assert rejected.value.problems == {field: problem}
    assert db.session.query(BenchmarkSheet).count() == 0


def test_failures_are_compared_beside_the_levels() -> None:
    load_shipped()
    examiner = an_examiner()
    for one in in_use():
        seen = {"critical-abuse": "1"} if one.code.startswith("angry-complaint-poor") else {}
        calibration.submit(examiner, one.id, {**levels_sent(one), **seen}, MONDAY)
    poor = next(one for one in in_use() if one.code.startswith("angry-complaint-poor"))
    compared = calibration.comparison(examiner, poor.id, ZH)
    assert (dict(compared.critical_agreed), compared.critical_given) == ({"absolute-promise": [12]}, ["abuse"])


def test_the_report_counts_first_tries_and_says_what_cannot_be_told() -> None:
    load_shipped(*(one for one in shipped_benchmarks() if one.series == 1 and not one.hidden))
    exact, generous, idle = an_examiner("甲"), an_examiner("乙"), an_examiner("丙")
    mark_all(exact)
    for one in in_use():
        higher = {name: min(5, level + 1) for name, level in one.levels.items()}
        calibration.submit(generous, one.id, levels_sent(one, **higher), MONDAY)
    mark_all(generous)  # a second round, knowing the answers, does not count
    lines = {line.id: line for line in report(ZH).examiners}
    assert (lines[exact].overall.exact, lines[exact].overall.kappa.value) == (1, 1)
    fives = sum(level == 5 for one in in_use() for level in one.levels.values())
    assert lines[generous].overall.exact == Fraction(fives, 24) and lines[generous].overall.within_one == 1
    assert (lines[generous].rounds, lines[generous].standing) == (2, Standing.PASSED)
    assert (lines[idle].overall.n, lines[idle].overall.kappa.why_not) == (0, WhyNot.FEW)
    assert (lines[idle].severity, lines[idle].criteria) == (None, [])
    # Two examiners on the same calls: each differs from their mean by half of how far they are apart.
    apart = Fraction(24 - fives, 24)
    assert (lines[generous].severity, lines[exact].severity) == (apart / 2, -apart / 2)
    single = next(line for line in lines[exact].criteria if line.agreement.n == 1)
    assert single.agreement.kappa.why_not is WhyNot.FEW


def test_live_calls_are_handed_out_after_the_gate_and_what_was_begun_before_may_be_ended() -> None:
    sitting, (person,), _trainer = a_call_sitting()
    held(sitting, person)
    early, late = an_examiner("早来"), an_examiner("晚来")
    begun = call_marking_queue.take_next(early, None, LATER)
    load_shipped()
    assert begun is not None and call_marking_queue.take_next(early, None, LATER) == begun
    assert call_marking_queue.take_next(late, None, LATER) is None
    assert not call_marking_queue.queue(late, ZH, LATER, MONDAY).calibrated
    mark_all(late)
    assert call_marking_queue.queue(late, ZH, LATER, MONDAY).calibrated
    assert call_marking_queue.take_next(late, None, LATER) not in (None, begun)


def test_severity_takes_in_the_calls_that_two_persons_marked() -> None:
    sitting, (person,), _trainer = a_call_sitting(plan={"double_share": Fraction(1)})
    held(sitting, person)
    mild, strict = a_person(Role.EXAMINER, name="松"), a_person(Role.EXAMINER, name="严")
    for _call in range(2):
        mark_next(mild, level=5)
        mark_next(strict, level=4)
    lines = {line.id: line for line in report(ZH).examiners}
    assert (lines[mild.id].severity, lines[strict.id].severity) == (Fraction(1, 2), Fraction(-1, 2))
