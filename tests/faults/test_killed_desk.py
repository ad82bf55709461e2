"""Trainees at their desks while the server is killed again and again: what was acknowledged is in the journal, once."""

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from http.client import HTTPException

from sqlalchemy import select

from lms.domain.drills.defaults import WORLD_SEED, WORLD_SIZE
from lms.domain.drills.plans import DrillKind
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import Run, RunAction, World
from lms.services import crm_worlds, drill_practice, runs
from lms.services.drill_practice import Wish
from lms.services.writing import writing
from tests.factories import a_person
from tests.faults.browserless import Browserless
from tests.live_site import Candidate, Site, now

DESKS, KILLS, EVERY = 8, 3, 1.5


@dataclass
class Trainee:
    """Retries each action with its op id until it is answered; opens one record after another."""

    browser: Browserless
    run_id: int
    acknowledged: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def work(self, enough: threading.Event) -> None:
        self.act("begin", {})
        number = 0
        while not enough.is_set():
            number += 1
            self.act("open", {"customer": number})
        self.act("submit", {})

    def act(self, kind: str, data: dict[str, int]) -> None:
        op = {"op": f"{self.run_id}-{len(self.acknowledged):06d}", "kind": kind, "data": data}
        for _ in range(200):
            try:
                status, body = self.browser.post(f"/drills/runs/{self.run_id}/act", op)
            except (OSError, HTTPException, ValueError):
                time.sleep(0.05)
                continue
            if status == 200:
                self.acknowledged.append(op["op"])  # type: ignore[arg-type]
                return
            if status < 500:
                self.wrong.append(f"{kind}: {status} {body}")
                return
        self.wrong.append(f"{kind}: never answered")


def trainees(site: Site) -> list[Trainee]:
    """Searching is not what is killed here: a world whose index finds nobody will do."""
    with site.rows():
        if crm_worlds.find_world() is None:
            with writing(None, now()) as deed:
                digest = crm_worlds.catalogue().digest
                deed.session.add(World(seed=WORLD_SEED, size=WORLD_SIZE, digest=digest, built_at=now()))
        made = []
        for number in range(DESKS):
            person = a_person(name="练习者")
            wish = Wish(DrillKind.LOOKUP, Language.ZH, Fraction(4))
            set_id = drill_practice.begin(person.id, wish, seed=number, now=now())
            seat = Candidate(person.id, person.number)
            made.append((Browserless(site.server, seat, f"10.9.0.{number}"), runs.next_run(set_id) or 0))
    return [Trainee(browser.sign_in(), run_id) for browser, run_id in made]


def test_no_acknowledged_action_is_lost_and_no_time_is_given_back(site: Site) -> None:
    desks, enough = trainees(site), threading.Event()
    threads = [threading.Thread(target=desk.work, args=(enough,)) for desk in desks]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        time.sleep(EVERY)
        site.server.kill()
        site.server.start()
    time.sleep(EVERY)
    enough.set()
    for thread in threads:
        thread.join()
    assert not [desk.wrong for desk in desks if desk.wrong]
    with site.rows():
        for desk in desks:
            rows = db.session.execute(
                select(RunAction.seq, RunAction.op_id).where(RunAction.run_id == desk.run_id).order_by(RunAction.seq)
            ).all()
            assert [op for _seq, op in rows] == desk.acknowledged
            assert [seq for seq, _op in rows] == list(range(1, len(rows) + 1))
            run = db.session.get_one(Run, desk.run_id)
            assert run.ended_by == "trainee" and run.begun_at is not None and run.ended_at is not None
            assert run.milliseconds is not None and run.milliseconds >= (KILLS + 1) * EVERY * 900
            assert run.begun_at < run.ended_at <= datetime.now(UTC)
