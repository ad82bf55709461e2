"""Marking written cases 评分: points per criterion, whole numbers from nothing to what the guide gives."""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from fractions import Fraction

from lms.domain.questions import Criterion

LONGEST_COMMENT = 2000
LONGEST_PHRASE = 500

Marks = dict[str, int]  # criterion id → points


class Round(IntEnum):
    """Why an answer is marked."""

    FIRST = 1
    SECOND = 2  # double marking
    THIRD = 3  # the two before were too far apart
    APPEAL = 4  # and beyond: each further appeal is one round more


class MarksRejected(ValueError):
    """What is wrong, by criterion id: ``missing`` or ``out-of-range``."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__(", ".join(f"{criterion}: {problem}" for criterion, problem in problems.items()))


def read_marks(raw: Mapping[str, object], guide: Sequence[Criterion], *, whole: bool) -> Marks:
    """The points that were sent for the guide's criteria; names of other criteria are ignored.

    ``whole``: every criterion must have its points (a draft may lack some). Raises :class:`MarksRejected`.
    """
    marks: Marks = {}
    problems: dict[str, str] = {}
    for criterion in guide:
        sent = raw.get(criterion.id)
        if sent is None or sent == "":
            if whole:
                problems[criterion.id] = "missing"
            continue
        points = _whole_number(sent)
        if points is None or not 0 <= points <= criterion.points:
            problems[criterion.id] = "out-of-range"
        else:
            marks[criterion.id] = points
    if problems:
        raise MarksRejected(problems)
    return marks


def _whole_number(sent: object) -> int | None:
    if isinstance(sent, int) and not isinstance(sent, bool):
        return sent
    if isinstance(sent, str) and sent.isascii() and sent.isdigit() and len(sent) <= 3:
        return int(sent)
    return None


def share_of(points: Fraction | int, guide: Sequence[Criterion]) -> Fraction:
    """The part 0…1 of the guide's points."""
    return Fraction(points) / sum(criterion.points for criterion in guide)
