"""What only reads needs no transaction; whoever writes has one, on a connection that read before too."""

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text

from lms.extensions import LONGEST_LOCK, db
from lms.models.people import Cohort
from lms.services.writing import writing
from tests.conftest import MONDAY


class Interrupted(Exception):
    pass


def a_cohort(code: str) -> dict[str, object]:
    return {"code": code, "name": "批次", "starts_on": MONDAY.date()}


def cohorts() -> int:
    return db.session.execute(select(func.count()).select_from(Cohort)).scalar_one()


def test_a_deed_that_breaks_off_leaves_nothing_after_reading(app: Flask) -> None:
    assert cohorts() == 0
    with pytest.raises(Interrupted), writing(None, MONDAY) as deed:
        deed.session.add(Cohort(**a_cohort("one")))
        deed.session.flush()
        raise Interrupted
    assert cohorts() == 0


def test_a_deed_within_a_deed_is_refused_at_once(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="wait for itself"), writing(None, MONDAY) as deed:
        deed.session.add(Cohort(**a_cohort("one")))
        with writing(None, MONDAY):
            pass
    assert cohorts() == 0
    with writing(None, MONDAY) as deed:
        deed.session.add(Cohort(**a_cohort("two")))
    assert cohorts() == 1


def test_a_connection_that_read_is_given_back_with_its_transactions(app: Flask) -> None:
    assert cohorts() == 0
    db.session.remove()
    engine = db.engine.execution_options(writing=True)
    with pytest.raises(Interrupted), engine.begin() as connection:
        connection.execute(insert(Cohort), a_cohort("one"))
        raise Interrupted
    assert cohorts() == 0


def test_nobody_waits_for_a_lock_for_ever(app: Flask) -> None:
    limits: dict[str, object] = {"PRAGMA busy_timeout": 15_000}
    if db.engine.dialect.name == "postgresql":
        limits = {"SHOW lock_timeout": LONGEST_LOCK, "SHOW idle_in_transaction_session_timeout": "5min"}
    with db.engine.connect() as connection:
        assert {asked: connection.execute(text(asked)).scalar_one() for asked in limits} == limits


def test_a_reader_sees_what_was_committed_since(app: Flask) -> None:
    """On PostgreSQL with each statement; on SQLite it keeps its snapshot until it ends its reading."""
    assert cohorts() == 0
    with db.engine.begin() as connection:
        connection.execute(insert(Cohort), a_cohort("one"))
    assert cohorts() == (1 if db.engine.dialect.name == "postgresql" else 0)
    db.session.commit()
    assert cohorts() == 1
