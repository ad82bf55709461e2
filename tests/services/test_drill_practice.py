"""Practice: sets drawn by wish and weakness, one's own figures, and what certification has no part in."""

from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select

from lms.domain.drills.plans import DrillKind
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion
from lms.models.drills import DrillSet, Run, World
from lms.services import crm_worlds, drill_practice, drill_progress, run_scores
from lms.services.drill_practice import Choice, NothingToPractise, Wish
from lms.services.sign_in import SignedIn
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.drill_room import a_drill_room, drill_plans, play, play_all, started
from tests.exam_factories import signed_in
from tests.factories import a_person

LOOKUP = Wish(DrillKind.LOOKUP, Language.ZH)
WORKFLOW = Wish(DrillKind.WORKFLOW, Language.ZH)


@pytest.fixture
def trainee(app: Flask) -> SignedIn:
    drill_plans()
    return signed_in(a_person())


def begin(who: SignedIn, wish: Wish = LOOKUP, *, seed: int = 5, now: datetime = MONDAY) -> list[Run]:
    set_id = drill_practice.begin(who.person_id, wish, seed=seed, now=now)
    db.session.rollback()
    return list(db.session.execute(select(Run).where(Run.set_id == set_id).order_by(Run.position)).scalars())


def play_set(who: SignedIn, runs: list[Run], at: datetime, *, wrong: tuple[int, ...] = (), seconds: float = 20) -> None:
    """Run after run; ``wrong``: how many wrong fields in the first, the second …"""
    for place, run in enumerate(runs):
        at = play(who, run, at + timedelta(seconds=1), seconds=seconds, wrong=wrong[place] if place < len(wrong) else 0)


def test_a_set_is_drawn_by_its_seed(trainee: SignedIn) -> None:
    first, again, other = begin(trainee), begin(trainee), begin(trainee, seed=6)
    assert [run.task for run in first] == [run.task for run in again] != [run.task for run in other]
    assert len({run_scores.task_of(run).customer for run in first}) == 5


def test_the_clock_and_the_language_are_as_wished(trainee: SignedIn) -> None:
    runs = begin(trainee, Wish(DrillKind.WORKFLOW, Language.EN, factor=Fraction(3, 2)))
    drill_set = db.session.get_one(DrillSet, runs[0].set_id)
    assert (drill_set.factor, drill_set.language, drill_set.attempt_id) == (Fraction(3, 2), "en", None)
    assert {run_scores.task_of(run).kind for run in runs} == {DrillKind.WORKFLOW}


def test_practice_goes_by_the_rules_of_the_newest_plan(trainee: SignedIn) -> None:
    """All numbers are settings: what a trainer changes in the certification plan is what one practises with."""
    with writing(None, MONDAY) as deed:
        row = deed.session.execute(select(Blueprint).where(Blueprint.code == "lookup-certification")).scalar_one()
        body = {**row.newest.body, "lookup": {**row.newest.body["lookup"], "within": 25}}
        version = BlueprintVersion(blueprint_id=row.id, number=9, body=body, saved_at=MONDAY)
        deed.session.add(version)
        deed.session.flush()
        row.newest_id = version.id
    (run, *_) = begin(trainee)
    assert run.drill_set.plan["lookup"]["within"] == 25


def test_two_of_five_tasks_come_from_the_weakest_skill(trainee: SignedIn) -> None:
    packs = begin(trainee, Wish(DrillKind.LOOKUP, Language.ZH, choice=Choice.CHOSEN, skills=("packs",)))
    assert {run.skill for run in packs} == {"packs"}
    play_set(trainee, packs, MONDAY, wrong=(1, 1, 1, 1, 1))
    standing = drill_practice.standing(trainee.person_id, DrillKind.LOOKUP)
    assert [(one.skill, one.right, one.recent, one.weak) for one in standing] == [("packs", 0, 5, True)]
    for seed in range(5):
        drawn = begin(trainee, seed=seed)
        assert Counter(run.skill for run in drawn)["packs"] == 2
        assert max(Counter(run.template for run in drawn).values()) <= 2


def test_only_weak_skills_on_wish_and_all_where_none_is(trainee: SignedIn) -> None:
    weak = Wish(DrillKind.LOOKUP, Language.ZH, choice=Choice.WEAK)
    assert len({run.skill for run in begin(trainee, weak)}) > 1
    packs = begin(trainee, Wish(DrillKind.LOOKUP, Language.ZH, choice=Choice.CHOSEN, skills=("packs",)))
    play_set(trainee, packs, MONDAY, wrong=(1, 1))
    assert {run.skill for run in begin(trainee, weak)} == {"packs"}


def test_a_skill_that_the_drill_has_not_cannot_be_practised(trainee: SignedIn) -> None:
    for skills in ((), ("nobody",)):
        with pytest.raises(NothingToPractise):
            begin(trainee, Wish(DrillKind.LOOKUP, Language.ZH, choice=Choice.CHOSEN, skills=skills))


def test_while_the_world_is_built_nothing_begins(app: Flask) -> None:
    person = a_person()
    assert drill_practice.world_share() == 0
    with writing(None, MONDAY) as deed:
        digest = crm_worlds.catalogue().digest
        deed.session.add(World(seed=20260316, size=50_000, digest=digest, built_at=None))
    assert drill_practice.world_share() == 0
    with pytest.raises(crm_worlds.NotBuilt):
        drill_practice.begin(person.id, LOOKUP, seed=1, now=MONDAY)


def test_ones_own_figures(trainee: SignedIn) -> None:
    runs = begin(trainee)
    play_set(trainee, runs[:2], MONDAY, wrong=(1,), seconds=20)
    play(trainee, runs[2], MONDAY + timedelta(minutes=5), seconds=12.5)
    play(trainee, runs[3], MONDAY + timedelta(minutes=10), seconds=40)
    found = drill_progress.progress(drill_progress.own_runs(trainee.person_id), DrillKind.LOOKUP)
    assert (found.runs, found.right, found.best_ms) == (4, 2, 12_500)
    assert [run.milliseconds for run in found.curve] == [20_000, 20_000, 12_500, 40_000]
    assert [run.errors for run in found.curve] == [1, 0, 0, 0]
    assert sum(line.runs for line in found.skills) == 4
    waiting = drill_progress.unfinished(trainee.person_id, MONDAY + timedelta(hours=1))
    assert waiting is not None and (waiting.done, waiting.tasks) == (4, 5)
    assert drill_progress.unfinished(trainee.person_id, MONDAY + timedelta(days=2)) is None


def test_a_slow_clock_makes_no_record(trainee: SignedIn) -> None:
    runs = begin(trainee, Wish(DrillKind.LOOKUP, Language.ZH, factor=Fraction(2)))
    play(trainee, runs[0], MONDAY, seconds=45)
    found = drill_progress.progress(drill_progress.own_runs(trainee.person_id), DrillKind.LOOKUP)
    assert (found.right, found.best_ms) == (1, None)
    assert found.standings[0].slow, "right by the slow clock, but over the 30 s that certification asks"


def test_the_best_workflow_is_one_at_full_pace(trainee: SignedIn) -> None:
    slow = begin(trainee, Wish(DrillKind.WORKFLOW, Language.ZH, factor=Fraction(4)))
    play(trainee, slow[0], MONDAY, seconds=100)
    usual = begin(trainee, WORKFLOW, now=MONDAY + timedelta(hours=1))
    play(trainee, usual[0], MONDAY + timedelta(hours=1), seconds=180)  # half of the 30 for efficiency: 70 + 15
    found = drill_progress.progress(drill_progress.own_runs(trainee.person_id), DrillKind.WORKFLOW)
    assert found.best_points == 85
    assert [run.points for run in found.curve] == [100, 85]


def test_certification_is_no_practice(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    play_all(who, attempt_id, MONDAY)
    assert drill_progress.own_runs(person.id) == []
    assert drill_progress.unfinished(person.id, MONDAY) is None
