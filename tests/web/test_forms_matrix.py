"""Every form of every page, filled with what nobody should send: never a 500, and nothing that is not a field counts.

The forms are found by visiting every page of the map as every role; a new page's forms are tried without a word here.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from lms.extensions import db, limiter
from tests.browser_like import Visitor
from tests.web.furnished_house import ROLES, House, furnished
from tests.web.page_reader import Form, read_page
from tests.web.test_doors_matrix import QUERIES, address, ask, door, rules

# Fields that a person must never set by adding them to a form (mass assignment).
SMUGGLED = {
    "role": "administrator", "roles": "administrator", "score": "100", "share": "1/1", "state": "released",
    "user_id": "1", "person_id": "1", "passed": "1", "total": "100/1", "deadline": "2099-01-01", "active": "0",
    "must_change_password": "0", "password_hash": "x", "released_at": "2026-01-01", "author_id": "1", "live_id": "1",
}  # fmt: skip

HOSTILE: dict[str, Callable[[str], Any]] = {
    "huge number": lambda _given: "9" * 30,
    "number beyond a column": lambda _given: str(2**31),
    "negative": lambda _given: "-1",
    "not a number": lambda _given: "NaN",
    "NUL": lambda given: given + "\x00",
    "surrogate and controls": lambda given: given + "\ufffe\u202e\x1b",
    "long": lambda given: given + "长" * 10_000,
    "empty": lambda _given: "",
    "a list": lambda given: [given, given, "x"],
    "markup": lambda given: given + "<script>alert(1)</script>{{7*7}}%(x)s",
    "wildcards": lambda _given: "%_\\'\";--",
}

ONE_AT_A_TIME = {"huge number", "NUL"}

# The button is the whole form: what they do is asked elsewhere.
DEEDS_WITHOUT_FIELDS = {
    "results.release_results", "people.reset_password", "proposals.confirm", "exams.hand_in_attempt",
}  # fmt: skip
SIGNS_OUT = ("sign_in.", "account.")


@pytest.fixture
def house(shared_app: Flask) -> Iterator[House]:
    with furnished(shared_app) as house:
        yield house


def pages(house: House) -> Iterator[tuple[Visitor, str, str]]:
    """(visitor, path, the page) of every page that somebody of the house may see."""
    for role in ROLES:
        visitor = house.visitor(house.mine.people[role])
        for rule in rules(house.app, "GET"):
            found = door(house.app, rule)
            if rule.endpoint in QUERIES or (found.roles and role not in found.roles):
                continue
            path = address(house.app, rule, house.ids(house.mine, role))
            limiter.reset()
            reply = visitor.get(path)
            if reply.status_code == 200 and reply.mimetype == "text/html":
                yield visitor, path, reply.text


def endpoint_of(house: House, path: str) -> str:
    adapter = house.app.url_map.bind("localhost")
    return adapter.match(path.split("?")[0], method="POST")[0]


def forms(house: House) -> Iterator[tuple[Visitor, Form]]:
    """Every different form that posts, but those that sign the visitor out."""
    seen = set()
    for visitor, path, html in list(pages(house)):
        for form in read_page(html, path).forms:
            key = (form.action, tuple(sorted(form.fields)))
            if form.method != "post" or key in seen or endpoint_of(house, form.action).startswith(SIGNS_OUT):
                continue
            seen.add(key)
            yield visitor, form


def privileges() -> list[str]:
    """What smuggled fields would be after: roles, states, shares, results, who is active."""
    db.session.rollback()
    wanted = (
        "SELECT person_id, role FROM person_roles",
        "SELECT id, active, must_change_password, password_hash FROM people",
        "SELECT id, state, person_id, deadline FROM attempts",
        "SELECT attempt_id, position, share FROM paper_questions",
        "SELECT id, attempt_id, total, passed, released_at FROM results", "SELECT id, state, live_id FROM questions",
    )  # fmt: skip
    return [repr(row) for query in wanted for row in sorted(map(repr, db.session.execute(text(query))))]


def sendable(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "csrf_token"}


def test_no_form_breaks_whatever_is_typed_into_it(house: House) -> None:
    """All fields hostile at once, then, for what validation stops at the first field, one at a time."""
    faults = []
    for visitor, form in forms(house):
        fields = sendable(form.fields)
        for how, spoil in HOSTILE.items():
            bodies = [{name: spoil(value) for name, value in fields.items()}]
            if how in ONE_AT_A_TIME:
                bodies += [{**fields, name: spoil(value)} for name, value in fields.items()][:4]
            for body in bodies:
                status = ask(visitor, "POST", form.action, data=body)
                if str(status).startswith("5"):
                    faults.append(f"{form.action} ({how}) {sorted(body)}: {status}")
                    break
    assert not faults, "\n".join(faults)


def test_no_form_breaks_on_json_or_no_body_at_all(house: House) -> None:
    faults = []
    for visitor, form in forms(house):
        for body in ([], "text", {name: {"a": [1]} for name in form.fields}):
            status = ask(visitor, "POST", form.action, json=body)
            if str(status).startswith("5"):
                faults.append(f"{form.action} {body!r}: {status}")
    assert not faults, "\n".join(faults)


def test_fields_that_a_form_does_not_have_change_nothing(house: House) -> None:
    """Mass assignment: an otherwise empty form with roles, states and scores in it gives nobody anything."""
    faults = []
    for visitor, form in forms(house):
        if endpoint_of(house, form.action) in DEEDS_WITHOUT_FIELDS:
            continue
        before = privileges()
        for body in ({"data": SMUGGLED}, {"json": SMUGGLED}):
            status = ask(visitor, "POST", form.action, **body)
            if privileges() != before or str(status).startswith("5"):
                faults.append(f"{form.action} {sorted(body)}: {status}")
    assert not faults, "\n".join(faults)
