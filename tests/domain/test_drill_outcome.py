"""What a drill attempt comes to: tasks that counted, means of accuracy and efficiency, critical failures."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.drills.outcome import RunShare, drill_outcome
from lms.domain.drills.plans import DrillPlan

LOOKUP = DrillPlan.model_validate(
    {"code": "l", "kind": "lookup", "title": {"zh": "查询"}, "minutes": 10, "tasks": 5, "lookup": {}}
)
WORKFLOW = DrillPlan.model_validate(
    {"code": "w", "kind": "workflow", "title": {"zh": "全流程"}, "minutes": 30, "tasks": 3, "workflow": {}}
)


def lookup(counted: bool, critical: bool = False) -> RunShare:
    return RunShare(counted, Fraction(100 if counted else 0), Fraction(0), critical)


def workflow(accuracy: int, efficiency: Fraction | int, critical: bool = False) -> RunShare:
    return RunShare(True, Fraction(accuracy), Fraction(efficiency), critical)


@pytest.mark.parametrize(("right", "total", "passed"), [(5, 100, True), (4, 80, True), (3, 60, False), (0, 0, False)])
def test_four_of_five_lookups_pass(right: int, total: int, passed: bool) -> None:
    found = drill_outcome(LOOKUP, [lookup(number < right) for number in range(5)])
    assert (found.total, found.passed) == (total, passed)
    assert [(one.section, one.earned, one.points, one.weight) for one in found.sections] == [("lookup", right, 5, 100)]


def test_a_task_that_was_never_begun_counts_as_nothing() -> None:
    assert drill_outcome(LOOKUP, [lookup(True)] * 4).total == 80
    assert drill_outcome(WORKFLOW, [workflow(70, 30)]).total == Fraction(100, 3)


def test_one_critical_failure_fails_the_whole() -> None:
    found = drill_outcome(LOOKUP, [lookup(True)] * 4 + [lookup(False, critical=True)])
    assert (found.total, found.passed) == (80, False)


def test_accuracy_and_efficiency_are_exact_means() -> None:
    # 70 − 3·1 = 67 and 70 − 3·2 = 64: (70 + 67 + 64) ÷ 3 = 67; 150 s earn 30·(240 − 150)/120 = 22.5.
    found = drill_outcome(WORKFLOW, [workflow(70, 30), workflow(67, Fraction(45, 2)), workflow(64, 0)])
    assert {one.section: one.score for one in found.sections} == {"accuracy": 67, "efficiency": Fraction(35, 2)}
    assert (found.total, found.passed) == (Fraction(169, 2), True)


@given(st.lists(st.tuples(st.integers(0, 70), st.fractions(0, 30)), min_size=0, max_size=3))
def test_a_better_run_never_lowers_the_total(runs: list[tuple[int, Fraction]]) -> None:
    before = drill_outcome(WORKFLOW, [workflow(*run) for run in runs])
    for place in range(len(runs)):
        better = [workflow(70, 30) if at == place else workflow(*run) for at, run in enumerate(runs)]
        assert drill_outcome(WORKFLOW, better).total >= before.total


def test_sections_have_the_shape_that_results_store() -> None:
    found = drill_outcome(LOOKUP, [lookup(True)] * 4)
    assert found.dump_sections() == {
        "lookup": {"points": "4/1", "max": 5, "weight": 100, "score": "80/1", "pass_points": None, "passed": True}
    }
