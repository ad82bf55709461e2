"""Blueprints 组卷蓝图: list, save as a new version, say what the bank has against what they want, draw a sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from lms.domain import bank
from lms.domain.blueprints import Blueprint as ExamPlan
from lms.domain.blueprints import Cell
from lms.domain.drills.plans import DrillPlan
from lms.domain.frozen_paper import FrozenPaper, freeze
from lms.domain.papers import Assembler, Stock, found, shortages, wanted
from lms.domain.plans import EXAM, Plan, kind_of, read_plan
from lms.domain.roleplay_plans import RolePlayPlan
from lms.domain.values import Language
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion, QuestionVersion
from lms.models.exams import Sitting
from lms.models.people import Person
from lms.services.blueprint_files import add_blueprint_version
from lms.services.sitting_papers import live_pool, live_stock
from lms.services.writing import Deed, writing


class NoSuchBlueprint(LookupError):
    """There is no blueprint of this number."""


class CodeTaken(ValueError):
    """Another blueprint has this code."""


class Stale(Exception):
    """Somebody saved the blueprint since the page was opened; ``newest`` is what stands now."""

    def __init__(self, newest: "BlueprintPage") -> None:
        self.newest = newest
        super().__init__(f"version {newest.number} was saved")


class Unchanged(Exception):
    """What was typed is what is there: no version is made."""


@dataclass(frozen=True, slots=True)
class BlueprintPage:
    """The newest version of a blueprint or drill plan; ``author`` empty: loaded from a file.

    ``sittings`` stand on any version.
    """

    id: int
    number: int
    author: str
    saved_at: datetime
    retired: bool
    sittings: int
    plan: Plan

    @property
    def kind(self) -> str:
        return kind_of(self.plan)

    @property
    def exam(self) -> ExamPlan:
        """The plan of an exam. Raises :class:`NoSuchBlueprint` for a drill."""
        if not isinstance(self.plan, ExamPlan):
            raise NoSuchBlueprint
        return self.plan

    @property
    def drill(self) -> DrillPlan:
        """The plan of a drill. Raises :class:`NoSuchBlueprint` for an exam."""
        if not isinstance(self.plan, DrillPlan):
            raise NoSuchBlueprint
        return self.plan

    @property
    def roleplay(self) -> RolePlayPlan:
        """The plan of role-plays. Raises :class:`NoSuchBlueprint` for any other."""
        if not isinstance(self.plan, RolePlayPlan):
            raise NoSuchBlueprint
        return self.plan


@dataclass(frozen=True, slots=True)
class Fill:
    """One cell against the bank: how many questions fit in each language, and how many are missing there."""

    cell: Cell
    need: int  # so that the exposure cap holds
    has: dict[Language, int]
    missing: dict[Language, int]  # of ``need``; a language that is not short is not in it
    impossible: frozenset[Language]  # where not even one paper can be drawn


def newest_plans() -> Sequence[ExamPlan]:
    """The newest version of every exam's blueprint that is in use."""
    bodies = db.session.execute(
        select(BlueprintVersion.body)
        .join(Blueprint, Blueprint.newest_id == BlueprintVersion.id)
        .where(Blueprint.retired.is_(False), Blueprint.kind == EXAM)
    ).scalars()
    return [ExamPlan.model_validate(body) for body in bodies]


_SITTINGS = (
    select(func.count())
    .select_from(Sitting)
    .join(BlueprintVersion, BlueprintVersion.id == Sitting.blueprint_version_id)
    .where(BlueprintVersion.blueprint_id == Blueprint.id)
    .scalar_subquery()
)
_PAGES = (
    select(Blueprint, BlueprintVersion, Person.name, _SITTINGS)
    .join(BlueprintVersion, BlueprintVersion.id == Blueprint.newest_id)
    .outerjoin(Person, Person.id == BlueprintVersion.author_id)
)


def blueprint_pages() -> Sequence[BlueprintPage]:
    """All blueprints and drill plans: those in use first, exams before drills, certification before others."""
    pages = [_page(*row) for row in db.session.execute(_PAGES)]
    return sorted(pages, key=_rank)


def _rank(page: BlueprintPage) -> tuple[object, ...]:
    return page.retired, page.kind != EXAM, not page.plan.certification, page.plan.code


def blueprint_page(blueprint_id: int) -> BlueprintPage:
    """Raises :class:`NoSuchBlueprint`."""
    row = db.session.execute(_PAGES.where(Blueprint.id == blueprint_id)).one_or_none()
    if row is None:
        raise NoSuchBlueprint
    return _page(*row)


def _page(row: Blueprint, version: BlueprintVersion, author: str | None, sittings: int) -> BlueprintPage:
    plan = read_plan(version.body)
    return BlueprintPage(row.id, version.number, author or "", version.saved_at, row.retired, sittings, plan)


def fill(plan: ExamPlan, stock: Stock | None = None) -> list[Fill]:
    """Every cell of the plan against the live bank (``stock``, where that was counted already), in the plan's order."""
    stock = live_stock() if stock is None else stock
    short = {language: {s.cell: s for s in shortages(plan, stock, language)} for language in Language}
    return [
        Fill(
            cell,
            wanted(cell, plan.exposure_cap),
            {language: found(cell, stock, language) for language in Language},
            {language: short[language][cell].missing for language in Language if cell in short[language]},
            frozenset(
                language
                for language in Language
                if cell in short[language] and short[language][cell].found < cell.pick.count
            ),
        )
        for cell in plan.cells()
    ]


def sample_paper(plan: ExamPlan, language: Language, seed: int) -> FrozenPaper:
    """A paper of the live bank as a candidate would get it. Raises CannotAssemble."""
    pool = live_pool(plan)
    versions = {entry.code: version for entry, version in pool}
    form = Assembler(plan, [entry for entry, _version in pool], language).form(seed)
    drawn = [versions[question.code] for question in form.questions]
    rows = db.session.execute(select(QuestionVersion.id, QuestionVersion.face).where(QuestionVersion.id.in_(drawn)))
    faces = {face["code"]: (version, face) for version, face in rows}
    return freeze(form, faces, title=plan.title.in_(language), blueprint=plan.code)


def create(actor_id: int, now: datetime, plan: Plan) -> int:
    """A new blueprint; its id. Raises :class:`CodeTaken`."""
    with writing(actor_id, now) as deed:
        if deed.session.execute(select(Blueprint.id).where(Blueprint.code == plan.code)).first():
            raise CodeTaken(plan.code)
        row = Blueprint(code=plan.code, kind=kind_of(plan), digest="")
        deed.session.add(row)
        deed.session.flush()
        add_blueprint_version(deed, row, plan, author_id=actor_id)
        deed.note("blueprint.created", f"blueprint:{row.id}", code=plan.code)
        return row.id


def save(actor_id: int, now: datetime, blueprint_id: int, base: int, plan: Plan) -> int:
    """A new version on top of version ``base``; its number. Sittings keep the version that they were made with.

    Raises :class:`NoSuchBlueprint`, :class:`Stale`, :class:`Unchanged`.
    """
    with writing(actor_id, now) as deed:
        row = _locked(deed, blueprint_id)
        newest = blueprint_page(blueprint_id)
        if newest.number != base:
            raise Stale(newest)
        if bank.digest(plan) == row.digest:
            raise Unchanged
        version = add_blueprint_version(deed, row, plan, author_id=actor_id)
        deed.note("blueprint.saved", f"blueprint:{row.id}", code=row.code, version=version.number)
        return version.number


def set_retired(actor_id: int, now: datetime, blueprint_id: int, retired: bool) -> None:
    """Take a blueprint out of use, or back. Raises :class:`NoSuchBlueprint`."""
    with writing(actor_id, now) as deed:
        row = _locked(deed, blueprint_id)
        if row.retired != retired:
            row.retired = retired
            deed.note("blueprint.retired" if retired else "blueprint.reopened", f"blueprint:{row.id}", code=row.code)


def _locked(deed: Deed, blueprint_id: int) -> Blueprint:
    row = deed.session.execute(
        select(Blueprint)
        .where(Blueprint.id == blueprint_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NoSuchBlueprint
    return row
