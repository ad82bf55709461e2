"""In English no page shows Chinese, but for what is marked as Chinese and what people wrote (names, questions)."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from lms.extensions import Base, db
from tests.web.furnished_house import ROLES, House, furnished
from tests.web.page_reader import read_page
from tests.web.test_doors_matrix import QUERIES, address, door, rules

CJK = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff01-\uff5e]+")


@pytest.fixture(scope="module")
def house(shared_app: Flask) -> Iterator[House]:
    with furnished(shared_app) as house:
        yield house


PRODUCT = "上岗 Shanggang"  # its name in every language


def what_people_wrote() -> list[str]:
    """Every text in the tables, the longest first; JSON by its leaves."""
    found: set[str] = set()
    for table in Base.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
            for value in row:
                found |= set(_texts(value))
    return sorted((one for one in found if CJK.search(one)), key=len, reverse=True)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        try:
            yield from _texts(json.loads(value)) if value[:1] in '{["' else iter([value])
        except ValueError:
            yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def test_no_page_shows_chinese_in_english(house: House) -> None:
    written, faults = what_people_wrote(), {}
    for role in ROLES:
        visitor = house.visitor(house.mine.people[role], "en-GB")
        for rule in rules(house.app, "GET"):
            found = door(house.app, rule)
            if rule.endpoint in QUERIES or (found.roles and role not in found.roles):
                continue
            path = address(house.app, rule, house.ids(house.mine, role))
            reply = visitor.get(path)
            if reply.mimetype != "text/html" or reply.status_code != 200:
                continue
            assert '<html lang="en">' in reply.text, path
            words = "\n".join(read_page(reply.text, path).foreign_words)
            for one in (PRODUCT, *written):
                words = words.replace(one, "")
            for left in CJK.findall(words):
                faults.setdefault(f"{rule.rule}: {left}", path)
    assert not faults, "\n".join(faults)
