"""Work that came after the deadline and was kept apart (contract 1): what of it waits for an invigilator to decide."""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from lms.domain.invigilation import Intervention
from lms.extensions import db
from lms.models.exams import AttemptEvent, Save


@dataclass(frozen=True, slots=True)
class LateWork:
    """How many answers of an attempt would be others if its late saves counted: those that wait for a decision, and
    those that an invigilator left out."""

    waiting: int = 0
    left_out: int = 0


NO_LATE_WORK = LateWork()


def late_work(attempt_ids: Collection[int]) -> dict[int, LateWork]:
    """For the attempts that have any. What came late and says what counts already needs no decision."""
    late_ids = _with_late_saves(attempt_ids)
    if not late_ids:
        return {}
    decided = _left_out_at(late_ids)
    found: dict[int, list[bool]] = defaultdict(list)
    for (attempt_id, _position), newest in _newest_saves(late_ids).items():
        late, counting = newest.get("late"), newest.get("counts")
        if late is not None and _would_change(late, counting):
            left_at = decided.get(attempt_id)
            found[attempt_id].append(left_at is None or late.saved_at > left_at)
    return {attempt_id: LateWork(sum(waits), len(waits) - sum(waits)) for attempt_id, waits in found.items()}


def same_answer(one: Any, other: Any) -> bool:
    """Whether two answers say the same; nothing, an emptied text and no choice at all are one."""
    return (one or None) == (other or None)


def _with_late_saves(attempt_ids: Collection[int]) -> list[int]:
    late = select(Save.attempt_id).where(Save.attempt_id.in_(attempt_ids), Save.standing == "late").distinct()
    return list(db.session.execute(late).scalars())


def _left_out_at(attempt_ids: Collection[int]) -> dict[int, datetime]:
    """When late work was last left out. Where it was counted, what is late still came after that."""
    rows = db.session.execute(
        select(AttemptEvent.attempt_id, func.max(AttemptEvent.at))
        .where(AttemptEvent.attempt_id.in_(attempt_ids), AttemptEvent.kind == Intervention.LATE_LEFT.value)
        .group_by(AttemptEvent.attempt_id)
    )
    return {row[0]: row[1] for row in rows}


def _newest_saves(attempt_ids: Collection[int]) -> dict[tuple[int, int], dict[str, Row[Any]]]:
    """(attempt, position) → the newest save of each standing, by (epoch, seq) as answers are counted."""
    ranked = (
        select(
            Save.attempt_id, Save.position, Save.standing, Save.value, Save.saved_at, Save.epoch, Save.seq, Save.id,
            func.row_number()
            .over(
                partition_by=(Save.attempt_id, Save.position, Save.standing),
                order_by=(Save.epoch.desc(), Save.seq.desc(), Save.id.desc()),
            )
            .label("rank"),
        )
        .where(Save.attempt_id.in_(attempt_ids), Save.standing.in_(("counts", "late")))
        .subquery()
    )  # fmt: skip
    newest: dict[tuple[int, int], dict[str, Row[Any]]] = defaultdict(dict)
    for row in db.session.execute(select(ranked).where(ranked.c.rank == 1)):
        newest[row.attempt_id, row.position][row.standing] = row
    return newest


def _would_change(late: Row[Any], counting: Row[Any] | None) -> bool:
    """Whether the answer would be another one if the late save counted."""
    if counting is None:
        return not same_answer(json.loads(late.value).get("a"), None)
    follows = (late.epoch, late.seq, late.id) > (counting.epoch, counting.seq, counting.id)
    return follows and not same_answer(json.loads(late.value).get("a"), json.loads(counting.value).get("a"))
