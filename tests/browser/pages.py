"""Pages as a person uses them: a method does one thing and returns the page that comes next."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.watching import Watch
from tests.live_site import Candidate


class SomePage:
    """What holds on every page, looked at whenever one is reached."""

    def __init__(self, page: Page, watch: Watch) -> None:
        self.page = page
        self.watch = watch
        self.is_here()
        watch.check()

    def is_here(self) -> None:
        expect(self.page.locator("h1")).to_have_count(1)


class SignInPage(SomePage):
    def is_here(self) -> None:
        expect(self.page.locator("input[type=password]")).to_be_visible()

    def sign_in(self, candidate: Candidate) -> "SomePage":
        """Leads to the home page, or, while an exam is open, to that."""
        self.page.locator("input[name=number]").fill(candidate.number)
        self.page.locator("input[type=password]").fill(candidate.password)
        self.page.locator("main form button").click()
        expect(self.page.locator("input[type=password]")).to_have_count(0)
        return SomePage(self.page, self.watch)


class ExamsPage(SomePage):
    def is_here(self) -> None:
        expect(self.page).to_have_url(re.compile(r"/exams$"))

    def enter(self) -> "StartPage":
        self.page.locator(".sitting-action a").click()
        return StartPage(self.page, self.watch)


class StartPage(SomePage):
    def is_here(self) -> None:
        expect(self.page.locator("form[action$='/start']")).to_be_visible()

    def start(self) -> "ExamPage":
        self.page.locator("form[action$='/start'] button").click()
        return ExamPage(self.page, self.watch)


class ExamPage(SomePage):
    """The exam itself; positions count from 1."""

    def is_here(self) -> None:
        expect(self.page.locator("body[data-ready=true]")).to_have_count(1)

    @property
    def attempt_id(self) -> int:
        return int(re.search(r"/attempts/(\d+)", self.page.url)[1])  # type: ignore[index]

    def question(self, position: int) -> Locator:
        return self.page.locator(f"#q{position}")

    def cell(self, position: int) -> Locator:
        return self.page.locator(f"#cell-{position}")

    def go_to(self, position: int) -> "ExamPage":
        if self.cell(position).count():
            self.cell(position).click()
        expect(self.question(position)).to_be_visible()
        return self

    def choose(self, position: int, *letters: str) -> "ExamPage":
        self.go_to(position)
        for letter in letters:
            self.question(position).locator(f"input[value={letter}]").check()
        return self

    def put_number(self, position: int, number: str) -> "ExamPage":
        self.go_to(position).question(position).locator("input").fill(number)
        return self

    def put_in_order(self, position: int) -> list[str]:
        """Moves the first step one down; the order that is then on the page."""
        self.go_to(position).question(position).locator("[data-move='1']").first.click()
        steps = self.question(position).locator(".step").all()
        return [step.get_attribute("data-letter") or "" for step in steps]

    def text_of(self, position: int) -> Locator:
        return self.question(position).locator("textarea")

    def write(self, position: int, text: str, delay: float = 0) -> "ExamPage":
        """Key by key, behind what is there."""
        self.go_to(position)
        self.text_of(position).press("End")
        self.text_of(position).press_sequentially(text, delay=delay)
        return self

    def wait_until_saved(self, seconds: float = 20) -> "ExamPage":
        state = self.page.locator("#save-state")
        expect(state).to_have_attribute("data-tone", "good", timeout=seconds * 1000)
        self.watch.check()
        return self

    def review(self) -> "ReviewSheet":
        self.page.locator("[data-review]:visible").first.click()
        return ReviewSheet(self.page, self.watch)

    def reload(self) -> "ExamPage":
        self.page.reload()
        return ExamPage(self.page, self.watch)

    def lost(self) -> "LostPage":
        return LostPage(self.page, self.watch)

    def ended(self) -> "EndedPage":
        return EndedPage(self.page, self.watch)

    def done(self) -> "DonePage":
        """Where the page goes by itself, once the time is over or the attempt was closed."""
        return DonePage(self.page, self.watch)


class ReviewSheet(SomePage):
    def is_here(self) -> None:
        expect(self.page.locator("#review")).to_be_visible()

    def blanks(self) -> list[str]:
        return self.page.locator("#review-blank button").all_inner_texts()

    def back(self) -> ExamPage:
        self.page.locator("#review [data-go]").last.click()
        return ExamPage(self.page, self.watch)

    def ask_to_hand_in(self) -> "ConfirmDialog":
        self.page.locator("#ask-hand-in").click()
        return ConfirmDialog(self.page, self.watch)


class ConfirmDialog(SomePage):
    def is_here(self) -> None:
        expect(self.page.locator("#confirm")).to_be_visible()

    def confirm(self) -> "DonePage":
        self.page.locator("#hand-in-now").click()
        return DonePage(self.page, self.watch)


class DonePage(SomePage):
    def is_here(self) -> None:
        expect(self.page).to_have_url(re.compile(r"/attempts/\d+/done$"), timeout=20_000)

    def ops_left_in_the_browser(self) -> int:
        """What the browser's own store still holds; polls until it is empty, at most five seconds."""
        for _ in range(50):
            left: int = self.page.evaluate(_COUNT_OPS)
            if left == 0:
                return 0
            self.page.wait_for_timeout(100)
        return left


class LostPage(SomePage):
    """The attempt is held by another tab or device now."""

    def is_here(self) -> None:
        expect(self.page.locator("#lost")).to_be_visible(timeout=20_000)
        expect(self.page.locator("#exam-body")).to_be_hidden()

    @property
    def kept(self) -> str:
        return self.page.locator("#lost-text").input_value()

    def go_on_here(self) -> "TakeoverPage | ExamPage":
        self.page.locator("#lost a").click()
        return after_opening(self.page, self.watch)


class EndedPage(SomePage):
    """The time is over; the page may go on to the done page by itself at any moment."""

    def is_here(self) -> None:
        expect(self.page.locator("#ended")).to_be_visible(timeout=30_000)
        expect(self.page.locator("#exam-body")).to_be_hidden()

    def done(self) -> DonePage:
        return DonePage(self.page, self.watch)


class TakeoverPage(SomePage):
    def is_here(self) -> None:
        expect(self.page.locator("form[action$='/takeover']")).to_be_visible()

    def take_over(self) -> ExamPage:
        self.page.locator("form[action$='/takeover'] button").click()
        return ExamPage(self.page, self.watch)


def after_opening(page: Page, watch: Watch) -> TakeoverPage | ExamPage:
    """The attempt's address shows the exam, or asks whether this device shall take it over."""
    either = page.locator("form[action$='/takeover'], body[data-ready=true]")
    expect(either).to_have_count(1)
    taken = page.locator("form[action$='/takeover']").count()
    return TakeoverPage(page, watch) if taken else ExamPage(page, watch)


_COUNT_OPS = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open("shanggang-exam", 1);
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const counting = request.result.transaction("ops").objectStore("ops").count();
    counting.onsuccess = () => { request.result.close(); resolve(counting.result); };
  };
})"""
