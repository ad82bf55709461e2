"""The administrator's page of the LLM customer."""

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.services import llm
from lms.services.llm import LlmChoice
from tests.browser_like import Visitor
from tests.call_room import load_scripts
from tests.factories import a_person


@pytest.fixture()
def administrator(app: Flask) -> Visitor:
    return Visitor(app).sign_in(a_person(Role.ADMINISTRATOR))


def test_settings_are_kept(administrator: Visitor) -> None:
    assert "默认关闭" in administrator.get("/settings/llm").text
    wanted = {"enabled": "y", "base_url": "http://127.0.0.1:8091/v1", "model": "m-1", "hosts": " 127.0.0.1:8091 \r\n"}
    assert administrator.post("/settings/llm", wanted).status_code == 302
    assert llm.choice() == LlmChoice(True, "http://127.0.0.1:8091/v1", "m-1", "127.0.0.1:8091")
    assert administrator.post("/settings/llm", {**wanted, "enabled": ""}).status_code == 302
    assert not llm.choice().enabled


def test_an_unlisted_address_is_an_error_at_its_field(administrator: Visitor) -> None:
    wanted = {"enabled": "y", "base_url": "http://169.254.169.254/latest", "model": "m-1", "hosts": "127.0.0.1:8091"}
    reply = administrator.post("/settings/llm", wanted)
    assert reply.status_code == 422
    assert "不在下面的允许清单里" in reply.text and "169.254.169.254" in reply.text
    assert llm.choice() == LlmChoice()


def test_proposals_have_a_switch_of_their_own_and_their_own_words_shown(administrator: Visitor) -> None:
    wanted = {"proposals": "y", "base_url": "http://127.0.0.1:8091/v1", "model": "m-1", "hosts": "127.0.0.1:8091"}
    assert administrator.post("/settings/llm", wanted).status_code == 302
    assert llm.choice() == LlmChoice(False, "http://127.0.0.1:8091/v1", "m-1", "127.0.0.1:8091", proposals=True)
    assert llm.endpoint() is None and llm.endpoint_for_proposals() is not None
    load_scripts()
    shown = administrator.get("/settings/llm?purpose=proposals&language=en").text
    assert "yes/no question below" in shown and "wording:brand" in shown and "Give no mark, no level" in shown
    assert "You play a customer" not in shown
    assert "You play a customer" in administrator.get("/settings/llm?language=en").text


def test_proposals_need_an_address_and_a_model_too(administrator: Visitor) -> None:
    assert administrator.post("/settings/llm", {"proposals": "y"}).status_code == 422
    assert llm.choice() == LlmChoice()
