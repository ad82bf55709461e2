"""The minute's work is a fork of the server's: one that waits without end is given up, and the next one begins."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from sqlalchemy import text

from lms.cli.serve import Rounds
from lms.clock import SettableClock
from lms.domain.values import Language
from lms.extensions import db
from lms.models.exams import Attempt
from lms.services import attempts
from lms.services.write_turn import write_turn
from tests.conftest import MONDAY
from tests.exam_factories import signed_in
from tests.exam_room import an_exam_room


@contextmanager
def nobody_else_writes() -> Iterator[None]:
    with db.engine.connect() as connection, connection.begin(), write_turn(db.engine):
        if db.engine.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE attempts IN ACCESS EXCLUSIVE MODE"))
        yield


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def a_round(app: Flask, longest: float) -> int:
    """How the round's process ends."""
    db.session.remove()
    db.engine.dispose()  # as the server does before it forks
    rounds = Rounds(app, ahead=lambda _app: None, longest=longest)
    rounds.look()
    return ended(rounds._child)


def test_a_round_that_hangs_is_given_up_and_the_next_hands_in(app: Flask, clock: SettableClock) -> None:
    sitting, (person,) = an_exam_room()
    attempt_id = attempts.start(signed_in(person), sitting.id, Language.ZH, MONDAY)
    clock.moment = MONDAY + timedelta(hours=1)
    with nobody_else_writes():
        assert a_round(app, longest=0.5) == 1
    assert db.session.get_one(Attempt, attempt_id).state == "open"
    assert a_round(app, longest=60.0) == 0
    assert db.session.get_one(Attempt, attempt_id).state == "marked"
