"""The index of a world: built once, whole, and found by whatever an agent types."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from lms.domain.crm.search import QueryRefused
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import World, WorldTerm
from lms.services import crm_search, crm_worlds
from lms.services.writing import writing
from tests.conftest import MONDAY

SIZE = 600
LOOK = crm_worlds.look(Language.ZH, date(2026, 3, 16))


@pytest.fixture
def world_id(app: Flask) -> Iterator[int]:
    yield crm_worlds.ensure_world(MONDAY, size=SIZE)


def terms(world_id: int) -> int:
    return db.session.execute(select(func.count()).where(WorldTerm.world_id == world_id)).scalar_one()


def found(world_id: int, query: str) -> list[int]:
    hits = crm_search.search(world_id, crm_worlds.customers(size=SIZE), query, LOOK)
    return [hit.customer for hit in hits.hits]


def test_a_second_call_builds_nothing_twice(world_id: int) -> None:
    before = terms(world_id)
    assert before == sum(len(list(crm_worlds.customers(size=SIZE).terms(n))) for n in range(SIZE))
    assert crm_worlds.ensure_world(MONDAY, size=SIZE) == world_id
    assert terms(world_id) == before
    assert db.session.query(World).count() == 1


def test_a_half_built_index_is_built_anew(world_id: int) -> None:
    whole = terms(world_id)
    with writing(None, MONDAY) as deed:
        deed.session.execute(delete(WorldTerm).where(WorldTerm.customer > 100))
        deed.session.execute(update(World).values(built_at=None))
    assert crm_worlds.find_world(size=SIZE) is None
    assert crm_worlds.ensure_world(MONDAY, size=SIZE) == world_id
    assert terms(world_id) == whole
    assert crm_worlds.find_world(size=SIZE) is not None


@pytest.mark.parametrize("n", [0, 7, 123, SIZE - 1])
def test_a_customer_is_found_by_everything_that_is_theirs(world_id: int, n: int) -> None:
    world = crm_worlds.customers(size=SIZE)
    head = world.head(n)
    name = head.name.zh or ""
    for query in (head.number, head.number[:7], head.number[-4:], head.account, *head.tickets, head.address.zh or ""):
        assert n in found(world_id, query), query
    same_name = {other for other in range(SIZE) if (world.head(other).name.zh or "").endswith(name[-2:])}
    assert same_name >= set(found(world_id, name[-2:])) >= {n}
    assert n in found(world_id, f"{name} {head.number[-4:]}")
    assert n in found(world_id, f"{head.named.pinyin} {(head.address.zh or '')[:3]}")


@pytest.mark.parametrize("n", [0, 7, 123, SIZE - 1])
def test_an_address_is_found_as_it_is_written(world_id: int, n: int) -> None:
    """In English its last word is digits only: 2-1-204; so may a room be that is asked for by itself."""
    address = crm_worlds.customers(size=SIZE).head(n).address
    assert n in found(world_id, address.en or "")
    assert n in found(world_id, re.sub(r"(\d+\D+)", r"\1 ", address.zh or ""))
    estate, room = re.match(r"\D+", address.zh or ""), re.search(r"\d+(?=\D*$)", address.zh or "")
    assert estate and room
    assert n in found(world_id, f"{estate[0]} {room[0]}")


def test_whole_terms_come_before_those_that_only_begin_so(world_id: int) -> None:
    world = crm_worlds.customers(size=SIZE)
    head = world.head(42)
    assert found(world_id, head.number)[0] == 42
    name = head.name.zh or ""
    hits = found(world_id, name)
    exact = [n for n in range(SIZE) if world.head(n).name.zh == name]
    assert hits[: len(exact)] == exact


def test_at_most_fifty_hits_and_the_word_that_there_are_more(world_id: int) -> None:
    world = crm_worlds.customers(size=SIZE)
    commonest, count = Counter(world.head(n).number[:4] for n in range(SIZE)).most_common(1)[0]
    assert count > 50
    hits = crm_search.search(world_id, world, commonest, LOOK)
    assert len(hits.hits) == 50 and hits.more
    few = crm_search.search(world_id, world, world.head(3).number, LOOK)
    assert not few.more


def test_hits_are_masked(world_id: int) -> None:
    head = crm_worlds.customers(size=SIZE).head(5)
    (hit,) = crm_search.search(world_id, crm_worlds.customers(size=SIZE), head.account, LOOK).hits
    assert hit.number == f"{head.number[:3]}****{head.number[-4:]}"
    assert head.enterprise or hit.name == f"{(head.name.zh or '')[0]}*"


@pytest.mark.parametrize("query", ["", "  ", "12", "9" * 10_000])
def test_what_says_too_little_is_not_looked_up(world_id: int, query: str) -> None:
    with pytest.raises(QueryRefused):
        found(world_id, query)


@pytest.mark.parametrize("query", ["%", "'; DROP TABLE crm_terms; --", "12900000000", "龘龘龘"])
def test_odd_queries_find_nothing_or_are_refused(world_id: int, query: str) -> None:
    with suppress(QueryRefused):
        assert found(world_id, query) == []
    assert terms(world_id)
