"""Sites to be hurt: on SQLite and on PostgreSQL, each with its own gunicorn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_site import Site
from tests.throwaway_postgres import ThrowawayPostgres


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("faults")
    if request.param == "sqlite":
        site = Site(folder)
        site.server.start()
        yield site
        site.close()
        return
    with ThrowawayPostgres() as postgres:
        site = Site(folder, postgres.create_database("faults"))
        site.server.start()
        yield site
        site.close()
