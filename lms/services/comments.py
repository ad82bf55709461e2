"""An examiner's own comment bank 评语库: phrases that they write often, the most used first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from lms.extensions import db
from lms.models.marking import MarkingComment
from lms.services.writing import writing

MOST_PHRASES = 100


class TooMany(ValueError):
    """The comment bank is full; something must go first."""


class NoSuchPhrase(LookupError):
    """There is none, or it is another examiner's."""


@dataclass(frozen=True, slots=True)
class Phrase:
    id: int
    text: str
    uses: int


def phrases(person_id: int) -> Sequence[Phrase]:
    rows = db.session.execute(
        select(MarkingComment.id, MarkingComment.text, MarkingComment.uses)
        .where(MarkingComment.person_id == person_id)
        .order_by(MarkingComment.uses.desc(), MarkingComment.id)
    )
    return [Phrase(*row) for row in rows]


def add_phrase(person_id: int, text: str, now: datetime) -> None:
    """The same phrase again adds nothing. Raises :class:`TooMany`."""
    with writing(person_id, now) as deed:
        mine = MarkingComment.person_id == person_id
        if deed.session.execute(select(MarkingComment.id).where(mine, MarkingComment.text == text)).first():
            return
        if deed.session.execute(select(func.count()).where(mine)).scalar_one() >= MOST_PHRASES:
            raise TooMany
        deed.session.add(MarkingComment(person_id=person_id, text=text, uses=0))


def change_phrase(person_id: int, phrase_id: int, text: str, now: datetime) -> None:
    _change(person_id, phrase_id, now, {"text": text})


def use_phrase(person_id: int, phrase_id: int, now: datetime) -> None:
    _change(person_id, phrase_id, now, {"uses": MarkingComment.uses + 1})


def _change(person_id: int, phrase_id: int, now: datetime, values: dict[str, Any]) -> None:
    with writing(person_id, now) as deed:
        changed: Any = deed.session.execute(
            update(MarkingComment)
            .where(MarkingComment.id == phrase_id, MarkingComment.person_id == person_id)
            .values(**values)
        )
        if changed.rowcount == 0:
            raise NoSuchPhrase


def delete_phrase(person_id: int, phrase_id: int, now: datetime) -> None:
    """Deleting what is gone already changes nothing."""
    with writing(person_id, now) as deed:
        deed.session.execute(
            delete(MarkingComment).where(MarkingComment.id == phrase_id, MarkingComment.person_id == person_id)
        )
