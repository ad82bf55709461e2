"""Hand-in 交卷 is final: it happens only while the candidate means it, and only where the server is within reach."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lms.services import invigilation
from tests.browser.candidate import Seat, assert_counted, assert_nothing_lost, hand_in
from tests.browser.pages import ConfirmDialog, ExamPage, after_opening
from tests.browser.watching import CONNECTION_LOST
from tests.live_site import Site

TRIES_AGAIN = 2_500  # milliseconds in which a hand-in that still stands would have gone on
LAST = 7


def confirm_offline(mine: Seat, exam: ExamPage) -> None:
    """Presses until the dialog says that the hand-in waits for the network."""
    mine.watch.expect(CONNECTION_LOST)
    mine.context.set_offline(True)
    exam.review().ask_to_hand_in()
    mine.page.locator("#hand-in-now").click()
    expect(mine.page.locator("#hand-in-state")).to_contain_text("还没有交卷")


def look_again(page: Page) -> None:
    """The page asks the server at once, as it does whenever a candidate comes back to its tab."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.parametrize("way", ["button", "Escape"])
def test_going_on_takes_a_hand_in_back(site: Site, seat: Callable[..., Seat], way: str) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    exam = mine.start(sitting_id).choose(1, "A").wait_until_saved()
    mine.watch.expect(CONNECTION_LOST)
    mine.context.set_offline(True)
    exam.choose(1, "B")
    confirm_offline(mine, exam)
    if way == "Escape":
        mine.page.keyboard.press("Escape")
    else:
        mine.page.locator("#confirm [data-close-dialog]").click()
    expect(mine.page.locator("#confirm")).to_be_hidden()
    exam.write(6, "接着写。")
    mine.context.set_offline(False)
    exam.wait_until_saved()
    mine.page.wait_for_timeout(TRIES_AGAIN)
    expect(exam.text_of(6)).to_be_visible()
    assert site.attempt_of(candidate.person_id).state == "open"

    dialog = exam.review().ask_to_hand_in()  # as good as new
    expect(mine.page.locator("#hand-in-state")).to_be_empty()
    dialog.confirm()
    assert_counted(site, exam.attempt_id, {1: "B", 6: "接着写。"})
    assert_nothing_lost(mine, at_least=2)


def test_a_hand_in_waits_for_the_network_and_then_happens(site: Site, seat: Callable[..., Seat]) -> None:
    """Also where nothing waits to be saved: the form would leave the page for the browser's error page."""
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    exam = mine.start(sitting_id).choose(1, "A").wait_until_saved()
    confirm_offline(mine, exam)
    mine.page.wait_for_timeout(TRIES_AGAIN)
    expect(mine.page.locator("#confirm")).to_be_visible()
    mine.context.set_offline(False)
    exam.done()
    assert_counted(site, exam.attempt_id, {1: "A"})


def test_a_hand_in_on_its_way_is_not_said_to_be_taken_back(site: Site, seat: Callable[..., Seat]) -> None:
    """The server is slow to answer the form: whoever could close the dialog now would believe to go on."""
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    exam = mine.start(sitting_id).choose(1, "A").wait_until_saved()
    mine.page.evaluate("document.getElementById('hand-in-form').submit = () => undefined")  # sent, not answered yet
    exam.review().ask_to_hand_in()
    mine.page.locator("#hand-in-now").click()
    expect(mine.page.locator("#go-on")).to_be_disabled()
    mine.page.keyboard.press("Escape")
    expect(mine.page.locator("#confirm")).to_be_visible()
    expect(mine.page.locator("#hand-in-state")).to_have_text("正在交卷…")
    mine.page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('hand-in-form'))")
    exam.done()
    assert_counted(site, exam.attempt_id, {1: "A"})


def test_a_pause_takes_a_hand_in_back(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    exam = mine.start(sitting_id).choose(1, "A").wait_until_saved()
    confirm_offline(mine, exam)
    with site.rows():
        invigilation.pause(site.order(sitting_id, exam.attempt_id))
    mine.context.set_offline(False)
    expect(mine.page.locator("#paused")).to_be_visible()
    expect(mine.page.locator("#confirm")).to_be_hidden()
    with site.rows():
        invigilation.resume(site.order(sitting_id, exam.attempt_id))
    expect(mine.page.locator("#paused")).to_be_hidden()
    mine.page.wait_for_timeout(TRIES_AGAIN)
    assert site.attempt_of(candidate.person_id).state == "open"
    mine.page.locator("#ask-hand-in").click()
    ConfirmDialog(mine.page, mine.watch).confirm()


def test_a_takeover_takes_a_hand_in_back(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine, other = seat(candidate), seat(candidate)
    exam = mine.start(sitting_id).choose(1, "A").wait_until_saved()
    confirm_offline(mine, exam)
    other.page.goto(f"/attempts/{exam.attempt_id}")
    on_other = after_opening(other.page, other.watch).take_over()
    mine.context.set_offline(False)
    exam.lost()
    expect(mine.page.locator("#confirm")).to_be_hidden()
    assert site.attempt_of(candidate.person_id).state == "open"
    hand_in(on_other.choose(1, "B").wait_until_saved())
    assert_counted(site, exam.attempt_id, {1: "B"})


def test_forward_only_stays_at_the_question_while_the_server_is_out_of_reach(
    site: Site, seat: Callable[..., Seat]
) -> None:
    sitting_id, [candidate] = site.an_exam(navigation="forward")
    mine = seat(candidate)
    mine.watch.expect(CONNECTION_LOST)
    exam = mine.start(sitting_id)
    onward, says = mine.page.locator("#next-form button"), mine.page.locator("#next-state")
    mine.context.set_offline(True)
    onward.click()  # nothing waits to be saved
    expect(says).to_contain_text("不能进入下一题")
    exam.choose(1, "B")
    onward.click()
    expect(says).to_contain_text("不能进入下一题")
    expect(exam.question(1).locator("input[value=B]")).to_be_checked()
    mine.context.set_offline(False)
    exam.wait_until_saved()
    expect(says).to_be_empty()
    expect(exam.question(1)).to_be_visible()
    onward.click()
    expect(exam.question(2)).to_be_visible()
    assert_nothing_lost(mine)


# Every request takes its time to leave.
SLOW = """() => {
  const quick = window.fetch;
  window.fetch = async (...given) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    return quick(...given);
  };
}"""


def test_forward_only_takes_along_what_was_changed_while_a_save_was_on_its_way(
    site: Site, seat: Callable[..., Seat]
) -> None:
    sitting_id, [candidate] = site.an_exam(navigation="forward")
    mine = seat(candidate)
    exam = mine.start(sitting_id)
    mine.page.evaluate(SLOW)
    exam.choose(1, "A")
    mine.page.wait_for_timeout(300)  # the first choice is on its way
    exam.choose(1, "B")
    mine.page.locator("#next-form button").click()
    expect(exam.question(2)).to_be_visible()
    exam.is_here()
    saved = [json.loads(save.value)["a"] for save in site.saves_of(exam.attempt_id)]
    assert saved == ["A", "B"]
    assert_nothing_lost(mine, at_least=2)


def test_forward_only_names_the_questions_left_blank(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam(navigation="forward")
    mine = seat(candidate)
    exam = mine.start(sitting_id).choose(1, "A")
    for position in range(2, LAST + 1):
        mine.page.locator("#next-form button").click()
        expect(exam.question(position)).to_be_visible()
        exam.is_here()
    exam.review()
    blanks = mine.page.locator("#review-blank li")
    expect(blanks).to_have_text([f"第 {position} 题" for position in range(2, LAST + 1)])
    expect(blanks.locator("button")).to_have_count(1)  # only the last one can still be answered
    mine.page.locator("#ask-hand-in").click()
    expect(mine.page.locator("#confirm-blanks")).to_contain_text("还有 6 题未答：2、3、4、5、6、7")


def test_a_lost_connection_is_said_although_nothing_waits(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    mine.watch.expect(CONNECTION_LOST, "status of 503")
    mine.start(sitting_id).choose(1, "A").wait_until_saved()
    banner, state = mine.page.locator("#banner"), mine.page.locator("#save-state")
    saved = state.inner_text()
    mine.context.set_offline(True)
    expect(banner).to_contain_text("连接不上服务器")
    expect(state).to_have_attribute("data-tone", "bad")
    mine.context.set_offline(False)
    expect(banner).to_be_hidden()
    expect(state).to_have_text(saved)

    mine.page.route("**/pulse", lambda route: route.fulfill(status=503, json={}))  # the network stands, the server not
    look_again(mine.page)
    expect(banner).to_contain_text("连接不上服务器")
    mine.page.unroute("**/pulse")
    look_again(mine.page)
    expect(banner).to_be_hidden()
    expect(state).to_have_text(saved)


def test_from_the_review_one_goes_on_where_one_was(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    exam = seat(candidate).start(sitting_id).go_to(5)
    exam.review().back()
    expect(exam.question(5)).to_be_visible()
    expect(exam.page).to_have_url(re.compile("#q5$"))
