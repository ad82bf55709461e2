"""The load generator: a process of its own, told over its standard input what to do next, one answer for each.

Only `tests.bench` and the standard library here, so that it stays light beside the servers that it loads.
"""

import asyncio
import gc
import pickle
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any

from tests.bench.candidates import Candidate, Log, Passer, Phase, Prototyper, Ticket

KINDS: dict[str, type[Candidate]] = {"candidate": Candidate, "ok": Passer, "prototype": Prototyper}
SAVE_EVERY = 5.0
PULSE_EVERY = 15.0
PAGE_EVERY = 20.0


class Load:
    """The groups of candidates, and the ways to let them work."""

    def __init__(self) -> None:
        self.groups: dict[str, list[Candidate]] = {}

    async def seat(self, group: str, kind: str, port: int, tickets: Sequence[Ticket]) -> None:
        self.groups[group] = [KINDS[kind](port, ticket) for ticket in tickets]

    async def leave(self, group: str) -> None:
        for candidate in self.groups.pop(group):
            candidate.connection.close()

    async def once(self, group: str, operations: Sequence[str], connections: int) -> Phase:
        """Every candidate does ``operations`` once, ``connections`` of them at a time."""
        waiting = list(self.groups[group])

        async def work() -> None:
            while waiting:
                candidate = waiting.pop()
                for operation in operations:
                    if not await candidate.do(operation):
                        break

        return await self._logged(group, lambda: _together(work() for _ in range(connections)))

    async def closed(self, group: str, operation: str, connections: int, seconds: float) -> Phase:
        """``connections`` candidates repeat ``operation`` without a pause."""
        until = time.perf_counter() + seconds

        async def work(candidate: Candidate) -> None:
            while time.perf_counter() < until and await candidate.do(operation):
                pass

        chosen = self.groups[group][:connections]
        return await self._logged(group, lambda: _together(work(candidate) for candidate in chosen))

    async def alone(self, group: str, operation: str, seconds: float, pause: float) -> Phase:
        """One candidate, at a pace that leaves the server idle most of the time."""
        until = time.perf_counter() + seconds

        async def work(candidate: Candidate) -> None:
            while time.perf_counter() < until:
                await candidate.do(operation)
                await asyncio.sleep(pause)

        return await self._logged(group, lambda: work(self.groups[group][0]))

    async def rush(self, group: str, within: float) -> Phase:
        """Everybody starts: the form, then the exam page, then its hold."""
        return await self._spread(group, within, ["start", "page", "hold"])

    async def hand_in(self, group: str, within: float) -> Phase:
        """Everybody hands in, after a last save as the page does it."""
        return await self._spread(group, within, ["save_one", "hand_in"])

    async def _spread(self, group: str, within: float, operations: Sequence[str]) -> Phase:
        async def work(candidate: Candidate) -> None:
            await asyncio.sleep(random.random() * within)
            for operation in operations:
                if not await candidate.do(operation):
                    break

        return await self._logged(group, lambda: _together(work(candidate) for candidate in self.groups[group]))

    async def paced(self, group: str, seconds: float) -> Phase:
        """Everybody saves every five seconds, ten answers and one in turn; pulses; now and then opens the page."""

        async def work(candidate: Candidate, start: float) -> None:
            await asyncio.gather(
                _every(start, seconds, SAVE_EVERY, lambda turn: candidate.do(("save_ten", "save_one")[turn % 2])),
                _every(start, seconds, PULSE_EVERY, lambda _turn: candidate.do("pulse")),
                _every(start, seconds, PAGE_EVERY, lambda _turn: candidate.do("page")),
            )

        start = time.perf_counter()
        return await self._logged(group, lambda: _together(work(one, start) for one in self.groups[group]))

    async def _logged(self, group: str, work: Callable[[], Awaitable[None]]) -> Phase:
        log = Log()
        for candidate in self.groups[group]:
            candidate.log = log
        gc.collect()
        began = time.perf_counter()
        await work()
        return Phase(time.perf_counter() - began, log)


async def _together(works: Any) -> None:
    await asyncio.gather(*works)


async def _every(start: float, seconds: float, period: float, deed: Callable[[int], Awaitable[bool]]) -> None:
    """``deed`` once a period, from a random moment of the first on; a late one does not shift the next."""
    due, turn = start + random.random() * period, 0
    while due < start + seconds:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await deed(turn)
        due, turn = due + period, turn + 1


class Generator:
    """The parent's end: ``with Generator() as load: load("rush", group="hall", within=5)`` → :class:`Phase`."""

    def __enter__(self) -> "Generator":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __call__(self, what: str, **how: Any) -> Any:
        assert self._process.stdin and self._process.stdout
        pickle.dump((what, how), self._process.stdin)
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


async def _serve() -> None:
    load = Load()
    while True:
        try:
            what, how = await asyncio.to_thread(pickle.load, sys.stdin.buffer)
        except EOFError:
            return
        done = await getattr(load, what)(**how)
        pickle.dump(done, sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    random.seed(7)
    asyncio.run(_serve())
