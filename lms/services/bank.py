"""The question bank: write a question, have it reviewed by a second trainer, bring it live, retire it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, cast, func, select

from lms.domain import bank, bank_differences
from lms.domain.bank_differences import Change
from lms.domain.bank_states import MOVES, Move, State, may_move, may_review
from lms.domain.questions import Question as Content
from lms.extensions import db
from lms.models.bank import Question, QuestionKey, QuestionReview, QuestionVersion
from lms.models.exams import Attempt, PaperQuestion, Sitting
from lms.models.people import Person
from lms.services.bank_files import columns_of
from lms.services.writing import Deed, writing

SEEN_SHOWN = 100


class NoSuchQuestion(LookupError):
    """There is no question of this number."""


class CodeTaken(ValueError):
    """Another question has this code; codes are never re-used."""


class UnknownEnemies(ValueError):
    """``codes`` name no question of the bank."""

    def __init__(self, codes: Sequence[str]) -> None:
        self.codes = tuple(codes)
        super().__init__(", ".join(codes))


class ForeignPrefix(ValueError):
    """The code begins otherwise than its topic's codes do, or as those of another topic: ``offered`` would be right.

    ``offered`` is empty where the topic has no codes yet, and any prefix will do that no other topic has.
    """

    def __init__(self, offered: str) -> None:
        self.offered = offered
        super().__init__(offered)


class Stale(Exception):
    """Somebody saved or moved the question since the page was opened; ``newest`` is what stands now."""

    def __init__(self, newest: "Version") -> None:
        self.newest = newest
        super().__init__(f"version {newest.number} was saved")


class Unchanged(Exception):
    """What was typed is what is there: no version is made."""


class NotNow(Exception):
    """The question's state does not allow this move."""


class OwnWork(Exception):
    """Four eyes: the reviewer wrote one of the versions since the last approved one."""


@dataclass(frozen=True, slots=True)
class Version:
    """A saved form of a question; ``author`` empty: loaded from a file."""

    id: int
    number: int
    author_id: int | None
    author: str
    saved_at: datetime
    note: str
    content: Content


@dataclass(frozen=True, slots=True)
class Review:
    number: int
    reviewer: str
    verdict: str
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """All that an author's page shows of a question."""

    id: int
    code: str
    state: State
    newest: Version
    live_number: int | None
    authors_to_review: frozenset[int | None]
    reviews: Sequence[Review]

    def may(self, move: Move) -> bool:
        return may_move(self.state, move)

    def may_be_reviewed_by(self, person_id: int) -> bool:
        return self.state is State.REVIEW and may_review(person_id, self.authors_to_review)


@dataclass(frozen=True, slots=True)
class Seen:
    """One person who got the question on a paper."""

    person: str
    person_number: str
    sitting: str
    at: datetime
    number: int


def question_page(question_id: int) -> QuestionPage:
    """Raises :class:`NoSuchQuestion`."""
    row = _find(question_id)
    live = db.session.get(QuestionVersion, row.live_id) if row.live_id else None
    return QuestionPage(
        row.id,
        row.code,
        State(row.state),
        _version(_newest(row)),
        live.number if live else None,
        _authors_to_review(row.id),
        _reviews(row.id),
    )


def _find(question_id: int) -> Question:
    row = db.session.get(Question, question_id)
    if row is None:
        raise NoSuchQuestion
    return row


def _newest(row: Question) -> QuestionVersion:
    assert row.newest_id is not None
    return db.session.get_one(QuestionVersion, row.newest_id)


def _version(version: QuestionVersion) -> Version:
    author = version.author
    return Version(
        version.id,
        version.number,
        version.author_id,
        author.name if author else "",
        version.saved_at,
        version.note,
        bank.join(version.face, version.keys[-1].body),
    )


def _reviews(question_id: int) -> Sequence[Review]:
    rows = db.session.execute(
        select(QuestionReview, QuestionVersion.number, Person.name)
        .join(QuestionVersion, QuestionVersion.id == QuestionReview.version_id)
        .join(Person, Person.id == QuestionReview.reviewer_id)
        .where(QuestionVersion.question_id == question_id)
        .order_by(QuestionReview.id.desc())
    )
    return [Review(number, name, review.verdict, review.comment, review.at) for review, number, name in rows]


def _authors_to_review(question_id: int) -> frozenset[int | None]:
    """Who wrote the versions since the last one that was approved or came from a file."""
    approved = (
        select(QuestionVersion.number)
        .outerjoin(QuestionReview, QuestionReview.version_id == QuestionVersion.id)
        .where(
            QuestionVersion.question_id == question_id,
            (QuestionReview.verdict == "approved") | QuestionVersion.author_id.is_(None),
        )
        .order_by(QuestionVersion.number.desc())
        .limit(1)
    )
    last = db.session.execute(approved).scalar_one_or_none() or 0
    authors = select(QuestionVersion.author_id).where(
        QuestionVersion.question_id == question_id, QuestionVersion.number > last
    )
    return frozenset(db.session.execute(authors).scalars())


def versions(question_id: int) -> Sequence[Version]:
    """Every version, the newest first."""
    rows = db.session.execute(
        select(QuestionVersion)
        .where(QuestionVersion.question_id == question_id)
        .order_by(QuestionVersion.number.desc())
    ).scalars()
    return [_version(row) for row in rows]


def changes(question_id: int, old: int, new: int) -> Sequence[Change]:
    """What changed between two versions; ``old`` 0 stands before the first. Raises :class:`NoSuchQuestion`."""
    by_number = {version.number: version.content for version in versions(question_id)}
    if new not in by_number or old not in by_number:
        raise NoSuchQuestion
    return bank_differences.differences(by_number[old], by_number[new])


def seen_by(question_id: int) -> tuple[Sequence[Seen], int]:
    """Who got the question on a paper, the latest first, and how many papers that makes."""
    rows = db.session.execute(
        select(Person.name, Person.number, Sitting.title, Attempt.started_at, QuestionVersion.number)
        .select_from(PaperQuestion)
        .join(Attempt, Attempt.id == PaperQuestion.attempt_id)
        .join(Person, Person.id == Attempt.person_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .join(QuestionVersion, QuestionVersion.id == PaperQuestion.version_id)
        .where(PaperQuestion.question_id == question_id)
        .order_by(Attempt.started_at.desc())
        .limit(SEEN_SHOWN)
    )
    papers = select(func.count()).select_from(PaperQuestion).where(PaperQuestion.question_id == question_id)
    return [Seen(*row) for row in rows], db.session.execute(papers).scalar_one()


def named_as_enemy_by(code: str) -> Sequence[str]:
    """Codes of the questions whose newest version names ``code`` as its enemy."""
    rows = db.session.execute(
        select(Question.code, QuestionVersion.face)
        .join(QuestionVersion, QuestionVersion.id == Question.newest_id)
        .where(cast(QuestionVersion.face, Text).contains(f'"{code}"', autoescape=True), Question.code != code)
        .order_by(Question.code)
    )
    return [other for other, face in rows if code in face.get("enemies", ())]


def names_of(version_ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """Version id → the code of its question and the version's number."""
    rows = db.session.execute(
        select(QuestionVersion.id, Question.code, QuestionVersion.number)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(QuestionVersion.id.in_(version_ids))
    )
    return {version_id: (code, number) for version_id, code, number in rows}


def unknown_codes(codes: Sequence[str]) -> Sequence[str]:
    """Those of ``codes`` that no question of the bank has."""
    known = set(db.session.execute(select(Question.code).where(Question.code.in_(codes))).scalars())
    return [code for code in codes if code not in known]


def next_codes() -> dict[str, str]:
    """Topic → the code after the highest with its usual prefix: ``billing`` → ``BIL-022``."""
    rows = db.session.execute(select(Question.topic, Question.code).order_by(Question.code)).all()
    highest: dict[str, int] = {}
    for _topic, code in rows:
        prefix, _hyphen, tail = code.rpartition("-")
        if tail.isdecimal():
            highest[prefix] = max(highest.get(prefix, 0), int(tail))
    usual = bank.usual_prefixes((topic, code) for topic, code in rows)
    return {topic: f"{prefix}-{highest.get(prefix, 0) + 1:03d}" for topic, prefix in usual.items()}


def check_prefix(topic: str, code: str) -> None:
    """Raises :class:`ForeignPrefix` where ``code`` would not say that its question belongs to ``topic``."""
    offered = next_codes()
    prefix = bank.prefix_of(code)
    usual = {name: bank.prefix_of(next_code) for name, next_code in offered.items()}
    if usual.get(topic, prefix) != prefix or (topic not in usual and prefix in usual.values()):
        raise ForeignPrefix(offered.get(topic, ""))


def create(actor_id: int, now: datetime, content: Content, note: str = "") -> int:
    """A new question as a draft; its id. Raises :class:`CodeTaken`, :class:`UnknownEnemies`, :class:`ForeignPrefix`."""
    check_prefix(content.topic, content.code)
    with writing(actor_id, now) as deed:
        if not unknown_codes([content.code]):
            raise CodeTaken(content.code)
        _check_enemies(content.enemies)
        columns = columns_of(content, bank.digest(content), now)
        row = Question(code=content.code, state=State.DRAFT.value, loaded_digest=None, **columns)
        deed.session.add(row)
        deed.session.flush()
        row.newest_id = _add_version(deed, row.id, 1, content, note).id
        deed.note("question.created", f"question:{row.id}", code=content.code)
        return row.id


def save(actor_id: int, now: datetime, question_id: int, base: int, content: Content, note: str = "") -> int:
    """A new version on top of version ``base``; its number. The question is a draft again, what is live stays live.

    Raises :class:`NoSuchQuestion`, :class:`Stale`, :class:`Unchanged`, :class:`UnknownEnemies`.
    """
    with writing(actor_id, now) as deed:
        row = _locked(deed, question_id, base)
        digest = bank.digest(content)
        if content == _version(_newest(row)).content:
            raise Unchanged
        _check_enemies(content.enemies)
        version = _add_version(deed, row.id, base + 1, content, note)
        row.newest_id = version.id
        row.state = State.DRAFT.value
        for name, value in columns_of(content, digest, now).items():
            setattr(row, name, value)
        deed.note("question.saved", f"question:{row.id}", code=row.code, version=version.number, digest=digest)
        return version.number


def _locked(deed: Deed, question_id: int, base: int) -> Question:
    """The question, locked until the commit, and still at version ``base``."""
    row = deed.session.execute(
        select(Question).where(Question.id == question_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NoSuchQuestion
    newest = _newest(row)
    if newest.number != base:
        raise Stale(_version(newest))
    return row


def _check_enemies(codes: Sequence[str]) -> None:
    if missing := unknown_codes(codes):
        raise UnknownEnemies(missing)


def _add_version(deed: Deed, question_id: int, number: int, content: Content, note: str) -> QuestionVersion:
    face, secrets = bank.split(content)
    version = QuestionVersion(
        question_id=question_id,
        number=number,
        face=face,
        digest=bank.digest(content),
        author_id=deed.actor_id,
        saved_at=deed.now,
        note=note,
        keys=[QuestionKey(revision=1, body=secrets, author_id=deed.actor_id, saved_at=deed.now)],
    )
    deed.session.add(version)
    deed.session.flush()
    return version


def move(actor_id: int, now: datetime, question_id: int, base: int, move: Move, comment: str = "") -> None:
    """Submit, approve, return, retire or reopen version ``base`` of a question.

    Approving and returning are a review by a second trainer. Reopening writes a version of its own, so that who
    reopened cannot approve. Raises :class:`NoSuchQuestion`, :class:`Stale`, :class:`NotNow`, :class:`OwnWork`.
    """
    with writing(actor_id, now) as deed:
        row = _locked(deed, question_id, base)
        if not may_move(State(row.state), move):
            raise NotNow(row.state)
        if move in (Move.APPROVE, Move.RETURN):
            _review(deed, row, move, comment)
        if move is Move.APPROVE:
            row.live_id = row.newest_id
        elif move is Move.RETIRE:
            row.live_id = None
        elif move is Move.REOPEN:
            row.newest_id = _add_version(deed, row.id, base + 1, _version(_newest(row)).content, comment).id
        before, row.state = row.state, MOVES[move][1].value
        row.updated_at = now
        deed.note(f"question.{move}", f"question:{row.id}", code=row.code, version=base, before=before, comment=comment)


def _review(deed: Deed, row: Question, move: Move, comment: str) -> None:
    if deed.actor_id is None or not may_review(deed.actor_id, _authors_to_review(row.id)):
        raise OwnWork
    verdict = "approved" if move is Move.APPROVE else "returned"
    deed.session.add(
        QuestionReview(
            version_id=row.newest_id, reviewer_id=deed.actor_id, verdict=verdict, comment=comment, at=deed.now
        )
    )
