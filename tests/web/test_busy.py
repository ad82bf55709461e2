"""Where the database has no time, who asked is told to come back in a moment: in words, or as JSON."""

import json
import sqlite3

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from lms.services.write_turn import NoTurn

ERRORS = [NoTurn(), NoConnection(), OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked"))]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_busy_database_is_said_to_be_busy(app: Flask, error: Exception, accept: str) -> None:
    with app.test_request_context("/attempts/1", headers={"Accept": accept}):
        reply = app.make_response(app.handle_user_exception(error))
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")
    said = reply.get_data(as_text=True)
    assert "系统繁忙" in (json.loads(said)["error"] if accept == "application/json" else said)
    assert "locked" not in said
