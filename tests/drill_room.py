"""A drill room for tests: the shipped plans loaded, a world entered, a sitting that is open; tasks done through the
desk's own service, rightly or wrongly, at moments that the test says."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lms.content.bank import BankFiles
from lms.content.drill_plans import SHIPPED, read_drill_plans
from lms.domain.drills.defaults import WORLD_SEED, WORLD_SIZE
from lms.domain.drills.tasks import Task
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import DrillSet, Run, World
from lms.models.exams import Sitting
from lms.models.people import Person
from lms.services import crm_worlds, drill_attempts, run_scores, runs
from lms.services.bank_files import load
from lms.services.sign_in import SignedIn
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.exam_factories import signed_in
from tests.exam_room import a_cohort, a_sitting, forget_everything
from tests.factories import a_person

ROOT = Path(__file__).resolve().parent.parent


def drill_plans() -> None:
    """The shipped drill plans, loaded as `content load` does it, and a world; searches find nobody in it."""
    forget_everything()
    nothing = BankFiles({}, {}, {}, ())
    load(nothing, None, MONDAY, drill_plans=read_drill_plans(ROOT / SHIPPED).plans.values())
    with writing(None, MONDAY) as deed:
        digest = crm_worlds.catalogue().digest
        deed.session.add(World(seed=WORLD_SEED, size=WORLD_SIZE, digest=digest, built_at=MONDAY))


def a_drill_room(kind: str = "lookup", candidates: int = 1, **changes: Any) -> tuple[Sitting, list[Person], Person]:
    """An open sitting by the shipped certification plan of the kind, its candidates, and the cohort's trainer."""
    drill_plans()
    people = [a_person(name=f"演练者{number}") for number in range(1, candidates + 1)]
    trainer = a_person(Role.TRAINER, name="演练培训师")
    cohort = a_cohort(*people, trainers=(trainer,))
    plan = {"blueprint": f"{kind}-certification", "title": "查询认证", "minutes": 15}
    return a_sitting(cohort, **{**plan, **changes}), people, trainer


def started(sitting: Sitting, person: Person, at: datetime = MONDAY) -> tuple[SignedIn, int]:
    """(the person at their device, the attempt that they have begun)."""
    who = signed_in(person)
    return who, drill_attempts.start(who, sitting.id, Language.ZH, at)


def runs_in(attempt_id: int) -> list[Run]:
    db.session.rollback()
    of_attempt = select(Run).join(DrillSet, DrillSet.id == Run.set_id).where(DrillSet.attempt_id == attempt_id)
    ordered = of_attempt.order_by(Run.position).execution_options(populate_existing=True)
    return list(db.session.execute(ordered).scalars())


def deeds(task: Task, *, wrong: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that a task asks, done rightly but for the first ``wrong`` fields; not yet handed in."""
    yield "open", {"customer": task.customer}
    if task.workflow is not None:
        yield "verify", {"level": task.workflow.level, "proofs": [proof.value for proof in task.caller.proofs]}
        for ref in task.workflow.evidence:
            yield "pin", {"ref": ref}
    for number, asked in enumerate(task.fields):
        right = "客户资料已核对" if asked.field == "ticket.note" else asked.expected
        if right:
            yield "answer", {"field": asked.field, "value": "不知道" if number < wrong else right}
    yield "answer", {"field": "article", "value": task.article}


def play(
    who: SignedIn, run: Run, at: datetime, *, seconds: float = 20, wrong: int = 0, submit: bool = True, lag: int = 40
) -> datetime:
    """Begin the task at ``at`` and hand it in ``seconds`` later; when it ended."""
    task, end = run_scores.task_of(run), at + timedelta(seconds=seconds)
    run_id = run.id
    steps = [("begin", {}), *deeds(task, wrong=wrong), *([("submit", {})] if submit else [])]
    for number, (kind, data) in enumerate(steps):
        moment = end if kind == "submit" else at + timedelta(milliseconds=number)
        op = runs.read_op({"op": f"{run_id}-{number:06d}", "kind": kind, "data": data, "lag_ms": lag})
        runs.act(who, run_id, op, moment)
    return end


def play_all(
    who: SignedIn, attempt_id: int, at: datetime, *, wrong: tuple[int, ...] = (), seconds: float = 20
) -> datetime:
    """All tasks one after another; ``wrong``: how many wrong fields in the first, the second …"""
    for place, run in enumerate(runs_in(attempt_id)):
        missed = wrong[place] if place < len(wrong) else 0
        at = play(who, run, at + timedelta(seconds=5), seconds=seconds, wrong=missed)
    return at
