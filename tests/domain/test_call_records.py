"""The callers' records in the simulated CRM: figures from the rulebook and the story, worked out by hand."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from lms.content.desktop import read_desktop
from lms.content.operator import OPERATOR, read_catalogue
from lms.domain.crm import billing, panels
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.desk import PanelName
from lms.domain.crm.moments import TODAY, ZONE
from lms.domain.crm.placed import PlacedWorld
from lms.domain.crm.records import Customer, Status
from lms.domain.crm.search import read_query
from lms.domain.crm.term_list import TermList
from lms.domain.scenarios import Scenario, placed, unlawful
from lms.domain.scenarios.customer import KnownBy
from lms.domain.scenarios.foresight import words_in
from lms.domain.values import Language
from tests.call_room import shipped

ROOT = Path(__file__).resolve().parents[2]
IDS = ("angry-complaint", "cross-department", "new-product", "privacy-pressure", "unclear-charges")


@lru_cache
def catalogue() -> Catalogue:
    found, _problems = read_catalogue(ROOT / OPERATOR)
    assert found is not None
    return found


@lru_cache
def world(name: str) -> PlacedWorld:
    record = shipped()[name].record
    assert record is not None
    return PlacedWorld(placed(record, catalogue()), catalogue())


def caller(name: str) -> Customer:
    return world(name).customer(world(name).subject)


def told(name: str, language: Language) -> str:
    """Everything that the desktop shows of the record, in one text."""
    look = panels.Look(catalogue(), read_desktop(ROOT), language, TODAY)
    card = panels.card(caller(name), look)
    texts = [card.title, *card.flags]
    for panel in PanelName:
        for table in panels.panel(caller(name), panel, look).tables:
            texts += [table.heading, *table.columns, *(cell.text for row in table.rows for cell in row.cells)]
    return "\n".join(texts)


def totals(customer: Customer) -> dict[str, Decimal]:
    return {bill.month: bill.total for bill in customer.bills}


# --- the five stories -------------------------------------------------------------------------------------------------


def test_the_suspended_customer_owes_only_what_came_with_the_merger() -> None:
    zhou = caller("angry-complaint")
    assert (zhou.number, zhou.plan.plan, zhou.contracts, zhou.status) == ("12900010017", "m99", (), Status.ONE_WAY)
    february = zhou.bills[0]
    assert (february.month, february.total, february.paid_on) == ("2026-02", Decimal("99.00"), date(2026, 3, 12))
    assert zhou.merge is not None and (zhou.merge.on, zhou.merge.arrears) == (date(2026, 3, 6), Decimal("60.00"))
    assert zhou.arrears == Decimal("60.00")
    assert zhou.notes[0].at == datetime(2026, 3, 16, 9, 10, tzinfo=ZONE)


def test_the_moved_line_has_another_modem_than_the_crm_knows() -> None:
    ma = caller("cross-department")
    line = ma.broadband
    assert line is not None and (line.plan, line.rural, line.los, line.power) == ("b300", False, "off", "on")
    assert line.ont_serial != line.ont_seen
    assert line.outage_since == datetime(2026, 3, 14, 8, 0, tzinfo=ZONE)
    # OpenBay 69 and B300 80, less the bundle's 20: the line costs 60.
    assert set(totals(ma).values()) == {Decimal("129.00")}
    fault, move = ma.tickets
    assert (fault.type, fault.closed and fault.closed.date()) == ("T2", date(2026, 3, 15))
    assert (move.type, move.closed and move.closed.date()) == ("T3", date(2026, 3, 14))
    # 48 hours in town from the report; three working days from Thursday 12 March.
    assert fault.due == datetime(2026, 3, 16, 18, 5, tzinfo=ZONE)
    assert move.due is not None and move.due.date() == date(2026, 3, 17)
    areas = {
        notice.area for notice in catalogue().notices if notice.in_force(datetime(2026, 3, 16, 20, 0, tzinfo=ZONE))
    }
    assert line.area not in areas, "no outage notice explains it away"


def test_the_contract_has_eight_months_and_a_fee_of_eighty() -> None:
    lin = caller("new-product")
    (contract,) = lin.contracts
    assert (contract.start, contract.end, contract.discount) == (
        date(2024, 12, 1),
        date(2026, 11, 30),
        Decimal("20.00"),
    )
    left = billing.full_months_left(contract.end, TODAY)
    assert (left, billing.termination_fee(contract.kind, left)) == (8, Decimal("80.00"))
    assert set(totals(lin).values()) == {Decimal("119.00")} and lin.arrears == 0
    assert lin.broadband is not None and lin.broadband.gigabit
    assert 55 <= sum(Decimal(one) for one in ("57.4", "63.0", "59.6")) / 3 <= 65, "about 60 GB a month"


def test_the_trial_was_confirmed_the_reminder_failed_and_three_months_were_charged() -> None:
    chen = caller("unclear-charges")
    (video,) = chen.services
    assert (video.ordered, video.reminder, video.reminder_on) == (date(2025, 11, 28), "failed", date(2025, 12, 27))
    assert video.confirmation and len(video.charged_months) * video.monthly == Decimal("54.00")
    assert totals(chen) == {"2026-02": Decimal("87.00"), "2026-01": Decimal("87.00"), "2025-12": Decimal("69.00")}
    assert video.cancelled is None


def test_the_account_that_somebody_asks_about_is_another_persons() -> None:
    xu = caller("privacy-pressure")
    assert (xu.name.zh, xu.number, xu.contacts) == ("许宁", "12900010056", ())
    assert xu.security_note is not None and "上报" in xu.security_note.in_(Language.ZH)
    assert (xu.status, xu.arrears) == (Status.ACTIVE, 0)
    assert "何" not in told("privacy-pressure", Language.ZH), "the record knows nothing of the caller"


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("language", list(Language))
def test_what_only_the_systems_know_can_be_read_on_the_desktop(name: str, language: Language) -> None:
    script, shown = shipped()[name], told(name, language)
    for fact in script.facts:
        if fact.known_by is KnownBy.CRM and fact.id != "number-status":  # a state, not words: seen on card and bills
            assert words_in(fact, shown, language), (fact.id, shown)
        elif fact.known_by is KnownBy.CUSTOMER and not fact.known_at_once:
            hidden = [word for word in words_in(fact, shown, language) if not word.isascii() or len(word) > 4]
            assert not hidden, (fact.id, hidden)


# --- neighbours and namesakes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", IDS)
def test_the_caller_stands_among_people_who_look_alike(name: str) -> None:
    here = world(name)
    heads = [here.head(n) for n in here.group(here.subject)]
    own = here.head(here.subject)
    assert (own.number, own.name) == (caller(name).number, caller(name).name)
    assert [head.name.zh for head in heads].count(own.name.zh) == 3
    assert len({head.named.pinyin for head in heads}) == 1
    alike = [head for head in heads if head.number[-4:] == own.number[-4:]]
    assert len(alike) == 2 and len({head.name.zh for head in alike}) == 2
    assert sum(head.home.place_zh == own.home.place_zh for head in heads) == 3
    assert len({head.address.zh for head in heads}) == 5
    for head in heads:
        assert here.customer(head.n).name == head.name and here.customer(head.n).number == head.number


@pytest.mark.parametrize("name", IDS)
def test_no_number_account_or_ticket_of_the_caller_belongs_to_anybody_else(name: str) -> None:
    here, own = world(name), caller(name)
    others = [here.head(n) for n in range(here.size) if n != here.subject]
    assert own.number not in {number for head in others for number in (head.number, *head.extra_numbers)}
    assert own.account not in {head.account for head in others}
    assert not {ticket.number for ticket in own.tickets} & {number for head in others for number in head.tickets}
    if own.merge:
        assert own.merge.other_account not in {head.account for head in others}


def test_a_list_of_terms_answers_as_an_index_does() -> None:
    here = world("unclear-charges")
    terms = TermList(here)
    (word,) = read_query("12900010048")
    (found,) = {n for one in word.ranges for n, _term in terms.rows(one, 10)}
    assert found == here.subject
    (surname,) = read_query("陈")
    rows = terms.rows(surname.ranges[0], 10_000)
    assert rows == sorted(rows, key=lambda row: (row[1], row[0])) and all(term.startswith("陈") for _n, term in rows)
    assert terms.rows(surname.ranges[0], 2) == rows[:2]


# --- what the check finds ---------------------------------------------------------------------------------------------


def record_of(script: Scenario, **changes: Any) -> list[str]:
    assert script.record is not None
    data = {**script.record.model_dump(mode="json"), **changes}
    record = type(script.record).model_validate(data)
    return [f"{'.'.join(map(str, flaw.place))}: {flaw.what}" for flaw in unlawful(record, catalogue())]


@pytest.mark.parametrize("name", IDS)
def test_the_shipped_records_are_lawful(name: str) -> None:
    assert record_of(shipped()[name]) == []


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("plan", {"code": "m98"}, "record.plan.code: there is no 'm98' here"),
        ("home", {"place": "不存在苑"}, "record.home.place: there is no '不存在苑' here"),
        ("line", {"status": "full"}, "record.line.status: nobody is suspended without arrears (rulebook 1.5)"),
        ("line", {"opened": "2026-03-17"}, "record.line.opened: 2026-03-17 is after the day of the call"),
    ],
)
def test_a_record_against_the_rulebook_is_told(part: str, change: dict[str, Any], said: str) -> None:
    script = shipped()["unclear-charges"]
    assert script.record is not None
    whole = script.record.model_dump(mode="json")[part]
    assert said in record_of(script, **{part: {**whole, **change}})


def test_days_that_do_not_follow_are_told() -> None:
    script = shipped()["unclear-charges"]
    assert script.record is not None
    data = script.record.model_dump(mode="json")
    service = {**data["services"][0], "charged": ["2025-12", "2026-04"], "reminder_on": None}
    bills = [{**data["bills"][0], "paid": "2026-03-02"}, {**data["bills"][1], "month": "2025-11"}, data["bills"][2]]
    notes = list(reversed(data["notes"]))
    said = record_of(script, services=[service], bills=bills, notes=notes)
    assert said == [
        "record.bills.0.paid: paid before it was issued on 2026-03-03 (rulebook 1.5)",
        "record.bills.1.month: 2025-11 is not the month that stands here",
        "record.services.0.charged.0: charged within the trial of 30 days (rulebook 1.3)",
        "record.services.0.charged.1: 2026-04 has not come yet",
        "record.services.0.reminder: a reminder that was sent has a day, another has none",
        "record.notes.1: the newest stands first",
        "record.notes.2: the newest stands first",
    ]


def test_a_ticket_number_says_its_day_and_contracts_begin_on_the_first() -> None:
    script = shipped()["cross-department"]
    assert script.record is not None
    data = script.record.model_dump(mode="json")
    ticket = {**data["tickets"][0], "number": "T260101000001", "closed": "2026-03-13T10:00"}
    said = record_of(script, tickets=[ticket], contracts=[{"kind": "C12", "start": "2026-01-15", "tells": []}])
    assert said == [
        "record.contracts.0.start: contracts begin on the 1st (rulebook 1.4)",
        "record.tickets.0.number: the number does not say the day of opening",
        "record.tickets.0.closed: closed before it was opened",
    ]
