"""Replaying a journal: the desk after each action, and no sequence of actions that raises."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.domain.drills.journal import Action, ActionKind
from lms.domain.drills.replay import replay, steps
from lms.domain.drills.scoring import score
from tests.domain.drill_tasks import (
    CUE_AT,
    LIN,
    LOOKUP,
    LOOKUP_DEEDS,
    LOOKUP_PLAN,
    OTHER_LIN,
    WORKFLOW,
    WORKFLOW_DEEDS,
    WORKFLOW_PLAN,
    inserted,
    journal,
)


def test_the_desk_after_a_workflow() -> None:
    state = replay(WORKFLOW, journal(WORKFLOW_DEEDS))
    assert state.submitted
    assert state.customer == LIN
    assert state.level == 2
    assert state.panels == ((LIN, "services"),)
    assert state.pins == ((LIN, "vas:bayvideo:1"),)
    assert state.answers["amount"] == "54元"
    assert state.begun_at == CUE_AT
    assert state.ended_at == CUE_AT + timedelta(seconds=60)
    assert state.refused == 0


def test_a_lookup_begins_verified() -> None:
    assert replay(LOOKUP, journal(LOOKUP_DEEDS[:1])).level == 2
    assert replay(WORKFLOW, journal(WORKFLOW_DEEDS[:1])).level == 0


def test_opening_another_record_closes_the_panel() -> None:
    state = replay(LOOKUP, journal([*LOOKUP_DEEDS[:4], ("open", {"customer": OTHER_LIN})]))
    assert (state.customer, state.panel, state.opened) == (OTHER_LIN, None, (LIN, OTHER_LIN))


def test_what_was_unpinned_is_gone() -> None:
    deeds = inserted(WORKFLOW_DEEDS, "submit", ("unpin", {"ref": "vas:bayvideo:1"}))
    assert replay(WORKFLOW, journal(deeds)).pins == ()


def test_the_same_op_twice_is_one() -> None:
    actions = journal(WORKFLOW_DEEDS)
    again = replace(actions[2], seq=3_000, data={"customer": OTHER_LIN})
    assert replay(
        WORKFLOW, [*actions[:3], again, *[replace(one, seq=one.seq + 5_000) for one in actions[3:]]]
    ).opened == (LIN,)


def test_what_comes_out_of_order_is_refused() -> None:
    actions = journal(LOOKUP_DEEDS)
    late = replace(actions[4], op_id="late", seq=2, data={"field": "contract.end", "value": "2000-01-01"})
    state = replay(LOOKUP, [*actions[:7], late, actions[7]])
    assert state.answers["contract.end"] == "2027/5/31"
    assert (state.refused, state.submitted) == (1, True)


def test_before_the_cue_and_after_the_end_nothing_happens() -> None:
    early = replay(LOOKUP, journal(LOOKUP_DEEDS[1:]))
    assert (early.begun_at, early.customer, early.refused) == (None, None, len(LOOKUP_DEEDS) - 1)
    late = replay(LOOKUP, journal([*LOOKUP_DEEDS, ("open", {"customer": OTHER_LIN}), ("begin", {}), ("submit", {})]))
    assert (late.customer, late.refused, late.ended_at) == (LIN, 3, late.ended_at)
    assert late.opened == (LIN,)


def test_what_means_nothing_is_counted_and_not_obeyed() -> None:
    nonsense = [
        ("open", {"customer": 100}),  # the world has a hundred, from 0
        ("open", {"customer": -1}),
        ("open", {"customer": True}),
        ("open", {"customer": "17"}),
        ("open", {}),
        ("panel", {"panel": "secrets"}),
        ("verify", {"level": 4}),
        ("verify", {"level": 1, "proofs": "code"}),
        ("verify", {"level": 1, "proofs": ["moustache"]}),
        ("unmask", {"field": ""}),
        ("unmask", {"field": "x" * 61}),
        ("answer", {"field": "salary", "value": "1"}),
        ("answer", {"field": "contract.end", "value": 7}),
        ("search", {"q": "x" * 10_000}),
        ("unpin", {"ref": "never-pinned"}),
        ("pin", {"ref": None}),
    ]
    state = replay(LOOKUP, journal(inserted(LOOKUP_DEEDS, "panel", *nonsense)))
    assert state.refused == len(nonsense)
    assert replay(LOOKUP, journal(LOOKUP_DEEDS)) == replace(state, refused=0)


def test_a_detail_needs_an_open_record_and_a_notice_does_not() -> None:
    deeds = [("begin", {}), ("panel", {"panel": "plan"}), ("pin", {"ref": "plan"}), ("pin", {"ref": "notice:harbour"})]
    state = replay(WORKFLOW, journal(deeds))
    assert (state.refused, state.pins) == (2, ((-1, "notice:harbour"),))


kinds = st.one_of(st.sampled_from(list(ActionKind)), st.text(max_size=8))
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=30),
        st.sampled_from(["plan", "bills", "number", "contract.end", "ticket.note", "article", LIN, OTHER_LIN, "code"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)
names = st.sampled_from(["q", "customer", "level", "proofs", "panel", "field", "article", "ref", "value"])
moments = st.one_of(
    st.datetimes(),
    st.integers(-3600, 3600).map(lambda seconds: CUE_AT + timedelta(seconds=seconds)),
)
actions = st.builds(
    Action,
    seq=st.integers(-2, 60),
    op_id=st.text(max_size=3),
    at=moments,
    kind=kinds,
    data=st.one_of(st.dictionaries(names, values, max_size=3), values),
    lag_ms=st.none(),
)


@given(st.lists(actions, max_size=25), st.booleans())
def test_no_sequence_of_actions_raises(listed: list[Action], begun: bool) -> None:
    start = [Action(-5, "start", CUE_AT, ActionKind.BEGIN)] if begun else []
    for asked_for, plan in ((LOOKUP, LOOKUP_PLAN), (WORKFLOW, WORKFLOW_PLAN)):
        film = list(steps(asked_for, [*start, *listed]))
        assert len(film) == len(listed) + begun
        assert film == [] or film[-1].after == replay(asked_for, [*start, *listed])
        assert replay(asked_for, [*start, *listed]).refused == sum(not step.obeyed for step in film)
        assert 0 <= score(asked_for, [*start, *listed], plan).points <= 100


@given(st.data())
def test_a_replay_stopped_anywhere_goes_on_to_the_same_desk(data: st.DataObject) -> None:
    listed = data.draw(st.permutations(journal(WORKFLOW_DEEDS)))
    film = list(steps(WORKFLOW, listed))
    for number, step in enumerate(film, start=1):
        assert replay(WORKFLOW, listed[:number]) == step.after
