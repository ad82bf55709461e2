"""A sitting's results as a trainer looks through them: narrowed to what is to be done, searched, a page at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.domain.attempts import AttemptState
from lms.services.person_names import fold
from lms.services.release import Candidate, SittingResults

PAGE = 50


class Shown(StrEnum):
    """What a list may be narrowed to, in the order in which it is offered."""

    ALL = ""
    MARKING = "marking"
    READY = "ready"
    LATE = "late"
    OVERDUE = "overdue"
    FAILED = "failed"
    RELEASED = "released"
    VOID = "void"


_HOLDS: Mapping[Shown, Callable[[Candidate], bool]] = {
    Shown.ALL: lambda one: True,
    Shown.MARKING: lambda one: one.state in (AttemptState.SUBMITTED, AttemptState.MARKING),
    Shown.READY: lambda one: one.ready,
    Shown.LATE: lambda one: one.late > 0,
    Shown.OVERDUE: lambda one: one.overdue,
    Shown.FAILED: lambda one: one.passed is False and one.state is not AttemptState.VOID,
    Shown.RELEASED: lambda one: one.state is AttemptState.RELEASED,
    Shown.VOID: lambda one: one.state is AttemptState.VOID,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of results; ``counts`` are of the whole sitting."""

    rows: Sequence[Candidate]
    counts: Mapping[Shown, int]
    shown: Shown
    total: int
    page: int
    pages: int


def listed(results: SittingResults, shown: Shown, query: str, page: int) -> Listed:
    """Those of ``shown`` whose number, name, pinyin, initials or candidate number hold ``query``."""
    wanted = fold(query)
    found = [one for one in results.candidates if _HOLDS[shown](one) and wanted in one.search]
    counts = {choice: sum(map(holds, results.candidates)) for choice, holds in _HOLDS.items()}
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, page), pages)
    return Listed(found[(page - 1) * PAGE : page * PAGE], counts, shown, len(found), page, pages)
