"""`flask serve` killed without a warning: nothing that it started lives on."""

import time
from pathlib import Path

import psutil

from tests.bench.servers import family, free_port, product

PATIENCE = 15.0
ALL = 4  # the server, its two workers, and a fork that does what the site will need (it builds the CRM's world)


def whole_family(pid: int) -> list[psutil.Process]:
    """Once all have been started: the first worker answers before the last one is there."""
    until = time.monotonic() + PATIENCE
    while len(found := family(pid)) < ALL:
        assert time.monotonic() < until, f"only {len(found)} processes"
        time.sleep(0.05)
    return found


def test_its_workers_end_with_it(tmp_path: Path) -> None:
    with product(free_port(), f"sqlite:///{tmp_path}/killed.db", tmp_path) as server:
        started = whole_family(server.process.pid)
        server.process.kill()
        _gone, alive = psutil.wait_procs(started, PATIENCE)
        assert not alive, [process.cmdline() for process in alive]
