"""The LLM customer's settings, its breaker, its log; and that a trainee's name and number never leave the house."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.content.scenarios import read_scenarios
from lms.customers import Utterance
from lms.customers.llm import Llm
from lms.domain.conversation import Said, start, step
from lms.domain.people import Role
from lms.domain.scenarios import Scenario
from lms.domain.values import Language
from lms.extensions import db
from lms.models.audit import AuditEntry
from lms.models.roleplays import Call, LlmExchange
from lms.services import bank_files, call_log, llm, scenarios
from lms.services.llm import BadLlmSettings, LlmChoice
from lms.services.writing import writing
from tests.conftest import MONDAY
from tests.customers.fake_llm import FakeLlm, fake_llm, says, status
from tests.factories import a_person

SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"


@pytest.fixture(scope="module")
def script() -> Scenario:
    return read_scenarios(SHIPPED / "angry-complaint.yaml").scenarios["angry-complaint"].scenario


@pytest.fixture()
def server() -> Iterator[FakeLlm]:
    with fake_llm(says("我钱早就交了，你们凭什么把我停了？")) as running:
        yield running


def a_call(script: Scenario) -> int:
    with writing(None, MONDAY) as deed:
        scenarios.load_scripts(deed, [script], bank_files.LoadReport())
    person = a_person(Role.NEW_HIRE)
    with writing(None, MONDAY) as deed:
        call = Call(
            person_id=person.id, scenario_version_id=scenarios.live_versions()[script.id],
            **call_log.frozen(deed, script), language="zh", seed=7, customer="llm", hand="llm",
            call_number=f"C-{person.id}", alias="8021", state="live", created_at=MONDAY,
        )  # fmt: skip
        deed.session.add(call)
        deed.session.flush()
        return call.id


def a_turn(script: Scenario, customer: Llm) -> None:
    state, _ = start(script, Language.ZH, 7)
    after, due = step(script, state, Said(text="您好，请说。", seconds=3))
    customer.reply(script, [Utterance(speaker="agent", text="您好，请说。")], after, due)


@pytest.mark.usefixtures("app")
def test_it_is_off_until_somebody_switches_it_on(script: Scenario) -> None:
    assert llm.choice() == LlmChoice(enabled=False)
    assert llm.endpoint() is None and llm.customer_of(a_call(script), MONDAY) is None


@pytest.mark.usefixtures("app")
def test_a_change_is_audited_and_holds_no_key(server: FakeLlm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_API_KEY", "invented-key")
    administrator = a_person(Role.ADMINISTRATOR)
    wanted = LlmChoice(True, server.url, "fake-1", server.host)
    llm.choose(administrator.id, MONDAY, wanted)
    assert llm.choice() == wanted
    whom = llm.endpoint()
    assert whom is not None and (whom.key, whom.hosts) == ("invented-key", frozenset({server.host}))
    entry = db.session.execute(select(AuditEntry).where(AuditEntry.action == "llm.settings-changed")).scalar_one()
    assert entry.details["hosts"] == [server.host] and "invented-key" not in str(entry.details)


@pytest.mark.parametrize(
    ("choice", "problems"),
    [
        (LlmChoice(True, "", "m", ""), {"base_url": "not-an-address"}),
        (LlmChoice(True, "http://127.0.0.1:8091/v1", "m", ""), {"base_url": "not-listed"}),
        (LlmChoice(True, "http://127.0.0.1:8091/v1", "", "127.0.0.1:8091"), {"model": "missing"}),
        (LlmChoice(False, "", "", "somewhere"), {"hosts": "not-an-address"}),
        (LlmChoice(True, "file:///etc/passwd", "m", "127.0.0.1:8091"), {"base_url": "not-an-address"}),
    ],
)
def test_bad_settings_are_named_by_field(choice: LlmChoice, problems: dict[str, str]) -> None:
    with pytest.raises(BadLlmSettings) as bad:
        choice.check()
    assert bad.value.problems == problems


@pytest.mark.usefixtures("app")
def test_two_fallbacks_open_the_breaker_of_that_call_alone(script: Scenario, server: FakeLlm) -> None:
    llm.choose(a_person(Role.ADMINISTRATOR).id, MONDAY, LlmChoice(True, server.url, "fake-1", server.host))
    server.behave(status(500))
    call, other = a_call(script), a_call(script)
    for seq in (2, 4):
        customer = llm.customer_of(call, MONDAY)
        assert customer is not None and not customer.open_breaker
        a_turn(script, customer)
        with writing(None, MONDAY) as deed:
            assert llm.keep(deed, call, seq, customer.exchanges), "the call is mixed from now on"
    after, untouched = llm.customer_of(call, MONDAY), llm.customer_of(other, MONDAY)
    assert after is not None and after.open_breaker
    assert untouched is not None and not untouched.open_breaker
    rows = db.session.execute(select(LlmExchange).order_by(LlmExchange.id)).scalars().all()
    assert [(row.seq, row.refused, row.fallback) for row in rows] == [
        (2, "status-500", None), (2, "status-500", "status-500"),
        (4, "status-500", None), (4, "status-500", "status-500"),
    ]  # fmt: skip
    assert rows[0].prompt["messages"][0]["role"] == "system"
    assert set(rows[0].guards.values()) == {"not-run"}


@pytest.mark.usefixtures("app")
def test_a_days_tokens_are_enough_for_a_day(script: Scenario, server: FakeLlm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm, "MOST_TOKENS", 18)
    llm.choose(a_person(Role.ADMINISTRATOR).id, MONDAY, LlmChoice(True, server.url, "fake-1", server.host))
    call = a_call(script)
    customer = llm.customer_of(call, MONDAY)
    assert customer is not None
    a_turn(script, customer)
    with writing(None, MONDAY) as deed:
        assert not llm.keep(deed, call, 2, customer.exchanges)
    spent = llm.customer_of(call, MONDAY)
    assert spent is not None and spent.open_breaker


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("您好，我是王小明，工号n001。", "您好，我是8021，工号8021。"),
        ("N001 speaking", "8021 speaking"),
        ("没有名字的一句话", "没有名字的一句话"),
    ],
)
def test_own_name_and_number_become_the_alias(text: str, clean: str) -> None:
    assert llm.scrubbed(text, "王小明", "n001", "8021") == clean


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_keeps_the_name(before: str, after: str) -> None:
    assert "王小明" not in llm.scrubbed(f"{before}王小明{after}", "王小明", "n001", "8021")
