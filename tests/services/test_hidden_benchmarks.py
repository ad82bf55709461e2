"""Hidden benchmarks among live work: placed, marked like any call, seen by nobody else, counted in the report alone."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.people import Person
from lms.models.roleplays import Benchmark, BenchmarkCopy, BenchmarkSheet, Call, CallProposal, CallSheet, CallTask
from lms.services import (
    call_desk,
    call_feedback,
    call_marking,
    call_marking_queue,
    call_past,
    call_proposals,
    call_view,
    calls,
    hidden_benchmarks,
    llm,
    scenario_pages,
)
from lms.services.calibration_report import report
from lms.services.call_log import replayed, turns_of
from lms.services.call_marking import NotForYou
from lms.services.llm import LlmChoice
from lms.services.writing import writing
from tests.benchmark_calls import load_shipped, mark_all
from tests.call_sitting import MINUTE, a_call_sitting, a_sheet, an_examiner, held, mark_next, the_call
from tests.conftest import MONDAY
from tests.customers.fake_llm import content, fake_llm
from tests.exam_factories import signed_in
from tests.factories import a_person

NOW = MONDAY + 10 * MINUTE
ZH = Language.ZH


@pytest.fixture
def examiner(app: Flask) -> Person:
    """Calibrated, with eighteen calls of nine candidates waiting."""
    sitting, people, _trainer = a_call_sitting(candidates=9)
    load_shipped()
    for person in people:
        held(sitting, person)
    marker = an_examiner("甲")
    mark_all(marker.id)
    return marker


def copies(examiner: Person) -> list[BenchmarkCopy]:
    query = select(BenchmarkCopy).where(BenchmarkCopy.examiner_id == examiner.id)
    return list(db.session.execute(query.execution_options(populate_existing=True)).scalars())


def until_one_waits(examiner: Person) -> int:
    """Marks until a copy waits; how many calls were taken before it."""
    for taken in count():
        if copies(examiner):
            return taken
        assert mark_next(examiner) is not None
    raise AssertionError


def waiting(examiner: Person) -> list[call_marking_queue.Waiting]:
    return list(call_marking_queue.queue(examiner.id, ZH, NOW, MONDAY).waiting)


def test_one_of_twelve_to_sixteen_calls_is_a_benchmark_that_looks_like_the_others(examiner: Person) -> None:
    taken = until_one_waits(examiner)
    (copy,) = copies(examiner)
    call = the_call(copy.call_id)
    assert 12 <= taken + 1 <= 16
    first, second, *_ = waiting(examiner)
    assert first.call_number == call.call_number  # the next to be taken
    assert first.due_at and second.due_at and first.due_at <= second.due_at and not first.overdue
    assert not first.practice and not first.mine and not first.held
    task_id = call_marking_queue.take_next(examiner.id, None, NOW)
    assert task_id is not None
    desk = call_marking.desk(examiner.id, task_id)
    assert desk.call_number == call.call_number and desk.customer == "scripted" and not desk.practice
    assert (
        desk.due_at
        and desk.turns
        and desk.end == copy.benchmark.transcript["end"]
        and [turn.seq for turn in desk.turns][0] == 1
    )
    said = " ".join(turn.text for turn in desk.turns)
    assert "6021" not in said and (call.alias in said) == ("6021" in str(copy.benchmark.transcript))
    assert (call.person_id, call.attempt_id, call.state) == (None, None, "ended")
    assert call.ended_at and call.ended_at < NOW and call.answered_at and call.answered_at < call.ended_at


def test_its_turns_are_the_transcripts_and_its_state_what_they_lead_to(examiner: Person) -> None:
    until_one_waits(examiner)
    (copy,) = copies(examiner)
    call, agreed = the_call(copy.call_id), copy.benchmark.transcript["turns"]
    turns = turns_of(call.id)
    for turn, said in zip(turns, agreed, strict=False):
        assert turn.speaker == said["by"] and (said["do"] or turn.text == said["text"].replace("6021", call.alias))
    hangs_up = ["hang-up"] if call.end == "hung-up" else []
    assert [turn.kind for turn in turns[len(agreed) :]] == [*hangs_up, "end"]
    assert call.turns_count == len(turns) and replayed(call, turns).digest() == call.engine_sha256
    looks = call_desk.looked_at(call.call_number)
    assert [(look.kind, look.own) for look in looks] == [
        (look["do"], True) for look in copy.benchmark.transcript["looks"]
    ]
    spoken = {place: (turn.at - turns[0].at).total_seconds() for place, turn in enumerate(turns, start=1)}
    for look, written in zip(looks, copy.benchmark.transcript["looks"], strict=True):
        assert spoken[written["before"] - 1] < look.at < spoken[written["before"]]
    waits = [(b.at - a.at).total_seconds() for a, b in zip(turns, turns[1:], strict=False)]
    assert all(said["s"] - 1 < wait <= said["s"] for wait, said in zip(waits, agreed[1:], strict=False))


def test_nobody_else_meets_it(examiner: Person) -> None:
    until_one_waits(examiner)
    (copy,) = copies(examiner)
    number = the_call(copy.call_id).call_number
    other = an_examiner("乙")
    mark_all(other.id)
    assert number not in {row.call_number for row in waiting(other)}
    assert call_marking_queue.take_next(other.id, number, NOW) is None
    task_id = call_marking_queue.take_next(examiner.id, number, NOW)
    assert task_id is not None
    with pytest.raises(NotForYou):
        call_marking.desk(other.id, task_id)
    later = NOW + 2 * call_marking_queue.LEASE  # and a lapsed lease frees it for nobody else
    assert call_marking_queue.take_next(other.id, number, later) is None
    for person in (examiner, other):
        assert copy.call_id not in {call.id for call in call_past.own_calls(person.id, ZH)}
        with pytest.raises(calls.NotYours):
            call_view.view(signed_in(person), copy.call_id, NOW)
        with pytest.raises(calls.NotYours):
            call_feedback.film(person.id, copy.call_id)


def test_it_is_no_call_of_the_scenario_and_no_attempt_moves(examiner: Person) -> None:
    before = played()
    until_one_waits(examiner)
    assert played() == before
    mark_next(examiner, level=3)
    (copy,) = copies(examiner)
    call = the_call(copy.call_id)
    assert (call.result, call.points) == (None, None)
    tasks = db.session.query(CallTask).filter_by(call_id=call.id).all()
    assert [(task.round, task.state) for task in tasks] == [(1, "done")]  # near a line or not: no second marker


def played() -> int:
    return sum(row.calls for row in scenario_pages.listed())


def test_its_levels_go_to_calibration_once(examiner: Person) -> None:
    until_one_waits(examiner)
    (copy,) = copies(examiner)
    task_id = mark_next(examiner, level=3)
    assert task_id is not None
    call_marking.submit(examiner.id, task_id, a_sheet(the_call(copy.call_id), 5), 2, NOW)  # a second press
    (sheet,) = db.session.query(BenchmarkSheet).filter_by(gate=False).all()
    assert (sheet.benchmark_id, sheet.examiner_id) == (copy.benchmark_id, examiner.id)
    assert set(sheet.levels.values()) == {3}
    line = next(one for one in report(ZH).examiners if one.id == examiner.id)
    assert line.hidden is not None
    exact = sum(level == 3 for level in copy.benchmark.levels.values())
    assert (line.hidden.calls, line.hidden.unseen, line.hidden.overall.n) == (1, 5, 6)
    assert line.hidden.overall.exact == Fraction(exact, 6)
    assert {one.agreement.n for one in line.hidden.criteria} == {1} and not line.hidden.drifts
    assert line.overall.n == 24  # of the gate alone
    done = call_marking.desk(examiner.id, task_id)
    assert done.submitted_at is not None and done.others == [] and done.proposals is not None
    assert hidden_benchmarks.agreement_so_far(examiner.id) is None  # blind until three are in
    assert next(one for one in report(ZH, examiner.id).examiners if one.id == examiner.id).hidden is None


def live_sheets(examiner: Person, number: int) -> Iterator[None]:
    """As if the examiner had begun so many more calls."""
    call_id = db.session.execute(select(Call.id).where(Call.attempt_id.is_not(None)).limit(1)).scalar_one()
    for _ in range(number):
        with writing(None, NOW) as deed:
            rounds = deed.session.execute(select(func.max(CallTask.round)).where(CallTask.call_id == call_id))
            task = CallTask(call_id=call_id, round=1 + rounds.scalar_one(), state="withdrawn", created_at=NOW)
            deed.session.add(task)
            deed.session.flush()
            call_marking_queue.begin_sheet(deed, task.id, examiner.id)
        yield


def test_each_comes_up_once_and_three_give_a_figure_and_a_warning(examiner: Person) -> None:
    for number in range(1, 4):
        list(live_sheets(examiner, 16))
        assert mark_next(examiner) is not None  # the live call at which the copy is placed
        wrong = {f"level__{name}": "1" for name in ("opening", "compliance")}
        assert (
            mark_next(examiner, level=3, **wrong, **{f"pins__{n}": "2" for n in ("opening", "compliance")}) is not None
        )
        assert len(copies(examiner)) == number
    assert len({copy.benchmark_id for copy in copies(examiner)}) == 3
    own = hidden_benchmarks.agreement_so_far(examiner.id)
    assert own is not None and (own.calls, own.agreement.n) == (3, 18)
    agreed = [copy.benchmark.levels for copy in copies(examiner)]
    exact = sum(
        level == (1 if name in ("opening", "compliance") else 3) for levels in agreed for name, level in levels.items()
    )
    assert own.agreement.exact == Fraction(exact, 18)
    line = next(one for one in report(ZH, examiner.id).examiners if one.id == examiner.id)
    assert line.hidden is not None
    assert line.hidden.drifts and call_marking_queue.queue(examiner.id, ZH, NOW, MONDAY).calibrated


def test_who_met_a_benchmark_in_the_gate_or_met_all_is_shown_none(examiner: Person) -> None:
    hidden = db.session.query(Benchmark).filter_by(hidden=True).all()
    with writing(None, NOW) as deed:
        for row in hidden:
            deed.session.add(
                BenchmarkSheet(
                    benchmark_id=row.id, examiner_id=examiner.id, round=1, gate=True, levels=dict(row.levels),
                    critical={}, submitted_at=MONDAY,
                )
            )  # fmt: skip
    list(live_sheets(examiner, 20))
    assert mark_next(examiner) is not None
    assert copies(examiner) == []


def test_an_empty_queue_places_none(examiner: Person) -> None:
    while len(waiting(examiner)) > 1:
        assert mark_next(examiner) is not None
    before = len(copies(examiner))
    list(live_sheets(examiner, 20))
    assert mark_next(examiner) is not None  # the last one
    assert len(copies(examiner)) == before and waiting(examiner) == []


def test_severity_counts_a_copy_as_its_benchmark(examiner: Person) -> None:
    until_one_waits(examiner)
    before = report(ZH).marks
    mark_next(examiner)
    assert report(ZH).marks == before + 6
    assert db.session.query(CallSheet).filter(CallSheet.submitted_at.is_not(None)).count() >= 12


def test_an_llm_is_asked_about_it_too_so_that_no_missing_proposal_gives_it_away(examiner: Person) -> None:
    until_one_waits(examiner)
    (copy,) = copies(examiner)
    task_id = mark_next(examiner)
    assert task_id is not None
    with fake_llm(content('{"checks": []}')) as server:
        choice = LlmChoice(False, server.url, "fake-1", server.host, proposals=True)
        llm.choose(a_person(Role.ADMINISTRATOR).id, NOW, choice)
        awaited = call_marking.desk(examiner.id, task_id).suggested
        while call_proposals.sweep(NOW):
            pass
    assert awaited is not None and awaited.awaited
    assert db.session.execute(select(CallProposal.id).where(CallProposal.call_id == copy.call_id)).one()
    suggested = call_marking.desk(examiner.id, task_id).suggested
    assert suggested is not None and not suggested.awaited
