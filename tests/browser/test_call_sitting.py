"""A certification call whose customer an examiner plays: from the wait to the released result, in four browsers."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from lms.domain.people import Role
from lms.domain.roleplay_plans import Customer
from lms.extensions import db
from lms.models.exams import Attempt
from lms.models.people import Person
from lms.models.roleplays import Call, CallTask, Turn
from lms.services import call_marking, call_marking_queue
from tests.browser.accessible import in_the_dark, sideways, violations
from tests.browser.pages import SignInPage
from tests.browser.test_sitting import press_on
from tests.browser.watching import Watch
from tests.call_sitting import a_call_sitting, a_sheet, the_call
from tests.factories import a_person
from tests.live_site import Candidate, Site, now

LADEN = 20_000  # milliseconds that a laden machine may take for one answer


@dataclass
class Cast:
    """A sitting with one candidate, and the people around it."""

    sitting_id: int
    trainee: Candidate
    player: Candidate
    marker: Candidate
    watcher: Candidate
    trainer: Candidate


@pytest.fixture
def cast(own_site: Site) -> Cast:
    with own_site.rows():
        watcher = a_person(Role.EXAMINER, name="监考")
        plan = {"customer": Customer.EXAMINER, "count": 1, "wait_minutes": 3, "scenarios": ("angry-complaint",)}
        sitting, (person,), trainer = a_call_sitting(plan=plan, now=now(), invigilator_ids=[watcher.id])
        player, marker = a_person(Role.EXAMINER, name="扮演者"), a_person(Role.EXAMINER, name="评分者")
        people = [Candidate(one.id, one.number) for one in (person, player, marker, watcher, trainer)]
        return Cast(sitting.id, *people)


class Window:
    """One person's browser, at a page."""

    def __init__(self, context: BrowserContext, site: Site, who: Candidate, place: str) -> None:
        self.page, self.watch = context.new_page(), Watch(context, site.server.url)
        self.page.goto("/login")
        SignInPage(self.page, self.watch).sign_in(who)
        self.page.goto(place)

    def say(self, text: str) -> None:
        self.page.locator("#words").focus()
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Control+Enter")

    def lines(self, speaker: str) -> Locator:
        return self.page.locator(f".turn-{speaker}[data-seq]")


def looked_at(page: Page) -> list[str]:
    return [*violations(page), *in_the_dark(page), *sideways(page)]


def test_an_examiner_is_the_customer_of_a_certification(
    own_site: Site, cast: Cast, contexts: Callable[..., BrowserContext]
) -> None:
    url = own_site.server.url
    trainee = Window(contexts(url), own_site, cast.trainee, "/exams")
    page = trainee.page
    press_on(page, page.locator(".sitting-action a"))
    expect(page.locator("main")).to_contain_text("等考官接入时停表")
    press_on(page, page.locator("form[action$='/start'] button"))
    press_on(page, page.get_by_role("button", name="准备好了，接下一通"))
    expect(page.locator("#ringing-title")).to_have_text("等待考官接入", timeout=LADEN)
    expect(page.locator("#nobody")).to_be_hidden()
    expect(page.locator(".ringing-actions")).not_to_contain_text("不接")
    assert not looked_at(page)

    call_id = int(page.url.rsplit("/", 1)[1])
    began_to_wait_earlier(own_site, call_id, timedelta(minutes=4))
    page.reload()
    expect(page.locator("#nobody")).to_contain_text("等待不计入考试时间")
    assert not looked_at(page)
    board = Window(contexts(url), own_site, cast.watcher, f"/sittings/{cast.sitting_id}/live")
    expect(board.page.locator(".live-tile .state")).to_have_text("等待考官", timeout=LADEN)
    expect(board.page.locator(".live-tile")).to_contain_text("请安排一位考官接入")
    assert not looked_at(board.page)

    seat = Window(contexts(url), own_site, cast.player, "/calls")
    expect(seat.page.locator("main")).to_contain_text("认证（扮演后不能再评这通）")
    deadline = the_deadline(own_site, cast)
    press_on(seat.page, seat.page.get_by_role("button", name=re.compile("接入扮演")))
    expect(page.locator("#answer")).to_be_focused(timeout=LADEN)
    given_back = the_deadline(own_site, cast) - deadline
    assert timedelta(minutes=4) <= given_back < timedelta(minutes=6), "what was waited is given back"
    page.keyboard.press("Enter")
    expect(board.page.locator(".live-tile .state")).not_to_have_text("等待考官", timeout=LADEN)

    expect(seat.page.locator("#call-state")).to_have_text("通话中", timeout=LADEN)
    assert trainee_is_nowhere(seat.page, own_site, cast)
    seat.page.locator("#log-box").focus()
    seat.page.keyboard.press("1")
    expect(trainee.lines("customer")).to_have_count(1, timeout=LADEN)
    trainee.say("您好，澄湾通信，请您慢慢说。")
    expect(seat.lines("agent")).to_have_count(1, timeout=LADEN)
    seat.say("孩子发烧了，我急死了！")
    expect(trainee.lines("customer")).to_have_count(2, timeout=LADEN)

    press_on(seat.page, seat.page.locator("#hand"))
    expect(seat.page.locator("#in-hand")).to_have_text("由脚本扮演", timeout=LADEN)
    trainee.say("孩子发烧还联系不上，换作是我也会着急，我马上帮您查。")
    expect(trainee.lines("customer")).to_have_count(3, timeout=LADEN)
    seat.page.locator("#hand").focus()
    seat.page.keyboard.press("Enter")
    expect(seat.page.locator("#words")).to_be_enabled(timeout=LADEN)
    before = trainee.lines("customer").count()
    seat.say("那你倒是快点！")
    expect(trainee.lines("customer")).to_have_count(before + 1, timeout=LADEN)
    press_on(page, page.locator("[data-open-dialog=hang-up]"))
    press_on(page, page.locator("#hang-up .btn-danger"))
    expect(page.locator("#over-title")).to_be_focused(timeout=LADEN)
    press_on(page, page.locator("#after"))
    expect(page.locator("h2")).to_contain_text("1 通都已结束")
    press_on(page, page.get_by_role("button", name="交卷"))
    expect(page.locator("h1")).to_contain_text("模拟通话已结束", timeout=LADEN)
    assert who_spoke(own_site, call_id) >= {"examiner", "script"}

    seat.page.goto("/call-marking")
    expect(seat.page.locator("h1")).to_be_visible()
    expect(seat.page.get_by_role("button", name="评下一通")).to_have_count(0)  # whoever played it does not mark it
    marked_by(own_site, cast.marker, call_id)
    desk = Window(contexts(url), own_site, cast.trainer, f"/sittings/{cast.sitting_id}/results")
    press_on(desk.page, desk.page.locator("[data-open-dialog=release-all]"))
    press_on(desk.page, desk.page.locator("#release-all button[name=all]"))
    expect(desk.page.locator("[data-open-dialog=release-all]")).to_have_count(0)

    page.goto(f"/results/{own_site.attempt_of(cast.trainee.person_id).id}")
    expect(page.locator("#outcome-title")).to_contain_text("通过")
    expect(page.locator(".call-seen")).to_contain_text("客户：考官")
    assert not looked_at(page)
    for window in (trainee, seat, board, desk):
        window.watch.check()


def began_to_wait_earlier(site: Site, call_id: int, by: timedelta) -> None:
    with site.rows():
        call = db.session.get_one(Call, call_id)
        call.created_at -= by
        db.session.commit()


def the_deadline(site: Site, cast: Cast) -> datetime:
    with site.rows():
        return db.session.query(Attempt).filter_by(person_id=cast.trainee.person_id).one().deadline


def trainee_is_nowhere(page: Page, site: Site, cast: Cast) -> bool:
    with site.rows():
        name = db.session.get_one(Person, cast.trainee.person_id).name
    shown = page.locator("body").inner_text()
    return name not in shown and cast.trainee.number not in shown


def who_spoke(site: Site, call_id: int) -> set[str]:
    with site.rows():
        return {turn.by for turn in db.session.query(Turn).filter_by(call_id=call_id, speaker="customer")}


def marked_by(site: Site, marker: Candidate, call_id: int) -> None:
    with site.rows():
        task_id = call_marking_queue.take_next(marker.person_id, None, now())
        assert task_id is not None and db.session.get_one(CallTask, task_id).call_id == call_id
        call_marking.submit(marker.person_id, task_id, a_sheet(the_call(call_id), 5), 1, now())
