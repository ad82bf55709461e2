"""Calls on a server that runs out of streams, is killed, or is told to stop: every word comes, once; exams wait for
nobody; and no stream outlives what gives a right to it."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from lms.domain.people import Role
from lms.extensions import db
from lms.models.people import PersonRole, SignIn
from lms.models.roleplays import Call, Turn
from lms.services import call_seat, sign_in
from lms.services.writing import writing
from tests.bench.call_seats import Pair, Seat, a_call
from tests.call_room import load_scripts
from tests.exam_factories import signed_in
from tests.live_site import Site, now

STREAMS = 4  # that each of the two workers of a site under test holds
SENTENCES = 6
Result = TypeVar("Result")
SOON = 8.0  # seconds: a stream's end is noticed within two, on a laden machine later


@pytest.fixture
def staged(site: Site) -> Iterator[Site]:
    with site.rows():
        if not db.session.execute(select(Call.id).limit(1)).first():
            load_scripts()
    yield site


def calls_of(site: Site, count: int) -> list[Pair]:
    with site.rows():
        return [a_call(site.app, site.server.port, seed, now()) for seed in range(count)]


def said(site: Site, pair: Pair) -> list[str]:
    with site.rows():
        words = select(Turn.text).where(Turn.call_id == pair.call, Turn.kind == "say").order_by(Turn.seq)
        return list(db.session.execute(words).scalars())


@asynccontextmanager
async def open_pages(pairs: list[Pair]) -> AsyncIterator[list[Seat]]:
    """Both pages of every call, each listening or asking once a second."""
    seats = [seat for pair in pairs for seat in (pair.trainee, pair.examiner)]
    pages = [asyncio.create_task(seat.page()) for seat in seats]
    async with asyncio.timeout(30):
        await asyncio.gather(*(seat.open.wait() for seat in seats))
    try:
        yield seats
    finally:
        for page in pages:
            page.cancel()
            with suppress(asyncio.CancelledError):
                await page


async def ended(seat: Seat) -> list[int]:
    """What the stream had been answered with that has ended, and what came of asking for another."""
    async with asyncio.timeout(SOON):
        while len(seat.ended) < 2:
            await asyncio.sleep(0.05)
    return seat.ended[:2]


def in_a_loop_of_its_own(work: Coroutine[Any, Any, Result]) -> Result:
    """In a thread apart: the real browser of other tests keeps a loop of its own in this one."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, work).result()


def test_whoever_finds_no_stream_asks_and_hears_everything(staged: Site) -> None:
    pairs = calls_of(staged, STREAMS + 3)  # two pages each: six more than there are streams

    async def run() -> list[Seat]:
        async with open_pages(pairs) as seats:
            await asyncio.gather(*(pair.talk(SENTENCES, 0.5) for pair in pairs))
            await asyncio.sleep(2)
            return seats

    seats = in_a_loop_of_its_own(run())
    polling = [seat for seat in seats if seat.polling]
    assert len(polling) >= len(seats) - 2 * STREAMS
    assert not [fault for pair in pairs for fault in pair.wrong(said(staged, pair))]
    assert all(len(pair.delays) == SENTENCES for pair in pairs), "each within ten seconds"


def test_a_killed_server_loses_and_doubles_no_word(staged: Site) -> None:
    pairs = calls_of(staged, 3)

    async def run() -> None:
        async with open_pages(pairs):
            talks = asyncio.gather(*(pair.talk(SENTENCES, 0.5) for pair in pairs))
            for _ in range(2):
                await asyncio.sleep(1)
                await asyncio.to_thread(staged.server.kill)
                await asyncio.to_thread(staged.server.start)
            await talks
            await asyncio.sleep(3)

    in_a_loop_of_its_own(run())
    assert not [fault for pair in pairs for fault in pair.wrong(said(staged, pair))]


def test_a_stream_ends_with_the_sign_in_the_role_and_the_call(staged: Site) -> None:
    staged.server.kill()  # no stream of a page that has gone holds a place until its next heartbeat
    staged.server.start()
    first, second = calls_of(staged, 2)

    def people(pair: Pair) -> tuple[int, int]:
        with staged.rows():
            call = db.session.get_one(Call, pair.call)
            return call.person_id or 0, call.examiner_id or 0

    def sign_out(person_id: int) -> None:
        with staged.rows():
            every = select(SignIn.id).where(SignIn.person_id == person_id)
            for sign_in_id in db.session.execute(every).scalars().all():
                sign_in.sign_out(sign_in_id, person_id, now())

    def lose_the_role(person_id: int) -> None:
        with staged.rows(), writing(None, now()) as deed:
            deed.session.execute(PersonRole.__table__.delete().where(PersonRole.person_id == person_id))
            deed.session.add(PersonRole(person_id=person_id, role=Role.TRAINER.value))

    async def run() -> None:
        async with open_pages([first, second]):
            sign_out(people(first)[0])
            assert await ended(first.trainee) == [200, 302], "to the page where one signs in"
            lose_the_role(people(first)[1])
            assert await ended(first.examiner) == [200, 403]
            assert not second.trainee.ended and not second.examiner.ended
            await second.trainee.say("bye-000001", "再见。")
            await second.examiner.hears("再见。")
            await asyncio.to_thread(hang_up, second)
            assert await ended(second.trainee) == [200, 204], "which says: never again"
            assert await ended(second.examiner) == [200, 204]

    def hang_up(pair: Pair) -> None:
        with staged.rows():
            examiner = db.session.get_one(Call, pair.call).examiner
            assert examiner is not None
            call_seat.hang_up(signed_in(examiner), pair.call, now())

    in_a_loop_of_its_own(run())


def test_a_server_that_is_told_to_stop_waits_for_no_stream(staged: Site) -> None:
    pairs = calls_of(staged, 2)
    process = staged.server.process
    assert process is not None

    async def run() -> float:
        async with open_pages(pairs):
            began = time.monotonic()
            process.terminate()
            await asyncio.to_thread(process.wait, 30)
            took = time.monotonic() - began
            await asyncio.to_thread(staged.server.start)
            await asyncio.gather(*(pair.talk(2, 0.5) for pair in pairs))
            await asyncio.sleep(2)
            return took

    took = in_a_loop_of_its_own(run())
    assert took < 10, "gunicorn gives streams twenty seconds; ours end by themselves"
    assert not [fault for pair in pairs for fault in pair.wrong(said(staged, pair))]
