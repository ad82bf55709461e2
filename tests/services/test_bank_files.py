"""Loading files into the bank (contract 11), on a real database."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.content.bank import BankFiles, read_bank
from lms.domain import bank
from lms.extensions import db
from lms.models.audit import AuditEntry
from lms.models.bank import Blueprint, BlueprintVersion, Question, QuestionKey, QuestionVersion, Topic
from lms.services import bank_files
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.content.bank_files import ALL_KINDS, BLUEPRINT, bank_of, topic, write


@pytest.fixture
def files(app: Flask, tmp_path: Path) -> BankFiles:
    write(tmp_path, BLUEPRINT, "blueprints/quick.yaml")
    return bank_of(tmp_path, ALL_KINDS)


def changed(files: BankFiles, code: str, **update: object) -> BankFiles:
    filed = files.questions[code]
    mended = replace(filed, question=filed.question.model_copy(update=update))
    return replace(files, questions={**files.questions, code: mended})


def question(code: str) -> Question:
    return db.session.execute(select(Question).where(Question.code == code)).scalar_one()


def count(table: type) -> int:
    return db.session.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_first_load_makes_every_question_live_without_an_author(files: BankFiles) -> None:
    report = bank_files.load(files, None, MONDAY)
    assert sorted(report.added) == [*(f"BIL-00{n}" for n in range(1, 6)), "blueprint:quick"]
    row = question("BIL-001")
    assert (row.state, row.live_id, row.newest.number, row.newest.author_id) == ("live", row.newest_id, 1, None)
    assert db.session.get_one(Topic, "billing").title == {"zh": "计费账务", "en": "Billing"}
    halves = row.newest.face, row.newest.keys[0].body
    assert bank.join(*halves) == files.questions["BIL-001"].question


def test_loading_twice_changes_nothing(files: BankFiles) -> None:
    bank_files.load(files, None, MONDAY)
    before = [count(table) for table in (QuestionVersion, QuestionKey, BlueprintVersion, AuditEntry)]
    report = bank_files.load(files, None, MONDAY)
    assert (report.added, report.updated, report.unchanged, report.conflicts, report.topics) == ([], [], 6, [], 0)
    assert [count(table) for table in (QuestionVersion, QuestionKey, BlueprintVersion, AuditEntry)] == before


def test_a_changed_file_adds_a_version_and_the_old_one_stays(files: BankFiles) -> None:
    bank_files.load(files, None, MONDAY)
    first = question("BIL-001").newest_id
    report = bank_files.load(changed(files, "BIL-001", difficulty=3), None, MONDAY)
    assert (report.updated, report.conflicts) == (["BIL-001"], [])
    row = question("BIL-001")
    assert (row.newest.number, row.live_id, row.difficulty) == (2, row.newest_id, 3)
    assert db.session.get_one(QuestionVersion, first).face["difficulty"] == 2


def test_a_record_edited_in_the_bank_is_a_conflict_and_stays(files: BankFiles) -> None:
    bank_files.load(files, None, MONDAY)
    with writing(None, MONDAY):
        question("BIL-001").digest = "0" * 64
    unchanged = bank_files.load(files, None, MONDAY)
    both = bank_files.load(changed(files, "BIL-001", difficulty=3), None, MONDAY)
    assert [(one.code, one.both) for one in unchanged.conflicts] == [("BIL-001", False)]
    assert [(one.code, one.both) for one in both.conflicts] == [("BIL-001", True)]
    assert (question("BIL-001").newest.number, question("BIL-001").difficulty) == (1, 2)


def test_a_retired_question_gets_the_version_and_stays_retired(files: BankFiles) -> None:
    bank_files.load(files, None, MONDAY)
    with writing(None, MONDAY):
        row = question("BIL-001")
        row.state, row.live_id = "retired", None
    bank_files.load(changed(files, "BIL-001", difficulty=3), None, MONDAY)
    assert (question("BIL-001").state, question("BIL-001").live_id, question("BIL-001").newest.number) == (
        "retired",
        None,
        2,
    )


def test_blueprints_get_versions_by_the_same_rule(files: BankFiles) -> None:
    bank_files.load(files, None, MONDAY)
    plan = files.blueprints["quick"]
    longer = replace(plan, blueprint=plan.blueprint.model_copy(update={"minutes": 20}))
    report = bank_files.load(replace(files, blueprints={"quick": longer}), None, MONDAY)
    row = db.session.execute(select(Blueprint)).scalar_one()
    assert (report.updated, row.newest.number, row.newest.body["minutes"]) == (["blueprint:quick"], 2, 20)


def test_the_shipped_bank_loads(app: Flask, root: Path) -> None:
    shipped = read_bank(root / "question_bank")
    report = bank_files.load(shipped, None, MONDAY)
    assert len(report.added) == len(shipped.questions) + len(shipped.blueprints)


def test_the_command_refuses_files_with_errors_whole(app: Flask, tmp_path: Path) -> None:
    write(tmp_path, topic(ALL_KINDS.replace("key: B\n", "key: F\n")))
    result = app.test_cli_runner().invoke(args=["content", "load", str(tmp_path)])
    assert result.exit_code == 1
    assert "business-billing.yaml" in result.output
    assert count(Question) == 0


def exported(app: Flask, folder: Path) -> str:
    result = app.test_cli_runner().invoke(args=["content", "export", str(folder)])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_shipped_bank_loaded_and_exported_reads_the_same_and_loading_it_changes_nothing(
    app: Flask, root: Path, tmp_path: Path
) -> None:
    shipped = read_bank(root / "question_bank")
    bank_files.load(shipped, None, MONDAY)
    exported(app, tmp_path)
    again = read_bank(tmp_path)
    assert {code: filed.question for code, filed in again.questions.items()} == {
        code: filed.question for code, filed in shipped.questions.items()
    }
    assert {code: filed.blueprint for code, filed in again.blueprints.items()} == {
        code: filed.blueprint for code, filed in shipped.blueprints.items()
    }
    assert again.errors == shipped.errors
    report = bank_files.load(again, None, MONDAY)
    assert (report.changed, report.conflicts) == (False, [])


def test_an_export_is_stable_and_writes_long_texts_as_blocks(app: Flask, files: BankFiles, tmp_path: Path) -> None:
    stem = files.questions["BIL-001"].question.stem.model_copy(update={"zh": "甲 # 乙: 丙\n\n- 一\n- 二"})
    bank_files.load(changed(files, "BIL-001", stem=stem), None, MONDAY)
    exported(app, tmp_path / "one")
    exported(app, tmp_path / "two")
    texts = [(tmp_path / name / "business-billing.yaml").read_text("utf-8") for name in ("one", "two")]
    assert texts[0] == texts[1]
    assert "zh: |-\n" in texts[0]
    assert read_bank(tmp_path / "one").questions["BIL-001"].question.stem == stem


def test_retired_questions_are_left_out_and_said(app: Flask, files: BankFiles, tmp_path: Path) -> None:
    bank_files.load(files, None, MONDAY)
    with writing(None, MONDAY):
        row = question("BIL-001")
        row.state, row.live_id = "retired", None
    assert "left out: 1 question in state retired" in exported(app, tmp_path / "out")
    assert "BIL-001" not in read_bank(tmp_path / "out").questions
