"""A hundred trainees at their desks at once: `python -m tests.bench.desks`; every action acknowledged, none lost.

Each desk is a thread with its own session at its own run, doing what a trainee does as fast as it is answered; the
service is the console's own, so that what is measured is journal, replay, search and commit.
"""

import argparse
import random
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from lms.domain.drills.plans import DrillKind
from lms.domain.drills.tasks import Task
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import Run, RunAction
from lms.services import crm_worlds, drill_practice, run_journal, runs
from lms.services.drill_practice import Wish
from lms.services.sign_in import SignedIn
from tests.bench.room import open_app
from tests.bench.search import DATABASES
from tests.exam_factories import signed_in
from tests.factories import a_person

THINKS = (0.2, 1.2)  # seconds between two actions: quicker than anybody's hands


def _deeds(task: Task) -> Iterator[tuple[str, dict[str, Any]]]:
    customer = crm_worlds.customers().customer(task.customer)
    yield "search", {"q": customer.number[-4:]}
    yield "search", {"q": (customer.name.zh or "")[:2]}
    yield "open", {"customer": task.customer}
    for panel in ("plan", "bills", "tickets"):
        yield "panel", {"panel": panel}
    yield "knowledge", {"q": "退费"}
    yield "article", {"article": task.article}
    for asked in task.fields:
        yield "answer", {"field": asked.field, "value": asked.expected or "—"}
    yield "submit", {}


class DeskLog:
    """What one desk was told: op ids that were acknowledged, milliseconds that each took, what went wrong."""

    def __init__(self, person: SignedIn, run_id: int) -> None:
        self.person, self.run_id = person, run_id
        self.acknowledged: list[str] = []
        self.times: list[float] = []
        self.wrong: list[str] = []

    def work(self, app: Flask, dice: random.Random) -> None:
        with app.app_context():
            task = run_journal.read_task(db.session.get_one(Run, self.run_id).task)
            for number, (kind, data) in enumerate([("begin", {}), *_deeds(task)]):
                op = runs.read_op({"op": f"{self.run_id}-{number:06d}", "kind": kind, "data": data})
                began = time.perf_counter()
                try:
                    runs.act(self.person, self.run_id, op, app.extensions["clock"].now())
                    self.acknowledged.append(op.op_id)
                except Exception as error:
                    self.wrong.append(f"{kind}: {error!r}")
                finally:
                    db.session.remove()
                self.times.append((time.perf_counter() - began) * 1000)
                time.sleep(dice.uniform(*THINKS))


def measure(database: str, folder: Path, desks: int) -> list[DeskLog]:
    app = open_app(database, folder)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": desks + 5}
    with app.app_context():
        db.create_all()
        now = app.extensions["clock"].now()
        crm_worlds.ensure_world(now)
        logs = []
        for seed in range(desks):
            person = signed_in(a_person())
            kind = DrillKind.WORKFLOW if seed % 2 else DrillKind.LOOKUP
            set_id = drill_practice.begin(person.person_id, Wish(kind, Language.ZH, Fraction(4)), seed=seed, now=now)
            logs.append(DeskLog(person, runs.next_run(set_id) or 0))
    threads = [threading.Thread(target=log.work, args=(app, random.Random(number))) for number, log in enumerate(logs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        for log in logs:
            log.wrong += _lost(log)
        db.session.remove()
        db.engine.dispose()
    return logs


def _lost(log: DeskLog) -> list[str]:
    """Acknowledged actions against rows: every one there, once, in order without gaps, and nothing else."""
    rows = db.session.execute(
        select(RunAction.seq, RunAction.op_id).where(RunAction.run_id == log.run_id).order_by(RunAction.seq)
    ).all()
    if [op for _seq, op in rows] != log.acknowledged or [seq for seq, _op in rows] != list(range(1, len(rows) + 1)):
        return [f"run {log.run_id}: {len(log.acknowledged)} acknowledged, {len(rows)} rows"]
    return []


def bench(desks: int, on: str = "both") -> bool:
    """Whether nothing was lost or refused on any database."""
    wrong: list[str] = []
    for name in DATABASES if on == "both" else [on]:
        with DATABASES[name]() as (database, folder):
            logs = measure(database, folder, desks)
        times = [one for log in logs for one in log.times]
        cuts = statistics.quantiles(times, n=100)
        print(f"{desks} desks at once on {name}: {len(times)} actions, p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, "
              f"p99 {cuts[98]:.1f} ms, acknowledged and lost 0" if not any(log.wrong for log in logs) else
              f"{name}: {[log.wrong for log in logs if log.wrong][:3]}", flush=True)  # fmt: skip
        wrong += [one for log in logs for one in log.wrong]
    return not wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.desks", description=__doc__)
    parser.add_argument("--desks", type=int, default=100)
    parser.add_argument("--on", choices=[*DATABASES, "both"], default="both")
    given = parser.parse_args()
    return 0 if bench(given.desks, given.on) else 1


if __name__ == "__main__":
    sys.exit(main())
