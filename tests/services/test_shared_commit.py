"""Who waits for the same database is written with one commit, and everybody gets their own answer (decision 6)."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text

from lms.services import write_turn
from lms.services.shared_commit import SharedCommit
from lms.services.write_turn import NoTurn

SAYS = "INSERT INTO said (word) VALUES (:word)"


class Refused(Exception):
    pass


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path}/words.db")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE said (word TEXT PRIMARY KEY)"))
    yield engine
    engine.dispose()


def carefully(connection: Connection, word: str) -> str:
    connection.execute(text(SAYS), {"word": word})
    if word == "bad":
        raise Refused(word)
    return f"careful {word}"


def said(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT word FROM said")).scalars())


def all_at_once(
    engine: Engine, commit: SharedCommit[str, str], words: list[str], before: Callable[[], object] = lambda: None
) -> list[Future[str]]:
    """Every word from a thread of its own, all waiting while another has the turn; ``before`` it is passed on."""
    with ThreadPoolExecutor(len(words)) as pool, write_turn.write_turn(engine):
        futures = [pool.submit(commit, engine, word) for word in words]
        while sum(len(room.waiting) for room in commit._rooms.values()) < len(words):
            threading.Event().wait(0.001)
        before()
    return futures


def test_all_who_waited_share_one_commit_and_each_gets_its_own_answer(engine: Engine) -> None:
    commits: list[Any] = []
    event.listen(engine, "commit", commits.append)
    words = [f"word {number}" for number in range(12)]
    futures = all_at_once(engine, SharedCommit(carefully), words)
    assert [future.result() for future in futures] == [f"careful {word}" for word in words]
    assert said(engine) == set(words)
    assert len(commits) == 1


def test_what_one_raises_reaches_it_alone_and_leaves_nothing_of_it(engine: Engine) -> None:
    futures = all_at_once(engine, SharedCommit(carefully), ["good", "bad", "better"])
    assert [type(future.exception()) for future in futures] == [type(None), Refused, type(None)]
    assert said(engine) == {"good", "better"}


def test_the_usual_way_is_taken_back_as_a_whole_where_one_is_unusual(engine: Engine) -> None:
    def usually(driver: Any, word: str) -> str | None:
        driver.execute(SAYS, {"word": word})
        return None if word == "odd" else f"usual {word}"

    commit = SharedCommit(carefully, usually)
    assert commit(engine, "plain") == "usual plain"
    futures = all_at_once(engine, commit, ["one", "odd"])
    assert [future.result() for future in futures] == ["careful one", "careful odd"]
    assert said(engine) == {"plain", "one", "odd"}


def test_an_error_of_the_driver_is_tried_again_with_care(engine: Engine) -> None:
    def broken(driver: Any, word: str) -> str | None:
        driver.execute("INSERT INTO nowhere VALUES (1)")
        return word

    assert SharedCommit(carefully, broken)(engine, "word") == "careful word"
    assert said(engine) == {"word"}


def usually(driver: Any, word: str) -> str:
    driver.execute(SAYS, {"word": word})
    return f"usual {word}"


@pytest.mark.parametrize("usual", [None, usually])
def test_a_database_that_another_keeps_locked_is_waited_for_once_by_all(engine: Engine, usual: Any) -> None:
    came: list[str] = []

    @event.listens_for(engine, "connect")
    def _not_for_long(driver: Any, _record: object) -> None:
        driver.execute("PRAGMA busy_timeout=20")

    def carefully_told(connection: Connection, word: str) -> str:
        came.append(word)
        return carefully(connection, word)

    commit = SharedCommit(carefully_told, usual)
    engine.dispose()
    with sqlite3.connect(str(engine.url.database), isolation_level=None) as outsider:
        outsider.execute("BEGIN IMMEDIATE")
        futures = all_at_once(engine, commit, ["one", "two", "three"])
        assert {type(future.exception()) for future in futures} == {NoTurn}
        outsider.execute("ROLLBACK")
    assert came == []
    assert commit(engine, "four") in ("careful four", "usual four")
    assert said(engine) == {"four"}


def test_a_turn_that_never_comes_is_the_error_of_all_and_the_next_one_is_served(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = SharedCommit(carefully)
    monkeypatch.setattr(write_turn, "LONGEST_WAIT", 0.05)
    gone = threading.Event()

    def until_they_gave_up() -> None:
        while any(room.led for room in commit._rooms.values()):
            gone.wait(0.001)

    futures = all_at_once(engine, commit, ["one", "two"], until_they_gave_up)
    assert [type(future.exception()) for future in futures] == [NoTurn, NoTurn]
    assert commit(engine, "three") == "careful three"
    assert said(engine) == {"three"}
