"""The program's own work, one round: it goes on past a task that fails, and the audit head is kept once a day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from lms.jobs import do_what_is_due, keep_audit_head
from lms.services import audit, calendar
from tests.conftest import MONDAY


@pytest.fixture
def kept(app: Flask) -> Iterator[Path]:
    path = Path(app.config["INSTANCE_PATH"], "audit-heads.log")
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def test_a_task_that_fails_keeps_no_other_from_its_work(app: Flask, kept: Path) -> None:
    done: list[datetime] = []

    def fails(_now: datetime) -> None:
        raise RuntimeError("as it may happen")

    do_what_is_due(app, [fails, done.append])
    assert done == [MONDAY]
    assert kept.exists()


def test_every_task_of_a_round_runs_where_nothing_is_due(
    app: Flask, kept: Path, caplog: pytest.LogCaptureFixture
) -> None:
    do_what_is_due(app)
    assert not caplog.records


def test_the_audit_head_is_kept_once_a_day_and_still_fits_the_chain_later(app: Flask, kept: Path) -> None:
    calendar.load_year(None, MONDAY, 2026)
    for hours in (0, 1, 21, 22, 30):  # MONDAY is 02:00 UTC: the last two are Tuesday
        keep_audit_head(app, MONDAY + timedelta(hours=hours))
    lines = kept.read_text().splitlines()
    assert [line[:10] for line in lines] == ["2026-03-16", "2026-03-17"]
    calendar.load_year(None, MONDAY, 2025)
    assert [audit.check_head_line(app.config["SECRET_KEY"], line) for line in lines] == [None, None]
