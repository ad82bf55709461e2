"""The same deed many times in one moment is one deed; a deed whose answer was lost is found done."""

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select

from lms.extensions import db
from lms.models.audit import AuditEntry
from lms.models.exams import Attempt, Save
from lms.models.marking import Result
from lms.services import hand_in
from tests.faults.browserless import Browserless
from tests.live_site import Candidate, Site, compare, now

MANY = 50


def at_once(times: int, deed: Callable[[int], Any]) -> list[Any]:
    """The deed from that many threads, all released in the same moment."""
    gate = threading.Barrier(times)

    def one(number: int) -> Any:
        gate.wait()
        return deed(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def twin(first: Browserless, address: str) -> Browserless:
    """The same signed-in browser once more."""
    other = Browserless(first.server, first.candidate, address)
    other.cookie, other.csrf, other.attempt_id, other.epoch = first.cookie, first.csrf, first.attempt_id, first.epoch
    return other


def number_of(site: Site, statement: Any) -> int:
    with site.rows():
        return int(db.session.execute(statement).scalar_one())


def seated(site: Site, candidate: Candidate, address: str) -> Browserless:
    return Browserless(site.server, candidate, address).sign_in()


def test_fifty_starts_are_one_attempt(site: Site) -> None:
    sitting_id, [candidate] = site.an_exam(attempts_allowed=3)
    first = seated(site, candidate, "10.1.0.1")
    replies = at_once(MANY, lambda n: twin(first, f"10.1.1.{n}").start(sitting_id))
    assert {status for status, _ in replies} <= {302, 429}  # too many of one person are told so
    assert len({location for status, location in replies if status == 302}) == 1, "two starts lead to two attempts"
    mine = Attempt.person_id == candidate.person_id
    assert number_of(site, select(func.count()).select_from(Attempt).where(mine)) == 1


def test_fifty_people_start_a_new_sitting_together(site: Site) -> None:
    """The snapshot of the bank is not taken yet: all want it at once."""
    sitting_id, candidates = site.an_exam(MANY)
    seats = [seated(site, one, f"10.6.0.{n}") for n, one in enumerate(candidates)]
    replies = at_once(MANY, lambda n: seats[n].start(sitting_id))
    assert {status for status, _ in replies} == {302}
    assert len({location for _, location in replies}) == MANY
    assert number_of(site, select(func.count()).select_from(Attempt).where(Attempt.sitting_id == sitting_id)) == MANY


def test_fifty_hand_ins_are_one_result(site: Site) -> None:
    sitting_id, [candidate] = site.an_exam(blueprint="quick-check")
    first = seated(site, candidate, "10.2.0.1").begin(sitting_id)
    assert first.save(first.op(1, "A"))[0] == 200
    replies = at_once(MANY, lambda n: twin(first, f"10.2.1.{n}").hand_in())
    assert set(replies) == {302}
    own = Result.attempt_id == first.attempt_id
    assert number_of(site, select(func.count()).select_from(Result).where(own)) == 1
    told = (AuditEntry.action == "attempt.handed-in") & (AuditEntry.subject == f"attempt:{first.attempt_id}")
    assert number_of(site, select(func.count()).select_from(AuditEntry).where(told)) == 1


def test_the_sweeper_many_times_at_once_hands_in_once(site: Site) -> None:
    sitting_id, candidates = site.an_exam(5)
    seats = [seated(site, one, f"10.3.0.{n}").begin(sitting_id) for n, one in enumerate(candidates)]
    for one in seats:
        site.let_the_grace_pass(one.attempt_id)

    def sweep(_number: int) -> int:
        with site.app.app_context():
            return hand_in.sweep(now())

    with site.rows():
        pass  # forgets what another site's rows were
    assert sum(at_once(4, sweep)) == len(seats)
    for one in seats:
        told = (AuditEntry.action == "attempt.handed-in") & (AuditEntry.subject == f"attempt:{one.attempt_id}")
        assert number_of(site, select(func.count()).select_from(AuditEntry).where(told)) == 1


def test_a_save_whose_answer_was_lost_is_one_row(site: Site) -> None:
    """The server is killed after the commit, before the browser has its answer; the browser sends the same again."""
    sitting_id, [candidate] = site.an_exam()
    mine = seated(site, candidate, "10.4.0.1").begin(sitting_id)
    op = mine.op(1, "B")
    status, first = mine.save(op)
    assert status == 200
    site.server.kill()
    site.server.start()
    status, second = mine.save(op)
    assert (status, second["standing"], second["saved_at"]) == (200, "counts", first["saved_at"])
    own = Save.attempt_id == mine.attempt_id
    assert number_of(site, select(func.count()).select_from(Save).where(own)) == 1


def test_one_op_from_fifty_tries_at_once_is_one_row(site: Site) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seated(site, candidate, "10.5.0.1").begin(sitting_id)
    op = mine.op(6, "同一次改动")
    replies = at_once(MANY, lambda n: twin(mine, f"10.5.1.{n}").save(op))
    assert {status for status, _ in replies} == {200}
    assert len({body["saved_at"] for _, body in replies}) == 1
    own = Save.attempt_id == mine.attempt_id
    assert number_of(site, select(func.count()).select_from(Save).where(own)) == 1


def test_a_busy_database_delays_a_save_and_loses_none(site: Site) -> None:
    """Somebody else holds the write lock (on PostgreSQL: the attempt's row) for two seconds."""
    sitting_id, [candidate] = site.an_exam()
    mine = seated(site, candidate, "10.6.0.1").begin(sitting_id)
    held, released = threading.Event(), threading.Event()

    def hold_the_lock() -> None:
        if site.database.startswith("sqlite"):
            connection = sqlite3.connect(site.database.removeprefix("sqlite:///"), isolation_level=None)
            connection.execute("BEGIN IMMEDIATE")
            held.set()
            time.sleep(2)
            released.set()
            connection.execute("ROLLBACK")
            connection.close()
        else:
            with site.rows(), db.engine.begin() as locking:
                locking.execute(select(Attempt.id).where(Attempt.id == mine.attempt_id).with_for_update())
                held.set()
                time.sleep(2)
                released.set()

    holder = threading.Thread(target=hold_the_lock)
    holder.start()
    assert held.wait(5)
    status, _body = mine.save(mine.op(1, "C"))
    assert status == 200
    assert released.is_set(), "the save did not wait for the lock"
    holder.join()
    comparison = compare(site, mine.acknowledged, {mine.attempt_id: candidate.person_id})
    assert (comparison.acknowledged, comparison.faults) == (1, {})
