"""What the program does by itself goes on past the one that cannot be done."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.clock import SettableClock
from lms.domain.values import Language
from lms.extensions import db
from lms.models.exams import Attempt, Paper
from lms.services import attempts, hand_in, paper_shelf
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.exam_factories import signed_in
from tests.exam_room import an_exam_room

LATER = MONDAY + timedelta(hours=1)


def test_an_attempt_that_cannot_be_handed_in_keeps_no_other_open(
    app: Flask, clock: SettableClock, caplog: pytest.LogCaptureFixture
) -> None:
    sitting, people = an_exam_room(3)
    ids = [attempts.start(signed_in(person), sitting.id, Language.ZH, MONDAY) for person in people]
    with writing(None, MONDAY) as deed:  # the first that the sweep comes to
        deed.session.execute(update(Paper).where(Paper.attempt_id == ids[0]).values(body="{"))
    paper_shelf.forget()
    assert hand_in.sweep(LATER) == 2
    states = dict(db.session.execute(select(Attempt.id, Attempt.state)).all())
    assert states == {ids[0]: "open", ids[1]: "marked", ids[2]: "marked"}
    assert "one of many failed" in caplog.text
