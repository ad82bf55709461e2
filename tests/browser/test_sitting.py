"""Sitting an exam undisturbed: by keyboard alone, on a phone, forward only, with an input method."""

import json
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.candidate import Seat, assert_counted, assert_nothing_lost, hand_in
from tests.browser.pages import DonePage, ExamPage, ExamsPage, SignInPage, SomePage
from tests.browser.watching import Watch
from tests.live_site import Site


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """Press Tab until ``wanted`` has the focus: it can be reached, and nothing on the way traps the keyboard."""
    handle = wanted.element_handle()
    for _ in range(most):
        if page.evaluate("wanted => document.activeElement === wanted", handle):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} was not reached by {most} presses of Tab")


def press_on(page: Page, wanted: Locator, key: str = "Enter") -> None:
    tab_to(page, wanted)
    page.keyboard.press(key)


def test_an_exam_by_keyboard_alone(site: Site, contexts: Callable) -> None:
    _sitting, [candidate] = site.an_exam()
    context = contexts(site.server.url)
    watch, page = Watch(context, site.server.url), context.new_page()
    page.goto("/login")
    SignInPage(page, watch)
    tab_to(page, page.locator("input[name=number]"))
    page.keyboard.type(candidate.number)
    tab_to(page, page.locator("input[type=password]"))
    page.keyboard.type(candidate.password)
    page.keyboard.press("Enter")
    expect(page.locator("form[action='/logout']")).to_have_count(1)
    SomePage(page, watch)
    press_on(page, page.locator("nav.places a[href='/exams']"))
    ExamsPage(page, watch)
    press_on(page, page.locator(".sitting-action a"))
    press_on(page, page.locator("form[action$='/start'] button"))
    exam = ExamPage(page, watch)

    def go_on(position: int) -> None:
        press_on(page, exam.question(position).locator(".question-foot .btn-primary"))
        expect(page.locator(f"#q{position + 1}-title")).to_be_focused()

    tab_to(page, exam.question(1).locator("input[type=radio]").first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    go_on(1)
    tab_to(page, exam.question(2).locator("input"))
    page.keyboard.type("128.5")
    go_on(2)
    press_on(page, exam.question(3).locator("[data-move='1']").first)
    order = [step.get_attribute("data-letter") for step in exam.question(3).locator(".step").all()]
    go_on(3)
    go_on(4)  # left blank
    press_on(page, exam.question(5).locator("input[type=checkbox]").nth(0), "Space")
    press_on(page, exam.question(5).locator("input[type=checkbox]").nth(1), "Space")
    go_on(5)
    tab_to(page, exam.text_of(6))
    page.keyboard.type("Apologise, then check the bill.")
    go_on(6)
    press_on(page, exam.question(7).locator("[data-flag]"))
    expect(exam.cell(7)).to_have_attribute("data-flagged", "true")
    press_on(page, exam.question(7).locator("[data-review]"))
    expect(page.locator("#review-blank button")).to_have_count(2)
    press_on(page, page.locator("#ask-hand-in"))
    expect(page.locator("#confirm-blanks")).to_contain_text("4、7")
    press_on(page, page.locator("#hand-in-now"))
    DonePage(page, watch)
    attempt_id = site.attempt_of(candidate.person_id).id
    assert_counted(
        site, attempt_id, {1: "B", 2: "128.5", 3: order, 5: ["A", "B"], 6: "Apologise, then check the bill."}
    )
    assert_nothing_lost(Seat(context, page, watch, site, candidate), at_least=6)


def test_an_exam_on_a_phone(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    exam = mine.start(sitting_id)
    for position in range(1, 8):
        exam.go_to(position)
        wide = mine.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"question {position} scrolls sideways: {wide} px"
    exam.go_to(1).question(1).locator(".option").nth(2).tap()
    exam.write(6, "手机上写的答案")
    hand_in(exam.wait_until_saved())
    assert_counted(site, exam.attempt_id, {1: "C", 6: "手机上写的答案"})
    assert_nothing_lost(mine)


def test_forward_only_never_comes_back_to_a_question(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam(navigation="forward")
    mine = seat(candidate)
    exam = mine.start(sitting_id)
    exam.choose(1, "B")
    for position in range(1, 7):
        expect(mine.page.locator(".question")).to_have_count(1)  # the others are not even in the page
        mine.page.locator("#next-form button").click()
        expect(exam.question(position + 1)).to_be_visible()
        exam = ExamPage(mine.page, mine.watch)
    mine.page.go_back()
    expect(mine.page.locator("#q7")).to_be_visible()
    mine.page.goto(f"/attempts/{exam.attempt_id}#q1")
    exam = ExamPage(mine.page, mine.watch).write(7, "最后一题")
    expect(mine.page.locator("#q1")).to_have_count(0)
    hand_in(exam)
    assert_counted(site, exam.attempt_id, {1: "B", 7: "最后一题"})
    assert_nothing_lost(mine, at_least=2)


def test_what_an_input_method_composes_is_sent_when_it_is_composed(site: Site, seat: Callable[..., Seat]) -> None:
    sitting_id, [candidate] = site.an_exam()
    mine = seat(candidate)
    exam = mine.start(sitting_id).go_to(6)
    exam.text_of(6).focus()
    method = mine.context.new_cdp_session(mine.page)
    for half in ("n", "ni", "ni h", "ni hao"):
        method.send("Input.imeSetComposition", {"text": half, "selectionStart": len(half), "selectionEnd": len(half)})
    mine.page.wait_for_timeout(2_500)  # longer than any typed change waits
    expect(exam.text_of(6)).to_have_value("ni hao")
    assert site.saves_of(exam.attempt_id) == []
    method.send("Input.insertText", {"text": "你好"})
    expect(mine.page.locator("#save-state")).to_contain_text("已保存")
    assert [json.loads(save.value)["a"] for save in site.saves_of(exam.attempt_id)] == ["你好"]
    hand_in(exam)
    assert_counted(site, exam.attempt_id, {6: "你好"})
