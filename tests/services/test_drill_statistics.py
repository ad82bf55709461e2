"""Drills in figures: what is counted, what is kept apart, and which runs stand behind a number."""

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.domain.drills.plans import DrillKind
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import Run
from lms.models.people import Cohort, Person
from lms.services import drill_practice, drill_statistics
from lms.services.drill_practice import Wish
from lms.services.drill_samples import NoSuchTemplate, specimen
from lms.services.drill_statistics import Scope
from lms.services.sign_in import SignedIn
from tests.conftest import MONDAY
from tests.drill_room import a_drill_room, drill_plans, play, play_all, runs_in, started
from tests.exam_factories import signed_in
from tests.exam_room import a_cohort
from tests.factories import a_person

PRACTICE, CERTIFICATION = Scope(), Scope(mode="certification")


def practise(who: SignedIn, *, wrong: tuple[int, ...] = (), seconds: float = 20, kind: str = "lookup") -> list[Run]:
    set_id = drill_practice.begin(who.person_id, Wish(DrillKind(kind), Language.ZH), seed=5, now=MONDAY)
    db.session.rollback()
    runs = list(db.session.execute(select(Run).where(Run.set_id == set_id).order_by(Run.position)).scalars())
    at = MONDAY
    for place, run in enumerate(runs):
        missed = wrong[place] if place < len(wrong) else 0
        at = play(who, run, at + timedelta(seconds=1), seconds=seconds + place, wrong=missed)
    db.session.rollback()
    return runs


@pytest.fixture
def cohort(app: Flask) -> tuple[Cohort, Person, Person]:
    """A cohort with a trainee and a trainer."""
    drill_plans()
    trainee, trainer = a_person(name="学员甲"), a_person(Role.TRAINER, name="培训师甲")
    return a_cohort(trainee, trainers=(trainer,)), trainee, trainer


def test_shares_times_and_errors(cohort: tuple[Cohort, Person, Person]) -> None:
    runs = practise(signed_in(cohort[1]), wrong=(2, 1))
    found = drill_statistics.report(PRACTICE)
    assert (found.whole.n, found.whole.right, found.whole.share) == (5, 3, 60)
    assert (found.whole.median_ms, found.whole.p90_ms) == (22_000, 24_000)  # 20, 21 … 24 s
    assert found.whole.errors * 5 == 3
    assert sum(one.n for one in found.templates) == sum(one.n for one in found.skills) == 5
    assert sum(one.errors for one in found.fields) == 3
    assert {kind for one in found.fields for kind, _count in one.kinds} == {"wrong"}
    assert {one.name for one in found.templates} == {run.template for run in runs}
    assert found.limit_ms == 30_000


def test_practice_and_certification_are_kept_apart(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    play_all(who, attempt_id, MONDAY, wrong=(1,))
    practise(signed_in(a_person()), kind="workflow")
    assert drill_statistics.report(CERTIFICATION).whole.n == 5
    assert drill_statistics.report(PRACTICE).whole.n == 0
    assert drill_statistics.report(Scope(kind=DrillKind.WORKFLOW)).whole.n == 3
    assert drill_statistics.report(Scope(mode="certification", kind=DrillKind.WORKFLOW)).whole.n == 0


def test_an_open_attempt_does_not_count_yet(app: Flask) -> None:
    sitting, (person,), _trainer = a_drill_room()
    who, attempt_id = started(sitting, person)
    play(who, runs_in(attempt_id)[0], MONDAY)
    assert drill_statistics.report(CERTIFICATION).whole.n == 0


def test_staff_who_try_a_drill_do_not_count(cohort: tuple[Cohort, Person, Person]) -> None:
    practise(signed_in(cohort[2]))
    assert drill_statistics.report(PRACTICE).whole.n == 0


def test_a_cohort_is_its_trainees(cohort: tuple[Cohort, Person, Person]) -> None:
    practise(signed_in(cohort[1]))
    practise(signed_in(a_person(name="别批次学员")))
    assert drill_statistics.report(PRACTICE).whole.n == 10
    assert drill_statistics.report(Scope(cohort_id=cohort[0].id)).whole.n == 5


def test_from_a_number_to_its_runs_with_names_only_of_ones_own(cohort: tuple[Cohort, Person, Person]) -> None:
    practise(signed_in(cohort[1]), wrong=(1,))
    practise(signed_in(a_person(name="别批次学员")))
    lines, pages = drill_statistics.runs_behind(cohort[2].id, PRACTICE, None, 1)
    assert (len(lines), pages) == (10, 1)
    assert sorted({line.name or "" for line in lines}) == ["", "学员甲"]
    (field,) = (one.field for one in drill_statistics.report(PRACTICE).fields if one.runs)
    (wrong,), _pages = drill_statistics.runs_behind(cohort[2].id, PRACTICE, field, 1)
    assert (wrong.name, wrong.errors, wrong.fields) == ("学员甲", 1, [field])
    template = lines[0].template
    of_template, _pages = drill_statistics.runs_behind(cohort[2].id, Scope(template=template), None, 1)
    assert {line.template for line in of_template} == {template}


def test_files_hold_the_same_figures(cohort: tuple[Cohort, Person, Person]) -> None:
    practise(signed_in(cohort[1]), wrong=(1,))
    found = drill_statistics.report(PRACTICE)
    rows = list(csv.reader(io.StringIO(drill_statistics.csv_file(found, "templates").decode("utf-8-sig"))))
    assert rows[0][0] == "template"
    assert sum(int(row[1]) for row in rows[1:]) == 5
    (heading, row, *others) = drill_statistics.field_rows(found)
    told = dict(zip(heading, row, strict=True))
    assert told.pop("median_filled_s") is not None
    assert told == {
        "field": found.fields[0].field, "kind": "wrong", "errors": 1, "runs_with_errors_at_field": 1,
        "runs_of_hundred": 20.0,
    }  # fmt: skip
    assert others and {(other[1], other[2]) for other in others} == {("", 0)}, "fields that were only filled in"


def test_a_specimen_says_the_same_in_both_languages(app: Flask) -> None:
    found = specimen("contract-end", 3)
    zh, en = found.samples
    assert zh.task.customer == en.task.customer
    assert [one.expected for one in zh.task.fields] == [one.expected for one in en.task.fields]
    assert zh.answers[1].label == "合约到期日"
    with pytest.raises(NoSuchTemplate):
        specimen("nobody", 1)
