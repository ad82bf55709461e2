"""A trainee's hands at the agent desktop, on the keyboard alone, for practice and certification alike."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.domain.crm.desk import PanelName
from lms.domain.drills.tasks import Asked, Task
from lms.domain.values import Language
from lms.extensions import db
from lms.models.drills import Run, RunAction
from lms.services import crm_worlds, run_journal
from tests.browser.watching import Watch
from tests.live_site import Site

SLOW = 20_000  # milliseconds that a laden machine may take for one search


class Console:
    """A trainee's hands on the keyboard; no method touches a mouse."""

    def __init__(self, page: Page, watch: Watch, site: Site, run_id: int) -> None:
        self.page, self.watch, self.site, self.run_id = page, watch, site, run_id
        with site.rows():
            self.task: Task = run_journal.read_task(db.session.get_one(Run, run_id).task)
            self.customer = crm_worlds.customers().customer(self.task.customer)
            self.article = crm_worlds.catalogue().article(self.task.article).title.in_(Language.ZH)

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

    def run(self) -> Run:
        with self.site.rows():
            return db.session.get_one(Run, self.run_id)

    def journal(self) -> list[tuple[int, str]]:
        with self.site.rows():
            rows = select(RunAction.seq, RunAction.kind).where(RunAction.run_id == self.run_id).order_by(RunAction.seq)
            return [(seq, kind) for seq, kind in db.session.execute(rows)]
