"""The call room and the examiner's seat in real browsers: by keyboard, between two seats, through a lost network."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from lms.domain.people import Role
from lms.domain.scenarios.own_tests import OwnTest
from lms.domain.values import Language
from lms.extensions import db
from lms.models.roleplays import Call, Turn
from tests.browser.accessible import in_the_dark, sideways, violations
from tests.browser.pages import SignInPage
from tests.browser.watching import CONNECTION_LOST, Watch
from tests.call_room import load_scripts, shipped
from tests.factories import a_person
from tests.live_site import Candidate, Site

SCENARIO = "angry-complaint"
TICKET = {"type": "T1 计费争议", "level": "二级", "department": "计费账务部", "due": "2 小时", "contact": "来电固话"}
LADEN = 20_000  # milliseconds that a laden machine may take for one answer


@pytest.fixture(scope="module")
def staged(site: Site) -> Iterator[Site]:
    with site.rows():
        load_scripts()
    yield site


def the_good_way() -> OwnTest:
    return next(
        one for one in shipped()[SCENARIO].tests if one.language is Language.ZH and one.ends.value == "resolved"
    )


def looked_at(page: Page) -> list[str]:
    return [*violations(page), *in_the_dark(page), *sideways(page)]


class Somebody:
    """A person of a role, signed in at a browser of their own."""

    def __init__(self, context: BrowserContext, site: Site, *roles: Role) -> None:
        self.context, self.site = context, site
        with site.rows():
            person = a_person(*roles, name="通话之人")
            self.name, self.number = person.name, person.number
            self.id = person.id
        self.page = context.new_page()
        self.watch = Watch(context, site.server.url)
        self.page.goto("/login")
        SignInPage(self.page, self.watch).sign_in(Candidate(self.id, self.number))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def ready(self) -> None:
        expect(self.page.locator("body[data-ready=true]")).to_have_count(1)

    def begin(self, customer: str = "scripted") -> None:
        """Choose and ring, by keyboard."""
        self.page.goto("/calls")
        for name, value in (("scenario", SCENARIO), ("language", "zh"), ("customer", customer)):
            self.page.locator(f"[name={name}][value={value}]").focus()
            self.press("Space")
        self.page.locator("button", has_text="开始来电").focus()
        self.press("Enter")
        self.ready()

    def say(self, text: str) -> None:
        expect(self.page.locator("#words")).to_be_focused()
        self.page.keyboard.insert_text(text)
        self.press("Control+Enter")

    def lines(self, speaker: str) -> Any:
        return self.page.locator(f".turn-{speaker}[data-seq]")

    def turns(self) -> list[Turn]:
        with self.site.rows():
            newest = select(Call.id).where(Call.person_id == self.id).order_by(Call.id.desc()).limit(1)
            call_id = db.session.execute(newest).scalar_one()
            return list(db.session.execute(select(Turn).where(Turn.call_id == call_id).order_by(Turn.seq)).scalars())


KEPT = """() => new Promise((resolve, reject) => {
  const opened = indexedDB.open("shanggang-exam", 1);
  opened.onerror = () => reject(opened.error);
  opened.onsuccess = () => {
    const counted = opened.result.transaction("ops").objectStore("ops").count();
    counted.onsuccess = () => resolve(counted.result);
  };
})"""


def kept_in(page: Page) -> int:
    """How many unsent things the browser's own store holds."""
    return int(page.evaluate(KEPT))


def fill_ticket(somebody: Somebody) -> None:
    page = somebody.page
    page.locator("button", has_text="建工单").focus()
    somebody.press("Enter")
    expect(page.locator("#ticket")).to_be_visible()
    for name in ("type", "level", "department"):
        page.locator(f"#ticket-{name}").select_option(label=TICKET[name])
    for name in ("due", "contact"):
        page.locator(f"#ticket-{name}").fill(TICKET[name])
    page.locator("#ticket-summary").fill("误停机，加急复机")
    assert not violations(page)
    page.locator("#ticket button", has_text="提交工单").focus()
    somebody.press("Enter")
    expect(page.locator("#ticket")).to_be_hidden()


def test_a_practice_call_by_keyboard_to_a_good_end(staged: Site, contexts: Callable[..., BrowserContext]) -> None:
    trainee = Somebody(contexts(staged.server.url), staged, Role.NEW_HIRE)
    page = trainee.page
    page.goto("/calls")
    assert not looked_at(page)
    trainee.begin()
    expect(page.locator("#answer")).to_be_focused()
    assert not looked_at(page)
    trainee.press("Enter")
    expect(trainee.lines("customer")).to_have_count(1, timeout=LADEN)
    expect(page.locator("#response-word")).to_have_text("请回应客户")
    expect(page.locator(".alias")).to_have_text(re.compile(r"本次通话您的工号：\d{4}"))
    assert not looked_at(page)
    said = 0
    for turn in the_good_way().agent:
        before = trainee.lines("customer").count()
        if turn.say is None:
            assert turn.do == "ticket"
            fill_ticket(trainee)
            expect(page.locator(".turn-deed", has_text="T1 计费争议")).to_be_visible(timeout=LADEN)
            continue
        trainee.say(turn.say)
        said += 1
        expect(trainee.lines("agent")).to_have_count(said, timeout=LADEN)
        expect(trainee.lines("customer")).not_to_have_count(before, timeout=LADEN)
    expect(page.locator("#over-title")).to_be_focused(timeout=LADEN)
    trainee.watch.check()
    trainee.press("Tab", "Enter")
    expect(page.locator("h1")).to_have_text("通话回看")
    expect(page.locator(".after-tiles .state").first).to_have_text("问题解决，客户接受")
    expect(page.locator(".needs .state-soon")).to_have_count(0)
    assert not looked_at(page)
    page.locator("#replay-play").focus()
    trainee.press("Enter")
    expect(page.locator("#replay-play")).to_have_text(re.compile("停止"))
    expect(page.locator("#log > .turn").last).to_be_hidden()
    trainee.press("Enter")
    expect(page.locator("#log > .turn").last).to_be_visible()
    trainee.watch.check()


def test_examiner_and_trainee_talk(staged: Site, contexts: Callable[..., BrowserContext]) -> None:
    trainee = Somebody(contexts(staged.server.url), staged, Role.NEW_HIRE)
    examiner = Somebody(contexts(staged.server.url), staged, Role.EXAMINER)
    trainee.begin("examiner")
    expect(trainee.page.locator("#ringing-title")).to_have_text("等待考官接入")
    expect(trainee.page.locator("#answer")).to_be_hidden()

    examiner.page.goto("/calls")
    assert not violations(examiner.page)
    examiner.page.locator("button", has_text="接入扮演").last.focus()
    examiner.press("Enter")
    examiner.ready()
    expect(trainee.page.locator("#answer")).to_be_focused(timeout=LADEN)
    trainee.press("Enter")
    expect(examiner.page.locator("#call-state")).to_have_text("通话中", timeout=LADEN)
    assert not looked_at(examiner.page)
    assert trainee.name not in examiner.page.locator("body").inner_text()
    assert trainee.number not in examiner.page.locator("body").inner_text()

    due = examiner.page.locator(".cue-line").first.locator("span").last.inner_text()
    examiner.page.locator("#log-box").focus()
    examiner.press("1")
    expect(trainee.lines("customer")).to_have_text(re.compile(re.escape(due)), timeout=LADEN)
    expect(examiner.page.locator("#response-word")).to_have_text("等待坐席")
    trainee.say("真的很抱歉，给您添麻烦了。您是遇到什么急事了吗？")
    expect(examiner.lines("agent")).to_have_text(re.compile("您是遇到什么急事了吗"), timeout=LADEN)
    expect(examiner.page.locator("#response-word")).to_have_text("请以客户身份回应")
    expect(examiner.page.locator(".seat-facts li", has_text="发烧").locator(".state").first).to_have_text("可以说")

    examiner.page.locator("#words").focus()
    examiner.say("<b>1</b> 孩子发烧了！")
    expect(trainee.lines("customer").last.locator(".turn-text")).to_have_text("<b>1</b> 孩子发烧了！", timeout=LADEN)
    examiner.page.locator("#note").fill("没有报工号")
    examiner.page.locator("#note-form button").focus()
    examiner.press("Enter")
    expect(examiner.page.locator("#notes li")).to_have_text(re.compile("没有报工号"))

    examiner.page.locator("#hand").focus()
    examiner.press("Enter")
    expect(examiner.page.locator("#in-hand")).to_have_text("由脚本扮演", timeout=LADEN)
    before = trainee.lines("customer").count()
    trainee.say("您好，请您慢慢说，我来帮您查。")
    expect(trainee.lines("customer")).not_to_have_count(before, timeout=LADEN)
    expect(examiner.lines("customer").last).to_contain_text("脚本", timeout=LADEN)
    expect(examiner.page.locator("#words")).to_be_disabled()
    examiner.press("Enter")
    expect(examiner.page.locator("#words")).to_be_enabled(timeout=LADEN)

    examiner.page.locator("#ask-hang-up").focus()
    examiner.press("Enter")
    examiner.page.locator("#hang-up-form .btn-danger").focus()
    examiner.press("Enter")
    expect(trainee.page.locator("#over-title")).to_be_focused(timeout=LADEN)
    expect(examiner.page.locator("#over")).to_be_visible()
    assert not looked_at(examiner.page)
    trainee.watch.check()
    examiner.watch.check()


def test_nothing_said_is_lost_with_the_network_or_by_a_reload(
    staged: Site, contexts: Callable[..., BrowserContext]
) -> None:
    context = contexts(staged.server.url)
    trainee = Somebody(context, staged, Role.NEW_HIRE)
    page = trainee.page
    trainee.begin()
    trainee.press("Enter")
    expect(trainee.lines("customer")).to_have_count(1, timeout=LADEN)

    trainee.watch.expect(CONNECTION_LOST)
    context.set_offline(True)
    trainee.say("您好，澄湾通信，很高兴为您服务。")
    trainee.page.keyboard.insert_text("还没有发出的话")
    expect(page.locator("#banner")).to_contain_text("网络已断开")
    expect(page.locator(".is-pending")).to_have_count(1)
    context.set_offline(False)
    expect(page.locator(".is-pending")).to_have_count(0, timeout=LADEN)
    expect(page.locator("#banner")).to_be_hidden()
    spoken = [turn.text for turn in trainee.turns() if turn.speaker == "agent"]
    assert spoken == ["您好，澄湾通信，很高兴为您服务。"], "once, however often it was sent"

    shown = page.locator("#log .turn-text").all_inner_texts()
    page.reload()
    trainee.ready()
    assert page.locator("#log .turn-text").all_inner_texts()[: len(shown)] == shown
    expect(page.locator("#words")).to_have_value("还没有发出的话")

    context.set_offline(True)
    trainee.press("Control+Enter")
    expect(page.locator(".is-pending")).to_have_count(1)
    page.keyboard.insert_text("打了一半")
    expect(page.locator("#words")).to_have_value("打了一半")
    address = page.url
    page.close()  # the window is gone before anything was sent
    context.set_offline(False)
    trainee.page = page = context.new_page()
    page.goto(address)
    trainee.ready()
    expect(page.locator(".is-pending")).to_have_count(0, timeout=LADEN)
    expect(page.locator("#words")).to_have_value("打了一半")
    assert [turn.text for turn in trainee.turns() if turn.speaker == "agent"][1:] == ["还没有发出的话"]
    page.locator("[data-open-dialog=hang-up]").click()
    page.locator("#hang-up .btn-danger").click()
    expect(page.locator("#over-title")).to_be_focused(timeout=LADEN)
    assert kept_in(page) == 0, "of a call that is over nothing is kept"
    trainee.watch.check()


def search(somebody: Somebody, query: str) -> None:
    somebody.press("Alt+s")
    expect(somebody.page.locator("#search")).to_be_focused()
    somebody.page.keyboard.insert_text(query)
    expect(somebody.page.locator(".hit").first).to_be_visible(timeout=LADEN)


def test_the_caller_is_looked_up_while_the_conversation_goes_on(
    staged: Site, contexts: Callable[..., BrowserContext]
) -> None:
    """By keyboard alone: among namesakes, to the bills, unmasked, through a reload, into a ticket and back to words."""
    trainee = Somebody(contexts(staged.server.url), staged, Role.NEW_HIRE)
    page = trainee.page
    trainee.begin()
    trainee.press("Enter")
    expect(trainee.lines("customer")).to_have_count(1, timeout=LADEN)
    search(trainee, "周岚")
    expect(page.locator(".hit")).to_have_count(3)
    assert not looked_at(page)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("12900010017")
    expect(page.locator(".hit")).to_have_count(1, timeout=LADEN)
    trainee.press("ArrowDown", "Enter")
    expect(page.locator("#record-title")).to_have_text("周* · 单停", timeout=LADEN)
    trainee.press("Alt+v", "Space")
    page.locator(".verify-form [name=level]").select_option("2")
    page.locator(".verify-form button").focus()
    trainee.press("Enter")
    expect(page.locator(".tab-needs")).to_have_count(0, timeout=LADEN)
    trainee.press("Alt+4")
    expect(page.locator("#panel")).to_contain_text("60.00", timeout=LADEN)
    page.locator("[data-unmask=number]").first.focus()
    trainee.press("Enter")
    expect(page.locator("#record-facts")).to_contain_text("12900010017", timeout=LADEN)
    assert not looked_at(page)
    trainee.press("Alt+k")
    page.keyboard.insert_text("复机")
    expect(page.locator(".article-hit").first).to_be_visible(timeout=LADEN)
    assert not looked_at(page)
    trainee.press("Alt+c")
    trainee.say("周女士您好，澄湾通信，我马上给您查。")
    expect(trainee.lines("agent")).to_have_count(1, timeout=LADEN)
    expect(trainee.lines("customer")).to_have_count(2, timeout=LADEN)
    page.reload()
    trainee.ready()
    expect(page.locator("#record-facts")).to_contain_text("12900010017")
    expect(page.locator("#panel")).to_contain_text("60.00")
    trainee.press("Alt+t")
    expect(page.locator("#ticket-type")).to_be_focused()
    for name in ("type", "level", "department"):
        page.locator(f"#ticket-{name}").select_option(label=TICKET[name])
    page.locator("#ticket-summary").focus()
    page.keyboard.insert_text("合账挂错，加急复机")
    assert not looked_at(page)
    trainee.press("Control+Enter")
    expect(page.locator(".turn-deed", has_text="T1 计费争议")).to_be_visible(timeout=LADEN)
    expect(page.locator("#words")).to_be_focused()
    trainee.watch.check()
    looks = [(turn.data or {}).get("do") for turn in trainee.turns() if turn.kind == "look"]
    assert looks[::-1] == ["open", "verify", "panel", "unmask"]
    page.locator("button", has_text="挂断").first.focus()
    trainee.press("Enter")
    page.locator("#hang-up .btn-danger").focus()
    trainee.press("Enter")
    expect(page.locator("#over-title")).to_be_focused(timeout=LADEN)
    expect(page.locator("#crm")).to_have_attribute("inert", "")


@pytest.mark.parametrize("width", [390, 820])
def test_on_a_narrow_screen_the_conversation_stays_at_hand(
    staged: Site, contexts: Callable[..., BrowserContext], width: int
) -> None:
    trainee = Somebody(contexts(staged.server.url), staged, Role.NEW_HIRE)
    page = trainee.page
    page.set_viewport_size({"width": width, "height": 844})
    trainee.begin()
    trainee.press("Enter")
    expect(trainee.lines("customer")).to_have_count(1, timeout=LADEN)
    for pane in ("search", "record", "knowledge", "ticket"):
        if width < 768:
            page.locator(f".pane-choice [data-pane={pane}]").click()
            expect(page.locator(f".pane-{pane}")).to_be_visible()
        expect(page.locator("#words")).to_be_in_viewport()
        expect(trainee.lines("customer").last).to_be_visible()
        assert not [*violations(page), *in_the_dark(page)], pane
    search(trainee, "0017")
    expect(page.locator(".hit")).to_have_count(2)
    trainee.press("ArrowDown", "Enter")
    expect(page.locator("#record-title")).to_be_visible(timeout=LADEN)
    trainee.press("Alt+8")
    expect(page.locator("#panel table")).to_be_visible(timeout=LADEN)
    assert not looked_at(page)  # at every width
    trainee.watch.check()
