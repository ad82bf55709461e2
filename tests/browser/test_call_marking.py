"""Marking a call in a real browser, by keyboard alone: levels, turns pinned, comments, submitted; clean for axe."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lms.domain.people import Role
from lms.extensions import db
from lms.models.people import Person
from lms.models.roleplays import CallSheet
from lms.services import hand_in
from tests.browser.accessible import in_the_dark, sideways, violations
from tests.browser.pages import SignInPage
from tests.browser.watching import Watch
from tests.call_sitting import a_call_sitting, hold_call, started
from tests.factories import a_person
from tests.live_site import Candidate, Site, now

CRITERIA = 6


@pytest.fixture
def examiner(own_site: Site) -> Candidate:
    """Two calls of one candidate wait for this examiner."""
    with own_site.rows():
        sitting, (person,), _trainer = a_call_sitting(now=now())
        at = now()
        who, attempt_id = started(sitting, db.session.get_one(Person, person.id), at)
        hold_call(who, attempt_id, at, "您好，澄湾通信，很高兴为您服务。", "孩子发烧还联系不上，换作是我也会着急。",
                  "您放心，往后绝对不会再误停您的机。")  # fmt: skip
        hold_call(who, attempt_id, at + timedelta(minutes=2))
        hand_in.hand_in(attempt_id, by="candidate", actor_id=person.id, now=at + timedelta(minutes=4))
        marker = a_person(Role.EXAMINER, name="考官")
        return Candidate(marker.id, marker.number)


@pytest.fixture
def desk(own_site: Site, contexts: Callable[..., BrowserContext], examiner: Candidate) -> Callable[[], Page]:
    """``desk()``: the examiner with the first call open, in a window of its own."""

    def open_desk() -> Page:
        context = contexts(own_site.server.url)
        page = context.new_page()
        page.goto("/login")
        SignInPage(page, Watch(context, own_site.server.url)).sign_in(examiner)
        page.goto("/call-marking")
        page.get_by_role("button", name="评下一通").click()
        listening(page)
        return page

    return open_desk


def listening(page: Page) -> None:
    expect(page.locator("#desk[data-ready=true]")).to_be_visible()


def sheets(site: Site) -> list[CallSheet]:
    with site.rows():
        return list(db.session.query(CallSheet).filter(CallSheet.submitted_at.is_not(None)))


def test_a_call_is_marked_by_keyboard_alone(own_site: Site, desk: Callable[[], Page]) -> None:
    page = desk()
    assert violations(page) + in_the_dark(page) + sideways(page) == []
    page.keyboard.press("]")
    page.keyboard.press("]")
    expect(page.locator("#selected")).to_contain_text("2")
    for number in range(CRITERIA):
        page.keyboard.press("5" if number == 0 else "4")
        if number == 0:
            page.keyboard.press("e")
            page.keyboard.press("c")
            page.keyboard.type("jk 5 开场完整")
            page.keyboard.press("Shift+Tab")  # back to the button, out of the text
        page.keyboard.press("j" if number % 2 else "ArrowDown")
    page.get_by_role("radio", name="良好").press(" ")
    expect(page.locator("#save-line")).to_contain_text("已保存")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("系统听到的要点")).to_be_visible()
    assert violations(page) + in_the_dark(page) + sideways(page) == []
    (sheet,) = sheets(own_site)
    assert sorted(sheet.levels.values()) == [4, 4, 4, 4, 4, 5] and sheet.overall == "good"
    assert sheet.pins == {"opening": [2]} and sheet.comments == {"opening": "jk 5 开场完整"}


def test_single_keys_can_be_switched_off(own_site: Site, desk: Callable[[], Page]) -> None:
    page = desk()
    page.get_by_label("快捷键").uncheck()
    page.locator("[data-criterion] input[type=radio]").first.focus()
    page.keyboard.press("1")
    page.keyboard.press("c")
    assert page.locator("[data-criterion] input:checked").count() == 0
    expect(page.locator("#keys-help")).to_be_hidden()
    page.reload()
    listening(page)
    expect(page.get_by_label("快捷键")).not_to_be_checked()


def test_two_windows_are_told_of_each_other(own_site: Site, desk: Callable[[], Page]) -> None:
    page = desk()
    other = page.context.new_page()
    other.goto(page.url)
    listening(other)
    other.keyboard.press("3")
    expect(other.locator("#save-line")).to_contain_text("已保存")
    page.bring_to_front()
    page.keyboard.press("4")
    expect(page.locator("#other-window")).to_be_visible()
    page.get_by_role("button", name="以本页为准").click()
    expect(page.locator("#save-line")).to_contain_text("已保存")
    page.reload()
    expect(page.locator("[data-criterion] input:checked").first).to_have_value("4")


def test_the_call_plays_again_faster(own_site: Site, desk: Callable[[], Page]) -> None:
    page = desk()
    all_turns = page.locator(".turn").count()
    page.locator("#speed").select_option("8")
    page.get_by_role("button", name="播放").click()
    expect(page.locator(".turn.is-coming")).not_to_have_count(0)
    page.get_by_role("button", name="暂停").click()
    page.get_by_role("button", name=re.compile("跳到下一处")).click()
    expect(page.locator(".turn.is-coming")).to_have_count(0)
    assert page.locator(".turn:visible").count() == all_turns
    page.get_by_label("只看坐席").check()
    expect(page.locator(".turn-customer").first).to_be_hidden()
