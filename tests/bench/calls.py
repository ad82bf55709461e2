"""A hundred calls at once, both seats watching: `python -m tests.bench.calls`; how soon words reach the other seat.

The product runs as it is served. Every call has a trainee and an examiner, each with an event stream open; trainees
speak every few seconds. Then streams are added up to ``--streams``, and one candidate's exam saves are timed with and
without them: calls must never make an exam wait.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from lms.content.scenarios import read_scenarios
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.services import call_seat, calls, scenarios
from lms.services.load_report import LoadReport
from lms.services.writing import writing
from tests.bench.candidates import Candidate, Ticket
from tests.bench.connection import Connection
from tests.bench.room import open_app, seat, sign_in_ticket
from tests.bench.search import DATABASES
from tests.bench.servers import free_port, product
from tests.exam_factories import signed_in
from tests.factories import a_person

EVERY = 6.0  # seconds between two sentences of one trainee, who has ten to answer
SENTENCES = 5
SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"


@dataclass
class Pair:
    """One call: its trainee's and its examiner's browser, and the milliseconds from a sentence to the other seat."""

    call: int
    trainee: Ticket
    examiner: Ticket
    delays: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    async def talk(self, port: int, started: asyncio.Event) -> None:
        moved = asyncio.Queue[float]()
        seat_stream = asyncio.create_task(_listen(port, self.examiner, f"/calls/{self.call}/seat/stream", moved))
        own_stream = asyncio.create_task(_listen(port, self.trainee, f"/calls/{self.call}/stream", asyncio.Queue()))
        await started.wait()
        await asyncio.sleep(EVERY * (self.call % 100) / 100)
        speaker, listener = Connection(port, self.trainee.cookie), Connection(port, self.examiner.cookie)
        for number in range(SENTENCES):
            text = f"第{number}句话，请您稍等，我正在查。"
            body = {"message": f"bench-{self.call}-{number:04d}", "text": text}
            while not moved.empty():
                moved.get_nowait()
            began = time.perf_counter()
            await _post(speaker, f"/calls/{self.call}/say", body, self.trainee.csrf)
            try:
                await self._heard(listener, moved, text)
                self.delays.append((time.perf_counter() - began) * 1000)
            except TimeoutError:
                self.wrong.append(f"call {self.call}: sentence {number} did not reach the other seat")
            await asyncio.sleep(EVERY)
        seat_stream.cancel()
        own_stream.cancel()

    async def _heard(self, listener: Connection, moved: "asyncio.Queue[float]", text: str) -> None:
        """The examiner's page: at each ``moved`` it fetches, until the words are there."""
        async with asyncio.timeout(10):
            while True:
                await moved.get()
                reply = await listener.request("GET", f"/calls/{self.call}/seat.json?after=0")
                if text in json.dumps(json.loads(reply.body), ensure_ascii=False):
                    return


async def _listen(port: int, ticket: Ticket, path: str, moved: "asyncio.Queue[float]") -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {ticket.cookie}\r\n\r\n".encode())
    try:
        while line := await reader.readline():
            if line.startswith(b"data:"):
                moved.put_nowait(time.perf_counter())
    finally:
        writer.close()


async def _post(connection: Connection, path: str, body: dict[str, str], csrf: str) -> None:
    headers = f"Content-Type: application/json\r\nX-CSRFToken: {csrf}\r\n"
    reply = await connection.request("POST", path, json.dumps(body).encode(), headers)
    if reply.status != 200:
        raise RuntimeError(f"{path}: {reply.status} {reply.body[:200]!r}")


async def _saves(candidate: Candidate, count: int) -> list[float]:
    before = len(candidate.log.latencies.get("save_ten", []))
    for _ in range(count):
        if not await candidate.do("save_ten"):
            raise RuntimeError(str(candidate.log.errors))
    return candidate.log.latencies["save_ten"][before:]


async def run(port: int, pairs: list[Pair], exam: Ticket, streams: int) -> dict[str, list[float]]:
    candidate = Candidate(port, exam)
    for operation in ("start", "page", "hold"):
        if not await candidate.do(operation):
            raise RuntimeError(str(candidate.log.errors))
    alone = await _saves(candidate, 100)
    started = asyncio.Event()
    talks = [asyncio.create_task(pair.talk(port, started)) for pair in pairs]
    more = [
        asyncio.create_task(_listen(port, pairs[n % len(pairs)].trainee, f"/calls/{pairs[n % len(pairs)].call}/stream",
                                    asyncio.Queue()))
        for n in range(max(0, streams - 2 * len(pairs)))
    ]  # fmt: skip
    await asyncio.sleep(2)
    quiet = await _saves(candidate, 100)
    started.set()
    await asyncio.gather(*talks)
    for task in more:
        task.cancel()
    return {"save alone": alone, f"save beside {streams} streams": quiet}


def _prepare(database: str, folder: Path, count: int) -> tuple[list[Pair], Ticket]:
    """Live calls with both seats taken, and one candidate before an open sitting, all signed in."""
    app = open_app(database, folder)
    with app.app_context():
        now = app.extensions["clock"].now()
        with writing(None, now) as deed:
            filed = read_scenarios(SHIPPED).scenarios.values()
            scenarios.load_scripts(deed, [one.scenario for one in filed], LoadReport())
        pairs = []
        for seed in range(count):
            trainee, examiner = a_person(Role.NEW_HIRE), a_person(Role.EXAMINER)
            who, other = signed_in(trainee), signed_in(examiner)
            call = calls.begin_practice(who, "angry-complaint", Language.ZH, "examiner", seed=seed, now=now)
            call_seat.take(other.person_id, call, now)
            calls.answer(who, call, now)
            tickets = [sign_in_ticket(app, person.number, "/calls", now) for person in (trainee, examiner)]
            pairs.append(Pair(call, *tickets))
        (exam,) = seat(app, 1, "quick-check")
        db.session.remove()
        db.engine.dispose()
    return pairs, exam


def bench(count: int, streams: int, on: str = "both") -> bool:
    """Whether every sentence reached the other seat."""
    wrong: list[str] = []
    for name in DATABASES if on == "both" else [on]:
        with DATABASES[name]() as (database, folder), product(free_port(), database, folder) as server:
            pairs, exam = _prepare(database, folder, count)
            saves = asyncio.run(run(server.port, pairs, exam, streams))
        delays = [one for pair in pairs for one in pair.delays]
        wrong += [one for pair in pairs for one in pair.wrong]
        _tell(f"{count} calls on {name}: a sentence reaches the other seat", delays)
        for what, times in saves.items():
            _tell(f"  exam {what}", times)
    for one in wrong[:5]:
        print(one)
    return not wrong


def _tell(what: str, times: list[float]) -> None:
    cuts = statistics.quantiles(times, n=100)
    print(f"{what}: n {len(times)}, p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, p99 {cuts[98]:.0f} ms", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.calls", description=__doc__)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--on", choices=[*DATABASES, "both"], default="both")
    given = parser.parse_args()
    return 0 if bench(given.calls, given.streams, given.on) else 1


if __name__ == "__main__":
    sys.exit(main())
