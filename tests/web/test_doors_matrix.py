"""Every route × who asks × whose it is, made from the map of addresses: a new route is asked like every other.

A stranger to the house is sent to the sign-in, the wrong role gets 403, somebody else's things are 404, and no id,
however absurd, breaks a page.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import AnyConverter, IntegerConverter, PathConverter, Rule

from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import Base, db, limiter
from lms.models.people import Person
from lms.services import attempts
from lms.web.access import Door, door_of
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.exam_factories import signed_in
from tests.web.furnished_house import ROLES, House, furnished

# What belongs to nobody: a name in an address that is the same for all who hold the role.
EVERYBODYS = {"kind", "digest", "template"}
SHARED = {
    Role.TRAINER: {
        "question_id",
        "number",
        "version_id",
        "code",
        "blueprint_id",
        "plan_id",
        "roleplay_id",
        "scenario_id",
        "proposal_id",
    },  # the bank is all trainers'
    Role.ADMINISTRATOR: {"person_id", "cohort_id"},
    Role.EXAMINER: {"proposal_id", "benchmark_id"},  # any may be the second person; benchmarks are everybody's
    Role.NEW_HIRE: set(),
    Role.TEAM_LEADER: set(),
}
# All trainers plan and read all sittings and cohorts; what concerns marks is the cohort's own trainers'.
TRAINERS_PLAN = ("sittings.", "cohorts.", "dues.", "statistics.")

# Bodies for those who look at the body before they ask whose it is.
BODIES: dict[str, dict[str, Any]] = {
    "exams.answers": {"json": {"epoch": 1, "ops": [{"op": "op-of-nobody", "seq": 1, "q": 1, "a": "A"}]}},
    "exams.next_question": {"data": {"place": "1"}},
    "drill_desk.act": {"json": {"op": "op-of-nobody", "kind": "begin", "data": {}}},
    "exams.pulse": {"json": {"epoch": 1, "signals": []}},
    "invigilation.do": {"data": {"deed": "extend", "seen": "0", "minutes": "5", "reason": "power cut"}},
    "marking.change_comment": {"data": {"text": "another phrase"}},
    "call_marking.save_draft": {"data": {"version": "1"}},
    "marking.save_draft": {"json": {"marks": {}, "comment": "", "version": 1}},
    "bank.move": {"data": {"move": "submit", "base": "1"}},
    "scenarios.move": {"data": {"move": "submit", "base": "1"}},
    "calls.answer": {"json": {}},
    "calls.say": {"json": {"message": "message-of-nobody", "text": "hello"}},
    "call_desk.act": {"json": {"op": "op-of-nobody", "kind": "search", "data": {"q": "0048"}}},
    "calls.do": {"json": {"message": "message-of-nobody", "do": "hold"}},
    "call_seat.speak": {"json": {"message": "message-of-nobody", "text": "hello"}},
    "call_seat.hand": {"json": {"to": "script"}},
    "call_seat.hang_up": {"json": {}},
    "call_seat.note": {"json": {"text": "a note"}},
}
QUERIES = {"sittings.gaps_of_blueprint": "blueprint"}  # pages that are asked with a blueprint version's id
# Deleting what is not there is done already: nothing changes, and nothing is told.
DONE_ALREADY = {"marking.delete_comment"}

ABSURD = [0, 2**31 - 1, 2**31, 2**63, 10**30]


@pytest.fixture(scope="module")
def house(shared_app: Flask) -> Iterator[House]:
    with furnished(shared_app) as house:
        yield house


def rules(app: Flask, method: str) -> list[Rule]:
    """The routes of the program's own pages, the static files apart."""
    own = [
        rule
        for rule in app.url_map.iter_rules()
        if not any(isinstance(converter, PathConverter) for converter in rule._converters.values())
    ]
    return sorted((rule for rule in own if method in (rule.methods or ())), key=lambda rule: rule.rule)


def door(app: Flask, rule: Rule) -> Door:
    found = door_of(app, rule.endpoint)
    assert found is not None, f"{rule.endpoint} has no door"
    return found


def address(app: Flask, rule: Rule, ids: dict[str, Any]) -> str:
    """The rule's path with its names filled in; a name that the furnished house does not know is said so."""
    values: dict[str, Any] = {}
    for name in rule.arguments:
        converter = rule._converters[name]
        if isinstance(converter, AnyConverter):
            values[name] = sorted(converter.items)[0]
        else:
            assert name in ids, (
                f"{rule.rule} names <{name}>, which furnished_house.py does not know: give House.ids() one of "
                "each wing's, and SHARED above those roles whose it is in both"
            )
            values[name] = ids[name]
    built = rule.build(values, append_unknown=False)
    assert built is not None
    return built[1]


def owned(rule: Rule, role: Role) -> set[str]:
    """The names in the address that are one's own or somebody else's."""
    names = {name for name in rule.arguments if not isinstance(rule._converters[name], AnyConverter)}
    names -= EVERYBODYS | SHARED[role]
    if role is Role.TRAINER and rule.endpoint.startswith(TRAINERS_PLAN):
        names -= {"sitting_id", "cohort_id", "person_id"}
    return names


def ask(visitor: Visitor, method: str, path: str, **options: Any) -> int | str:
    """The status, or what broke."""
    limiter.reset()
    try:
        reply = visitor.get(path) if method == "GET" else visitor.post(path, **options)
    except AssertionError:
        raise  # the proofreader found something
    except Exception as error:  # what would be a 500 outside of tests
        db.session.rollback()
        return f"500 {error.__class__.__name__}: {str(error)[:120]}"
    return reply.status_code


def rows() -> dict[str, Any]:
    """All that is in the tables, sign-ins apart; two equal values mean that nothing was changed."""
    db.session.rollback()
    tables = [table for table in Base.metadata.sorted_tables if table.name != "sign_ins"]
    return {
        table.name: sorted(repr(tuple(row)) for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')))
        for table in tables
    }


def changed(before: dict[str, Any]) -> list[str]:
    after = rows()
    return [name for name in before if before[name] != after[name]]


def visitors(house: House) -> dict[Role, Visitor]:
    return {role: house.visitor(house.mine.people[role]) for role in ROLES}


METHODS = ("GET", "POST")


@pytest.mark.parametrize("method", METHODS)
def test_nobody_enters_without_signing_in(house: House, method: str) -> None:
    stranger, before, faults = Visitor(house.app), rows(), []
    stranger.get("/login")
    for rule in rules(house.app, method):
        if door(house.app, rule).public:
            continue
        path = address(house.app, rule, house.ids(house.mine, None))
        limiter.reset()
        reply = stranger.get(path) if method == "GET" else stranger.post(path)
        expected = (302, "/login") if method == "GET" else (401, "")
        if (reply.status_code, reply.headers.get("Location", "").split("?")[0]) != expected:
            faults.append(f"{path}: {reply.status_code}")
    assert not faults, "\n".join(faults)
    assert not changed(before)


@pytest.mark.parametrize("method", METHODS)
def test_the_wrong_role_is_turned_away(house: House, method: str) -> None:
    before, faults = rows(), []
    for role, visitor in visitors(house).items():
        for rule in rules(house.app, method):
            allowed = door(house.app, rule).roles
            if not allowed or role in allowed:
                continue
            for wing in (house.mine, house.other):
                path = address(house.app, rule, house.ids(wing, role))
                if (status := ask(visitor, method, path)) != 403:
                    faults.append(f"{role.value} {method} {path}: {status}")
    assert not faults, "\n".join(faults)
    assert not changed(before)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_somebody_elses_does_not_exist(house: House, method: str) -> None:
    """All ids from the other wing, and every mixture of one's own things with one of theirs."""
    before, faults = rows(), []
    for role, visitor in visitors(house).items():
        for rule in rules(house.app, method):
            found = door(house.app, rule)
            if found.public or (found.roles and role not in found.roles) or not owned(rule, role):
                continue
            mine, theirs = house.ids(house.mine, role), house.ids(house.other, role)
            mixtures = [theirs, *({**mine, name: theirs[name]} for name in owned(rule, role))]
            for path in dict.fromkeys(address(house.app, rule, ids) for ids in mixtures):
                status = ask(visitor, method, path, **BODIES.get(rule.endpoint, {}))
                if status != 404 and rule.endpoint not in DONE_ALREADY:
                    hint = ": give a fit body in BODIES" if status in (400, 422) else ""
                    faults.append(f"{role.value} {method} {path}: {status}{hint}")
    assert not faults, "\n".join(faults)
    assert not changed(before)


def test_every_page_opens_to_those_whom_it_is_for(house: House) -> None:
    faults = []
    for role, visitor in visitors(house).items():
        for rule in rules(house.app, "GET"):
            found = door(house.app, rule)
            if found.roles and role not in found.roles:
                continue
            path = address(house.app, rule, house.ids(house.mine, role))
            if rule.endpoint in QUERIES:
                path += f"?{QUERIES[rule.endpoint]}={house.mine.exam.sitting.blueprint_version_id}"
            if (status := ask(visitor, "GET", path)) not in (200, 204, 302, 303):  # 204: a stream that is over
                faults.append(f"{role.value} {path}: {status}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("method", METHODS)
def test_no_absurd_id_breaks_a_page(house: House, method: str) -> None:
    before, faults = rows(), []
    for role, visitor in visitors(house).items():
        for rule in rules(house.app, method):
            found = door(house.app, rule)
            numbers = [name for name in rule.arguments if isinstance(rule._converters[name], IntegerConverter)]
            if not numbers or (found.roles and role not in found.roles):
                continue
            ids = house.ids(house.mine, role)
            for absurd in ABSURD:
                path = rule.rule
                for name in rule.arguments:
                    value = absurd if name in numbers else address(house.app, rule, ids).split("/")[-1]
                    path = _filled(path, name, value)
                status = ask(visitor, method, path, **BODIES.get(rule.endpoint, {}))
                # The map knows no such page; where the same address has another method it says 405.
                if status not in (404, 405) and rule.endpoint not in DONE_ALREADY:
                    faults.append(f"{role.value} {method} {path}: {status}")
    assert not faults, "\n".join(faults)
    assert not changed(before)


def _filled(path: str, name: str, value: Any) -> str:
    """``/x/<int(max=9):id>`` with ``value`` in the place of ``id``, whatever the converter would say to it."""
    before, _, rest = path.partition(f"{name}>")
    return before[: before.rindex("<")] + str(value) + rest


def test_no_post_is_taken_without_its_token(house: House) -> None:
    before, faults = rows(), []
    for role, visitor in visitors(house).items():
        for rule in rules(house.app, "POST"):
            found = door(house.app, rule)
            if found.roles and role not in found.roles:
                continue
            path = address(house.app, rule, house.ids(house.mine, role))
            limiter.reset()
            reply = Visitor._apart(lambda path=path, visitor=visitor: visitor.client.post(path))  # type: ignore[misc]
            if reply.status_code != 400:
                faults.append(f"{role.value} {path}: {reply.status_code}")
    assert not faults, "\n".join(faults)
    assert not changed(before)


def test_while_ones_own_attempt_is_open_all_other_doors_are_shut(house: House) -> None:
    """Closed book (contract 13), for somebody who holds every role besides."""
    person = _everything_at_once(house)
    attempt_id = attempts.start(signed_in(person), house.mine.exam.sitting.id, Language.ZH, MONDAY + timedelta(hours=3))
    visitor = Visitor(house.app)
    assert visitor.post("/login", {"number": person.number, "password": "invented-Pass-42"}).status_code == 302
    visitor.get(f"/attempts/{attempt_id}")
    before, faults = rows(), []
    for method in METHODS:
        for rule in rules(house.app, method):
            if door(house.app, rule).during_attempt:
                continue
            path = address(house.app, rule, house.ids(house.mine, Role.NEW_HIRE))
            limiter.reset()
            reply = visitor.get(path) if method == "GET" else visitor.post(path)
            back = reply.status_code == 302 and reply.headers["Location"] == f"/attempts/{attempt_id}"
            if not (back if method == "GET" else reply.status_code == 403):
                faults.append(f"{method} {path}: {reply.status_code}")
    assert not faults, "\n".join(faults)
    assert not changed(before)


def _everything_at_once(house: House) -> Person:
    from tests.exam_factories import join
    from tests.factories import a_person

    person = a_person(*ROLES, name="Everything")
    join(house.mine.exam.cohort, person, "trainee")
    return person
