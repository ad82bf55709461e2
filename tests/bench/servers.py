"""Servers as processes: started, timed, counted (CPU, memory) and stopped, each with all of its children."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

import psutil

from lms.config import ROOT

START_SECONDS = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """``with Server(command, port, "/login", log, environment) as server``; its output goes to ``log``."""

    def __init__(self, command: list[str], port: int, path: str, log: Path, environment: dict[str, str]) -> None:
        self.command, self.port, self.path, self.log = command, port, path, log
        self.environment = {**os.environ, **environment}
        self.start_seconds = 0.0

    def __enter__(self) -> "Server":
        began = time.perf_counter()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() > began + START_SECONDS:
                self.process.kill()
                raise RuntimeError(f"{' '.join(self.command)} did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.01)
        self.start_seconds = time.perf_counter() - began
        return self

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.path}", timeout=10).close()
        except urllib.error.HTTPError:
            raise
        except OSError:
            return False
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            for process in family(self.process.pid):
                process.kill()
            self.process.wait()


def product(port: int, database: str, folder: Path) -> Server:
    """As it is served: `flask serve` with its gunicorn (two workers) and the work that its master forks."""
    return Server(
        [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(port)],
        port,
        "/login",
        folder / "product.log",
        {
            "SHANGGANG_ENV": "production",
            "SECRET_KEY": SECRET_KEY,
            "INSECURE_COOKIES": "1",
            "INSTANCE_PATH": str(folder / "instance"),
            "DATABASE_URL": database,
        },
    )


SECRET_KEY = "only-for-the-benchmark-never-for-people"


def peer(name: str, port: int, path: str, folder: Path, environment: dict[str, str]) -> Server:
    """`tests.bench.<name>` on the same gunicorn settings."""
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "--workers", "2"]
    command += ["--bind", f"127.0.0.1:{port}", f"tests.bench.{name}:app"]
    # It holds no streams and has no lanes: it has eight threads a worker, as when the aims were set.
    return Server(command, port, path, folder / f"{name}.log", {"THREADS": "8", "STREAMS": "0", **environment})


def family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its children, those that ended and were waited for included."""
    total = 0.0
    for process in family(pid):
        try:
            spent = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += spent.user + spent.system
        if process.pid == pid:
            total += spent.children_user + spent.children_system
    return total


def memory_mib(pid: int) -> dict[str, float]:
    """Proportional memory (PSS) of each process by its name: shared pages are counted once."""
    sizes: dict[str, float] = {}
    for process in family(pid):
        try:
            name = " ".join(process.cmdline()[1:6]).replace("-m ", "") or process.name()
            sizes[name] = sizes.get(name, 0.0) + process.memory_full_info().pss / 2**20
        except psutil.NoSuchProcess:
            continue
    return sizes
