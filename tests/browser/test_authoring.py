"""Two trainers in a real browser: one writes a question and sees it as a candidate would, the other puts it live."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from lms.domain.people import Role
from tests.browser.pages import SignInPage
from tests.browser.watching import Watch
from tests.exam_room import a_bank
from tests.factories import a_person
from tests.live_site import Candidate, Site

STEM = "客户问：副卡最多可以办几张？"


def a_trainer(site: Site, contexts: Callable[..., BrowserContext], name: str) -> Page:
    with site.rows():
        person = a_person(Role.TRAINER, name=name)
        trainer = Candidate(person.id, person.number)
    context = contexts(site.server.url)
    page = context.new_page()
    page.goto("/login")
    SignInPage(page, Watch(context, site.server.url)).sign_in(trainer)
    return page


def write(page: Page) -> None:
    page.goto("/bank/new/single")
    page.get_by_label("题号").fill("PLN-900")
    page.get_by_label("主题").select_option(label="套餐资费")
    page.get_by_label("规则依据").fill("1.2 副卡")
    page.get_by_label("题干（中文）").fill(STEM)
    for place, (text, why) in enumerate(
        [("一张", "少记"), ("两张", "少记"), ("三张", "正确：最多3张"), ("四张", "多记")]
    ):
        page.get_by_label("选项（中文）").nth(place).fill(text)
        page.get_by_label("解析（中文）", exact=True).nth(place).fill(why)
    page.get_by_role("radio", name=re.compile("^正确")).nth(2).check()
    page.get_by_label("答案解析（中文）").fill("副卡最多3张。")


def test_a_question_is_written_previewed_reviewed_and_put_live(
    own_site: Site, contexts: Callable[..., BrowserContext]
) -> None:
    with own_site.rows():
        a_bank()
    author, reviewer = (a_trainer(own_site, contexts, name) for name in ("出题人", "复核人"))
    write(author)
    preview = author.locator("#preview")
    expect(preview).to_contain_text(STEM)
    expect(preview.locator(".option")).to_have_count(4)
    expect(preview).not_to_contain_text("最多3张")
    author.get_by_role("button", name="保存草稿").click()
    expect(author.locator("h1")).to_contain_text("PLN-900")
    address = author.url
    author.get_by_role("button", name="提交复核").click()
    expect(author.get_by_role("button", name="通过并启用")).to_have_count(0)

    reviewer.goto(address)
    reviewer.get_by_role("button", name="通过并启用").click()
    expect(reviewer.locator(".heading")).to_contain_text("启用")
    reviewer.goto("/bank?text=副卡最多可以办几张")
    expect(reviewer.locator("tbody tr")).to_have_count(1)


def test_on_a_phone_a_stem_of_the_bank_has_the_whole_width(
    own_site: Site, contexts: Callable[..., BrowserContext]
) -> None:
    with own_site.rows():
        a_bank()
    page = a_trainer(own_site, contexts, "手机上的培训师")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/bank")
    row = page.locator(".bank-table tbody tr").first
    box = row.locator(".stem-cell").bounding_box()
    assert box and box["width"] > 300
    expect(row.locator("td:visible")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
