"""One attempt, several windows: one device holds it, none overwrites another, none loses what it shows."""

import json
from collections.abc import Callable

from playwright.sync_api import expect

from lms.services import invigilation
from tests.browser.candidate import Seat, assert_counted, assert_nothing_lost, hand_in
from tests.browser.pages import ExamPage, TakeoverPage, after_opening
from tests.browser.watching import CONNECTION_LOST
from tests.live_site import Site

STALE = "status of 409"


def test_a_second_device_takes_over(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    first, second = seat(candidate), seat(candidate)
    first.watch.expect(STALE, CONNECTION_LOST)
    exam = first.start(sitting_id).write(6, "第一台写的。").wait_until_saved()
    first.context.set_offline(True)
    exam.write(6, "第一台没有上传的。")

    second.page.goto(f"/attempts/{exam.attempt_id}")
    asked = after_opening(second.page, second.watch)
    assert isinstance(asked, TakeoverPage)
    on_second = asked.take_over()
    expect(on_second.go_to(6).text_of(6)).to_have_value("第一台写的。")
    on_second.write(6, "第二台接着写。").wait_until_saved()

    first.context.set_offline(False)
    lost = exam.lost()
    assert lost.kept == "第一台写的。第一台没有上传的。"
    hand_in(on_second)
    assert_counted(site, exam.attempt_id, {6: "第一台写的。第二台接着写。"})
    saves = site.saves_of(exam.attempt_id)
    stale = [json.loads(save.value)["a"] for save in saves if save.standing == "stale"]
    assert stale == ["第一台写的。第一台没有上传的。"], "the draft of the first device is kept apart"
    assert site.events_of(exam.attempt_id).count("takeover") == 1
    assert_nothing_lost(first, second, at_least=2)


def test_two_tabs_of_one_browser(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    mine.watch.expect(STALE)
    exam = mine.start(sitting_id).write(6, "第一页。").wait_until_saved()
    other = mine.another_tab()
    other.page.goto(f"/attempts/{exam.attempt_id}")
    in_other = ExamPage(other.page, other.watch).write(6, "第二页。").wait_until_saved()
    exam.write(6, "旧页上的字。")
    lost = exam.lost()
    assert lost.kept == "第一页。旧页上的字。"
    back = lost.go_on_here()
    assert isinstance(back, ExamPage)
    expect(back.go_to(6).text_of(6)).to_have_value("第一页。第二页。")
    back.write(6, "回到第一页。").wait_until_saved()
    in_other.write(6, "又旧了。")
    in_other.lost()
    mine.page.bring_to_front()
    hand_in(back)
    assert_counted(site, exam.attempt_id, {6: "第一页。第二页。回到第一页。"})
    assert_nothing_lost(mine, at_least=3)


def test_without_an_unlock_the_second_device_waits(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam(takeover="unlock")
    first, second = seat(candidate), seat(candidate)
    exam = first.start(sitting_id).choose(1, "A").wait_until_saved()
    second.page.goto(f"/attempts/{exam.attempt_id}")
    second.page.locator("form[action$='/takeover'] button").click()
    expect(second.page.locator(".flashes, .notice-warning").first).to_contain_text("已通知监考人员")
    exam.choose(1, "B").wait_until_saved()  # the first device goes on undisturbed
    with site.rows():
        invigilation.unlock(site.order(sitting_id, exam.attempt_id))
    first.watch.expect(STALE)
    TakeoverPage(second.page, second.watch).take_over().choose(1, "C").wait_until_saved()
    exam.choose(1, "A")
    exam.lost()
    assert_nothing_lost(first, second, at_least=3)
