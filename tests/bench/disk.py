"""What the disk and the database can do at best, measured in the minute in which the servers are."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.prototype import connect

BLOCK = b"x" * 4096


def per_second(deed: Callable[[int], object], seconds: float) -> float:
    began, times = time.perf_counter(), 0
    while time.perf_counter() < began + seconds:
        deed(times)
        times += 1
    return times / (time.perf_counter() - began)


def fsyncs(folder: Path, seconds: float) -> float:
    """Overwrites of one 4 KiB block a second, each with its fsync."""
    handle = os.open(folder / "fsync", os.O_RDWR | os.O_CREAT)

    def write(_turn: int) -> None:
        os.pwrite(handle, BLOCK, 0)
        os.fsync(handle)

    try:
        return per_second(write, seconds)
    finally:
        os.close(handle)


def commits(where: str, seconds: float) -> float:
    """Commits of one changed row a second on one connection (`where` as in the prototype)."""
    connection = connect(where)
    connection.execute("CREATE TABLE IF NOT EXISTS single (id INTEGER PRIMARY KEY, value INTEGER)")
    connection.execute("INSERT INTO single VALUES (1, 0) ON CONFLICT (id) DO NOTHING")
    try:
        return per_second(lambda _turn: connection.execute("UPDATE single SET value = value + 1 WHERE id = 1"), seconds)
    finally:
        connection.close()
