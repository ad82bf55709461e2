"""Regrading after a key was wrong: dry run, two persons, one commit; a second run changes nothing (contract 5)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from pydantic import ValidationError
from sqlalchemy import bindparam, func, select, update

from lms.domain import bank
from lms.domain.attempts import AttemptState
from lms.domain.proposals import DeedKind
from lms.domain.questions import Question as Content
from lms.domain.regrade import Treatment, share_under
from lms.domain.results import Earned, outcome
from lms.extensions import db
from lms.models.bank import Question, QuestionKey, QuestionVersion
from lms.models.exams import Attempt, PaperQuestion, Sitting
from lms.services.marking import OnPaper, blueprint_for, questions_of_all, second_markings
from lms.services.proposals import add_proposal, made_again
from lms.services.results import newest_results, revise_exams
from lms.services.writing import Deed, writing

_ON_PAPER: Any = PaperQuestion.__table__
_MARK = (
    update(_ON_PAPER)
    .where(_ON_PAPER.c.attempt_id == bindparam("attempt"), _ON_PAPER.c.position == bindparam("at"))
    .values(share=bindparam("earned"), key_id=bindparam("decided_by"))
)
NOT_REGRADED = (AttemptState.OPEN.value, AttemptState.VOID.value)


class NothingToChange(ValueError):
    """The correction is what stands already, and every answer is marked by it."""


class BadKey(ValueError):
    """The key does not fit the question."""


class CannotRegrade(LookupError):
    """There is no such version, or it is marked by people."""


@dataclass(frozen=True, slots=True)
class Correction:
    """How a version is to be marked from now on; ``key`` holds the key's fields (key, tolerance) where it changes."""

    version_id: int
    treatment: Treatment
    key: dict[str, Any]

    def dump(self) -> dict[str, Any]:
        return {"version": self.version_id, "treatment": self.treatment.value, "key": self.key}


def read_correction(payload: dict[str, Any]) -> Correction:
    return Correction(payload["version"], Treatment(payload["treatment"]), payload["key"])


@dataclass(frozen=True, slots=True)
class UsedVersion:
    """A version as the correction form shows it; ``uses``: answers handed in."""

    version_id: int
    number: int
    question: Content
    treatment: Treatment
    revision: int
    uses: int


def used_versions(code: str) -> Sequence[UsedVersion]:
    """The versions of a question, newest first; empty where there is no such question."""
    rows = db.session.execute(
        select(QuestionVersion.id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Question.code == code.strip().upper())
        .order_by(QuestionVersion.number.desc())
    ).scalars()
    return [used_version(version_id) for version_id in rows.all()]


def used_version(version_id: int) -> UsedVersion:
    """Raises :class:`CannotRegrade`."""
    version = db.session.get(QuestionVersion, version_id)
    if version is None:
        raise CannotRegrade
    key = _newest_key(version_id)
    uses = db.session.execute(
        select(func.count())
        .select_from(PaperQuestion)
        .join(Attempt, Attempt.id == PaperQuestion.attempt_id)
        .where(PaperQuestion.version_id == version_id, Attempt.state.not_in(NOT_REGRADED))
    ).scalar_one()
    question = bank.join(version.face, key.body)
    return UsedVersion(version_id, version.number, question, Treatment(key.treatment), key.revision, uses)


def _newest_key(version_id: int) -> QuestionKey:
    return db.session.execute(
        select(QuestionKey)
        .where(QuestionKey.version_id == version_id)
        .order_by(QuestionKey.revision.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).scalar_one()


def _corrected(correction: Correction) -> tuple[QuestionVersion, QuestionKey, Content, dict[str, Any]]:
    """(version, key that stands, question as corrected, its secrets). Raises BadKey, CannotRegrade."""
    version = db.session.get(QuestionVersion, correction.version_id)
    if version is None:
        raise CannotRegrade
    key = _newest_key(version.id)
    body = {**key.body, **correction.key}
    try:
        question = bank.join(version.face, body)
    except ValidationError as error:
        raise BadKey(str(error.errors()[0]["msg"])) from error
    if not question.OBJECTIVE:
        raise CannotRegrade
    return version, key, question, body


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that would earn something else; totals are None where a result is still to come."""

    attempt_id: int
    candidate_number: str
    sitting: str
    position: int
    points_before: Fraction
    points_after: Fraction
    total_before: Fraction | None
    total_after: Fraction | None
    passed_before: bool | None
    passed_after: bool | None
    second_marking: bool  # whether a second examiner marks before the release, because the total is near a pass line

    @property
    def flips(self) -> bool:
        return self.passed_before is not None and self.passed_before != self.passed_after


@dataclass(frozen=True, slots=True)
class DryRun:
    """Every mark that would change, pass/fail flips first; ``answers`` were looked at."""

    changes: Sequence[Change]
    answers: int

    @property
    def flips(self) -> int:
        return sum(change.flips for change in self.changes)

    @property
    def second_markings(self) -> int:
        return sum(change.second_marking for change in self.changes)


@dataclass(frozen=True, slots=True)
class _Remarked:
    attempt: Attempt
    sitting: str
    position: int
    points: int
    before: Fraction
    after: Fraction


def _remark(correction: Correction, question: Content, *, lock: bool = False) -> list[_Remarked]:
    """Every answer to the version that was handed in and not void, with its share before and after."""
    query = (
        select(PaperQuestion, Attempt, Sitting.title)
        .join(Attempt, Attempt.id == PaperQuestion.attempt_id)
        .join(Sitting, Sitting.id == Attempt.sitting_id)
        .where(
            PaperQuestion.version_id == correction.version_id,
            PaperQuestion.share.is_not(None),
            Attempt.state.not_in(NOT_REGRADED),
        )
        .order_by(Attempt.id)
        .execution_options(populate_existing=True)
    )
    if lock:
        query = query.with_for_update(of=Attempt)
    remarked = []
    for row, attempt, sitting in db.session.execute(query):
        before = row.share or Fraction(0)
        answer = json.loads(row.answer) if row.answer else None
        rule = blueprint_for(attempt).multiple_rule
        after = share_under(correction.treatment, question, answer, rule)
        remarked.append(_Remarked(attempt, sitting, row.position, row.points, before, after))
    return remarked


def dry_run(correction: Correction) -> DryRun:
    """What the correction would change; nothing is written. Raises BadKey, CannotRegrade."""
    question = _corrected(correction)[2]
    remarked = _remark(correction, question)
    changed = [one for one in remarked if one.before != one.after]
    results = newest_results([one.attempt.id for one in changed])
    papers = questions_of_all(results)
    computed = {
        one.attempt.id: outcome(blueprint_for(one.attempt), [_earned(q, one) for q in papers[one.attempt.id]])
        for one in changed
        if one.attempt.id in results
    }
    again = second_markings([one.attempt for one in changed], computed, papers)
    changes = []
    for one in changed:
        result, after = results.get(one.attempt.id), computed.get(one.attempt.id)
        changes.append(
            Change(
                attempt_id=one.attempt.id,
                candidate_number=one.attempt.candidate_number,
                sitting=one.sitting,
                position=one.position,
                points_before=one.before * one.points,
                points_after=one.after * one.points,
                total_before=result.total if result else None,
                total_after=after.total if after else None,
                passed_before=result.passed if result else None,
                passed_after=after.passed if after else None,
                second_marking=one.attempt.id in again,
            )
        )
    changes.sort(key=lambda change: (not change.flips, change.attempt_id))
    return DryRun(changes, len(remarked))


def _earned(question: OnPaper, changed: _Remarked) -> Earned:
    share = changed.after if question.position == changed.position else question.earned.share
    return Earned(question.section, question.points, share, question.topic)


def _stands_already(key: QuestionKey, correction: Correction, body: dict[str, Any]) -> bool:
    return (key.treatment, key.body) == (correction.treatment.value, body)


def correct_key(person_id: int, correction: Correction, reason: str, now: datetime) -> int:
    """Ask a second trainer for the correction; the proposal's id.

    Raises BadKey, CannotRegrade, :class:`NothingToChange`, ProposalRefused.
    """
    version, key, _question, body = _corrected(correction)
    if _stands_already(key, correction, body) and not dry_run(correction).changes:
        raise NothingToChange
    with writing(person_id, now) as deed:
        return add_proposal(deed, DeedKind.REGRADE, f"version:{version.id}", correction.dump(), reason)


def proposed_again(person_id: int, correction: Correction, reason: str) -> int | None:
    """The open proposal by which the person has asked for this very correction already."""
    subject = f"version:{correction.version_id}"
    return made_again(person_id, DeedKind.REGRADE, subject, correction.dump(), reason)


def apply_correction(deed: Deed, payload: dict[str, Any], reason: str, proposed_by: int) -> int:
    """Write the new key revision and mark every answer by it; how many marks changed. Again: 0, nothing is written.

    Results that come out otherwise get a further revision; those released stay released.
    """
    correction = read_correction(payload)
    version, key, question, body = _corrected(correction)
    key_id = key.id
    if not _stands_already(key, correction, body):
        key_id = _add_revision(deed, key, correction, body, reason, proposed_by)
        _keep_digest(deed, version, question)
    remarked = _remark(correction, question, lock=True)
    changed = [one for one in remarked if one.before != one.after]
    marks = [
        {"attempt": one.attempt.id, "at": one.position, "earned": one.after, "decided_by": key_id} for one in remarked
    ]
    if marks:
        deed.session.connection().execute(_MARK, marks)
    revised = revise_exams(deed, [one.attempt for one in changed], "regrade")
    if key_id != key.id or changed:
        deed.note(
            "key.corrected",
            f"version:{version.id}",
            key=key_id,
            treatment=correction.treatment.value,
            reason=reason,
            proposed_by=proposed_by,
            marks_changed=len(changed),
            results=revised,
        )
    return len(changed)


def _add_revision(
    deed: Deed, key: QuestionKey, correction: Correction, body: dict[str, Any], reason: str, author_id: int
) -> int:
    fresh = QuestionKey(
        version_id=key.version_id,
        revision=key.revision + 1,
        body=body,
        treatment=correction.treatment.value,
        reason=reason,
        author_id=author_id,
        saved_at=deed.now,
    )
    deed.session.add(fresh)
    deed.session.flush()
    return fresh.id


def _keep_digest(deed: Deed, version: QuestionVersion, question: Content) -> None:
    """The bank's record now says something else than its file: a later load must report it, not undo it."""
    deed.session.execute(
        update(Question)
        .where(Question.id == version.question_id, Question.newest_id == version.id)
        .values(digest=bank.digest(question), updated_at=deed.now)
        .execution_options(synchronize_session=False)
    )
