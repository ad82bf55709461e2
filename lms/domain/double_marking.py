"""Double marking: which answers two examiners mark, and what two or three of them come to."""

import hashlib
from collections.abc import Collection, Sequence
from fractions import Fraction
from itertools import combinations

from lms.domain.blueprints import Blueprint
from lms.domain.results import Outcome

SCALE = 2**64


def chosen(seed: int, position: int, share: Fraction) -> bool:
    """Whether the answer at ``position`` of the paper of ``seed`` is among the ``share`` that two persons mark.

    A function of the seed: it can be told afterwards that nobody chose by hand.
    """
    draw = hashlib.sha256(f"double-marking:{seed}:{position}".encode()).digest()
    return Fraction(int.from_bytes(draw[:8]), SCALE) < share


def agreed(given: Sequence[int], tolerance: int) -> Fraction | None:
    """What the examiners' points come to, exactly; None where a third must mark.

    One: as given. Two within ``tolerance``: their mean. Three or more: the mean of the two closest, and where two
    pairs are equally close, the higher one, in the candidate's favour.
    """
    if len(given) == 1:
        return Fraction(given[0])
    if len(given) == 2 and abs(given[0] - given[1]) > tolerance:
        return None
    one, other = min(combinations(given, 2), key=lambda pair: (abs(pair[0] - pair[1]), -sum(pair)))
    return Fraction(one + other, 2)


def near_a_line(blueprint: Blueprint, outcome: Outcome, written: Collection[str]) -> bool:
    """Whether a second pair of eyes could decide between pass and fail.

    True where the total, or the score of a section in ``written`` (those that hold marked answers) that has a pass
    line of its own, is within ``near_pass`` points of the line, on either side, the distance itself included.
    """
    reach = blueprint.marking.near_pass
    lines = [(outcome.total, blueprint.pass_total)] + [
        (section.score, section.pass_points)
        for section in outcome.sections
        if section.pass_points is not None and section.section in written
    ]
    return any(abs(score - line) <= reach for score, line in lines)
