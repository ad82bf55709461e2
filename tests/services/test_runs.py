"""Runs at the desk: every action taken once, the clock the server's, the desk rebuilt from the journal alone."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.domain.drills.plans import DrillKind
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import DrillSet, Run, RunAction
from lms.services import crm_worlds, drill_practice, run_sweep, runs
from lms.services.drill_practice import Wish
from lms.services.run_journal import Refusal
from lms.services.runs import ActionRefused, BadAction, NotYours, OpReused, Reply
from lms.services.sign_in import SignedIn
from tests.conftest import MONDAY
from tests.drill_room import deeds, drill_plans
from tests.exam_factories import signed_in
from tests.factories import a_person


@pytest.fixture
def trainee(app: Flask) -> SignedIn:
    drill_plans()
    return signed_in(a_person())


def a_set(person: SignedIn, kind: DrillKind = DrillKind.LOOKUP, factor: Fraction = Fraction(1), seed: int = 5) -> int:
    return drill_practice.begin(person.person_id, Wish(kind, Language.ZH, factor), seed=seed, now=MONDAY)


def first_run(person: SignedIn, kind: DrillKind = DrillKind.LOOKUP, factor: Fraction = Fraction(1)) -> int:
    run_id = runs.next_run(a_set(person, kind, factor))
    assert run_id is not None
    return run_id


def after(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


def act(person: SignedIn, run_id: int, kind: str, data: dict[str, Any] | None = None, *, at: float = 0.0,
        op: str | None = None, lag: int | None = None) -> Reply:  # fmt: skip
    raw = {"op": op or f"{kind}-{at}-{data}"[:40].encode("ascii", "replace").decode(), "kind": kind, "data": data or {}}
    return runs.act(person, run_id, runs.read_op({**raw, "lag_ms": lag}), after(at))


def kinds(run_id: int) -> list[str]:
    db.session.rollback()
    return list(db.session.execute(
        select(RunAction.kind).where(RunAction.run_id == run_id).order_by(RunAction.seq)).scalars())  # fmt: skip


def the_run(run_id: int) -> Run:
    db.session.rollback()
    return db.session.get_one(Run, run_id, populate_existing=True)


def task_of(run_id: int) -> Any:
    return runs.run_journal.read_task(the_run(run_id).task)


def test_the_cue_is_told_only_once_the_clock_runs(trainee: SignedIn) -> None:
    run_id = first_run(trainee)
    before = runs.view(trainee, run_id, MONDAY)
    assert runs.desk_of(before) == {}
    assert the_run(run_id).begun_at is None
    begun = act(trainee, run_id, "begin")
    assert begun.shown["face"]["cue"] == task_of(run_id).cue
    assert begun.left_ms == 90_000  # a lookup's 90 s (rulebook 4, setting)


def test_nothing_that_a_page_receives_tells_the_answer(trainee: SignedIn) -> None:
    run_id = first_run(trainee, DrillKind.WORKFLOW)
    begun = act(trainee, run_id, "begin")
    task = task_of(run_id)
    assert set(begun.shown) == {"face", "fields", "level", "proofs", "notices"}
    assert set(begun.shown["face"]) == {"cue", "number", "says"}
    assert all(set(one) == {"field", "kind", "label", "choices"} for one in begun.shown["fields"])
    assert task.article not in str(begun.shown)


def test_an_accommodation_lengthens_the_time(trainee: SignedIn) -> None:
    assert act(trainee, first_run(trainee, factor=Fraction(3, 2)), "begin").left_ms == 135_000


def test_a_second_begin_and_a_reload_give_no_time_back(trainee: SignedIn) -> None:
    run_id = first_run(trainee)
    act(trainee, run_id, "begin")
    assert act(trainee, run_id, "begin", at=20, op="another-begin").left_ms == 70_000
    assert runs.view(trainee, run_id, after(31)).left_ms == 59_000
    assert kinds(run_id) == ["begin"]


def test_the_same_op_twice_is_one_row_and_one_reply(trainee: SignedIn) -> None:
    run_id = first_run(trainee)
    act(trainee, run_id, "begin")
    customer = task_of(run_id).customer
    first = act(trainee, run_id, "open", {"customer": customer}, at=3, op="open-once")
    again = act(trainee, run_id, "open", {"customer": customer}, at=9, op="open-once")
    assert (first.seq, first.shown) == (again.seq, again.shown)
    assert kinds(run_id) == ["begin", "open"]
    with pytest.raises(OpReused):
        act(trainee, run_id, "open", {"customer": customer + 1}, at=10, op="open-once")
    act(trainee, run_id, "submit", at=12)
    late = act(trainee, run_id, "open", {"customer": customer}, at=500, op="open-once")
    assert late.shown == first.shown, "a retry whose reply was lost is answered, whatever happened since"


def test_a_task_done_rightly_counts(trainee: SignedIn) -> None:
    run_id = first_run(trainee)
    act(trainee, run_id, "begin")
    for number, (kind, data) in enumerate(deeds(task_of(run_id))):
        act(trainee, run_id, kind, data, at=5 + number / 100, op=f"deed-{number:04}")
    done = act(trainee, run_id, "submit", at=29.9)
    run = the_run(run_id)
    assert (run.state, run.ended_by, run.counted, run.errors, run.milliseconds) == ("ended", "trainee", True, 0, 29_900)
    assert done.state == "ended" and done.next_id == runs.next_run(run.set_id) != run_id


def test_thirty_seconds_are_thirty_seconds(trainee: SignedIn) -> None:
    run_id = first_run(trainee)
    act(trainee, run_id, "begin")
    for number, (kind, data) in enumerate(deeds(task_of(run_id))):
        act(trainee, run_id, kind, data, at=5 + number / 100, op=f"deed-{number:04}")
    act(trainee, run_id, "submit", at=30.001)
    assert the_run(run_id).counted is False


def test_the_desk_is_rebuilt_from_the_journal(trainee: SignedIn) -> None:
    run_id = first_run(trainee, DrillKind.WORKFLOW)
    act(trainee, run_id, "begin")
    task = task_of(run_id)
    shown: dict[str, Any] = {}
    steps = [
        ("open", {"customer": task.customer}),
        ("verify", {"level": 2, "proofs": ["name", "own-number", "code"]}),
        ("panel", {"panel": "bills"}),
        ("unmask", {"field": "number"}),
        ("pin", {"ref": "arrears"}),
        ("knowledge", {"q": "退费"}),
        ("article", {"article": task.article}),
        ("answer", {"field": "article", "value": task.article}),
        ("answer", {"field": "ticket.note", "value": "第一稿"}),
        ("answer", {"field": "ticket.note", "value": "第二稿"}),
    ]
    for number, (kind, data) in enumerate(steps):
        shown |= act(trainee, run_id, kind, data, at=number + 1, op=f"step-{number:04}").shown
    whole = runs.desk_of(runs.view(trainee, run_id, after(30)))
    for part, value in shown.items():
        assert whole[part] == value, part
    number = next(cell for label, cell in whole["card"]["cells"] if label == "号码")
    assert number == {"text": crm_worlds.customers().customer(task.customer).number, "unmask": None}
    assert whole["answers"] == {"article": task.article, "ticket.note": "第二稿"}


def test_after_the_end_nothing_is_taken(trainee: SignedIn) -> None:
    run_id = first_run(trainee)
    act(trainee, run_id, "begin")
    act(trainee, run_id, "submit", at=4)
    with pytest.raises(ActionRefused) as refused:
        act(trainee, run_id, "open", {"customer": 3}, at=5)
    assert refused.value.reason is Refusal.ENDED
    assert kinds(run_id) == ["begin", "submit"]


def test_when_the_time_is_over_the_server_closes_the_run(trainee: SignedIn) -> None:
    run_id = first_run(trainee)
    act(trainee, run_id, "begin")
    with pytest.raises(ActionRefused):
        act(trainee, run_id, "submit", at=90.1)
    run = the_run(run_id)
    assert (run.state, run.ended_by, run.counted) == ("ended", "time", False)
    assert run.ended_at == after(90)
    assert kinds(run_id) == ["begin", "close"]


def test_the_sweep_closes_what_nobody_looks_at(trainee: SignedIn) -> None:
    run_id = first_run(trainee)
    act(trainee, run_id, "begin")
    assert run_sweep.sweep(after(89)) == 0
    assert run_sweep.sweep(after(91)) == 1
    assert run_sweep.sweep(after(92)) == 0
    assert the_run(run_id).ended_by == "time"


def test_tasks_of_a_set_come_one_after_another(trainee: SignedIn) -> None:
    set_id = a_set(trainee)
    ids = list(db.session.execute(select(Run.id).where(Run.set_id == set_id).order_by(Run.position)).scalars())
    with pytest.raises(ActionRefused) as refused:
        act(trainee, ids[1], "begin")
    assert refused.value.reason is Refusal.EARLIER_FIRST
    for place, run_id in enumerate(ids):
        assert runs.next_run(set_id) == run_id
        act(trainee, run_id, "begin", at=place * 10)
        act(trainee, run_id, "submit", at=place * 10 + 5)
    assert runs.next_run(set_id) is None
    assert db.session.get_one(DrillSet, set_id, populate_existing=True).ended_at == after(45)


def test_beginning_elsewhere_leaves_the_other_task(trainee: SignedIn) -> None:
    one, other = first_run(trainee), first_run(trainee)
    act(trainee, one, "begin")
    act(trainee, other, "begin", at=10)
    assert (the_run(one).state, the_run(other).state) == ("ended", "open")
    open_runs = select(func.count()).where(Run.person_id == trainee.person_id, Run.state == "open")
    assert db.session.execute(open_runs).scalar_one() == 1


@pytest.mark.parametrize(
    ("kind", "data"),
    [("panel", {"panel": "bills"}), ("unmask", {"field": "number"}), ("pin", {"ref": "arrears"})],
)
def test_out_of_order_is_refused_and_leaves_no_trace(trainee: SignedIn, kind: str, data: dict[str, str]) -> None:
    run_id = first_run(trainee)
    with pytest.raises(ActionRefused) as refused:
        act(trainee, run_id, kind, data)
    assert refused.value.reason is Refusal.NOT_BEGUN
    act(trainee, run_id, "begin")
    with pytest.raises((ActionRefused, BadAction)):
        act(trainee, run_id, kind, data, at=1)
    assert kinds(run_id) == ["begin"]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("open", {"customer": 10**9}),
        ("open", {"customer": 50_000}),
        ("article", {"article": "KB-NONE"}),
        ("answer", {"field": "no.such.field", "value": "x"}),
    ],
)
def test_what_is_not_there_is_named(trainee: SignedIn, kind: str, data: dict[str, Any]) -> None:
    run_id = first_run(trainee)
    act(trainee, run_id, "begin")
    with pytest.raises(BadAction):
        act(trainee, run_id, kind, data, at=1)
    assert kinds(run_id) == ["begin"]


@pytest.mark.parametrize(
    "raw",
    [
        None, [], "x", {}, {"op": "short", "kind": "begin"}, {"op": "x" * 41, "kind": "begin"},
        {"op": "a-good-op", "kind": "close"}, {"op": "a-good-op", "kind": 7}, {"op": "a-good-op", "kind": "dance"},
        {"op": "a-good-op", "kind": "begin", "data": []},
        {"op": "a-good-op", "kind": "open", "data": {"customer": "1"}},
        {"op": "a-good-op", "kind": "open", "data": {"customer": -1}},
        {"op": "a-good-op", "kind": "open", "data": {"customer": True}},
        {"op": "a-good-op", "kind": "verify", "data": {"level": 9, "proofs": []}},
        {"op": "a-good-op", "kind": "verify", "data": {"level": 1, "proofs": ["charm"]}},
        {"op": "a-good-op", "kind": "panel", "data": {"panel": "secrets"}},
        {"op": "a-good-op", "kind": "search", "data": {"q": ""}},
        {"op": "a-good-op", "kind": "search", "data": {"q": "9" * 10_000}},
        {"op": "a-good-op", "kind": "answer", "data": {"field": "x", "value": "y" * 2001}},
        {"op": "a-good-op", "kind": "answer", "data": {"field": "x", "value": "\ud800"}},
        {"op": "a-good-op", "kind": "answer", "data": {"field": "x", "value": "\0"}},
    ],
)  # fmt: skip
def test_what_is_no_action(raw: Any) -> None:
    with pytest.raises(BadAction):
        runs.read_op(raw)


def test_how_slow_the_desk_was_is_written_down_and_nonsense_is_not(trainee: SignedIn) -> None:
    run_id = first_run(trainee)
    act(trainee, run_id, "begin")
    act(trainee, run_id, "search", {"q": "张伟"}, at=2, lag=37)
    act(trainee, run_id, "search", {"q": "章伟"}, at=3, lag=-5)
    lags = db.session.execute(select(RunAction.lag_ms).where(RunAction.run_id == run_id).order_by(RunAction.seq))
    assert list(lags.scalars()) == [None, 37, None]


def test_another_persons_run_is_not_there(trainee: SignedIn) -> None:
    run_id = first_run(trainee)
    stranger = signed_in(a_person())
    for ask in (lambda: runs.view(stranger, run_id, MONDAY), lambda: act(stranger, run_id, "begin")):
        with pytest.raises(NotYours):
            ask()
    with pytest.raises(NotYours):
        runs.view(trainee, run_id + 1000, MONDAY)
    assert kinds(run_id) == []
