"""Who may start or continue, rule by rule."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.domain.access_rules import RULES, AccessRequest, Intent, Reason, refusals
from tests.conftest import MONDAY

WELCOME = AccessRequest(
    intent=Intent.START, now=MONDAY, opens_at=MONDAY - timedelta(hours=1), closes_at=MONDAY + timedelta(hours=1)
)


def reasons(**changes: object) -> list[Reason]:
    return [found.reason for found in refusals(RULES, replace(WELCOME, **changes))]


def test_whoever_meets_every_condition_comes_in() -> None:
    assert reasons() == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"cancelled": True}, Reason.CANCELLED),
        ({"now": MONDAY - timedelta(hours=1, seconds=1)}, Reason.NOT_YET_OPEN),
        ({"now": MONDAY + timedelta(hours=1)}, Reason.CLOSED),
        ({"is_member": False}, Reason.NOT_A_MEMBER),
        ({"reads_keys": True}, Reason.KNOWS_THE_KEYS),
        ({"open_elsewhere": True}, Reason.OPEN_ELSEWHERE),
        ({"attempts_used": 1}, Reason.NO_ATTEMPT_LEFT),
        ({"code_asked": True}, Reason.CODE_MISSING),
        ({"code_asked": True, "code_right": False}, Reason.CODE_WRONG),
    ],
)
def test_one_unmet_condition_is_one_refusal(changes: dict[str, object], reason: Reason) -> None:
    assert reasons(**changes) == [reason]


@pytest.mark.parametrize("changes", [{"now": MONDAY - timedelta(hours=1)}, {"attempts_used": 1, "attempts_allowed": 2},
                                     {"code_asked": True, "code_right": True}])  # fmt: skip
def test_the_borders_belong_to_the_candidate(changes: dict[str, object]) -> None:
    assert reasons(**changes) == []


requests = st.builds(
    AccessRequest,
    intent=st.sampled_from(Intent),
    now=st.integers(-90, 90).map(lambda minutes: MONDAY + timedelta(minutes=minutes)),
    opens_at=st.just(WELCOME.opens_at),
    closes_at=st.just(WELCOME.closes_at),
    cancelled=st.booleans(),
    is_member=st.booleans(),
    reads_keys=st.booleans(),
    attempts_used=st.integers(0, 3),
    attempts_allowed=st.integers(1, 3),
    open_elsewhere=st.booleans(),
    code_asked=st.booleans(),
    code_right=st.none() | st.booleans(),
)


@given(requests)
def test_whoever_reads_the_keys_never_comes_in(request: AccessRequest) -> None:
    found = refusals(RULES, replace(request, reads_keys=True))
    assert Reason.KNOWS_THE_KEYS in [refusal.reason for refusal in found]


@given(requests)
def test_an_open_attempt_is_never_shut_by_what_is_asked_at_the_start(request: AccessRequest) -> None:
    carried_on = replace(request, intent=Intent.CONTINUE, reads_keys=False, cancelled=False)
    assert refusals(RULES, carried_on) == []


@given(requests)
def test_each_rule_refuses_for_itself_alone(request: AccessRequest) -> None:
    alone = [refusal for rule in RULES for refusal in refusals([rule], request)]
    assert refusals(RULES, request) == alone
