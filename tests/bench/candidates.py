"""Simulated candidates: what the exam page's script sends, request by request, each in a browser of its own."""

import asyncio
import json
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.bench.connection import Connection, Reply

PATIENCE = 30.0  # seconds until a request counts as failed
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
_QUESTION = re.compile(r'<section class="question[^>]*data-position="(\d+)" data-kind="(\w+)"')
_STEPS = re.compile(r'<li class="step" data-letter="(\w)"')


@dataclass(frozen=True, slots=True)
class Ticket:
    """A signed-in browser, ready to start: made beforehand, for signing in is not what is measured."""

    cookie: str
    csrf: str
    path: str  # where it starts: a sitting's page, or the prototype's entrance


def _new_id() -> str:
    """As static/js/new_id.js makes it."""
    return f"{time.time_ns() // 10**6:012x}{secrets.token_hex(10)}"


class Unexpected(Exception):
    """A reply that a candidate should not get."""


@dataclass
class Log:
    """Latencies in ms and errors by operation, and the ops that the server acknowledged."""

    latencies: dict[str, list[float]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    sent: int = 0


@dataclass(frozen=True)
class Phase:
    """What came of one phase: how long it took, and what was logged."""

    seconds: float
    log: Log


class Candidate:
    """One person's attempt; ``log`` is that of the phase that is running."""

    def __init__(self, port: int, ticket: Ticket) -> None:
        self.connection = Connection(port, ticket.cookie)
        self.turn = asyncio.Lock()  # one request at a time; waiting for it is not the server's doing
        self.ticket = ticket
        self.log = Log()
        self.attempt = self.epoch = self.seq = 0
        self.questions: list[Callable[[int], Any]] = []

    async def do(self, operation: str) -> bool:
        """Run one of the operations below and note how long it took; False where it went wrong."""
        async with self.turn:
            began = time.perf_counter()
            try:
                async with asyncio.timeout(PATIENCE):
                    await getattr(self, operation)()
            except (Unexpected, OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                self.log.errors.setdefault(operation, []).append(f"{type(error).__name__}: {error}")
                self.connection.close()
                return False
            self.log.latencies.setdefault(operation, []).append((time.perf_counter() - began) * 1000)
            return True

    async def start(self) -> None:
        form = f"language=zh&csrf_token={self.ticket.csrf}".encode()
        reply = await self._ask("POST", f"{self.ticket.path}/start", form, FORM, expect=302)
        self.attempt = int(reply.location.rpartition("/")[2])

    async def page(self) -> None:
        reply = await self._ask("GET", f"/attempts/{self.attempt}")
        if not self.questions:
            self.questions = _read_questions(reply.body.decode())

    async def hold(self) -> None:
        self.epoch = json.loads((await self._post_json("hold", {})).body)["epoch"]

    async def save_ten(self) -> None:
        await self._save(10)

    async def save_one(self) -> None:
        await self._save(1)

    async def _save(self, count: int) -> None:
        """``count`` answers, other ones each time: an upsert of equal bytes would cost a database no write."""
        ops = []
        for _ in range(count):
            self.seq += 1
            place = self.seq % len(self.questions)
            answer = self.questions[place](self.seq)
            ops.append({"op": _new_id(), "seq": self.seq, "q": place + 1, "a": answer, "f": self.seq % 7 == 0})
        self.log.sent += count
        saved = json.loads((await self._post_json("answers", {"epoch": self.epoch, "ops": ops})).body)
        if saved["standing"] != "counts":
            raise Unexpected(f"standing {saved['standing']}")
        self.log.acknowledged += [(self.attempt, op) for op in saved["saved"]]

    async def pulse(self) -> None:
        signals = [{"kind": "returned", "ago": 40, "count": 0}] if self.seq % 3 == 0 else []
        await self._post_json("pulse", {"epoch": self.epoch, "signals": signals})

    async def hand_in(self) -> None:
        form = f"csrf_token={self.ticket.csrf}".encode()
        reply = await self._ask("POST", f"/attempts/{self.attempt}/hand-in", form, FORM, expect=302)
        if not reply.location.endswith("/done"):
            raise Unexpected(f"sent to {reply.location}")

    async def _post_json(self, what: str, body: dict[str, Any]) -> Reply:
        headers = f"Content-Type: application/json\r\nAccept: application/json\r\nX-CSRFToken: {self.ticket.csrf}\r\n"
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return await self._ask("POST", f"/attempts/{self.attempt}/{what}", text, headers)

    async def _ask(self, method: str, path: str, body: bytes = b"", headers: str = "", expect: int = 200) -> Reply:
        reply = await self.connection.request(method, path, body, headers)
        if reply.status != expect:
            raise Unexpected(f"{method} {path}: {reply.status} {reply.location} {reply.body[:80]!r}")
        return reply


class Passer(Candidate):
    """Asks the bare server for its ``ok``."""

    async def ok(self) -> None:
        await self._ask("GET", "/")


class Prototyper(Candidate):
    """Saves ten answers to the minimal prototype."""

    async def upsert(self) -> None:
        if not self.attempt:
            self.attempt = int((await self._ask("GET", self.ticket.path)).body)
        self.seq += 1
        answers = [[position, f"{'ABCD'[(self.seq + position) % 4]}{self.seq}"] for position in range(1, 11)]
        await self._post_json("answers", {"answers": answers})


def _read_questions(html: str) -> list[Callable[[int], Any]]:
    """For every question of the page a function from a number to an answer that fits its kind."""
    ends = [*(match.start() for match in _QUESTION.finditer(html)), len(html)]
    pieces = [html[start:end] for start, end in zip(ends, ends[1:], strict=False)]
    return [_answers(match[2], piece) for match, piece in zip(_QUESTION.finditer(html), pieces, strict=True)]


def _answers(kind: str, html: str) -> Callable[[int], Any]:
    steps = _STEPS.findall(html)
    return {
        "single": lambda number: "ABC"[number % 3],
        "multiple": lambda number: list(["AB", "AC", "BC", "ABC"][number % 4]),
        "numeric": lambda number: f"{number}.5",
        "ordering": lambda number: steps[number % len(steps) :] + steps[: number % len(steps)],
        "written": lambda number: (
            f"第 {number} 稿：先致歉并核实客户身份，再查账单、说明原因，当场登记工单并告知时限。" * 4
        ),
    }[kind]
