"""What the simulated candidates need in the database: people, signed in, in cohorts with sittings that are open."""

import contextvars
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask, session
from flask_login import login_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from lms import create_app
from lms.extensions import db
from lms.models.exams import Save
from lms.models.people import Cohort, CohortMember
from lms.services import passwords, sitting_papers
from lms.services.sign_in import load_signed_in, sign_in
from lms.services.writing import writing
from lms.web.access import User
from tests.bench.candidates import Ticket
from tests.bench.servers import SECRET_KEY
from tests.browser_like import PASSWORD
from tests.exam_room import a_sitting, forget_everything
from tests.factories import a_person


def open_app(database: str, folder: Path) -> Flask:
    """The program in this process, on the server's database and with its key."""
    forget_everything()
    passwords.use_cost(memory_kib=8, rounds=1)
    return create_app(
        {
            "SECRET_KEY": SECRET_KEY,
            "SQLALCHEMY_DATABASE_URI": database,
            "INSTANCE_PATH": str(folder / "instance"),
            "RATELIMIT_ENABLED": False,
            "STREAMS": 0,
        }
    )


def seat(app: Flask, count: int, blueprint: str) -> list[Ticket]:
    """``count`` new people in a cohort of their own, signed in, before a sitting that is open; its pool is taken."""
    now = app.extensions["clock"].now()
    people = [a_person(name=f"考生{number}") for number in range(count)]
    with writing(None, now) as deed:
        cohort = Cohort(code=f"B-{random.randrange(10**12)}", name="压测批次", starts_on=now.date())
        cohort.members = [CohortMember(person_id=person.id, part="trainee") for person in people]
        deed.session.add(cohort)
    sitting = a_sitting(cohort, blueprint=blueprint, now=now, minutes=90, title="压测")
    sitting_papers.take_pool(sitting.id, now)  # as the program's own worker does it two minutes before the opening
    path = f"/exams/{sitting.id}"
    return [sign_in_ticket(app, person.number, path, now - timedelta(seconds=1)) for person in people]


def sign_in_ticket(app: Flask, number: str, path: str, now: datetime) -> Ticket:
    token = sign_in(number, PASSWORD, address="127.0.0.1", device="bench", now=now)
    return contextvars.Context().run(_ticket, app, token, path)


def _ticket(app: Flask, token: str, path: str) -> Ticket:
    """The browser's part of a sign-in: its cookie, and the CSRF token that its pages would carry."""
    with app.test_request_context(headers={"User-Agent": "bench"}, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        found = load_signed_in(token)
        assert found is not None
        login_user(User(token, found))
        csrf = generate_csrf()
        reply = app.response_class()
        app.session_interface.save_session(app, session, reply)
    return Ticket(reply.headers["Set-Cookie"].partition(";")[0], csrf, path)


@dataclass(frozen=True)
class Kept:
    """Acknowledged ops against rows: ``lost`` were acknowledged and are not there, ``doubled`` are there twice."""

    acknowledged: int
    rows: int
    lost: int
    doubled: int


def compare(acknowledged: Sequence[tuple[int, str]]) -> Kept:
    db.session.rollback()
    rows = [(attempt, op) for attempt, op in db.session.execute(select(Save.attempt_id, Save.op_id))]
    there = set(rows)
    lost = sum(op not in there for op in acknowledged)
    return Kept(len(acknowledged), len(rows), lost, len(rows) - len(there))
