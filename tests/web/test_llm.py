"""The administrator's page of the LLM customer."""

import pytest
from flask import Flask

from lms.domain.people import Role
from lms.services import llm
from lms.services.llm import LlmChoice
from tests.browser_like import Visitor
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
