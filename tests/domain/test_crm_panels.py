"""What stands on the desk of a customer: masked as rulebook 1.8 says, complete, and no more than was asked for."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.content.desktop import read_desktop
from lms.content.operator import read_catalogue
from lms.domain.crm import knowledge, panels
from lms.domain.crm.catalogue import Catalogue
from lms.domain.crm.desk import NEEDS, PanelName
from lms.domain.crm.masking import masked_address, masked_name, masked_number
from lms.domain.crm.moments import START
from lms.domain.crm.panels import Look
from lms.domain.crm.records import (
    AuthorisedContact,
    Bill,
    BillLine,
    Broadband,
    Contract,
    Customer,
    Merge,
    Note,
    Pack,
    Sim,
    Status,
    Subscription,
    Ticket,
    TicketType,
    ValueAdded,
)
from lms.domain.crm.world import World
from lms.domain.values import Language, Texts

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 3, 16)
AT = START  # some moment
NAME = Texts(zh="周岚", en="Zhou Lan")
HOME = Texts(zh="海棠苑12栋3单元502", en="Begonia Court 12-3-502")
SECRET_NUMBER, SECRET_ID = "12900010017", "000000199001015072"


@cache
def catalogue() -> Catalogue:
    found, problems = read_catalogue(ROOT / "scenarios" / "operator")
    assert found is not None, problems
    return found


def look(language: Language = Language.ZH) -> Look:
    return Look(catalogue(), read_desktop(ROOT), language, TODAY)


def zhou_lan() -> Customer:
    """A customer with one of everything, some of it over."""
    return Customer(
        n=17, account="8000000017", name=NAME, enterprise=False, id_last4="5072", id_number=SECRET_ID,
        number=SECRET_NUMBER, status=Status.ONE_WAY, opened=date(2020, 5, 1), closed=None,
        plan=Subscription("m99", "V3", Decimal("99.00"), date(2025, 6, 1)),
        earlier_plans=(Subscription("m69", "V2", Decimal("59.00"), date(2020, 5, 1)),),
        contracts=(Contract("contract:1", "C24", date(2025, 6, 1), date(2027, 5, 31), Decimal("20.00")),
                   Contract("contract:2", "C12", date(2024, 3, 1), date(2025, 2, 28), Decimal("10.00"))),
        packs=(Pack("pack:1", "data-5", AT, date(2026, 3, 31), True),),
        bills=(Bill("bill:2026-02", "2026-02", (BillLine("bill:2026-02:plan", "plan", Decimal("99.00")),
                                                BillLine("bill:2026-02:contract", "contract", Decimal("-20.00"))),
                    date(2026, 3, 3), date(2026, 3, 20), None),),
        arrears=Decimal("60.00"),
        services=(ValueAdded("vas:bayvideo:1", "bayvideo", Decimal("18.00"), date(2025, 11, 2), "partner", None,
                             "failed", date(2025, 11, 25), date(2026, 3, 5), ("2025-12", "2026-01")),),
        broadband=Broadband("b300", Decimal("60.00"), catalogue().areas[0].slug, HOME, False, True, "CW1", "CW2",
                            "red", "on", AT),
        address=HOME, sims=(Sim("sim:1", SECRET_NUMBER, True), Sim("sim:2", "12900010999", False)),
        contacts=(AuthorisedContact("contact:1", Texts(zh="林悦", en="Lin Yue"), "12912345678", date(2023, 1, 1)),),
        security_note=Texts(zh="曾有人冒名", en="An impostor has called"),
        merge=Merge("master", "8000000999", date(2026, 2, 1), Decimal("60.00")),
        tickets=(Ticket("ticket:T2603140012", "T2603140012", TicketType.FAULT, 1, "network",
                        AT, AT, None, None,
                        Texts(zh="宽带断", en="Line down")),),
        notes=(Note("note:1", AT, Texts(zh="客户来电", en="Customer called")),),
    )  # fmt: skip


def texts(customer: Customer, unmasked: frozenset[str] = frozenset()) -> str:
    shown = [cell.text for _label, cell in panels.card(customer, look(), unmasked).cells]
    for name in PanelName:
        tables = panels.panel(customer, name, look(), unmasked).tables
        shown += [cell.text for table in tables for row in table.rows for cell in row.cells]
    return "\n".join(shown)


# --- masking, by the rulebook's own examples ----------------------------------------


def test_masks() -> None:
    assert masked_name(Texts(zh="张三丰", en="Zhang Sanfeng"), Language.ZH) == "张*"
    assert masked_name(NAME, Language.EN) == "Zhou *"
    assert masked_number("12900010001") == "129****0001"
    assert masked_address(HOME, Language.ZH) == "海棠苑****"
    assert masked_address(Texts(zh="塘岸村5组169号", en="Tang'an Village 5-169"), Language.ZH) == "塘岸村****"
    assert masked_address(HOME, Language.EN) == "Begonia Court ****"


def test_nothing_personal_stands_on_the_desk_before_it_is_unmasked() -> None:
    shown = texts(zhou_lan())
    for secret in (SECRET_NUMBER, SECRET_ID, "周岚", "502", "林悦", "12912345678", "12900010999"):
        assert secret not in shown, secret


@pytest.mark.parametrize(
    ("field", "told"),
    [("number", SECRET_NUMBER), ("name", "周岚"), ("address", "502"), ("contact:1", "林悦"), ("sim:2", "12900010999")],
)
def test_unmasking_shows_the_one_field_and_no_other(field: str, told: str) -> None:
    shown = texts(zhou_lan(), frozenset({field}))
    assert told in shown
    others = {SECRET_NUMBER, "周岚", "502", "林悦", "12900010999", SECRET_ID} - {told}
    assert not [secret for secret in others if secret in shown]


def test_a_firms_name_is_public() -> None:
    firm = replace(zhou_lan(), enterprise=True, name=Texts(zh="周岚面馆", en="Zhou Lan Noodles"))
    assert panels.card(firm, look()).title.startswith("周岚面馆")


# --- panels ----------------------------------------


def rows(name: PanelName, table: int = 0, language: Language = Language.ZH) -> list[list[str]]:
    found = panels.panel(zhou_lan(), name, look(language)).tables[table]
    return [[cell.text for cell in row.cells] for row in found.rows]


def test_the_words_are_the_operators() -> None:
    assert rows(PanelName.PLAN)[0] == ["悦湾99", "V3", "99.00", "2025-06-01"]
    assert rows(PanelName.PLAN, language=Language.EN)[0][0] == "JoyBay M99"
    assert rows(PanelName.PLAN, 1)[0][:2] == ["畅湾69（旧版）", "V2"]
    assert rows(PanelName.SERVICES)[0] == [
        "湾视会员", "18.00", "2025-11-02", "合作方", "无记录", "发送失败 2025-11-25", "2026-03-05", "2025-12 2026-01",
    ]  # fmt: skip
    assert rows(PanelName.TICKETS)[0][:4] == ["T2603140012", "T2 故障", "L1", "网络运维部"]


def test_a_bill_ends_with_its_sum() -> None:
    assert rows(PanelName.BILLS, 1)[-1] == ["合计", "—", "79.00"]


def test_what_is_over_is_marked() -> None:
    contracts = panels.panel(zhou_lan(), PanelName.CONTRACTS, look()).tables[0].rows
    assert [row.past for row in contracts] == [False, True]
    ends_today = replace(zhou_lan().contracts[0], end=TODAY)
    today = panels.panel(replace(zhou_lan(), contracts=(ends_today,)), PanelName.CONTRACTS, look()).tables[0].rows
    assert [row.past for row in today] == [False], "the last day belongs to it"
    services = panels.panel(zhou_lan(), PanelName.SERVICES, look()).tables[0].rows
    assert [row.past for row in services] == [True], "cancelled, though charged"


def test_tabs_tell_what_they_need() -> None:
    tabs = panels.card(zhou_lan(), look()).tabs
    assert [tab.name for tab in tabs] == list(PanelName)
    assert {tab.name: tab.needs for tab in tabs} == NEEDS
    assert [tab.needs for tab in tabs if tab.name in (PanelName.BILLS, PanelName.SERVICES)] == [2, 2]  # rulebook 1.8


def test_every_word_is_there_in_both_languages() -> None:
    desktop = read_desktop(ROOT)
    for family, words in desktop.families.items():
        for code, word in words.items():
            assert word.zh and word.en, f"{family}.{code}"


@given(st.integers(min_value=0, max_value=4_999), st.sampled_from(Language))
@settings(deadline=None, max_examples=60)
def test_any_customer_can_be_shown_and_every_code_has_its_word(n: int, language: Language) -> None:
    customer = _world().customer(n)
    here = look(language)
    known = here.desktop.in_(language)
    panels.card(customer, here)
    refs: list[str] = []
    for name in PanelName:
        for table in panels.panel(customer, name, here).tables:
            refs += [row.ref for row in table.rows if row.ref]
            assert all(len(row.cells) == len(table.columns) for row in table.rows)
    assert len(refs) == len(set(refs)), "evidence is named once"
    for bill in customer.bills:
        for line in bill.lines:
            word = panels.line_name(line.code, here)
            assert word != line.code, f"bill line {line.code} has no word"
    for service in customer.services:
        assert known("channel", service.channel) != service.channel or language is Language.EN
        assert known("reminder", service.reminder) != "" and service.reminder in here.desktop.families["reminder"]


@cache
def _world() -> World:
    return World(20260316, 5_000, catalogue())


# --- knowledge ----------------------------------------


def test_an_article_is_found_by_title_keyword_and_body() -> None:
    def found(query: str, language: Language = Language.ZH) -> list[str]:
        return [one.article for one in knowledge.find_articles(catalogue().articles, query, language)]

    assert found("轻湾39套餐")[0] == "KB-MOB-M39"
    assert "KB-MOB-OVERAGE" in found("套外 封顶")
    assert found("LightBay", Language.EN)[0] == "KB-MOB-M39"
    assert found("龘") == []
    superseded = {one.id for one in catalogue().articles if one.superseded}
    assert superseded and not superseded & set(found("")), "the list of all shows what is in force"
    assert "KB-MOB-M69-OLD" in found("畅湾69"), "a search finds the former tariff too, and says that it is"
    assert found("畅湾69").index("KB-MOB-M69") < found("畅湾69").index("KB-MOB-M69-OLD")
