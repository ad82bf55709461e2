"""A practice call before an examiner, in two browsers: sent, marked by keyboard, read at once; clean for axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lms.domain.people import Role
from tests.browser.accessible import in_the_dark, sideways, violations
from tests.browser.pages import SignInPage
from tests.browser.watching import Watch
from tests.call_room import Phone, load_scripts, signed_in
from tests.factories import a_person
from tests.live_site import Candidate, Site

CRITERIA = 6


@pytest.fixture
def people(own_site: Site) -> tuple[Candidate, Candidate]:
    """A trainee with one practice call behind them, and an examiner."""
    with own_site.rows():
        load_scripts()
        trainee = a_person(Role.NEW_HIRE, name="练习的人")
        phone = Phone(trainee=signed_in(trainee)).answer()
        phone.say("您好，澄湾通信，很高兴为您服务。")
        phone.say("孩子发烧还联系不上，换作是我也会着急。")
        phone.do("hang-up")
        examiner = a_person(Role.EXAMINER, name="考官")
        return Candidate(trainee.id, trainee.number), Candidate(examiner.id, examiner.number)


@pytest.fixture
def at(own_site: Site, contexts: Callable[..., BrowserContext]) -> Callable[[Candidate, str], Page]:
    """``at(person, address)``: that person signed in there, in a browser of their own."""

    def sign_in(person: Candidate, address: str) -> Page:
        context = contexts(own_site.server.url)
        page = context.new_page()
        page.goto("/login")
        SignInPage(page, Watch(context, own_site.server.url)).sign_in(person)
        page.goto(address)
        return page

    return sign_in


def clean(page: Page) -> None:
    assert violations(page) + in_the_dark(page) + sideways(page) == []


def test_sent_marked_and_read(people: tuple[Candidate, Candidate], at: Callable[[Candidate, str], Page]) -> None:
    trainee, examiner = people
    mine = at(trainee, "/calls")
    mine.get_by_role("link", name="回看").first.click()
    clean(mine)
    mine.get_by_role("button", name="请考官点评").click()
    expect(mine.locator("#opinion")).to_contain_text("等待考官")

    desk = at(examiner, "/call-marking")
    expect(desk.get_by_role("row").filter(has_text="练习")).to_have_count(1)
    clean(desk)
    desk.get_by_role("button", name="评下一通").click()
    expect(desk.locator("#desk[data-ready=true]")).to_be_visible()
    expect(desk.get_by_text("不计入认证")).to_be_visible()
    for number in range(CRITERIA):
        desk.keyboard.press("4")
        if number == 1:
            desk.keyboard.press("c")
            desk.keyboard.type("说出了她的处境，很好")
            desk.keyboard.press("Shift+Tab")
        desk.keyboard.press("j")
    desk.get_by_role("radio", name="良好").press(" ")
    expect(desk.locator("#save-line")).to_contain_text("已保存")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("系统听到的要点")).to_be_visible()

    mine.reload()
    expect(mine.locator("#opinion")).to_contain_text("已点评")
    expect(mine.locator("#opinion")).to_contain_text("说出了她的处境，很好")
    expect(mine.locator("#opinion .criterion-seen")).to_have_count(CRITERIA)
    expect(mine.get_by_role("button", name="请考官点评")).to_have_count(0)
    clean(mine)
