"""Twenty candidates save without a rest while workers are killed: what was confirmed is there, once, with its owner."""

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from tests.faults.browserless import Browserless, NoAnswer
from tests.live_site import Site, compare

CANDIDATES = 20
STORM_SECONDS = {"sqlite": 20, "postgresql": 10}
KILL_EVERY = 2.0


class Killer(threading.Thread):
    """`kill -9` of a random worker every two seconds."""

    def __init__(self, site: Site, over: threading.Event) -> None:
        super().__init__()
        self.site = site
        self.over = over
        self.killed = 0
        self.dice = random.Random(2)

    def run(self) -> None:
        while not self.over.wait(KILL_EVERY):
            with suppress(ProcessLookupError, IndexError):
                os.kill(self.dice.choice(self.site.server.workers()), signal.SIGKILL)
                self.killed += 1


def type_until(one: Browserless, over: threading.Event) -> int:
    """Saves each answer again and again until it is confirmed, then the next; how many tries got no answer."""
    unanswered, position = 0, 0
    while not over.is_set():
        position = position % 7 + 1
        op = one.op(position, {1: "A", 2: str(one.seq), 3: None, 4: "B", 5: ["A", "B"]}.get(position, f"文字{one.seq}"))
        while True:
            try:
                status, body = one.save(op)
                assert status == 200, (status, body)
                break
            except NoAnswer:
                unanswered += 1
                time.sleep(0.05)
        time.sleep(0.1)
    return unanswered


def test_a_storm_of_saves_while_workers_are_killed(site: Site) -> None:
    sitting_id, candidates = site.an_exam(CANDIDATES)
    seats = [
        Browserless(site.server, one, f"10.9.0.{number}").sign_in().begin(sitting_id)
        for number, one in enumerate(candidates)
    ]
    seconds = STORM_SECONDS[site.database.partition(":")[0].partition("+")[0]]
    over = threading.Event()
    killer = Killer(site, over)
    killer.start()
    with ThreadPoolExecutor(CANDIDATES) as pool:
        typing = [pool.submit(type_until, one, over) for one in seats]
        time.sleep(seconds)
        over.set()
        unanswered = sum(one.result(timeout=30) for one in typing)
    killer.join()
    owners = {one.attempt_id: one.candidate.person_id for one in seats}
    acknowledged = {op: said for one in seats for op, said in one.acknowledged.items()}
    comparison = compare(site, acknowledged, owners)
    assert killer.killed >= seconds / KILL_EVERY / 2
    assert not comparison.faults, comparison.faults
    assert comparison.rows == comparison.acknowledged >= CANDIDATES * 10
    print(f"{killer.killed} kills, {comparison.acknowledged} saves confirmed, {unanswered} tries unanswered: 0 lost")
