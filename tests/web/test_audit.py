"""The audit trail: its page, its commands, and every way of tampering named by the check."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from lms.domain.people import Role
from lms.extensions import db
from lms.models.audit import AuditEntry
from lms.services import audit, cohorts
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.factories import a_person


@pytest.fixture
def chain(app: Flask) -> list[int]:
    """Six entries; their numbers in order."""
    for n in range(6):
        cohorts.create_cohort(None, MONDAY, f"c{n}", f"批次{n}")
    return sorted(row.id for row in audit.entries())


def tamper(statement: str, **values: object) -> None:
    db.session.commit()
    db.session.connection(execution_options={"writing": True})
    db.session.execute(text(statement), values)
    db.session.commit()
    db.session.expunge_all()


def verify(app: Flask, *options: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["audit", "verify", *options])
    return result.exit_code, result.output


def test_a_whole_chain_passes(app: Flask, chain: list[int]) -> None:
    assert verify(app) == (0, "6 entries, the chain is whole\n")


@pytest.mark.parametrize(
    "change", ["action = 'x'", "subject = 'cohort:9'", "details = '{}'", "at = '2020-01-01 00:00:00'", "actor_id = 1"]
)
def test_an_edited_entry_is_named(app: Flask, chain: list[int], change: str) -> None:
    person = a_person()  # entry 7, so that there is somebody to put the blame on
    tamper(f"UPDATE audit_entries SET {change.replace('= 1', f'= {person.id}')} WHERE id = :id", id=chain[2])
    assert verify(app) == (1, f"entry {chain[2]}: its content was changed\n")


def test_a_deleted_entry_is_named_by_the_next(app: Flask, chain: list[int]) -> None:
    tamper("DELETE FROM audit_entries WHERE id = :id", id=chain[2])
    assert verify(app) == (1, f"entry {chain[3]}: an entry before it was deleted, replaced or inserted\n")


def test_a_cut_tail_is_found(app: Flask, chain: list[int]) -> None:
    tamper("DELETE FROM audit_entries WHERE id > :id", id=chain[3])
    assert verify(app) == (1, f"after entry {chain[3]}: the newest entries were deleted\n")


def test_an_entry_put_on_with_a_right_seal_is_found(app: Flask, chain: list[int]) -> None:
    last = audit.entries()[0]
    seal = db.session.get_one(AuditEntry, last.id).seal
    forged = audit.seal_of(seal, MONDAY, None, "cohort.created", "cohort:99", {})
    db.session.connection()
    db.session.commit()
    db.session.connection(execution_options={"writing": True})
    row = AuditEntry(at=MONDAY, actor_id=None, action="cohort.created", subject="cohort:99", details={})
    row.previous, row.seal = seal, forged
    db.session.add(row)
    db.session.commit()
    newest = audit.entries()[0].id
    assert verify(app) == (1, f"entry {newest}: it was added behind the chain's head\n")


def test_a_replaced_entry_sealed_anew_breaks_the_next(app: Flask, chain: list[int]) -> None:
    row = db.session.get_one(AuditEntry, chain[2])
    seal = audit.seal_of(row.previous, row.at, None, "x", "y:1", {})
    tamper(
        "UPDATE audit_entries SET action = 'x', subject = 'y:1', details = '{}', seal = :seal WHERE id = :id",
        seal=seal, id=chain[2],
    )  # fmt: skip
    assert verify(app) == (1, f"entry {chain[3]}: an entry before it was deleted, replaced or inserted\n")


def test_a_chain_wiped_out_is_found_by_a_head_kept_outside(app: Flask, chain: list[int], tmp_path: Path) -> None:
    kept = tmp_path / "heads.txt"
    kept.write_text(app.test_cli_runner().invoke(args=["audit", "head"]).output)
    assert verify(app, "--head-file", str(kept))[0] == 0
    tamper("DELETE FROM audit_entries")
    tamper("DELETE FROM audit_head")
    assert verify(app)[0] == 0  # nothing inside can tell
    code, output = verify(app, "--head-file", str(kept))
    assert code == 1
    assert f"{kept}:1: " in output


def test_a_head_that_somebody_else_signed_is_refused(app: Flask, chain: list[int], tmp_path: Path) -> None:
    kept = tmp_path / "heads.txt"
    kept.write_text(f"{audit.head_line('another key, not of this site', MONDAY)}\n\nrubbish\n")
    code, output = verify(app, "--head-file", str(kept))
    assert code == 1
    assert f"{kept}:1: the signature is not this site's" in output
    assert f"{kept}:3: the line is not a signed head" in output


def test_the_page_lists_the_newest_first_filters_and_pages(visitor: Visitor, chain: list[int]) -> None:
    administrator = a_person(Role.ADMINISTRATOR, name="管理员")
    for n in range(60):
        cohorts.create_cohort(administrator.id, MONDAY, f"p{n}", f"分页{n}")
    desk = visitor.sign_in(administrator)
    page = desk.get("/audit").text
    assert "分页59" in page
    assert "批次0" not in page
    older = desk.get(f"/audit?before={audit.entries()[49].id}").text
    assert "批次0" in older
    assert "分页59" not in older
    assert "人员：建立" in desk.get(f"/audit?subject=person:{administrator.id}").text
    assert "没有符合条件的记录" in desk.get("/audit?action=person.changed").text
    assert desk.get("/audit?before=x&action=%00&subject=%25").status_code == 200


def test_one_person_s_trail_is_not_another_s(app: Flask) -> None:
    people = [a_person() for _ in range(12)]
    first = min(people, key=lambda person: person.id)
    assert len(audit.entries(subject=f"person:{first.id}")) == 1
    assert len(audit.entries(subject="person")) == 12


def test_the_page_checks_the_chain(visitor: Visitor, chain: list[int]) -> None:
    desk = visitor.sign_in(a_person(Role.ADMINISTRATOR))
    assert "校验通过：7 条记录" in desk.post("/audit/verify").text
    tamper("UPDATE audit_entries SET action = 'x' WHERE id = :id", id=chain[1])
    assert f"第 {chain[1]} 号记录的内容被改动" in desk.post("/audit/verify").text
