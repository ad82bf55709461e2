"""The question bank's services: locking, four eyes over several authors, who has seen a question."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from lms.domain import papers
from lms.domain.bank_states import Move
from lms.domain.people import Role
from lms.domain.questions import Kind
from lms.domain.questions import Question as Content
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import Blueprint, Question
from lms.models.exams import PaperQuestion
from lms.models.people import Person
from lms.services import bank, bank_files, bank_search, sitting_papers
from lms.services.attempts import start
from lms.services.bank_search import Filters
from lms.services.sign_in import load_signed_in, sign_in
from lms.services.writing import writing
from tests.browser_like import PASSWORD
from tests.conftest import MONDAY
from tests.content.bank_files import ALL_KINDS, BLUEPRINT, bank_of, write
from tests.exam_room import an_exam_room
from tests.factories import a_person


@pytest.fixture
def trainers(app: Flask, tmp_path: Path) -> list[Person]:
    write(tmp_path, BLUEPRINT, "blueprints/quick.yaml")
    bank_files.load(bank_of(tmp_path, ALL_KINDS), None, MONDAY)
    return [a_person(Role.TRAINER, name=name) for name in ("甲", "乙", "丙")]


def first() -> Question:
    return db.session.execute(select(Question).where(Question.code == "BIL-001")).scalar_one()


def content(**changes: object) -> Content:
    return bank.question_page(first().id).newest.content.model_copy(update=changes)


def move(person: Person, base: int, what: Move) -> None:
    bank.move(person.id, MONDAY, first().id, base, what, "理由")


def test_nobody_reviews_who_wrote_any_version_since_the_last_approved(trainers: list[Person]) -> None:
    one, two, three = trainers
    bank.save(one.id, MONDAY, first().id, 1, content(difficulty=3))
    bank.save(two.id, MONDAY, first().id, 2, content(difficulty=1))
    move(one, 3, Move.SUBMIT)
    for author in (one, two):
        with pytest.raises(bank.OwnWork):
            move(author, 3, Move.APPROVE)
    move(three, 3, Move.APPROVE)
    assert (first().state, first().live_id) == ("live", first().newest_id)
    bank.save(three.id, MONDAY, first().id, 3, content(difficulty=2))
    move(three, 4, Move.SUBMIT)
    move(one, 4, Move.APPROVE)  # what one wrote has been approved by three meanwhile


def test_saving_over_a_newer_version_is_refused_and_says_whose_it_is(trainers: list[Person]) -> None:
    one, two, _three = trainers
    bank.save(one.id, MONDAY, first().id, 1, content(difficulty=3))
    with pytest.raises(bank.Stale) as caught:
        bank.save(two.id, MONDAY, first().id, 1, content(difficulty=1))
    assert (caught.value.newest.author, caught.value.newest.number) == ("甲", 2)
    with pytest.raises(bank.Stale):
        move(two, 1, Move.RETIRE)


def test_moves_out_of_turn_are_refused(trainers: list[Person]) -> None:
    for what in (Move.SUBMIT, Move.APPROVE, Move.RETURN, Move.REOPEN):
        with pytest.raises(bank.NotNow):
            move(trainers[0], 1, what)


def test_papers_draw_the_live_version_while_a_newer_one_is_written_and_nothing_once_retired(
    trainers: list[Person],
) -> None:
    plan = sitting_papers.blueprint_of(db.session.execute(select(Blueprint.newest_id)).scalar_one() or 0)
    live = first().live_id
    bank.save(trainers[0].id, MONDAY, first().id, 1, content(difficulty=3))
    assert {entry.code: version for entry, version in sitting_papers.live_pool(plan)}["BIL-001"] == live
    move(trainers[0], 2, Move.RETIRE)
    assert "BIL-001" not in [entry.code for entry, _version in sitting_papers.live_pool(plan)]


def test_the_live_questions_are_counted_as_the_papers_would_draw_them_with_few_faces_read(
    trainers: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = sitting_papers.blueprint_of(db.session.execute(select(Blueprint.newest_id)).scalar_one() or 0)
    bank.save(trainers[0].id, MONDAY, first().id, 1, content(difficulty=3))  # the row says 3, the live face does not
    drawn = papers.stock_of([entry for entry, _version in sitting_papers.live_pool(plan)])
    read = []
    as_entry = sitting_papers._entry

    def noted(face: dict[str, Any], weight: float) -> papers.PoolEntry:
        read.append(face["code"])
        return as_entry(face, weight)

    monkeypatch.setattr(sitting_papers, "_entry", noted)
    counted = sitting_papers.live_stock()
    sections = {part.section for part in plan.sections}
    assert {sort: number for sort, number in counted.items() if sort.section in sections} == drawn
    written = db.session.execute(select(Question.code).where(Question.kind == Kind.WRITTEN.value)).scalars()
    assert sorted(read) == sorted({"BIL-001", *written})


def test_a_file_does_not_push_an_unreviewed_edit_live(trainers: list[Person], tmp_path: Path) -> None:
    bank.save(trainers[0].id, MONDAY, first().id, 1, content(difficulty=3))
    report = bank_files.load(bank_of(tmp_path, ALL_KINDS), None, MONDAY)
    assert [conflict.code for conflict in report.conflicts] == ["BIL-001"]
    assert (first().state, first().newest.number) == ("draft", 2)


def test_enemies_are_told_from_both_sides(trainers: list[Person]) -> None:
    bank.save(trainers[0].id, MONDAY, first().id, 1, content(enemies=("BIL-003",)))
    assert bank.named_as_enemy_by("BIL-003") == ["BIL-001"]
    with pytest.raises(bank.UnknownEnemies):
        bank.save(trainers[0].id, MONDAY, first().id, 2, content(enemies=("XXX-9",)))


def test_the_next_code_of_a_topic(trainers: list[Person]) -> None:
    assert bank.next_codes() == {"billing": "BIL-006"}


def test_an_odd_code_does_not_become_its_topic_s_prefix(trainers: list[Person]) -> None:
    with writing(None, MONDAY):
        first().code = "TST-59460"
    assert bank.next_codes() == {"billing": "BIL-006"}


@pytest.mark.parametrize(("topic", "code", "offered"), [("billing", "TST-1", "BIL-006"), ("plans", "BIL-900", "")])
def test_a_new_code_says_where_its_question_belongs(
    trainers: list[Person], topic: str, code: str, offered: str
) -> None:
    with pytest.raises(bank.ForeignPrefix) as refused:
        bank.create(trainers[0].id, MONDAY, content(topic=topic, code=code))
    assert refused.value.offered == offered
    assert bank.create(trainers[0].id, MONDAY, content(topic="plans", code="PLN-001"))


def test_an_export_loads_again_whatever_its_codes_begin_with(
    app: Flask, trainers: list[Person], tmp_path: Path
) -> None:
    bank.save(trainers[0].id, MONDAY, first().id, 1, content(topic="plans"))  # moves, and keeps its code
    move(trainers[0], 2, Move.SUBMIT)
    move(trainers[1], 2, Move.APPROVE)
    runner, folder = app.test_cli_runner(), str(tmp_path / "out")
    assert runner.invoke(args=["content", "export", folder]).exit_code == 0
    for command, said in (("check", "the prefix BIL belongs to"), ("load", "0 in conflict")):
        result = runner.invoke(args=["content", command, folder])
        assert (result.exit_code, said in result.output) == (0, True), result.output


def test_whoever_got_it_on_a_paper_has_seen_it(app: Flask) -> None:
    sitting, (person,) = an_exam_room()
    signed_in = load_signed_in(sign_in(person.number, PASSWORD, address="", device="", now=MONDAY))
    assert signed_in is not None
    start(signed_in, sitting.id, Language.ZH, MONDAY)
    shown = db.session.execute(select(PaperQuestion.question_id)).scalars().first()
    assert shown is not None
    seen, papers = bank.seen_by(shown)
    assert [(one.person, one.sitting, one.number) for one in seen] == [("考生1", "入门小测", 1)]
    assert papers == 1


def test_a_search_reads_signs_of_patterns_as_themselves(trainers: list[Person]) -> None:
    for text in ("%", "\\", "'", "100%"):
        assert bank_search.search(Filters(text=text), 1, Language.ZH).total == 0, text
    assert bank_search.search(Filters(), 99, Language.ZH).page == 1
