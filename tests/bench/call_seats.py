"""The two seats of a simulated call: what static/js/calls/*.js do, request by request, each in a browser of its own."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import Flask

from lms.domain.people import Role
from lms.domain.values import Language
from lms.services import call_seat, calls
from tests.bench.candidates import Ticket
from tests.bench.connection import Connection, Reply
from tests.bench.room import sign_in_ticket
from tests.exam_factories import signed_in
from tests.factories import a_person

PATIENCE = 10.0  # seconds until words that have not come count as lost
ASK = 1.0  # seconds between two looks where there is no stream
RECONNECT = 1.0
LAST_CHUNK = b"0\r\n"
AGAIN = 0.4  # seconds until a request is repeated that nobody answered


@dataclass
class Seat:
    """One side's page: listens to its event stream, and fetches what it does not know whenever that has moved."""

    port: int
    ticket: Ticket
    stream: str
    state: str  # the address of the state
    speak: str
    known: int = 0  # turns
    mark: str = ""
    polling: bool = False
    heard: dict[str, float] = field(default_factory=dict)  # words → when they were there first
    seen: list[tuple[int, str]] = field(default_factory=list)  # every turn that was shown, in that order
    faults: list[str] = field(default_factory=list)
    fetches: int = 0
    ended: list[int] = field(default_factory=list)  # what its streams were answered with that are over
    _waiting: dict[str, asyncio.Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._asking = Connection(self.port, self.ticket.cookie)
        self._speaking = Connection(self.port, self.ticket.cookie)
        self._moved = asyncio.Event()
        self.open = asyncio.Event()

    # --- listening ---

    async def page(self) -> None:
        """The open page, until it is cancelled."""
        try:
            await self.fetch()
            async with asyncio.TaskGroup() as both:
                both.create_task(self._listen())
                both.create_task(self._follow())
        finally:
            self._asking.close()
            self._speaking.close()

    async def _listen(self) -> None:
        while True:
            try:
                status = await self._stream()
            except OSError:
                status = 0
            self.ended.append(status)
            if status not in (0, 200):
                self.polling = True
                self.open.set()
                while True:
                    await asyncio.sleep(ASK)
                    self._moved.set()
            await asyncio.sleep(RECONNECT)

    async def _stream(self) -> int:
        """The status that it was answered with, once it has ended."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"GET {self.stream} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.ticket.cookie}\r\n\r\n"
        writer.write(head.encode())
        try:
            status = int((await reader.readline())[9:12] or 0)
            while status == 200 and (line := await reader.readline()) not in (b"", LAST_CHUNK):
                self.open.set()
                if line.startswith(b"data:") and line[5:].strip().decode() != self.mark:
                    self._moved.set()
            return status
        finally:
            writer.close()

    async def _follow(self) -> None:
        while True:
            await self._moved.wait()
            self._moved.clear()
            await self.fetch()

    async def fetch(self) -> None:
        self.fetches += 1
        reply = await _answered(self._asking, "GET", f"{self.state}?after={self.known}")
        if reply.status != 200:
            self.faults.append(f"{self.state}: {reply.status}")
            return
        self._take(json.loads(reply.body))

    def _take(self, state: dict[str, Any]) -> None:
        if state["count"] < self.known:
            return
        self.mark = state.get("mark", "")
        for turn in state["turns"]:
            if turn["seq"] <= self.known:
                continue
            self.known = turn["seq"]
            self.seen.append((turn["seq"], turn["text"]))
            if turn["text"] and turn["text"] not in self.heard:
                self.heard[turn["text"]] = time.perf_counter()
                if waiting := self._waiting.pop(turn["text"], None):
                    waiting.set()

    # --- talking ---

    async def say(self, message: str, text: str) -> None:
        body = json.dumps({"message": message, "text": text, "after": self.known}).encode()
        headers = f"Content-Type: application/json\r\nX-CSRFToken: {self.ticket.csrf}\r\n"
        reply = await _answered(self._speaking, "POST", self.speak, body, headers)
        if reply.status != 200:
            self.faults.append(f"{self.speak}: {reply.status} {reply.body[:200]!r}")
            return
        self._take(json.loads(reply.body))

    async def hears(self, text: str) -> bool:
        """Whether the words have come in time."""
        if text in self.heard:
            return True
        waiting = self._waiting.setdefault(text, asyncio.Event())
        try:
            await asyncio.wait_for(waiting.wait(), PATIENCE)
        except TimeoutError:
            return False
        return True


async def _answered(connection: Connection, method: str, path: str, body: bytes = b"", headers: str = "") -> Reply:
    """Asks until somebody answers: a server may be away for a while."""
    while True:
        try:
            return await connection.request(method, path, body, headers)
        except (OSError, asyncio.IncompleteReadError):
            connection.close()
            await asyncio.sleep(AGAIN)


@dataclass
class Pair:
    """One call with both of its pages open."""

    call: int
    trainee: Seat
    examiner: Seat
    delays: list[tuple[float, float]] = field(default_factory=list)  # when it was said, ms to the other seat
    said: list[str] = field(default_factory=list)

    async def talk(self, turns: int, every: float) -> None:
        """``turns`` sentences, the trainee's and the examiner's in turn, one each ``every`` seconds."""
        for number in range(turns):
            speaker, listener = (self.trainee, self.examiner) if number % 2 == 0 else (self.examiner, self.trainee)
            text = SENTENCES[number % 2].format(number=number, call=self.call)
            self.said.append(text)
            began = time.perf_counter()
            saying = asyncio.create_task(speaker.say(f"bench-{self.call}-{number:04d}", text))
            if await listener.hears(text):
                self.delays.append((began, (listener.heard[text] - began) * 1000))
            await saying
            await asyncio.sleep(max(0.0, every - (time.perf_counter() - began)))

    def wrong(self, kept: list[str]) -> list[str]:
        """What was lost or doubled; ``kept`` are the words in the table, in their order."""
        found = [f"call {self.call}: {fault}" for seat in (self.trainee, self.examiner) for fault in seat.faults]
        if kept != self.said:
            found.append(f"call {self.call}: {len(self.said)} sentences were said, {len(kept)} are kept")
        for name, seat in (("trainee", self.trainee), ("examiner", self.examiner)):
            shown = [text for _seq, text in seat.seen if text in set(self.said)]
            if shown != self.said:
                found.append(f"call {self.call}: {name} was shown {len(shown)} of {len(self.said)} sentences")
            numbers = [seq for seq, _text in seat.seen]
            if numbers != list(range(1, len(numbers) + 1)):
                found.append(f"call {self.call}: {name} was shown turns {numbers}")
        return found


SENTENCES = (
    "好的，请您稍等，我正在为您查询第 {number} 项记录，来电 {call}，查到以后马上告诉您。",
    "第 {number} 次了，来电 {call}，你们到底什么时候才能给我一个说法？",
)


def a_call(app: Flask, port: int, seed: int, now: datetime, *, live: bool = True) -> Pair:
    """A call with both seats taken, both people signed in; it rings, or is ``live``."""
    trainee, examiner = a_person(Role.NEW_HIRE), a_person(Role.EXAMINER)
    who, other = signed_in(trainee), signed_in(examiner)
    call = calls.begin_practice(who, "angry-complaint", Language.ZH, "examiner", seed=seed, now=now)
    call_seat.take(other.person_id, call, now)
    if live:
        calls.answer(who, call, now)
    mine, theirs = (sign_in_ticket(app, person.number, "/calls", now) for person in (trainee, examiner))
    path = f"/calls/{call}"
    return Pair(
        call,
        Seat(port, mine, f"{path}/stream", f"{path}/turns", f"{path}/say"),
        Seat(port, theirs, f"{path}/seat/stream", f"{path}/seat.json", f"{path}/seat/speak"),
    )
