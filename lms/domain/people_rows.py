"""People as a table gives them: which column is which, and what each cell says.

An empty cell, or a column that is not there, leaves a person as they are; the word 无 / none takes away.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lms.domain.people import Role, clean_name, fold_number
from lms.domain.values import Value

Line = tuple[int, Sequence[str]]  # the line's number in the file, and its cells

COLUMNS = ("number", "name", "roles", "leader", "cohorts", "active")
HEADINGS = {
    "number": ("工号", "员工编号", "number", "employee number", "employee id"),
    "name": ("姓名", "name"),
    "roles": ("角色", "roles", "role"),
    "leader": ("直属主管工号", "直属主管", "team leader number", "team leader", "leader"),
    "cohorts": ("批次编号", "批次", "cohort codes", "cohorts", "cohort"),
    "active": ("状态", "status", "active"),
}
ROLE_WORDS = {
    Role.NEW_HIRE: ("新员工", "学员", "new hire", "new_hire"),
    Role.TRAINER: ("培训师", "trainer"),
    Role.EXAMINER: ("考官", "examiner"),
    Role.TEAM_LEADER: ("直属主管", "主管", "team leader", "team_leader"),
    Role.ADMINISTRATOR: ("管理员", "administrator", "admin"),
}
ACTIVE_WORDS = {
    True: ("在职", "active", "yes", "true", "1", "是"),
    False: ("离职", "left", "inactive", "no", "false", "0", "否"),
}
NONE_WORDS = ("无", "none", "-", "—")
SEPARATORS = re.compile(r"[,;/|、，；\n]+")


class TableRefused(ValueError):
    """The table as a whole cannot be read; ``code`` is empty, no-number or column-twice (``value`` names it)."""

    def __init__(self, code: str, value: str = "") -> None:
        self.code, self.value = code, value
        super().__init__(f"{code} {value}".strip())


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell; ``code`` has its words and its mend in the pages."""

    line: int
    column: str
    value: str
    code: str


class GivenRow(Value):
    """One row that could be read; ``None`` leaves a field as it is, ``leader`` "" and no ``cohorts`` take away."""

    line: int
    number: str
    name: str | None = None
    roles: frozenset[Role] | None = None
    leader: str | None = None
    cohorts: frozenset[str] | None = None
    active: bool | None = None


@dataclass(frozen=True)
class Given:
    """``numbers`` holds every number that the file names, also those of rows with problems."""

    rows: tuple[GivenRow, ...]
    problems: tuple[Problem, ...]
    numbers: frozenset[str]
    ignored: tuple[str, ...]  # headings that nobody knows


def fold_word(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_people(lines: Sequence[Line]) -> Given:
    """The people of a table whose first line names the columns, in any order. Raises :class:`TableRefused`."""
    filled = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
    if len(filled) < 2:
        raise TableRefused("empty")
    columns, ignored = _columns(filled[0][1])
    rows: list[GivenRow] = []
    problems: list[Problem] = []
    for line, cells in filled[1:]:
        row, wrong = _row(line, {name: cells[at].strip() for name, at in columns.items() if at < len(cells)})
        problems += wrong
        rows += [row] if row else []
    named = Counter(row.number for row in rows)
    problems += [Problem(row.line, "number", row.number, "twice") for row in rows if named[row.number] > 1]
    bad = {problem.line for problem in problems}
    good = tuple(row for row in rows if row.line not in bad)
    return Given(good, tuple(sorted(problems, key=lambda p: p.line)), frozenset(named), ignored)


def _columns(headings: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    known = {word: name for name, words in HEADINGS.items() for word in words}
    found: dict[str, int] = {}
    ignored = []
    for at, heading in enumerate(headings):
        name = known.get(fold_word(heading))
        if name is None:
            ignored += [heading.strip()] if heading.strip() else []
        elif name in found:
            raise TableRefused("column-twice", heading.strip())
        else:
            found[name] = at
    if "number" not in found:
        raise TableRefused("no-number")
    return found, tuple(ignored)


def _row(line: int, cells: dict[str, str]) -> tuple[GivenRow | None, list[Problem]]:
    """The row as far as it can be read (None without a usable number), and what is wrong with it."""
    given: dict[str, Any] = {}
    problems = []
    for name, text in cells.items():
        if not text:
            continue
        try:
            given[name] = READERS[name](text)
        except ValueError as error:
            code = {"number": "bad-number", "name": "bad-name", "leader": "bad-number"}.get(name, str(error))
            problems.append(Problem(line, name, text, code))
    if not cells.get("number"):
        problems.append(Problem(line, "number", "", "number-missing"))
    return (GivenRow(line=line, **given) if "number" in given else None), problems


def _roles(text: str) -> frozenset[Role]:
    known = {word: role for role, words in ROLE_WORDS.items() for word in words}
    wanted = [fold_word(part) for part in SEPARATORS.split(text) if part.strip()]
    if not wanted or any(word not in known for word in wanted):
        raise ValueError("unknown-role")
    return frozenset(known[word] for word in wanted)


def _leader(text: str) -> str:
    return "" if fold_word(text) in NONE_WORDS else fold_number(text)


def _cohorts(text: str) -> frozenset[str]:
    if fold_word(text) in NONE_WORDS:
        return frozenset()
    return frozenset(fold_word(part) for part in SEPARATORS.split(text) if part.strip())


def _active(text: str) -> bool:
    for active, words in ACTIVE_WORDS.items():
        if fold_word(text) in words:
            return active
    raise ValueError("unknown-status")


READERS: dict[str, Callable[[str], object]] = {
    "number": fold_number,
    "name": clean_name,
    "roles": _roles,
    "leader": _leader,
    "cohorts": _cohorts,
    "active": _active,
}
