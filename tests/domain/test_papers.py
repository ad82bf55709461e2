"""Papers: the same seed gives the same paper, sections are exact, enemies never meet, exposure stays under its cap."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.bank import read_bank
from lms.content.filed import pool_entry
from lms.domain.blueprints import Blueprint
from lms.domain.papers import (
    Assembler,
    CannotAssemble,
    Form,
    PoolEntry,
    enemies_of,
    exposure_weight,
    fits,
    inclusion,
    rehearse,
    shortages,
    stock_of,
)
from lms.domain.questions import Kind, Section
from lms.domain.values import Language

BOTH = frozenset(Language)


def entry(
    code: str,
    *,
    section: Section = Section.BUSINESS,
    topic: str = "plans",
    kind: Kind = Kind.SINGLE,
    difficulty: int = 1,
    languages: frozenset[Language] = BOTH,
    enemies: str = "",
    weight: float = 1.0,
    points: int | None = None,
) -> PoolEntry:
    presented = () if kind in (Kind.NUMERIC, Kind.WRITTEN) else ("A", "B", "C", "D")
    opposed = frozenset(enemies.split())
    return PoolEntry(code, section, topic, kind, difficulty, languages, opposed, presented, points, weight)


def blueprint(*picks: dict[str, Any], **changes: Any) -> Blueprint:
    section = {"section": "business", "weight": 100, "picks": [{"kind": "single", "points": 2, **p} for p in picks]}
    body = {"code": "plan", "title": {"en": "Plan"}, "minutes": 10, "pass_total": 60, "exposure_cap": 1}
    return Blueprint.model_validate({**body, "sections": [section], **changes})


def codes(form: Form) -> list[str]:
    return [drawn.code for drawn in form.questions]


def forms(plan: Blueprint, pool: Sequence[PoolEntry], number: int = 40, language: Language = Language.ZH) -> list[Form]:
    assembler = Assembler(plan, pool, language)
    return [assembler.form(seed) for seed in range(number)]


# --- one seed, one paper ------------------------------------------------------------------------------------------

TWENTY = [entry(f"Q-{n:02d}") for n in range(20)]


def test_the_same_seed_gives_the_same_paper_and_another_seed_another() -> None:
    plan = blueprint({"count": 5})
    first, again = forms(plan, TWENTY), forms(plan, TWENTY)
    assert first == again
    assert len({tuple(codes(form)) for form in first}) > 35


@given(st.permutations(TWENTY), st.integers(0, 2**40))
@settings(max_examples=40)
def test_the_order_of_the_pool_does_not_matter(pool: list[PoolEntry], seed: int) -> None:
    plan = blueprint({"count": 5})
    assert Assembler(plan, pool, Language.ZH).form(seed) == Assembler(plan, TWENTY, Language.ZH).form(seed)


def test_the_other_language_is_another_draw_with_its_own_dice() -> None:
    plan = blueprint({"count": 5})
    chinese = Assembler(plan, TWENTY, Language.ZH).form(1)
    english = Assembler(plan, TWENTY, Language.EN).form(1)
    assert codes(chinese) != codes(english)


def test_a_paper_in_one_language_holds_only_questions_that_exist_in_it() -> None:
    pool = [entry(f"Z-{n}", languages=frozenset({Language.ZH})) for n in range(9)] + [entry("B-1"), entry("B-2")]
    for form in forms(blueprint({"count": 2}), pool, language=Language.EN):
        assert set(codes(form)) == {"B-1", "B-2"}


# --- what stands on a paper ---------------------------------------------------------------------------------------


def test_no_question_stands_twice_and_options_are_only_reordered() -> None:
    seen = set()
    for form in forms(blueprint({"count": 10}), TWENTY):
        assert len(set(codes(form))) == 10
        for drawn in form.questions:
            assert sorted(drawn.order) == ["A", "B", "C", "D"]
            seen.add(drawn.order)
    assert len(seen) == 24


def test_unshuffled_means_as_authored_but_steps_are_always_shuffled() -> None:
    pool = [*TWENTY, *(entry(f"S-{n}", kind=Kind.ORDERING) for n in range(5))]
    plan = blueprint({"count": 5}, {"kind": "ordering", "count": 5}, shuffle_options=False)
    drawn = [drawn for form in forms(plan, pool) for drawn in form.questions]
    assert {one.order for one in drawn if one.kind is Kind.SINGLE} == {("A", "B", "C", "D")}
    assert len({one.order for one in drawn if one.kind is Kind.ORDERING}) == 24


def test_written_questions_come_last_in_their_section() -> None:
    pool = [*TWENTY, *(entry(f"W-{n}", kind=Kind.WRITTEN, points=10) for n in range(3))]
    plan = blueprint({"kind": "written", "count": 2, "points": 10}, {"count": 4})
    for form in forms(plan, pool):
        assert [drawn.kind for drawn in form.questions] == [Kind.SINGLE] * 4 + [Kind.WRITTEN] * 2
        assert [drawn.points for drawn in form.questions] == [2] * 4 + [10] * 2


def test_a_written_question_is_only_drawn_for_the_points_of_its_guide() -> None:
    pool = [entry("W-1", kind=Kind.WRITTEN, points=10), entry("W-2", kind=Kind.WRITTEN, points=6)]
    plan = blueprint({"kind": "written", "count": 1, "points": 6})
    assert {code for form in forms(plan, pool) for code in codes(form)} == {"W-2"}


def test_every_cell_gets_its_own_kind_topic_and_difficulty() -> None:
    pool = [
        entry(f"{topic[0].upper()}{difficulty}-{n}", topic=topic, difficulty=difficulty)
        for topic in ("plans", "billing") for difficulty in (1, 2) for n in range(4)
    ]  # fmt: skip
    plan = blueprint({"topic": "billing", "difficulty": 2, "count": 3}, {"topic": "plans", "count": 2, "points": 1})
    for form in forms(plan, pool):
        drawn = Counter(one.code.split("-")[0] for one in form.questions)
        assert drawn["B2"] == 3
        assert drawn["P1"] + drawn["P2"] == 2
        assert {one.points for one in form.questions if one.code.startswith("P")} == {1}


def test_a_question_that_was_seen_often_is_drawn_less() -> None:
    pool = [entry(f"Q-{n}", weight=0.1 if n < 5 else 1.0) for n in range(10)]
    drawn = Counter(code for form in forms(blueprint({"count": 2}), pool, 300) for code in codes(form))
    assert sum(drawn[f"Q-{n}"] for n in range(5)) < 0.25 * sum(drawn.values())
    assert all(drawn[f"Q-{n}"] for n in range(10)), "seldom, but never shut out"


# --- enemies ------------------------------------------------------------------------------------------------------


def test_enmity_holds_both_ways_whoever_declared_it() -> None:
    assert enemies_of((entry("A", enemies="B"), entry("B"), entry("C"))) == {"A": {"B"}, "B": {"A"}}


@given(st.sets(st.tuples(st.integers(0, 19), st.integers(0, 19)).filter(lambda pair: pair[0] != pair[1]), max_size=15))
@settings(max_examples=60)
def test_enemies_never_stand_on_one_paper(pairs: set[tuple[int, int]]) -> None:
    """Declared on one side only, in either direction."""
    named = {n: " ".join(f"Q-{b:02d}" for a, b in pairs if a == n) for n in range(20)}
    pool = [entry(f"Q-{n:02d}", enemies=named[n]) for n in range(20)]
    forbidden = {frozenset((f"Q-{a:02d}", f"Q-{b:02d}")) for a, b in pairs}
    try:
        drawn = forms(blueprint({"count": 4}, {"count": 2, "points": 1}), pool, 12)
    except CannotAssemble:
        return
    for form in drawn:
        assert not forbidden & {frozenset(pair) for pair in combinations(codes(form), 2)}


def test_enemies_in_other_sections_are_kept_apart_too() -> None:
    pool = [entry("B-1", enemies="C-1"), entry("B-2"), entry("C-1", section=Section.CASE),
            entry("C-2", section=Section.CASE, enemies="B-2")]  # fmt: skip
    sections = [
        {"section": name, "weight": 50, "picks": [{"kind": "single", "count": 1, "points": 1}]}
        for name in ("business", "case")
    ]
    plan = blueprint({"count": 1}, sections=sections)
    assert {frozenset(codes(form)) for form in forms(plan, pool)} == {
        frozenset({"B-1", "C-2"}),
        frozenset({"B-2", "C-1"}),
    }


def test_where_enmity_leaves_no_way_the_paper_is_refused_not_spoilt() -> None:
    pool = [entry("A", enemies="B C"), entry("B", enemies="C"), entry("C")]
    with pytest.raises(CannotAssemble, match="enemy questions leave no way"):
        Assembler(blueprint({"count": 2}), pool, Language.ZH).form(1)


# --- what is missing ----------------------------------------------------------------------------------------------


def test_a_refusal_names_every_cell_and_by_how_many_it_is_short() -> None:
    pool = [*TWENTY[:3], entry("B-1", topic="billing", difficulty=3)]
    plan = blueprint(
        {"topic": "plans", "count": 5},
        {"topic": "billing", "difficulty": 3, "count": 2},
        {"kind": "multiple", "count": 1},
    )
    with pytest.raises(CannotAssemble) as caught:
        Assembler(plan, pool, Language.ZH)
    assert str(caught.value) == (
        "business/single/plans is short by 2 (3 of 5); business/single/billing/difficulty 3 is short by 1 (1 of 2); "
        "business/multiple is short by 1 (0 of 1)"
    )
    assert [shortage.missing for shortage in caught.value.shortages] == [2, 1, 1]


def test_a_language_in_which_the_bank_is_too_small_is_refused() -> None:
    pool = [entry(f"Z-{n}", languages=frozenset({Language.ZH})) for n in range(5)]
    assert Assembler(blueprint({"count": 5}), pool, Language.ZH).form(1).questions
    with pytest.raises(CannotAssemble, match="short by 5"):
        Assembler(blueprint({"count": 5}), pool, Language.EN)


def test_the_cap_asks_for_more_than_one_paper_needs() -> None:
    """2 questions a paper, none on more than 2 papers of 5: 5 are needed; with 4 the paper is drawn, and told."""
    plan = blueprint({"count": 2}, exposure_cap="2/5")
    assert shortages(plan, stock_of(TWENTY[:5]), Language.ZH) == []
    [short] = shortages(plan, stock_of(TWENTY[:4]), Language.ZH)
    assert (short.wanted, short.found, short.missing) == (5, 4, 1)
    assert len(codes(Assembler(plan, TWENTY[:4], Language.ZH).form(1))) == 2


def test_the_cap_is_kept_where_it_does_not_divide() -> None:
    """1 question a paper, on at most 2 papers of 5: two and a half questions are three."""
    [short] = shortages(blueprint({"count": 1}, exposure_cap="2/5"), stock_of(TWENTY[:2]), Language.ZH)
    assert (short.wanted, short.found) == (3, 2)


def test_a_cell_gives_way_where_it_has_another_question() -> None:
    """Both P-1 and B-1 would be taken by the first cells that fit; the paper is full only if the first takes P-2."""
    pool = [entry("B-1", topic="billing"), entry("P-1"), entry("P-2", difficulty=2)]
    plan = blueprint({"topic": "plans", "count": 1}, {"difficulty": 1, "count": 1}, {"topic": "billing", "count": 1})
    assert shortages(plan, stock_of(pool), Language.ZH) == []
    assert set(codes(Assembler(plan, pool, Language.ZH).form(1))) == {"B-1", "P-1", "P-2"}


PICKS = st.fixed_dictionaries(
    {"count": st.integers(1, 3)},
    optional={"topic": st.sampled_from(["plans", "billing"]), "difficulty": st.integers(1, 2)},
)
POOLS = st.lists(st.tuples(st.sampled_from(["plans", "billing"]), st.integers(1, 2)), min_size=1, max_size=9)


def can_be_filled(plan: Blueprint, pool: Sequence[PoolEntry]) -> bool:
    """An oracle: seats and questions matched by augmenting paths (Kuhn 1955)."""
    seats = [cell for cell in plan.cells() for _ in range(cell.pick.count)]
    holder: dict[str, int] = {}

    def seated(seat: int, tried: set[str]) -> bool:
        for one in pool:
            if fits(one, seats[seat], Language.ZH) and one.code not in tried:
                tried.add(one.code)
                if one.code not in holder or seated(holder[one.code], tried):
                    holder[one.code] = seat
                    return True
        return False

    return all(seated(seat, set()) for seat in range(len(seats)))


@given(st.lists(PICKS, min_size=1, max_size=4), POOLS)
@settings(max_examples=300)
def test_cells_that_compete_for_questions_are_filled_exactly_where_that_is_possible(
    picks: list[dict[str, Any]], kinds: list[tuple[str, int]]
) -> None:
    pool = [entry(f"Q-{n}", topic=topic, difficulty=level) for n, (topic, level) in enumerate(kinds)]
    plan = blueprint(*picks)
    if not can_be_filled(plan, pool):
        with pytest.raises(CannotAssemble) as caught:
            Assembler(plan, pool, Language.ZH).form(1)
        assert caught.value.shortages, "a bank that is too small is told cell by cell"
        return
    form = Assembler(plan, pool, Language.ZH).form(1)
    assert len(set(codes(form))) == plan.question_count


# --- exposure -----------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0.1, 1), min_size=1, max_size=30), st.data(), st.floats(0.1, 1))
def test_the_chances_of_a_cell_sum_to_its_count_and_none_is_over_the_cap(
    weights: list[float], data: st.DataObject, cap: float
) -> None:
    count = data.draw(st.integers(1, len(weights)))
    chances = inclusion(weights, count, cap)
    assert sum(chances) == pytest.approx(count)
    reachable = max(cap, count / len(weights))
    assert all(0 <= chance <= reachable + 1e-9 for chance in chances)
    below = [(chance, weight) for chance, weight in zip(chances, weights, strict=True) if chance < reachable - 1e-9]
    assert len({round(chance / weight, 6) for chance, weight in below}) <= 1, "in proportion to the weights"


def test_past_exposure_lowers_the_weight_in_a_straight_line_to_a_tenth() -> None:
    rates = (0.0, 0.2, 0.4, 0.9)
    assert [exposure_weight(rate, 0.4) for rate in rates] == pytest.approx([1, 0.55, 0.1, 0.1])


def test_a_rehearsal_is_the_same_every_time() -> None:
    plan = blueprint({"count": 3}, exposure_cap="2/5")
    assert rehearse(plan, TWENTY, Language.ZH) == rehearse(plan, TWENTY[::-1], Language.ZH)


def test_rehearsed_weights_keep_the_cap_where_enmity_bends_the_chances() -> None:
    """X-1 shuts out half of the other cell, so the other half stands on too many papers until it is held back."""
    pool = [entry("X-1", topic="billing", enemies="Y-1 Y-2 Y-3"), entry("X-2", topic="billing")]
    pool += [entry("X-3", topic="billing"), *(entry(f"Y-{n}") for n in range(1, 7))]
    plan = blueprint({"topic": "billing", "count": 1}, {"topic": "plans", "count": 2}, exposure_cap="2/5")

    def most_seen(assembler: Assembler) -> int:
        return max(Counter(code for seed in range(1000) for code in codes(assembler.form(seed))).values())

    assert most_seen(Assembler(plan, pool, Language.ZH)) > 400
    assert most_seen(Assembler(plan, pool, Language.ZH, rehearse(plan, pool, Language.ZH))) <= 400


@cache
def shipped() -> tuple[tuple[PoolEntry, ...], dict[str, Blueprint]]:
    bank = read_bank(Path(__file__).resolve().parents[2] / "question_bank")
    pool = tuple(pool_entry(filed.question) for filed in bank.questions.values())
    return pool, {code: filed.blueprint for code, filed in bank.blueprints.items()}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("code", sorted(shipped()[1]))
def test_a_thousand_papers_from_the_shipped_bank(code: str, language: Language) -> None:
    """Sections exact, every pick filled, no enemies, no question on more papers than the cap allows."""
    pool, plans = shipped()
    plan = plans[code]
    assert shortages(plan, stock_of(pool), language) == []
    assembler = Assembler(plan, pool, language, rehearse(plan, pool, language))
    known = {one.code: one for one in pool}
    hostile = {frozenset((one.code, enemy)) for one in pool for enemy in one.enemies}
    seen: Counter[str] = Counter()
    for seed in range(7, 1007):
        form = assembler.form(seed)
        drawn = codes(form)
        assert len(set(drawn)) == len(drawn) == plan.question_count
        assert not any(frozenset(pair) in hostile for pair in combinations(drawn, 2))
        for part in plan.sections:
            mine = [one for one in form.questions if one.section is part.section]
            assert sum(one.points for one in mine) == part.points
            assert [one.code for one in mine] == form.codes(part.section)
            assert Counter((one.kind, one.points) for one in mine) == Counter(
                {(pick.kind, pick.points): 0 for pick in part.picks}
            ) + sum((Counter({(pick.kind, pick.points): pick.count}) for pick in part.picks), Counter())
        assert all(language in known[one].languages for one in drawn)
        seen.update(drawn)
    most, times = seen.most_common(1)[0]
    assert Fraction(times, 1000) <= plan.exposure_cap, f"{most} on {times} of 1000 papers"


def many_times(pool: Sequence[PoolEntry], times: int) -> list[PoolEntry]:
    """The pool again and again, each time with its own codes and enmities; every third copy has been seen often."""
    return [
        replace(
            one,
            code=f"{one.code}-{copy:03d}",
            enemies=frozenset(f"{enemy}-{copy:03d}" for enemy in one.enemies),
            weight=0.1 if copy % 3 == 0 else 1.0,
        )
        for copy in range(times)
        for one in pool
    ]


def looked_at(monkeypatch: pytest.MonkeyPatch, plan: Blueprint, pool: Sequence[PoolEntry]) -> int:
    """How many questions the dice of a rehearsal choose from, all draws together."""
    looked = 0

    class Counting(Random):
        def choices(self, population: Any, *args: Any, **kwargs: Any) -> list[Any]:
            nonlocal looked
            looked += len(population)
            return super().choices(population, *args, **kwargs)

    monkeypatch.setattr("lms.domain.papers.random.Random", Counting)
    rehearse(plan, pool, Language.ZH)
    monkeypatch.undo()
    return looked


def test_a_bank_of_a_hundred_times_the_size_is_not_more_work_to_rehearse(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, plans = shipped()
    small = looked_at(monkeypatch, plans["certification"], pool)
    assert looked_at(monkeypatch, plans["certification"], many_times(pool, 100)) <= small
    # Ten more of a rare kind have to be rehearsed: those ten, and not the bank beside them.
    rare = [entry(f"R-{n}", topic="rare", enemies=f"R-{n + 1}") for n in range(10)]
    body = plans["certification"].model_dump(mode="json")
    body["sections"][0]["picks"].append({"kind": "single", "topic": "rare", "count": 2, "points": 1})
    plan = Blueprint.model_validate(body)
    assert 0 < looked_at(monkeypatch, plan, [*many_times(pool, 100), *rare]) <= small


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("times", [3, 10, 40])
def test_a_thousand_papers_from_a_large_bank(times: int, language: Language) -> None:
    few, plans = shipped()
    pool, plan = many_times(few, times), plans["certification"]
    assembler = Assembler(plan, pool, language, rehearse(plan, pool, language))
    hostile = {frozenset((one.code, enemy)) for one in pool for enemy in one.enemies}
    seen: Counter[str] = Counter()
    for seed in range(1000):
        drawn = codes(assembler.form(seed))
        assert not any(frozenset(pair) in hostile for pair in combinations(drawn, 2))
        seen.update(drawn)
    assert Fraction(max(seen.values()), 1000) <= plan.exposure_cap
    fresh = sum(number for code, number in seen.items() if int(code[-3:]) % 3)
    assert fresh > 0.8 * sum(seen.values()), "what was seen often is still drawn less"


def test_a_special_question_is_not_drawn_too_often_by_a_general_cell_that_needs_no_rehearsal() -> None:
    """The ten of billing are rehearsed, and may be drawn by the other cell too, which has a thousand to choose from."""
    billing = [entry(f"B-{n}", topic="billing", enemies="B-0" if n else "") for n in range(10)]
    pool = [*billing, *(entry(f"Q-{n}", weight=0.1) for n in range(1000))]
    plan = blueprint({"topic": "billing", "count": 2}, {"count": 5}, exposure_cap="2/5")
    assembler = Assembler(plan, pool, Language.ZH, rehearse(plan, pool, Language.ZH))
    seen = Counter(code for seed in range(1000) for code in codes(assembler.form(seed)))
    assert max(seen.values()) <= 400
    assert sum(seen[one.code] for one in billing) > 2000, "the general cell draws them, too"


def test_two_candidates_side_by_side_share_little() -> None:
    pool, plans = shipped()
    plan = plans["certification"]
    assembler = Assembler(plan, pool, Language.ZH, rehearse(plan, pool, Language.ZH))
    overlap = [
        len(set(codes(assembler.form(seed))) & set(codes(assembler.form(seed + 1)))) / plan.question_count
        for seed in range(0, 100, 2)
    ]
    assert sum(overlap) / len(overlap) < 0.4
