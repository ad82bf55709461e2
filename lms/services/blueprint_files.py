"""Blueprints of exams and plans of drills between files and database, by the same rules as questions."""

from collections.abc import Iterable

from sqlalchemy import select

from lms.domain import bank
from lms.domain.plans import Plan, kind_of, read_plan
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion
from lms.services.load_report import Conflict, Known, LoadReport, judge
from lms.services.writing import Deed


def load_plans(deed: Deed, plans: Iterable[Plan], report: LoadReport) -> None:
    """Add a version where the file says otherwise and nobody edited the record since the last load.

    A code that belongs to a plan of another kind is a conflict.
    """
    rows = {row.code: row for row in deed.session.execute(select(Blueprint)).scalars()}
    for plan in plans:
        digest = bank.digest(plan)
        row = rows.get(plan.code)
        if row is None:
            row = Blueprint(code=plan.code, kind=kind_of(plan), digest=digest)
            deed.session.add(row)
            deed.session.flush()
            report.added.append(f"blueprint:{plan.code}")
        elif row.kind != kind_of(plan):
            report.conflicts.append(Conflict(f"blueprint:{plan.code}", both=True))
            continue
        else:
            verdict = judge(f"blueprint:{plan.code}", Known(row.id, row.digest, row.loaded_digest), digest, report)
            if verdict == "adopt":
                row.loaded_digest = digest
            if verdict != "update":
                continue
        add_blueprint_version(deed, row, plan, author_id=None)
        row.loaded_digest = digest


def add_blueprint_version(deed: Deed, row: Blueprint, plan: Plan, *, author_id: int | None) -> BlueprintVersion:
    """The next version of a blueprint, which becomes its newest; earlier ones, and sittings on them, stay."""
    last = db.session.get(BlueprintVersion, row.newest_id) if row.newest_id else None
    version = BlueprintVersion(
        blueprint_id=row.id,
        number=last.number + 1 if last else 1,
        body=plan.model_dump(mode="json", exclude_none=True),
        author_id=author_id,
        saved_at=deed.now,
    )
    deed.session.add(version)
    deed.session.flush()
    row.newest_id = version.id
    row.digest = bank.digest(plan)
    return version


def stored_plans() -> list[Plan]:
    """The newest version of every blueprint and drill plan that is in use, by code."""
    bodies = select(BlueprintVersion.body).join(Blueprint, Blueprint.newest_id == BlueprintVersion.id)
    found = db.session.execute(bodies.where(Blueprint.retired.is_(False)).order_by(Blueprint.code)).scalars()
    return [read_plan(body) for body in found]
