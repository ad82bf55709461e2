"""The exam's time: it runs out, it is lengthened or stopped by an invigilator, and no browser's clock matters."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from lms.services import hand_in as hand_in_service
from lms.services import invigilation
from tests.browser.candidate import Seat, assert_counted, assert_nothing_lost, hand_in
from tests.browser.watching import CONNECTION_LOST
from tests.live_site import Site, now

SHORT = timedelta(seconds=12)
PULSE_SECONDS = 15
HEARS_OF_RESUMING = 4  # seconds: it asks every two, and a busy machine answers late


def seconds_left(page: Page) -> int:
    hours, minutes, seconds = page.locator("#clock-face").inner_text().split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def test_when_the_time_is_over_the_page_hands_in_by_itself(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam(closes_at=now() + SHORT)
    mine = seat(candidate)
    exam = mine.start(sitting_id).choose(1, "A").write(6, "一直写到最后一秒")
    stem = exam.question(6).locator(".case-facts").inner_text()
    while exam.text_of(6).is_visible():
        mine.page.keyboard.type("写")
    page_text = mine.page.locator("body").inner_text()
    assert stem not in page_text
    done = exam.done()
    attempt = site.attempt_of(candidate.person_id)
    assert (attempt.submitted_at, attempt.submitted_by) == (attempt.deadline, "deadline")
    expect(mine.page.locator("main")).to_contain_text("到时自动交卷")
    assert done.ops_left_in_the_browser() == 0
    answer = json.loads(site.counted(exam.attempt_id)[6] or "null")
    assert re.fullmatch("一直写到最后一秒写*", answer)
    last = max(site.saves_of(exam.attempt_id), key=lambda save: (save.epoch, save.seq))
    assert json.loads(last.value)["a"] == answer
    assert_nothing_lost(mine, at_least=2)


def test_the_work_of_an_offline_candidate_arrives_as_late(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam(closes_at=now() + SHORT)
    mine = seat(candidate)
    mine.watch.expect(CONNECTION_LOST)
    exam = mine.start(sitting_id).write(6, "断网之前。").wait_until_saved()
    mine.context.set_offline(True)
    exam.write(6, "断网之后写的。")
    ended = exam.ended()
    expect(mine.page.locator("#ended-state")).to_contain_text("1", timeout=15_000)  # says how much still waits
    assert "断网" not in mine.page.locator("body").inner_text()
    site.let_the_grace_pass(exam.attempt_id)
    with site.rows():
        assert hand_in_service.sweep(now()) == 1
    mine.context.set_offline(False)
    assert ended.done().ops_left_in_the_browser() == 0
    assert_counted(site, exam.attempt_id, {6: "断网之前。"})
    standings = [(json.loads(save.value)["a"], save.standing) for save in site.saves_of(exam.attempt_id)]
    assert standings == [("断网之前。", "counts"), ("断网之前。断网之后写的。", "late")]
    assert len(mine.watch.late) == 1
    assert_nothing_lost(mine, at_least=2)


# The page may ask the browser's clock whatever it likes: it is wrong by `hours`, and turned during the exam.
TURNED_CLOCK = """hours => {
  const Real = globalThis.RealDate ??= Date;
  const shift = hours * 3600000;
  globalThis.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + shift); }
    static now() { return Real.now() + shift; }
  };
}"""


@pytest.mark.parametrize("hours", [2, -2])
def test_a_wrong_browser_clock_changes_nothing(site: Site, seat: Callable[..., Seat], hours: int) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    mine.context.add_init_script(f"({TURNED_CLOCK})({hours})")
    exam = mine.start(sitting_id).choose(1, "A").wait_until_saved()
    assert 1780 <= seconds_left(mine.page) <= 1800
    mine.page.evaluate(TURNED_CLOCK, -hours)
    exam.choose(1, "B").write(6, "钟拨过了").wait_until_saved()
    assert 1770 <= seconds_left(mine.page) <= 1800
    attempt = site.attempt_of(candidate.person_id)
    assert attempt.deadline - attempt.started_at == timedelta(minutes=30)
    assert {save.standing for save in site.saves_of(exam.attempt_id)} == {"counts"}
    assert all(abs(save.saved_at - now()) < timedelta(minutes=2) for save in site.saves_of(exam.attempt_id))
    hand_in(exam)
    assert_counted(site, exam.attempt_id, {1: "B", 6: "钟拨过了"})
    assert_nothing_lost(mine, at_least=3)


def test_a_reload_gives_no_time_back(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    exam = mine.start(sitting_id)
    mine.page.wait_for_timeout(3_000)
    before = seconds_left(mine.page)
    exam.reload()
    assert seconds_left(mine.page) <= before


def test_an_extension_and_a_pause_reach_the_open_page(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    mine.watch.expect("status of 409")
    exam = mine.start(sitting_id).write(6, "之前。").wait_until_saved()
    mine.page.evaluate("document.body.dataset.sameDocument = 'yes'")  # a reload would wipe it
    with site.rows():
        invigilation.extend(site.order(sitting_id, exam.attempt_id), 10)
    expect(mine.page.locator("#banner")).to_contain_text("延长了 10 分钟", timeout=(PULSE_SECONDS + 5) * 1000)
    assert 2300 < seconds_left(mine.page) <= 2400

    with site.rows():
        invigilation.pause(site.order(sitting_id, exam.attempt_id))
    exam.write(6, "暂停时打的字。")
    expect(mine.page.locator("#paused")).to_be_visible()
    expect(mine.page.locator("#exam-body")).to_have_attribute("inert", "")
    paused_at, posts = seconds_left(mine.page), mine.watch.posts
    text = exam.text_of(6).input_value()
    mine.page.keyboard.type("进不去")
    mine.page.wait_for_timeout(3_000)
    assert exam.text_of(6).input_value() == text, "a paused page takes input"
    assert seconds_left(mine.page) == paused_at, "a paused clock runs"
    assert mine.watch.posts - posts <= 3, "a paused page asks the server again and again"
    with site.rows():
        invigilation.resume(site.order(sitting_id, exam.attempt_id))
    expect(mine.page.locator("#paused")).to_be_hidden(timeout=HEARS_OF_RESUMING * 1000)
    exam.wait_until_saved()
    assert mine.page.evaluate("document.body.dataset.sameDocument") == "yes"
    exam.write(6, "之后。").wait_until_saved()
    hand_in(exam)
    assert_counted(site, exam.attempt_id, {6: text + "之后。"})
    assert_nothing_lost(mine, at_least=3)


def test_a_resumed_attempt_opens_its_page_within_about_two_seconds(site: Site, seat: Callable[..., Seat]) -> None:
    """Also where nothing waits to be saved, so that only the pulse can bring the news."""
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    exam = mine.start(sitting_id)
    with site.rows():
        invigilation.pause(site.order(sitting_id, exam.attempt_id))
    expect(mine.page.locator("#paused")).to_be_visible(timeout=(PULSE_SECONDS + 5) * 1000)
    for _time in range(2):
        with site.rows():
            invigilation.resume(site.order(sitting_id, exam.attempt_id))
        expect(mine.page.locator("#paused")).to_be_hidden(timeout=HEARS_OF_RESUMING * 1000)
        expect(mine.page.locator("#exam-body")).not_to_have_attribute("inert", "")
        with site.rows():
            invigilation.pause(site.order(sitting_id, exam.attempt_id))
        exam.reload()
        expect(mine.page.locator("#paused")).to_be_visible()
        expect(mine.page.locator("#exam-body")).to_have_attribute("inert", "")


def test_a_forced_hand_in_closes_the_open_page(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    exam = mine.start(sitting_id).choose(1, "B").wait_until_saved()
    with site.rows():
        invigilation.force_hand_in(site.order(sitting_id, exam.attempt_id))
    exam.write(6, "收卷后的字")
    exam.done()
    assert_counted(site, exam.attempt_id, {1: "B"})
    assert [save.standing for save in site.saves_of(exam.attempt_id)] == ["counts", "late"]
    assert_nothing_lost(mine, at_least=2)
