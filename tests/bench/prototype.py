"""The least that a durable save of ten answers must do: session, CSRF token, user, ownership and deadline, upsert.

No ORM, no templates, no trail: one statement writes all ten, and what it acknowledges is on disk (SQLite
synchronous=FULL, PostgreSQL synchronous_commit=on).
"""

import hmac
import os
import sqlite3
import threading
import time
from typing import Any

import psycopg
from flask import Flask, abort, jsonify, request, session

TABLES = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, active INTEGER NOT NULL)",
    "CREATE TABLE attempts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, deadline DOUBLE PRECISION NOT NULL)",
    "CREATE TABLE answers (attempt_id INTEGER, position INTEGER, value TEXT NOT NULL, saved_at DOUBLE PRECISION,"
    " PRIMARY KEY (attempt_id, position))",
)
USER = "SELECT name FROM users WHERE id = ? AND active = 1"
ATTEMPT = "SELECT user_id, deadline FROM attempts WHERE id = ?"
UPSERT_SQLITE = """
INSERT INTO answers SELECT ?, value ->> 0, value ->> 1, ? FROM json_each(?) WHERE true
ON CONFLICT (attempt_id, position) DO UPDATE SET value = excluded.value, saved_at = excluded.saved_at
"""
UPSERT_POSTGRESQL = """
INSERT INTO answers SELECT %s, (one ->> 0)::int, one ->> 1, %s FROM jsonb_array_elements(%s::jsonb) AS given(one)
ON CONFLICT (attempt_id, position) DO UPDATE SET value = excluded.value, saved_at = excluded.saved_at
"""

app = Flask("prototype")
app.secret_key = "only-for-the-benchmark"
_here = threading.local()
_ON = os.environ.get("PROTOTYPE_DATABASE", "")
_POSTGRESQL = _ON.startswith("host=")


def connect(where: str) -> Any:
    """A connection that commits by itself: SQLite by its path, PostgreSQL by `host=… dbname=…`."""
    if where.startswith("host="):
        return psycopg.connect(where, autocommit=True)
    connection = sqlite3.connect(where, isolation_level=None, check_same_thread=False, timeout=15)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def create(where: str, people: int) -> None:
    """Tables, and one attempt a person."""
    connection = connect(where)
    for table in TABLES:
        connection.execute(table)
    for number in range(1, people + 1):
        connection.execute(f"INSERT INTO users VALUES ({number}, 'u{number}', 1)")
        connection.execute(f"INSERT INTO attempts VALUES ({number}, {number}, {time.time() + 86400})")
    connection.close()


def _execute(statement: str, *values: Any) -> Any:
    if not hasattr(_here, "connection"):
        _here.connection = connect(_ON)
    return _here.connection.execute(statement.replace("?", "%s") if _POSTGRESQL else statement, values)


@app.get("/enter/<int:number>")
def enter(number: int) -> str:
    session["user"], session["csrf"] = number, request.args["csrf"]
    return str(number)


@app.post("/attempts/<int:attempt>/answers")
def save(attempt: int) -> Any:
    user = session.get("user")
    if not hmac.compare_digest(session.get("csrf", ""), request.headers.get("X-CSRFToken", "-")):
        abort(400)
    if _execute(USER, user).fetchone() is None:
        abort(401)
    row, now = _execute(ATTEMPT, attempt).fetchone(), time.time()
    if row is None or row[0] != user:
        abort(404)
    if now > row[1]:
        abort(409)
    answers = request.get_json()["answers"]
    if not isinstance(answers, list) or not all(type(one[0]) is int and type(one[1]) is str for one in answers):
        abort(422)
    if _POSTGRESQL:
        _execute(UPSERT_POSTGRESQL, attempt, now, app.json.dumps(answers))
    else:
        _execute(UPSERT_SQLITE, attempt, now, app.json.dumps(answers))
    return jsonify(saved=len(answers), left=row[1] - now)
