"""The CRM's world: pure, one-to-one, plausible, and every circumstance as the deck says."""

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.operator import read_catalogue
from lms.domain.crm import ledger
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.claims import CLAIMS
from lms.domain.crm.moments import START, TODAY
from lms.domain.crm.records import Status
from lms.domain.crm.terms import ends, folded
from lms.domain.crm.verifying import duplicates, faults
from lms.domain.crm.world import UnknownCircumstance, UnknownCustomer, World

SIZE = 50_000
seeds = st.integers(0, 2**31)
numbers = st.integers(0, SIZE - 1)


@cache
def catalogue() -> Catalogue:
    found, problems = read_catalogue(Path("scenarios/operator"))
    assert found is not None, problems
    return found


@cache
def world(seed: int = 1, size: int = SIZE) -> World:
    return World(seed, size, catalogue())


def subjects(name: str, count: int = 30) -> list[int]:
    return [world().with_circumstance(name, pick) for pick in range(count)]


def test_the_world_stands_at_ten_on_a_monday() -> None:
    assert (TODAY, TODAY.weekday()) == (date(2026, 3, 16), 0)
    assert START.isoformat() == "2026-03-16T10:00:00+08:00"


@given(seeds, numbers)
@settings(deadline=None, max_examples=60)
def test_any_customer_of_any_world_obeys(seed: int, n: int) -> None:
    assert faults(n, World(seed, SIZE, catalogue())) == []


@given(numbers, st.lists(numbers, max_size=3))
@settings(deadline=None)
def test_a_customer_is_a_function_of_seed_and_number_alone(n: int, others: list[int]) -> None:
    fresh = World(1, n + 1, catalogue()) if n < 2_000 else World(1, 1_000_000, catalogue())
    for other in others:
        world().customer(other)
    assert fresh.customer(n) == world().customer(n) == world().customer(n)
    assert list(fresh.terms(n)) == list(world().terms(n))


def test_another_seed_is_another_world() -> None:
    assert world(1).customer(7).number != world(2).customer(7).number


def test_three_thousand_customers_in_a_row_obey() -> None:
    assert [fault for n in range(20_000, 23_000) for fault in faults(n, world())] == []


def test_no_living_lines_share_a_number_and_no_tickets_either() -> None:
    assert list(duplicates(world(1, 10_000))) == []


@pytest.mark.parametrize("name", sorted({one.name for one in catalogue().circumstances}))
def test_the_circumstance_holds_wherever_the_deck_puts_it(name: str) -> None:
    picked = subjects(name)
    assert len(set(picked)) == len(picked), "a pick came twice before all had been picked"
    for n in picked:
        customer = world().customer(n)
        assert customer.circumstance == name
        assert CLAIMS[name](customer, world()), n


@given(numbers)
@settings(deadline=None)
def test_every_group_has_the_same_look_alikes(n: int) -> None:
    """Three of one name, two who sound the same, one pair of the same last four digits, two in one building."""
    heads = [world().head(m) for m in world().group(n)]
    people = [head.named for head in heads]
    assert sorted(Counter(one.zh for one in people).values()) == [1, 1, 3]
    assert len({one.pinyin for one in people}) == 1
    tails = Counter(world().head(m).number[-4:] for m in world().group(n) if world().head(m).role != "former-owner")
    same_number = any(head.role == "ported-away" for head in heads)
    assert max(tails.values()) == (3 if same_number else 2)
    buildings = Counter((head.home.place_zh, head.home.numbers[0]) for head in heads if not head.enterprise)
    assert max(buildings.values()) >= 2 or any(head.enterprise for head in heads)


@given(numbers)
@settings(deadline=None)
def test_terms_are_those_of_the_whole_texts(n: int) -> None:
    head, terms = world().head(n), list(world().terms(n))
    assert len(terms) == len(set(terms))
    by_kind = {kind: {term for one, term in terms if one == kind} for kind in "necsiat"}
    for text in (head.name.zh, head.name.en):
        assert set(ends(text or "")) <= by_kind["s"]
    expected = set(ends(head.address.zh or "")) | set(ends(head.address.en or ""))
    assert by_kind["a"] == expected
    assert by_kind["n"] == {head.number, *head.extra_numbers}
    assert by_kind["e"] == {number[::-1] for number in by_kind["n"]}
    assert by_kind["c"] == {head.account}
    assert by_kind["i"] == {head.named.initials, folded(head.named.pinyin)}
    assert by_kind["t"] == {folded(ticket) for ticket in head.tickets}
    assert all(0 < len(term) <= 40 for _kind, term in terms)


def test_unknown_customers_and_circumstances_are_said_so() -> None:
    for n in (-1, SIZE):
        for ask in (world().customer, world().head, world().terms, world().group):
            with pytest.raises(UnknownCustomer):
                ask(n)
    with pytest.raises(UnknownCircumstance):
        world().with_circumstance("nobody", 0)
    with pytest.raises(UnknownCircumstance):
        world(1, 100).with_circumstance("plain", 0)
    with pytest.raises(ValueError):
        World(1, 0, catalogue())


def test_a_world_too_small_for_a_whole_group_still_stands() -> None:
    small = world(1, 7)
    assert small.group(6) == (5, 6)
    assert [small.customer(n).n for n in range(7)] == list(range(7))


def test_the_former_owner_of_a_recycled_number_is_named() -> None:
    for n in subjects("recycled-number"):
        customer = world().customer(n)
        assert customer.former_number_of == world().companion(n)
        former = world().customer(customer.former_number_of or 0)
        assert (former.number, former.status) == (customer.number, Status.CLOSED)


def test_an_outage_is_counted_in_whole_hours_and_paid_by_what_the_line_costs() -> None:
    for n in subjects("outage-credit-urban"):
        customer = world().customer(n)
        assert customer.broadband is not None
        assert 20 <= ledger.outage_hours(customer.broadband, START) <= 90
        fee = ledger.paid_line_fee(customer, catalogue())
        if customer.plan.plan == "m139":
            assert fee == 80
        elif customer.plan.plan in ("m69", "m99"):
            assert fee == customer.broadband.monthly - 20
        else:
            assert fee == customer.broadband.monthly


def test_late_fees_of_an_unpaid_january_bill() -> None:
    """Due on 20 February, 24 days ago: 2.4 % of it."""
    for n in subjects("one-way"):
        customer = world().customer(n)
        total = customer.bills[1].total
        assert abs(ledger.late_fees(customer) - total * 24 / 1000) <= Decimal("0.005")
        assert customer.arrears == total


def test_the_running_month_counts_what_is_charged_so_far() -> None:
    for n in subjects("bill-shock"):
        customer = world().customer(n)
        assert ledger.charges_so_far(customer, catalogue()) * 3 > 5 * sum(bill.total for bill in customer.bills)
    for n in subjects("plain"):
        customer = world().customer(n)
        assert ledger.charges_so_far(customer, catalogue()) >= customer.plan.monthly - 40


def test_data_stops_at_the_cap() -> None:
    """M39 has 10 GB; 150 yuan at 5 a GB are 30 more."""
    shocked = [customer for n in subjects("bill-shock") if (customer := world().customer(n)).plan.plan == "m39"]
    assert shocked
    for customer in shocked:
        assert customer.usage.data_gb <= 40


def test_services_charged_after_cancelling_are_named() -> None:
    for n in subjects("vas-mischarged"):
        assert ledger.wrongly_charged(world().customer(n).services[0]) == ("2026-03", "2026-02")
    for n in subjects("vas-cancelled"):
        assert ledger.wrongly_charged(world().customer(n).services[0]) == ()
