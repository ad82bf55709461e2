"""The trainer's list of results in a real browser, on a phone."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.accessible import PHONE, in_the_dark, sideways, violations
from tests.browser.pages import SignInPage
from tests.browser.watching import Watch
from tests.exam_factories import an_exam
from tests.live_site import Candidate, Site

NAMES = ("张小明", "欧阳若云", "王芳", "古丽米热·阿布都热合曼")


def test_on_a_phone_a_result_takes_a_few_lines(own_site: Site, contexts: Callable[..., BrowserContext]) -> None:
    with own_site.rows():
        exam = an_exam(written_count=0)
        for name in NAMES:
            exam.sit(exam.a_candidate(name=name), wrong=len(name))
        trainer, path = Candidate(exam.trainer.id, exam.trainer.number), f"/sittings/{exam.sitting.id}/results"
    context = contexts(own_site.server.url, viewport=PHONE)
    page = context.new_page()
    page.goto("/login")
    watch = Watch(context, own_site.server.url)
    SignInPage(page, watch).sign_in(trainer)
    page.goto(path)
    rows = page.locator(".result-list tbody tr")
    expect(rows).to_have_count(len(NAMES))
    heights = [row.bounding_box()["height"] for row in rows.all()]  # type: ignore[index]
    assert max(heights) < 170, heights
    assert violations(page) + in_the_dark(page) + sideways(page) == []
    page.get_by_role("link", name="未通过").click()
    expect(page.locator(".choices [aria-current]")).to_contain_text("未通过")
    page.get_by_label("查找").fill("zxm")
    page.get_by_role("button", name="查找").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("张小明")
    watch.check()
