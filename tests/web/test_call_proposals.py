"""An LLM's proposals on the desk once one's own sheet is in; not a word of them anywhere that a trainee can look."""

import html
import re

from flask import Flask

from lms.domain.people import Role
from lms.extensions import db
from lms.models.exams import Sitting
from lms.models.people import Person
from lms.models.roleplays import Call, CallProposal, CallTask
from lms.services import call_marking_queue, call_proposals, hand_in, llm, release
from lms.services.llm import LlmChoice
from lms.services.writing import writing
from tests.browser_like import Visitor
from tests.call_sitting import MINUTE, a_call_sitting, an_examiner, hold_call, mark_next, started
from tests.conftest import MONDAY
from tests.customers.fake_llm import fake_llm, status
from tests.factories import a_person

NOW = MONDAY + 10 * MINUTE
SENTINEL = "哨兵QX7"


def propose(call: Call, text: str) -> None:
    quoted = {"id": "wording:brand", "answer": "yes", "quotes": [{"seq": 2, "text": text}]}
    with writing(None, NOW) as deed:
        deed.session.add(
            CallProposal(
                call_id=call.id, template=SENTINEL, model_asked=SENTINEL, model_answered=f"{SENTINEL}-model",
                prompt={"messages": [{"role": "system", "content": SENTINEL}]}, prompt_sha256="0" * 64,
                answer=SENTINEL, milliseconds=9, checks={"checks": [quoted]}, at=NOW,
            )
        )  # fmt: skip


def words(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def test_the_desk_shows_them_after_ones_own_sheet_alone(app: Flask) -> None:
    sitting, (person,), _trainer = a_call_sitting(plan={"count": 1})
    held_call(sitting, person)
    propose(db.session.query(Call).one(), SENTINEL)
    examiner = an_examiner()
    visitor = Visitor(app).sign_in(examiner)
    task_id = call_marking_queue.take_next(examiner.id, None, NOW)
    address = f"/call-marking/tasks/{task_id}"
    before = visitor.get(address).text
    assert SENTINEL not in before and "AI 提示" not in before
    mark_next(examiner)
    after = words(visitor.get(address).text)
    assert "AI 提示" in after and "学员看不到" in after and f"{SENTINEL}-model" in after
    assert "开场报出了品牌（澄湾通信）吗？" in after and SENTINEL in after
    assert "未评估" in after, "a check that the model left out is not evaluated"


def held_call(sitting: Sitting, person: Person) -> int:
    """An attempt of one call, handed in."""
    who, attempt_id = started(sitting, person)
    hold_call(who, attempt_id, MONDAY)
    hand_in.hand_in_own(who, attempt_id, MONDAY + 5 * MINUTE)
    return attempt_id


def test_a_failure_says_not_evaluated(app: Flask) -> None:
    with fake_llm(status(500)) as server:
        administrator = a_person(Role.ADMINISTRATOR)
        sitting, (person,), _trainer = a_call_sitting(plan={"count": 1})
        held_call(sitting, person)
        llm.choose(administrator.id, NOW, LlmChoice(False, server.url, "fake-1", server.host, proposals=True))
        examiner = an_examiner()
        task_id = mark_next(examiner)
        visitor = Visitor(app).sign_in(examiner)
        assert "正在询问模型 fake-1" in words(visitor.get(f"/call-marking/tasks/{task_id}").text)
        assert call_proposals.sweep(NOW) == 1
        shown = words(visitor.get(f"/call-marking/tasks/{task_id}").text)
    assert "未评估" in shown and "status-500" in shown and "这不表示没有问题" in shown


def test_nothing_of_it_reaches_the_trainee(app: Flask) -> None:
    """Every page of the trainee's that speaks of the call, before and after release."""
    sitting, (person,), trainer = a_call_sitting(plan={"count": 1})
    attempt_id = held_call(sitting, person)
    call = db.session.query(Call).one()
    propose(call, SENTINEL)
    mark_next(an_examiner())
    trainee = Visitor(app).sign_in(db.session.get_one(Person, person.id))
    pages = [f"/calls/{call.id}", f"/calls/{call.id}/turns", f"/calls/{call.id}/replay", "/calls", "/",
             f"/attempts/{attempt_id}/done", "/results", f"/results/{attempt_id}"]  # fmt: skip
    for released in (False, True):
        if released:
            release.release(trainer.id, sitting.id, None, NOW + MINUTE)
        for address in pages:
            reply = trainee.get(address)
            assert reply.status_code in (200, 302, 404), address
            assert SENTINEL not in reply.text and "AI 提示" not in reply.text, address
    assert trainee.get(f"/results/{attempt_id}").status_code == 200
    assert trainee.get(f"/calls/{call.id}/replay").status_code == 200
    task_id = db.session.query(CallTask).one().id
    assert trainee.get(f"/call-marking/tasks/{task_id}").status_code in (403, 404)
