"""Sitting an exam through mishaps: what was confirmed is in the database, what was typed counts (contract 1)."""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect
from playwright.sync_api import Error as BrowserGone

from tests.browser.candidate import Seat, assert_counted, assert_nothing_lost, hand_in, take_seat
from tests.browser.conftest import ARGS
from tests.browser.pages import SignInPage, TakeoverPage, after_opening
from tests.browser.watching import CONNECTION_LOST
from tests.live_site import Site
from tests.throwaway_postgres import ThrowawayPostgres

NETWORK_LOSS_SECONDS = 30
SERVER_DOWN_SECONDS = 3


def test_a_lost_network(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    mine.watch.expect(CONNECTION_LOST)
    exam = mine.start(sitting_id).choose(1, "A").write(6, "断网之前").wait_until_saved()
    mine.context.set_offline(True)
    exam.write(6, "，断网之中")
    expect(mine.page.locator("#banner")).to_contain_text("网络已断开")
    exam.choose(1, "C").choose(5, "A", "B").go_to(6)
    for _second in range(NETWORK_LOSS_SECONDS):
        exam.text_of(6).press_sequentially("又一秒", delay=330)
    expect(mine.page.locator("#save-state")).to_have_attribute("data-tone", "bad")
    mine.context.set_offline(False)
    exam.wait_until_saved().write(6, "，断网之后")
    expect(mine.page.locator("#banner")).to_be_hidden()
    text = "断网之前，断网之中" + "又一秒" * NETWORK_LOSS_SECONDS + "，断网之后"
    expect(exam.text_of(6)).to_have_value(text)
    hand_in(exam)
    assert_counted(site, exam.attempt_id, {1: "C", 5: ["A", "B"], 6: text})
    assert_nothing_lost(mine, at_least=4)


@pytest.fixture(params=["sqlite", "postgresql"])
def mortal_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site of this test's own, on either database."""
    if request.param == "sqlite":
        site = Site(tmp_path)
        site.server.start()
        yield site
        site.close()
        return
    with ThrowawayPostgres() as postgres:
        site = Site(tmp_path, postgres.create_database("mortal"))
        site.server.start()
        yield site
        site.close()


def test_a_killed_server(mortal_site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = mortal_site.an_exam()
    mine = seat(candidate, on=mortal_site)
    mine.watch.expect(CONNECTION_LOST)
    exam = mine.start(sitting_id).choose(1, "B").go_to(6)
    deadline = mortal_site.attempt_of(candidate.person_id).deadline
    text = "一边写一边保存。" * 5
    exam.write(6, text[:20], delay=60)
    mortal_site.server.kill()  # in the middle of a word, with ops on their way
    exam.write(6, text[20:], delay=60)
    mine.page.wait_for_timeout(SERVER_DOWN_SECONDS * 1000)
    mortal_site.server.start()
    exam.wait_until_saved()
    expect(exam.text_of(6)).to_have_value(text)
    assert mortal_site.attempt_of(candidate.person_id).deadline == deadline
    hand_in(exam)
    assert_counted(mortal_site, exam.attempt_id, {1: "B", 6: text})
    assert_nothing_lost(mine, at_least=2)  # the choice, and the text once it is whole


def kill_browser(folder: str) -> None:
    """`kill -9` of every process of the browser that keeps its profile in ``folder``, and of no other."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if f"--user-data-dir={folder}" in (entry / "cmdline").read_text().split("\0"):
                os.kill(int(entry.name), signal.SIGKILL)


def test_a_killed_browser(site: Site, playwright: Playwright, chromium_program: str) -> None:
    sitting_id, [candidate] = site.an_exam()
    with tempfile.TemporaryDirectory(prefix="profile-", ignore_cleanup_errors=True) as folder:

        def open_browser() -> BrowserContext:
            return playwright.chromium.launch_persistent_context(
                folder, executable_path=chromium_program or None, args=ARGS, base_url=site.server.url, locale="zh-CN"
            )

        before = take_seat(open_browser(), site, candidate)
        before.watch.expect(CONNECTION_LOST)
        exam = before.start(sitting_id).choose(1, "A").write(6, "已经上传的。").wait_until_saved()
        before.context.set_offline(True)
        exam.write(6, "还没有上传的。").choose(1, "C").go_to(7).write(7, "只在本机的。")
        expect(before.page.locator("#save-state")).to_have_attribute("data-tone", "bad")
        kill_browser(folder)
        with suppress(BrowserGone):
            before.context.close()

        after = take_seat(open_browser(), site, candidate)
        after.page.goto(f"/attempts/{site.attempt_of(candidate.person_id).id}")
        asked = after_opening(after.page, after.watch)
        assert isinstance(asked, TakeoverPage)  # the old sign-in died with the browser
        exam = asked.take_over()
        expect(exam.go_to(6).text_of(6)).to_have_value("已经上传的。还没有上传的。")
        expect(exam.go_to(7).text_of(7)).to_have_value("只在本机的。")
        hand_in(exam.wait_until_saved())
        after.context.close()
    assert_counted(site, exam.attempt_id, {1: "C", 6: "已经上传的。还没有上传的。", 7: "只在本机的。"})
    assert_nothing_lost(before, after, at_least=5)


def test_a_sign_out_while_typing(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    mine.watch.expect("status of 40[01]")
    other = mine.another_tab()
    other.page.goto("/exams")
    exam = mine.start(sitting_id).write(6, "退出之前。").wait_until_saved()
    other.page.locator("form[action='/logout'] button").click()
    exam.write(6, "退出之后。")
    expect(mine.page.locator("#banner")).to_contain_text("登录已失效")
    expect(exam.text_of(6)).to_have_value("退出之前。退出之后。")
    SignInPage(other.page, other.watch).sign_in(candidate)
    exam.write(6, "登录之后。")
    mine.page.reload()  # at once after the last key
    asked = after_opening(mine.page, mine.watch)
    assert isinstance(asked, TakeoverPage)
    exam = asked.take_over()
    text = "退出之前。退出之后。登录之后。"
    expect(exam.go_to(6).text_of(6)).to_have_value(text)
    hand_in(exam.wait_until_saved())
    assert_counted(site, exam.attempt_id, {6: text})
    assert_nothing_lost(mine, at_least=2)
