"""One database: servers up, rounds that interleave product, prototype, bare server and disk, then the hall."""

import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from flask import Flask
from sqlalchemy import make_url

from tests.bench import disk, prototype, room
from tests.bench.candidates import Phase, Ticket
from tests.bench.load import Generator
from tests.bench.room import Kept
from tests.bench.servers import Server, cpu_seconds, free_port, memory_mib, peer, product
from tests.bench.statements import Counted, count

CONNECTIONS = 32
WARM = 12  # attempts in this process before the one whose statements are counted
WHOLE, TEN = "certification", "quick-check"  # blueprints: the whole exam, and a paper of ten questions


@dataclass(frozen=True)
class Size:
    """How much is done: candidates in the hall, candidates of a saturated round, rounds, seconds."""

    hall: int
    round: int
    rounds: int
    slice: float  # of saturated load
    paced: float
    rush: float = 5.0
    starts: int = 2


@dataclass
class Sample:
    """One operation under one load; CPU is of all server processes together."""

    done: int
    seconds: float
    latencies: list[float]
    errors: list[str]
    cpu: float = 0.0  # seconds
    database_cpu: float = 0.0

    @property
    def per_second(self) -> float:
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def cpu_ms(self) -> float:
        return self.cpu * 1000 / self.done if self.done else float("nan")

    @property
    def database_cpu_ms(self) -> float:
        return self.database_cpu * 1000 / self.done if self.done else float("nan")

    def percentile(self, percent: int) -> float:
        if not self.latencies:
            return float("nan")
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@dataclass
class Measured:
    """Everything that a report needs of one database."""

    rounds: list[dict[str, Sample]] = field(default_factory=list)
    disks: list[dict[str, float]] = field(default_factory=list)
    hall: dict[str, Sample] = field(default_factory=dict)
    alone: Sample | None = None
    hall_cpu: dict[str, float] = field(default_factory=dict)  # cores used, by phase
    statements: dict[str, Counted] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)  # MiB at the end, by process
    first_start: float = 0.0
    starts: list[float] = field(default_factory=list)
    kept: Kept | None = None

    def errors(self) -> list[str]:
        samples = [*self.hall.values(), *(sample for one in self.rounds for sample in one.values())]
        return [error for sample in samples for error in sample.errors]


class Bench:
    """The servers on one database, and what is measured on them."""

    def __init__(self, database: str, folder: Path, size: Size, postgres: int | None) -> None:
        self.database, self.folder, self.size, self.postgres = database, folder, size, postgres
        self.measured = Measured()
        self.acknowledged: list[tuple[int, str]] = []
        self.servers: dict[str, Server] = {}

    def run(self) -> Measured:
        self._start_ups()
        ports = {name: free_port() for name in ("product", "ok", "prototype")}
        plain = _plain_address(self.database, self.folder)
        prototype.create(plain, CONNECTIONS)
        app = room.open_app(self.database, self.folder)
        with ExitStack() as stack, app.app_context():
            start = stack.enter_context
            self.servers["product"] = start(product(ports["product"], self.database, self.folder))
            self.measured.starts.append(self.servers["product"].start_seconds)
            self.servers["ok"] = start(peer("bare", ports["ok"], "/", self.folder, {}))
            where = {"PROTOTYPE_DATABASE": plain}
            self.servers["prototype"] = start(
                peer("prototype", ports["prototype"], "/enter/1?csrf=x", self.folder, where)
            )
            self.load = start(Generator())
            self.measured.statements = count(app, room.seat(app, WARM, WHOLE))
            self._peers()
            for _ in range(self.size.rounds):
                self._round(app, plain)
            self._hall(app)
            self.measured.memory = memory_mib(self.servers["product"].process.pid)
            self.measured.kept = room.compare(self.acknowledged)
        return self.measured

    def _start_ups(self) -> None:
        """The first start makes the tables and loads the bank; the later ones are what people wait for."""
        for turn in range(1 + self.size.starts):
            with product(free_port(), self.database, self.folder) as server:
                if turn == 0:
                    self.measured.first_start = server.start_seconds
                else:
                    self.measured.starts.append(server.start_seconds)

    def _peers(self) -> None:
        nobody = [Ticket("", "bench", f"/enter/{number}?csrf=bench") for number in range(1, CONNECTIONS + 1)]
        self.load("seat", group="ok", kind="ok", port=self.servers["ok"].port, tickets=nobody)
        self.load("seat", group="prototype", kind="prototype", port=self.servers["prototype"].port, tickets=nobody)
        for group, operation in (("ok", "ok"), ("prototype", "upsert")):
            self.load("closed", group=group, operation=operation, connections=CONNECTIONS, seconds=1.0)

    def _seat(self, app: Flask, group: str, count: int, blueprint: str) -> None:
        tickets = room.seat(app, count, blueprint)
        self.load("seat", group=group, kind="candidate", port=self.servers["product"].port, tickets=tickets)

    def _round(self, app: Flask, plain: str) -> None:
        """Saturated, one thing after another; product, prototype and bare server by turns."""
        samples: dict[str, Sample] = {}
        self._seat(app, "whole", self.size.round, WHOLE)
        self._seat(app, "ten", self.size.round, TEN)
        self.measured.disks.append(
            {"fsync": disk.fsyncs(self.folder, 0.5), "commit": disk.commits(plain, self.size.slice / 2)}
        )
        once, closed = self._once, self._closed
        for _ in range(2):
            closed(samples, "ok", "ok", "ok", self.size.slice / 2)
            closed(samples, "prototype", "prototype", "upsert", self.size.slice)
            if "start" not in samples:
                once(samples, "whole", ("start", "page", "hold"), "")
                once(samples, "ten", ("start", "page", "hold"), " of ten")
            closed(samples, "save ten", "whole", "save_ten", self.size.slice)
        closed(samples, "page of ten", "ten", "page", self.size.slice)
        closed(samples, "ok", "ok", "ok", self.size.slice / 2)
        closed(samples, "save one", "whole", "save_one", self.size.slice)
        closed(samples, "pulse", "whole", "pulse", self.size.slice / 2)
        once(samples, "whole", ("hand_in",), "")
        once(samples, "ten", ("hand_in",), " of ten")
        for group in ("whole", "ten"):
            self.load("leave", group=group)
        self.measured.rounds.append(samples)

    def _closed(self, samples: dict[str, Sample], name: str, group: str, operation: str, seconds: float) -> None:
        with self._counting(group) as spent:
            phase = self.load("closed", group=group, operation=operation, connections=CONNECTIONS, seconds=seconds)
        self._add(samples, name, operation, phase, spent)

    def _once(self, samples: dict[str, Sample], group: str, operations: tuple[str, ...], suffix: str) -> None:
        """Each candidate once, one operation after the other, so that each has its own CPU time."""
        for operation in operations:
            with self._counting(group) as spent:
                phase = self.load("once", group=group, operations=[operation], connections=CONNECTIONS)
            self._add(samples, operation.replace("_", "-") + suffix, operation, phase, spent)

    def _add(
        self, samples: dict[str, Sample], name: str, operation: str, phase: Phase, spent: dict[str, float]
    ) -> None:
        """A second sample of the same name in a round is put to the first."""
        latencies, errors = phase.log.latencies.get(operation, []), phase.log.errors.get(operation, [])
        self.acknowledged += phase.log.acknowledged
        one = samples.setdefault(name, Sample(0, 0.0, [], []))
        one.done += len(latencies)
        one.seconds += phase.seconds
        one.latencies += latencies
        one.errors += errors
        one.cpu += spent["server"]
        one.database_cpu += spent["database"]

    @contextmanager
    def _counting(self, group: str) -> Iterator[dict[str, float]]:
        """CPU seconds of the group's server and of PostgreSQL while the block runs."""
        server = self.servers.get(group, self.servers["product"]).process.pid
        spent: dict[str, float] = {}
        before = cpu_seconds(server), cpu_seconds(self.postgres) if self.postgres else 0.0
        yield spent
        spent["server"] = cpu_seconds(server) - before[0]
        spent["database"] = (cpu_seconds(self.postgres) if self.postgres else 0.0) - before[1]

    def _hall(self, app: Flask) -> None:
        """The hall: all start, work at their own pace, hand in together; one candidate alone before and after."""
        self._seat(app, "single", 1, WHOLE)
        self._seat(app, "hall", self.size.hall, WHOLE)
        self.load("once", group="single", operations=["start", "page", "hold"], connections=1)
        self._alone()
        self._phase("rush", "start", within=self.size.rush)
        self._phase("paced", "work", seconds=self.size.paced)
        self._phase("hand_in", "end", within=self.size.rush)
        self._alone()

    def _alone(self) -> None:
        phase: Phase = self.load("alone", group="single", operation="save_ten", seconds=self.size.paced / 4, pause=0.03)
        samples = {} if self.measured.alone is None else {"alone": self.measured.alone}
        self._add(samples, "alone", "save_ten", phase, {"server": 0.0, "database": 0.0})
        self.measured.alone = samples["alone"]

    def _phase(self, what: str, name: str, **how: Any) -> None:
        with self._counting("hall") as spent:
            phase: Phase = self.load(what, group="hall", **how)
        self.measured.hall_cpu[name] = (spent["server"] + spent["database"]) / phase.seconds
        self.acknowledged += phase.log.acknowledged
        for operation in sorted(phase.log.latencies.keys() | phase.log.errors.keys()):
            latencies = phase.log.latencies.get(operation, [])
            errors = phase.log.errors.get(operation, [])
            label = f"{name}: {operation.replace('_', ' ')}"
            self.measured.hall[label] = Sample(len(latencies), phase.seconds, latencies, errors)


def _plain_address(database: str, folder: Path) -> str:
    """Where the prototype keeps its answers: beside the product's, on the same disk or server."""
    address = make_url(database)
    if address.get_backend_name() == "sqlite":
        return str(folder / "prototype.db")
    return f"host={address.query['host']} user=app dbname=prototype"


def median(values: list[float]) -> float:
    return statistics.median(values) if values else float("nan")


def cores() -> int:
    return psutil.cpu_count() or 1
