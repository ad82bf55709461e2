"""Marking in a real browser: scripts by keyboard alone, keys that stay quiet while one types, drafts that survive."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from lms.domain.people import Role
from lms.domain.values import Language
from lms.extensions import db
from lms.models.marking import MarkingTask, Marksheet
from lms.models.people import Person
from lms.services import attempts, hand_in, paper_shelf
from tests.browser.accessible import violations
from tests.browser.pages import SignInPage
from tests.browser.watching import Watch
from tests.exam_factories import save_answers, signed_in
from tests.factories import a_person
from tests.live_site import Candidate, Site, now


def hand_in_scripts(site: Site, people: int) -> None:
    """``people`` candidates who answered the two written cases of their papers, and nothing else."""
    sitting_id, candidates = site.an_exam(people)
    with site.rows():
        for candidate in candidates:
            person = signed_in(db.session.get_one(Person, candidate.person_id))
            attempt_id = attempts.start(person, sitting_id, Language.ZH, now())
            paper = paper_shelf.any_paper(attempt_id)
            assert paper is not None
            cases = {q.position: "先安抚，再核实。" for q in paper.questions if q.kind == "written"}
            save_answers(attempt_id, cases, now())
            hand_in.hand_in(attempt_id, by="candidate", actor_id=candidate.person_id, now=now())


@pytest.fixture
def desk(own_site: Site, contexts: Callable[..., BrowserContext]) -> Callable[[], Page]:
    """``desk()``: an examiner with the first of three candidates' scripts open."""
    hand_in_scripts(own_site, 3)
    with own_site.rows():
        examiner = a_person(Role.EXAMINER, name="考官")
        seat = Candidate(examiner.id, examiner.number)

    def open_desk() -> Page:
        context = contexts(own_site.server.url)
        page = context.new_page()
        page.goto("/login")
        SignInPage(page, Watch(context, own_site.server.url)).sign_in(seat)
        page.goto("/marking")
        page.get_by_role("button", name="评下一份").click()
        listening(page)
        return page

    return open_desk


def listening(page: Page) -> None:
    expect(page.locator("#desk[data-ready=true]")).to_be_visible()


def submitted(site: Site) -> list[dict[str, int]]:
    with site.rows():
        rows = db.session.execute(
            select(Marksheet.marks)
            .join(MarkingTask, MarkingTask.id == Marksheet.task_id)
            .where(Marksheet.submitted_at.is_not(None))
            .order_by(Marksheet.id)
        )
        return [marks for (marks,) in rows]


def test_three_scripts_by_keyboard_alone(own_site: Site, desk: Callable[[], Page]) -> None:
    page = desk()
    expected = []
    for _ in range(3):
        if page.url.endswith("/marking"):  # a question whose answers are all marked leads back to the queue
            page.get_by_role("button", name="评下一份").press("Enter")
        listening(page)
        here, criteria = page.url, page.locator("[data-criterion]").count()
        for _ in range(criteria):
            page.keyboard.press("2")
            page.keyboard.press("j")
        page.keyboard.press("k")
        page.keyboard.press("1")
        expect(page.locator("#total")).to_have_text(str(total(criteria)))
        page.keyboard.press("c")
        page.keyboard.type("jk 3 条都说到了")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url, left=here: url != left)
        expected.append(total(criteria))
        assert [sum(marks.values()) for marks in submitted(own_site)] == expected


def total(criteria: int) -> int:
    """Two points a criterion; K goes from the last back to the one before it, which then gets 1."""
    return 2 * criteria - 1


def test_one_click_submits_what_is_already_saved(own_site: Site, desk: Callable[[], Page]) -> None:
    page = desk()
    here, criteria = page.url, page.locator("[data-criterion]").count()
    for _ in range(criteria):
        page.keyboard.press("1")
        page.keyboard.press("j")
    expect(page.locator("#total")).to_have_text(str(criteria))
    expect(page.locator("#save-line")).to_contain_text("已保存")
    page.get_by_role("button", name="提交并评下一份").click()
    page.wait_for_url(lambda url: url != here)
    assert [sum(marks.values()) for marks in submitted(own_site)] == [criteria]


def test_keys_stay_quiet_while_one_types_composes_or_has_switched_them_off(desk: Callable[[], Page]) -> None:
    page = desk()
    page.keyboard.press("2")
    expect(page.locator("#total")).to_have_text("2")
    page.locator("#comment").focus()
    page.keyboard.type("1 j 0")
    expect(page.locator("#total")).to_have_text("2")
    page.evaluate(
        """() => document.body.dispatchEvent(
             new KeyboardEvent("keydown", { key: "1", isComposing: true, bubbles: true }))"""
    )
    expect(page.locator("#total")).to_have_text("2")
    with page.expect_response("**/marking/keys"):
        page.locator("#digit-keys").uncheck()
    page.locator("h1").click()
    page.keyboard.press("1")
    expect(page.locator("#total")).to_have_text("2")
    expect(page.locator("#save-line")).to_contain_text("已保存")
    page.reload()
    expect(page.locator("#digit-keys")).not_to_be_checked()


def test_a_reload_brings_the_draft_back(desk: Callable[[], Page]) -> None:
    page = desk()
    page.keyboard.press("1")
    page.keyboard.press("c")
    page.keyboard.type("写到一半")
    expect(page.locator("#save-line")).to_contain_text("已保存")
    page.reload()
    expect(page.locator("#total")).to_have_text("1")
    expect(page.locator("#comment")).to_have_value("写到一半")


def test_two_windows_show_both_versions(desk: Callable[[], Page]) -> None:
    page = desk()
    other = page.context.new_page()
    other.goto(page.url)
    listening(other)
    page.keyboard.press("1")
    page.keyboard.press("c")
    page.keyboard.type("窗口一")
    expect(page.locator("#save-line")).to_contain_text("已保存")
    other.keyboard.press("2")
    expect(other.locator("#other-window")).to_be_visible()
    expect(other.locator("#other-text")).to_contain_text("窗口一")
    other.locator("#take-theirs").click()
    expect(other.locator("#comment")).to_have_value("窗口一")
    expect(other.locator("#total")).to_have_text("1")


LONG = "先安抚，再核实，然后说明下一次回复的时间。" * 60


def test_answer_and_guide_share_the_first_screen_however_long_the_case(desk: Callable[[], Page]) -> None:
    page = desk()
    page.set_viewport_size({"width": 1440, "height": 900})
    for case, answer in ((LONG, "先安抚。"), (LONG, LONG), ("一句话。", LONG)):
        write(page, case, answer)
        assert lowest(page, ".answer-given") <= 900 and lowest(page, "[data-criterion]") <= 900
        heading = page.locator(".answer-given h2").bounding_box()
        assert heading and heading["y"] < 450
        assert lowest(page, ".answer-given") >= 850 or not inner_scroll(page, ".answer-given"), "room is left"
        assert violations(page) == []  # among them: what scrolls can be reached by keyboard
    page.set_viewport_size({"width": 390, "height": 844})
    assert not inner_scroll(page, ".case-text") and not inner_scroll(page, ".answer-given")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def write(page: Page, case: str, answer: str) -> None:
    for where, words in ((".case-text .prose", case), (".answer-words", answer)):
        page.locator(where).evaluate("(one, words) => { one.textContent = words; }", words)


def lowest(page: Page, where: str) -> float:
    box = page.locator(where).first.bounding_box()
    assert box
    return box["y"] + box["height"]


def inner_scroll(page: Page, where: str) -> bool:
    return bool(page.locator(where).evaluate("(one) => one.scrollHeight > one.clientHeight + 1"))


def test_a_folded_case_stays_folded_for_the_next_answer_to_it(desk: Callable[[], Page]) -> None:
    page = desk()
    expect(page.locator(".case-text .prose")).to_be_visible()
    page.locator(".case-text summary").press("Enter")
    expect(page.locator(".case-text .prose")).to_be_hidden()
    page.keyboard.press("1")  # shortcuts are heard from there too
    expect(page.locator("#total")).to_have_text("1")
    here = page.url
    for _ in range(page.locator("[data-criterion]").count() - 1):
        page.keyboard.press("j")
        page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != here)
    listening(page)
    expect(page.locator(".case-text .prose")).to_be_hidden()
    page.locator(".case-text summary").press("Space")
    expect(page.locator(".case-text .prose")).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_text("已提交。")).to_be_visible()  # it stands above, and takes nothing out of sight
    write(page, LONG, LONG)
    assert lowest(page, ".answer-given") <= 900
    page.reload()
    listening(page)
    expect(page.locator(".case-text .prose")).to_be_visible()
