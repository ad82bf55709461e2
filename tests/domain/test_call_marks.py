"""Marks of calls: the pass rule, what two and three examiners come to, what a sheet must hold. Figures by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lms.domain.call_marks import Given, Judged, PassRules, agreed, judged, next_round, raised, rounds_of
from lms.domain.call_sheets import SheetRejected, read_sheet
from lms.domain.plans import kind_of, read_plan
from lms.domain.roleplay_plans import RolePlayPlan

CRITERIA = ("opening", "emotion", "level", "resolution", "compliance", "closing")
RULES = PassRules()


def levels(*numbers: int) -> dict[str, int]:
    return dict(zip(CRITERIA, numbers, strict=True))


def sheet(*numbers: int, critical: tuple[str, ...] = ()) -> Given:
    return Given(levels(*numbers), frozenset(critical))


@pytest.mark.parametrize(
    ("numbers", "critical", "passed"),
    [
        ((4, 4, 4, 4, 4, 4), (), True),  # exactly 24
        ((5, 5, 3, 3, 4, 4), (), True),  # 24 with threes
        ((5, 4, 3, 3, 4, 4), (), False),  # 23
        ((5, 5, 5, 5, 3, 5), (), False),  # 28, but compliance 3
        ((5, 5, 2, 5, 5, 5), (), False),  # 27, but one 2
        ((5, 5, 5, 5, 5, 5), ("abuse",), False),  # all fives with a critical failure
    ],
)
def test_the_pass_rule(numbers: tuple[int, ...], critical: tuple[str, ...], passed: bool) -> None:
    assert judged(levels(*numbers), critical, RULES).passed is passed


def test_points_are_exact() -> None:
    assert judged(levels(4, 4, 4, 4, 4, 4), (), RULES).points == 80
    assert judged(levels(5, 4, 3, 3, 4, 4), (), RULES).points == Fraction(230, 3)  # 23/30, never 76.67
    assert judged(levels(1, 1, 1, 1, 1, 1), (), RULES).points == 20


def test_two_within_a_level_give_their_mean() -> None:
    found = agreed([sheet(4, 4, 4, 4, 4, 4), sheet(5, 4, 4, 4, 5, 4)], RULES)
    assert found is not None
    assert found.levels == {**levels(4, 4, 4, 4, 4, 4), "opening": Fraction(9, 2), "compliance": Fraction(9, 2)}
    assert (found.total, found.points, found.passed) == (25, Fraction(250, 3), True)


@pytest.mark.parametrize(
    "other",
    [
        sheet(4, 4, 4, 4, 4, 2),  # two levels apart
        sheet(4, 4, 4, 4, 3, 4),  # compliance 3: the other side of the line
        sheet(4, 4, 4, 4, 4, 3),  # 23: the other side of the total
        sheet(4, 4, 4, 4, 4, 4, critical=("abuse",)),
    ],
)
def test_two_who_do_not_agree_call_a_third(other: Given) -> None:
    assert agreed([sheet(4, 4, 4, 4, 4, 4), other], RULES) is None
    assert agreed([other, sheet(4, 4, 4, 4, 4, 4)], RULES) is None


def test_two_who_both_fail_it_agree_even_where_their_total_straddles_nothing() -> None:
    found = agreed([sheet(3, 3, 3, 3, 3, 3), sheet(3, 3, 3, 3, 4, 3)], RULES)
    assert found is not None and not found.passed and found.total == Fraction(37, 2)


def test_a_third_decides_criterion_by_criterion_in_the_candidates_favour() -> None:
    first, second, third = sheet(2, 5, 4, 4, 3, 4), sheet(4, 5, 4, 4, 4, 4), sheet(3, 1, 4, 4, 4, 4)
    found = agreed([first, second, third], RULES)
    assert found is not None
    assert found.levels["opening"] == Fraction(7, 2)  # 2 3 4: two pairs as close, the higher
    assert found.levels["emotion"] == 5  # 5 5 1
    assert found.levels["compliance"] == 4  # 3 4 4


def test_a_critical_failure_stands_where_two_of_three_saw_it() -> None:
    seen, not_seen = sheet(4, 4, 4, 4, 4, 4, critical=("abuse",)), sheet(4, 4, 4, 4, 4, 4)
    upheld, dropped = agreed([seen, not_seen, seen], RULES), agreed([seen, not_seen, not_seen], RULES)
    assert upheld is not None and dropped is not None
    assert (upheld.critical, upheld.passed) == (("abuse",), False)
    assert (dropped.critical, dropped.passed) == ((), True)


def test_a_critical_failure_is_never_one_persons_word() -> None:
    clean, seen = sheet(5, 5, 5, 5, 5, 5), sheet(5, 5, 5, 5, 5, 5, critical=("abuse",))
    assert next_round([clean], RULES, 1) is None
    assert next_round([seen], RULES, 1) == 2
    assert next_round([seen, seen], RULES, 1) is None
    assert next_round([seen, clean], RULES, 1) == 3
    assert next_round([seen, clean, seen], RULES, 1) is None


@pytest.mark.parametrize(
    ("numbers", "near", "asked"),
    [
        ((4, 4, 4, 4, 4, 4), 0, 2),  # 24: on the line
        ((5, 4, 4, 4, 4, 4), 0, None),  # 25
        ((5, 4, 4, 4, 4, 4), 1, 2),  # 25: one above
        ((5, 5, 4, 4, 4, 4), 1, None),  # 26
        ((5, 5, 4, 4, 4, 4), 2, 2),
        ((4, 4, 4, 3, 4, 4), 1, 2),  # 23: one below
        ((4, 4, 4, 3, 4, 4), 0, 2),  # 23: a four in place of the three passes
        ((4, 4, 3, 3, 4, 4), 1, None),  # 22: two levels short
        ((5, 5, 5, 5, 3, 5), 1, 2),  # 28, failed by compliance 3 alone
        ((5, 5, 2, 5, 5, 5), 1, 2),  # 27, failed by a single 2
        ((5, 5, 1, 5, 5, 5), 1, None),  # 26: a two would still fail it
        ((5, 5, 2, 5, 3, 5), 1, 2),  # 25: near in total, though two lines are missed
        ((5, 5, 2, 5, 3, 5), 0, None),  # no single level would pass it
        ((5, 5, 5, 5, 5, 5), 5, None),  # 30 is six away
        ((3, 3, 3, 3, 4, 3), 5, 2),  # 19 is five away
    ],
)
def test_a_call_near_the_line_is_marked_twice(numbers: tuple[int, ...], near: int, asked: int | None) -> None:
    assert next_round([sheet(*numbers)], RULES, near) == asked


level = st.integers(1, 5)
sheets = st.builds(
    Given, st.fixed_dictionaries(dict.fromkeys(CRITERIA, level)), st.frozensets(st.sampled_from(["abuse", "leak"]))
)


@given(sheets, sheets)
def test_two_who_agree_never_change_each_others_verdict(one: Given, other: Given) -> None:
    found = agreed([one, other], RULES)
    if found is not None:
        assert Judged.load(found.dump()) == found
        for given_ in (one, other):
            assert found.passed is judged(given_.levels, sorted(given_.critical), RULES).passed
        assert found == agreed([other, one], RULES)


@given(sheets, sheets, sheets)
def test_three_always_come_to_something_within_what_they_gave(one: Given, two: Given, three: Given) -> None:
    found = agreed([one, two, three], RULES)
    assert found is not None and found == agreed([three, one, two], RULES)
    for name, agreed_level in found.levels.items():
        given_ = [sheet.levels[name] for sheet in (one, two, three)]
        assert min(given_) <= agreed_level <= max(given_)


@given(sheets, sheets, st.integers(0, 5))
def test_nearness_asks_for_a_second_examiner_and_for_nothing_else(one: Given, other: Given, near: int) -> None:
    alone, both = next_round([one], RULES, near), next_round([one, other], RULES, near)
    assert alone in (None, 2)
    assert both == next_round([one, other], RULES, 0) and both in (None, 3)
    if alone is None:  # one who gave a single level more, and else the same, would not have passed what is failed
        assert not one.critical
        for name, given_level in one.levels.items():
            more = judged({**one.levels, name: min(given_level + 1, 5)}, (), RULES)
            assert more.passed is judged(one.levels, (), RULES).passed


@given(sheets, sheets)
def test_an_appeal_never_lowers_a_call(one: Given, anew: Given) -> None:
    counted = judged(one.levels, sorted(one.critical), RULES)
    found = raised(counted, anew, RULES)
    assert found.passed or not counted.passed
    assert set(found.critical) == one.critical & anew.critical
    for name, level_ in found.levels.items():
        assert level_ == max(one.levels[name], anew.levels[name])
    assert raised(found, anew, RULES) == found  # a second time changes nothing


def test_an_appeal_raises_halves_and_strikes_what_was_not_seen_again() -> None:
    counted = judged({**levels(4, 4, 4, 4, 4, 4), "opening": Fraction(7, 2)}, ("abuse", "leak"), RULES)
    found = raised(counted, sheet(4, 1, 4, 5, 4, 4, critical=("leak", "threat")), RULES)
    assert found.levels == {**levels(4, 4, 4, 5, 4, 4)}
    assert (found.critical, found.passed) == (("leak",), False)
    assert raised(counted, sheet(3, 3, 3, 3, 3, 3), RULES).levels["opening"] == Fraction(7, 2)


def test_the_share_marked_twice_is_a_function_of_the_seed() -> None:
    twice = sum(len(rounds_of(seed, 1, Fraction(1, 5))) == 2 for seed in range(2000))
    assert 300 < twice < 500  # a fifth of 2000 is 400
    assert rounds_of(3, 1, Fraction(0)) == (1,) and rounds_of(3, 1, Fraction(1)) == (1, 2)


# --- the sheet --------------------------------------------------------------------------------------------------------


def filled(**changes: str) -> dict[str, str]:
    sent = {f"level-{name}": "4" for name in CRITERIA} | {"overall": "pass"}
    return {**sent, **{name.replace("_", "-"): text for name, text in changes.items()}}


def read(sent: dict[str, str], *, whole: bool = True):  # type: ignore[no-untyped-def]
    return read_sheet(sent, criteria=CRITERIA, failures=["abuse"], turns=range(1, 10), whole=whole)


def problems(**changes: str) -> dict[str, str]:
    with pytest.raises(SheetRejected) as rejected:
        read(filled(**changes))
    return rejected.value.problems


def test_a_whole_sheet_is_read() -> None:
    found = read(filled(level_emotion="5", pins_emotion=" #7, 3，7 ", comment_emotion=" specific ", critical_abuse="on",
                        turns_abuse="4"))  # fmt: skip
    assert found.levels["emotion"] == 5 and found.pins == {"emotion": [3, 7]}
    assert found.comments == {"emotion": "specific"} and found.critical == {"abuse": [4]}
    assert found.given == Given({**levels(4, 4, 4, 4, 4, 4), "emotion": 5}, frozenset({"abuse"}))


@pytest.mark.parametrize("extreme", ["1", "2", "5"])
def test_extreme_levels_must_be_pinned(extreme: str) -> None:
    assert problems(level_level=extreme) == {"pins-level": "unpinned"}


def test_nothing_may_be_missing_nor_nonsense() -> None:
    assert problems(level_opening="", overall="") == {"level-opening": "missing", "overall": "missing"}
    assert problems(level_opening="6") == {"level-opening": "out-of-range"}
    assert problems(overall="splendid") == {"overall": "out-of-range"}
    assert problems(pins_opening="99") == {"pins-opening": "no-such-turn"}
    assert problems(pins_opening="٣") == {"pins-opening": "no-such-turn"}
    assert problems(comment_opening="x" * 1001) == {"comment-opening": "too-long"}
    assert problems(critical_abuse="on") == {"turns-abuse": "unpinned"}


def test_a_draft_may_lack_anything() -> None:
    found = read({"level-emotion": "1", "somebody-elses": "5"}, whole=False)
    assert found.levels == {"emotion": 1} and found.pins == {} and found.overall is None
    assert read({}, whole=False).levels == {}


# --- the plan ---------------------------------------------------------------------------------------------------------


def a_plan(**changes: object) -> RolePlayPlan:
    body = {"code": "p", "title": {"en": "P"}, "minutes": 40, "scenarios": ["a", "b", "c"], "count": 2}
    return RolePlayPlan.model_validate({**body, **changes})


def test_a_plan_is_known_by_its_kind_and_reads_back() -> None:
    plan = a_plan(double_share="1/5")
    body = plan.model_dump(mode="json", exclude_none=True)
    assert read_plan(body) == plan and kind_of(plan) == "roleplay"
    assert (plan.pass_total, plan.question_count) == (80, 2)


@pytest.mark.parametrize(
    "changes", [{"count": 4}, {"scenarios": ["a", "a"]}, {"minutes": 19}, {"customer": "robot"}, {"double_share": "2"}]
)
def test_an_impossible_plan_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        a_plan(**changes)


def test_a_plan_without_nearness_is_read_with_one_level() -> None:
    assert (a_plan().near, a_plan(near=0).near) == (1, 0)
    for wrong in (-1, 6):
        with pytest.raises(ValidationError):
            a_plan(near=wrong)


def test_the_seed_draws_the_calls() -> None:
    plan = a_plan()
    assert plan.drawn(5) == plan.drawn(5) and len(set(plan.drawn(5))) == 2
    assert {tuple(plan.drawn(seed)) for seed in range(100)} == {
        (one, other) for one in "abc" for other in "abc" if one != other
    }


def test_every_call_must_be_passed_and_one_never_answered_counts_nothing() -> None:
    plan = a_plan()
    good, weak = judged(levels(5, 5, 5, 5, 5, 5), (), RULES), judged(levels(3, 3, 3, 3, 3, 3), (), RULES)
    both, one = plan.outcome([good, good]), plan.outcome([good])
    mixed = plan.outcome([good, weak])
    assert (both.total, both.passed) == (100, True)
    assert (one.total, one.passed) == (50, False)
    assert (mixed.total, mixed.passed) == (80, False)  # 80 points, and yet one call is not passed
    assert mixed.dump_sections()["roleplay"]["weight"] == 100
