"""A hundred calls at once: `python -m tests.bench.calls`; how soon words reach the other seat, and what they cost.

The product runs as it is served. Every call has a trainee and an examiner who talk in turn, each at a page that
listens by an event stream and fetches what is new; silent calls beside them fill the streams up to ``--streams``. A
candidate saves answers all the while: calls must never make an exam wait. At the end what was said is compared with
what each page has shown and with the table.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import select

from lms.content.scenarios import read_scenarios
from lms.extensions import db
from lms.models.roleplays import Turn
from lms.services import crm_worlds, scenarios
from lms.services.load_report import LoadReport
from lms.services.writing import writing
from tests.bench.call_seats import PATIENCE, Pair, a_call
from tests.bench.candidates import Candidate, Ticket
from tests.bench.room import open_app, seat
from tests.bench.search import DATABASES
from tests.bench.servers import cpu_seconds, family, free_port, memory_mib, product

SAVE_EVERY = 0.2  # seconds between two saves of the candidate
QUIET = 10.0  # seconds for which the streams are watched while nobody speaks
AIM_MS = 500
SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"


@dataclass
class Phase:
    """Exam saves of a stretch of time, and the CPU seconds that each process spent in it."""

    seconds: float = 0.0
    saves: list[float] = field(default_factory=list)
    spent: dict[str, float] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)  # ms by which the load generator itself came too late


def _cpu(server: int) -> dict[str, float]:
    """CPU seconds by now: of the server's processes, of the database, of this process."""
    names = [psutil.Process(child.pid) for child in psutil.Process().children() if child.name() == "postgres"]
    spent = {f"{place}": sum(process.cpu_times()[:2]) for place, process in enumerate(family(server))}
    return {
        "server": sum(spent.values()),
        "database": sum(cpu_seconds(process.pid) for process in names),
        "load": time.process_time(),
    }


async def _watched(candidate: Candidate, server: int, until: "asyncio.Future[Any]") -> Phase:
    """Save again and again until ``until`` is done."""
    phase, began, before = Phase(), time.perf_counter(), _cpu(server)
    done = candidate.log.latencies.setdefault("save_ten", [])
    first = len(done)
    while not until.done():
        if not await candidate.do("save_ten"):
            raise RuntimeError(str(candidate.log.errors))
        wanted = time.perf_counter() + SAVE_EVERY
        await asyncio.sleep(SAVE_EVERY)
        phase.late.append((time.perf_counter() - wanted) * 1000)
    await until
    phase.seconds = time.perf_counter() - began
    phase.saves = done[first:]
    phase.spent = {name: spent - before[name] for name, spent in _cpu(server).items()}
    return phase


@dataclass
class Hall:
    """The calls that talk, those that are silent, and one candidate."""

    talking: list[Pair]
    silent: list[Pair]
    exam: Ticket
    phases: dict[str, Phase] = field(default_factory=dict)
    memory: float = 0.0

    async def run(self, port: int, server: int, turns: int, every: float) -> None:
        candidate = Candidate(port, self.exam)
        for operation in ("start", "page", "hold"):
            if not await candidate.do(operation):
                raise RuntimeError(str(candidate.log.errors))
        self.phases["alone"] = await _watched(candidate, server, asyncio.ensure_future(asyncio.sleep(QUIET)))
        seats = [seat for pair in (*self.talking, *self.silent) for seat in (pair.trainee, pair.examiner)]
        pages = [asyncio.create_task(one.page()) for one in seats]  # all in one instant, as after a restart
        opened = asyncio.gather(*(one.open.wait() for one in seats))
        self.phases["while all pages open"] = await _watched(candidate, server, opened)
        await asyncio.sleep(2)
        self.phases["beside silent streams"] = await _watched(
            candidate, server, asyncio.ensure_future(asyncio.sleep(QUIET))
        )
        self.phases["beside calls"] = await _watched(candidate, server, asyncio.ensure_future(self._talk(turns, every)))
        await asyncio.sleep(2)
        self.memory = sum(memory_mib(server).values())
        for page in pages:
            page.cancel()
        for page in pages:
            with suppress(asyncio.CancelledError):
                await page

    async def _talk(self, turns: int, every: float) -> None:
        async def one(pair: Pair, after: float) -> None:
            await asyncio.sleep(after)
            await pair.talk(turns, every)

        count = len(self.talking)
        await asyncio.gather(*(one(pair, every * number / count) for number, pair in enumerate(self.talking)))


def _said(pair: Pair) -> list[str]:
    rows = select(Turn.text).where(Turn.call_id == pair.call, Turn.kind == "say").order_by(Turn.seq)
    return list(db.session.execute(rows).scalars())


@contextmanager
def neighbours(count: int) -> Iterator[None]:
    """So many processes that only count, and end with this one."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def bench(given: argparse.Namespace, name: str) -> bool:
    """Whether every sentence reached the other seat, once."""
    with DATABASES[name]() as (database, folder), product(free_port(), database, folder) as server:
        app = open_app(database, folder)
        with app.app_context():
            now = app.extensions["clock"].now()
            with writing(None, now) as deed:
                filed = read_scenarios(SHIPPED).scenarios.values()
                scenarios.load_scripts(deed, [one.scenario for one in filed], LoadReport())
            count = max(given.calls, given.streams // 2)
            # Silent ones ring: words that nobody says for minutes would be said by the script.
            pairs = [a_call(app, server.port, seed, now, live=seed < given.calls) for seed in range(count)]
            (exam,) = seat(app, 1, "quick-check")
            crm_worlds.ensure_world(now)  # the server builds it after its first start: not what is measured
            db.session.remove()
            hall = Hall(pairs[: given.calls], pairs[given.calls :], exam)
            asyncio.run(hall.run(server.port, server.process.pid, given.turns, given.every))
            db.session.rollback()
            wrong = [fault for pair in hall.talking for fault in pair.wrong(_said(pair))]
            db.session.remove()
            db.engine.dispose()
    _tell(name, given, hall)
    for fault in wrong[:10]:
        print(f"  FAULT {fault}")
    return not wrong


def _tell(name: str, given: argparse.Namespace, hall: Hall) -> None:
    alone, opening, silent, talk = hall.phases.values()
    delays = sorted(one for pair in hall.talking for one in pair.delays)
    turns = len(delays)
    seats = [seat for pair in (*hall.talking, *hall.silent) for seat in (pair.trainee, pair.examiner)]
    polling = sum(seat.polling for seat in seats)
    print(f"{name}: {len(hall.talking)} calls, {turns / talk.seconds:.0f} sentences a second, "
          f"{len(seats) - polling} streams, {polling} pages polling (all open within {opening.seconds:.1f} s); "
          f"load average {os.getloadavg()[0]:.1f}")  # fmt: skip
    third = -(-turns // 3)
    parts = [_cuts([ms for _at, ms in delays[start : start + third]])[1] for start in range(0, turns, third)]
    said = sum(len(pair.said) for pair in hall.talking)
    print(f"  to the other seat: {_cut([ms for _at, ms in delays])}; p95 by thirds "
          f"{' / '.join(f'{part:.0f}' for part in parts)} ms; aim {AIM_MS}; "
          f"not within {PATIENCE:.0f} s {said - turns}")  # fmt: skip
    for what, phase in hall.phases.items():
        print(f"  exam save, {what}: {_cut(phase.saves)}")
    fetches = sum(seat.fetches for pair in hall.talking for seat in (pair.trainee, pair.examiner))
    each = {name: talk.spent[name] * 1000 / said for name in talk.spent}
    print(f"  CPU-ms a sentence: server {each['server']:.1f}, database {each['database']:.1f}, "
          f"load generator {each['load']:.1f}; fetches a sentence {fetches / said:.1f}")  # fmt: skip
    shares = [f"{phase.spent['server'] / phase.seconds:.1%}" for phase in (alone, silent, talk)]
    print("  server, of a core: {} without streams, {} with silent ones, {} while people talk".format(*shares))
    print(f"  load generator: {talk.spent['load'] / talk.seconds:.0%} of a core, itself late by p95 "
          f"{_cuts(talk.late)[1]:.0f} ms; server's memory {hall.memory:.0f} MiB", flush=True)  # fmt: skip


def _cuts(times: list[float]) -> tuple[float, float, float]:
    cuts = statistics.quantiles(times, n=100)
    return cuts[49], cuts[94], cuts[98]


def _cut(times: list[float]) -> str:
    return "n {}, p50 {:.0f}, p95 {:.0f}, p99 {:.0f} ms".format(len(times), *_cuts(times))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.calls", description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--turns", type=int, default=12, help="sentences of each call")
    parser.add_argument("--every", type=float, default=4.0, help="seconds between two sentences of a call")
    parser.add_argument("--neighbours", type=int, default=0, help="busy processes beside it, as on a laden machine")
    parser.add_argument("--on", choices=[*DATABASES, "both"], default="both")
    given = parser.parse_args()
    with neighbours(given.neighbours):
        good = [bench(given, name) for name in (DATABASES if given.on == "both" else [given.on])]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
