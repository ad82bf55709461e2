"""Both drills at the console, by keyboard alone: from the ready card to what one learns, through a lost network too."""

from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from lms.domain.crm.desk import PanelName
from lms.domain.drills.plans import DrillKind
from lms.domain.drills.tasks import Asked, Task
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import Run, RunAction
from lms.services import crm_worlds, drill_practice, run_journal, runs
from lms.services.drill_practice import Wish
from tests.browser.accessible import in_the_dark, sideways, violations
from tests.browser.pages import SignInPage
from tests.browser.watching import CONNECTION_LOST, Watch
from tests.factories import a_person
from tests.live_site import Candidate, Site, now

SLOW = 20_000  # milliseconds that a laden machine may take for one search


@pytest.fixture(scope="module")
def built(site: Site) -> Iterator[Site]:
    with site.rows():
        crm_worlds.ensure_world(now())
    yield site


class Console:
    """A trainee's hands on the keyboard; no method touches a mouse."""

    def __init__(self, context: BrowserContext, site: Site, kind: DrillKind) -> None:
        self.context, self.site = context, site
        with site.rows():
            person = a_person(name="练习者")
            seat = Candidate(person.id, person.number)
            wish = Wish(kind, Language.ZH, Fraction(4))
            set_id = drill_practice.begin(person.id, wish, seed=3, now=now())
            self.run_id = runs.next_run(set_id) or 0
            self.task: Task = run_journal.read_task(db.session.get_one(Run, self.run_id).task)
            self.customer = crm_worlds.customers().customer(self.task.customer)
            self.article = crm_worlds.catalogue().article(self.task.article).title.in_(Language.ZH)
        self.page: Page = context.new_page()
        self.watch = Watch(context, site.server.url)
        self.page.goto("/login")
        SignInPage(self.page, self.watch).sign_in(seat)
        self.page.goto(f"/drills/runs/{self.run_id}")
        self.ready()

    def ready(self) -> None:
        expect(self.page.locator("body[data-ready=true]")).to_have_count(1)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def begin(self) -> None:
        self.press("Enter")
        expect(self.page.locator("#cue")).to_have_text(self.task.cue)
        expect(self.page.locator("#search")).to_be_focused()

    def open_customer(self) -> None:
        self.page.keyboard.type(self.customer.number)
        hit = self.page.locator(f".hit[data-customer='{self.task.customer}']")
        expect(hit).to_be_visible(timeout=SLOW)
        for _ in range(10):
            self.press("ArrowDown")
            if hit.evaluate("hit => hit === document.activeElement"):
                break
        self.press("Enter")
        expect(self.page.locator("#record-title")).to_be_focused()

    def panel(self, name: str) -> None:
        self.press(f"Alt+{list(PanelName).index(PanelName(name)) + 1}")
        expect(self.page.locator(f".tab[data-panel={name}][aria-pressed=true]")).to_have_count(1)

    def verify(self) -> None:
        assert self.task.workflow is not None
        self.press("Alt+v")
        for box in self.page.locator(".verify [name=proof]").all():
            expect(box).to_be_focused()
            if box.get_attribute("value") in {proof.value for proof in self.task.caller.proofs}:
                self.press("Space")
            self.press("Tab")
        self.press(*["ArrowDown"] * self.task.workflow.level, "Tab", "Enter")
        expect(self.page.locator(".verify summary")).to_have_text(f"核验 V{self.task.workflow.level}")

    def pin(self, ref: str) -> None:
        """The row's button is reached from the panel by Tab."""
        button = self.page.locator(f"[data-pin='{ref}']").first
        for _ in range(80):
            if button.count() and button.evaluate("button => button === document.activeElement"):
                break
            self.press("Tab")
        self.press("Enter")

    def find_evidence(self) -> None:
        assert self.task.workflow is not None
        for ref in self.task.workflow.evidence:
            if ref.startswith("notice:"):
                self.press("Alt+k")
            for name in PanelName:
                if self.page.locator(f"[data-pin='{ref}']").count():
                    break
                self.panel(name.value)
            self.pin(ref)
            expect(self.page.locator(f"[data-pin='{ref}'][aria-pressed=true]").first).to_be_attached()

    def use_article(self) -> None:
        self.press("Alt+k")
        self.page.keyboard.type(self.article)
        self.press("Enter")
        wanted = self.page.locator(".article-hit", has_text=self.article).first
        expect(wanted).to_be_visible(timeout=SLOW)
        for _ in range(20):
            if wanted.evaluate("hit => hit === document.activeElement"):
                break
            self.press("ArrowDown")
        self.press("Enter")
        expect(self.page.locator("#reading h3")).to_have_text(self.article)
        self.press("Alt+u")
        expect(self.page.locator("[data-field=article]")).to_have_value(self.task.article)

    def answer(self, asked: Asked, value: str) -> None:
        control = self.page.locator(f"[data-field='{asked.field}']")
        self.press("Alt+a")
        for _ in range(60):
            if control.evaluate("control => control.contains(document.activeElement)"):
                break
            self.press("Tab")
        if asked.field == "ticket.children":
            for box in control.locator("input").all():
                if box.get_attribute("value") in value.split("+"):
                    self.press("Space")
                self.press("Tab")
        elif asked.choices:
            codes = [choice.code for choice in asked.choices]
            self.press("Home", *["ArrowDown"] * (codes.index(value) + 1))
        else:
            self.press("Control+a")
            self.page.keyboard.type(value)

    def answer_all(self) -> None:
        for asked in self.task.fields:
            value = "客户来电，已按规定处理" if asked.field == "ticket.note" else asked.expected
            if value:
                self.answer(asked, value)

    def submit(self) -> None:
        self.press("Control+Enter")
        expect(self.page.locator("#next")).to_be_focused()
        self.watch.check()

    def run(self) -> Run:
        with self.site.rows():
            return db.session.get_one(Run, self.run_id)

    def journal(self) -> list[tuple[int, str]]:
        with self.site.rows():
            rows = select(RunAction.seq, RunAction.kind).where(RunAction.run_id == self.run_id).order_by(RunAction.seq)
            return [(seq, kind) for seq, kind in db.session.execute(rows)]


def looked_at(page: Page) -> list[str]:
    return [*violations(page), *in_the_dark(page), *sideways(page)]


def test_a_lookup_by_keyboard(built: Site, contexts: Callable[..., BrowserContext]) -> None:
    console = Console(contexts(built.server.url), built, DrillKind.LOOKUP)
    assert not looked_at(console.page)
    console.begin()
    console.open_customer()
    for asked in console.task.fields:
        console.panel(asked.panel)
    console.use_article()
    console.answer_all()
    assert not looked_at(console.page)
    console.submit()
    run = console.run()
    assert (run.counted, run.errors, run.ended_by) == (True, 0, "trainee"), (run.score or {})["errors"]
    assert not looked_at(console.page)
    console.press("Enter")
    expect(console.page.locator("#begin")).to_be_focused()


def test_a_workflow_by_keyboard_through_a_lost_network_and_a_reload(
    built: Site, contexts: Callable[..., BrowserContext]
) -> None:
    context = contexts(built.server.url)
    console = Console(context, built, DrillKind.WORKFLOW)
    page = console.page
    console.begin()
    console.open_customer()
    console.verify()
    console.find_evidence()

    console.watch.expect(CONNECTION_LOST)
    context.set_offline(True)
    first = console.task.fields[0]
    console.answer(first, first.expected)
    expect(page.locator("#banner")).to_contain_text("网络已断开")
    before = len(console.journal())
    context.set_offline(False)
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("#desk-state")).to_have_text("")
    after = console.journal()
    assert [seq for seq, _kind in after] == list(range(1, len(after) + 1))
    assert [kind for _seq, kind in after[before:]] == ["answer"], "once, however often it was sent"

    used = page.locator("#clock-face").inner_text()
    page.reload()
    console.ready()
    assert page.locator("#clock-face").inner_text() >= used, "a reload gives no time back"
    expect(page.locator("#cue")).to_have_text(console.task.cue)
    expect(page.locator(f"[data-field='{first.field}']")).to_have_value(first.expected)
    assert console.task.workflow is not None
    expect(page.locator(".pins li")).to_have_count(len(console.task.workflow.evidence))
    expect(page.locator(".verify summary")).to_have_text(f"核验 V{console.task.workflow.level}")

    console.use_article()
    console.answer_all()
    expect(page.locator("[data-stage][data-done=true]")).to_have_count(4)
    assert not looked_at(page)
    console.submit()
    run = console.run()
    assert (run.errors, run.critical, run.ended_by) == (0, False, "trainee"), (run.score or {})["errors"]
    assert not looked_at(page)


def test_help_and_a_wrong_query_are_said_in_words(built: Site, contexts: Callable[..., BrowserContext]) -> None:
    console = Console(contexts(built.server.url), built, DrillKind.LOOKUP)
    page = console.page
    console.begin()
    page.keyboard.type("12")
    console.watch.expect(r"status of 422")
    console.press("Enter")
    expect(page.locator("#search-note")).to_contain_text("至少输入 4 位数字")
    console.press("Tab", "Tab", "Tab", "Shift+Tab", "Alt+s")
    expect(page.locator("#search")).to_be_focused()
    page.locator("#search").evaluate("field => field.blur()")
    console.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert not violations(page)
    console.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
