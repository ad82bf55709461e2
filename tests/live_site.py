"""The program as it is served: gunicorn in processes of its own, on a database of its own, to be killed and revived.

`LiveServer` runs it; `Site` prepares data and reads rows through an application of this process on the same database.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from lms import create_app
from lms.domain import frozen_paper
from lms.domain.blueprints import Blueprint as Plan
from lms.domain.frozen_paper import FrozenPaper
from lms.domain.people import Role
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion
from lms.models.exams import Attempt, AttemptEvent, Paper, PaperQuestion, Save
from lms.services import passwords
from lms.services.invigilation import Order
from lms.services.writing import writing
from tests.browser_like import PASSWORD
from tests.exam_room import ROOT, a_bank, a_cohort, a_sitting, forget_everything
from tests.factories import a_person

START_SECONDS = 30
_numbers = count(1)

# A question of every kind, in the order single, numeric, ordering, single, multiple, written, written.
EVERY_KIND = {
    "code": "every-kind",
    "title": {"zh": "各题型", "en": "Every kind"},
    "minutes": 30,
    "pass_total": 60,
    "exposure_cap": "1",
    "shuffle_questions": False,
    "sections": [
        {"section": "business", "weight": 40, "picks": [
            {"kind": "single", "topic": "plans", "count": 1, "points": 2},
            {"kind": "numeric", "topic": "billing", "count": 1, "points": 3},
            {"kind": "ordering", "topic": "tickets", "count": 1, "points": 3}]},
        {"section": "compliance", "weight": 30, "picks": [
            {"kind": "single", "topic": "privacy", "count": 1, "points": 2},
            {"kind": "multiple", "topic": "identity", "count": 1, "points": 2}]},
        {"section": "case", "weight": 30, "picks": [{"kind": "written", "count": 2, "points": 10}]},
    ],
}  # fmt: skip


def now() -> datetime:
    return datetime.now(UTC)


class LiveServer:
    """gunicorn with two workers on a port of its own; ``kill`` is `kill -9` of the master and all its workers."""

    def __init__(self, instance: Path, database: str) -> None:
        self.instance = instance
        self.database = database
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "LiveServer":
        environment = {
            **os.environ,
            "SHANGGANG_ENV": "test",
            "INSTANCE_PATH": str(self.instance),
            "DATABASE_URL": self.database,
            "BEHIND_PROXY": "1",  # each candidate of a storm comes from an address of its own
        }
        with open(self.instance / "gunicorn.log", "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "--workers", "2",
                 "--bind", f"127.0.0.1:{self.port}", "wsgi:app"],
                cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._wait_until_it_answers()
        return self

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process and self.process.poll() is None:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/login")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError((self.instance / "gunicorn.log").read_text()[-4000:])

    def workers(self) -> list[int]:
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def kill(self) -> None:
        assert self.process
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Candidate:
    person_id: int
    number: str
    password: str = PASSWORD


@dataclass(frozen=True)
class Comparison:
    """What browsers hold acknowledgements for, against the rows of the database."""

    acknowledged: int
    rows: int
    lost: list[str]
    duplicates: list[str]
    wrong_owner: list[str]

    @property
    def faults(self) -> dict[str, list[str]]:
        kinds = {"lost": self.lost, "duplicates": self.duplicates, "wrong owner": self.wrong_owner}
        return {name: found for name, found in kinds.items() if found}


class Site:
    """Data for, and rows of, the site that a `LiveServer` serves."""

    def __init__(self, instance: Path, database: str = "") -> None:
        instance.mkdir(parents=True, exist_ok=True)
        passwords.use_cost(memory_kib=8, rounds=1)
        self.database = database or f"sqlite:///{instance / 'live.db'}"
        self.app: Flask = create_app(
            {"TESTING": True, "INSTANCE_PATH": str(instance), "SQLALCHEMY_DATABASE_URI": self.database}
        )
        self.server = LiveServer(instance, self.database)
        with self.rows():
            db.create_all()
            a_bank(now())
            _add_blueprint(EVERY_KIND)
            self.trainer_id = a_person(Role.TRAINER, name="监考人").id

    @contextmanager
    def rows(self) -> Iterator[None]:
        """The database within reach, through this process (which may have looked at another site's before)."""
        forget_everything()
        with self.app.app_context():
            yield

    def close(self) -> None:
        self.server.kill()
        with self.rows():
            db.session.remove()
            db.engine.dispose()

    def an_exam(
        self, candidates: int = 1, *, blueprint: str = "every-kind", **changes: Any
    ) -> "tuple[int, list[Candidate]]":
        """A new sitting, open now, and its candidates: (sitting id, candidates)."""
        with self.rows():
            people = [a_person(name="应考人") for _ in range(candidates)]
            cohort = a_cohort(*people, code=f"L{next(_numbers)}")
            sitting = a_sitting(
                cohort, blueprint=blueprint, now=now(), invigilator_ids=[self.trainer_id],
                **{"title": "现场考试", "minutes": 30, **changes},
            )  # fmt: skip
            return sitting.id, [Candidate(person.id, person.number) for person in people]

    def attempt_of(self, person_id: int) -> Attempt:
        with self.rows():
            newest = select(Attempt).where(Attempt.person_id == person_id).order_by(Attempt.id.desc())
            return db.session.execute(newest).scalars().first()  # type: ignore[return-value]

    def saves_of(self, attempt_id: int) -> list[Save]:
        with self.rows():
            return list(
                db.session.execute(select(Save).where(Save.attempt_id == attempt_id).order_by(Save.id)).scalars()
            )

    def events_of(self, attempt_id: int) -> list[str]:
        with self.rows():
            kinds = select(AttemptEvent.kind).where(AttemptEvent.attempt_id == attempt_id).order_by(AttemptEvent.id)
            return list(db.session.execute(kinds).scalars())

    def paper_of(self, attempt_id: int) -> FrozenPaper:
        with self.rows():
            return frozen_paper.load(db.session.get_one(Paper, attempt_id).body)

    def counted(self, attempt_id: int) -> dict[int, str | None]:
        """Position → the answer that counted at hand-in, as JSON text in the bank's ids."""
        with self.rows():
            rows = db.session.execute(
                select(PaperQuestion.position, PaperQuestion.answer).where(PaperQuestion.attempt_id == attempt_id)
            )
            return {row.position: row.answer for row in rows}

    def let_the_grace_pass(self, attempt_id: int) -> None:
        """As if the candidate had come back more than thirty seconds after the deadline."""
        with self.rows(), writing(None, now()) as deed:
            deed.session.execute(
                update(Attempt).where(Attempt.id == attempt_id).values(deadline=now() - timedelta(seconds=31))
            )

    def order(self, sitting_id: int, attempt_id: int, reason: str = "座位停电") -> Order:
        """An invigilator's order, given with everything seen that has happened."""
        return Order(self.trainer_id, now(), sitting_id, reason, seen=2**31 - 1, attempt_id=attempt_id)


def _add_blueprint(body: dict[str, Any]) -> None:
    plan = Plan.model_validate(body)
    with writing(None, now()) as deed:
        blueprint = Blueprint(code=plan.code, digest="")
        deed.session.add(blueprint)
        deed.session.flush()
        version = BlueprintVersion(
            blueprint_id=blueprint.id, number=1, body=plan.model_dump(mode="json"), saved_at=now()
        )  # fmt: skip
        deed.session.add(version)
        deed.session.flush()
        blueprint.newest_id = version.id


def compare(site: Site, acknowledged: dict[str, tuple[int, int, Any]], owners: dict[int, int]) -> Comparison:
    """``acknowledged``: op id → (attempt id, position, {"a": answer, "f": flag}); ``owners``: attempt → person."""
    with site.rows():
        rows = db.session.execute(
            select(Save.op_id, Save.attempt_id, Save.position, Save.value, Attempt.person_id)
            .join(Attempt, Attempt.id == Save.attempt_id)
            .where(Save.attempt_id.in_(owners))
        ).all()
        strays = db.session.execute(
            select(Save.op_id).where(Save.op_id.in_(list(acknowledged)), Save.attempt_id.not_in(owners))
        ).scalars()
        twice = db.session.execute(
            select(Save.attempt_id, Save.position, Save.epoch, Save.seq)
            .where(Save.attempt_id.in_(owners))
            .group_by(Save.attempt_id, Save.position, Save.epoch, Save.seq)
            .having(func.count() > 1)
        ).all()
        found = {(row.op_id, row.attempt_id, row.position, row.value) for row in rows}
        wanted = {(op, attempt, position, _text(value)) for op, (attempt, position, value) in acknowledged.items()}
        return Comparison(
            acknowledged=len(acknowledged),
            rows=len(rows),
            lost=sorted(op for op, *_ in wanted - found),
            duplicates=[str(tuple(row)) for row in twice],
            wrong_owner=[*strays, *(row.op_id for row in rows if row.person_id != owners[row.attempt_id])],
        )


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
