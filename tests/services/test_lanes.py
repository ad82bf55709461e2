"""Who stands aside for the turn to write comes back to their place, whoever is waiting for them there."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from lms.extensions import db
from lms.models.exams import Sitting
from lms.services import sitting_papers
from lms.services.lanes import Lane
from lms.services.write_turn import write_turn
from tests.conftest import MONDAY
from tests.exam_room import an_exam_room

PATIENCE = 20.0


@contextmanager
def a_place(lane: Lane) -> Iterator[None]:
    lane.enter()
    try:
        yield
    finally:
        lane.leave()


def test_the_first_two_starts_of_a_sitting_do_not_wait_for_each_other(app: Flask) -> None:
    """Found by a start rush that never ended: the one had the snapshot's lock and waited for its place in the lane,
    the other had the place and waited for the lock.
    """
    sitting, _people = an_exam_room()
    lane, both_began = Lane(1), threading.Semaphore(0)

    def takes_the_pool() -> None:
        with app.app_context(), a_place(lane):
            both_began.release()
            sitting_papers.take_pool(sitting.id, MONDAY)

    # Threads that hang must not keep the test process, so they are daemons and are joined with patience.
    starters = [threading.Thread(target=takes_the_pool, daemon=True) for _ in range(2)]
    with write_turn(db.engine):  # the first is kept waiting for the turn, and stands aside
        for one in starters:
            one.start()
        if db.engine.dialect.name == "sqlite":
            for _ in starters:
                assert both_began.acquire(timeout=PATIENCE)
    for one in starters:
        one.join(PATIENCE)
    assert not [one for one in starters if one.is_alive()], "they wait for each other"
    db.session.expire_all()
    assert db.session.get_one(Sitting, sitting.id).pool_taken_at is not None
