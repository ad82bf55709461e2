"""The chain of the audit trail is whole, whoever writes at the same time and however much one deed notes."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import select

from lms.extensions import db
from lms.models.audit import AuditEntry, AuditHead
from lms.services import audit
from lms.services.writing import writing
from tests.conftest import MONDAY

# What JSON can hold and two databases could bring back in other letters.
AWKWARD = {
    "n": 1e16,
    "tiny": 1e-7,
    "half": 0.50,
    "none": None,
    "text": '"客户"\\\n\t',
    "list": [1, [2.0, {"b": 1, "a": 2}]],
}


def test_a_first_deed_makes_the_head_and_several_notes_stand_in_their_order(app: Flask) -> None:
    for number in range(2):
        with writing(None, MONDAY) as deed:
            for part in "abc":
                deed.note(f"thing.{part}", f"thing:{number}", part=part, **AWKWARD)
    entries = db.session.execute(select(AuditEntry).order_by(AuditEntry.id)).scalars().all()
    assert [(one.action, one.subject) for one in entries] == [
        (f"thing.{part}", f"thing:{number}") for number in range(2) for part in "abc"
    ]
    assert [one.previous for one in entries] == [audit.GENESIS, *(one.seal for one in entries[:-1])]
    assert entries[4].details == {"part": "b", **AWKWARD}
    assert db.session.get_one(AuditHead, 1).count == 6
    assert audit.verify() == audit.Verdict(6)


def test_a_deed_that_fails_leaves_no_entry(app: Flask) -> None:
    with writing(None, MONDAY) as deed:
        deed.note("thing.done", "thing:1")
    try:
        with writing(None, MONDAY) as deed:
            deed.note("thing.done", "thing:2")
            deed.seal()
            raise RuntimeError("after the seal, before the commit")
    except RuntimeError:
        pass
    assert audit.verify() == audit.Verdict(1)


def test_who_writes_at_the_same_time_waits_at_the_head(app: Flask) -> None:
    with writing(None, MONDAY) as deed:
        deed.note("thing.done", "thing:0")

    def write(writer: int) -> None:
        with app.app_context():
            for number in range(12):
                with writing(None, MONDAY) as deed:
                    for part in range(1 + number % 3):
                        deed.note("thing.done", f"thing:{writer}", number=number, part=part)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert audit.verify() == audit.Verdict(1 + 8 * 24)
