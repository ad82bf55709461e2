"""The page of one version of a question, and what changed in it, through real requests."""

import re

import pytest

from lms.domain.people import Role
from lms.models.bank import Topic
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.conftest import MONDAY
from tests.factories import a_person
from tests.marked_sittings import a_choice, another_version, in_bank


@pytest.fixture
def trainer(visitor: Visitor) -> Visitor:
    return visitor.sign_in(a_person(Role.TRAINER))


def test_a_topic_is_named_by_its_title_in_what_changed_and_in_the_whole(trainer: Visitor) -> None:
    question, *_first = in_bank(a_choice("BUS-001"))["BUS-001"]
    moved = a_choice("BUS-001").model_copy(update={"topic": "data-plans"})
    with writing(None, MONDAY) as deed:
        another_version(deed, question, moved, 2)
        for code, title in (("plans", "套餐"), ("data-plans", "流量包")):
            deed.session.add(Topic(code=code, section="business", title={"zh": title, "en": code.title()}))
    page = trainer.get(f"/bank/{question.id}/versions/2").text
    changed, whole = (re.sub(r"<[^>]+>", "", part) for part in re.findall(r"<dt>主题</dt>(.*?)</dd>", page, re.DOTALL))
    assert "".join(changed.split()) == "删去：套餐加入：流量包"
    assert whole.strip() == "流量包"
