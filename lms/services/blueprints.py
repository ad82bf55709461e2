"""Blueprints 组卷蓝图: list, save as a new version, say what the bank has against what they want."""

from collections.abc import Sequence

from sqlalchemy import select

from lms.domain.blueprints import Blueprint as Plan
from lms.extensions import db
from lms.models.bank import Blueprint, BlueprintVersion


def newest_plans() -> Sequence[Plan]:
    """The newest version of every blueprint that is in use."""
    bodies = db.session.execute(
        select(BlueprintVersion.body)
        .join(Blueprint, Blueprint.newest_id == BlueprintVersion.id)
        .where(Blueprint.retired.is_(False))
    ).scalars()
    return [Plan.model_validate(body) for body in bodies]
