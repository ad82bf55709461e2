"""Severity of examiners: a worked example, and that marks made of the model give the model back."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from lms.domain.severity import Mark, severities

EXAMPLE: list[Mark] = [
    ("A", "c0", 4), ("B", "c0", 3), ("A", "c1", 5), ("B", "c1", 4),
    ("B", "c2", 2), ("C", "c2", 3), ("B", "c3", 3), ("C", "c3", 4),
    ("A", "c4", 3), ("C", "c4", 3), ("A", "c5", 4), ("C", "c5", 4),
]  # fmt: skip


def test_the_worked_example() -> None:
    found = severities(EXAMPLE)
    assert found is not None
    assert found.of == {"A": Fraction(1, 3), "B": Fraction(-2, 3), "C": Fraction(1, 3)}
    assert found.levels["c0"] == Fraction(11, 3)  # 3.5 as marked
    assert found.levels["c4"] == Fraction(8, 3)  # 3 as marked


def test_examiners_who_share_no_call_cannot_be_compared() -> None:
    assert severities([("A", "c0", 4), ("B", "c0", 3), ("C", "c1", 2), ("D", "c1", 2)]) is None


def test_a_chain_of_shared_calls_is_enough() -> None:
    found = severities([("A", "c0", 4), ("B", "c0", 3), ("B", "c1", 3), ("C", "c1", 2)])
    assert found is not None and found.of == {"A": 1, "B": 0, "C": -1}


def test_one_examiner_or_none_has_nobody_to_be_compared_with() -> None:
    assert severities([]) is None
    assert severities([("A", "c0", 4), ("A", "c1", 2)]) is None


def test_a_call_that_one_alone_marked_changes_nothing() -> None:
    alone = severities([*EXAMPLE, ("A", "c9", 1)])
    whole = severities(EXAMPLE)
    assert alone is not None and whole is not None and alone.of == whole.of


@given(
    parts=st.lists(st.integers(-3, 3), min_size=2, max_size=5),
    calls=st.lists(st.integers(1, 5), min_size=1, max_size=6),
)
def test_marks_that_the_model_made_give_it_back(parts: list[int], calls: list[int]) -> None:
    marks = [(f"e{i}", f"c{j}", call + part) for i, part in enumerate(parts) for j, call in enumerate(calls)]
    found = severities(marks)
    mean = Fraction(sum(parts), len(parts))
    assert found is not None
    assert found.of == {f"e{i}": part - mean for i, part in enumerate(parts)}
    assert sum(found.of.values()) == 0
