"""How a candidate stands in the invigilator's eyes."""

from datetime import timedelta
from typing import Any

import pytest

from lms.domain.attempts import AttemptState
from lms.domain.invigilation import Condition, asks_for_unlock, condition, may_reopen, urgency
from tests.conftest import MONDAY


def stands(state: AttemptState | None = AttemptState.OPEN, **changes: Any) -> Condition:
    seen = {"paused": False, "last_seen_at": MONDAY, "unlock_asked": False, "last_signal_at": None}
    return condition(state, now=MONDAY, **{**seen, **changes})


@pytest.mark.parametrize(
    ("state", "changes", "expected"),
    [
        (None, {}, Condition.NOT_STARTED),
        (AttemptState.OPEN, {}, Condition.WORKING),
        (AttemptState.OPEN, {"last_seen_at": MONDAY - timedelta(seconds=59)}, Condition.WORKING),
        (AttemptState.OPEN, {"last_seen_at": MONDAY - timedelta(seconds=60)}, Condition.DISCONNECTED),
        (AttemptState.OPEN, {"last_seen_at": None}, Condition.DISCONNECTED),
        (AttemptState.OPEN, {"paused": True}, Condition.PAUSED),
        (AttemptState.OPEN, {"paused": True, "last_seen_at": MONDAY - timedelta(hours=1)}, Condition.DISCONNECTED),
        (AttemptState.OPEN, {"unlock_asked": True, "paused": True}, Condition.UNLOCK),
        (AttemptState.OPEN, {"last_signal_at": MONDAY - timedelta(seconds=90)}, Condition.SIGNAL),
        (AttemptState.OPEN, {"last_signal_at": MONDAY - timedelta(minutes=2)}, Condition.WORKING),
        (AttemptState.SUBMITTED, {"unlock_asked": True}, Condition.HANDED_IN),
        (AttemptState.RELEASED, {}, Condition.HANDED_IN),
        (AttemptState.VOID, {}, Condition.VOID),
    ],
)
def test_condition(state: AttemptState | None, changes: dict[str, Any], expected: Condition) -> None:
    assert stands(state, **changes) is expected


def test_who_needs_somebody_comes_before_who_works_and_who_is_done() -> None:
    order = sorted(Condition, key=urgency)
    assert order.index(Condition.UNLOCK) < order.index(Condition.DISCONNECTED) < order.index(Condition.WORKING)
    assert order.index(Condition.WORKING) < order.index(Condition.HANDED_IN)


def test_an_unlocking_answers_the_requests_before_it_only() -> None:
    assert asks_for_unlock([5], [])
    assert not asks_for_unlock([5], [6])
    assert asks_for_unlock([5, 9], [6])
    assert not asks_for_unlock([], [])


@pytest.mark.parametrize("state", list(AttemptState))
def test_only_what_the_deadline_closed_and_nobody_marked_opens_again(state: AttemptState) -> None:
    again = state in (AttemptState.SUBMITTED, AttemptState.MARKING, AttemptState.MARKED)
    assert may_reopen(state, "deadline", marked_by_people=False) is again
    assert not may_reopen(state, "deadline", marked_by_people=True)
    assert not may_reopen(state, "candidate", marked_by_people=False)
    assert not may_reopen(state, None, marked_by_people=False)
