"""Who may be what: roles, and how an employee number is read."""

import re
import unicodedata
from enum import StrEnum


class Role(StrEnum):
    NEW_HIRE = "new_hire"
    TRAINER = "trainer"
    EXAMINER = "examiner"
    TEAM_LEADER = "team_leader"
    ADMINISTRATOR = "administrator"


STAFF = frozenset(Role) - {Role.NEW_HIRE}

NUMBER = re.compile(r"^[a-z0-9][a-z0-9._-]{1,31}$")
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200


class BadNumber(ValueError):
    """Not an employee number: 2–32 letters, digits, dots, dashes or underscores, starting with a letter or digit."""


def fold_number(raw: str) -> str:
    """An employee number 工号 as it is compared and stored: NFKC, case folded, trimmed.

    Two spellings of one number must never be two people. Raises :class:`BadNumber`.
    """
    number = unicodedata.normalize("NFKC", raw).strip().casefold()
    if not NUMBER.match(number):
        raise BadNumber(raw)
    return number


def password_problem(password: str, number: str = "", name: str = "") -> str | None:
    """Why ``password`` is refused: ``short``, ``long``, ``plain`` (holds the number or name, or one character only)."""
    if len(password) < SHORTEST_PASSWORD:
        return "short"
    if len(password) > LONGEST_PASSWORD:
        return "long"
    folded = password.casefold()
    if (number and number.casefold() in folded) or (len(name) > 1 and name.casefold() in folded):
        return "plain"
    if len(set(folded)) < 4:
        return "plain"
    return None
