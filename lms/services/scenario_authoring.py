"""Writing scenarios: a sound text becomes the next version, a second trainer lets it live, nothing is overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from lms.content.bank_rules import cut_texts
from lms.content.problems import Problem, SourceFile, in_order, of_fault
from lms.content.scenario_skeleton import skeleton
from lms.content.scenarios import FOLDER, read_document
from lms.content.yaml_lines import YamlRefused, read_yaml
from lms.domain.bank_states import Move, State, may_move, may_review
from lms.domain.scenarios import Scenario
from lms.domain.scenarios.texts import Both
from lms.domain.wording import Worded
from lms.models.roleplays import Scenario as Row
from lms.services.scenario_pages import Version, authors_to_review, scenario_page, state_of, version_told
from lms.services.scenarios import NoSuchScenario, add_version, script_of
from lms.services.writing import Deed, writing

LARGEST = 400_000  # bytes; the largest that comes with the program has 60,000


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


class CodeTaken(ValueError):
    """Another scenario has this id."""


class Unsound(ValueError):
    """The text is no scenario that can be played; ``problems`` says where and how to mend it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(map(str, problems)))


@dataclass(frozen=True, slots=True)
class Checked:
    """``script`` is complete with its shared parts; None where one of the problems is an error."""

    script: Scenario | None
    problems: Sequence[Problem]


def check(code: str, text: str) -> Checked:
    """A text as the scenario ``code``, with every problem at its line. Never raises on what the text holds."""
    path = Path(FOLDER) / f"{code}.yaml"
    raw = text.encode("utf-8", "replace")
    if len(raw) > LARGEST:
        what = Worded("the text has %(count)s bytes, at most %(most)s are allowed",
                      count=f"{len(raw):,}", most=f"{LARGEST:,}")  # fmt: skip
        return Checked(None, [Problem(path.as_posix(), 1, "", what, Worded("make it shorter"))])
    try:
        document = read_yaml(raw)
    except YamlRefused as refused:
        return Checked(None, [of_fault(path, fault) for fault in refused.faults])
    named = document.data.get("id") if isinstance(document.data, dict) else None
    if isinstance(named, str) and named != code:
        source = SourceFile(path, document)
        what = Worded("this is the scenario %(code)s", code=code)
        return Checked(None, [source.error(("id",), what, Worded("write id: %(code)s", code=code))])
    source = SourceFile(path, document)
    read = read_document(source)
    problems = in_order([*read.problems, *cut_texts(source)])
    filed = read.scenarios.get(code)
    sound = filed is not None and not any(problem.is_error for problem in problems)
    return Checked(filed.scenario if filed and sound else None, problems)


def create(actor_id: int, now: datetime, code: str, title: Both, source_id: int | None) -> int:
    """A new scenario as its author's draft: the newest script of scenario ``source_id`` under a name of its own, or
    the skeleton. Its id. Raises :class:`NoSuchScenario`, :class:`CodeTaken`.
    """
    begun = skeleton() if source_id is None else script_of(scenario_page(source_id).newest.id)
    written = {name: getattr(begun, name) for name in Scenario.model_fields}
    script = Scenario(**{**written, "id": code, "title": title})
    with writing(actor_id, now) as deed:
        if deed.session.execute(select(Row.id).where(Row.code == code)).first():
            raise CodeTaken(code)
        row = Row(code=code, digest="")
        deed.session.add(row)
        deed.session.flush()
        add_version(deed, row, script, author_id=actor_id, state=State.DRAFT.value)
        deed.note("scenario.created", f"scenario:{row.id}", code=code, copied=None if source_id is None else begun.id)
        return row.id


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
        raise Stale(version_told(row.newest))
    return row


def move(actor_id: int, now: datetime, scenario_id: int, base: int, move: Move, comment: str = "") -> None:
    """Submit, approve, return, retire or reopen version ``base`` of a scenario.

    Approving and returning are a review by a second trainer. A reopened scenario is what it was when it was retired:
    its live version is played again. Raises :class:`NoSuchScenario`, :class:`Stale`, :class:`NotNow`,
    :class:`OwnWork`.
    """
    with writing(actor_id, now) as deed:
        row = _locked(deed, scenario_id, base)
        if not may_move(before := state_of(row), move):
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
    if not may_review(actor_id, authors_to_review(row.id)):
        raise OwnWork
    row.newest.reviewer_id, row.newest.reviewed_at, row.newest.comment = actor_id, now, comment
