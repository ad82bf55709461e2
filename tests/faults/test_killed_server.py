"""`flask serve` killed without a warning: nothing that it started lives on."""

from pathlib import Path

import psutil

from tests.bench.servers import family, free_port, product

PATIENCE = 15.0


def test_its_workers_end_with_it(tmp_path: Path) -> None:
    with product(free_port(), f"sqlite:///{tmp_path}/killed.db", tmp_path) as server:
        started = family(server.process.pid)
        assert len(started) >= 4  # the server, its two workers, the worker of the jobs
        server.process.kill()
        _gone, alive = psutil.wait_procs(started, PATIENCE)
        assert not alive, [process.cmdline() for process in alive]
