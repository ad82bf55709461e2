"""What tests of calls need: the shipped scripts in the database, a trainee who signs in, calls and talks."""

from datetime import datetime, timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path

from sqlalchemy import select

from lms.content.scenarios import read_scenarios
from lms.domain.people import Role
from lms.domain.scenarios import Scenario
from lms.domain.values import Language
from lms.extensions import db
from lms.models.people import Person, SignIn
from lms.models.roleplays import Call, Turn
from lms.services import calls, scenarios, sign_in
from lms.services.load_report import LoadReport
from lms.services.sign_in import SignedIn
from lms.services.writing import writing
from tests.browser_like import PASSWORD
from tests.conftest import MONDAY
from tests.factories import a_person

SHIPPED = Path(__file__).resolve().parent.parent / "scenarios"
_messages = count(1)


@lru_cache
def shipped() -> dict[str, Scenario]:
    return {name: filed.scenario for name, filed in read_scenarios(SHIPPED).scenarios.items()}


def load_scripts() -> None:
    with writing(None, MONDAY) as deed:
        scenarios.load_scripts(deed, shipped().values(), LoadReport())


def a_trainee(name: str = "应话人") -> SignedIn:
    return signed_in(a_person(Role.NEW_HIRE, name=name))


def signed_in(person: Person) -> SignedIn:
    token = sign_in.sign_in(person.number, PASSWORD, address="127.0.0.1", device="test", now=MONDAY)
    found = sign_in.load_signed_in(token)
    assert found is not None and db.session.get(SignIn, found.sign_in_id) is not None
    return found


class Phone:
    """A trainee in one call, on a clock of their own."""

    def __init__(
        self,
        scenario: str = "angry-complaint",
        *,
        customer: str = "scripted",
        language: Language = Language.ZH,
        trainee: SignedIn | None = None,
        seed: int = 7,
    ) -> None:
        self.now = MONDAY
        self.person = trainee or a_trainee()
        self.id = calls.begin_practice(self.person, scenario, language, customer, seed=seed, now=self.now)

    def later(self, seconds: float = 0) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    def answer(self) -> "Phone":
        calls.answer(self.person, self.id, self.later(3))
        return self

    def say(self, text: str, seconds: float = 4, message_id: str | None = None) -> None:
        message = message_id or f"message-{next(_messages):06d}"
        calls.say(self.person, self.id, message, text, self.later(seconds), lambda: self.later(0.5))

    def do(self, deed: str, seconds: float = 4, **data: object) -> None:
        calls.do(self.person, self.id, f"deed-{next(_messages):06d}", deed, data, self.later(seconds))

    @property
    def call(self) -> Call:
        return db.session.get_one(Call, self.id, populate_existing=True)

    @property
    def turns(self) -> list[Turn]:
        rows = db.session.execute(select(Turn).where(Turn.call_id == self.id).order_by(Turn.seq))
        return list(rows.scalars())

    def told(self) -> list[tuple[str, str]]:
        return [(turn.speaker, turn.kind) for turn in self.turns]
