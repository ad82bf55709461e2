"""A computed number that marking could not read: the page says so while there is time, and keeps it all the same."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from lms.domain.questions.numeric import number_in
from tests.browser.candidate import Seat, assert_counted, hand_in
from tests.live_site import Site

TYPED = [
    "12.5", "１２．５", "１２．５元", "12.5 元", "1,234.5", "１，２３４元", "¥12", "￥12.50",
    "-3", "−3", "－3", "+3", ".5", "5.", "1 000",
    "　12　", "٣", "元", "-", ".", "1.2.3", "12.5元 abc", "１２．５元 abc…", "十二", "12。5",
    "1/2", "1e3", "1_0", "--3", "12元元", "12%",
]  # fmt: skip


@pytest.mark.parametrize("unit", ["元", "MB", ""])
def test_page_and_marking_read_the_same(site: Site, seat: Callable[..., Seat], unit: str) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    mine.start(sitting_id)
    typed = [*TYPED, "12mb", "12 ＭＢ"]
    page = mine.page.evaluate(
        """async ([typed, unit]) => {
          const { isNumber } = await import("/static/js/exam/answers.js");
          return typed.map((text) => isNumber(text, unit));
        }""",
        [typed, unit],
    )
    marking = [number_in(text, [unit] if unit else []) is not None for text in typed]
    assert dict(zip(typed, page, strict=True)) == dict(zip(typed, marking, strict=True))


def test_what_cannot_be_read_is_said_at_the_field_and_saved(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    exam = mine.start(sitting_id).put_number(2, "１２．５元 abc").wait_until_saved()
    warning = mine.page.locator("#q2-unread")
    expect(warning).to_contain_text("认不出数字")
    expect(exam.cell(2)).to_have_attribute("data-answered", "true")
    sheet = exam.review()
    assert "第 2 题" not in sheet.blanks()
    expect(mine.page.locator("#review-unread button")).to_have_text(["第 2 题"])
    exam = sheet.back().reload()
    expect(exam.question(2).locator("input")).to_have_value("１２．５元 abc")
    expect(warning).to_contain_text("认不出数字")
    hand_in(exam)
    assert_counted(site, exam.attempt_id, {2: "１２．５元 abc"})


def test_the_warning_goes_when_a_number_stands_there(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    exam = mine.start(sitting_id).put_number(2, "abc")
    warning = mine.page.locator("#q2-unread")
    expect(warning).to_contain_text("认不出数字")
    exam.put_number(2, "１２．５")
    expect(warning).to_be_empty()
    exam.put_number(2, "x").put_number(2, "")
    mine.page.wait_for_timeout(1_500)
    expect(warning).to_be_empty()


def test_no_warning_while_an_input_method_composes(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    exam = mine.start(sitting_id).go_to(2)
    exam.question(2).locator("input").focus()
    device = mine.context.new_cdp_session(mine.page)
    device.send("Input.imeSetComposition", {"text": "yi", "selectionStart": 2, "selectionEnd": 2})
    mine.page.wait_for_timeout(1_500)
    expect(mine.page.locator("#q2-unread")).to_be_empty()
    device.send("Input.insertText", {"text": "一"})
    expect(mine.page.locator("#q2-unread")).to_contain_text("认不出数字")
