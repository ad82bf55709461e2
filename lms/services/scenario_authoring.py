"""Writing scenarios: a sound text becomes the next version, a second trainer lets it live, nothing is overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, select

from lms.content.bank_rules import cut_texts
from lms.content.problems import Problem, SourceFile, in_order, of_fault
from lms.content.scenario_export import scenario_file
from lms.content.scenarios import FOLDER, read_document, shipped_parts
from lms.content.yaml_lines import YamlRefused, read_yaml
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
from lms.services.scenarios import NoSuchScenario, add_version, script_of
from lms.services.writing import Deed, writing

LARGEST = 400_000  # bytes; the largest that comes with the program has 60,000
_APPROVED = (State.LIVE.value, State.RETIRED.value)  # states of a version that a second person has looked at


class Stale(Exception):
    """Somebody saved or moved the scenario since the page was opened; ``newest`` is what stands now."""

    def __init__(self, newest: "Version") -> None:
        self.newest = newest
        super().__init__(f"version {newest.number} was saved")


class Unchanged(Exception):
    """What was typed is what is there: no version is made."""


class NotNow(Exception):
    """The scenario's state does not allow this move."""


class OwnWork(Exception):
    """Four eyes: the reviewer wrote one of the versions since the last approved one."""


class Unsound(ValueError):
    """The text is no scenario that can be played; ``problems`` says where and how to mend it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(map(str, problems)))


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


@dataclass(frozen=True, slots=True)
class Checked:
    """``script`` is complete with its shared parts; None where one of the problems is an error."""

    script: Scenario | None
    problems: Sequence[Problem]


def listed() -> Sequence[Listed]:
    """Every scenario, those in use first."""
    played = (
        select(ScenarioVersion.scenario_id, func.count(Call.id).label("calls"))
        .join(Call, Call.scenario_version_id == ScenarioVersion.id)
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
        _state(row), calls, newest.author.name if newest.author else "", newest.saved_at,
    )  # fmt: skip


def _state(row: Row) -> State:
    return State.RETIRED if row.retired else State(row.newest.state)


def scenario_page(scenario_id: int) -> ScenarioPage:
    """Raises :class:`NoSuchScenario`."""
    row = db.session.get(Row, scenario_id)
    if row is None:
        raise NoSuchScenario
    return ScenarioPage(
        row.id, row.code, _state(row), row.live.number if row.live else None, _versions(row.id),
        _authors_to_review(row.id),
    )  # fmt: skip


def _versions(scenario_id: int) -> Sequence[Version]:
    rows = db.session.execute(
        select(ScenarioVersion)
        .where(ScenarioVersion.scenario_id == scenario_id)
        .order_by(ScenarioVersion.number.desc())
    ).scalars()
    return [_version(row) for row in rows]


def _version(row: ScenarioVersion) -> Version:
    reviewer = db.session.get(Person, row.reviewer_id) if row.reviewer_id else None
    return Version(
        row.id, row.number, row.state, row.author_id, row.author.name if row.author else "", row.saved_at,
        reviewer.name if reviewer else "", row.reviewed_at, row.comment, row.sha256,
    )  # fmt: skip


def _authors_to_review(scenario_id: int) -> frozenset[int | None]:
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


def check(code: str, text: str) -> Checked:
    """A text as the scenario ``code``, with every problem at its line. Never raises on what the text holds."""
    path = Path(FOLDER) / f"{code}.yaml"
    raw = text.encode("utf-8", "replace")
    if len(raw) > LARGEST:
        what = f"the text has {len(raw):,} bytes, at most {LARGEST:,} are allowed"
        return Checked(None, [Problem(path.as_posix(), 1, "", what, "make it shorter")])
    try:
        document = read_yaml(raw)
    except YamlRefused as refused:
        return Checked(None, [of_fault(path, fault) for fault in refused.faults])
    named = document.data.get("id") if isinstance(document.data, dict) else None
    if isinstance(named, str) and named != code:
        source = SourceFile(path, document)
        return Checked(None, [source.error(("id",), f"this is the scenario {code}", f"write id: {code}")])
    source = SourceFile(path, document)
    read = read_document(source)
    problems = in_order([*read.problems, *cut_texts(source)])
    filed = read.scenarios.get(code)
    sound = filed is not None and not any(problem.is_error for problem in problems)
    return Checked(filed.scenario if filed and sound else None, problems)


def save(actor_id: int, now: datetime, scenario_id: int, base: int, text: str) -> int:
    """A sound text as a new draft on top of version ``base``; its number. What is live stays live.

    Raises :class:`NoSuchScenario`, :class:`Unsound`, :class:`Stale`, :class:`NotNow`, :class:`Unchanged`.
    """
    checked = check(scenario_page(scenario_id).code, text)  # takes its time, so not while others wait to write
    if checked.script is None:
        raise Unsound(checked.problems)
    with writing(actor_id, now) as deed:
        row = _locked(deed, scenario_id, base)
        if row.retired:
            raise NotNow
        if checked.script.sha256 == row.digest:
            raise Unchanged
        if row.newest.state == State.REVIEW.value:
            row.newest.state = State.DRAFT.value  # nobody reviews what was overtaken
        version = add_version(deed, row, checked.script, author_id=actor_id, state=State.DRAFT.value)
        deed.note("scenario.saved", f"scenario:{row.id}", code=row.code, version=version.number, digest=version.sha256)
        return version.number


def _locked(deed: Deed, scenario_id: int, base: int) -> Row:
    """The scenario, locked until the commit, and still at version ``base``."""
    row = deed.session.execute(
        select(Row).where(Row.id == scenario_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NoSuchScenario
    deed.session.refresh(row.newest)
    if row.newest.number != base:
        raise Stale(_version(row.newest))
    return row


def move(actor_id: int, now: datetime, scenario_id: int, base: int, move: Move, comment: str = "") -> None:
    """Submit, approve, return, retire or reopen version ``base`` of a scenario.

    Approving and returning are a review by a second trainer. A reopened scenario is what it was when it was retired:
    its live version is played again. Raises :class:`NoSuchScenario`, :class:`Stale`, :class:`NotNow`,
    :class:`OwnWork`.
    """
    with writing(actor_id, now) as deed:
        row = _locked(deed, scenario_id, base)
        if not may_move(before := _state(row), move):
            raise NotNow(before)
        if move in (Move.APPROVE, Move.RETURN):
            _reviewed(row, actor_id, now, comment)
        match move:
            case Move.SUBMIT:
                row.newest.state = State.REVIEW.value
            case Move.RETURN:
                row.newest.state = State.DRAFT.value
            case Move.APPROVE:
                if row.live is not None:
                    row.live.state = State.RETIRED.value
                row.newest.state = State.LIVE.value
                row.live_id = row.newest_id
            case Move.RETIRE | Move.REOPEN:
                row.retired = move is Move.RETIRE
        deed.note(f"scenario.{move}", f"scenario:{row.id}", code=row.code, version=base, before=before, comment=comment)


def _reviewed(row: Row, actor_id: int, now: datetime, comment: str) -> None:
    if not may_review(actor_id, _authors_to_review(row.id)):
        raise OwnWork
    row.newest.reviewer_id, row.newest.reviewed_at, row.newest.comment = actor_id, now, comment
