"""Deeds that take two persons: one proposes with a reason, another confirms."""

from collections.abc import Collection
from enum import StrEnum

from lms.domain.people import Role

LONGEST_REASON = 2000


class DeedKind(StrEnum):
    VOID_ATTEMPT = "void-attempt"
    REGRADE = "regrade"
    CHANGE_MARK = "change-mark"


WHO_DECIDES: dict[DeedKind, frozenset[Role]] = {
    DeedKind.VOID_ATTEMPT: frozenset({Role.TRAINER, Role.EXAMINER}),
    DeedKind.REGRADE: frozenset({Role.TRAINER}),
    DeedKind.CHANGE_MARK: frozenset({Role.EXAMINER}),
}


def steps_in(roles: Collection[Role]) -> bool:
    """Whether one of these roles decides about a mark where no impartial examiner is left."""
    return Role.TRAINER in roles


def may_decide(kind: DeedKind, roles: Collection[Role]) -> bool:
    return not WHO_DECIDES[kind].isdisjoint(roles)
