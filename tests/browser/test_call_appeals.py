"""From a released role-play to a changed result, in real browsers: trainee, the appeal's examiner, a second one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lms.domain.call_marks import PassRules
from lms.domain.results import Feedback
from lms.extensions import db
from lms.models.people import Person
from lms.models.roleplays import Call
from lms.services import call_marking, call_marking_queue, hand_in, release
from tests.browser.accessible import in_the_dark, sideways, violations
from tests.browser.pages import SignInPage
from tests.browser.watching import Watch
from tests.call_sitting import a_call_sitting, a_sheet, an_examiner, hold_call, started
from tests.live_site import Candidate, Site, now

CRITERIA = 6


@dataclass
class People:
    trainee: Candidate
    examiner: Candidate
    second: Candidate
    attempt_id: int


@pytest.fixture
def people(own_site: Site) -> People:
    """A released attempt of one call, failed: its compliance was given a 2."""
    with own_site.rows():
        at = now() - timedelta(minutes=30)
        sitting, (person,), trainer = a_call_sitting(
            plan={"count": 1, "passing": PassRules()}, feedback=Feedback(comments=True), now=at
        )
        who, attempt_id = started(sitting, db.session.get_one(Person, person.id), at)
        call_id = hold_call(who, attempt_id, at, "您好，澄湾通信，很高兴为您服务。", "请您报一下证件后四位。")
        hand_in.hand_in(attempt_id, by="candidate", actor_id=person.id, now=at + timedelta(minutes=4))
        marker = an_examiner("先评")
        task_id = call_marking_queue.take_next(marker.id, None, at + timedelta(minutes=5))
        assert task_id is not None
        sheet = a_sheet(db.session.get_one(Call, call_id), 4, level__compliance="2")
        call_marking.submit(marker.id, task_id, sheet, 1, at + timedelta(minutes=5))
        assert release.release(trainer.id, sitting.id, None, at + timedelta(minutes=6)) == 1
        one, two = an_examiner("考官丙"), an_examiner("考官丁")
        return People(
            Candidate(person.id, person.number), Candidate(one.id, one.number), Candidate(two.id, two.number),
            attempt_id,
        )  # fmt: skip


@pytest.fixture
def window(own_site: Site, contexts: Callable[..., BrowserContext]) -> Callable[[Candidate], Page]:
    """``window(person)``: signed in, in a browser of their own."""

    def opened(person: Candidate) -> Page:
        context = contexts(own_site.server.url)
        page = context.new_page()
        page.goto("/login")
        SignInPage(page, Watch(context, own_site.server.url)).sign_in(person)
        return page

    return opened


def clean(page: Page) -> None:
    assert violations(page) + in_the_dark(page) + sideways(page) == []


def test_from_release_to_a_changed_result(people: People, window: Callable[[Candidate], Page]) -> None:
    trainee = window(people.trainee)
    trainee.goto(f"/results/{people.attempt_id}")
    expect(trainee.get_by_role("heading", name="未通过")).to_be_visible()
    clean(trainee)
    trainee.get_by_role("link", name="提出申诉").click()
    trainee.get_by_label("针对").select_option(label="第 1 通")
    trainee.get_by_label("理由").fill("我核验过证件后四位。")
    clean(trainee)
    trainee.get_by_role("button", name="提出申诉").click()
    expect(trainee.get_by_text("最迟于")).to_be_visible()

    examiner = window(people.examiner)
    examiner.goto("/appeals")
    examiner.get_by_role("button", name="受理").click()
    expect(examiner.get_by_text("先独立重新评级")).to_be_visible()
    clean(examiner)
    examiner.get_by_role("link", name="重新评级").click()
    mark_by_keyboard(examiner)
    examiner.get_by_role("link", name="回到申诉").click()
    clean(examiner)
    examiner.get_by_label("成立", exact=True).check()
    examiner.get_by_label("给考生的答复").fill("核验是完整的。")
    examiner.get_by_role("button", name="作出结论").click()
    expect(examiner.get_by_text("等待确认")).to_be_visible()
    trainee.reload()
    expect(trainee.get_by_role("heading", name="未通过")).to_be_visible()

    second = window(people.second)
    second.goto("/proposals")
    second.get_by_role("link", name="发布后改分").click()
    expect(second.get_by_role("row", name="话术合规").first).to_contain_text("4")
    clean(second)
    second.get_by_role("button", name="确认").click()
    expect(second.get_by_text("已确认，即刻生效")).to_be_visible()

    trainee.reload()
    expect(trainee.get_by_role("heading", name="通过", exact=True)).to_be_visible()
    expect(trainee.get_by_text("申诉成立，成绩已更正。")).to_be_visible()
    expect(trainee.get_by_text("核验是完整的。")).to_be_visible()
    clean(trainee)


def mark_by_keyboard(page: Page) -> None:
    expect(page.locator("#desk[data-ready=true]")).to_be_visible()
    expect(page.get_by_text("我核验过证件后四位。")).to_be_visible()
    clean(page)
    for _criterion in range(CRITERIA):
        page.keyboard.press("4")
        page.keyboard.press("j")
    page.get_by_role("radio", name="合格", exact=True).press(" ")
    expect(page.locator("#save-line")).to_contain_text("已保存")
    page.keyboard.press("Control+Enter")
