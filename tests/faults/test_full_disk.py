"""A disk without room: a save fails loudly and is never called saved; when there is room again everything goes on."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.browserless import Browserless
from tests.live_site import Site, compare

NO_LIMIT = resource.RLIM_INFINITY


@pytest.fixture
def sqlite_site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    site.server.start()
    yield site
    site.close()


def let_files_grow_to(site: Site, most: int) -> None:
    """No file that the server's workers write may become longer (as on a full disk, the write is refused)."""
    for worker in site.server.workers():
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (most, NO_LIMIT))


def test_a_full_disk(sqlite_site: Site) -> None:
    sitting_id, [candidate] = sqlite_site.an_exam()
    mine = Browserless(sqlite_site.server, candidate, "10.0.0.1").sign_in().begin(sitting_id)
    assert mine.save(mine.op(1, "A"))[0] == 200
    log = Path(sqlite_site.database.removeprefix("sqlite:///") + "-wal")
    let_files_grow_to(sqlite_site, log.stat().st_size + 100_000)
    refused = []
    for number in range(60):
        op = mine.op(6, f"{number} " + "字" * 4000)
        status, _body = mine.save(op)
        if status != 200:
            assert status == 503, status
            refused.append(op)
    assert refused, "the disk was never full"
    confirmed = len(mine.acknowledged)
    owners = {mine.attempt_id: candidate.person_id}
    comparison = compare(sqlite_site, mine.acknowledged, owners)
    assert (comparison.rows, comparison.faults) == (confirmed, {})
    let_files_grow_to(sqlite_site, NO_LIMIT)
    for op in refused:
        assert mine.save(op)[0] == 200
    comparison = compare(sqlite_site, mine.acknowledged, owners)
    assert (comparison.rows, comparison.faults) == (61, {})
    print(f"{confirmed} confirmed, {len(refused)} refused and confirmed later: 0 lost")
