"""What authors' pages show of scenarios: the list, a scenario's versions with their texts and differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import func, select

from lms.content.scenario_export import scenario_file
from lms.content.scenarios import shipped_parts
from lms.domain.bank_states import Move, State, may_move, may_review
from lms.domain.conversation import failed_tests
from lms.domain.scenarios import Flaw, Scenario
from lms.domain.scenarios.differences import Row as DifferenceRow
from lms.domain.scenarios.differences import line_differences
from lms.domain.scenarios.texts import Both
from lms.extensions import db
from lms.models.people import Person
from lms.models.roleplays import Call, ScenarioVersion
from lms.models.roleplays import Scenario as Row
from lms.services.scenarios import NoSuchScenario, script_of

_APPROVED = (State.LIVE.value, State.RETIRED.value)  # states of a version that a second person has looked at


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list; ``live`` None: nothing of it can be played yet."""

    id: int
    code: str
    title: Both
    level: int
    live: int | None
    newest: int
    state: State
    calls: int
    author: str
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """A saved form of a script; ``author`` empty: loaded from a file. ``state`` is the version's own."""

    id: int
    number: int
    state: str
    author_id: int | None
    author: str
    saved_at: datetime
    reviewer: str
    reviewed_at: datetime | None
    comment: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ScenarioPage:
    """What an author's page shows of a scenario; ``versions`` the newest first."""

    id: int
    code: str
    state: State
    live: int | None
    versions: Sequence[Version]
    authors_to_review: frozenset[int | None]

    @property
    def newest(self) -> Version:
        return self.versions[0]

    def may(self, move: Move) -> bool:
        return may_move(self.state, move)

    def may_be_reviewed_by(self, person_id: int) -> bool:
        return self.state is State.REVIEW and may_review(person_id, self.authors_to_review)


def listed() -> Sequence[Listed]:
    """Every scenario, those in use first."""
    played = (
        select(ScenarioVersion.scenario_id, func.count(Call.id).label("calls"))
        .join(Call, Call.scenario_version_id == ScenarioVersion.id)
        .where(Call.person_id.is_not(None))  # a benchmark's copy was not played
        .group_by(ScenarioVersion.scenario_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Row, func.coalesce(played.c.calls, 0))
        .outerjoin(played, played.c.scenario_id == Row.id)
        .order_by(Row.retired, Row.code)
    )
    return [_listed(row, calls) for row, calls in rows]


def _listed(row: Row, calls: int) -> Listed:
    newest, script = row.newest, script_of(row.newest.id)
    return Listed(
        row.id, row.code, script.title, script.level.of, row.live.number if row.live else None, newest.number,
        state_of(row), calls, newest.author.name if newest.author else "", newest.saved_at,
    )  # fmt: skip


def state_of(row: Row) -> State:
    """The scenario's state: its newest version's, or out of use."""
    return State.RETIRED if row.retired else State(row.newest.state)


def scenario_page(scenario_id: int) -> ScenarioPage:
    """Raises :class:`NoSuchScenario`."""
    row = db.session.get(Row, scenario_id)
    if row is None:
        raise NoSuchScenario
    return ScenarioPage(
        row.id, row.code, state_of(row), row.live.number if row.live else None, _versions(row.id),
        authors_to_review(row.id),
    )  # fmt: skip


def _versions(scenario_id: int) -> Sequence[Version]:
    rows = db.session.execute(
        select(ScenarioVersion)
        .where(ScenarioVersion.scenario_id == scenario_id)
        .order_by(ScenarioVersion.number.desc())
    ).scalars()
    return [version_told(row) for row in rows]


def version_told(row: ScenarioVersion) -> Version:
    """A row as pages show it."""
    reviewer = db.session.get(Person, row.reviewer_id) if row.reviewer_id else None
    return Version(
        row.id, row.number, row.state, row.author_id, row.author.name if row.author else "", row.saved_at,
        reviewer.name if reviewer else "", row.reviewed_at, row.comment, row.sha256,
    )  # fmt: skip


def authors_to_review(scenario_id: int) -> frozenset[int | None]:
    """Who wrote the versions since the last one that was approved or came from a file."""
    approved = select(func.coalesce(func.max(ScenarioVersion.number), 0)).where(
        ScenarioVersion.scenario_id == scenario_id, ScenarioVersion.state.in_(_APPROVED)
    )
    authors = select(ScenarioVersion.author_id).where(
        ScenarioVersion.scenario_id == scenario_id, ScenarioVersion.number > approved.scalar_subquery()
    )
    return frozenset(db.session.execute(authors).scalars())


def script(page: ScenarioPage, number: int) -> Scenario:
    """One version's script. Raises :class:`NoSuchScenario`."""
    for version in page.versions:
        if version.number == number:
            return script_of(version.id)
    raise NoSuchScenario


@lru_cache(maxsize=32)
def own_tests_failed(version_id: int) -> tuple[Flaw, ...]:
    """What does not come out as the version's own tests want it: none, unless the engine has changed since."""
    return tuple(failed_tests(script_of(version_id)))


def text_of(page: ScenarioPage, number: int) -> str:
    """One version as the text of its file. Raises :class:`NoSuchScenario`."""
    return scenario_file(script(page, number), shipped_parts())


def differences(page: ScenarioPage, old: int, new: int) -> Sequence[DifferenceRow]:
    """What changed from version ``old`` to version ``new``, by lines. Raises :class:`NoSuchScenario`."""
    return line_differences(text_of(page, old), text_of(page, new))
