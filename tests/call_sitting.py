"""A certification of calls for tests: the shipped plan loaded, an open sitting, calls held as a real trainee does, and
sheets given as an examiner's form sends them."""

from datetime import datetime, timedelta
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

from lms.content.bank import BankFiles
from lms.content.roleplay_plans import SHIPPED, read_roleplay_plans
from lms.domain.call_marks import PassRules
from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.exams import Attempt, Sitting
from lms.models.people import Person
from lms.models.roleplays import Call
from lms.services import call_attempts, call_marking, call_marking_queue, calls, hand_in
from lms.services.bank_files import load
from lms.services.call_log import script_of_call
from lms.services.sign_in import SignedIn
from tests.call_room import load_scripts
from tests.conftest import MONDAY
from tests.exam_factories import signed_in
from tests.exam_room import a_cohort, a_sitting, forget_everything
from tests.factories import a_person

ROOT = Path(__file__).resolve().parent.parent
MINUTE = timedelta(minutes=1)
_messages = count(1)


def roleplay_plans(**changes: Any) -> None:
    """The shipped plans and scripts, loaded as `content load` does it; ``changes`` to every plan."""
    forget_everything()
    load_scripts()
    plans = [plan.model_copy(update=changes) for plan in read_roleplay_plans(ROOT / SHIPPED).plans.values()]
    load(BankFiles({}, {}, {}, ()), None, MONDAY, drill_plans=plans)


def a_call_sitting(
    candidates: int = 1, plan: dict[str, Any] | None = None, **changes: Any
) -> tuple[Sitting, list[Person], Person]:
    """An open sitting by the shipped certification plan, its candidates, and the cohort's trainer.

    One examiner suffices for fours everywhere: the line is far from their 24, and nobody is drawn to be marked twice.
    """
    roleplay_plans(**{"double_share": Fraction(0), "passing": PassRules(total=20), **(plan or {})})
    people = [a_person(name=f"通话考生{number}") for number in range(1, candidates + 1)]
    trainer = a_person(Role.TRAINER, name="通话培训师")
    cohort = a_cohort(*people, trainers=(trainer,))
    given = {"blueprint": "roleplay-certification", "title": "通话认证", "minutes": 40}
    return a_sitting(cohort, **{**given, **changes}), people, trainer


def started(sitting: Sitting, person: Person, at: datetime = MONDAY) -> tuple[SignedIn, int]:
    who = signed_in(person)
    return who, call_attempts.start(who, sitting.id, Language.ZH, at)


def hold_call(who: SignedIn, attempt_id: int, at: datetime, *sentences: str) -> int:
    """The next call: answered, a few sentences said, hung up a minute later."""
    call_id = call_attempts.next_call(who, attempt_id, at)
    calls.answer(who, call_id, at + timedelta(seconds=2))
    for number, sentence in enumerate(sentences or ("您好，澄湾通信，很高兴为您服务。",), start=1):
        moment = at + timedelta(seconds=2 + 4 * number)
        calls.say(who, call_id, f"sitting-{next(_messages):06d}", sentence, moment, lambda moment=moment: moment)
    calls.do(who, call_id, f"sitting-{next(_messages):06d}", "hang-up", {}, at + MINUTE)
    return call_id


def held(sitting: Sitting, person: Person) -> int:
    """An attempt whose two calls were held and handed in."""
    who, attempt_id = started(sitting, person)
    hold_call(who, attempt_id, MONDAY)
    hold_call(who, attempt_id, MONDAY + 2 * MINUTE)
    hand_in.hand_in_own(who, attempt_id, MONDAY + 5 * MINUTE)
    return attempt_id


def the_call(call_id: int) -> Call:
    return db.session.get_one(Call, call_id, populate_existing=True)


def the_attempt(attempt_id: int) -> Attempt:
    return db.session.get_one(Attempt, attempt_id, populate_existing=True)


def a_sheet(call: Call, level: int = 4, **changes: str) -> dict[str, str]:
    """The fields of a whole sheet with ``level`` everywhere; pins to the second turn, the agent's first words."""
    criteria = [one.id for one in script_of_call(call).rubric.own]
    fields = {f"level-{name}": str(level) for name in criteria} | {f"pins-{name}": "2" for name in criteria}
    return {**fields, "overall": "pass", **{name.replace("__", "-"): text for name, text in changes.items()}}


def mark_next(examiner: Person, at: datetime = MONDAY + 10 * MINUTE, level: int = 4, **changes: str) -> int | None:
    """The examiner takes the next call and submits a sheet for it; the task, None where there was none."""
    task_id = call_marking_queue.take_next(examiner.id, None, at)
    if task_id is None:
        return None
    number = call_marking.desk(examiner.id, task_id).call_number
    call = db.session.query(Call).filter_by(call_number=number).one()
    call_marking.submit(examiner.id, task_id, a_sheet(call, level, **changes), 1, at)
    return task_id


def an_examiner(name: str = "考官甲") -> Person:
    return a_person(Role.EXAMINER, name=name)
