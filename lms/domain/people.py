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
LONGEST_NAME = 80
PLAIN_LATIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width ！…～
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


class BadName(ValueError):
    """Not a person's name: empty, over 80 characters, or with characters that nobody can see."""


def clean_name(raw: str) -> str:
    """A name as it is stored: trimmed, single spaces, full-width Latin letters made plain. Raises :class:`BadName`."""
    name = " ".join(raw.translate(PLAIN_LATIN).split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadName(raw)
    return name


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
