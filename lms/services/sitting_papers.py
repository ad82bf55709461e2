"""Papers of a sitting: the pool snapshot with its exposure weights, and the forms drawn from it."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from threading import Lock
from typing import Any

from sqlalchemy import and_, func, not_, select

from lms.domain.blueprints import Blueprint
from lms.domain.frozen_paper import FrozenPaper, freeze
from lms.domain.papers import (
    Assembler,
    CannotAssemble,
    PoolEntry,
    Sort,
    Stock,
    exposure_weight,
    rehearse,
    shortages,
    stock_of,
)
from lms.domain.plans import EXAM, Plan, read_plan
from lms.domain.questions import Kind, Section
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import Blueprint as BlueprintRow
from lms.models.bank import BlueprintVersion, Question, QuestionVersion
from lms.models.exams import Attempt, PaperQuestion, Sitting
from lms.services.lanes import standing_aside
from lms.services.one_by_one import one_by_one
from lms.services.writing import writing


@lru_cache(maxsize=64)
def plan_of(version_id: int) -> Plan:
    """What a sitting is made from, exam or drill; a version never changes, so it is read once."""
    return read_plan(db.session.get_one(BlueprintVersion, version_id).body)


def blueprint_of(version_id: int) -> Blueprint:
    """The blueprint of an exam. Raises LookupError where the version is the plan of a drill or of role-plays."""
    plan = plan_of(version_id)
    if not isinstance(plan, Blueprint):
        raise LookupError(f"version {version_id} is a {plan.kind} plan")
    return plan


def live_pool(blueprint: Blueprint) -> list[tuple[PoolEntry, int]]:
    """Every live question that the blueprint could use, with its live version and the weight its past gives it."""
    sections = [plan.section.value for plan in blueprint.sections]
    rows = db.session.execute(
        select(Question.id, QuestionVersion.id, QuestionVersion.face)
        .join(QuestionVersion, QuestionVersion.id == Question.live_id)
        .where(Question.section.in_(sections))
        .order_by(Question.code)
    ).all()
    rates = exposure_rates([question_id for question_id, _version_id, _face in rows])
    cap = float(blueprint.exposure_cap)
    return [
        (_entry(face, exposure_weight(rates.get(question_id, 0.0), cap)), version_id)
        for question_id, version_id, face in rows
    ]


# What the columns of a question say is true of its newest version, and a guide's points are only in the face.
_TOLD_BY_COLUMNS = and_(Question.live_id == Question.newest_id, Question.kind != Kind.WRITTEN.value)


def live_stock() -> Stock:
    """How many live questions there are of each sort; no more faces are read than must be."""
    sort = (Question.section, Question.topic, Question.kind, Question.difficulty, Question.languages)
    counted = db.session.execute(select(*sort, func.count()).where(_TOLD_BY_COLUMNS).group_by(*sort))
    stock = Counter(
        {
            Sort(Section(section), topic, Kind(kind), difficulty, frozenset(map(Language, languages.split())), None): n
            for section, topic, kind, difficulty, languages, n in counted
        }
    )
    faces = db.session.execute(
        select(QuestionVersion.face)
        .join(Question, Question.live_id == QuestionVersion.id)
        .where(not_(_TOLD_BY_COLUMNS))
    ).scalars()
    return stock + Counter(stock_of([_entry(face, 1.0) for face in faces]))


def _entry(face: dict[str, Any], weight: float) -> PoolEntry:
    presented = [part["id"] for part in (*face.get("options", ()), *face.get("steps", ()))]
    criteria = face.get("guide", ())
    return PoolEntry(
        code=face["code"],
        section=Section(face["section"]),
        topic=face["topic"],
        kind=Kind(face["kind"]),
        difficulty=face["difficulty"],
        languages=frozenset(language for language in Language if face["stem"].get(language.value)),
        enemies=frozenset(face.get("enemies", ())),
        presented=tuple(presented),
        points=sum(criterion["points"] for criterion in criteria) or None,
        weight=weight,
    )


def exposure_rates(question_ids: Sequence[int]) -> dict[int, float]:
    """Question id → papers that held it ÷ papers drawn since it was first used (its opportunities), 0…1."""
    if not question_ids:
        return {}
    papers = db.session.execute(select(func.count()).select_from(Attempt)).scalar_one()
    uses = db.session.execute(
        select(PaperQuestion.question_id, func.count(), func.min(PaperQuestion.attempt_id)).group_by(
            PaperQuestion.question_id
        )
    ).all()
    first_ever = min((first for _question, _count, first in uses), default=0)
    wanted = set(question_ids)
    rates = {}
    for question_id, count, first in uses:
        if question_id in wanted:
            opportunities = max(count, papers - (first - first_ever))
            rates[question_id] = count / opportunities
    return rates


_taking = Lock()


def take_pool(sitting_id: int, now: datetime) -> bool:
    """The sitting's snapshot, taken once, before its first paper (contract 5); later edits change nothing.

    Whether this call took it.

    ``{"versions": {code: version id}, "weights": {language: {code: weight}}}``: the rehearsed weights stand beside
    the versions, so that a paper can be drawn again from snapshot and seed alone.
    """
    db.session.commit()  # ends the reading: who waits keeps no connection from the one who takes
    with standing_aside(), _taking:  # a start rush rehearses once a process, not once a candidate
        sitting = db.session.get_one(Sitting, sitting_id, populate_existing=True)
        if sitting.pool_taken_at is not None:
            return False
        blueprint = blueprint_of(sitting.blueprint_version_id)
        pool = live_pool(blueprint)
        body = {
            "versions": {entry.code: version for entry, version in pool},
            "weights": _rehearsed(blueprint, [entry for entry, _version in pool]),
        }
        with writing(None, now) as deed:
            fresh = deed.session.get_one(Sitting, sitting_id, populate_existing=True)
            if fresh.pool_taken_at is not None:
                return False
            fresh.pool = body
            fresh.pool_taken_at = now
            deed.note("sitting.pool-taken", f"sitting:{sitting_id}", questions=len(pool))
            return True


def _rehearsed(blueprint: Blueprint, pool: list[PoolEntry]) -> dict[str, dict[str, float]]:
    """Language → weights, for the languages in which the bank fills the blueprint."""
    weights = {}
    for language in Language:
        with suppress(CannotAssemble):
            weights[language.value] = rehearse(blueprint, pool, language)
    return weights


def take_pools_due(now: datetime, ahead: timedelta = timedelta(minutes=2)) -> int:
    """Take the snapshots of sittings that open within ``ahead``, so that nobody waits for it; how many there were."""
    due = db.session.execute(
        select(Sitting.id)
        .join(BlueprintVersion, BlueprintVersion.id == Sitting.blueprint_version_id)
        .join(BlueprintRow, BlueprintRow.id == BlueprintVersion.blueprint_id)
        .where(
            BlueprintRow.kind == EXAM,
            Sitting.pool_taken_at.is_(None),
            Sitting.cancelled_at.is_(None),
            Sitting.opens_at <= now + ahead,
            Sitting.closes_at > now,
        )
    ).scalars()
    return one_by_one(partial(take_pool, sitting_id, now) for sitting_id in list(due))


@dataclass(frozen=True)
class Prepared:
    """What drawing a paper of one sitting in one language needs, made once."""

    blueprint: Blueprint
    navigation: str
    assembler: Assembler
    faces: dict[str, tuple[int, dict[str, Any]]]
    question_ids: dict[int, int]  # version id → question id

    def paper(self, seed: int) -> FrozenPaper:
        """Same seed, same paper."""
        form = self.assembler.form(seed)
        title = self.blueprint.title.in_(form.language)
        return freeze(form, self.faces, title=title, blueprint=self.blueprint.code, navigation=self.navigation)


_preparing = Lock()


def prepared(sitting: Sitting, language: Language) -> Prepared:
    """Raises CannotAssemble where the snapshot cannot fill the blueprint in ``language``."""
    with _preparing:  # all start at once: one of them prepares, the others find it done
        return _prepared(sitting.id, sitting.blueprint_version_id, language, sitting.pool_taken_at)


@lru_cache(maxsize=8)
def _prepared(sitting_id: int, blueprint_version_id: int, language: Language, _taken_at: Any) -> Prepared:
    pool, navigation = db.session.execute(
        select(Sitting.pool, Sitting.navigation).where(Sitting.id == sitting_id, Sitting.pool.is_not(None))
    ).one()
    pool = pool or {}
    faces = _faces_of(list(pool["versions"].values()))
    blueprint = blueprint_of(blueprint_version_id)
    weights = pool["weights"].get(language.value)
    return Prepared(
        blueprint,
        navigation,
        Assembler(blueprint, [found[2] for found in faces.values()], language, weights),
        {found[1]["code"]: (version_id, found[1]) for version_id, found in faces.items()},
        {version_id: found[0] for version_id, found in faces.items()},
    )


_Face = tuple[int, dict[str, Any], PoolEntry]  # question id, face, and the face as the draw needs it
_faces: dict[int, _Face] = {}  # by version, which never changes: all sittings hold the same
FACES = 8192


def _faces_of(version_ids: Sequence[int]) -> dict[int, _Face]:
    missing = [version_id for version_id in version_ids if version_id not in _faces]
    if missing:
        if len(_faces) + len(missing) > FACES:
            _faces.clear()
            missing = list(version_ids)
        query = select(QuestionVersion.id, QuestionVersion.question_id, QuestionVersion.face)
        for version_id, question_id, face in db.session.execute(query.where(QuestionVersion.id.in_(missing))):
            _faces[version_id] = (question_id, face, _entry(face, 1.0))
    return {version_id: _faces[version_id] for version_id in version_ids}


def languages_of(sitting: Sitting) -> list[Language]:
    """The languages in which the sitting's papers can be drawn, from the snapshot or, before it, the live bank.

    A drill's tasks are made in every language, and every scenario is written in each.
    """
    if not isinstance(plan_of(sitting.blueprint_version_id), Blueprint):
        return list(Language)
    if sitting.pool_taken_at is not None:
        return [language for language in Language if _can_draw(sitting, language)]
    stock = live_stock()
    blueprint = blueprint_of(sitting.blueprint_version_id)
    return [
        language
        for language in Language
        if not any(short.found < short.cell.pick.count for short in shortages(blueprint, stock, language))
    ]


def _can_draw(sitting: Sitting, language: Language) -> bool:
    try:
        prepared(sitting, language)
    except CannotAssemble:
        return False
    return True


def forget() -> None:
    """Drop what was prepared (another database stands behind the same process: tests)."""
    _prepared.cache_clear()
    _faces.clear()
    plan_of.cache_clear()
