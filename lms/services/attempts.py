"""Attempts: start one, hold it with one device, look at it."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Insert,
    Integer,
    String,
    bindparam,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from lms.domain.access_rules import RULES, AccessRequest, Intent, Reason, refusals
from lms.domain.attempts import AttemptState, deadline, remaining
from lms.domain.frozen_paper import FrozenPaper, digest
from lms.domain.sittings import reads_keys
from lms.domain.values import Language, Texts
from lms.extensions import db
from lms.models.exams import Allowance, Attempt, AttemptEvent, Invigilator, Paper, PaperQuestion, Save, Sitting
from lms.services import json_rows, paper_shelf, sitting_papers
from lms.services.sign_in import SignedIn
from lms.services.writing import writing

CANDIDATE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class NotYours(LookupError):
    """There is no such attempt, or it is another person's: the caller cannot tell which."""


class HeldElsewhere(Exception):
    """Another device holds the attempt. ``may_take_over``: confirming is enough; else an invigilator must unlock."""

    def __init__(self, may_take_over: bool) -> None:
        self.may_take_over = may_take_over
        super().__init__()


class Paused(Exception):
    """An invigilator has stopped the clock: nothing is taken until it runs again."""


class MayNotContinue(Exception):
    """An access rule stands in the way; the attempt's page says which."""


class NoLongerOpen(Exception):
    """The attempt has been handed in, or its time is up."""


def attempt_seed(sitting_seed: int, person_id: int, number: int) -> int:
    """The seed of one person's n-th paper: a function of the sitting's seed, so that it can be drawn again."""
    return int.from_bytes(_hash(f"paper:{sitting_seed}:{person_id}:{number}")[:7])


def candidate_number(sitting_id: int, sitting_seed: int, person_id: int, number: int) -> str:
    """``K-7Q2M9X``: what markers see. Made from the sitting's secret seed, so that it leads back to nobody."""
    digest_ = _hash(f"candidate:{sitting_id}:{sitting_seed}:{person_id}:{number}")
    return "K-" + "".join(CANDIDATE_ALPHABET[byte % len(CANDIDATE_ALPHABET)] for byte in digest_[:6])


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


_SO_FAR = select(
    select(func.count())
    .where(Attempt.sitting_id == bindparam("sitting"), Attempt.person_id == bindparam("person"))
    .scalar_subquery(),
    select(Allowance.factor)
    .where(Allowance.sitting_id == bindparam("sitting"), Allowance.person_id == bindparam("person"))
    .scalar_subquery(),
)


def start(person: SignedIn, sitting_id: int, language: Language, now: datetime) -> int:
    """The id of the person's open attempt in the sitting: a new one, or the one that is already open.

    Whether the person may start is asked before (`services.sittings`, access rules); a double start is one start,
    by the unique index on open attempts. Raises CannotAssemble where the bank cannot fill the paper.
    """
    sitting = db.session.get_one(Sitting, sitting_id)
    if sitting.pool_taken_at is None:
        sitting_papers.take_pool(sitting_id, now)
    drawn_from = sitting_papers.prepared(sitting, language)
    values, _factor = opening(person, sitting, language, now)
    paper = drawn_from.paper(values["seed"])
    try:
        attempt_id = _insert(values, paper, drawn_from.question_ids, now)
    except IntegrityError:
        open_id = open_attempt(person.person_id)
        if open_id is None:
            raise
        return open_id
    paper_shelf.put(attempt_id, person.person_id, paper)
    return attempt_id


def opening(person: SignedIn, sitting: Sitting, language: Language, now: datetime) -> tuple[dict[str, Any], Fraction]:
    """The columns of the person's next attempt, and the factor of the time that they are due."""
    who = {"sitting": sitting.id, "person": person.person_id}
    used, due = db.session.connection().execute(_SO_FAR, who).one()
    number, factor = used + 1, due or Fraction(1)
    values = {
        "sitting_id": sitting.id,
        "person_id": person.person_id,
        "number": number,
        "candidate_number": candidate_number(sitting.id, sitting.seed, person.person_id, number),
        "language": language.value,
        "seed": attempt_seed(sitting.seed, person.person_id, number),
        "state": AttemptState.OPEN.value,
        "started_at": now,
        "deadline": deadline(now, sitting.closes_at, sitting.minutes, factor),
        "holder_id": person.sign_in_id,
        "last_seen_at": now,
    }
    return values, factor


_ATTEMPTS: Any = Attempt.__table__
_ON_PAPER: Any = PaperQuestion.__table__
_PAPERS: Any = Paper.__table__
_OPENING = (
    "sitting_id", "person_id", "number", "candidate_number", "language", "seed", "state", "started_at", "deadline",
    "holder_id", "last_seen_at",
)  # fmt: skip
_QUESTION = ("position", "question_id", "version_id", "points", "section", "kind")
_REST = {column.name: literal(column.default.arg, column.type) for column in _ATTEMPTS.c if column.default is not None}
_GIVEN = select(*(bindparam(name, type_=_ATTEMPTS.c[name].type) for name in _OPENING), *_REST.values())
_NEW_ATTEMPT = (
    insert(_ATTEMPTS).from_select([*_OPENING, *_REST], _GIVEN, include_defaults=False).returning(_ATTEMPTS.c.id)
)


def _new_paper(attempt: ColumnElement[int]) -> Insert:
    given = bindparam("body", type_=String), bindparam("sha256", type_=String)
    return insert(_PAPERS).from_select(["attempt_id", "body", "sha256"], select(attempt, *given))


def _new_questions(attempt: ColumnElement[int], dialect: str) -> Insert:
    rows = json_rows.unpacked(dialect, int, int, int, int, str, str)
    return insert(_ON_PAPER).from_select(["attempt_id", *_QUESTION], select(attempt, *rows))


# PostgreSQL takes attempt, paper and questions in one statement, one trip; on SQLite a trip costs nothing.
_MADE = _NEW_ATTEMPT.cte("made")
_NEW_AT_ONCE = select(_MADE.c.id).add_cte(
    _new_paper(_MADE.c.id).cte("paper"), _new_questions(_MADE.c.id, "postgresql").cte("questions")
)
_ITS: BindParameter[int] = bindparam("attempt", type_=Integer)
_NEW_ONE_BY_ONE = (_new_paper(_ITS), _new_questions(_ITS, "sqlite"))


def _insert(values: dict[str, Any], paper: FrozenPaper, question_ids: dict[int, int], now: datetime) -> int:
    body = paper.dump()
    questions = json_rows.packed(
        (one.position, question_ids[one.version_id], one.version_id, one.points, one.section, one.kind)
        for one in paper.questions
    )
    given = {**values, "body": body, "sha256": digest(body), **questions}
    with writing(values["person_id"], now) as deed:
        connection = deed.session.connection()
        at_once = connection.dialect.name == "postgresql"
        attempt_id: int = connection.execute(_NEW_AT_ONCE if at_once else _NEW_ATTEMPT, given).scalar_one()
        for statement in () if at_once else _NEW_ONE_BY_ONE:
            connection.execute(statement, {"attempt": attempt_id, **given})
        deed.note("attempt.started", f"attempt:{attempt_id}", sitting=values["sitting_id"], paper=given["sha256"])
    return attempt_id


def open_attempt(person_id: int) -> int | None:
    return db.session.execute(
        select(Attempt.id).where(Attempt.person_id == person_id, Attempt.state == "open")
    ).scalar_one_or_none()


@dataclass(frozen=True)
class Answered:
    """The answer that counts so far: ``value`` in letters as the browser sent it, and the flag."""

    value: Any
    flagged: bool


@dataclass(frozen=True)
class AttemptView:
    """What the exam page of one's own attempt needs; nothing of keys, marks or other people (contract 4)."""

    attempt_id: int
    sitting_title: str
    plan_title: Texts
    candidate_number: str
    paper: FrozenPaper
    navigation: str
    place: int
    state: AttemptState
    epoch: int
    held_here: bool
    may_take_over: bool
    refusals: list[Reason]
    paused: bool
    left: timedelta
    deadline: datetime
    submitted_at: datetime | None
    submitted_by: str | None
    due_at: datetime | None
    answers: dict[int, Answered]

    def is_blank(self, position: int) -> bool:
        given = self.answers.get(position)
        return given is None or not str(given.value or "").strip()


WATCHES = (
    select(Invigilator.person_id)
    .where(Invigilator.sitting_id == Sitting.id, Invigilator.person_id == Attempt.person_id)
    .exists()
)
_VIEW = select(Attempt, Sitting, WATCHES).join(Sitting, Sitting.id == Attempt.sitting_id)


def refusals_to_continue(sitting: Sitting, person: SignedIn, now: datetime, *, watches: bool) -> list[Reason]:
    """What keeps the person from going on with an open attempt; empty: come in."""
    request = AccessRequest(
        intent=Intent.CONTINUE,
        now=now,
        opens_at=sitting.opens_at,
        closes_at=sitting.closes_at,
        cancelled=sitting.cancelled_at is not None,
        reads_keys=reads_keys([str(role) for role in person.roles], invigilates=watches),
    )
    return [refusal.reason for refusal in refusals(RULES, request)]


def view(person: SignedIn, attempt_id: int, now: datetime) -> AttemptView:
    """One's own attempt; raises :class:`NotYours`."""
    row = db.session.execute(_VIEW.where(Attempt.id == attempt_id, Attempt.person_id == person.person_id)).one_or_none()
    paper = paper_shelf.paper_of(attempt_id, person.person_id) if row else None
    if row is None or paper is None:
        raise NotYours
    attempt, sitting, watches = row
    return AttemptView(
        attempt_id=attempt.id,
        sitting_title=sitting.title,
        plan_title=sitting_papers.plan_of(sitting.blueprint_version_id).title,
        candidate_number=attempt.candidate_number,
        paper=paper,
        navigation=sitting.navigation,
        place=attempt.place,
        state=AttemptState(attempt.state),
        epoch=attempt.epoch,
        held_here=attempt.holder_id == person.sign_in_id,
        may_take_over=sitting.takeover == "free" or attempt.takeover_allowed,
        refusals=refusals_to_continue(sitting, person, now, watches=watches),
        paused=attempt.paused_at is not None,
        left=remaining(attempt.deadline, now, attempt.paused_at),
        deadline=attempt.deadline,
        submitted_at=attempt.submitted_at,
        submitted_by=attempt.submitted_by,
        due_at=attempt.due_at,
        answers=answers_that_count(attempt_id),
    )


_ranked = (
    select(
        Save.position,
        Save.value,
        func.row_number()
        .over(partition_by=Save.position, order_by=(Save.epoch.desc(), Save.seq.desc(), Save.id.desc()))
        .label("rank"),
    )
    .where(Save.attempt_id == bindparam("attempt"), Save.standing == "counts")
    .subquery()
)
_COUNTING = select(_ranked.c.position, _ranked.c.value).where(_ranked.c.rank == 1)


def answers_that_count(attempt_id: int) -> dict[int, Answered]:
    """Position → the newest answer by (epoch, seq) among those that arrived in time."""
    rows = db.session.connection().execute(_COUNTING, {"attempt": attempt_id})
    answers = {}
    for position, value in rows:
        saved = json.loads(value)
        answers[position] = Answered(saved.get("a"), bool(saved.get("f")))
    return answers


@dataclass(frozen=True)
class Held:
    """This page's hold on the attempt: the epoch under which it may save.

    What the browser still keeps unsent from ``carries_from`` on, this page may carry on: nothing newer was saved.
    """

    epoch: int
    carries_from: int
    left: timedelta
    paused: bool


def hold(person: SignedIn, attempt_id: int, *, take_over: bool, now: datetime) -> Held:
    """A new epoch. Every page that opens the attempt takes one, so that an older page is known as stale (contract 1).

    Raises :class:`NotYours`, :class:`MayNotContinue`, :class:`NoLongerOpen`, :class:`HeldElsewhere`.
    """
    row = db.session.execute(_VIEW.where(Attempt.id == attempt_id, Attempt.person_id == person.person_id)).one_or_none()
    if row is None:
        raise NotYours
    attempt, sitting, watches = row
    if refusals_to_continue(sitting, person, now, watches=watches):
        raise MayNotContinue
    with writing(person.person_id, now) as deed:
        deed.session.refresh(attempt, with_for_update=True)
        if attempt.state != AttemptState.OPEN:
            raise NoLongerOpen
        moved = attempt.holder_id != person.sign_in_id
        allowed = sitting.takeover == "free" or attempt.takeover_allowed
        if moved and not (take_over and allowed):
            raise HeldElsewhere(allowed)
        attempt.epoch += 1
        attempt.holder_id = person.sign_in_id
        attempt.last_seen_at = now
        if moved:
            attempt.takeover_allowed = False
            deed.session.add(AttemptEvent(attempt_id=attempt_id, kind="takeover", at=now, details={}))
            deed.note("attempt.taken-over", f"attempt:{attempt_id}")
        newest = deed.session.execute(_NEWEST_EPOCH, {"attempt": attempt_id}).scalar_one()
    left = remaining(attempt.deadline, now, attempt.paused_at)
    return Held(attempt.epoch, newest or 0, left, attempt.paused_at is not None)


_NEWEST_EPOCH = select(func.max(Save.epoch)).where(Save.attempt_id == bindparam("attempt"), Save.standing == "counts")


def go_on(person: SignedIn, attempt_id: int, place: int, now: datetime) -> None:
    """Forward navigation: leave question ``place`` for good. A second press of the same button changes nothing.

    Raises :class:`NotYours`, :class:`Paused`, :class:`HeldElsewhere`.
    """
    paper = paper_shelf.paper_of(attempt_id, person.person_id)
    if paper is None:
        raise NotYours
    with writing(person.person_id, now) as deed:
        went = deed.session.execute(
            update(Attempt)
            .where(Attempt.id == attempt_id, Attempt.state == "open", Attempt.place == place)
            .where(Attempt.holder_id == person.sign_in_id, Attempt.paused_at.is_(None))
            .where(Attempt.place < len(paper.questions))
            .values(place=place + 1)
            .returning(Attempt.id)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if went is None:
            attempt = deed.session.get_one(Attempt, attempt_id, populate_existing=True)
            if attempt.state == AttemptState.OPEN:
                check_hold(person, attempt)


def check_hold(person: SignedIn, attempt: Attempt) -> None:
    """Only the device that holds an attempt moves it, and only while the clock runs (contract 13).

    Raises :class:`Paused`, :class:`HeldElsewhere`.
    """
    if attempt.paused_at is not None:
        raise Paused
    if attempt.holder_id != person.sign_in_id:
        raise HeldElsewhere(attempt.sitting.takeover == "free" or attempt.takeover_allowed)


def check_hand_in(person: SignedIn, attempt: Attempt, now: datetime) -> None:
    """As :func:`check_hold`; but who may not continue may not take over either, and hands in on any device."""
    try:
        check_hold(person, attempt)
    except HeldElsewhere:
        found = db.session.execute(_VIEW.where(Attempt.id == attempt.id)).one()
        if not refusals_to_continue(attempt.sitting, person, now, watches=found[2]):
            raise


def is_own(person: SignedIn, attempt_id: int) -> bool:
    """Whether it is an attempt, exam or drill, of this person; an exam's paper at hand answers without a statement."""
    if paper_shelf.paper_of(attempt_id, person.person_id) is not None:
        return True
    own = select(Attempt.id).where(Attempt.id == attempt_id, Attempt.person_id == person.person_id)
    return db.session.execute(own).first() is not None


def ask_for_unlock(person: SignedIn, attempt_id: int, now: datetime) -> None:
    """Tell the invigilator that a second device waits; raises :class:`NotYours`."""
    if not is_own(person, attempt_id):
        raise NotYours
    with writing(person.person_id, now) as deed:
        deed.session.add(AttemptEvent(attempt_id=attempt_id, kind="unlock-asked", at=now, details={}))
