"""Every state of a candidate's pages for everybody: axe finds nothing, in both languages, light and dark, at 390 px."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.accessible import in_the_dark, sideways, violations
from tests.browser.candidate import Seat, hand_in
from tests.browser.pages import after_opening
from tests.browser.watching import CONNECTION_LOST
from tests.live_site import Site


class Inspector:
    """Collects what is wrong with each state of a page, so that one run names all."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.found: list[str] = []

    def look(self, state: str) -> None:
        page = self.seat.page
        page.mouse.move(0, 0)
        for found in (*violations(page), *in_the_dark(page), *sideways(page)):
            self.found.append(f"{state}: {found}")


# Text of the questions that is Chinese while its nearest `lang` says something else.
UNMARKED = r"""() => [...document.querySelectorAll(".stem, .option-text, .step-text, .case-facts, .criteria")]
  .filter((e) => /[\u4e00-\u9fff]/.test(e.textContent) && !e.closest("[lang]").lang.startsWith("zh"))
  .map((e) => e.textContent.trim().slice(0, 60))"""


@pytest.mark.parametrize(("locale", "lang"), [("zh-CN", "zh-Hans"), ("en-US", "en")])
def test_every_state_of_a_candidates_pages(site: Site, seat: Callable[..., Seat], locale: str, lang: str) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine, second = seat(candidate, locale=locale, reduced_motion="reduce"), seat(candidate, locale=locale)
    mine.watch.expect(CONNECTION_LOST, "status of 409")
    page, inspector = mine.page, Inspector(mine)
    expect(page.locator("html")).to_have_attribute("lang", lang)
    inspector.look("home")
    mine.exams()
    inspector.look("exams")
    page.goto(f"/exams/{sitting_id}")
    inspector.look("start")
    page.locator("input[name=language][value=zh]").check()
    exam = mine.start_here()
    assert page.evaluate(UNMARKED) == [], "Chinese of the paper that does not say it is Chinese"
    for position in range(1, 8):
        exam.go_to(position)
        inspector.look(f"{exam.question(position).get_attribute('data-kind')} blank")
    exam.choose(1, "A").put_number(2, "12")
    exam.put_in_order(3)
    exam.choose(5, "A", "C").write(6, "写了一点")
    page.locator("#q6 [data-flag]").click()
    for position in (1, 3, 5, 6):
        exam.go_to(position)
        inspector.look(f"{exam.question(position).get_attribute('data-kind')} answered")
    sheet = exam.wait_until_saved().review()
    inspector.look("review")
    sheet.ask_to_hand_in()
    inspector.look("confirm dialog")
    page.keyboard.press("Escape")
    sheet.back()
    mine.context.set_offline(True)
    exam.write(6, "断网")
    expect(page.locator("#banner")).to_be_visible()
    inspector.look("offline")
    mine.context.set_offline(False)
    exam.wait_until_saved()
    second.page.goto(page.url)
    taken = Inspector(second)
    asked = after_opening(second.page, second.watch)
    taken.look("takeover")
    asked.take_over()
    exam.write(6, "旧设备")
    exam.lost()
    inspector.look("held elsewhere")
    page.locator("#lost a").click()
    exam = after_opening(page, mine.watch).take_over()
    hand_in(exam)
    inspector.look("done")
    mine.exams()
    inspector.look("exams after hand-in")
    assert not [*inspector.found, *taken.found], "\n".join([*inspector.found, *taken.found])
