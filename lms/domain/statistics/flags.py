"""Which items a person should look at again, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt, tanh

from lms.domain.statistics.options import OptionUse, rivals_key


class Flag(StrEnum):
    LIKELY_WRONG_KEY = "likely-wrong-key"
    TOO_EASY = "too-easy"
    TOO_HARD = "too-hard"
    WEAK_DISCRIMINATION = "weak-discrimination"
    LOW_EFFICIENCY = "low-efficiency"
    FEW_CANDIDATES = "few-candidates"


@dataclass(frozen=True)
class Thresholds:
    """In percent, save ``enough_candidates`` (people) and ``certainty`` (standard errors; one-sided 95 %)."""

    too_easy_above: float = 95
    too_hard_below: float = 30
    weak_discrimination_below: float = 15
    low_efficiency_below: float = 15
    enough_candidates: int = 30
    certainty: float = 1.645


def flags_of(
    n: int,
    facility: float | None,
    index: float | None,
    efficiency: float | None,
    options: Sequence[OptionUse],
    thresholds: Thresholds,
) -> tuple[Flag, ...]:
    """The flags of an item that ``n`` candidates had, the gravest first; a figure of None raises no flag.

    Below ``enough_candidates`` the figures are mostly chance: only a clearly negative index is spoken of.
    """
    few = n < thresholds.enough_candidates
    wrong_key = clearly_negative(index, n, thresholds) if few else _below(index, 0) or rivals_key(options)
    raised = {
        Flag.LIKELY_WRONG_KEY: wrong_key,
        Flag.TOO_EASY: not few and facility is not None and facility > thresholds.too_easy_above,
        Flag.TOO_HARD: not few and _below(facility, thresholds.too_hard_below),
        Flag.WEAK_DISCRIMINATION: not few and _below(index, thresholds.weak_discrimination_below),
        Flag.LOW_EFFICIENCY: not few and _below(efficiency, thresholds.low_efficiency_below),
        Flag.FEW_CANDIDATES: few,
    }
    return tuple(flag for flag, up in raised.items() if up)


def _below(figure: float | None, limit: float) -> bool:
    return figure is not None and figure < limit


def clearly_negative(index: float | None, n: int, thresholds: Thresholds) -> bool:
    """Whether a correlation of ``index`` percent among ``n`` people would hardly come about by chance.

    By Fisher's z, whose standard error is 1/√(n − 3): below −82 for 5 people, −55 for 10, −38 for 20; never
    for 3 or fewer.
    """
    return n > 3 and _below(index, -100 * tanh(thresholds.certainty / sqrt(n - 3)))
