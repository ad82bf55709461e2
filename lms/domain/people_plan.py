"""What a file of people would do to those who are there: new, changed, unchanged, absent, refused."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lms.domain.people import Role
from lms.domain.people_rows import GivenRow, Problem

FIELDS = ("name", "roles", "leader", "cohorts", "active")


@dataclass(frozen=True)
class Present:
    """A person as they are or would be; people and cohorts by their numbers and codes, as files name them."""

    name: str
    roles: frozenset[Role]
    leader: str = ""
    cohorts: frozenset[str] = frozenset()  # in which they are a trainee
    trains: frozenset[str] = frozenset()  # cohorts whose trainer they are; no file changes these
    active: bool = True


@dataclass(frozen=True)
class Site:
    """Everybody by number, and the codes of all cohorts."""

    people: Mapping[str, Present]
    cohorts: frozenset[str]


@dataclass(frozen=True)
class Change:
    """One accepted row; ``before`` is None for somebody new. ``resembles`` is a number that differs by zeros only."""

    line: int
    number: str
    before: Present | None
    after: Present
    resembles: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(name for name in FIELDS if getattr(self.before, name, None) != getattr(self.after, name))


@dataclass(frozen=True)
class Plan:
    new: tuple[Change, ...]
    changed: tuple[Change, ...]
    unchanged: int
    absent: tuple[str, ...]  # active people whom the file does not name
    problems: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """The same for the same changes: what was previewed is what is committed."""
        parts = [_line(change) for change in (*self.new, *self.changed)] + [",".join(self.absent)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _line(change: Change) -> str:
    sides = [
        [person.name, sorted(person.roles), person.leader, sorted(person.cohorts), person.active] if person else None
        for person in (change.before, change.after)
    ]
    return repr((change.number, sides))


def plan_import(rows: Sequence[GivenRow], numbers: Iterable[str], site: Site, actor: str) -> Plan:
    """What ``rows`` would do; ``numbers`` are all that the file names, ``actor`` is who imports.

    A row that relies on a refused one (a leader who is new in the file) is refused as well.
    """
    changes = {row.number: _change(row, site) for row in rows}
    given = {row.number: row for row in rows}
    problems: list[Problem] = []
    while True:
        found = [problem for change in changes.values() for problem in _problems(change, given, changes, site, actor)]
        if not found:
            break
        problems += found
        bad = {problem.line for problem in found}
        changes = {number: change for number, change in changes.items() if change.line not in bad}
    named = {*numbers, *given, actor}
    absent = sorted(number for number, person in site.people.items() if person.active and number not in named)
    accepted = list(changes.values())
    changed = [change for change in accepted if change.before and change.fields]
    return Plan(
        tuple(change for change in accepted if change.before is None),
        tuple(changed),
        sum(change.before is not None and not change.fields for change in accepted),
        tuple(absent),
        tuple(sorted(problems, key=lambda problem: problem.line)),
    )


def _change(row: GivenRow, site: Site) -> Change:
    before = site.people.get(row.number)
    start = before or Present("", frozenset({Role.NEW_HIRE}))
    said = {name: getattr(row, name) for name in FIELDS if getattr(row, name) is not None}
    resembles = "" if before else _resembling(row.number, site)
    return Change(row.line, row.number, before, replace(start, **said), resembles)


def _resembling(number: str, site: Site) -> str:
    """Somebody's number that is this one but for leading zeros, as Excel drops them."""
    if not number.isdigit():
        return ""
    return next((other for other in site.people if other.lstrip("0") == number.lstrip("0")), "")


def _problems(
    change: Change, given: Mapping[str, GivenRow], changes: Mapping[str, Change], site: Site, actor: str
) -> list[Problem]:
    found = []
    after, before = change.after, change.before
    if not after.name:
        found.append(("name", "", "name-missing"))
    if change.number == actor and (not after.active or Role.ADMINISTRATOR not in after.roles):
        found.append(("active" if not after.active else "roles", "", "own-administration"))
    if after.leader and after.leader != (before.leader if before else ""):
        code = _leader_problem(change, given, changes, site)
        found += [("leader", after.leader, code)] if code else []
    added = after.cohorts - (before.cohorts if before else frozenset())
    for code in sorted(added):
        if code not in site.cohorts:
            found.append(("cohorts", code, "cohort-unknown"))
        elif code in after.trains:
            found.append(("cohorts", code, "cohort-trainer"))
        elif Role.NEW_HIRE not in after.roles:
            found.append(("cohorts", code, "cohort-role"))
    return [Problem(change.line, *problem) for problem in found]


def _leader_problem(
    change: Change, given: Mapping[str, GivenRow], changes: Mapping[str, Change], site: Site
) -> str | None:
    number = change.after.leader
    if number == change.number:
        return "leader-self"
    if number in changes:
        leader: Present | None = changes[number].after
    else:
        leader = site.people.get(number)
    if leader is None:
        return "leader-refused" if number in given else "leader-unknown"
    return None if leader.active and Role.TEAM_LEADER in leader.roles else "leader-role"
