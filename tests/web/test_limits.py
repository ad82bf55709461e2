"""What is tried too often is counted for all processes of a machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from lms.clock import SettableClock
from lms.web.limits import CountsInFile
from tests.conftest import MONDAY


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return f"counts://{tmp_path}/limits.db"


def test_two_processes_count_together(app: Flask, uri: str) -> None:
    one, other = (FixedWindowRateLimiter(storage_from_string(uri)) for _ in range(2))
    limit = RateLimitItemPerMinute(4)
    assert [where.hit(limit, "a") for where in (one, other, one, other, one, other)] == [True] * 4 + [False] * 2
    assert other.hit(limit, "b"), "another's"
    one.clear(limit, "a")
    assert other.hit(limit, "a")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> CountsInFile:
    return CountsInFile(f"counts://{tmp_path_factory.mktemp('counts')}/limits.db")


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), max_size=20))
def test_it_counts_as_the_librarys_own(app: Flask, file: CountsInFile, steps: list[tuple[str, int]]) -> None:
    mine, theirs = file, MemoryStorage()
    mine.reset()
    for key, amount in steps:
        assert mine.incr(key, 60, amount) == theirs.incr(key, 60, amount=amount)
        assert mine.get(key) == theirs.get(key)


def test_a_window_that_is_over_begins_anew(uri: str, clock: SettableClock) -> None:
    counts = CountsInFile(uri)
    assert [counts.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    clock.advance(seconds=59)
    assert (counts.get("a"), counts.get_expiry("a")) == (3, MONDAY.timestamp() + 60)
    clock.advance(seconds=1)
    assert (counts.get("a"), counts.incr("a", 60)) == (0, 1)


GUESSES = """
from lms import create_app
from lms.extensions import db
app = create_app()
with app.app_context():
    db.create_all()
app.config["WTF_CSRF_ENABLED"] = False
guess = {"number": "n001", "password": "guess"}
print([app.test_client().post("/login", data=guess).status_code for _ in range(11)])
"""


def test_where_redis_is_away_people_still_sign_in_and_guesses_are_counted(root: Path, tmp_path: Path) -> None:
    said = {"SHANGGANG_ENV": "test", "INSTANCE_PATH": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:1/0"}
    ended = subprocess.check_output([sys.executable, "-c", GUESSES], cwd=root, env={**os.environ, **said}, text=True)
    assert ended.strip() == str([422] * 10 + [429])
