"""States of a question: draft → in review → live → retired, and the four eyes that stand before live."""

from collections.abc import Collection
from enum import StrEnum


class State(StrEnum):
    """Of a question's newest version. While it is a draft or in review, an older version may still be live."""

    DRAFT = "draft"
    REVIEW = "review"
    LIVE = "live"
    RETIRED = "retired"


class Move(StrEnum):
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    RETIRE = "retire"
    REOPEN = "reopen"


MOVES: dict[Move, tuple[frozenset[State], State]] = {
    Move.SUBMIT: (frozenset({State.DRAFT}), State.REVIEW),
    Move.APPROVE: (frozenset({State.REVIEW}), State.LIVE),
    Move.RETURN: (frozenset({State.REVIEW}), State.DRAFT),
    Move.RETIRE: (frozenset({State.DRAFT, State.REVIEW, State.LIVE}), State.RETIRED),
    Move.REOPEN: (frozenset({State.RETIRED}), State.DRAFT),
}


def may_move(state: State, move: Move) -> bool:
    return state in MOVES[move][0]


def may_review(reviewer: int, authors: Collection[int | None]) -> bool:
    """Four eyes: ``authors`` wrote the versions since the last one that was approved; none of them reviews."""
    return reviewer not in authors
